/**
 * The one gate in front of the voter: why the machine takes no ballot now. Empty means ready. Every caller asks
 * here: the paper path before it draws a sheet in, and the display.
 */
import type { MachineState } from './state.js';

export type NotReady =
  | 'power-locked'
  | 'halted'
  | 'shutting-down'
  | 'no-election'
  | 'polls-not-open'
  | 'polls-paused'
  | 'polls-closed'
  | 'ballot-box-not-open'
  | 'ballot-box-full'
  | 'memory-card-a'
  | 'memory-card-b'
  | 'cover-open'
  | 'ballot-box-door-open'
  | 'sheet-inside'
  | 'inspector-at-work';

export function whyNotReady(state: MachineState): readonly NotReady[] {
  const reasons: NotReady[] = [];
  const add = (reason: NotReady, when: boolean): void => {
    if (when) reasons.push(reason);
  };
  // Nothing moves before security key and passcode, nor after a count that does not agree.
  add('power-locked', state.power.at === 'locked' || state.power.at === 'off');
  add('halted', state.power.at === 'halted');
  add('shutting-down', state.power.at === 'shutting-down');
  add('no-election', state.polls.at === 'no-election');
  add('polls-not-open', pollsNotYetOpen(state));
  add('polls-paused', state.polls.at === 'paused');
  add('polls-closed', pollsOver(state));
  // A ballot needs its place on both cards, unless the administrator went on with one.
  add('ballot-box-not-open', state.cards.box.is !== 'open');
  add('ballot-box-full', state.counts !== undefined && state.counts.freeSlots === 0);
  add('memory-card-a', state.cards.health.a !== 'healthy' && !oneCardIs(state, 'b'));
  add('memory-card-b', state.cards.health.b !== 'healthy' && !oneCardIs(state, 'a'));
  // Doors and cover keep hands out of the path.
  add('cover-open', state.levels['cover-open']);
  add('ballot-box-door-open', state.levels['ballot-box-door-open']);
  // One sheet at a time.
  add(
    'sheet-inside',
    (state.path.at !== 'empty' && state.path.at !== 'in-mouth') || state.levels.path || state.levels.exit,
  );
  // The inspectors' menu is on the display that would have to warn the voter.
  add('inspector-at-work', state.menu.at !== 'closed');
  return reasons;
}

function pollsNotYetOpen({ polls }: MachineState): boolean {
  const opening = polls.at === 'tapes' && polls.run.purpose === 'opening';
  return polls.at === 'not-opened' || polls.at === 'zero-check' || polls.at === 'saving' || opening;
}

function pollsOver({ polls }: MachineState): boolean {
  const after = polls.at === 'tapes' && polls.run.purpose !== 'opening';
  const ending = polls.at === 'totalling' || polls.at === 'closing' || polls.at === 'finishing';
  return polls.at === 'closed' || ending || after;
}

function oneCardIs(state: MachineState, card: 'a' | 'b'): boolean {
  return state.cards.oneCard && state.cards.health[card] === 'healthy';
}
