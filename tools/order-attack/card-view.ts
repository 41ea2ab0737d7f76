/**
 * A card as attackers see it: the bytes of one image, and, for who holds the box key, what its slots open to. Nothing
 * here knows when a ballot was cast. Opened without the product's own readers, so that nothing they leave away is
 * missed: padding, nonces, signatures.
 */
import { inflateRawSync } from 'node:zlib';
import { readU32 } from '../../ground/bytes.js';
import {
  INTENT_CELL_BYTES,
  INTENT_CELLS,
  intentCellAt,
  slotAt,
  type BoxHeader,
  type BoxKeys,
} from '../../firmware/ballot-box/format.js';
import { openIntent, type Intent } from '../../firmware/ballot-box/intent.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import { unseal } from '../../firmware/trust/symmetric.js';

export interface CardImage {
  readonly bytes: Uint8Array;
  readonly header: BoxHeader;
}

export const NONCE_BYTES = 12;
const DIGEST_BYTES = 32;
const SIGNATURE_BYTES = 64;

export function sealedHead({ bytes, header }: CardImage, slot: number): Uint8Array {
  const at = slotAt(header, slot);
  return bytes.subarray(at, at + header.headBytes);
}

export function sealedBody({ bytes, header }: CardImage, slot: number): Uint8Array {
  const at = slotAt(header, slot) + header.headBytes;
  return bytes.subarray(at, at + header.bodyBytes);
}

export function slotNumbers({ header }: CardImage): readonly number[] {
  return Array.from({ length: header.slotCount }, (_, slot) => slot);
}

export interface OpenedBallot {
  readonly slot: number;
  readonly id: string;
  readonly record: CastVoteRecord;
  readonly recordJson: Uint8Array;
  readonly packedBytes: number;
  readonly signature: Uint8Array;
  readonly headNonce: Uint8Array;
  readonly bodyNonce: Uint8Array;
  /** What follows the content, to the end of head and body. */
  readonly headPadding: Uint8Array;
  readonly bodyPadding: Uint8Array;
  readonly content: Uint8Array;
}

export interface OpenedCard {
  readonly image: CardImage;
  /** In the order of their slots. */
  readonly ballots: readonly OpenedBallot[];
}

export function openCardImage(image: CardImage, keys: BoxKeys): OpenedCard {
  const ballots = slotNumbers(image).flatMap((slot) => {
    const ballot = openSlot(image, slot, keys);
    return ballot === undefined ? [] : [ballot];
  });
  return { image, ballots };
}

export function intentCells({ bytes }: CardImage): readonly Uint8Array[] {
  return Array.from({ length: INTENT_CELLS }, (_, cell) =>
    bytes.subarray(intentCellAt(cell), intentCellAt(cell) + INTENT_CELL_BYTES),
  );
}

export function openCells(image: CardImage, keys: BoxKeys): readonly (Intent | undefined)[] {
  return intentCells(image).map((sealed, cell) => openIntent(sealed, cell, keys));
}

export function openSlot(image: CardImage, slot: number, keys: BoxKeys): OpenedBallot | undefined {
  const head = sealedHead(image, slot);
  const opened = unseal(keys.head, head, keys.additionalData('head', slot), 'slot');
  if (!opened.ok) return undefined;
  const body = sealedBody(image, slot);
  const openedBody = unseal(keys.body, body, keys.additionalData('body', slot), 'slot');
  if (!openedBody.ok) return undefined;
  const plain = opened.value;
  const packedBytes = readU32(plain, 0);
  const recordJson = new Uint8Array(inflateRawSync(plain.subarray(4, 4 + packedBytes)));
  const record = JSON.parse(new TextDecoder().decode(recordJson)) as CastVoteRecord;
  const signatureAt = 4 + packedBytes + DIGEST_BYTES;
  const contentEnd = 4 + readU32(openedBody.value, 0);
  return {
    slot,
    id: record.id,
    record,
    recordJson,
    packedBytes,
    signature: plain.subarray(signatureAt, signatureAt + SIGNATURE_BYTES),
    headNonce: head.subarray(0, NONCE_BYTES),
    bodyNonce: body.subarray(0, NONCE_BYTES),
    headPadding: plain.subarray(signatureAt + SIGNATURE_BYTES),
    bodyPadding: openedBody.value.subarray(contentEnd),
    content: openedBody.value.subarray(4, contentEnd),
  };
}
