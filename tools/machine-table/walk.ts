/**
 * Walks through the machine with inputs of every kind at every time, wise or not: mostly what would come next by
 * itself, so that they reach far, now and then anything. The tests hold the machine's promises on them, and
 * `docs/machine.md` is written down from them.
 */
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { Command } from '../../firmware/machine/command.js';
import type {
  CardsHealth,
  CommandResult,
  Counts,
  Input,
  PanelKey,
  PollsMemory,
  StartFacts,
} from '../../firmware/machine/input.js';
import { actions } from '../../firmware/machine/roles.js';
import { initialState, type MachineState } from '../../firmware/machine/state.js';
import { step, type RegionAnswer } from '../../firmware/machine/step.js';
import type { SheetResult } from '../../vision/reading.js';

const PRESSES: readonly PanelKey[] = [
  'cast',
  'return',
  'more',
  'cleared',
  'yes',
  'no',
  'plus',
  'minus',
  'done',
  'enter',
  'cancel',
];
const SENSORS = [
  'mouth',
  'entry',
  'path',
  'exit',
  'multi-sheet',
  'cover-open',
  'ballot-box-door-open',
] as const;

/** A machine on a desk: facts are told to it by hand, and its commands wait until somebody answers them. */
export class Desk {
  state: MachineState = initialState();
  /** Issued and not answered. */
  open: Command[] = [];
  /** Everything ever issued. */
  readonly all: Command[] = [];
  ignored: readonly string[] = [];

  tell(input: Input, observe?: (answer: RegionAnswer) => void): this {
    const result = step(this.state, { atMs: 0, input }, observe);
    this.state = result.state;
    this.ignored = result.ignored;
    this.open.push(...result.commands.filter((command) => command.kind !== 'stop-motor'));
    this.all.push(...result.commands);
    return this;
  }
}

/** What a walk is made of. */
export interface WalkParts {
  startFacts(polls: PollsMemory): StartFacts;
  /** What the reader may say of a sheet. */
  readonly sheets: readonly SheetResult[];
  /** The counts after so many sheets. */
  countsAt(sheets: number): Counts;
}

/** What the promises are about, kept beside the machine by the test's own book-keeping. */
export interface Book {
  /** Since the sheet was taken: what is on the cards by the answers that were given. */
  intent: 'idle' | 'writing' | 'ready' | 'passed';
  counted: number;
  /** How often cards come and go in this walk: many walks with few, so that they reach far, some with many. */
  readonly cardChance: number;
}

/** The states of the regions whose paths are long. */
export function namesOf(state: MachineState): readonly string[] {
  return [`path ${state.path.at}`, `polls ${state.polls.at}`, `menu ${state.menu.at}`];
}

/** A walk soon leaves these again: more of what may come there, so that each meets everything. */
const SHORT_STATES = [
  'path storing',
  'polls saving',
  'menu time-check',
  'menu numbers',
  'path turning',
  'path passing',
  'path ending',
  'path undoing',
  'polls zero-check',
  'menu set-time',
];

export function nextInput(machine: Desk, book: Book, random: SeededRandom, parts: WalkParts): Input {
  const { state } = machine;
  if (state.start === undefined) {
    const polls = random.pick(['not-opened', 'open', 'open', 'open', 'closing', 'closed'] as const);
    return { kind: 'started', facts: parts.startFacts(polls) };
  }
  // Mostly what would come next by itself, so that walks reach far; now and then anything, more so in short states.
  if (random.chance(SHORT_STATES.some((name) => namesOf(state).includes(name)) ? 0.45 : 0.85)) {
    const likely = likelyInput(machine, book, random, parts);
    if (likely !== undefined) return likely;
  }
  return anyInput(machine, book, random, parts);
}

function likelyInput(machine: Desk, book: Book, random: SeededRandom, parts: WalkParts): Input | undefined {
  const { state } = machine;
  if (state.menu.at === 'insert-key' || (state.menu.at === 'second-key' && random.chance(0.5)))
    return someKey(random);
  if (state.menu.at === 'passcode' && state.menu.step.is === 'typing') {
    return state.menu.length === 0 ? { kind: 'passcode-length', length: 8 } : { kind: 'press', key: 'enter' };
  }
  if (state.menu.at === 'time-check') return { kind: 'press', key: random.chance(0.9) ? 'yes' : 'no' };
  if (state.menu.at === 'set-time') return { kind: 'press', key: 'done' };
  if (state.menu.at === 'administration') {
    const item = random.pick(actions.filter((action) => action !== 'power-down'));
    return random.chance(0.5) ? { kind: 'choose', item } : { kind: 'press', key: 'cancel' };
  }
  if (state.menu.at === 'confirm') return { kind: 'press', key: 'yes' };
  if (state.menu.at === 'numbers') return { kind: 'press', key: 'enter' };
  if (state.polls.at === 'tapes' && state.polls.run.step.is !== 'printing')
    return { kind: 'press', key: 'no' };
  const sensor = likelySensor(state, random);
  if (sensor !== undefined && random.chance(0.5)) return sensor;
  const open = machine.open[0];
  return open === undefined ? sensor : answerTo(open, book, random, parts);
}

/** Paper as it would move. */
function likelySensor(state: MachineState, random: SeededRandom): Input | undefined {
  const change = (sensor: (typeof SENSORS)[number], on: boolean): Input | undefined =>
    state.levels[sensor] === on ? undefined : { kind: 'sensor', sensor, on };
  switch (state.path.at) {
    case 'empty':
      return (
        change('path', false) ??
        change('exit', false) ??
        change('mouth', false) ??
        change('entry', !state.levels.entry)
      );
    case 'feeding':
      return change('path', true) ?? change('entry', false);
    case 'driving':
      return random.chance(0.8) ? change('exit', true) : change('path', false);
    case 'leaving':
    case 'jammed-counted':
      return change('path', false) ?? change('exit', false);
    case 'returning':
      return (
        change('mouth', true) ?? change('path', false) ?? change('exit', false) ?? change('entry', false)
      );
    case 'in-mouth':
      return change('mouth', false);
    case 'jammed':
      return change('path', false) ?? change('entry', false);
    case 'to-hold':
    case 'reading':
    case 'asking':
    case 'storing':
    case 'turning':
    case 'passing':
    case 'ending':
    case 'undoing':
    case 'undecided':
      return undefined;
  }
}

export function anyInput(machine: Desk, book: Book, random: SeededRandom, parts: WalkParts): Input {
  const open = machine.open.length > 0 ? random.pick(machine.open) : undefined;
  switch (random.integer(0, 9)) {
    case 0:
      return { kind: 'sensor', sensor: random.pick(SENSORS), on: random.chance(0.5) };
    case 1:
      return random.chance(book.cardChance)
        ? { kind: 'card', card: random.pick(['a', 'b'] as const), present: random.chance(0.7) }
        : { kind: 'digit', digit: random.integer(0, 9) };
    case 2:
      return someKey(random);
    case 3:
    case 4:
      return { kind: 'press', key: random.pick(PRESSES) };
    case 5:
      return { kind: 'choose', item: random.pick(actions.filter((action) => action !== 'power-down')) };
    case 6:
      if (open === undefined) return { kind: 'digit', digit: 1 };
      return { kind: 'failed', id: open.id, problem: { code: 'broken', reason: `${open.kind} failed` } };
    case 7:
      // An answer to a command that ended long ago.
      return {
        kind: 'done',
        id: random.integer(1, Math.max(1, machine.state.nextId - 1)),
        result: { of: 'plain' },
      };
    case 8:
      return earlyFault(machine, random);
    default:
      return open === undefined ? { kind: 'press', key: 'yes' } : answerTo(open, book, random, parts);
  }
}

/** Mostly of the sheet whose lines come now; sometimes of one that is gone. */
function earlyFault(machine: Desk, random: SeededRandom): Input {
  const last = machine.all.findLast(({ kind }) => kind === 'start-capture')?.id ?? 1;
  const reason = random.pick(['no-timing-marks', 'too-much-skew', 'wrong-size'] as const);
  return { kind: 'early-fault', capture: random.chance(0.8) ? last : random.integer(1, last), reason };
}

function someKey(random: SeededRandom): Input {
  if (random.chance(0.1)) return { kind: 'security-key', key: { is: 'refused', reason: 'was withdrawn' } };
  if (random.chance(0.1)) return { kind: 'security-key', key: { is: 'absent' } };
  const [serial, role, party] = random.pick([
    ['PW-1', 'poll-worker', 'dem'],
    ['PW-2', 'poll-worker', 'rep'],
    ['AD-1', 'administrator', undefined],
  ] as const);
  return { kind: 'security-key', key: { is: 'valid', serial, role, party } };
}

function answerTo(command: Command, book: Book, random: SeededRandom, parts: WalkParts): Input {
  if (random.chance(0.02)) {
    return { kind: 'failed', id: command.id, problem: { code: 'broken', reason: `${command.kind} failed` } };
  }
  return { kind: 'done', id: command.id, result: resultOf(command, book, random, parts) };
}

function resultOf(command: Command, book: Book, random: SeededRandom, parts: WalkParts): CommandResult {
  const healthy: CardsHealth = { a: 'healthy', b: 'healthy' };
  switch (command.kind) {
    case 'move':
      return { of: 'move', end: random.chance(0.7) ? 'distance-reached' : 'stopped' };
    case 'read-sheet':
      return { of: 'read-sheet', sheet: random.pick(parts.sheets) };
    case 'try-passcode':
      return random.chance(0.9)
        ? { of: 'passcode', verdict: 'right' }
        : { of: 'passcode', verdict: 'wrong', waitMs: 5_000 };
    case 'open-box':
    case 'prepare-cards':
    case 'fill-card':
    case 'use-one-card':
      return { of: 'open-box', intent: book.intent, counts: parts.countsAt(book.counted), cards: healthy };
    case 'store-sheet':
    case 'mark-passed':
    case 'mark-idle':
    case 'roll-back':
    case 'drop-card':
      return { of: 'cards', cards: random.chance(0.995) ? healthy : { a: 'healthy', b: 'failed' } };
    case 'finish-cast':
      return { of: 'finish-cast', counts: parts.countsAt(book.counted) };
    case 'read-time':
      return { of: 'time', wallTime: '2026-11-03T05:40:00' };
    case 'stop-motor':
    case 'turn-gate':
    case 'start-capture':
    case 'forget-sheet':
    case 'clear-passcode':
    case 'begin-opening':
    case 'begin-closing':
    case 'resume-closing':
    case 'finish-closing':
    case 'save-polls':
    case 'export':
    case 'log':
    case 'print-tape':
    case 'sound':
    case 'set-time':
    case 'timer':
    case 'power-down':
      return { of: 'plain' };
  }
}
