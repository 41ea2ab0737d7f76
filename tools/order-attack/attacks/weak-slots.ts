/**
 * Slots drawn by a small generator that was seeded with the time: who has the key knows which slots are filled, tries
 * every second of the day and the night before, and is done when one sequence of draws fills these slots and no others.
 * That gives the whole order.
 */
import type { OpenedCard } from '../card-view.js';
import { orderGuesses, type Guess } from '../guess.js';
import { smallGenerators, type SmallGenerator } from '../generators/time-seeded.js';
import { noonOf } from './record-ids.js';

const HALF_DAY_SECONDS = 43_200;
/** So many draws in a row that all fell on filled slots are no chance. */
const DRAWS_ENOUGH = 120;
/** With fewer ballots some second of the day explains the slots by chance. */
const LEAST_BALLOTS = 40;

export function attackWeakSlots({ ballots, image }: OpenedCard, electionDay: string): readonly Guess[] {
  if (ballots.length < LEAST_BALLOTS) return [];
  const ids = ballots.map(({ id }) => id);
  const idAt = new Map(ballots.map(({ slot, id }) => [slot, id]));
  const { slotCount } = image.header;
  const noon = noonOf(electionDay);
  for (const generator of smallGenerators) {
    for (let seed = noon - HALF_DAY_SECONDS; seed < noon + HALF_DAY_SECONDS; seed++) {
      const drawn = drawsOf(generator, seed, slotCount, idAt);
      if (drawn === undefined) continue;
      const position = new Map(drawn.map((slot, at) => [idAt.get(slot), at]));
      const scores = ids.map((id) => position.get(id) ?? ids.length);
      return [
        ...orderGuesses(ids, { 'a seed of the day explains the slots': scores }),
        { kind: 'traces', variant: 'a seed of the day', found: 1, expected: 0 },
      ];
    }
  }
  return [{ kind: 'traces', variant: 'a seed of the day', found: 0, expected: 0 }];
}

/** The slots that this seed fills, as long as all of them are filled; nothing when it was not so for long enough. */
function drawsOf(
  generator: SmallGenerator,
  seed: number,
  slotCount: number,
  filled: ReadonlyMap<number, string>,
): readonly number[] | undefined {
  const draw = generator.start(seed);
  const enough = Math.min(DRAWS_ENOUGH, filled.size);
  const taken: number[] = [];
  const inOrder: number[] = [];
  while (inOrder.length < filled.size) {
    const slot = freeSlot(draw() % (slotCount - taken.length), taken);
    if (!filled.has(slot)) return inOrder.length >= enough ? inOrder : undefined;
    inOrder.push(slot);
    insert(taken, slot);
  }
  return inOrder.length >= enough ? inOrder : undefined;
}

/** The n-th slot that is not among those taken, which are in ascending order. */
function freeSlot(n: number, taken: readonly number[]): number {
  let slot = n;
  for (const one of taken) {
    if (one > slot) break;
    slot += 1;
  }
  return slot;
}

function insert(sorted: number[], value: number): void {
  let at = sorted.length;
  while (at > 0 && (sorted[at - 1] ?? 0) > value) at -= 1;
  sorted.splice(at, 0, value);
}
