/** What stands on the Administration Menu now, for this role: used to show it and to accept a choice from it. */
import { mayDo, type Action, type Role } from './roles.js';
import type { MachineState } from './state.js';

export function menuItems(state: MachineState, role: Role): readonly Action[] {
  if (state.power.at === 'halted') return ['power-down'];
  return possibleNow(state).filter((action) => mayDo(role, action));
}

function possibleNow(state: MachineState): readonly Action[] {
  return [
    ...pollsActions(state),
    ...cardActions(state),
    ...(maySetTime(state) ? (['set-time'] as const) : []),
    'power-down',
  ];
}

function pollsActions(state: MachineState): readonly Action[] {
  const { polls, cards } = state;
  const boxOpen = cards.box.is === 'open';
  switch (polls.at) {
    case 'not-opened':
      return boxOpen && bothHealthy(state) && isPathFree(state) ? ['open-polls'] : [];
    case 'open':
      return boxOpen && isPathFree(state) ? ['close-polls', 'pause-polls'] : [];
    case 'paused':
      return boxOpen && isPathFree(state) ? ['resume-polls', 'close-polls'] : [];
    case 'closing':
      return boxOpen && isPathFree(state) ? ['close-polls'] : [];
    case 'closed':
      return boxOpen ? ['print-copy', 'export'] : ['print-copy'];
    case 'no-election':
    case 'zero-check':
    case 'tapes':
    case 'saving':
    case 'totalling':
    case 'finishing':
      return [];
  }
}

function cardActions(state: MachineState): readonly Action[] {
  const { cards, polls } = state;
  const { a, b } = cards.health;
  const present = a !== 'absent' && b !== 'absent';
  const mayPrepare = polls.at === 'not-opened' && present && cards.box.is !== 'open';
  const actions: Action[] = mayPrepare ? ['prepare-cards'] : [];
  if (cards.box.is === 'open' && isPathFree(state)) {
    if (a === 'to-be-filled' && b === 'healthy') actions.push('fill-card-a');
    if (b === 'to-be-filled' && a === 'healthy') actions.push('fill-card-b');
  }
  // One card of the two serves: the other one is gone, or the comparison refused it.
  const oneLeft =
    (a === 'healthy') !== (b === 'healthy') ||
    (cards.box.is === 'refused' && (a === 'healthy' || b === 'healthy'));
  if (oneLeft && !cards.oneCard && polls.at !== 'not-opened' && polls.at !== 'no-election')
    actions.push('use-one-card');
  return actions;
}

function bothHealthy({ cards }: MachineState): boolean {
  return cards.health.a === 'healthy' && cards.health.b === 'healthy';
}

/** Polls are not paused or closed, and no card is filled, over a sheet that somebody is still deciding about. */
export function isPathFree({ path }: MachineState): boolean {
  return path.at === 'empty' || path.at === 'in-mouth';
}

function maySetTime({ polls }: MachineState): boolean {
  return polls.at === 'not-opened' || polls.at === 'no-election';
}
