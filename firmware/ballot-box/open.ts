/**
 * Opening a prepared ballot box: is it the box that this device expects, on two different cards, whole, and as many
 * ballots as the device remembers? Whatever is wrong has its own sentence, and then nothing is written.
 */
import { equalBytes, toHex } from '../../ground/bytes.js';
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import { verifySignature } from '../trust/keys.js';
import type { Signer } from '../trust/signing.js';
import { BallotBox } from './box.js';
import { closeCards, openCards, readHeader, type BoxCard, type CardStores } from './card.js';
import {
  compareWhole,
  heal,
  scanHeads,
  settleIntents,
  type Difference,
  type SettledIntent,
} from './compare.js';
import { boxKeys, type BoxHeader, type BoxKeys, type SignedHeader } from './format.js';
import { checkAnchor, type AnchorCheck, type Intent } from './intent.js';
import { readBallots } from './read-ballots.js';
import type { StoredBallot } from './slot.js';

/** What the device knows of its box, apart from the cards. */
export interface ExpectedBox {
  readonly boxId: string;
  readonly deviceSerial: string;
  readonly devicePublicKey: Uint8Array;
  /** What the device itself remembers of the last ballot; none before the first opening of this box. */
  readonly anchor?: BoxAnchor;
}

export interface BoxAnchor {
  readonly generation: number;
  readonly sheets: number;
}

export interface BoxTools {
  readonly random: RandomSource;
  readonly signer: Signer;
  /** The administrator said: go on with the one card that is there. */
  readonly singleCard?: boolean;
}

export interface OpenedBox {
  readonly box: BallotBox;
  readonly header: BoxHeader;
  /** What sheet.md's table decides by: the state in which the box was found. */
  readonly intent: Intent;
  /** Counted by the cards, and whether the device's anchor still has to learn of the last one. */
  readonly anchorCheck: AnchorCheck;
}

interface Inspected {
  readonly cards: readonly BoxCard[];
  readonly header: BoxHeader;
  readonly keys: BoxKeys;
  readonly settled: SettledIntent;
  readonly openSlots: readonly number[];
  readonly anchorCheck: AnchorCheck;
}

/** Opens the box for casting. Heals what a power cut left between the cards; refuses everything else. */
export async function openBox(
  stores: CardStores,
  boxKey: Uint8Array,
  expected: ExpectedBox,
  tools: BoxTools,
): Promise<Result<OpenedBox>> {
  const cards = await openCards(stores);
  if (!cards.ok) return cards;
  const opened = await openOn(cards.value, boxKey, expected, tools);
  if (!opened.ok) await closeCards(cards.value);
  return opened;
}

async function openOn(
  cards: readonly BoxCard[],
  boxKey: Uint8Array,
  expected: ExpectedBox,
  tools: BoxTools,
): Promise<Result<OpenedBox>> {
  const distinct = await areTwoCards(cards, tools.random);
  if (!distinct.ok) return distinct;
  const inspected = await inspect(cards, boxKey, expected);
  if (!inspected.ok) return inspected;
  const { header, keys, settled, openSlots, anchorCheck } = inspected.value;
  if (cards.length === 1 && tools.singleCard !== true && !settled.live.alone) {
    const missing = cards[0]?.id === 'a' ? 'memory card B' : 'memory card A';
    return err(problem('card-missing', missing, '', 'is not there'));
  }
  const healed = await heal(settled.repairs);
  if (!healed.ok) return healed;
  const box = new BallotBox({ cards, header, keys, live: settled.live, openSlots, ...tools });
  if (cards.length === 1 && !settled.live.alone) {
    const alone = await box.useOneCard();
    if (!alone.ok) return alone;
  }
  if (settled.live.kind === 'idle' && !settled.lastSlotForgotten) {
    const forgotten = await box.forgetLastSlot();
    if (!forgotten.ok) return forgotten;
  }
  return ok({ box, header, intent: settled.live, anchorCheck });
}

/** A box opened for reading alone: for export, for checking, on one card or on two. Writes nothing. */
export interface BoxReader {
  readonly header: BoxHeader;
  readonly intent: Intent;
  readonly anchorCheck: AnchorCheck;
  /** Ballots that count, verified, in the order of their random ids. */
  readAll(): AsyncIterable<Result<StoredBallot>>;
  /** Every byte of two cards; nothing to compare with one. */
  compareWhole(onProgress?: (share: number) => void): Promise<Result<readonly Difference[]>>;
  close(): Promise<void>;
}

export async function readBox(
  stores: CardStores,
  boxKey: Uint8Array,
  expected: ExpectedBox,
): Promise<Result<BoxReader>> {
  const cards = await openCards(stores);
  if (!cards.ok) return cards;
  const inspected = await inspect(cards.value, boxKey, expected);
  if (!inspected.ok) {
    await closeCards(cards.value);
    return inspected;
  }
  const { header, keys, settled, openSlots, anchorCheck } = inspected.value;
  const counted = openSlots.filter((slot) => settled.live.kind === 'passed' || slot !== settled.live.slot);
  const [a, b] = cards.value;
  return ok({
    header,
    intent: settled.live,
    anchorCheck,
    readAll: () => readBallots(cards.value, header, keys, counted),
    compareWhole: (onProgress) =>
      a === undefined || b === undefined ? Promise.resolve(ok([])) : compareWhole([a, b], header, onProgress),
    close: () => closeCards(cards.value),
  });
}

async function inspect(
  cards: readonly BoxCard[],
  boxKey: Uint8Array,
  expected: ExpectedBox,
): Promise<Result<Inspected>> {
  const header = await recogniseBox(cards, expected);
  if (!header.ok) return header;
  const keys = boxKeys(boxKey, header.value.boxId, header.value.deviceSerial);
  const settled = await settleIntents(cards, keys);
  if (!settled.ok) return settled;
  const openSlots = await scanHeads(cards, header.value, keys, settled.value.live);
  if (!openSlots.ok) return openSlots;
  const { live } = settled.value;
  const anchorCheck = countBallots(live, openSlots.value, expected.anchor);
  if (!anchorCheck.ok) return anchorCheck;
  return ok({
    cards,
    header: header.value,
    keys,
    settled: settled.value,
    openSlots: openSlots.value,
    anchorCheck: anchorCheck.value,
  });
}

/** Open slots against what the cards' own intent says and what the device remembers. */
function countBallots(
  live: Intent,
  openSlots: readonly number[],
  anchor: BoxAnchor | undefined,
): Result<AnchorCheck> {
  const liveSlotOpens = live.slot !== undefined && openSlots.includes(live.slot);
  if (live.kind === 'passed' && !liveSlotOpens) {
    return err(problem('ballot-missing', 'ballot box', '', 'the last ballot that was counted is not there'));
  }
  const notYetPassed = live.kind === 'writing' || live.kind === 'ready';
  const counted = openSlots.length - (notYetPassed && liveSlotOpens ? 1 : 0);
  if (counted !== live.sheetsStored) {
    const reason = `holds ${counted} ballots where its own account says ${live.sheetsStored}`;
    const code = counted < live.sheetsStored ? 'ballot-missing' : 'ballot-added';
    return err(problem(code, 'ballot box', '', reason));
  }
  if (anchor === undefined) return ok({ counted, behind: 0 });
  if (live.generation < anchor.generation) {
    return err(problem('old-copy', 'ballot box', 'intent', 'is an old copy: this device has gone on since'));
  }
  const check = checkAnchor(openSlots.length, live, liveSlotOpens, anchor.sheets);
  if (check !== undefined) return ok(check);
  const reason = `holds ${counted} ballots where this device remembers ${anchor.sheets}`;
  return err(problem('count-differs', 'ballot box', '', reason));
}

/** Whether these cards hold the box that this device expects, by their headers: what can be told without its key. */
export async function recogniseBox(
  cards: readonly BoxCard[],
  expected: ExpectedBox,
): Promise<Result<BoxHeader>> {
  let agreed: SignedHeader | undefined;
  for (const card of cards) {
    const signed = await readHeader(card.file, card.label);
    if (!signed.ok) return signed;
    const judged = judgeHeader(signed.value, card.label, expected);
    if (!judged.ok) return judged;
    if (agreed !== undefined && !equalBytes(agreed.json, signed.value.json)) {
      return err(problem('cards-differ', card.label, 'header', 'has another header than the other card'));
    }
    agreed = signed.value;
  }
  return ok(must(agreed, 'a box has at least one card').header);
}

function judgeHeader(signed: SignedHeader, where: string, expected: ExpectedBox): Result<void> {
  const { header, json, signature } = signed;
  const refuse = (code: string, path: string, reason: string): Result<never> =>
    err(problem(code, where, path, reason));
  if (header.boxId !== expected.boxId) {
    return refuse('other-box', 'header.boxId', 'holds another ballot box than this device prepared');
  }
  if (header.deviceSerial !== expected.deviceSerial) {
    return refuse('other-box', 'header.deviceSerial', 'holds the ballot box of another device');
  }
  if (header.devicePublicKey !== toHex(expected.devicePublicKey)) {
    return refuse('header-forged', 'header.devicePublicKey', 'names another key than this device’s');
  }
  if (!verifySignature('box-header', expected.devicePublicKey, json, signature)) {
    return refuse('header-forged', 'header', 'was not signed by this device, or was changed since');
  }
  return ok(undefined);
}

const PROBE_FILE = 'card-probe';
const PROBE_BYTES = 16;

/** Two slots that lead to one and the same card would be no second copy: what is written to one must not be on both. */
async function areTwoCards(cards: readonly BoxCard[], random: RandomSource): Promise<Result<void>> {
  const [a, b] = cards;
  if (a === undefined || b === undefined) return ok(undefined);
  const probe = random.bytes(PROBE_BYTES);
  const written = await a.store.write(PROBE_FILE, probe);
  if (!written.ok) return written;
  const seen = await b.store.read(PROBE_FILE, PROBE_BYTES);
  const removed = await a.store.remove(PROBE_FILE);
  if (!removed.ok) return removed;
  if (!seen.ok || !equalBytes(seen.value, probe)) return ok(undefined);
  return err(problem('same-card', b.label, '', `is the same card as ${a.label}`));
}
