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

/** An input and the signals it may raise; more in one step would be a loop. */
const SIGNALS_MAX = 8;

export function step(before: MachineState, { input }: Stamped): Step {
  const out = new Collector(before.nextId);
  const reasons: string[] = [];
  let state = before;
  const queue: Input[] = [input];
  for (let handled = 0; queue.length > 0; handled++) {
    assert(handled < SIGNALS_MAX, 'signals between regions do not end');
    const next = queue.shift();
    if (next !== undefined) state = dispatch(state, next, out, queue, reasons);
  }
  state = { ...state, menu: settleMenu(state.menu, state) };
  if (waitsAtEntry(state) && whyNotReady(before).length > 0 && whyNotReady(state).length === 0) {
    // It was pushed in before the machine was ready: now it is drawn in as if it came now.
    state = dispatch(state, { kind: 'sensor', sensor: 'entry', on: true }, out, [], reasons);
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
  out: Out,
  queue: Input[],
  reasons: string[],
): MachineState {
  const view = withFacts(before, input);
  const settle = <T extends object>(answer: T | Ignored, unchanged: T): T => {
    if (!isIgnored(answer)) return answer;
    reasons.push(answer.ignored);
    return unchanged;
  };
  const power = settle(powerStep(view.power, view, input, out), view.power);
  const polls = settle(pollsStep(view.polls, view, input, out), view.polls);
  const cards = settle(cardsStep(view.cards, view, input, out), view.cards);
  const path = settle(pathStep(view.path, view, input, out), view.path);
  const change = settle(menuStep(view.menu, view, input, out), { menu: view.menu });
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
