/**
 * The intent cells name a slot while a ballot is being cast. Without the key: does any number in them say which? With
 * the key, and no cast under way: does a cell still name the slot of the ballot that was cast last?
 */
import { readU32 } from '../../../ground/bytes.js';
import type { BoxKeys } from '../../../firmware/ballot-box/format.js';
import { intentCells, openCells, openSlot, type CardImage } from '../card-view.js';
import type { Guess } from '../guess.js';

/** The first aligned number in the cells that could be a slot: by chance there is hardly ever one. */
export function attackSealedIntents(image: CardImage): readonly Guess[] {
  const { slotCount } = image.header;
  for (const cell of intentCells(image)) {
    for (let at = 0; at + 4 <= cell.length; at += 4) {
      const slot = readU32(cell, at);
      if (slot < slotCount) return [{ kind: 'pending-slot', variant: 'in the clear', slot, slotCount }];
    }
  }
  return [{ kind: 'pending-slot', variant: 'in the clear', slot: undefined, slotCount }];
}

export function attackOpenedIntents(image: CardImage, keys: BoxKeys): readonly Guess[] {
  const cells = openCells(image, keys);
  const named = cells.flatMap((cell) => (cell?.slot === undefined ? [] : [cell.slot]));
  const [ballot] = named.flatMap((slot) => openSlot(image, slot, keys)?.id ?? []);
  const of = Math.max(0, ...cells.map((cell) => cell?.sheetsStored ?? 0));
  return [{ kind: 'last', variant: 'a cell names its slot', ballot, of }];
}
