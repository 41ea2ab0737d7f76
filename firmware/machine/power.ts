/** Power: on, locked until security key and passcode, down by the menu, halted when something must never be so. */
import type { Out } from './command.js';
import type { Counts, Input } from './input.js';
import { ignored, type Ignored, type MachineState, type PowerState } from './state.js';

export function powerStep(
  power: PowerState,
  view: MachineState,
  input: Input,
  out: Out,
): PowerState | Ignored {
  if (input.kind === 'started') return { at: 'locked' };
  const disagreement = disagreementIn(input);
  if (disagreement !== undefined) {
    out.log('counts-disagree', disagreement);
    out.sound('error');
    return { at: 'halted', because: disagreement };
  }
  if (input.kind === 'failed' && isFatal(view, input)) {
    out.log('counts-disagree', input.problem.code);
    return { at: 'halted', because: input.problem.reason };
  }
  if (input.kind === 'sensor') logDoors(input, out);
  switch (power.at) {
    case 'locked':
      if (input.kind !== 'authorised' || input.action !== 'power-on') return ignored('locked');
      return { at: 'on' };
    case 'on':
      if (input.kind !== 'authorised' || input.action !== 'power-down') return ignored('the power is on');
      return { at: 'shutting-down', down: out.command({ lane: 'power', kind: 'power-down' }) };
    case 'halted':
      if (input.kind !== 'authorised' || input.action !== 'power-down')
        return ignored('the machine has stopped itself');
      return { at: 'shutting-down', down: out.command({ lane: 'power', kind: 'power-down' }) };
    case 'off':
    case 'shutting-down':
      return ignored('the machine is not on');
  }
}

/** A count that could not be finished, and a log that no copy takes any more: nothing may go on from there. */
function isFatal({ path }: MachineState, input: Input & { kind: 'failed' }): boolean {
  if (input.problem.code === 'log-unwritable' || input.problem.code === 'log-full') return true;
  if (path.at === 'ending') return input.id === path.mark;
  return (path.at === 'leaving' || path.at === 'jammed-counted') && input.id === path.finish;
}

/** Doors are logged whenever somebody opens them, polls or no polls (VVSG 2.0 12.1-B). */
function logDoors(input: Input & { kind: 'sensor' }, out: Out): void {
  if (input.sensor === 'cover-open') out.log(input.on ? 'cover-opened' : 'cover-closed');
  if (input.sensor === 'ballot-box-door-open')
    out.log(input.on ? 'ballot-box-door-opened' : 'ballot-box-door-closed');
}

/** Counter, slots, anchor and log, checked after each ballot and at each opening of the box. */
function disagreementIn(input: Input): string | undefined {
  if (input.kind !== 'done') return undefined;
  switch (input.result.of) {
    case 'finish-cast':
      return describeDisagreement(input.result.counts);
    case 'open-box':
      // With a live intent that is *passed*, anchor, counter and log may still be one behind: finishing comes next.
      return input.result.intent === 'passed' ? undefined : describeDisagreement(input.result.counts);
    case 'plain':
    case 'move':
    case 'read-sheet':
    case 'passcode':
    case 'cards':
    case 'time':
      return undefined;
  }
}

/** In words, or nothing when all of them agree. */
export function describeDisagreement(counts: Counts): string | undefined {
  const { slots, anchored, counted, logged } = counts;
  if (slots === anchored && anchored === counted && counted === logged) return undefined;
  return `ballot box ${slots}, anchor ${anchored}, protective counter ${counted}, audit log ${logged}`;
}
