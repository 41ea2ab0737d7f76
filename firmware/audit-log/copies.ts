/**
 * The copies of one log held against each other, by their bytes. Only whole lines are compared: what follows the last
 * line feed was being written when the power went, and was never said to be written.
 */
import { equalBytes } from '../../ground/bytes.js';
import { err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { FileStore } from '../../drivers/ports.js';
import { MAX_LOG_BYTES } from './verify.js';

export const LOG_NAME = 'audit-log.jsonl';

export interface LogCopy {
  readonly store: FileStore;
  readonly where: string;
  /** Its whole lines. */
  readonly whole: Uint8Array;
  /** Something follows them, or there is no file at all: it has to be written anew. */
  readonly torn: boolean;
}

/** A medium without a log has an empty one. */
export async function readCopy(store: FileStore): Promise<Result<LogCopy>> {
  const where = `${store.label}/${LOG_NAME}`;
  const read = await store.read(LOG_NAME, MAX_LOG_BYTES);
  if (!read.ok && read.error.code !== 'missing') return read;
  const bytes = read.ok ? read.value : new Uint8Array();
  const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
  return ok({ store, where, whole, torn: whole.length < bytes.length });
}

export interface ComparedCopies {
  /** The longest; all others are its beginning. */
  readonly best: LogCopy;
  /** Those that lack its end, or end in half a line. */
  readonly behind: readonly LogCopy[];
}

export function compareCopies(copies: readonly LogCopy[]): Result<ComparedCopies, readonly Problem[]> {
  const best = must(
    [...copies].sort((a, b) => b.whole.length - a.whole.length)[0],
    'there is a copy to compare',
  );
  const diverged = copies.filter(
    (copy) => !equalBytes(copy.whole, best.whole.subarray(0, copy.whole.length)),
  );
  if (diverged.length > 0) {
    return err(
      diverged.map((copy) => {
        const line = firstDifferentLine(copy.whole, best.whole);
        const reason = `says something else than ${best.where} from line ${line} on`;
        return problem('log-diverged', copy.where, '', reason);
      }),
    );
  }
  return ok({ best, behind: copies.filter((copy) => copy.torn || copy.whole.length < best.whole.length) });
}

function firstDifferentLine(a: Uint8Array, b: Uint8Array): number {
  let line = 1;
  for (let i = 0; i < a.length && a[i] === b[i]; i++) if (a[i] === 10) line += 1;
  return line;
}
