/**
 * The intent: what the box is about to do, in two alternating sealed cells a card, so that whatever a power cut tears,
 * the cell before it still stands. Each cell carries a generation number; the highest that opens is the live one.
 *
 *   idle → writing (slot) → ready (slot) → passed (slot) → idle          a cast
 *          writing, ready → idle                                         rolled back: not counted
 *
 * A step is begun only when everything that it stands for is durable on both cards. So where a power cut left the two
 * cards one step apart, the further one is right, and the other one is brought up to it (compare.ts).
 */
import { concat, readU32, toHex, u32 } from '../../ground/bytes.js';
import { assert, must } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import { seal, unseal } from '../trust/symmetric.js';
import { INTENT_CELL_BYTES, INTENT_CELLS, plaintextBytes, type BoxKeys } from './format.js';

export type IntentKind = 'idle' | 'writing' | 'ready' | 'passed';

export interface Intent {
  /** Rises by one at each step; never falls. */
  readonly generation: number;
  readonly kind: IntentKind;
  /** None when idle. */
  readonly slot: number | undefined;
  /** SHA-256 of the slot's sealed bytes, hexadecimal; empty when idle. */
  readonly slotSha256: string;
  /** Ballots that count, once this intent stands. */
  readonly sheetsStored: number;
  /** This card goes on without the other one, whatever the other one says from now on. */
  readonly alone: boolean;
}

const KINDS: readonly IntentKind[] = ['idle', 'writing', 'ready', 'passed'];
const NO_SLOT = 0xffff_ffff;
const PLAINTEXT_BYTES = plaintextBytes(INTENT_CELL_BYTES);
const DIGEST_BYTES = 32;
/** generation, kind, slot, sheets, alone (u32 each), digest of the slot. */
const CONTENT_BYTES = 5 * 4 + DIGEST_BYTES;

export function idleIntent(generation: number, sheetsStored: number, alone: boolean): Intent {
  return { generation, kind: 'idle', slot: undefined, slotSha256: '', sheetsStored, alone };
}

/** Which of the two cells a generation is written to. */
export function cellOf(intent: Intent): number {
  return intent.generation % INTENT_CELLS;
}

export function sealIntent(intent: Intent, keys: BoxKeys, random: RandomSource): Uint8Array {
  assert((intent.kind === 'idle') === (intent.slot === undefined), 'an idle intent names no slot');
  const digest =
    intent.slotSha256 === '' ? new Uint8Array(DIGEST_BYTES) : Buffer.from(intent.slotSha256, 'hex');
  const content = concat(
    u32(intent.generation),
    u32(KINDS.indexOf(intent.kind)),
    u32(intent.slot ?? NO_SLOT),
    u32(intent.sheetsStored),
    u32(intent.alone ? 1 : 0),
    digest,
  );
  assert(content.length === CONTENT_BYTES, 'an intent has a fixed length');
  const plaintext = concat(content, new Uint8Array(PLAINTEXT_BYTES - CONTENT_BYTES));
  return seal(keys.intent, plaintext, keys.additionalData('intent', cellOf(intent)), random);
}

/** The intent in a cell, or nothing when the cell was torn or is not of this box. */
export function openIntent(sealed: Uint8Array, cell: number, keys: BoxKeys): Intent | undefined {
  const opened = unseal(keys.intent, sealed, keys.additionalData('intent', cell), `intent cell ${cell}`);
  if (!opened.ok) return undefined;
  const plaintext = opened.value;
  const generation = readU32(plaintext, 0);
  const kind = must(KINDS[readU32(plaintext, 4)], 'an authentic intent has a known kind');
  const slot = readU32(plaintext, 8);
  assert(generation % INTENT_CELLS === cell, 'an authentic intent lies in its own cell');
  return {
    generation,
    kind,
    slot: slot === NO_SLOT ? undefined : slot,
    slotSha256: kind === 'idle' ? '' : toHex(plaintext.subarray(20, 20 + DIGEST_BYTES)),
    sheetsStored: readU32(plaintext, 12),
    alone: readU32(plaintext, 16) === 1,
  };
}

export interface AnchorCheck {
  /** The ballots that count by the cards. */
  readonly counted: number;
  /** 1 when the last ballot passed and the device's own anchor does not know of it yet. */
  readonly behind: 0 | 1;
}

/**
 * Open slots less a live intent not yet passed is what the device itself remembers; one more only while *passed* is
 * live, because anchor, log line and counter follow it. Anything else: nothing, and the machine must stop.
 */
export function checkAnchor(
  openSlots: number,
  intent: Pick<Intent, 'kind'>,
  liveSlotOpens: boolean,
  anchoredCount: number,
): AnchorCheck | undefined {
  const notYetPassed = (intent.kind === 'writing' || intent.kind === 'ready') && liveSlotOpens;
  const counted = openSlots - (notYetPassed ? 1 : 0);
  if (counted === anchoredCount) return { counted, behind: 0 };
  if (intent.kind === 'passed' && counted === anchoredCount + 1) return { counted, behind: 1 };
  return undefined;
}
