/** A file that a person names on the command line, read whole, never more than the bound. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { err, ok, problem, type Result } from '../ground/result.js';

/** Problem codes: `missing`, `unreadable`, `not-a-file`, `too-large`. */
export async function readBoundedFile(path: string, maxBytes: number): Promise<Result<Uint8Array>> {
  const where = basename(path);
  let file: FileHandle;
  try {
    // Without waiting: a named pipe that nobody writes into would otherwise hold the program for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === 'ENOENT') return err(problem('missing', where, '', 'does not exist'));
    return err(problem('unreadable', where, '', `cannot be opened (${code})`));
  }
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) return err(problem('not-a-file', where, '', 'is a directory, not a file'));
    if (!stat.isFile()) return err(problem('not-a-file', where, '', 'is not a regular file'));
    if (stat.size > maxBytes) {
      const reason = `has ${stat.size} bytes; at most ${maxBytes} are read`;
      return err(problem('too-large', where, '', reason));
    }
    const bytes = new Uint8Array(stat.size);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return ok(bytes.subarray(0, filled));
  } catch (thrown) {
    return err(problem('unreadable', where, '', `cannot be read (${errorCode(thrown)})`));
  } finally {
    await file.close();
  }
}

function errorCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
}
