/**
 * A folder for what a program writes, with the folders above it. Node's own recursive `mkdir` never returns where the
 * file system answers that a folder which is there does not exist (`/proc` does); this takes one step a folder.
 */
import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { errorCode } from '../firmware/trust/bounded-file.js';
import { err, ok, problem, type Result } from '../ground/result.js';

/** Deeper than any path that a file system takes. */
const MOST_FOLDERS = 4096;

/** Nothing happens when it is there. */
export async function makeFolder(path: string): Promise<Result<void>> {
  const where = basename(path);
  const missing: string[] = [];
  try {
    let at = resolve(path);
    for (; missing.length < MOST_FOLDERS && (await kindOf(at)) === 'missing'; at = dirname(at)) {
      missing.push(at);
    }
    if ((await kindOf(at)) === 'file') {
      const reason =
        missing.length === 0 ? 'is a file, not a folder' : `${basename(at)} is a file, not a folder`;
      return err(problem('not-a-folder', where, '', reason));
    }
    for (const folder of missing.reverse()) await makeOne(folder);
    return ok(undefined);
  } catch (thrown) {
    return err(problem('unwritable', where, '', `cannot be made (${errorCode(thrown)})`));
  }
}

async function kindOf(path: string): Promise<'folder' | 'file' | 'missing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    throw thrown;
  }
}

/** Another program may have made it meanwhile. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    if (errorCode(thrown) !== 'EEXIST' || (await kindOf(path)) !== 'folder') throw thrown;
  }
}
