/**
 * The log as an export carries it: as it is, and what is made of it, in the common data format with its documentation
 * and for people. docs/formats/export.md.
 */
import { ok, type Result } from '../../ground/result.js';
import type { LogEntry } from './chain.js';
import { LOG_NAME } from './copies.js';
import {
  EVENT_LOG_DOCUMENTATION_NAME,
  EVENT_LOG_NAME,
  eventLog,
  eventLogDocumentation,
  LOG_TEXT_NAME,
  logText,
  type EventLogFacts,
} from './sp1500-101.js';
import { readLog } from './verify.js';

export interface LogFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is made of a log that was read, for other programs and for people. */
export function madeOfLog(entries: readonly LogEntry[], facts: EventLogFacts): readonly LogFile[] {
  return [
    { name: EVENT_LOG_NAME, bytes: eventLog(entries, facts) },
    { name: EVENT_LOG_DOCUMENTATION_NAME, bytes: eventLogDocumentation(entries, facts.deviceSerial) },
    { name: LOG_TEXT_NAME, bytes: logText(entries) },
  ];
}

/** @param whole its whole lines */
export function logFiles(whole: Uint8Array, facts: EventLogFacts): Result<readonly LogFile[]> {
  const entries: LogEntry[] = [];
  for (const line of readLog(whole, LOG_NAME).lines) {
    if (!line.ok) return line;
    entries.push(line.value);
  }
  const files = [{ name: LOG_NAME, bytes: whole }, ...madeOfLog(entries, facts)];
  return ok(files.map(({ name, bytes }) => ({ name: `log/${name}`, bytes })));
}
