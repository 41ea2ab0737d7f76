/**
 * A signed folder: files, a manifest with their digests, and one signature over the manifest's exact bytes. Election
 * packages come in one, and exports go out in one. What is not listed may not be there; what is listed must be there
 * with these very bytes. It appears whole or not at all, and every file in it has the same time, so that nothing
 * around a record tells when it was made. docs/formats/package.md.
 */
import { mkdir, open, readdir, rename, rm, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { assert, err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { errorCode, readBoundedFile } from './bounded-file.js';
import { verifySignature } from './keys.js';
import {
  fileNameProblem,
  MANIFEST_NAME,
  manifestBytes,
  MAX_MANIFEST_BYTES,
  readManifest,
  SIGNATURE_NAME,
  type FolderKind,
  type ListedFile,
  type Manifest,
  type ManifestFields,
} from './manifest.js';
import type { Signer } from './signing.js';
import { equalInConstantTime, sha256 } from './symmetric.js';
import type { DeviceCertificate } from './verify/device-certificate.js';
import { SIGNATURE_BYTES } from './verify/signature.js';

/** The time of every file and folder: 1 January 2000, noon UTC, which a FAT medium can hold in any time zone. */
export const FIXED_TIME_SECONDS = 946_728_000;

export interface FolderLimits {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
}

export interface SignedFolder {
  readonly directory: string;
  readonly manifest: Manifest;
  /** Of the manifest's exact bytes: names the whole folder. */
  readonly manifestSha256: Uint8Array;
  /** Reads a listed file and holds it against the manifest again. */
  read(name: string): Promise<Result<Uint8Array>>;
}

export interface FolderSigner {
  readonly signer: Signer;
  /** Where a device signs. */
  readonly certificate?: DeviceCertificate;
}

type NamedFiles = Iterable<readonly [string, Uint8Array]> | AsyncIterable<readonly [string, Uint8Array]>;

/**
 * Writes beside `directory` and renames at the end; refuses when it is there already. Files may be given one at a
 * time, so that an export need not fit into memory.
 */
export async function writeSignedFolder(
  directory: string,
  files: NamedFiles,
  kind: FolderKind,
  fields: ManifestFields,
  by: FolderSigner,
): Promise<Result<{ readonly manifestSha256: Uint8Array }>> {
  let manifestSha256: Uint8Array = new Uint8Array();
  const written = await writeFixedFolder(directory, files, (listed) => {
    const { publicKey: signer } = by.signer;
    const bytes = manifestBytes({ kind, signer, certificate: by.certificate, fields, files: listed });
    assert(bytes.length <= MAX_MANIFEST_BYTES, 'a manifest within its bound');
    manifestSha256 = sha256(bytes);
    return [
      [MANIFEST_NAME, bytes],
      [SIGNATURE_NAME, by.signer.sign(kind, bytes)],
    ];
  });
  return written.ok ? ok({ manifestSha256 }) : written;
}

/**
 * The same folder without a signature: whole or not at all, and the one time on everything in it.
 * @param lastFiles what is made of the digests of all files before it
 */
export async function writeFixedFolder(
  directory: string,
  files: NamedFiles,
  lastFiles: (listed: readonly ListedFile[]) => readonly (readonly [string, Uint8Array])[] = () => [],
): Promise<Result<void>> {
  const partial = join(dirname(directory), `.${basename(directory)}.partial`);
  const where = basename(directory);
  try {
    if (await exists(directory)) return err(problem('already-there', where, '', 'is there already'));
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    const listed = await writeFiles(partial, files, where);
    if (!listed.ok) {
      await rm(partial, { recursive: true, force: true });
      return listed;
    }
    for (const [name, bytes] of lastFiles(listed.value)) await writeFile(join(partial, name), bytes);
    await settleFolders(partial, foldersOf(listed.value));
    await rename(partial, directory);
    await flushFolder(dirname(directory));
    return ok(undefined);
  } catch (thrown) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    return err(problem('medium-failed', where, '', `could not be written (${errorCode(thrown)})`));
  }
}

/**
 * Every problem found, each with its own sentence. Whether the signer is one to be trusted is for the caller.
 * @param onFile told after each file, for whoever shows how far it is
 */
export async function openSignedFolder(
  directory: string,
  kind: FolderKind,
  limits: FolderLimits,
  onFile?: (done: number, of: number) => void,
): Promise<Result<SignedFolder, readonly Problem[]>> {
  const where = basename(directory);
  const opened = await readSignedManifest(directory, kind, where);
  if (!opened.ok) return err([opened.error]);
  const { manifest, manifestSha256 } = opened.value;
  const beyond = limitProblem(manifest.files, limits, where);
  if (beyond !== undefined) return err([beyond]);

  const problems = await strayEntries(directory, manifest.files, where);
  const listed = new Map(manifest.files.map((file) => [file.name, file]));
  const folder: SignedFolder = {
    directory,
    manifest,
    manifestSha256,
    read: (name) => readListedFile(directory, must(listed.get(name), `${name} is not listed`), where),
  };
  for (const [i, file] of manifest.files.entries()) {
    const read = await readListedFile(directory, file, where);
    if (!read.ok) problems.push(read.error);
    onFile?.(i + 1, manifest.files.length);
  }
  return problems.length === 0 ? ok(folder) : err(problems);
}

async function readSignedManifest(
  directory: string,
  kind: FolderKind,
  where: string,
): Promise<Result<{ manifest: Manifest; manifestSha256: Uint8Array }>> {
  const manifestWhere = `${where}/${MANIFEST_NAME}`;
  const bytes = await readBoundedFile(join(directory, MANIFEST_NAME), MAX_MANIFEST_BYTES, manifestWhere);
  if (!bytes.ok) return bytes;
  const signatureWhere = `${where}/${SIGNATURE_NAME}`;
  const signature = await readBoundedFile(join(directory, SIGNATURE_NAME), SIGNATURE_BYTES, signatureWhere);
  if (!signature.ok) return signature;
  const manifest = readManifest(bytes.value, kind, manifestWhere);
  if (!manifest.ok) return manifest;
  if (!verifySignature(kind, manifest.value.signer, bytes.value, signature.value)) {
    const reason = 'the signature does not fit: it was changed after it was signed';
    return err(problem('signature-invalid', manifestWhere, '', reason));
  }
  return ok({ manifest: manifest.value, manifestSha256: sha256(bytes.value) });
}

function limitProblem(
  files: readonly ListedFile[],
  limits: FolderLimits,
  where: string,
): Problem | undefined {
  const tooLarge = (path: string, reason: string): Problem => problem('too-large', where, path, reason);
  if (files.length > limits.maxFiles) return tooLarge('', `lists more than ${limits.maxFiles} files`);
  const big = files.find((file) => file.bytes > limits.maxFileBytes);
  if (big !== undefined) return tooLarge(big.name, `has more than ${limits.maxFileBytes} bytes`);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  return total > limits.maxTotalBytes
    ? tooLarge('', `has more than ${limits.maxTotalBytes} bytes`)
    : undefined;
}

const MAX_STRAYS = 20;

/** Whatever is in the folder and not in the manifest, and whatever is neither file nor folder. */
async function strayEntries(
  directory: string,
  files: readonly ListedFile[],
  where: string,
): Promise<Problem[]> {
  const names = new Set([MANIFEST_NAME, SIGNATURE_NAME, ...files.map((file) => file.name)]);
  const folders = new Set(foldersOf(files));
  const strays: Problem[] = [];
  const say = (code: string, name: string, reason: string): void => {
    if (strays.length < MAX_STRAYS) strays.push(problem(code, where, name, reason));
  };
  for (const folder of ['', ...folders]) {
    let entries;
    try {
      entries = await readdir(join(directory, folder), { withFileTypes: true });
    } catch (thrown) {
      say('missing', folder, `the folder could not be read (${errorCode(thrown)})`);
      continue;
    }
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) say('not-a-file', name, 'is a link, not a file');
      else if (entry.isDirectory()) {
        if (!folders.has(name)) say('extra-file', name, 'is a folder that is not listed in the manifest');
      } else if (!names.has(name)) say('extra-file', name, 'is not listed in the manifest');
    }
  }
  return strays;
}

async function readListedFile(
  directory: string,
  file: ListedFile,
  where: string,
): Promise<Result<Uint8Array>> {
  const fileWhere = `${where}/${file.name}`;
  const read = await readBoundedFile(join(directory, file.name), file.bytes, fileWhere);
  if (!read.ok) return read;
  if (read.value.length !== file.bytes) {
    const reason = `has ${read.value.length} bytes where ${file.bytes} were signed`;
    return err(problem('size-differs', fileWhere, '', reason));
  }
  if (!equalInConstantTime(sha256(read.value), file.sha256)) {
    return err(problem('content-differs', fileWhere, '', 'was changed: its SHA-256 is not the signed one'));
  }
  return read;
}

async function writeFiles(
  partial: string,
  files: NamedFiles,
  where: string,
): Promise<Result<readonly ListedFile[]>> {
  const listed = new Map<string, ListedFile>();
  for await (const [name, bytes] of files) {
    const bad = fileNameProblem(name, where);
    if (bad !== undefined) return err(bad);
    assert(!listed.has(name), `${name} is given twice`);
    await mkdir(dirname(join(partial, name)), { recursive: true });
    await writeFile(join(partial, name), bytes);
    listed.set(name, { name, bytes: bytes.length, sha256: sha256(bytes) });
  }
  return ok([...listed.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
}

async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o644);
  try {
    await handle.writeFile(bytes);
    await handle.utimes(FIXED_TIME_SECONDS, FIXED_TIME_SECONDS);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Deepest first: a folder's time is set when nothing more is put into it. */
async function settleFolders(root: string, folders: readonly string[]): Promise<void> {
  for (const folder of [...folders].sort().reverse().concat('')) {
    await flushFolder(join(root, folder));
    await utimes(join(root, folder), FIXED_TIME_SECONDS, FIXED_TIME_SECONDS);
  }
}

async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Every folder that a listed file stands in, parents included. */
function foldersOf(files: readonly ListedFile[]): readonly string[] {
  const folders = new Set<string>();
  for (const { name } of files) {
    for (let at = name.indexOf('/'); at !== -1; at = name.indexOf('/', at + 1))
      folders.add(name.slice(0, at));
  }
  return [...folders];
}

async function exists(path: string): Promise<boolean> {
  const parent = await readdir(dirname(path));
  return parent.includes(basename(path));
}
