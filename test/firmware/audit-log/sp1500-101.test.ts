import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ajvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chainEntry, EMPTY_HEAD, type LogEntry, type NewEntry } from '../../../firmware/audit-log/chain.js';
import { eventGroups, events } from '../../../firmware/audit-log/events.js';
import {
  entryText,
  eventLog,
  eventLogDocumentation,
  logText,
} from '../../../firmware/audit-log/sp1500-101.js';
import { readLog } from '../../../firmware/audit-log/verify.js';
import { utf8 } from '../../../ground/bytes.js';

const test = suite('the audit log in SP 1500-101');

const FACTS = {
  electionId: 'dutchess-2026-general',
  deviceSerial: 'TS-0001',
  simulated: false,
  utcOffset: '-05:00',
};

/** A log of these entries, as a reader finds them. */
function logOf(entries: readonly Omit<NewEntry, 'time'>[]): readonly LogEntry[] {
  let head = EMPTY_HEAD;
  const lines = entries.map((entry, i) => {
    const time = `2026-11-03T06:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}`;
    const chained = chainEntry(head, { time, ...entry });
    head = chained.head;
    return `${chained.line}\n`;
  });
  return readLog(utf8(lines.join('')), 'the log').lines.flatMap((line) => (line.ok ? [line.value] : []));
}

const sample = logOf([
  { code: 'log-started', details: 'device TS-0001' },
  { code: 'software-identified', details: 'ab'.repeat(32) },
  { code: 'log-checkpoint', signature: 'cd'.repeat(64) },
  { code: 'passcode-wrong', role: 'poll-worker', details: 'security key 7, “Σ” and a "quote"' },
  { code: 'sheet-cast' },
  { code: 'sheet-returned' },
  { code: 'paper-jam' },
]);

type Json = Readonly<Record<string, unknown>>;

function parsed(bytes: Uint8Array): Json {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
}

const path = join(process.cwd(), 'test', 'schemas', 'event-log', 'NIST_V1_election_event_logging.json');
const schema = JSON.parse(readFileSync(path, 'utf8')) as object;

/** Draft 04, strict. */
function schemaErrors(value: Json): string {
  const ajv = new ajvDraft04.default();
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

function eventsIn(log: Json): readonly Json[] {
  const [device] = log['Device'] as readonly Json[];
  return device?.['Event'] as readonly Json[];
}

test('log and documentation are valid, also with every event that there is, and the check finds what is not', () => {
  const all = logOf([
    ...sample,
    ...Object.keys(events).map((code) => ({ code: code as keyof typeof events })),
  ]);
  const log = parsed(eventLog(all, FACTS));
  assert.is(schemaErrors(log), '');
  assert.is(schemaErrors(parsed(eventLogDocumentation(all, 'TS-0001'))), '');
  assert.is.not(schemaErrors({ ...log, GeneratedTime: '2026-11-03T06:00:06' }), '', 'a time needs its zone');
  assert.is.not(schemaErrors({ ...log, Extra: 1 }), '');
});

test('each entry is there with its number, time in its zone, code, group and hash', () => {
  const found = eventsIn(parsed(eventLog(sample, FACTS)));
  assert.is(found.length, sample.length);
  assert.equal(found[3], {
    '@type': 'EventLogging.Event',
    Sequence: '4',
    TimeStamp: '2026-11-03T06:00:03-05:00',
    Id: 'passcode-wrong',
    Type: 'AAC-ARE',
    Severity: 'warning',
    Disposition: 'failure',
    UserId: 'poll-worker',
    Description: 'A wrong passcode was entered',
    Details: 'security key 7, “Σ” and a "quote"',
    Hash: sample[3]?.hash,
  });
});

test('a cast and a return say the time, and nothing that one cast has and another has not', () => {
  const found = eventsIn(parsed(eventLog(sample, FACTS)));
  const fields = ['@type', 'Sequence', 'TimeStamp', 'Id', 'Type', 'Severity', 'Disposition', 'Description'];
  for (const i of [4, 5]) assert.equal(Object.keys(found[i] ?? {}), [...fields, 'Hash']);
});

test('every code and every group that is used is described', () => {
  const documentation = parsed(eventLogDocumentation(sample, 'TS-0001'));
  const ids = (documentation['EventIdDescription'] as readonly Json[]).map((one) => one['Id']);
  const types = (documentation['EventTypeDescription'] as readonly Json[]).map((one) => one['Type']);
  assert.equal(ids, Object.keys(events));
  assert.equal(types, Object.keys(eventGroups));
  for (const event of eventsIn(parsed(eventLog(sample, FACTS)))) {
    assert.ok(ids.includes(event['Id']) && types.includes(event['Type']));
  }
  assert.is(documentation['DeviceVersion'], 'ab'.repeat(32));
});

test('the chain can be checked from this file alone, by the rule that it states', () => {
  const log = parsed(eventLog(sample, FACTS));
  assert.match(String((log['Device'] as readonly Json[])[0]?.['Details']), /SHA-256/);
  let prev = '0'.repeat(64);
  for (const event of eventsIn(log)) {
    const details = event['Details'];
    const signature =
      typeof details === 'string' ? /^signature ([0-9a-f]{128})$/.exec(details)?.[1] : undefined;
    const line = JSON.stringify({
      seq: Number(event['Sequence']),
      time: String(event['TimeStamp']).slice(0, 19),
      code: event['Id'],
      group: event['Type'],
      severity: event['Severity'],
      disposition: event['Disposition'],
      ...(event['UserId'] === undefined ? {} : { role: event['UserId'] }),
      ...(details === undefined || signature !== undefined ? {} : { details }),
      prev,
      ...(signature === undefined ? {} : { signature }),
    }).slice(0, -1);
    prev = createHash('sha256').update(line).digest('hex');
    assert.is(event['Hash'], prev, String(event['Sequence']));
  }
});

test('the same log gives the same bytes, and a virtual cabinet says what it is', () => {
  assert.equal(eventLog(sample, FACTS), eventLog(sample, FACTS));
  const simulated = parsed(eventLog(sample, { ...FACTS, simulated: true }));
  assert.match(String((simulated['Device'] as readonly Json[])[0]?.['Details']), /^SIMULATED/);
});

test('as text every entry is one line', () => {
  const lines = new TextDecoder().decode(logText(sample)).split('\n');
  assert.is(lines.length, sample.length + 1);
  assert.is(lines[4], '     5 2026-11-03T06:00:04   sheet-cast');
  assert.is(lines[6], '     7 2026-11-03T06:00:06 ! paper-jam');
  const [first] = sample;
  if (first !== undefined) assert.is(lines[0], entryText(first));
});

test.run();
