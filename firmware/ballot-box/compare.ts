/**
 * What two cards say, held against each other. They are byte for byte the same, but for one step of the intent that a
 * power cut let through on one of them; that is healed, and everything else is refused in words that say what it is.
 * Free slots are compared, never interpreted.
 */
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import { readEach, sameBytes, writeEach, type BoxCard } from './card.js';
import {
  boxBytes,
  HEADER_BYTES,
  INTENT_AT,
  INTENT_CELL_BYTES,
  intentCellAt,
  SLOTS_AT,
  slotAt,
  slotBytes,
  WRAP_AREA_AT,
  type BoxHeader,
  type BoxKeys,
} from './format.js';
import { cellOf, openIntent, type Intent } from './intent.js';
import { openHead } from './slot.js';

interface Cell {
  readonly sealed: Uint8Array;
  readonly intent: Intent | undefined;
}

interface CardIntents {
  readonly card: BoxCard;
  readonly cells: readonly [Cell, Cell];
  readonly live: Intent;
}

/** A write that makes one card equal to the other again. */
export interface Repair {
  readonly card: BoxCard;
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface SettledIntent {
  readonly live: Intent;
  readonly repairs: readonly Repair[];
  /** The cell that is not live is idle on every card: it names no slot, not even in what is left of a torn write. */
  readonly lastSlotForgotten: boolean;
}

/** The live intent of one card, or of two that agree or stand one explained step apart. Writes nothing. */
export async function settleIntents(
  cards: readonly BoxCard[],
  keys: BoxKeys,
): Promise<Result<SettledIntent>> {
  const read: CardIntents[] = [];
  for (const card of cards) {
    const intents = await readIntents(card, keys);
    if (!intents.ok) return intents;
    read.push(intents.value);
  }
  const [first, second] = read;
  const one = must(first, 'a box has at least one card');
  const settled = second === undefined ? ok({ live: one.live, repairs: [] }) : settleTwo(one, second);
  if (!settled.ok) return settled;
  const otherCell = 1 - cellOf(settled.value.live);
  const lastSlotForgotten = read.every(({ cells }) => present(cells[otherCell]).intent?.kind === 'idle');
  return ok({ ...settled.value, lastSlotForgotten });
}

function settleTwo(a: CardIntents, b: CardIntents): Result<Omit<SettledIntent, 'lastSlotForgotten'>> {
  const [ahead, behind] = a.live.generation >= b.live.generation ? [a, b] : [b, a];
  const stepsApart = ahead.live.generation - behind.live.generation;
  const refuse = (code: string, reason: string): Result<never> =>
    err(problem(code, behind.card.label, 'intent', reason));
  if (stepsApart > 0 && ahead.live.alone) {
    return refuse('card-left-behind', `was out of use while ${ahead.card.label} went on alone`);
  }
  if (stepsApart > 1) return refuse('old-copy', `is an old copy: ${ahead.card.label} has gone on since`);

  const liveCell = cellOf(ahead.live);
  const otherCell = 1 - liveCell;
  const [aheadOther, behindOther] = [present(ahead.cells[otherCell]), present(behind.cells[otherCell])];
  const [aheadLive, behindLive] = [present(ahead.cells[liveCell]), present(behind.cells[liveCell])];
  const repairs: Repair[] = [];
  const diverged = refuse('cards-diverged', `has another history than ${ahead.card.label}`);
  if (!sameBytes(aheadLive.sealed, behindLive.sealed)) {
    if (stepsApart === 0) return diverged;
    repairs.push(repairOf(behind, liveCell, aheadLive));
  }
  if (!sameBytes(aheadOther.sealed, behindOther.sealed)) {
    // The cell of the step before is durable on both; only a torn first try of the next step may differ.
    if (stepsApart > 0) return diverged;
    const aheadOpens = aheadOther.intent !== undefined;
    const behindOpens = behindOther.intent !== undefined;
    if (aheadOpens && behindOpens) return diverged;
    repairs.push(
      behindOpens ? repairOf(ahead, otherCell, behindOther) : repairOf(behind, otherCell, aheadOther),
    );
  }
  return ok({ live: ahead.live, repairs });
}

function repairOf(to: CardIntents, cell: number, from: Cell): Repair {
  return { card: to.card, at: intentCellAt(cell), bytes: from.sealed };
}

function present<T>(value: T | undefined): T {
  return must(value, 'a card has two intent cells');
}

async function readIntents(card: BoxCard, keys: BoxKeys): Promise<Result<CardIntents>> {
  const area = await card.file.read(INTENT_AT, 2 * INTENT_CELL_BYTES);
  if (!area.ok) return area;
  const cell = (n: number): Cell => {
    const sealed = area.value.slice(n * INTENT_CELL_BYTES, (n + 1) * INTENT_CELL_BYTES);
    return { sealed, intent: openIntent(sealed, n, keys) };
  };
  const cells: [Cell, Cell] = [cell(0), cell(1)];
  const [zero, one] = [cells[0].intent, cells[1].intent];
  const live = zero !== undefined && (one === undefined || zero.generation > one.generation) ? zero : one;
  if (live === undefined) {
    const reason = 'cannot be opened: damaged, or this is not the key of this ballot box';
    return err(problem('intent-unreadable', card.label, 'intent', reason));
  }
  return ok({ card, cells, live });
}

/** Applies repairs, each flushed. */
export async function heal(repairs: readonly Repair[]): Promise<Result<void>> {
  for (const { card, at, bytes } of repairs) {
    const [failure] = await writeEach([card], at, bytes);
    if (failure !== undefined) return err(failure.problem);
  }
  return ok(undefined);
}

/**
 * Reads every head on every card. Returns the slots whose heads open. Only the slot of a live *writing* or *ready* may
 * differ: it was being filled or emptied, and is not counted either way.
 */
export async function scanHeads(
  cards: readonly BoxCard[],
  header: BoxHeader,
  keys: BoxKeys,
  live: Intent,
): Promise<Result<readonly number[]>> {
  const first = must(cards[0], 'a box has at least one card');
  const unsettled = live.kind === 'writing' || live.kind === 'ready' ? live.slot : undefined;
  const open: number[] = [];
  for (let slot = 0; slot < header.slotCount; slot++) {
    const heads = await readEach(cards, slotAt(header, slot), header.headBytes);
    if (!heads.ok) return heads;
    const [one, two] = heads.value;
    // The same bytes open once: a head costs a signature, and a box has thousands.
    const differ = one !== undefined && two !== undefined && !sameBytes(one, two);
    const opens: boolean[] = [];
    for (const sealed of differ ? heads.value : heads.value.slice(0, 1)) {
      const head = openHead(sealed, slot, header, keys, first.label);
      if (!head.ok) return head;
      opens.push(head.value !== undefined);
    }
    if (slot !== unsettled && differ) return err(headDifference(cards, slot, opens));
    if (opens.includes(true)) open.push(slot);
  }
  return ok(open);
}

/** Two cards whose heads of one slot are not the same bytes. */
export function headDifference(
  cards: readonly BoxCard[],
  slot: number,
  opens: readonly boolean[],
): ReturnType<typeof problem> {
  const labels = cards.map((card) => card.label);
  const [a = '', b = ''] = labels;
  const path = `slot ${slot}`;
  if (opens[0] === true && opens[1] === true) {
    return problem('cards-differ', a, path, `holds another ballot than ${b}`);
  }
  if (opens[0] === opens[1]) return problem('cards-differ', a, path, `differs from ${b} in a free slot`);
  const [has, lacks] = opens[0] === true ? [a, b] : [b, a];
  return problem('ballot-missing', lacks, path, `lacks a ballot that ${has} holds, or has it damaged`);
}

export interface Difference {
  readonly part: 'header' | 'key wraps' | 'intent' | 'slot';
  readonly slot?: number;
}

const CHUNK_BYTES = 1024 * 1024;
const MOST_DIFFERENCES = 100;

/** Every byte of both files, bodies and unused places too; at most a hundred differences are named. */
export async function compareWhole(
  cards: readonly [BoxCard, BoxCard],
  header: BoxHeader,
  onProgress: (share: number) => void = () => undefined,
): Promise<Result<readonly Difference[]>> {
  const found: Difference[] = [];
  const wholeBytes = boxBytes(header);
  for (let at = 0; at < wholeBytes && found.length < MOST_DIFFERENCES;) {
    const part = partAt(header, at);
    const length = Math.min(CHUNK_BYTES, part.endsAt - at);
    const pair = await readEach(cards, at, length);
    if (!pair.ok) return pair;
    const [one, two] = pair.value;
    const same = one !== undefined && two !== undefined && sameBytes(one, two);
    if (!same) found.push(part.difference);
    at = same ? at + length : part.endsAt;
    onProgress(at / wholeBytes);
  }
  return ok(found);
}

function partAt(header: BoxHeader, at: number): { endsAt: number; difference: Difference } {
  if (at < HEADER_BYTES) return { endsAt: WRAP_AREA_AT, difference: { part: 'header' } };
  if (at < INTENT_AT) return { endsAt: INTENT_AT, difference: { part: 'key wraps' } };
  if (at < SLOTS_AT) return { endsAt: SLOTS_AT, difference: { part: 'intent' } };
  const slot = Math.floor((at - SLOTS_AT) / slotBytes(header));
  return { endsAt: slotAt(header, slot) + slotBytes(header), difference: { part: 'slot', slot } };
}
