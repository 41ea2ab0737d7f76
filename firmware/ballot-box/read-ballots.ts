/**
 * Ballots out of the box, verified one by one: for recomputing totals and for export. They come in the order of their
 * random ids, which says nothing about the order in which they were cast or where they lay.
 */
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import { readEach, sameBytes, type BoxCard } from './card.js';
import { slotAt, slotBytes, type BoxHeader, type BoxKeys } from './format.js';
import { openBody, openHead, recordIdIn, type StoredBallot } from './slot.js';

export async function* readBallots(
  cards: readonly BoxCard[],
  header: BoxHeader,
  keys: BoxKeys,
  slots: readonly number[],
): AsyncGenerator<Result<StoredBallot>> {
  const [first] = cards;
  if (first === undefined) {
    yield err(problem('card-missing', 'ballot box', '', 'no memory card is there'));
    return;
  }
  const order = await orderOfIds(first, header, keys, slots);
  if (!order.ok) {
    yield order;
    return;
  }
  for (const slot of order.value) yield readBallot(cards, header, keys, slot);
}

/** The slots in the order of their records' ids; the same record twice is a problem. */
async function orderOfIds(
  card: BoxCard,
  header: BoxHeader,
  keys: BoxKeys,
  slots: readonly number[],
): Promise<Result<readonly number[]>> {
  const found: { id: string; slot: number }[] = [];
  for (const slot of slots) {
    const sealed = await card.file.read(slotAt(header, slot), header.headBytes);
    if (!sealed.ok) return sealed;
    const id = recordIdIn(sealed.value, slot, keys, card.label);
    if (!id.ok) return id;
    if (id.value === undefined) return err(missing(card, slot));
    found.push({ id: id.value, slot });
  }
  found.sort((x, y) => (x.id < y.id ? -1 : 1));
  const twice = found.findIndex((entry, i) => entry.id === found[i + 1]?.id);
  if (twice >= 0) {
    return err(problem('ballot-twice', card.label, '', 'holds one and the same ballot in two slots'));
  }
  return ok(found.map((entry) => entry.slot));
}

async function readBallot(
  cards: readonly BoxCard[],
  header: BoxHeader,
  keys: BoxKeys,
  slot: number,
): Promise<Result<StoredBallot>> {
  const copies = await readEach(cards, slotAt(header, slot), slotBytes(header));
  if (!copies.ok) return copies;
  const [card, other] = cards;
  const [bytes, otherBytes] = copies.value;
  const one = must(card, 'a box has at least one card');
  const sealed = must(bytes, 'one copy a card');
  if (other !== undefined && otherBytes !== undefined && !sameBytes(sealed, otherBytes)) {
    return err(problem('cards-differ', one.label, `slot ${slot}`, `differs from ${other.label} in a ballot`));
  }
  const head = openHead(sealed.subarray(0, header.headBytes), slot, header, keys, one.label);
  if (!head.ok) return head;
  if (head.value === undefined) return err(missing(one, slot));
  return openBody(sealed.subarray(header.headBytes), slot, head.value, keys, one.label);
}

/** A slot that held a ballot a moment ago. */
export function missing(card: BoxCard, slot: number): ReturnType<typeof problem> {
  return problem('ballot-missing', card.label, `slot ${slot}`, 'no longer holds the ballot that was there');
}
