/**
 * Which software this is: one digest over every compiled file and the lock file that names the packages. Printed on
 * tapes and written to the log. What a machine says about itself proves nothing; so it is the digest of a list that
 * `sha256sum` makes, and anybody can compute it on the card's file system with nothing of ours (VVSG 2.0, 3.2-E):
 *
 *   { find dist/{ground,election-def,drivers,vision,firmware,tools} -type f -not -name '*.map' \
 *       -not -name '*.d.ts'; echo package-lock.json; } | LC_ALL=C sort | xargs sha256sum | sha256sum
 */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toHex, utf8 } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import { errorCode, readBoundedFile } from '../trust/bounded-file.js';
import { sha256 } from '../trust/symmetric.js';

const FLOORS = ['ground', 'election-def', 'drivers', 'vision', 'firmware', 'tools'];
const LOCK_FILE = 'package-lock.json';
const MAX_FILES = 5_000;
const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_DEPTH = 8;
const WHERE = 'software';

/** @param root the folder that holds `dist` and the lock file; without it, the one this program runs from */
export async function softwareSha256(root?: string): Promise<Result<string>> {
  const from = root === undefined ? await installationRoot() : ok(root);
  if (!from.ok) return from;
  const paths: string[] = [LOCK_FILE];
  for (const floor of FLOORS) {
    const listed = await addFiles(from.value, `dist/${floor}`, paths, 0);
    if (!listed.ok) return listed;
  }
  // File names are ASCII: the order of code units is that of bytes.
  paths.sort((a, b) => (a < b ? -1 : 1));
  let list = '';
  for (const path of paths) {
    const bytes = await readBoundedFile(join(from.value, path), MAX_FILE_BYTES, `${WHERE}/${path}`);
    if (!bytes.ok) return bytes;
    list += `${toHex(sha256(bytes.value))}  ${path}\n`;
  }
  return ok(toHex(sha256(utf8(list))));
}

async function addFiles(root: string, folder: string, paths: string[], depth: number): Promise<Result<void>> {
  const refuse = (reason: string): Result<void> => err(problem('software-unreadable', WHERE, folder, reason));
  if (depth > MAX_DEPTH) return refuse('is nested too deeply');
  let entries;
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (thrown) {
    return refuse(`could not be read (${errorCode(thrown)})`);
  }
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      const added = await addFiles(root, path, paths, depth + 1);
      if (!added.ok) return added;
    } else if (!/\.(map|d\.ts)$/.test(entry.name)) {
      if (!/^[\x21-\x7e]+$/.test(entry.name)) return refuse('holds a file with an unusual name');
      paths.push(path);
    }
    if (paths.length > MAX_FILES) return refuse(`holds more than ${MAX_FILES} files`);
  }
  return ok(undefined);
}

/** The nearest folder above this file that has a lock file. */
async function installationRoot(): Promise<Result<string>> {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < MAX_DEPTH; up++) {
    const names = await readdir(folder);
    if (names.includes(LOCK_FILE)) return ok(folder);
    folder = dirname(folder);
  }
  return err(problem('software-unreadable', WHERE, LOCK_FILE, 'is not above this program'));
}
