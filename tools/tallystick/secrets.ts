/**
 * Passphrases and passcodes come from a file or from standard input, never from the command line, where every user of
 * the computer could read them; and they are never printed.
 */
import { basename } from 'node:path';
import { fromUtf8, concat } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import { readBoundedFile } from '../bounded-file.js';

const MAX_SECRET_BYTES = 1024;

/** @param path a file, or `-` for standard input; a line feed at the end does not belong to the secret */
export async function readSecret(path: string): Promise<Result<string>> {
  const where = path === '-' ? 'standard input' : basename(path);
  const bytes = path === '-' ? await readStandardInput(where) : await readBoundedFile(path, MAX_SECRET_BYTES);
  if (!bytes.ok) return bytes;
  const text = fromUtf8(bytes.value, where);
  return text.ok ? ok(text.value.replace(/\r?\n$/, '')) : text;
}

async function readStandardInput(where: string): Promise<Result<Uint8Array>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_SECRET_BYTES) {
      return err(problem('too-large', where, '', `has more than ${MAX_SECRET_BYTES} bytes`));
    }
    chunks.push(chunk);
  }
  return ok(concat(...chunks));
}
