/**
 * Whether a log is whole, and if not, where and how: for the machine at start-up and for anybody with the file and the
 * device's public key. Every finding is a sentence; after one the check goes on from the next line.
 */
import { fromHex, fromUtf8 } from '../../ground/bytes.js';
import { must, ok, problem, type Problem, type Result } from '../../ground/result.js';
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
  const { texts, wholeBytes } = splitLines(bytes, where);
  const lines = texts.ok ? texts.value.map((line, i) => readLine(line, lineOf(where, i))) : [texts];
  return { lines, wholeBytes };
}

function splitLines(
  bytes: Uint8Array,
  where: string,
): { readonly texts: Result<readonly string[]>; readonly wholeBytes: number } {
  const wholeBytes = bytes.lastIndexOf(10) + 1;
  const text = fromUtf8(bytes.subarray(0, wholeBytes), where);
  return { texts: text.ok ? ok(text.value.split('\n').slice(0, -1)) : text, wholeBytes };
}

function lineOf(where: string, index: number): string {
  return `${where}, line ${index + 1}`;
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
  const check = new LogCheck(bytes, devicePublicKey, where);
  while (check.goOn());
  return check.findings(expected);
}

/** The same as `verifyLog`, a few thousand entries at a time: between them `breathe` lets others have their turn. */
export async function verifyLogInTurns(
  bytes: Uint8Array,
  devicePublicKey: Uint8Array,
  where: string,
  expected: LogHead | undefined,
  breathe: () => Promise<void>,
): Promise<LogFindings> {
  const check = new LogCheck(bytes, devicePublicKey, where);
  while (check.goOn()) await breathe();
  return check.findings(expected);
}

/** A tenth of a second's work. */
const LINES_A_TURN = 2_000;

class LogCheck {
  readonly #key: Uint8Array;
  readonly #where: string;
  readonly #texts: readonly string[];
  readonly #wholeBytes: number;
  readonly #problems: Problem[] = [];
  readonly #entries: LogEntry[] = [];
  #next = 0;
  #place: Place = EMPTY_HEAD;
  #signedUpTo = 0;

  constructor(bytes: Uint8Array, devicePublicKey: Uint8Array, where: string) {
    this.#key = devicePublicKey;
    this.#where = where;
    const { texts, wholeBytes } = splitLines(bytes, where);
    this.#texts = texts.ok ? texts.value : [];
    this.#wholeBytes = wholeBytes;
    if (!texts.ok) this.#say(texts.error);
  }

  /** Some more lines; false when there are no others. */
  goOn(): boolean {
    const to = Math.min(this.#texts.length, this.#next + LINES_A_TURN);
    for (; this.#next < to; this.#next++) {
      const where = lineOf(this.#where, this.#next);
      this.#take(readLine(must(this.#texts[this.#next], 'a line'), where), where);
    }
    return this.#next < this.#texts.length;
  }

  findings(expected: LogHead | undefined): LogFindings {
    const last = this.#entries.at(-1);
    const head = last === undefined ? EMPTY_HEAD : { entries: last.seq, hash: last.hash };
    if (expected !== undefined) {
      const missed = headProblem(this.#entries, expected, this.#where);
      if (missed !== undefined) this.#say(missed);
    }
    return {
      entries: this.#entries,
      head,
      problems: this.#problems,
      wholeBytes: this.#wholeBytes,
      unsignedEntries: Math.max(0, head.entries - this.#signedUpTo),
    };
  }

  #take(read: Result<LogEntry>, where: string): void {
    if (!read.ok) {
      this.#say(read.error);
      // It stands for one entry, and what follows it cannot be held against its hash.
      this.#place = { entries: this.#place.entries + 1, hash: undefined };
      return;
    }
    const entry = read.value;
    const misplaced = placeProblem(entry, this.#place, where);
    if (misplaced !== undefined) this.#say(misplaced);
    if (entry.code === 'log-checkpoint') {
      if (isSignedBy(this.#key, entry)) this.#signedUpTo = entry.seq;
      else this.#say(problem('log-not-signed', where, '', 'is a checkpoint that this device did not sign'));
    }
    this.#entries.push(entry);
    this.#place = { entries: entry.seq, hash: entry.hash };
  }

  #say(finding: Problem): void {
    if (this.#problems.length < MAX_FINDINGS) this.#problems.push(finding);
  }
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
