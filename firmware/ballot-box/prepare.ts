/**
 * Preparing the two cards: the same file on both, noise everywhere but for the signed header, the key wraps and two
 * idle intents. The header is written last, so that a preparation which was interrupted leaves no ballot box behind;
 * then every byte is read back, because a card with less memory than it claims shows only then.
 */
import { createHash } from 'node:crypto';
import { toHex } from '../../ground/bytes.js';
import { assert, err, must, ok, problem, type Result } from '../../ground/result.js';
import type { BlockFile, FileStore, RandomSource } from '../../drivers/ports.js';
import type { ElectionMode } from '../records/record.js';
import type { Signer } from '../trust/signing.js';
import { sha256 } from '../trust/symmetric.js';
import { readHeader } from './card.js';
import {
  BOX_FILE,
  BOX_FORMAT,
  boxBytes,
  boxKeys,
  DEFAULT_BODY_BYTES,
  DEFAULT_HEAD_BYTES,
  DEFAULT_SLOT_COUNT,
  encodeHeader,
  HEADER_BYTES,
  intentCellAt,
  MOST_KEY_WRAPS,
  WRAP_CELL_BYTES,
  wrapCellAt,
  type BoxHeader,
} from './format.js';
import { idleIntent, sealIntent } from './intent.js';

export interface BoxSpec {
  readonly electionId: string;
  readonly definitionSha256: string;
  readonly deviceSerial: string;
  readonly devicePublicKey: Uint8Array;
  readonly mode: ElectionMode;
  readonly simulated: boolean;
  readonly slotCount?: number;
  readonly headBytes?: number;
  readonly bodyBytes?: number;
  readonly keyWraps: {
    /** The box key sealed for the authority (`sealFor`). */
    readonly authority: Uint8Array;
    /** From `wrapForSecurityKey`, one for each key that may open polls. */
    readonly securityKeys: readonly { readonly keySerial: string; readonly wrap: Uint8Array }[];
  };
}

export interface PrepareOptions {
  /** Overwrites a ballot box that is on a card already, and whatever ballots are in it. */
  readonly replace?: boolean;
  readonly onProgress?: (share: number) => void;
  /** 32 hexadecimal digits, where the device has pinned the box beforehand; drawn here otherwise. */
  readonly boxId?: string;
}

const CHUNK_BYTES = 1024 * 1024;
/** Now and then, so that no single flush takes longer than a card may take to answer. */
const CHUNKS_A_FLUSH = 8;

export async function prepareBox(
  stores: readonly [FileStore, FileStore],
  spec: BoxSpec,
  boxKey: Uint8Array,
  signer: Signer,
  random: RandomSource,
  options: PrepareOptions = {},
): Promise<Result<{ readonly boxId: string }>> {
  const header = headerOf(spec, options.boxId ?? newBoxId(random));
  if (!header.ok) return header;
  const encoded = encodeHeader(header.value, (json) => signer.sign('box-header', json));
  if (!encoded.ok) return encoded;
  for (const store of stores) {
    const free = await makeRoom(store, options.replace === true);
    if (!free.ok) return free;
  }
  const marks = [{ at: 0, bytes: encoded.value }, ...marksOf(header.value, boxKey, spec, random)];
  const source = (at: number, length: number): Promise<Result<Uint8Array>> => {
    const bytes = random.bytes(length);
    // Everything but slots lies in the first chunk.
    if (at === 0) for (const mark of marks) bytes.set(mark.bytes, mark.at);
    return Promise.resolve(ok(bytes));
  };
  const targets: Target[] = [];
  try {
    for (const store of stores) {
      const made = await store.openBlocks(BOX_FILE, boxBytes(header.value));
      if (!made.ok) return made;
      targets.push({ label: store.label, file: made.value });
    }
    const filled = await writeWhole(targets, source, options);
    return filled.ok ? ok({ boxId: header.value.boxId }) : filled;
  } finally {
    for (const { file } of targets) await file.close();
  }
}

/** Copies a whole box onto a new card and reads it back. The open file is the caller's to close. */
export async function copyBox(
  from: BlockFile,
  to: FileStore,
  header: BoxHeader,
  options: PrepareOptions = {},
): Promise<Result<BlockFile>> {
  const free = await makeRoom(to, options.replace === true);
  if (!free.ok) return free;
  const made = await to.openBlocks(BOX_FILE, boxBytes(header));
  if (!made.ok) return made;
  const copied = await writeWhole(
    [{ label: to.label, file: made.value }],
    (at, length) => from.read(at, length),
    options,
  );
  if (copied.ok) return made;
  await made.value.close();
  return copied;
}

interface Target {
  readonly label: string;
  readonly file: BlockFile;
}

/**
 * Fills whole files of one size with the same bytes, from the end to the beginning, the header after everything else
 * is durable; then reads each one back.
 */
async function writeWhole(
  targets: readonly Target[],
  source: (at: number, length: number) => Promise<Result<Uint8Array>>,
  options: PrepareOptions,
): Promise<Result<void>> {
  const { sizeBytes } = must(targets[0], 'something to write to').file;
  const passes = 1 + targets.length;
  const digest = createHash('sha256');
  const chunks = Math.ceil(sizeBytes / CHUNK_BYTES);
  for (let chunk = chunks - 1; chunk >= 0; chunk--) {
    const at = chunk * CHUNK_BYTES;
    const bytes = await source(at, chunkLength(chunk, sizeBytes));
    if (!bytes.ok) return bytes;
    digest.update(bytes.value);
    const written = chunk > 0 ? writeAll(targets, at, bytes.value) : writeFirst(targets, bytes.value);
    const done = await written;
    if (!done.ok) return done;
    if (chunk % CHUNKS_A_FLUSH === 0 && chunk > 0) {
      const flushed = await firstFailure(targets.map(({ file }) => file.flush()));
      if (!flushed.ok) return flushed;
    }
    options.onProgress?.((chunks - chunk) / chunks / passes);
  }
  const expected = digest.digest('hex');
  for (const [n, target] of targets.entries()) {
    const checked = await checkDigest(target, expected, (share) =>
      options.onProgress?.((1 + n + share) / passes),
    );
    if (!checked.ok) return checked;
  }
  return ok(undefined);
}

/** The first chunk: the header only when everything else is safe. */
async function writeFirst(targets: readonly Target[], bytes: Uint8Array): Promise<Result<void>> {
  for (const [from, to] of [
    [HEADER_BYTES, bytes.length],
    [0, HEADER_BYTES],
  ] as const) {
    const written = await writeAll(targets, from, bytes.subarray(from, to));
    if (!written.ok) return written;
    const flushed = await firstFailure(targets.map(({ file }) => file.flush()));
    if (!flushed.ok) return flushed;
  }
  return ok(undefined);
}

function writeAll(targets: readonly Target[], at: number, bytes: Uint8Array): Promise<Result<void>> {
  return firstFailure(targets.map(({ file }) => file.write(at, bytes)));
}

async function firstFailure(all: readonly Promise<Result<void>>[]): Promise<Result<void>> {
  const results = await Promise.all(all);
  return results.find((result) => !result.ok) ?? ok(undefined);
}

function chunkLength(chunk: number, sizeBytes: number): number {
  return Math.min(CHUNK_BYTES, sizeBytes - chunk * CHUNK_BYTES);
}

async function checkDigest(
  { file, label }: Target,
  expectedHex: string,
  onProgress: (share: number) => void,
): Promise<Result<void>> {
  const digest = createHash('sha256');
  const chunks = Math.ceil(file.sizeBytes / CHUNK_BYTES);
  for (let chunk = chunks - 1; chunk >= 0; chunk--) {
    const bytes = await file.read(chunk * CHUNK_BYTES, chunkLength(chunk, file.sizeBytes));
    if (!bytes.ok) return bytes;
    digest.update(bytes.value);
    onProgress((chunks - chunk) / chunks);
  }
  if (digest.digest('hex') === expectedHex) return ok(undefined);
  const reason = 'does not give back what was written: use another card';
  return err(problem('read-back-differs', label, BOX_FILE, reason));
}

/** Removes what an interrupted preparation left; a real box only when told so. */
async function makeRoom(store: FileStore, replace: boolean): Promise<Result<void>> {
  const file = await store.openBlocks(BOX_FILE);
  if (!file.ok) return file.error.code === 'missing' ? ok(undefined) : file;
  const signed = await readHeader(file.value, store.label);
  await file.value.close();
  if (signed.ok && !replace) {
    const reason = `holds a ballot box of election ${signed.value.header.electionId} already`;
    return err(problem('box-exists', store.label, BOX_FILE, reason));
  }
  return store.remove(BOX_FILE);
}

/** 128 random bits. */
export function newBoxId(random: RandomSource): string {
  return toHex(random.bytes(16));
}

function headerOf(spec: BoxSpec, boxId: string): Result<BoxHeader> {
  const { securityKeys, authority } = spec.keyWraps;
  if (securityKeys.length > MOST_KEY_WRAPS) {
    const reason = `${securityKeys.length} security keys may open polls; a box has room for ${MOST_KEY_WRAPS}`;
    return err(problem('too-many-keys', 'ballot box', 'keyWraps', reason));
  }
  return ok({
    format: BOX_FORMAT,
    boxId,
    electionId: spec.electionId,
    definitionSha256: spec.definitionSha256,
    deviceSerial: spec.deviceSerial,
    devicePublicKey: toHex(spec.devicePublicKey),
    mode: spec.mode,
    simulated: spec.simulated,
    slotCount: spec.slotCount ?? DEFAULT_SLOT_COUNT,
    headBytes: spec.headBytes ?? DEFAULT_HEAD_BYTES,
    bodyBytes: spec.bodyBytes ?? DEFAULT_BODY_BYTES,
    authorityWrap: toHex(authority),
    keyWraps: securityKeys.map(({ keySerial, wrap }) => {
      assert(wrap.length <= WRAP_CELL_BYTES, 'a key wrap fits its cell');
      return { keySerial, wrapBytes: wrap.length, sha256: toHex(sha256(wrap)) };
    }),
  });
}

/** What is not noise, by place, apart from the header. */
function marksOf(
  header: BoxHeader,
  boxKey: Uint8Array,
  spec: BoxSpec,
  random: RandomSource,
): readonly { at: number; bytes: Uint8Array }[] {
  const keys = boxKeys(boxKey, header.boxId, header.deviceSerial);
  return [
    ...spec.keyWraps.securityKeys.map(({ wrap }, cell) => ({ at: wrapCellAt(cell), bytes: wrap })),
    ...[0, 1].map((generation) => ({
      at: intentCellAt(generation),
      bytes: sealIntent(idleIntent(generation, 0, false), keys, random),
    })),
  ];
}
