/**
 * The audit log of an export in the common data format (NIST SP 1500-101) held against the log itself: the same
 * entries in the same order, with their times, codes, details and hashes. What an event means in words may change from
 * one version of the software to the next, and is not compared.
 */
import { z } from 'zod';
import { problem, type Problem } from '../../ground/result.js';
import type { LogEntry } from '../../firmware/audit-log/chain.js';
import { parseJson } from '../../firmware/trust/json.js';

const eventSchema = z.looseObject({
  Sequence: z.string(),
  TimeStamp: z.string(),
  Id: z.string(),
  Type: z.string(),
  Disposition: z.string(),
  Severity: z.string().optional(),
  UserId: z.string().optional(),
  Details: z.string().optional(),
  Hash: z.string().optional(),
});
type EventOfLog = z.output<typeof eventSchema>;

const schema = z.looseObject({
  '@type': z.literal('EventLogging.ElectionEventLog'),
  ElectionId: z.string(),
  Device: z.array(z.looseObject({ Id: z.string(), Event: z.array(eventSchema) })).length(1),
});

export interface EventLogExpectation {
  readonly entries: readonly LogEntry[];
  readonly electionId: string;
  readonly deviceSerial: string;
  readonly utcOffset: string;
}

export function eventLogProblems(
  bytes: Uint8Array,
  expected: EventLogExpectation,
  where: string,
): readonly Problem[] {
  const log = parseJson(schema, bytes, where);
  if (!log.ok) return [log.error];
  const wrong = (path: string, reason: string): Problem => problem('event-log-wrong', where, path, reason);
  if (log.value.ElectionId !== expected.electionId) return [wrong('ElectionId', 'is another election')];
  const [device] = log.value.Device;
  if (device === undefined || device.Id !== expected.deviceSerial)
    return [wrong('Device[0].Id', 'is another device')];
  const { entries, utcOffset } = expected;
  if (device.Event.length !== entries.length) {
    return [
      wrong('Device[0].Event', `has ${device.Event.length} entries where the log has ${entries.length}`),
    ];
  }
  const at = entries.findIndex((entry, i) => !isSame(entry, utcOffset, device.Event[i]));
  return at === -1 ? [] : [wrong(`Device[0].Event[${at}]`, `is not entry ${at + 1} of the log`)];
}

function isSame(entry: LogEntry, utcOffset: string, event: EventOfLog | undefined): boolean {
  const details = entry.signature === undefined ? entry.details : `signature ${entry.signature}`;
  return (
    event?.Sequence === String(entry.seq) &&
    event.TimeStamp === `${entry.time}${utcOffset}` &&
    event.Id === entry.code &&
    event.Type === entry.group &&
    event.Severity === entry.severity &&
    event.Disposition === entry.disposition &&
    event.UserId === entry.role &&
    event.Details === details &&
    event.Hash === entry.hash
  );
}
