/**
 * The audit log in the common data format (NIST SP 1500-101, version 1.0, JSON), and the second file that the format
 * asks for: what each event code and each group of events means. The codes are the maker's by that standard; the
 * groups are those of VVSG 2.0, table 15-1. How our fields map is in docs/formats/audit-log.md.
 *
 * The same log always gives the same bytes: the time of generation is that of its last entry.
 */
import { concat, utf8 } from '../../ground/bytes.js';
import type { LogEntry } from './chain.js';
import { eventGroups, events } from './events.js';

export const EVENT_LOG_NAME = 'event-log.json';
export const EVENT_LOG_DOCUMENTATION_NAME = 'event-log-documentation.json';
export const LOG_TEXT_NAME = 'audit-log.txt';

export interface EventLogFacts {
  readonly electionId: string;
  readonly deviceSerial: string;
  readonly simulated: boolean;
  /** The zone in which the machine's clock was set: `-05:00`. */
  readonly utcOffset: string;
}

const MAKER = { Manufacturer: 'Tallystick', Model: 'Tallystick' };

/** How the chain can be checked from this file alone. */
const HASH_RULE =
  'Hash: SHA-256 of this entry as a line of audit-log.jsonl up to its hash, which holds the hash of the entry before';

/** Put together as bytes, entry by entry: a long log is too much for one string. */
export function eventLog(entries: readonly LogEntry[], facts: EventLogFacts): Uint8Array {
  const event = (entry: LogEntry, i: number): Uint8Array =>
    utf8(`${i === 0 ? '' : ','}\n${JSON.stringify(eventOf(entry, facts))}`);
  const device = {
    '@type': 'EventLogging.Device',
    Id: facts.deviceSerial,
    ...MAKER,
    Type: 'scan-single',
    ...versionIn(entries),
    HashType: 'sha-256',
    Details: facts.simulated ? `SIMULATED: made on a virtual cabinet. ${HASH_RULE}` : HASH_RULE,
  };
  const log = {
    '@type': 'EventLogging.ElectionEventLog',
    GeneratedTime: `${lastTime(entries)}${facts.utcOffset}`,
    ElectionId: facts.electionId,
  };
  const open = `${JSON.stringify(log).slice(0, -1)},"Device":[${JSON.stringify(device).slice(0, -1)},"Event":[`;
  return concat(utf8(open), ...entries.map(event), utf8(']}]}\n'));
}

export function eventLogDocumentation(entries: readonly LogEntry[], deviceSerial: string): Uint8Array {
  const version = versionIn(entries).Version;
  const documentation = {
    '@type': 'EventLogging.ElectionEventLogDocumentation',
    DeviceId: deviceSerial,
    DeviceManufacturer: MAKER.Manufacturer,
    DeviceModel: MAKER.Model,
    ...(version === undefined ? {} : { DeviceVersion: version }),
    GeneratedDate: lastTime(entries).slice(0, 'YYYY-MM-DD'.length),
    EventIdDescription: Object.entries(events).map(([code, { meaning }]) => ({
      '@type': 'EventLogging.EventIdDescription',
      Id: code,
      Description: meaning,
    })),
    EventTypeDescription: Object.entries(eventGroups).map(([group, name]) => ({
      '@type': 'EventLogging.EventTypeDescription',
      Type: group,
      Description: name,
    })),
  };
  return utf8(`${JSON.stringify(documentation, null, 1)}\n`);
}

/** One line an entry, for people. */
export function logText(entries: readonly LogEntry[]): Uint8Array {
  return concat(...entries.map((entry) => utf8(`${entryText(entry)}\n`)));
}

/** Number, time, `!` where it is more than information, the event, who, and what else was said. */
export function entryText(entry: LogEntry): string {
  const said = [entry.role, entry.details].filter((part) => part !== undefined).join(', ');
  const mark = entry.severity === 'info' ? ' ' : '!';
  const number = String(entry.seq).padStart(6);
  return `${number} ${entry.time} ${mark} ${entry.code}${said === '' ? '' : `: ${said}`}`;
}

function eventOf(entry: LogEntry, { utcOffset }: EventLogFacts): object {
  const details = entry.signature === undefined ? entry.details : `signature ${entry.signature}`;
  return {
    '@type': 'EventLogging.Event',
    Sequence: String(entry.seq),
    TimeStamp: `${entry.time}${utcOffset}`,
    Id: entry.code,
    Type: entry.group,
    Severity: entry.severity,
    Disposition: entry.disposition,
    ...(entry.role === undefined ? {} : { UserId: entry.role }),
    Description: events[entry.code].meaning,
    ...(details === undefined ? {} : { Details: details }),
    Hash: entry.hash,
  };
}

/** The software that the log named last. */
function versionIn(entries: readonly LogEntry[]): { readonly Version?: string } {
  const details = entries.findLast(({ code }) => code === 'software-identified')?.details;
  return details === undefined ? {} : { Version: details };
}

function lastTime(entries: readonly LogEntry[]): string {
  return entries.at(-1)?.time ?? '';
}
