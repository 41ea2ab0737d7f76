/** One file of the host's file system: a real file and no link, read whole, never more than the bound. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { err, ok, problem, type Result } from '../../ground/result.js';

/**
 * Problem codes: `missing`, `not-a-file`, `too-large`, `medium-failed`.
 * @param where what the file is called in problems
 */
export async function readBoundedFile(
  path: string,
  maxBytes: number,
  where: string,
): Promise<Result<Uint8Array>> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    return err(openProblem(thrown, where));
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return err(problem('not-a-file', where, '', 'is not a file'));
    if (stat.size > maxBytes) return err(tooLarge(maxBytes, where));
    return ok(await readUpTo(handle, stat.size));
  } catch (thrown) {
    return err(problem('medium-failed', where, '', `could not be read (${errorCode(thrown)})`));
  } finally {
    await handle.close();
  }
}

/** `ENOENT`, `EIO` …: what a message may say of a thrown error of the file system. */
export function errorCode(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}

async function readUpTo(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function openProblem(thrown: unknown, where: string): ReturnType<typeof problem> {
  const code = errorCode(thrown);
  if (code === 'ENOENT' || code === 'ENOTDIR') return problem('missing', where, '', 'is missing');
  if (code === 'ELOOP') return problem('not-a-file', where, '', 'is a link, not a file');
  return problem('medium-failed', where, '', `could not be read (${code})`);
}

function tooLarge(maxBytes: number, where: string): ReturnType<typeof problem> {
  return problem('too-large', where, '', `has more than the ${maxBytes} bytes that it may have`);
}
