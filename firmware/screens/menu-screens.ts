/** The inspectors' display: security key, passcode, time, menus, tapes (handbook pages 20 to 30). */
import { menuItems } from '../machine/menu-items.js';
import { type MachineState, type MenuState, type PollsState } from '../machine/state.js';
import { inspector, type Draft } from './draft.js';
import type { Words } from './words/words.js';

export function menuDraft(state: MachineState, menu: Exclude<MenuState, { at: 'closed' }>): Draft {
  switch (menu.at) {
    case 'insert-key':
      return inspector('insert-key', (w) => w.insertKey);
    case 'passcode':
      return passcodeDraft(menu);
    case 'reading-time':
      return inspector('working', (w) => w.working);
    case 'time-check':
      return inspector(
        'time-check',
        (w) => ({ title: w.timeCheck.title, lines: [readableTime(menu.wallTime), ...sheetNews(state, w)] }),
        ['yes', 'no'],
      );
    case 'set-time':
      return inspector(
        'set-time',
        (w) => ({
          title: w.setTime(menu.field).title,
          lines: [readableTime(menu.wallTime), ...w.setTime(menu.field).lines],
        }),
        ['plus', 'minus', 'done'],
      );
    case 'administration':
      return administrationDraft(state, menu);
    case 'confirm':
      return inspector('confirm', (w) => w.certain(menu.action), ['yes', 'no']);
    case 'second-key':
      return inspector(
        'second-key',
        (w) => ({
          title: w.secondKey.title,
          lines: menu.note === undefined ? w.secondKey.lines : [w.sameParty, ...w.secondKey.lines],
        }),
        ['cancel'],
      );
    case 'numbers':
      return inspector(
        'numbers',
        (w) => ({
          title: w.number(menu.field).title,
          lines: [...w.number(menu.field).lines, String(menu.entered[menu.field])],
        }),
        ['enter', 'cancel'],
      );
    case 'working':
      return workingDraft(state.polls);
    case 'abandoned':
      return abandonedDraft(menu);
    case 'jam':
      return inspector(
        'jam',
        (w) => ({ title: w.jamNotCounted.title, lines: [...sheetNews(state, w), w.pressCleared] }),
        ['cleared', 'cancel'],
      );
  }
}

function passcodeDraft(menu: MenuState & { at: 'passcode' }): Draft {
  const { step } = menu;
  return inspector(
    'passcode',
    (w) => {
      const typed = '*'.repeat(menu.length);
      const before = step.is === 'typing' ? step.before : step.is === 'waiting' ? 'wrong' : 'nothing';
      const told = { nothing: [], wrong: [w.wrongPasscode], 'not-tried': [w.passcodeNotTried] }[before];
      const wait = step.is === 'waiting' ? [w.waitSeconds(Math.ceil(step.waitMs / 1000))] : [];
      return { title: w.enterPasscode.title, lines: [...told, ...wait, ...w.enterPasscode.lines, typed] };
    },
    step.is === 'waiting' ? ['cancel'] : ['enter', 'cancel'],
  );
}

function administrationDraft(state: MachineState, menu: MenuState & { at: 'administration' }): Draft {
  return inspector(
    'administration',
    (w) => {
      const cast = state.counts === undefined ? [] : [`${w.ballotsCast}: ${state.counts.slots}`];
      const box = state.cards.box.is === 'refused' ? [state.cards.box.because] : [];
      const note = menu.note !== undefined && !box.includes(menu.note) ? [menu.note] : [];
      return {
        title: w.administration,
        lines: [w.role(menu.key.role), ...cast, ...box, ...note, ...sheetNews(state, w)],
      };
    },
    ['cancel'],
    menuItems(state, menu.key.role),
  );
}

/** What the start found out about the sheet that was inside: one of two sentences, never none. */
function sheetNews(state: MachineState, w: Words): readonly string[] {
  const { path } = state;
  switch (path.at) {
    case 'returning':
    case 'undoing':
    case 'in-mouth':
    case 'jammed':
      return [w.notCounted];
    case 'leaving':
    case 'ending':
      return [w.counted];
    case 'jammed-counted':
      return [w.counted, ...w.jamCounted.lines];
    case 'empty':
      if (path.told === undefined) return [];
      return [path.told.counted ? w.counted : w.notCounted];
    case 'feeding':
    case 'to-hold':
    case 'reading':
    case 'asking':
    case 'storing':
    case 'turning':
    case 'driving':
    case 'passing':
    case 'undecided':
      return [];
  }
}

function workingDraft(polls: PollsState): Draft {
  if (polls.at !== 'tapes') return inspector('working', (w) => w.working);
  const { run } = polls;
  const { step } = run;
  switch (step.is) {
    case 'printing':
      return inspector('printing', (w) => w.printing(run.tape, run.copy));
    case 'printer-stopped':
      return inspector('printer-stopped', (w) => w.printerStopped(step.because), ['yes', 'cancel']);
    case 'more-copies':
      return inspector('more-copies', (w) => w.moreCopies, ['yes', 'no']);
  }
}

function abandonedDraft(menu: MenuState & { at: 'abandoned' }): Draft {
  if (menu.bothKeys) return inspector('abandoned', (w) => w.abandoned, ['yes', 'no']);
  return inspector(
    'abandoned-second-key',
    (w) => ({
      title: w.abandonedSecondKey.title,
      lines:
        menu.note === undefined ? w.abandonedSecondKey.lines : [w.sameParty, ...w.abandonedSecondKey.lines],
    }),
    ['cancel'],
  );
}

/** `2026-11-03 06:00` */
function readableTime(wallTime: string): string {
  return wallTime.slice(0, 16).replace('T', ' ');
}
