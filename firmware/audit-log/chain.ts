/**
 * One entry of the log as one line of JSON, chained to the one before: its hash is the SHA-256 of the line's exact
 * bytes before `,"hash":"`, and those hold the hash of the entry before. To check a line nothing has to be encoded
 * again. docs/formats/audit-log.md.
 */
import { z } from 'zod';
import { toHex, utf8 } from '../../ground/bytes.js';
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import { parseJson } from '../trust/json.js';
import { keyRoles, type KeyRole } from '../trust/security-key.js';
import { sha256 } from '../trust/symmetric.js';
import {
  bareEvents,
  dispositions,
  eventGroups,
  events,
  isEventCode,
  severities,
  type EventCode,
} from './events.js';
import type { Disposition, EventGroup, Severity } from './events.js';

export interface LogEntry {
  /** 1 for the first. */
  readonly seq: number;
  /** Local time as the inspectors set it; orders nothing. */
  readonly time: string;
  readonly code: EventCode;
  readonly group: EventGroup;
  readonly severity: Severity;
  readonly disposition: Disposition;
  readonly role?: KeyRole;
  readonly details?: string;
  /** Hash of the entry before; 64 zeros before the first. */
  readonly prev: string;
  /** On a checkpoint: the device's signature over the 32 bytes of `prev`. */
  readonly signature?: string;
  readonly hash: string;
}

/** How far a log has come: what is anchored in the device and printed on tapes. */
export interface LogHead {
  readonly entries: number;
  readonly hash: string;
}

export const EMPTY_HEAD: LogHead = { entries: 0, hash: '0'.repeat(64) };
export const MAX_DETAILS = 200;
export const MAX_LINE_BYTES = 2048;

const hashHex = z.string().regex(/^[0-9a-f]{64}$/);
const entrySchema = z.strictObject({
  seq: z.int().min(1),
  time: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/),
  code: z.string().refine(isEventCode, { error: 'is not an event of this machine' }),
  group: z.enum(Object.keys(eventGroups) as [EventGroup, ...EventGroup[]]),
  severity: z.enum(severities),
  disposition: z.enum(dispositions),
  role: z.enum(keyRoles).exactOptional(),
  details: z.string().min(1).max(MAX_DETAILS).exactOptional(),
  prev: hashHex,
  signature: z
    .string()
    .regex(/^[0-9a-f]{128}$/)
    .exactOptional(),
  hash: hashHex,
});

export type NewEntry = Pick<LogEntry, 'time' | 'code' | 'role' | 'details' | 'signature'>;

/** The line, without its line feed, and the head after it. */
export function chainEntry(
  head: LogHead,
  entry: NewEntry,
): { readonly line: string; readonly head: LogHead } {
  const { group, severity, disposition } = events[entry.code];
  const bare = bareEvents.includes(entry.code);
  const seq = head.entries + 1;
  const content = {
    seq,
    time: entry.time,
    code: entry.code,
    group,
    severity,
    disposition,
    ...(entry.role === undefined || bare ? {} : { role: entry.role }),
    ...(entry.details === undefined || entry.details === '' || bare
      ? {}
      : { details: printable(entry.details) }),
    prev: head.hash,
    ...(entry.signature === undefined ? {} : { signature: entry.signature }),
  };
  const start = JSON.stringify(content).slice(0, -1);
  const hash = toHex(sha256(utf8(start)));
  const line = `${start},"hash":"${hash}"}`;
  assert(utf8(line).length < MAX_LINE_BYTES, 'an entry fits into a line');
  return { line, head: { entries: seq, hash } };
}

const HASH_TAIL = /^(.*),"hash":"([0-9a-f]{64})"\}$/s;

/** One line read back: its shape, and whether its own hash fits. Its place in the chain is for the caller. */
export function readLine(line: string, where: string): Result<LogEntry> {
  const parts = HASH_TAIL.exec(line);
  if (parts === null) return err(problem('log-not-an-entry', where, '', 'is not an entry of a log'));
  const [, start = '', hash = ''] = parts;
  if (toHex(sha256(utf8(start))) !== hash) {
    return err(problem('log-changed', where, '', 'was changed: its hash does not fit its text'));
  }
  const entry = parseJson(entrySchema, line, where);
  if (!entry.ok) return entry;
  if (bareEvents.includes(entry.value.code) && (entry.value.role ?? entry.value.details) !== undefined) {
    return err(problem('log-says-too-much', where, '', 'says more of a sheet than its time'));
  }
  return ok(entry.value);
}

/** Bounded, on one line, without control characters. */
function printable(details: string): string {
  const clean = details.replaceAll(/\p{Cc}+/gu, ' ');
  return clean.length <= MAX_DETAILS ? clean : `${clean.slice(0, MAX_DETAILS - 1)}…`;
}
