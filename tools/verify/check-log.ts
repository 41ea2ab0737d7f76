/** An audit log in words: whole or not, whose, how far, how much of it is signed. */
import { fromHex } from '../../ground/bytes.js';
import { problem } from '../../ground/result.js';
import type { LogEntry } from '../../firmware/audit-log/chain.js';
import { verifyLog, type LogFindings } from '../../firmware/audit-log/verify.js';
import type { ExportMaker } from '../../firmware/records/read-export.js';
import { counted, Findings, type Checked, type Identity } from './findings.js';

/** The export that a log lies in. */
export interface AroundLog {
  /** Hexadecimal. */
  readonly deviceKey: string;
  /** The device itself signs the log's end with the export; the authority only says what the card held. */
  readonly madeBy: ExportMaker;
}

/**
 * @param keyOf the public key (hexadecimal) of a device by its serial number, from a package, an export or a tape
 */
export function checkLog(
  bytes: Uint8Array,
  name: string,
  keyOf: (serial: string) => string | undefined,
  around?: AroundLog,
): Checked {
  const findings = new Findings(name);
  const nobody = new Uint8Array(32);
  const serial = serialOf(verifyLog(bytes, nobody, name));
  const hex = around?.deviceKey ?? (serial === undefined ? undefined : keyOf(serial));
  const key = hex === undefined ? undefined : fromHex(hex, name);
  const known = key?.ok === true ? key.value : undefined;
  const log = verifyLog(bytes, known ?? nobody, name);
  const problems = log.problems.filter(({ code }) => known !== undefined || code !== 'log-not-signed');
  findings.blame(...problems);
  if (log.wholeBytes < bytes.length) {
    findings.blame(problem('log-half-line', name, '', 'ends in half an entry, as a power cut leaves it'));
  }
  if (log.entries.length === 0 && findings.isRight) {
    findings.blame(problem('log-empty', name, '', 'holds no entry'));
  }
  if (serial === undefined && findings.isRight) {
    findings.blame(problem('log-start', name, 'line 1', 'is not the start of a log that names its device'));
  }
  const identity: Identity = {
    ...(serial === undefined ? {} : { deviceSerial: serial, simulated: isSimulated(log) }),
    ...(hex === undefined ? {} : { deviceKey: hex }),
  };
  if (findings.isRight)
    describe(findings, log, serial ?? '', known !== undefined, around?.madeBy === 'device');
  return { kind: 'log', name, findings, identity, content: log };
}

function describe(
  findings: Findings,
  log: LogFindings,
  serial: string,
  isKeyKnown: boolean,
  isSignedAround: boolean,
): void {
  const simulated = isSimulated(log) ? ', a SIMULATED cabinet' : '';
  findings.say(`whole: ${counted(log.entries.length, 'entry', 'entries')}, each chained to the one before`);
  findings.say(`unit ${serial}${simulated}`);
  findings.say(`head ${log.head.entries}:${log.head.hash}`);
  findings.say(`${counted(castsOf(log), 'sheet')} cast since the last zero check`);
  const unsigned = log.unsignedEntries;
  if (!isKeyKnown) {
    findings.note(
      'its checkpoints were NOT CHECKED: the key of its device is known from nothing that was given',
    );
  } else if (unsigned === 0 || isSignedAround) findings.say('signed by its device up to its end');
  else {
    findings.say(`signed by its device up to entry ${log.head.entries - unsigned}`);
    findings.note(
      `the last ${counted(unsigned, 'entry', 'entries')} ${unsigned === 1 ? 'is' : 'are'} chained, but not signed yet`,
    );
  }
}

/** As the machine counts them: since the last zero check, or since a new ballot box was made. */
export function castsOf(log: LogFindings, upToHash?: string): number {
  const end = upToHash === undefined ? -1 : log.entries.findIndex(({ hash }) => hash === upToHash);
  const entries = end === -1 ? log.entries : log.entries.slice(0, end + 1);
  const zero = entries.findLastIndex(({ code }) => code === 'zero-check-passed' || code === 'cards-prepared');
  return entries.slice(zero + 1).filter(({ code }) => code === 'sheet-cast').length;
}

const AFFECT_POLLS = ['cards-prepared', 'polls-opened', 'polls-reopened', 'polls-closed'];

/** Whether the polls were closed when the log ended: where the machine died before, it cannot say so. */
export function endsWithClosedPolls(entries: readonly LogEntry[]): boolean {
  return entries.findLast(({ code }) => AFFECT_POLLS.includes(code))?.code === 'polls-closed';
}

function firstDetails(log: LogFindings): string {
  const [first] = log.entries;
  return first?.seq === 1 && first.code === 'log-started' ? (first.details ?? '') : '';
}

function serialOf(log: LogFindings): string | undefined {
  return /^(?:SIMULATED cabinet|device) (\S+)$/.exec(firstDetails(log))?.[1];
}

function isSimulated(log: LogFindings): boolean {
  return firstDetails(log).startsWith('SIMULATED');
}
