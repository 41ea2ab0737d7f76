/**
 * Whatever still verifies on the cards, where `open.ts` would refuse the box as a whole. Each ballot is as strictly
 * checked as ever; what is wrong with the cards or with another ballot does not keep it back. For an election office
 * that looks what is left; a machine never goes on with a box that has to be salvaged. Writes nothing.
 */
import { err, problem, type Problem, type Result } from '../../ground/result.js';
import { sameBytes, type BoxCard } from './card.js';
import { headDifference, settleIntents } from './compare.js';
import { slotAt, slotBytes, type BoxHeader, type BoxKeys } from './format.js';
import type { Intent } from './intent.js';
import { missing } from './read-ballots.js';
import { openBody, openHead, type StoredBallot } from './slot.js';

export interface Salvage {
  /** What was under way, card by card where they do not agree; empty when no card tells. */
  readonly intents: readonly Intent[];
  /** What is wrong with the cards before any image is opened. */
  readonly problems: readonly Problem[];
  /** How many ballots have a head that verifies. */
  readonly count: number;
  /** Ballots that count, each once, in the order of their random ids; between them what is wrong with one. */
  ballots(): AsyncIterable<Result<StoredBallot>>;
}

interface FoundBallot {
  readonly id: string;
  readonly slot: number;
  /** Where its head verified. */
  readonly cards: readonly BoxCard[];
}

/**
 * @param cards with the same header, which the caller has judged
 * @param onSlot told after each slot whose head was read
 */
export async function salvageBox(
  cards: readonly BoxCard[],
  header: BoxHeader,
  keys: BoxKeys,
  onSlot: (done: number, of: number) => void = () => undefined,
): Promise<Salvage> {
  const problems: Problem[] = [];
  const live = await liveIntents(cards, keys, problems);
  const found: FoundBallot[] = [];
  for (let slot = 0; slot < header.slotCount; slot++) {
    found.push(...(await findIn(slot, cards, header, keys, live, problems)));
    onSlot(slot + 1, header.slotCount);
  }
  found.sort((x, y) => (x.id < y.id ? -1 : 1));
  const once = found.filter(({ id }, i) => id !== found[i - 1]?.id);
  if (once.length < found.length) {
    problems.push(problem('ballot-twice', 'ballot box', '', 'holds one and the same ballot in two slots'));
  }
  const intents = [...new Set(live.values())];
  const most = Math.max(...intents.map(({ sheetsStored }) => sheetsStored));
  if (intents.length > 0 && once.length !== most) {
    const reason = `has ${once.length} ballots that verify where its own account says ${most}`;
    problems.push(problem('count-differs', 'ballot box', '', reason));
  }
  return { intents, problems, count: once.length, ballots: () => openBallots(once, header, keys) };
}

/** For each card what was under way on it: the one that both agree on, or its own. */
async function liveIntents(
  cards: readonly BoxCard[],
  keys: BoxKeys,
  problems: Problem[],
): Promise<ReadonlyMap<BoxCard, Intent>> {
  const settled = await settleIntents(cards, keys);
  if (settled.ok) return new Map(cards.map((card) => [card, settled.value.live]));
  problems.push(settled.error);
  const own = new Map<BoxCard, Intent>();
  if (cards.length === 1) return own;
  for (const card of cards) {
    const alone = await settleIntents([card], keys);
    if (alone.ok) own.set(card, alone.value.live);
  }
  return own;
}

/** What one slot holds: nothing, a ballot, or on cards with two histories one on each; never one that had not passed. */
async function findIn(
  slot: number,
  cards: readonly BoxCard[],
  header: BoxHeader,
  keys: BoxKeys,
  live: ReadonlyMap<BoxCard, Intent>,
  problems: Problem[],
): Promise<readonly FoundBallot[]> {
  const found = new Map<string, BoxCard[]>();
  const heads: Uint8Array[] = [];
  const opens: boolean[] = [];
  for (const card of cards) {
    const intent = live.get(card);
    if (intent?.slot === slot && intent.kind !== 'passed') continue;
    const sealed = await card.file.read(slotAt(header, slot), header.headBytes);
    const head = sealed.ok ? openHead(sealed.value, slot, header, keys, card.label) : sealed;
    if (sealed.ok) heads.push(sealed.value);
    opens.push(head.ok && head.value !== undefined);
    if (!head.ok) problems.push({ ...head.error, path: `slot ${slot}` });
    else if (head.value !== undefined) {
      const { id } = head.value.record;
      found.set(id, [...(found.get(id) ?? []), card]);
    }
  }
  const [one, two] = heads;
  if (one !== undefined && two !== undefined && !sameBytes(one, two)) {
    problems.push(headDifference(cards, slot, opens));
  }
  return [...found].map(([id, holding]) => ({ id, slot, cards: holding }));
}

async function* openBallots(
  found: readonly FoundBallot[],
  header: BoxHeader,
  keys: BoxKeys,
): AsyncGenerator<Result<StoredBallot>> {
  for (const { slot, cards } of found) {
    for (const card of cards) {
      const ballot = await openBallot(card, slot, header, keys);
      yield ballot;
      if (ballot.ok) break;
    }
  }
}

async function openBallot(
  card: BoxCard,
  slot: number,
  header: BoxHeader,
  keys: BoxKeys,
): Promise<Result<StoredBallot>> {
  const sealed = await card.file.read(slotAt(header, slot), slotBytes(header));
  if (!sealed.ok) return err({ ...sealed.error, path: `slot ${slot}` });
  const head = openHead(sealed.value.subarray(0, header.headBytes), slot, header, keys, card.label);
  if (!head.ok) return head;
  const { value } = head;
  if (value === undefined) return err(missing(card, slot));
  return openBody(sealed.value.subarray(header.headBytes), slot, value, keys, card.label);
}
