/** A memory card as the ballot box sees it: one opened box file with a name, and what is read from both at once. */
import { err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { BlockFile, CardId, FileStore } from '../../drivers/ports.js';
import { BOX_FILE, boxBytes, decodeHeader, HEADER_BYTES, type SignedHeader } from './format.js';

export interface CardStores {
  readonly a?: FileStore;
  readonly b?: FileStore;
}

export interface BoxCard {
  readonly id: CardId;
  /** For messages: `memory card A`. */
  readonly label: string;
  readonly store: FileStore;
  readonly file: BlockFile;
}

/** The cards that are there, A before B. */
export function bothCards(stores: CardStores): readonly { id: CardId; store: FileStore }[] {
  return [
    ...(stores.a === undefined ? [] : [{ id: 'a' as const, store: stores.a }]),
    ...(stores.b === undefined ? [] : [{ id: 'b' as const, store: stores.b }]),
  ];
}

export async function openCard(store: FileStore): Promise<Result<BlockFile>> {
  const file = await store.openBlocks(BOX_FILE);
  if (file.ok || file.error.code !== 'missing') return file;
  return err({ ...file.error, reason: 'holds no ballot box' });
}

/** Opens the box file on each card; closes what it opened when one of them cannot be. */
export async function openCards(stores: CardStores): Promise<Result<readonly BoxCard[]>> {
  const cards: BoxCard[] = [];
  for (const { id, store } of bothCards(stores)) {
    const file = await openCard(store);
    if (!file.ok) {
      await closeCards(cards);
      return file;
    }
    cards.push({ id, label: store.label, store, file: file.value });
  }
  if (cards.length === 0) return err(problem('card-missing', 'ballot box', '', 'no memory card is there'));
  return ok(cards);
}

export async function closeCards(cards: readonly BoxCard[]): Promise<void> {
  for (const card of cards) await card.file.close();
}

/** The header of a box file that has exactly the length which its header says. */
export async function readHeader(file: BlockFile, where: string): Promise<Result<SignedHeader>> {
  if (file.sizeBytes < HEADER_BYTES) {
    return err(problem('not-a-box', where, BOX_FILE, 'is too short to be a ballot box'));
  }
  const bytes = await file.read(0, HEADER_BYTES);
  if (!bytes.ok) return bytes;
  const signed = decodeHeader(bytes.value, where);
  if (!signed.ok) return signed;
  if (file.sizeBytes === boxBytes(signed.value.header)) return signed;
  return err(problem('not-a-box', where, BOX_FILE, 'has not the length that its header says'));
}

/** The same range of every card; the first problem wins. */
export async function readEach(
  cards: readonly BoxCard[],
  at: number,
  length: number,
): Promise<Result<readonly Uint8Array[]>> {
  const reads = await Promise.all(cards.map((card) => card.file.read(at, length)));
  const values: Uint8Array[] = [];
  for (const read of reads) {
    if (!read.ok) return read;
    values.push(read.value);
  }
  return ok(values);
}

/** Writes and flushes the same bytes on every card; who failed, and why. */
export async function writeEach(
  cards: readonly BoxCard[],
  at: number,
  bytes: Uint8Array,
): Promise<readonly CardFailure[]> {
  const done = await Promise.all(
    cards.map(async (card) => {
      const written = await card.file.write(at, bytes);
      return written.ok ? card.file.flush() : written;
    }),
  );
  return done.flatMap((result, i) => {
    const card = must(cards[i], 'one result a card');
    return result.ok ? [] : [{ card, problem: result.error }];
  });
}

export interface CardFailure {
  readonly card: BoxCard;
  readonly problem: Problem;
}

/** Fast, for long ranges; nothing secret is compared with it. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
