/**
 * The machine: one pure function from a state and an input to the next state and the commands. No clock, no file,
 * no promise, no pixel, no secret, no randomness inside. The root only dispatches: each region sees the input and the
 * whole machine as it was, read only, and answers with its own next state or with the reason why it ignores it.
 */
import { assert } from '../../ground/result.js';
import { cardsStep } from './cards.js';
import type { Command, Out } from './command.js';
import type { CommandId, Counts, Input, Stamped } from './input.js';
import { menuStep, settleMenu } from './menus.js';
import { pathStep } from './paper-path.js';
import { pollsStep } from './polls.js';
import { powerStep } from './power.js';
import { whyNotReady } from './ready.js';
import type { Action } from './roles.js';
import type { Ignored, MachineState } from './state.js';

export interface Step {
  readonly state: MachineState;
  readonly commands: readonly Command[];
  /** Why each region that did not act ignored the input; all five when nobody acted. */
  readonly ignored: readonly string[];
}

export const regions = ['power', 'polls', 'cards', 'path', 'menu'] as const;
export type Region = (typeof regions)[number];

/** What one region made of one input, or of a signal that another region raised in the same step. */
export interface RegionAnswer {
  readonly region: Region;
  readonly input: Input;
  /** The machine as the region saw it. */
  readonly view: MachineState;
  /** The region's next state; itself when it ignored the input. */
  readonly next: MachineState[Region];
  readonly ignored: string | undefined;
  readonly commands: readonly Command[];
}

/** An input and the signals it may raise; more in one step would be a loop. */
const SIGNALS_MAX = 8;

/** @param observe hears each region's answer, for whoever writes down what the machine does; it changes nothing */
export function step(
  before: MachineState,
  { input }: Stamped,
  observe?: (answer: RegionAnswer) => void,
): Step {
  const out = new Collector(before.nextId);
  const reasons: string[] = [];
  let state = before;
  const queue: Input[] = [input];
  for (let handled = 0; queue.length > 0; handled++) {
    assert(handled < SIGNALS_MAX, 'signals between regions do not end');
    const next = queue.shift();
    if (next !== undefined) state = dispatch(state, next, out, queue, reasons, observe);
  }
  const menu = settleMenu(state.menu, state);
  if (menu !== state.menu) state = { ...state, menu };
  if (waitsAtEntry(state) && whyNotReady(before).length > 0 && whyNotReady(state).length === 0) {
    // It was pushed in before the machine was ready: now it is drawn in as if it came now.
    state = dispatch(state, { kind: 'sensor', sensor: 'entry', on: true }, out, [], reasons, observe);
  }
  return {
    state: { ...state, nextId: out.nextId },
    commands: out.commands,
    ignored: reasons,
  };
}

function waitsAtEntry({ path, levels }: MachineState): boolean {
  return path.at === 'empty' && levels.entry;
}

function dispatch(
  before: MachineState,
  input: Input,
  out: Collector,
  queue: Input[],
  reasons: string[],
  observe?: (answer: RegionAnswer) => void,
): MachineState {
  const view = withFacts(before, input);
  let told = out.commands.length;
  const tell = (region: Region, next: MachineState[Region], ignored: string | undefined): void => {
    observe?.({ region, input, view, next, ignored, commands: out.commands.slice(told) });
    told = out.commands.length;
  };
  const settle = <R extends Region>(region: R, answer: MachineState[R] | Ignored): MachineState[R] => {
    const ignored = isIgnored(answer) ? answer.ignored : undefined;
    if (ignored !== undefined) reasons.push(ignored);
    const next = isIgnored(answer) ? view[region] : answer;
    tell(region, next, ignored);
    return next;
  };
  const power = settle('power', powerStep(view.power, view, input, out));
  const polls = settle('polls', pollsStep(view.polls, view, input, out));
  const cards = settle('cards', cardsStep(view.cards, view, input, out));
  const path = settle('path', pathStep(view.path, view, input, out));
  const answer = menuStep(view.menu, view, input, out);
  const change = isIgnored(answer) ? { menu: view.menu } : answer;
  settle('menu', isIgnored(answer) ? answer : answer.menu);
  if (change.authorise !== undefined) {
    logAuthorised(change.authorise.action, view, out);
    queue.push({ kind: 'authorised', action: change.authorise.action, numbers: change.authorise.numbers });
  }
  if (
    input.kind === 'done' &&
    input.result.of === 'open-box' &&
    cards.box.is === 'open' &&
    view.cards.box.is === 'opening' &&
    view.cards.box.before?.is !== 'open' &&
    power.at !== 'halted'
  ) {
    queue.push({ kind: 'box-opened', intent: input.result.intent });
  }
  return { ...view, power, polls, cards, path, menu: change.menu };
}

/** Every use of a privilege (VVSG 2.0, table 15-1). */
function logAuthorised(action: Action, { menu }: MachineState, out: Out): void {
  const code = action === 'cast-abandoned' ? 'abandoned-ballot-authorised' : 'action-authorised';
  out.log(code, 'key' in menu ? `${action}, security key ${menu.key.serial}` : action);
}

/** What every region may know: sensor levels, counts, and the reason of the last failure. */
function withFacts(state: MachineState, input: Input): MachineState {
  switch (input.kind) {
    case 'started':
      return { ...state, start: input.facts, levels: input.facts.levels };
    case 'sensor':
      return { ...state, levels: { ...state.levels, [input.sensor]: input.on } };
    case 'failed':
      return { ...state, note: input.problem.reason };
    case 'authorised':
      return { ...state, note: undefined };
    case 'done':
      return { ...state, counts: countsIn(input) ?? state.counts };
    case 'card':
    case 'security-key':
    case 'press':
    case 'digit':
    case 'passcode-length':
    case 'choose':
    case 'early-fault':
    case 'box-opened':
      return state;
  }
}

function countsIn(input: Input & { kind: 'done' }): Counts | undefined {
  const { result } = input;
  return result.of === 'finish-cast' || result.of === 'open-box' ? result.counts : undefined;
}

function isIgnored(answer: object): answer is Ignored {
  return 'ignored' in answer;
}

class Collector implements Out {
  readonly commands: Command[] = [];

  constructor(public nextId: CommandId) {}

  command(wish: Parameters<Out['command']>[0]): CommandId {
    const id = this.nextId++;
    this.commands.push({ ...wish, id });
    return id;
  }

  log(code: Parameters<Out['log']>[0], details = ''): void {
    this.command({ lane: 'log', kind: 'log', code, details });
  }

  sound(sound: Parameters<Out['sound']>[0]): void {
    this.command({ lane: 'sound', kind: 'sound', sound });
  }
}
