/**
 * One slot: a small sealed head and a sealed body, of fixed lengths. The head holds the record, the digest of the
 * body's content and the device's signature over both; the body holds the images. A head that opens is a ballot, and
 * then its signature must verify; a head that does not open is a free slot, and nobody can tell what it held.
 *
 *   head    length (u32), record (JSON, deflate-raw), digest (32), signature (64), zeros
 *   body    length (u32), content, zeros;  content = framed [front, back, name, crop, name, crop …]
 *   signed  framed [box id, record's JSON bytes, digest of the content], domain `ballot-slot`
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { concat, equalBytes, frame, fromUtf8, readU32, u32, utf8 } from '../../ground/bytes.js';
import { assert, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import { readRecord } from '../records/read-record.js';
import type { CastVoteRecord } from '../records/record.js';
import { parseJson } from '../trust/json.js';
import { verifySignature } from '../trust/keys.js';
import type { Signer } from '../trust/signing.js';
import { seal, sha256, unseal } from '../trust/symmetric.js';
import { SIGNATURE_BYTES } from '../trust/verify/signature.js';
import { plaintextBytes, type BoxHeader, type BoxKeys } from './format.js';

/** The picture of what a voter wrote, cut out of the page. */
export interface WriteInCrop {
  readonly contestId: string;
  readonly optionId: string;
  readonly jpeg: Uint8Array;
}

export interface BallotImages {
  readonly front: Uint8Array;
  readonly back: Uint8Array;
}

/** One sheet as it goes into the box. */
export interface SheetToStore {
  readonly record: CastVoteRecord;
  readonly images: BallotImages;
  readonly writeInCrops: readonly WriteInCrop[];
}

/** One sheet as it comes out, verified. */
export interface StoredBallot extends SheetToStore {
  /** The exact bytes that the device signed. */
  readonly recordJson: Uint8Array;
  readonly contentSha256: Uint8Array;
  readonly signature: Uint8Array;
}

export interface StoredHead {
  readonly record: CastVoteRecord;
  readonly recordJson: Uint8Array;
  readonly contentSha256: Uint8Array;
  readonly signature: Uint8Array;
}

const LENGTH_BYTES = 4;
const DIGEST_BYTES = 32;
/** A record's JSON, inflated; some 10,000 positions. */
const MOST_RECORD_BYTES = 4 * 1024 * 1024;
const MOST_PARTS = 2 + 2 * 256;

/** What all images of a sheet together may take: lengths and names taken off. */
export function imageRoomBytes(bodyBytes: number, writeInCount: number): number {
  const nameBytes = 2 * 48 + 1;
  return plaintextBytes(bodyBytes) - LENGTH_BYTES * (3 + 2 * writeInCount) - nameBytes * writeInCount;
}

/** Head and body of one slot, sealed: exactly the slot's length. */
export function sealSlot(
  sheet: SheetToStore,
  slot: number,
  header: BoxHeader,
  keys: BoxKeys,
  signer: Signer,
  random: RandomSource,
): Result<Uint8Array> {
  const recordJson = utf8(JSON.stringify(sheet.record));
  const packed = new Uint8Array(deflateRawSync(recordJson, { level: 9 }));
  const content = bodyContent(sheet);
  const contentSha256 = sha256(content);
  const signature = signer.sign('ballot-slot', signedBytes(header.boxId, recordJson, contentSha256));
  const head = concat(u32(packed.length), packed, contentSha256, signature);
  const body = concat(u32(content.length), content);
  const headRoom = plaintextBytes(header.headBytes);
  const bodyRoom = plaintextBytes(header.bodyBytes);
  if (head.length > headRoom) {
    return err(
      problem('record-too-large', 'ballot box', '', `a record of ${head.length} bytes does not fit`),
    );
  }
  if (body.length > bodyRoom) {
    return err(problem('images-too-large', 'ballot box', '', `images of ${body.length} bytes do not fit`));
  }
  return ok(
    concat(
      seal(keys.head, padded(head, headRoom), keys.additionalData('head', slot), random),
      seal(keys.body, padded(body, bodyRoom), keys.additionalData('body', slot), random),
    ),
  );
}

/** What a head holds, unsealed and not yet verified. */
type UnpackedHead = Omit<StoredHead, 'record'>;

/**
 * The id of the record in a head, or nothing when the slot is free. For putting slots in the order of their ids;
 * whoever reads the ballot itself verifies it.
 */
export function recordIdIn(
  sealed: Uint8Array,
  slot: number,
  keys: BoxKeys,
  where: string,
): Result<string | undefined> {
  const unpacked = unpackHead(sealed, slot, keys, where);
  if (!unpacked.ok) return unpacked;
  if (unpacked.value === undefined) return ok(undefined);
  const record = parseJson(recordWithId, unpacked.value.recordJson, where);
  return record.ok ? ok(record.value.id) : record;
}

const recordWithId = z.looseObject({ id: z.string() });

/**
 * The head of a slot, or nothing when the slot is free. A head that opens under the box key and is not signed by this
 * device, or not for this election, is a forgery and a problem.
 */
export function openHead(
  sealed: Uint8Array,
  slot: number,
  header: BoxHeader,
  keys: BoxKeys,
  where: string,
): Result<StoredHead | undefined> {
  const unpacked = unpackHead(sealed, slot, keys, where);
  if (!unpacked.ok) return unpacked;
  if (unpacked.value === undefined) return ok(undefined);
  const { recordJson, contentSha256, signature } = unpacked.value;
  const forged = (reason: string): Result<never> => err(forgery(where, slot, reason));
  const deviceKey = new Uint8Array(Buffer.from(header.devicePublicKey, 'hex'));
  const signed = signedBytes(header.boxId, recordJson, contentSha256);
  if (!verifySignature('ballot-slot', deviceKey, signed, signature)) {
    return forged('holds a ballot that this device did not sign');
  }
  const record = readRecord(recordJson, where);
  if (!record.ok) return record;
  if (!belongs(record.value, header)) return forged('holds a ballot of another election, device or mode');
  return ok({ record: record.value, recordJson, contentSha256, signature });
}

function unpackHead(
  sealed: Uint8Array,
  slot: number,
  keys: BoxKeys,
  where: string,
): Result<UnpackedHead | undefined> {
  const opened = unseal(keys.head, sealed, keys.additionalData('head', slot), where);
  if (!opened.ok) return ok(undefined);
  const head = opened.value;
  const packedBytes = readU32(head, 0);
  const signatureAt = LENGTH_BYTES + packedBytes + DIGEST_BYTES;
  if (signatureAt + SIGNATURE_BYTES > head.length)
    return err(forgery(where, slot, 'has a head of impossible length'));
  const recordJson = inflate(head.subarray(LENGTH_BYTES, LENGTH_BYTES + packedBytes));
  if (recordJson === undefined) return err(forgery(where, slot, 'has a record that cannot be unpacked'));
  const contentSha256 = head.slice(LENGTH_BYTES + packedBytes, signatureAt);
  const signature = head.slice(signatureAt, signatureAt + SIGNATURE_BYTES);
  return ok({ recordJson, contentSha256, signature });
}

function forgery(where: string, slot: number, reason: string): Problem {
  return problem('ballot-forged', where, `slot ${slot}`, reason);
}

/** The whole ballot, once its head is known. */
export function openBody(
  sealed: Uint8Array,
  slot: number,
  head: StoredHead,
  keys: BoxKeys,
  where: string,
): Result<StoredBallot> {
  const bad = (reason: string): Result<never> => err(problem('body-damaged', where, `slot ${slot}`, reason));
  const opened = unseal(keys.body, sealed, keys.additionalData('body', slot), where);
  if (!opened.ok) return bad('holds a ballot whose images cannot be opened');
  const length = readU32(opened.value, 0);
  if (LENGTH_BYTES + length > opened.value.length) return bad('has images of impossible length');
  const content = opened.value.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  if (!equalBytes(sha256(content), head.contentSha256)) return bad('holds images that are not its record’s');
  const parts = unframe(content);
  const [front, back, ...crops] = parts ?? [];
  if (front === undefined || back === undefined || crops.length % 2 !== 0) return bad('lacks an image');
  const writeInCrops: WriteInCrop[] = [];
  for (let i = 0; i < crops.length; i += 2) {
    const name = fromUtf8(crops[i] ?? new Uint8Array(), where);
    const [contestId, optionId, more] = name.ok ? name.value.split('/') : [];
    if (contestId === undefined || optionId === undefined || more !== undefined) {
      return bad('has an unnamed write-in image');
    }
    writeInCrops.push({ contestId, optionId, jpeg: crops[i + 1] ?? new Uint8Array() });
  }
  return ok({ ...head, images: { front, back }, writeInCrops });
}

/** What the device signs for a ballot; also from an export these bytes can be put together again. */
export function signedBytes(boxId: string, recordJson: Uint8Array, contentSha256: Uint8Array): Uint8Array {
  return frame(utf8(boxId), recordJson, contentSha256);
}

/** Front, back, and each write-in's name (`contest/option`) and picture, framed. */
export function bodyContent(sheet: Pick<SheetToStore, 'images' | 'writeInCrops'>): Uint8Array {
  assert(sheet.writeInCrops.length <= 256, 'a sheet has at most 256 write-in lines');
  return frame(
    sheet.images.front,
    sheet.images.back,
    ...sheet.writeInCrops.flatMap((crop) => [utf8(`${crop.contestId}/${crop.optionId}`), crop.jpeg]),
  );
}

function belongs(record: CastVoteRecord, header: BoxHeader): boolean {
  return (
    record.electionId === header.electionId &&
    record.definitionSha256 === header.definitionSha256 &&
    record.deviceSerial === header.deviceSerial &&
    record.mode === header.mode &&
    record.simulated === header.simulated
  );
}

function inflate(packed: Uint8Array): Uint8Array | undefined {
  try {
    return new Uint8Array(inflateRawSync(packed, { maxOutputLength: MOST_RECORD_BYTES }));
  } catch {
    return undefined;
  }
}

function unframe(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (parts.length === MOST_PARTS || at + LENGTH_BYTES > bytes.length) return undefined;
    const length = readU32(bytes, at);
    if (at + LENGTH_BYTES + length > bytes.length) return undefined;
    parts.push(bytes.slice(at + LENGTH_BYTES, at + LENGTH_BYTES + length));
    at += LENGTH_BYTES + length;
  }
  return parts;
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
}
