/**
 * Whether a log is whole, and if not, where and how: for the machine at start-up and for anybody with the file and the
 * device's public key. Every finding is a sentence; after one the check goes on from the next line.
 */
import { fromHex, fromUtf8 } from '../../ground/bytes.js';
import { must, problem, type Problem, type Result } from '../../ground/result.js';
import { verifySignature } from '../trust/keys.js';
import { EMPTY_HEAD, readLine, type LogEntry, type LogHead } from './chain.js';

export interface LogFindings {
  /** What could be read, in the file's order. */
  readonly entries: readonly LogEntry[];
  readonly head: LogHead;
  /** Empty for a log that is whole. At most `MAX_FINDINGS`. */
  readonly problems: readonly Problem[];
  /** Bytes of whole lines; what follows is a line that was being written when the power went. */
  readonly wholeBytes: number;
  /** Entries after the last good checkpoint: chained, but not signed yet. */
  readonly unsignedEntries: number;
}

export const MAX_FINDINGS = 50;
export const MAX_LOG_BYTES = 64 * 1024 * 1024;

export interface LogLines {
  /** Each line as the entry that it is, or why it is none. */
  readonly lines: readonly Result<LogEntry>[];
  readonly wholeBytes: number;
}

/** Line by line; whether they belong together is for `verifyLog`. */
export function readLog(bytes: Uint8Array, where: string): LogLines {
  const wholeBytes = bytes.lastIndexOf(10) + 1;
  const text = fromUtf8(bytes.subarray(0, wholeBytes), where);
  if (!text.ok) return { lines: [text], wholeBytes };
  const lines = text.value.split('\n').slice(0, -1);
  return { lines: lines.map((line, i) => readLine(line, `${where}, line ${i + 1}`)), wholeBytes };
}

/**
 * @param expected a head known from elsewhere (the device's anchor, a tape): the log must have reached it
 */
export function verifyLog(
  bytes: Uint8Array,
  devicePublicKey: Uint8Array,
  where: string,
  expected?: LogHead,
): LogFindings {
  const problems: Problem[] = [];
  const say = (finding: Problem): void => {
    if (problems.length < MAX_FINDINGS) problems.push(finding);
  };
  const { lines, wholeBytes } = readLog(bytes, where);
  const entries: LogEntry[] = [];
  let place: Place = EMPTY_HEAD;
  let signedUpTo = 0;
  for (const [i, read] of lines.entries()) {
    if (!read.ok) {
      say(read.error);
      // It stands for one entry, and what follows it cannot be held against its hash.
      place = { entries: place.entries + 1, hash: undefined };
      continue;
    }
    const entry = read.value;
    const misplaced = placeProblem(entry, place, `${where}, line ${i + 1}`);
    if (misplaced !== undefined) say(misplaced);
    if (entry.code === 'log-checkpoint') {
      if (isSignedBy(devicePublicKey, entry)) signedUpTo = entry.seq;
      else
        say(
          problem(
            'log-not-signed',
            `${where}, line ${i + 1}`,
            '',
            'is a checkpoint that this device did not sign',
          ),
        );
    }
    entries.push(entry);
    place = { entries: entry.seq, hash: entry.hash };
  }
  const last = entries.at(-1);
  const head = last === undefined ? EMPTY_HEAD : { entries: last.seq, hash: last.hash };
  if (expected !== undefined) {
    const missed = headProblem(entries, expected, where);
    if (missed !== undefined) say(missed);
  }
  return { entries, head, problems, wholeBytes, unsignedEntries: Math.max(0, head.entries - signedUpTo) };
}

/** Where the chain has come to; the hash is not known after a line that could not be read. */
interface Place {
  readonly entries: number;
  readonly hash: string | undefined;
}

function placeProblem(entry: LogEntry, before: Place, where: string): Problem | undefined {
  const next = before.entries + 1;
  const broken = (reason: string): Problem => problem('log-broken', where, '', reason);
  if (entry.seq > next) {
    const last = entry.seq - 1;
    return broken(
      next === last
        ? `entry ${next} is missing before it`
        : `entries ${next} to ${last} are missing before it`,
    );
  }
  if (entry.seq < next) return broken(`entry ${entry.seq} stands here again or out of its order`);
  if (before.hash !== undefined && entry.prev !== before.hash) {
    return broken(`entry ${entry.seq} does not follow the entry before it: one of the two was exchanged`);
  }
  return undefined;
}

function headProblem(entries: readonly LogEntry[], expected: LogHead, where: string): Problem | undefined {
  if (expected.entries === 0) return undefined;
  const entry = entries.find(({ seq }) => seq === expected.entries);
  if (entry === undefined) {
    const last = entries.at(-1)?.seq ?? 0;
    const reason = `ends at entry ${last}, and entry ${expected.entries} was written: its end was cut off`;
    return problem('log-cut', where, '', reason);
  }
  if (entry.hash === expected.hash) return undefined;
  return problem('log-other', where, '', `entry ${entry.seq} is not the one that was written`);
}

function isSignedBy(devicePublicKey: Uint8Array, entry: LogEntry): boolean {
  const bytes = (hex: string): Uint8Array => {
    const read = fromHex(hex, '');
    return must(read.ok ? read.value : undefined, 'an entry read back holds whole bytes');
  };
  const signature = bytes(entry.signature ?? '');
  return verifySignature('log-checkpoint', devicePublicKey, bytes(entry.prev), signature);
}
