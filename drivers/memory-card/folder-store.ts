/**
 * A folder of a mounted file system as a `FileStore`: a memory card, or the device's own storage. Whatever it says is
 * stored has been through fsync, file and folder, so it is as durable as the kernel and the medium keep their word.
 *
 * Writing a whole file goes through a temporary file and a rename (open(2), fsync(2), rename(2)); its name starts
 * with `~`, which no name of the port may, so a torn one is never listed and never read. Every failure becomes one of
 * the problem codes below; nothing follows a symbolic link.
 */
import { constants } from 'node:fs';
import { open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { BlockFile, FileStore } from '../ports.js';
import { holdFolder, type LetGo } from './exclusive.js';

/** What can go wrong with a medium; `Problem.code` of everything a file store returns. */
export type StoreProblemCode =
  | 'bad-name'
  | 'missing'
  | 'exists'
  | 'not-a-file'
  | 'too-large'
  | 'out-of-range'
  | 'read-only'
  | 'full'
  /** The folder itself is gone: the card was taken out. */
  | 'medium-missing'
  | 'medium-failed'
  /** It did not answer within its limit (time-limit.ts). */
  | 'too-slow'
  /** Another program holds it (exclusive.ts). */
  | 'in-use';

const NAME = /^[a-z0-9-][a-z0-9.-]{0,63}$/;
/** A folder with more entries is not one of ours. */
const MOST_ENTRIES = 10_000;

const CODE_OF_ERRNO: Readonly<Record<string, StoreProblemCode>> = {
  EEXIST: 'exists',
  EISDIR: 'not-a-file',
  ELOOP: 'not-a-file',
  ENXIO: 'not-a-file',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
};

const REASON: Readonly<Record<StoreProblemCode, string>> = {
  'bad-name': 'is not a file name that this store uses',
  missing: 'is not there',
  exists: 'is there already',
  'not-a-file': 'is a folder, a link or a device where a file was expected',
  'too-large': 'is larger than such a file may be',
  'out-of-range': 'ends before that place',
  'read-only': 'cannot be written: the medium is write-protected',
  full: 'cannot be written: the medium is full',
  'medium-missing': 'cannot be reached: the medium is not there',
  'medium-failed': 'cannot be read or written: the medium failed',
  'too-slow': 'cannot be read or written: the medium did not answer in time',
  'in-use': 'is in use: another program works on this medium',
};

export function storeProblem(code: StoreProblemCode, label: string, name: string): Problem {
  return problem(code, label, name, REASON[code]);
}

export function folderStore(directory: string, label: string): FileStore {
  /** Runs one operation and names what goes wrong. */
  async function attempt<T>(name: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
    if (!NAME.test(name)) return err(storeProblem('bad-name', label, name));
    try {
      return await work();
    } catch (thrown) {
      return err(storeProblem(await codeOf(thrown, directory), label, name));
    }
  }

  const pathOf = (name: string): string => join(directory, name);

  return {
    label,
    read: (name, maxBytes) =>
      attempt(name, () =>
        withFile(pathOf(name), constants.O_RDONLY, async (file) => {
          const { size } = await file.stat();
          if (size > maxBytes) return err(storeProblem('too-large', label, name));
          return readExactly(file, 0, size, label, name);
        }),
      ),
    write: (name, bytes) =>
      attempt(name, async () => {
        const temporary = join(directory, `~${name}`);
        await refuseNonFile(pathOf(name));
        await withFile(
          temporary,
          constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
          async (file) => {
            await writeAll(file, 0, bytes);
            await file.sync();
          },
        );
        await rename(temporary, pathOf(name));
        await syncFolder(directory);
        return ok(undefined);
      }),
    append: (name, bytes) =>
      attempt(name, async () => {
        await withFile(pathOf(name), constants.O_WRONLY | constants.O_CREAT, async (file) => {
          const { size } = await file.stat();
          await appendOrUndo(file, size, bytes);
          if (size === 0) await syncFolder(directory);
        });
        return ok(undefined);
      }),
    openBlocks: (name, createBytes) =>
      attempt(name, async () => {
        const letGo = await holdFolder(directory);
        if (letGo === undefined) return err(storeProblem('in-use', label, name));
        try {
          if (createBytes !== undefined) await createSized(directory, pathOf(name), createBytes);
          const file = await openForBlocks(pathOf(name));
          return ok(blockFile(file, (await file.stat()).size, directory, label, name, letGo));
        } catch (thrown) {
          letGo();
          throw thrown;
        }
      }),
    list: async () => {
      try {
        const names = await readdir(directory);
        if (names.length > MOST_ENTRIES) return err(storeProblem('too-large', label, ''));
        return ok(names.filter((name) => NAME.test(name)).sort());
      } catch (thrown) {
        return err(storeProblem(await codeOf(thrown, directory), label, ''));
      }
    },
    remove: (name) =>
      attempt(name, async () => {
        await refuseNonFile(pathOf(name));
        await unlink(pathOf(name));
        await syncFolder(directory);
        return ok(undefined);
      }),
  };
}

function blockFile(
  file: FileHandle,
  sizeBytes: number,
  directory: string,
  label: string,
  name: string,
  letGo: LetGo,
): BlockFile {
  const attempt = async <T>(work: () => Promise<Result<T>>): Promise<Result<T>> => {
    try {
      return await work();
    } catch (thrown) {
      const code = errnoOf(thrown) === 'EBADF' ? 'read-only' : await codeOf(thrown, directory);
      return err(storeProblem(code, label, name));
    }
  };
  return {
    sizeBytes,
    read: (at, length) =>
      attempt(async () => {
        if (at < 0 || at + length > sizeBytes) return err(storeProblem('out-of-range', label, name));
        return readExactly(file, at, length, label, name);
      }),
    write: (at, bytes) =>
      attempt(async () => {
        if (at < 0 || at + bytes.length > sizeBytes) return err(storeProblem('out-of-range', label, name));
        await writeAll(file, at, bytes);
        return ok(undefined);
      }),
    flush: () =>
      attempt(async () => {
        await file.datasync();
        return ok(undefined);
      }),
    // What had to be kept went through `flush`; a dead medium has nothing to add when its file is let go.
    close: () =>
      file
        .close()
        .catch(() => undefined)
        .finally(letGo),
  };
}

/** A write-protected card can still be read; writing to it then says so. */
function openForBlocks(path: string): Promise<FileHandle> {
  return openFile(path, constants.O_RDWR).catch((thrown: unknown) => {
    if (errnoOf(thrown) !== 'EROFS' && errnoOf(thrown) !== 'EACCES') throw thrown;
    return openFile(path, constants.O_RDONLY);
  });
}

async function openFile(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
}

async function withFile<T>(path: string, flags: number, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openFile(path, flags);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** A new file of this length, durable with its name; nothing is left behind when there is no room for it. */
async function createSized(directory: string, path: string, sizeBytes: number): Promise<void> {
  assert(Number.isInteger(sizeBytes) && sizeBytes > 0, `not a file size: ${sizeBytes}`);
  try {
    await withFile(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, async (file) => {
      await file.truncate(sizeBytes);
      await file.sync();
    });
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') await unlink(path).catch(() => undefined);
    throw thrown;
  }
  await syncFolder(directory);
}

/** A failed append leaves no half line behind where the medium lets us take it back. */
async function appendOrUndo(file: FileHandle, sizeBefore: number, bytes: Uint8Array): Promise<void> {
  try {
    await writeAll(file, sizeBefore, bytes);
    await file.sync();
  } catch (thrown) {
    await file.truncate(sizeBefore).catch(() => undefined);
    throw thrown;
  }
}

async function writeAll(file: FileHandle, at: number, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
    done += bytesWritten;
  }
}

async function readExactly(
  file: FileHandle,
  at: number,
  length: number,
  label: string,
  name: string,
): Promise<Result<Uint8Array>> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) return err(storeProblem('out-of-range', label, name));
    done += bytesRead;
  }
  return ok(bytes);
}

async function refuseNonFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile()) {
    throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
  }
}

async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

async function codeOf(thrown: unknown, directory: string): Promise<StoreProblemCode> {
  const errno = errnoOf(thrown);
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    const folder = await stat(directory).catch(() => undefined);
    return folder?.isDirectory() === true ? 'missing' : 'medium-missing';
  }
  return CODE_OF_ERRNO[errno] ?? 'medium-failed';
}
