/**
 * "Are date and time correct?" and, if not, field by field with +++, --- and Done (handbook page 22). The calendar is
 * plain arithmetic on `YYYY-MM-DDTHH:MM:SS`; the clock itself is outside.
 */
import type { Out } from './command.js';
import type { Input } from './input.js';
import { administration, type MenuChange } from './menu-change.js';
import {
  ignored,
  timeFields,
  type Ignored,
  type KeyHolder,
  type MachineState,
  type MenuState,
  type TimeField,
} from './state.js';

type TimeMenu = Extract<MenuState, { at: 'reading-time' | 'time-check' | 'set-time' }>;

export function startTimeCheck(key: KeyHolder, out: Out): MenuChange {
  return { menu: { at: 'reading-time', key, read: out.command({ lane: 'clock', kind: 'read-time' }) } };
}

export function setTimeStep(
  menu: TimeMenu,
  view: MachineState,
  input: Input,
  out: Out,
): MenuChange | Ignored {
  switch (menu.at) {
    case 'reading-time':
      return whileReadingTime(menu, input);
    case 'time-check':
      return whileTimeCheck(menu, view, input, out);
    case 'set-time':
      return whileSetTime(menu, input, out);
  }
}

function whileReadingTime(menu: TimeMenu & { at: 'reading-time' }, input: Input): MenuChange | Ignored {
  if (input.kind === 'failed' && input.id === menu.read)
    return administration(menu.key, input.problem.reason);
  if (input.kind !== 'done' || input.id !== menu.read || input.result.of !== 'time') {
    return ignored('the clock is being read');
  }
  return { menu: { at: 'time-check', key: menu.key, wallTime: input.result.wallTime } };
}

function whileTimeCheck(
  menu: TimeMenu & { at: 'time-check' },
  view: MachineState,
  input: Input,
  out: Out,
): MenuChange | Ignored {
  if (input.kind !== 'press') return ignored('YES or NO');
  if (input.key === 'yes') {
    out.log('time-confirmed');
    return administration(menu.key);
  }
  if (input.key !== 'no') return ignored('YES or NO');
  // After opening the clock belongs to the administrator: tapes and log already bear its time.
  const opened = view.polls.at !== 'not-opened' && view.polls.at !== 'no-election';
  if (opened && menu.key.role !== 'administrator')
    return ignored('after opening only the administrator sets the time');
  return { menu: { at: 'set-time', key: menu.key, field: timeFields[0], wallTime: menu.wallTime } };
}

function whileSetTime(menu: TimeMenu & { at: 'set-time' }, input: Input, out: Out): MenuChange | Ignored {
  if (input.kind !== 'press') return ignored('+++, --- or Done');
  switch (input.key) {
    case 'plus':
      return { menu: { ...menu, wallTime: changed(menu.wallTime, menu.field, 1) } };
    case 'minus':
      return { menu: { ...menu, wallTime: changed(menu.wallTime, menu.field, -1) } };
    case 'done':
    case 'enter': {
      const next = timeFields[timeFields.indexOf(menu.field) + 1];
      if (next !== undefined) return { menu: { ...menu, field: next } };
      out.command({ lane: 'clock', kind: 'set-time', wallTime: menu.wallTime });
      return { menu: { at: 'time-check', key: menu.key, wallTime: menu.wallTime } };
    }
    case 'cast':
    case 'return':
    case 'more':
    case 'cleared':
    case 'yes':
    case 'no':
    case 'cancel':
      return ignored('+++, --- or Done');
  }
}

const LOWEST: Readonly<Record<TimeField, number>> = { year: 2020, month: 1, day: 1, hour: 0, minute: 0 };
const PLACES: Readonly<Record<TimeField, readonly [number, number]>> = {
  year: [0, 4],
  month: [5, 7],
  day: [8, 10],
  hour: [11, 13],
  minute: [14, 16],
};

/** One field up or down, going round within its range; the day never exceeds its month. Seconds start at 00. */
export function changed(wallTime: string, field: TimeField, by: 1 | -1): string {
  const read = (name: TimeField): number => Number(wallTime.slice(...PLACES[name]));
  const highest: Readonly<Record<TimeField, number>> = {
    year: 2099,
    month: 12,
    day: daysIn(read('year'), read('month')),
    hour: 23,
    minute: 59,
  };
  const low = LOWEST[field];
  const span = highest[field] - low + 1;
  const values = {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
  };
  values[field] = low + ((values[field] - low + by + span) % span);
  values.day = Math.min(values.day, daysIn(values.year, values.month));
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${values.year}-${two(values.month)}-${two(values.day)}T${two(values.hour)}:${two(values.minute)}:00`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
