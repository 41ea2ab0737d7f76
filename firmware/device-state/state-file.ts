/**
 * One thing that the device remembers, in one small file of its internal storage: its format's name, a line of JSON,
 * and the SHA-256 of both, each on a line. Written at once or not at all (`FileStore.write`); a damaged one is a problem in words and
 * never read as a default. docs/formats/device-state.md.
 */
import type { z } from 'zod';
import { fromUtf8, toHex, utf8 } from '../../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { FileStore } from '../../drivers/ports.js';
import { parseJson } from '../trust/json.js';
import { sha256 } from '../trust/symmetric.js';

export const MAX_STATE_FILE_BYTES = 256 * 1024;

export interface StateFile<Schema extends z.ZodType> {
  readonly name: string;
  /** `tallystick-anchor/1`: another number is another form. */
  readonly format: string;
  readonly schema: Schema;
}

/** Nothing when it was never written. */
export async function readState<Schema extends z.ZodType>(
  store: FileStore,
  file: StateFile<Schema>,
): Promise<Result<z.output<Schema> | undefined>> {
  const bytes = await store.read(file.name, MAX_STATE_FILE_BYTES);
  if (!bytes.ok) return bytes.error.code === 'missing' ? ok(undefined) : bytes;
  const where = `${store.label}/${file.name}`;
  const text = fromUtf8(bytes.value, where);
  if (!text.ok) return err(damaged(where));
  const [format = '', json = '', digest = '', ...rest] = text.value.split('\n');
  if (rest.length !== 1 || rest[0] !== '' || digest !== digestOf(format, json)) return err(damaged(where));
  if (format !== file.format) {
    const reason = `is of the form ${format}, and this program knows ${file.format}`;
    return err(problem('state-format', where, '', reason));
  }
  return parseJson(file.schema, json, where);
}

export async function writeState<Schema extends z.ZodType>(
  store: FileStore,
  file: StateFile<Schema>,
  value: z.input<Schema>,
): Promise<Result<void>> {
  const json = JSON.stringify(value);
  return store.write(file.name, utf8(`${file.format}\n${json}\n${digestOf(file.format, json)}\n`));
}

function digestOf(format: string, json: string): string {
  return toHex(sha256(utf8(`${format}\n${json}\n`)));
}

function damaged(where: string): Problem {
  const reason = 'is damaged: what this device remembered there cannot be relied on';
  return problem('state-damaged', where, '', reason);
}
