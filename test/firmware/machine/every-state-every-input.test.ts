/**
 * Seeded walks through the machine with inputs of every kind at every time, wise or not. Two things are held: each
 * state meets each kind of input and answers (acts, or ignores it with a reason), and the promises of a sheet's
 * journey hold after every step, whatever came before.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../../../ground/seeded-random.js';
import { must } from '../../../ground/result.js';
import type { Command } from '../../../firmware/machine/command.js';
import type { Input } from '../../../firmware/machine/input.js';
import type { MachineState } from '../../../firmware/machine/state.js';
import { screenModel, screenText } from '../../../firmware/screens/model.js';
import {
  anyInput,
  namesOf,
  nextInput,
  type Book,
  type WalkParts,
} from '../../../tools/machine-table/walk.js';
import { countsAt, Harness, sampleElection, sheetRead, startFacts } from './harness.js';

const election = sampleElection('dutchess-ny');
const parts: WalkParts = {
  startFacts: (polls) => startFacts(election, { polls }),
  countsAt,
  sheets: [
    sheetRead(election, 'rhinebeck-1', { 'governor/doyle-dem': 'marked' }),
    sheetRead(election, 'rhinebeck-2', { 'governor/doyle-dem': 'marked', 'governor/brandt-rep': 'marked' }),
    sheetRead(election, 'rhinebeck-3', { 'governor/doyle-dem': 'ambiguous' }),
    sheetRead(election, 'rhinebeck-3', { 'governor/write-in-1': 'marked' }),
    sheetRead(election, 'rhinebeck-1', {}),
    { kind: 'rejected', reject: { reason: 'no-timing-marks', detail: '' } },
  ],
};
const WALKS = 300;
const STEPS = 2_500;

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
    const input = anyInput(machine, book, random, parts);
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
    const input = nextInput(machine, book, random, parts);
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
