/**
 * Seeded walks through the machine with inputs of every kind at every time, wise or not. Two things are held: each
 * state meets each kind of input and answers (acts, or ignores it with a reason), and the promises of a sheet's
 * journey hold after every step, whatever came before.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom, type SeededRandom } from '../../../ground/seeded-random.js';
import { must } from '../../../ground/result.js';
import type { Command } from '../../../firmware/machine/command.js';
import type { CardsHealth, CommandResult, Input, PanelKey } from '../../../firmware/machine/input.js';
import { actions } from '../../../firmware/machine/roles.js';
import type { MachineState } from '../../../firmware/machine/state.js';
import { screenModel, screenText } from '../../../firmware/screens/model.js';
import { countsAt, Harness, sampleElection, sheetRead, startFacts } from './harness.js';

const election = sampleElection('dutchess-ny');
const SHEETS = [
  sheetRead(election, 'rhinebeck-1', { 'governor/doyle-dem': 'marked' }),
  sheetRead(election, 'rhinebeck-2', { 'governor/doyle-dem': 'marked', 'governor/brandt-rep': 'marked' }),
  sheetRead(election, 'rhinebeck-3', { 'governor/doyle-dem': 'ambiguous' }),
  sheetRead(election, 'rhinebeck-3', { 'governor/write-in-1': 'marked' }),
  sheetRead(election, 'rhinebeck-1', {}),
  { kind: 'rejected', reject: { reason: 'no-timing-marks', detail: '' } },
] as const;
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

const WALKS = 300;
const STEPS = 2_500;

/** What the promises are about, kept beside the machine by the test's own book-keeping. */
interface Book {
  /** Since the sheet was taken: what is on the cards by the answers that were given. */
  intent: 'idle' | 'writing' | 'ready' | 'passed';
  counted: number;
  /** How often cards come and go in this walk: many walks with few, so that they reach far, some with many. */
  readonly cardChance: number;
}

const test = suite('every state, every input');

test('each state meets each kind of input and answers, and no promise is ever broken', () => {
  const seen = new Set<string>();
  const samples = new Map<string, Harness>();
  for (let walk = 0; walk < WALKS; walk++) walkOnce(`walk-${walk}`, seen, samples);
  for (const { state, kind } of wanted()) {
    if (seen.has(`${state} x ${kind}`)) continue;
    // A walk came through this state without meeting this kind of input: it meets it now.
    meet(must(samples.get(state), `no walk ever came to "${state}"`), kind, state);
  }
});

/** One input of this kind, whatever it is, given to a copy of a machine in this state. */
function meet(sample: Harness, kind: Input['kind'], name: string): void {
  const random = seededRandom(`meet/${name}/${kind}`);
  const book: Book = { intent: 'idle', counted: 0, cardChance: 0.5 };
  for (let tries = 0; tries < 2_000; tries++) {
    const machine = copyOf(sample);
    const input = anyInput(machine, book, random);
    if (input.kind !== kind) continue;
    machine.tell(input);
    assert.ok(screenText(screenModel(machine.state)).length > 0, `${name} x ${kind}`);
    return;
  }
  throw new Error(`${name} x ${kind}: no such input can come`);
}

function copyOf(machine: Harness): Harness {
  const copy = new Harness();
  copy.state = machine.state;
  copy.open = [...machine.open, ...machine.all.slice(-1)];
  return copy;
}

function walkOnce(seed: string, seen: Set<string>, samples: Map<string, Harness>): void {
  const random = seededRandom(seed);
  const machine = new Harness();
  const book: Book = { intent: 'idle', counted: 0, cardChance: /[37]$/.test(seed) ? 0.3 : 0.05 };
  const where = (step: number): string => `seed ${seed}, step ${step}`;
  for (let step = 0; step < STEPS; step++) {
    const before = machine.state;
    const issuedBefore = machine.all.length;
    const input = nextInput(machine, book, random);
    for (const name of namesOf(before)) {
      seen.add(`${name} x ${input.kind}`);
      if (!samples.has(name)) samples.set(name, copyOf(machine));
    }
    machine.tell(input);
    if (input.kind === 'done' || input.kind === 'failed') {
      machine.open = machine.open.filter((command) => command.id !== input.id);
    }
    const issued = machine.all.slice(issuedBefore);
    answerBook(book, input, before, machine);
    holdPromises(machine.state, issued, book, where(step));
    if (machine.state === before && issued.length === 0) {
      assert.ok(
        machine.ignored.length > 0,
        `${where(step)}: ${input.kind} was neither handled nor ignored with a reason`,
      );
    }
    if (machine.state.power.at === 'shutting-down' || machine.state.power.at === 'halted') return;
  }
}

/** Which kinds of state exist, region by region; the walks must meet all of them with all kinds of input. */
function namesOf(state: MachineState): readonly string[] {
  return [`path ${state.path.at}`, `polls ${state.polls.at}`, `menu ${state.menu.at}`];
}

const PATHS = [
  'empty',
  'feeding',
  'to-hold',
  'reading',
  'asking',
  'storing',
  'turning',
  'driving',
  'passing',
  'leaving',
  'jammed-counted',
  'ending',
  'undoing',
  'returning',
  'in-mouth',
  'jammed',
];
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
const POLLS = [
  'not-opened',
  'zero-check',
  'tapes',
  'saving',
  'open',
  'paused',
  'totalling',
  'finishing',
  'closed',
];
const MENUS = [
  'closed',
  'passcode',
  'reading-time',
  'time-check',
  'set-time',
  'administration',
  'confirm',
  'second-key',
  'numbers',
  'working',
  'abandoned',
  'jam',
];
const KINDS: readonly Input['kind'][] = [
  'sensor',
  'card',
  'security-key',
  'press',
  'digit',
  'choose',
  'early-fault',
  'done',
  'failed',
];

function wanted(): readonly { readonly state: string; readonly kind: Input['kind'] }[] {
  const states = [
    ...PATHS.map((name) => `path ${name}`),
    ...POLLS.map((name) => `polls ${name}`),
    ...MENUS.map((name) => `menu ${name}`),
  ];
  return states.flatMap((state) => KINDS.map((kind) => ({ state, kind })));
}

// ---- what comes ------------------------------------------------------------------------------------------------

function nextInput(machine: Harness, book: Book, random: SeededRandom): Input {
  const { state } = machine;
  if (state.start === undefined) {
    const polls = random.pick(['not-opened', 'open', 'open', 'open', 'closing', 'closed'] as const);
    return { kind: 'started', facts: startFacts(election, { polls }) };
  }
  // Mostly what would come next by itself, so that walks reach far; now and then anything, more so in short states.
  if (random.chance(SHORT_STATES.some((name) => namesOf(state).includes(name)) ? 0.45 : 0.85)) {
    const likely = likelyInput(machine, book, random);
    if (likely !== undefined) return likely;
  }
  return anyInput(machine, book, random);
}

function likelyInput(machine: Harness, book: Book, random: SeededRandom): Input | undefined {
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
  return open === undefined ? sensor : answerTo(open, book, random);
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

function anyInput(machine: Harness, book: Book, random: SeededRandom): Input {
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
      return open === undefined ? { kind: 'press', key: 'yes' } : answerTo(open, book, random);
  }
}

/** Mostly of the sheet whose lines come now; sometimes of one that is gone. */
function earlyFault(machine: Harness, random: SeededRandom): Input {
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

function answerTo(command: Command, book: Book, random: SeededRandom): Input {
  if (random.chance(0.02)) {
    return { kind: 'failed', id: command.id, problem: { code: 'broken', reason: `${command.kind} failed` } };
  }
  return { kind: 'done', id: command.id, result: resultOf(command, book, random) };
}

function resultOf(command: Command, book: Book, random: SeededRandom): CommandResult {
  const healthy: CardsHealth = { a: 'healthy', b: 'healthy' };
  switch (command.kind) {
    case 'move':
      return { of: 'move', end: random.chance(0.7) ? 'distance-reached' : 'stopped' };
    case 'read-sheet':
      return { of: 'read-sheet', sheet: random.pick(SHEETS) };
    case 'try-passcode':
      return random.chance(0.9)
        ? { of: 'passcode', verdict: 'right' }
        : { of: 'passcode', verdict: 'wrong', waitMs: 5_000 };
    case 'open-box':
    case 'prepare-cards':
    case 'fill-card':
    case 'use-one-card':
      return { of: 'open-box', intent: book.intent, counts: countsAt(book.counted), cards: healthy };
    case 'store-sheet':
    case 'mark-passed':
    case 'mark-idle':
    case 'roll-back':
    case 'drop-card':
      return { of: 'cards', cards: random.chance(0.995) ? healthy : { a: 'healthy', b: 'failed' } };
    case 'finish-cast':
      return { of: 'finish-cast', counts: countsAt(book.counted) };
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

// ---- what must hold --------------------------------------------------------------------------------------------

/** What the cards hold by the answers that the machine was given. */
function answerBook(book: Book, input: Input, before: MachineState, machine: Harness): void {
  if (input.kind !== 'done' && input.kind !== 'failed') return;
  const command = machine.all.find(({ id }) => id === input.id);
  if (command === undefined) return;
  const live = isAwaited(before, input.id);
  if (!live) return;
  if (command.kind === 'store-sheet') book.intent = input.kind === 'done' ? 'ready' : 'writing';
  if (input.kind === 'failed') return;
  if (command.kind === 'mark-passed') {
    book.intent = 'passed';
    book.counted += 1;
  }
  if (command.kind === 'mark-idle' || command.kind === 'roll-back') book.intent = 'idle';
}

function isAwaited({ path }: MachineState, id: number): boolean {
  switch (path.at) {
    case 'storing':
      return path.store === id;
    case 'passing':
      return path.mark === id;
    case 'ending':
      return path.mark === id;
    case 'undoing':
      return path.rollBack === id;
    case 'empty':
    case 'feeding':
    case 'to-hold':
    case 'reading':
    case 'asking':
    case 'turning':
    case 'driving':
    case 'leaving':
    case 'jammed-counted':
    case 'returning':
    case 'in-mouth':
    case 'jammed':
    case 'undecided':
      return false;
  }
}

function holdPromises(state: MachineState, issued: readonly Command[], book: Book, where: string): void {
  const kinds = issued.map((command) => command.kind);
  const count = (kind: Command['kind']): number => kinds.filter((one) => one === kind).length;
  assert.ok(count('mark-passed') <= 1 && count('store-sheet') <= 1, `${where}: one ballot at a time`);
  if (kinds.includes('mark-passed')) {
    assert.is(book.intent, 'ready', `${where}: only a ballot that is ready on the cards can pass`);
    assert.ok(state.levels.exit, `${where}: only a sheet at the exit sensor can pass`);
    assert.ok(kinds.includes('stop-motor'), `${where}: the sheet stands while it is counted`);
  }
  if (kinds.includes('roll-back'))
    assert.is.not(book.intent, 'passed', `${where}: what was counted is never taken back`);
  for (const command of issued) {
    if (command.kind !== 'move') continue;
    const towardsBins =
      command.direction === 'in' && (state.path.at === 'driving' || state.path.at === 'leaving');
    if (state.path.at === 'driving')
      assert.is(book.intent, 'ready', `${where}: no paper moves before its record is safe`);
    if (state.path.at === 'leaving')
      assert.is(book.intent, 'passed', `${where}: no paper falls before it counts`);
    assert.not.ok(towardsBins && state.levels.mouth, `${where}: no second sheet is drawn after the first`);
    if (command.direction === 'out')
      assert.is.not(book.intent, 'passed', `${where}: no counted sheet is given back`);
  }
  if (state.path.at === 'empty' && state.path.told?.counted === true && kinds.includes('forget-sheet')) {
    assert.ok(
      book.intent === 'idle' || book.intent === 'passed',
      `${where}: "counted" is said only of what counts`,
    );
  }
  if (kinds.includes('print-tape'))
    assert.is(state.path.at === 'empty' || state.path.at === 'in-mouth', true, where);
  // The display can always be drawn, and an abandoned ballot's display names no contest.
  const text = screenText(screenModel(state));
  assert.ok(text.length > 0, where);
  if (state.menu.at === 'abandoned') assert.not.ok(text.includes('Governor'), where);
}

test.run();
