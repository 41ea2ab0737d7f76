/**
 * A card's folder on a real file system: where each slot lies on the medium. A file system that writes to a new place
 * each time (copy on write) would lay the slots down in the order in which they were filled.
 */
import type { OpenedCard } from '../card-view.js';
import { slotAt } from '../../../firmware/ballot-box/format.js';
import { orderGuesses, type Guess } from '../guess.js';
import { extentsOf } from '../first-blocks.js';

const BLOCK_BYTES = 4096;

export function attackCardFiles(boxFile: string, { ballots, image }: OpenedCard): readonly Guess[] {
  const extents = extentsOf([boxFile])?.[0];
  if (extents === undefined) return [];
  const physicalOf = (slot: number): number => {
    const block = Math.floor(slotAt(image.header, slot) / BLOCK_BYTES);
    const extent = extents.find(({ logical, length }) => block >= logical && block < logical + length);
    return extent === undefined ? 0 : extent.physical + block - extent.logical;
  };
  return orderGuesses(
    ballots.map(({ id }) => id),
    { 'place of the slot on the medium': ballots.map(({ slot }) => physicalOf(slot)) },
  );
}
