/** Who has the key sees which ballot lies where: does its place tell when it came? As in a table with row numbers. */
import type { OpenedCard } from '../card-view.js';
import { orderGuesses, type Guess } from '../guess.js';

export function attackSlotOrder({ ballots, image }: OpenedCard): readonly Guess[] {
  const middle = image.header.slotCount / 2;
  return orderGuesses(
    ballots.map(({ id }) => id),
    {
      'from the first slot on': ballots.map(({ slot }) => slot),
      'from the middle outwards': ballots.map(({ slot }) => Math.abs(slot - middle)),
      'odd slots after even ones': ballots.map(({ slot }) => slot % 2),
    },
  );
}
