/** A day's audit log, checked entry by entry and exported as `tallystick log export` and the machine do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '../../ground/result.js';
import { utf8 } from '../../ground/bytes.js';
import { chainEntry, EMPTY_HEAD, type LogHead, type NewEntry } from '../../firmware/audit-log/chain.js';
import { eventLog, eventLogDocumentation, logText } from '../../firmware/audit-log/sp1500-101.js';
import { readLog } from '../../firmware/audit-log/verify.js';
import { row, timed, type Row } from './measure.js';

const FACTS = { electionId: 'bench', deviceSerial: 'TS-0001', simulated: true, utcOffset: '-05:00' };

export function benchLogExport(ballots: number): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-log-'));
  try {
    const log = dayOf(ballots);
    const tookMs = timed(() => {
      const entries = readLog(log, 'audit log').lines.flatMap((line) => (line.ok ? [line.value] : []));
      assert(entries.length > ballots, 'the log of a day is whole');
      writeFileSync(join(folder, 'event-log.json'), eventLog(entries, FACTS));
      writeFileSync(join(folder, 'documentation.json'), eventLogDocumentation(entries, FACTS.deviceSerial));
      writeFileSync(join(folder, 'audit-log.txt'), logText(entries));
    });
    return [row(`audit log of a day of ${ballots} ballots exported, SP 1500-101 and text`, 'ms', tookMs)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every third ballot is given back once before it is cast. */
function dayOf(ballots: number): Uint8Array {
  let head: LogHead = EMPTY_HEAD;
  const lines: string[] = [];
  const add = (code: NewEntry['code'], details?: string): void => {
    const entry = { time: '2026-11-03T12:00:00', code, ...(details === undefined ? {} : { details }) };
    const chained = chainEntry(head, entry);
    head = chained.head;
    lines.push(`${chained.line}\n`);
  };
  add('log-started', 'SIMULATED cabinet TS-0001');
  for (let i = 0; i < ballots; i++) {
    if (i % 3 === 0) add('sheet-returned');
    add('sheet-cast');
  }
  return utf8(lines.join(''));
}
