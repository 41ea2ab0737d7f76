/**
 * `ballots.box`, one file on each of two memory cards with identical bytes: where everything lies, and the signed
 * header that says so. What is not header is noise to everybody without the box key. The format is written down byte
 * for byte in docs/formats/ballot-box.md; this file is the only one that knows an offset.
 *
 *   0       header     magic, length (u32), JSON, device's signature over the JSON's bytes (domain `box-header`)
 *   8192    key wraps  cells of 256 bytes, the box key sealed for one security key each
 *   16384   intent     two cells of 4096 bytes
 *   24576   slots      head and body, one after the other
 *
 * Everything begins at a multiple of 4096 bytes, so that no torn sector can reach from one part into another.
 */
import { z } from 'zod';
import { concat, equalBytes, frame, readU32, u32, utf8 } from '../../ground/bytes.js';
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import { parseJson } from '../trust/json.js';
import { AES_KEY_BYTES, hkdfSha256, SEAL_OVERHEAD_BYTES } from '../trust/symmetric.js';
import { SIGNATURE_BYTES } from '../trust/verify/signature.js';

export const BOX_FILE = 'ballots.box';
export const BOX_FORMAT = 'tallystick-box/1';

export const HEADER_BYTES = 8192;
export const WRAP_AREA_AT = 8192;
export const WRAP_AREA_BYTES = 8192;
export const WRAP_CELL_BYTES = 256;
export const MOST_KEY_WRAPS = WRAP_AREA_BYTES / WRAP_CELL_BYTES;
export const INTENT_AT = 16_384;
export const INTENT_CELL_BYTES = 4096;
export const INTENT_CELLS = 2;
export const SLOTS_AT = INTENT_AT + INTENT_CELLS * INTENT_CELL_BYTES;
const BLOCK_BYTES = 4096;

/** More sheets than a bin holds and a long day brings. */
export const DEFAULT_SLOT_COUNT = 3000;
/** Room for the record of some 350 positions. */
export const DEFAULT_HEAD_BYTES = 32_768;
/**
 * Room for both sides of a letter sheet at full quality and of a 22-inch sheet at a lower one. Makes a slot of 1 MiB,
 * and a box of 3.0 GiB: below the 4 GiB that a file may have on a FAT card.
 */
export const DEFAULT_BODY_BYTES = 1_048_576 - DEFAULT_HEAD_BYTES;

const MAGIC = utf8('TALLYSTICK-BOX/1');

const hex = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const areaBytes = (most: number): z.ZodInt => z.int().min(BLOCK_BYTES).max(most).multipleOf(BLOCK_BYTES);

const headerSchema = z.strictObject({
  format: z.literal(BOX_FORMAT),
  /** 128 random bits; pinned on the device. */
  boxId: hex(16),
  electionId: z.string().min(1).max(64),
  definitionSha256: hex(32),
  deviceSerial: z.string().min(1).max(64),
  devicePublicKey: hex(32),
  mode: z.enum(['test', 'official']),
  simulated: z.boolean(),
  slotCount: z.int().min(1).max(20_000),
  headBytes: areaBytes(1_048_576),
  bodyBytes: areaBytes(16_777_216),
  /** The box key sealed for the authority's X25519 key; stays for good. */
  authorityWrap: z.string().regex(/^([0-9a-f]{2}){32,512}$/),
  /** Which security key's wrap lies in which cell of the wrap area, and its digest while it is there. */
  keyWraps: z
    .array(z.strictObject({ keySerial: z.string().min(1).max(64), wrapBytes: z.int(), sha256: hex(32) }))
    .max(MOST_KEY_WRAPS),
});

export type BoxHeader = z.infer<typeof headerSchema>;

/** What a signature on a box header is made over. */
export interface SignedHeader {
  readonly header: BoxHeader;
  /** The exact bytes that are signed. */
  readonly json: Uint8Array;
  readonly signature: Uint8Array;
}

export function encodeHeader(header: BoxHeader, sign: (json: Uint8Array) => Uint8Array): Result<Uint8Array> {
  const json = utf8(JSON.stringify(headerSchema.parse(header)));
  const bytes = concat(MAGIC, u32(json.length), json, sign(json));
  return bytes.length <= HEADER_BYTES
    ? ok(bytes)
    : err(problem('header-too-large', BOX_FILE, 'header', 'does not hold so many key wraps'));
}

/** Shape and geometry only; whose signature it is, and on which box, `open.ts` judges. */
export function decodeHeader(bytes: Uint8Array, where: string): Result<SignedHeader> {
  const bad = (reason: string): Result<never> => err(problem('not-a-box', where, 'header', reason));
  if (bytes.length < HEADER_BYTES || !equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) {
    return bad('is not that of a ballot box');
  }
  const jsonAt = MAGIC.length + 4;
  const jsonBytes = readU32(bytes, MAGIC.length);
  if (jsonAt + jsonBytes + SIGNATURE_BYTES > HEADER_BYTES) return bad('is longer than a header can be');
  const json = bytes.slice(jsonAt, jsonAt + jsonBytes);
  const header = parseJson(headerSchema, json, where);
  if (!header.ok) return header;
  const signature = bytes.slice(jsonAt + jsonBytes, jsonAt + jsonBytes + SIGNATURE_BYTES);
  return ok({ header: header.value, json, signature });
}

export type Geometry = Pick<BoxHeader, 'slotCount' | 'headBytes' | 'bodyBytes'>;

export function slotBytes(geometry: Geometry): number {
  return geometry.headBytes + geometry.bodyBytes;
}

export function slotAt(geometry: Geometry, slot: number): number {
  assert(Number.isInteger(slot) && slot >= 0 && slot < geometry.slotCount, `no slot ${slot} in this box`);
  return SLOTS_AT + slot * slotBytes(geometry);
}

export function boxBytes(geometry: Geometry): number {
  return SLOTS_AT + geometry.slotCount * slotBytes(geometry);
}

export function intentCellAt(cell: number): number {
  assert(cell >= 0 && cell < INTENT_CELLS, `no intent cell ${cell}`);
  return INTENT_AT + cell * INTENT_CELL_BYTES;
}

export function wrapCellAt(cell: number): number {
  assert(cell >= 0 && cell < MOST_KEY_WRAPS, `no key wrap cell ${cell}`);
  return WRAP_AREA_AT + cell * WRAP_CELL_BYTES;
}

/** What fits into a sealed part of so many bytes. */
export function plaintextBytes(sealedBytes: number): number {
  return sealedBytes - SEAL_OVERHEAD_BYTES;
}

export type SealedPart = 'head' | 'body' | 'intent';

/** The three keys of one box, and what every sealing in it is bound to. */
export interface BoxKeys {
  readonly head: Uint8Array;
  readonly body: Uint8Array;
  readonly intent: Uint8Array;
  /** Additional data of a part: box, device, part, and the number of its slot or cell. */
  additionalData(part: SealedPart, index: number): Uint8Array;
}

export function boxKeys(boxKey: Uint8Array, boxId: string, deviceSerial: string): BoxKeys {
  assert(boxKey.length === AES_KEY_BYTES, 'a box key has 32 bytes');
  assert(/^[0-9a-f]{32}$/.test(boxId), 'a box id has 32 hexadecimal digits');
  const id = new Uint8Array(Buffer.from(boxId, 'hex'));
  const derive = (part: SealedPart): Uint8Array =>
    hkdfSha256(boxKey, id, utf8(`${BOX_FORMAT} ${part}`), AES_KEY_BYTES);
  const boundTo = (part: SealedPart): Uint8Array =>
    frame(utf8(BOX_FORMAT), id, utf8(deviceSerial), utf8(part));
  // A start asks for thousands of them, which differ in their last field alone.
  const beginnings = { head: boundTo('head'), body: boundTo('body'), intent: boundTo('intent') };
  return {
    head: derive('head'),
    body: derive('body'),
    intent: derive('intent'),
    additionalData: (part, index) => concat(beginnings[part], frame(u32(index))),
  };
}
