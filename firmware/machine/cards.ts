/**
 * The two memory cards and the ballot box on them, as far as the machine decides: when the box is opened, what a
 * missing or failed card stops, and what the administrator may do about it (sheet.md, "A card fails").
 */
import type { CardId } from '../../drivers/ports.js';
import type { Out, Wish } from './command.js';
import type { CommandResult, Input } from './input.js';
import {
  electionOf,
  ignored,
  type CardsState,
  type Ignored,
  type MachineState,
  type SteadyBox,
} from './state.js';

export function cardsStep(
  cards: CardsState,
  view: MachineState,
  input: Input,
  out: Out,
): CardsState | Ignored {
  if (input.kind === 'started') {
    const { cardsPresent } = input.facts;
    return { ...cards, health: { a: atStart(cardsPresent.a), b: atStart(cardsPresent.b) } };
  }
  if (input.kind === 'card') return cardChanged(cards, input.card, input.present, out);
  if (input.kind === 'authorised') return onAuthorised(cards, view, input.action, out);
  if (cards.exporting !== undefined && endOf(input, cards.exporting)) {
    out.log(
      input.kind === 'done' ? 'export-written' : 'export-failed',
      input.kind === 'done' ? '' : input.problem.code,
    );
    return { ...cards, exporting: undefined };
  }
  if (cards.box.is === 'opening' && endOf(input, cards.box.open))
    return boxAnswered(cards, cards.box, input, out);
  if (input.kind === 'done' && input.result.of === 'cards') return withHealth(cards, input.result, out);
  return ignored('nothing about the cards');
}

function atStart(present: boolean): 'absent' | 'healthy' {
  return present ? 'healthy' : 'absent';
}

function cardChanged(cards: CardsState, card: CardId, present: boolean, out: Out): CardsState {
  out.log(present ? 'card-inserted' : 'card-removed', `memory card ${card.toUpperCase()}`);
  if (!present) {
    out.sound('error');
    out.command({ lane: 'box', kind: 'drop-card', card });
  }
  // A card that was out is not trusted before it has been compared with the survivor or filled from it.
  return { ...cards, health: { ...cards.health, [card]: present ? 'to-be-filled' : 'absent' } };
}

function onAuthorised(
  cards: CardsState,
  view: MachineState,
  action: (Input & { kind: 'authorised' })['action'],
  out: Out,
): CardsState | Ignored {
  const start = (wish: Wish, before?: SteadyBox, oneCard = cards.oneCard): CardsState => ({
    ...cards,
    box: { is: 'opening', open: out.command(wish), before, oneCard },
  });
  const now = cards.box.is === 'opening' ? undefined : cards.box;
  switch (action) {
    case 'power-on':
      if (electionOf(view) === undefined) return ignored('no election, no ballot box');
      // After closing the wraps are gone: only the authority opens the box.
      if (view.polls.at === 'closed') return ignored('the ballot box stays shut after closing');
      return start({ lane: 'box', kind: 'open-box' });
    case 'prepare-cards':
      return start({ lane: 'box', kind: 'prepare-cards' });
    case 'fill-card-a':
      return start({ lane: 'box', kind: 'fill-card', card: 'a' }, now);
    case 'fill-card-b':
      return start({ lane: 'box', kind: 'fill-card', card: 'b' }, now);
    case 'use-one-card':
      return start({ lane: 'box', kind: 'use-one-card' }, now, true);
    case 'export':
      return { ...cards, exporting: out.command({ lane: 'box', kind: 'export' }) };
    case 'set-time':
    case 'open-polls':
    case 'pause-polls':
    case 'resume-polls':
    case 'close-polls':
    case 'print-copy':
    case 'cast-abandoned':
    case 'jam-cleared':
    case 'power-down':
      return ignored('not an action on the cards');
  }
}

function endOf(input: Input, id: number): input is Input & { kind: 'done' | 'failed' } {
  return (input.kind === 'done' || input.kind === 'failed') && input.id === id;
}

function boxAnswered(
  cards: CardsState,
  box: CardsState['box'] & { is: 'opening' },
  input: Input & { kind: 'done' | 'failed' },
  out: Out,
): CardsState | Ignored {
  if (input.kind === 'failed') {
    out.log('ballot-box-refused', input.problem.code);
    out.sound('error');
    return { ...cards, box: box.before ?? { is: 'refused', because: input.problem.reason } };
  }
  if (input.result.of !== 'open-box') return ignored('not the answer of a box');
  const health = input.result.cards;
  const oneCard = box.oneCard && !(health.a === 'healthy' && health.b === 'healthy');
  out.log(oneCard && !cards.oneCard ? 'one-card-in-use' : 'ballot-box-opened');
  return { ...cards, health, oneCard, box: { is: 'open' } };
}

function withHealth(cards: CardsState, result: CommandResult & { of: 'cards' }, out: Out): CardsState {
  for (const card of ['a', 'b'] as const) {
    if (result.cards[card] === 'failed' && cards.health[card] !== 'failed') {
      out.log('card-failed', `memory card ${card.toUpperCase()}`);
      out.sound('error');
    }
  }
  return { ...cards, health: result.cards };
}
