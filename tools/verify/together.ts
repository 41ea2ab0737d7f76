/**
 * Whether things that are each right belong to one another: one election, one package, one device, one day. Two
 * honest halves of different days are as wrong as a forged one.
 */
import { castsOf, endsWithClosedPolls } from './check-log.js';
import { counted, Findings, type Checked, type CheckedExport, type Identity } from './findings.js';
import { tapeDifferences } from './tape-totals.js';
import { problem } from '../../ground/result.js';
import type { LogFindings } from '../../firmware/audit-log/verify.js';
import type { SignedTape } from '../../firmware/tapes/facts.js';

const MUST_BE_THE_SAME: readonly (readonly [keyof Identity, string])[] = [
  ['electionId', 'election'],
  ['definitionSha256', 'definition'],
  ['packageSha256', 'package'],
  ['mode', 'mode'],
  ['simulated', 'cabinet (SIMULATED or not)'],
  ['deviceSerial', 'device'],
  ['deviceKey', 'device key'],
];

interface Named<T> {
  readonly name: string;
  readonly content: T;
}

export function checkTogether(all: readonly Checked[]): Findings {
  const findings = new Findings('together');
  const exports = contents<CheckedExport>(all, 'export');
  const tapes = contents<SignedTape>(all, 'tape');
  const logs = contents<LogFindings>(all, 'log');
  sameIdentity(findings, all);
  listedDevices(findings, all);
  tapeChain(findings, tapes);
  for (const log of logs) {
    for (const tape of tapes) tapeInLog(findings, tape, log);
    for (const one of exports) exportInLog(findings, one, log);
  }
  if (logs.length > 0 && tapes.length + exports.length === 0) {
    findings.note('a log whose end was cut off looks whole by itself: give a tape or the export with it');
  }
  for (const one of exports) {
    for (const tape of tapes) tapeOfExport(findings, tape, one);
    if (one.content.exported.madeBy === 'authority') ofAuthority(findings, one, tapes, logs);
  }
  return findings;
}

function contents<T>(all: readonly Checked[], kind: Checked['kind']): readonly Named<T>[] {
  return all.flatMap((one) =>
    one.kind === kind && one.content !== undefined ? [{ name: one.name, content: one.content as T }] : [],
  );
}

function sameIdentity(findings: Findings, all: readonly Checked[]): void {
  if (all.length < 2) return;
  const agreed: string[] = [];
  for (const [field, label] of MUST_BE_THE_SAME) {
    const saying = all.filter(({ identity }) => identity[field] !== undefined);
    const [first, ...others] = saying;
    if (first === undefined || others.length === 0) continue;
    const different = others.filter(({ identity }) => identity[field] !== first.identity[field]);
    if (different.length === 0) agreed.push(label);
    for (const other of different) {
      const reason = `is ${String(other.identity[field])} where ${first.name} says ${String(first.identity[field])}`;
      findings.blame(problem('not-together', other.name, label, reason));
    }
  }
  if (agreed.length > 0) findings.say(`the same in all that say it: ${agreed.join(', ')}`);
}

/** A package lists the devices that may be used with it. */
function listedDevices(findings: Findings, all: readonly Checked[]): void {
  for (const one of all) {
    if (one.kind !== 'package' || one.content === undefined) continue;
    for (const other of all) {
      const { deviceSerial } = other.identity;
      if (deviceSerial === undefined) continue;
      const isListed = one.content.devices.some(({ serialNumber }) => serialNumber === deviceSerial);
      if (isListed) continue;
      const reason = `${deviceSerial} is not listed by ${one.name}`;
      findings.blame(problem('not-together', other.name, 'device', reason));
    }
  }
}

/** Each tape names the one before it. */
function tapeChain(findings: Findings, tapes: readonly Named<SignedTape>[]): void {
  const known = new Map(tapes.map(({ content }) => [content.digest, content]));
  const zeros = tapes.filter(({ content }) => content.facts.type === 'zero');
  const done = new Set<string>();
  for (const { name, content } of tapes) {
    const { type, previousTape, closingNumber } = content.facts;
    if (type === 'zero' || done.has(content.digest)) continue;
    done.add(content.digest);
    const before = previousTape === undefined ? undefined : known.get(previousTape);
    if (previousTape === undefined) {
      findings.blame(
        problem('tape-chain', name, 'previous tape', 'is none: no zero tape was made before it'),
      );
    } else if (before !== undefined) {
      findings.say(`the results tape follows the ${before.facts.type} tape that was given`);
    } else {
      const zero = zeros.find((one) => one.content.facts.closingNumber + 1 === closingNumber);
      if (zero !== undefined) {
        const reason = `is not ${zero.name}, though no other closing lies between them`;
        findings.blame(problem('tape-chain', name, 'previous tape', reason));
      } else {
        findings.note(`the tape before ${name} was not given: ${previousTape}`);
      }
    }
  }
}

function tapeInLog(findings: Findings, tape: Named<SignedTape>, log: Named<LogFindings>): void {
  const { facts } = tape.content;
  const entry = log.content.entries.find(({ hash }) => hash === facts.logHead);
  const wrong = (path: string, reason: string): void =>
    findings.blame(problem('not-together', tape.name, path, reason));
  if (entry === undefined) {
    wrong('log head', `is not in ${log.name}: its end was cut off, or it is another log`);
    return;
  }
  findings.say(`the log's entry ${entry.seq} is the head on the ${facts.type} tape`);
  const casts = castsOf(log.content, facts.logHead);
  if (facts.type === 'results' && casts !== facts.counters.sheets) {
    wrong('sheets', `are ${facts.counters.sheets} where the log has ${counted(casts, 'cast')} up to then`);
  }
  const said = (code: string, text: string): boolean =>
    log.content.entries.some((one) => one.code === code && one.details?.includes(text) === true);
  if (!said('software-identified', facts.softwareSha256))
    wrong('software', 'is not one that the log identified');
  if (!said('election-loaded', facts.packageSha256))
    wrong('package', 'is not one that the log says was loaded');
}

function exportInLog(findings: Findings, one: Named<CheckedExport>, log: Named<LogFindings>): void {
  const casts = castsOf(log.content);
  const { sheets } = one.content.counted;
  findings.check(
    casts === sheets,
    `the log has ${counted(casts, 'cast')}, as many as there are records`,
    log.name,
    `has ${counted(casts, 'cast')} where ${one.name} has ${counted(sheets, 'record')}`,
  );
  const isPrepared = log.content.entries.some(
    ({ code, details }) => code === 'cards-prepared' && details?.includes(one.content.boxId) === true,
  );
  findings.must(isPrepared, log.name, `does not say that the ballot box of ${one.name} was prepared`);
}

/**
 * Each ballot is as its device signed it, whoever made the export. How many there were, a device says on its tape and
 * at its log's end; an authority that left some out could cut the log as well.
 */
function ofAuthority(
  findings: Findings,
  one: Named<CheckedExport>,
  tapes: readonly Named<SignedTape>[],
  logs: readonly Named<LogFindings>[],
): void {
  if (!tapes.some(({ content }) => content.facts.type === 'results')) {
    findings.note(
      `${one.name} was made by the authority: that no ballot was left out is shown by the results tape alone, which was not given`,
    );
  }
  for (const log of logs) {
    if (endsWithClosedPolls(log.content.entries)) continue;
    findings.note(
      `${log.name} does not end with closed polls: the machine died before, or its end was cut off`,
    );
  }
}

function tapeOfExport(findings: Findings, tape: Named<SignedTape>, one: Named<CheckedExport>): void {
  const { facts } = tape.content;
  if (facts.type === 'zero') return;
  const differences = tapeDifferences(facts, one.content.definition, one.content.counted, tape.name);
  findings.blame(...differences);
  if (differences.length === 0) {
    findings.say('the results tape shows what the records add up to, in every contest');
  }
}
