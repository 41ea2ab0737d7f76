/**
 * The machine explored: from the power switch on, every input that can come is given to every kind of state that was
 * met, and what comes of it is met in its turn. A kind of state is one region's state with the facts that it decides
 * by; a few machines of each kind are kept, met in different company. So it is finite, the same every time, and knows
 * nothing of what the machine should do.
 */
import { must } from '../../ground/result.js';
import type { CardId, SensorName } from '../../drivers/ports.js';
import type { Command } from '../../firmware/machine/command.js';
import type {
  CardHealth,
  CommandResult,
  Counts,
  Input,
  IntentFound,
  KeyPresented,
  PanelKey,
  PollsMemory,
  StartFacts,
} from '../../firmware/machine/input.js';
import { actions } from '../../firmware/machine/roles.js';
import { initialState, type MachineState } from '../../firmware/machine/state.js';
import { regions, step, type Region, type RegionAnswer } from '../../firmware/machine/step.js';
import type { SheetResult } from '../../vision/reading.js';

export interface Explored {
  readonly startFacts: (polls: PollsMemory, change?: Partial<StartFacts>) => StartFacts;
  /** What the reader may say of a sheet. */
  readonly sheets: readonly SheetResult[];
}

/** A machine and the commands that it waits for. */
interface Met {
  readonly state: MachineState;
  readonly open: readonly Command[];
}

/** Machines that are kept of one kind. */
const OF_A_KIND = 4;
/** Far beyond what it takes; reaching it means that a kind depends on something that has no end. */
const MOST_MET = 100_000;

const SENSORS: readonly SensorName[] = [
  'mouth',
  'entry',
  'path',
  'exit',
  'multi-sheet',
  'cover-open',
  'ballot-box-door-open',
];
const KEYS: readonly PanelKey[] = [
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
const SECURITY_KEYS: readonly KeyPresented[] = [
  { is: 'absent' },
  { is: 'refused', reason: 'was withdrawn' },
  { is: 'valid', serial: 'PW-1', role: 'poll-worker', party: 'dem' },
  { is: 'valid', serial: 'PW-2', role: 'poll-worker', party: 'rep' },
  { is: 'valid', serial: 'AD-1', role: 'administrator', party: undefined },
];
const INTENTS: readonly IntentFound[] = ['idle', 'writing', 'ready', 'passed'];
const HEALTHY = { a: 'healthy', b: 'healthy' } as const;
const HEALTHS: readonly Readonly<Record<CardId, CardHealth>>[] = [
  HEALTHY,
  { a: 'healthy', b: 'failed' },
  { a: 'to-be-filled', b: 'healthy' },
  { a: 'failed', b: 'failed' },
];

export function explore(
  parts: Explored,
  observe: (answer: RegionAnswer, answered: Command | undefined) => void,
): void {
  const known = new Map<string, number>();
  const queue: Met[] = [{ state: initialState(), open: [] }];
  for (let at = 0; at < queue.length; at++) {
    if (at === MOST_MET) throw new RangeError('the machine has more kinds of states than it can have');
    const met = must(queue[at], 'a machine that was met');
    for (const input of inputsFor(met, parts)) {
      const answered = 'id' in input ? met.open.find(({ id }) => id === input.id) : undefined;
      const { state, commands } = step(met.state, { atMs: 0, input }, (answer) => observe(answer, answered));
      if (!isNews(state, known)) continue;
      const waiting = commands.filter((command) => command.kind !== 'stop-motor');
      queue.push({
        state,
        open: [...met.open.filter((one) => one !== answered), ...waiting].slice(-OPEN_MAX),
      });
    }
  }
}

/** Older ones have had their answers in another machine of this kind. */
const OPEN_MAX = 6;

/** Whether any region is in a kind of state of which few machines were kept, or in company that it was not met in. */
function isNews(state: MachineState, known: Map<string, number>): boolean {
  let news = false;
  for (const kind of [
    ...regions.map((region) => `${region} ${kindOf(region, state)}`),
    ...companyOf(state),
  ]) {
    const kept = known.get(kind) ?? 0;
    if (kept === OF_A_KIND) continue;
    known.set(kind, kept + 1);
    news = true;
  }
  return news;
}

/** What must be so at once for the machine to get on: a box that is open while the polls are to be opened, and so on. */
function companyOf({ power, polls, path, menu, cards, levels }: MachineState): readonly string[] {
  const at = 'key' in menu ? `${menu.at} ${menu.key.role}` : menu.at;
  const action = 'action' in menu ? menu.action : '';
  const health = cards.health.a === 'healthy' && cards.health.b === 'healthy';
  const finished = 'finish' in path && path.finish === 'finished';
  const inside = levels.entry || levels.path || levels.exit;
  return [
    `opening ${power.at} ${polls.at} ${at} ${action} ${cards.box.is} ${health}`,
    `voting ${polls.at} ${path.at} ${at} ${cards.box.is} ${health}`,
    `jam ${path.at} ${finished} ${inside} ${at}`,
  ];
}

/** One region's state with what it decides by. */
function kindOf(region: Region, state: MachineState): string {
  const { power, polls, cards, path, menu, levels } = state;
  const free = path.at === 'empty' || path.at === 'in-mouth';
  switch (region) {
    case 'power':
      return `${power.at} ${path.at}`;
    case 'polls':
      return polls.at === 'tapes'
        ? `tapes ${polls.run.purpose} ${polls.run.step.is} ${Math.min(polls.run.copy, polls.run.automaticCopies + 1)}`
        : `${polls.at} ${free} ${cards.box.is} ${'from' in polls ? polls.from : ''}`;
    case 'cards':
      return `${cards.box.is} ${cards.health.a}/${cards.health.b} ${cards.oneCard} ${cards.exporting !== undefined} ${power.at}`;
    case 'path': {
      const covered = (['mouth', 'entry', 'path', 'exit', 'cover-open'] as const).filter(
        (name) => levels[name],
      );
      const waits = 'move' in path && path.move === undefined;
      const done = 'finish' in path && path.finish === 'finished';
      const several = 'severalSheets' in path && path.severalSheets;
      return `${path.at} ${covered.join()} ${waits} ${done} ${several} ${menu.at === 'closed'}`;
    }
    case 'menu': {
      const typing = menu.at === 'passcode' ? `${menu.step.is} ${menu.length > 0}` : '';
      const role = 'key' in menu ? menu.key.role : '';
      const action = 'action' in menu ? menu.action : '';
      const field = 'field' in menu ? menu.field : '';
      const keys = menu.at === 'abandoned' ? menu.bothKeys : '';
      return `${menu.at} ${typing} ${role} ${action} ${field} ${keys} ${power.at} ${polls.at}`;
    }
  }
}

// ---- everything that can come --------------------------------------------------------------------------------------

function inputsFor({ state, open }: Met, parts: Explored): readonly Input[] {
  if (state.start === undefined) return starts(parts);
  return [
    ...SENSORS.map((sensor): Input => ({ kind: 'sensor', sensor, on: !state.levels[sensor] })),
    ...KEYS.map((key): Input => ({ kind: 'press', key })),
    ...SECURITY_KEYS.map((key): Input => ({ kind: 'security-key', key })),
    ...actions.map((item): Input => ({ kind: 'choose', item })),
    { kind: 'digit', digit: 7 },
    { kind: 'passcode-length', length: 8 },
    ...(['a', 'b'] as const).map((card): Input => ({
      kind: 'card',
      card,
      present: state.cards.health[card] === 'absent',
    })),
    ...earlyFaults(open),
    ...open.flatMap((command) => answersTo(command, parts)),
  ];
}

function starts({ startFacts }: Explored): readonly Input[] {
  const memories: readonly PollsMemory[] = ['not-opened', 'open', 'paused', 'closing', 'closed'];
  const { levels } = initialState();
  const changes: readonly Partial<StartFacts>[] = [
    {},
    { election: undefined, electionRefused: 'was changed' },
    { cardsPresent: { a: true, b: false } },
    { levels: { ...levels, path: true } },
    { levels: { ...levels, path: true, exit: true } },
  ];
  return memories.flatMap((polls) =>
    changes.map((change): Input => ({ kind: 'started', facts: startFacts(polls, change) })),
  );
}

function earlyFaults(open: readonly Command[]): readonly Input[] {
  return open
    .filter(({ kind }) => kind === 'start-capture')
    .map(({ id }): Input => ({ kind: 'early-fault', capture: id, reason: 'no-timing-marks' }));
}

function answersTo(command: Command, parts: Explored): readonly Input[] {
  const { id, kind } = command;
  return [
    ...resultsOf(command, parts).map((result): Input => ({ kind: 'done', id, result })),
    { kind: 'failed', id, problem: { code: 'broken', reason: `${kind} failed` } },
  ];
}

/** The counts after one sheet; with `slots` more, the counts do not agree. */
function counts(more = 0): Counts {
  return { slots: 1 + more, anchored: 1, counted: 1, logged: 1, protectiveCounter: 1_201, freeSlots: 299 };
}

function resultsOf(command: Command, { sheets }: Explored): readonly CommandResult[] {
  switch (command.kind) {
    case 'move':
      return [
        { of: 'move', end: 'distance-reached' },
        { of: 'move', end: 'stopped' },
      ];
    case 'read-sheet':
      return sheets.map((sheet) => ({ of: 'read-sheet', sheet }));
    case 'try-passcode':
      return [
        { of: 'passcode', verdict: 'right' },
        { of: 'passcode', verdict: 'wrong', waitMs: 5_000 },
      ];
    case 'open-box':
    case 'prepare-cards':
    case 'fill-card':
    case 'use-one-card':
      return [
        ...INTENTS.map((intent) => ({ of: 'open-box' as const, intent, counts: counts(), cards: HEALTHY })),
        { of: 'open-box', intent: 'idle', counts: counts(), cards: { a: 'healthy', b: 'to-be-filled' } },
        { of: 'open-box', intent: 'idle', counts: counts(1), cards: HEALTHY },
      ];
    case 'store-sheet':
    case 'mark-passed':
    case 'mark-idle':
    case 'roll-back':
    case 'drop-card':
      return HEALTHS.map((cards) => ({ of: 'cards', cards }));
    case 'finish-cast':
      return [
        { of: 'finish-cast', counts: counts() },
        { of: 'finish-cast', counts: counts(1) },
      ];
    case 'read-time':
      return [{ of: 'time', wallTime: '2026-11-03T05:40:00' }];
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
      return [{ of: 'plain' }];
  }
}
