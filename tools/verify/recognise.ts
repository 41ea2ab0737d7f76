/**
 * What a file or folder is, by its content: an election package, an export, a tape as text or as a picture, an audit
 * log; and folders that hold some of these. A name helps only where damage has made the content unreadable.
 */
import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { errorCode } from '../../firmware/trust/bounded-file.js';

export type Recognised =
  | { readonly kind: 'package' | 'export'; readonly path: string; readonly name: string }
  | { readonly kind: 'tape-text' | 'picture' | 'log'; readonly path: string; readonly name: string };

export interface Recognition {
  readonly found: readonly Recognised[];
  /** Files beside them in a folder that was given, which are none of these. */
  readonly passedOver: readonly string[];
}

const MOST_DEPTH = 4;
const MOST_ENTRIES = 2000;
const HEAD_BYTES = 4096;

const IS_NOTHING =
  'is no election package, export, tape (text, PNG or JPEG) or audit log, nor a folder with one';

export async function recognise(path: string): Promise<Result<Recognition>> {
  const name = basename(path);
  try {
    // What a person names may be a link; what lies inside a folder may not.
    const entry = await stat(path);
    if (!entry.isDirectory()) {
      if (!entry.isFile()) return err(problem('not-a-file', name, '', 'is neither a file nor a folder'));
      const kind = await kindOfFile(path, name);
      return kind === undefined
        ? err(problem('unknown-kind', name, '', IS_NOTHING))
        : ok({ found: [{ kind, path, name }], passedOver: [] });
    }
    const found: Recognised[] = [];
    const passedOver: string[] = [];
    const beyond = await lookInto(path, name, MOST_DEPTH, found, passedOver);
    if (beyond !== undefined) return err(beyond);
    return found.length === 0
      ? err(problem('unknown-kind', name, '', IS_NOTHING))
      : ok({ found, passedOver });
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === 'ENOENT') return err(problem('missing', name, '', 'does not exist'));
    return err(problem('unreadable', name, '', `cannot be read (${code})`));
  }
}

async function lookInto(
  folder: string,
  name: string,
  depth: number,
  found: Recognised[],
  passedOver: string[],
): Promise<Problem | undefined> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = new Set(entries.map((entry) => entry.name));
  const kind = await kindOfFolder(folder, names);
  if (kind !== undefined) {
    found.push({ kind, path: folder, name });
    return undefined;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (found.length + passedOver.length >= MOST_ENTRIES) {
      return problem('too-many', name, '', `holds more than ${MOST_ENTRIES} files`);
    }
    const path = join(folder, entry.name);
    const inside = `${name}/${entry.name}`;
    if (entry.isDirectory() && depth > 0) {
      const beyond = await lookInto(path, inside, depth - 1, found, passedOver);
      if (beyond !== undefined) return beyond;
      continue;
    }
    const fileKind = entry.isFile() ? await kindOfFile(path, inside) : undefined;
    if (fileKind === undefined) passedOver.push(inside);
    else found.push({ kind: fileKind, path, name: inside });
  }
  return undefined;
}

/** A damaged manifest must not make an export into a heap of files. */
async function kindOfFolder(
  folder: string,
  names: ReadonlySet<string>,
): Promise<'package' | 'export' | undefined> {
  if (!names.has('manifest.json') && !names.has('manifest.sig')) {
    if (names.has('definition.json') && names.has('layouts.json')) return 'package';
    return names.has('definition.json') && names.has('records') ? 'export' : undefined;
  }
  const head = names.has('manifest.json') ? await headOf(join(folder, 'manifest.json')) : '';
  const kind = /"kind"\s*:\s*"(package|export)"/.exec(head)?.[1];
  if (kind === 'package' || kind === 'export') return kind;
  return names.has('layouts.json') ? 'package' : 'export';
}

async function kindOfFile(path: string, name: string): Promise<'tape-text' | 'picture' | 'log' | undefined> {
  const head = await headOf(path);
  if (head.startsWith('\x89PNG\r\n\x1a\n') || head.startsWith('\xff\xd8\xff')) return 'picture';
  if (head.startsWith('{"seq":')) return 'log';
  if (/^ *(ZERO|RESULTS) TAPE$/m.test(head) || /^TSY1\//m.test(head)) return 'tape-text';
  const ending = /\.(jsonl|txt|png|jpe?g)$/i.exec(name)?.[1]?.toLowerCase();
  if (head === '' || ending === undefined) return undefined;
  if (ending === 'jsonl') return 'log';
  return ending === 'txt' ? 'tape-text' : 'picture';
}

/** As Latin-1, so that every byte is a character. */
async function headOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
