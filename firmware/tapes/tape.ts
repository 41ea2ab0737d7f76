/**
 * A whole tape as lines and codes, from the facts alone: what it is, whose election, which unit, the counters, the
 * totals, the signed codes, and the place where the inspectors of both parties sign. "COPY 2" and "REPRINT" stand
 * above the tape, outside of what is signed. A piece of paper without its last line, END OF TAPE, is not a tape.
 */
import { TAPE_COLUMNS, type TapeElement, type TapeJob } from '../../drivers/ports.js';
import { tapeCodes } from './codes.js';
import type { SignedTape, TapeFacts, TapeReconciliation } from './facts.js';
import { centred, digestLines, entry, feed, paragraph, rule } from './lines.js';
import { groupElements, unitElements } from './contests.js';

/** Which piece of paper this is; not signed. */
export interface TapeIssue {
  /** 1 for the first. */
  readonly copy: number;
  /** Printed again later on somebody's wish, from what the device kept. */
  readonly reprint: boolean;
}

const TITLE = { zero: 'ZERO TAPE', results: 'RESULTS TAPE' } as const;
const TO_WRITE_ON = '________';
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

export function tapeJob(tape: SignedTape, issue: TapeIssue): TapeJob {
  return { elements: [...issueElements(issue), ...tapeElements(tape), { kind: 'cut' }] };
}

function issueElements(issue: TapeIssue): readonly TapeElement[] {
  return [
    ...(issue.reprint ? centred('REPRINT', { bold: true }) : []),
    ...(issue.copy > 1 ? centred(`COPY ${issue.copy}`, { bold: true }) : []),
  ];
}

function tapeElements(tape: SignedTape): readonly TapeElement[] {
  const { facts } = tape;
  return [
    ...heading(facts),
    ...unit(facts),
    ...(facts.type === 'zero' ? zeroNotice(facts) : reconciliation(facts)),
    ...(facts.type === 'results' && facts.groups.length > 1 ? unitElements(facts) : []),
    ...facts.groups.flatMap((group) => groupElements(facts, group)),
    ...fingerprints(tape),
    ...codes(tape),
    ...certification(facts),
    ...centred(`END OF ${TITLE[facts.type]}`, { bold: true }),
  ];
}

function heading(facts: TapeFacts): readonly TapeElement[] {
  return [
    ...centred(TITLE[facts.type], { bold: true, wide: true }),
    ...centred(facts.mode === 'test' ? '*** TEST, NOT AN ELECTION ***' : 'OFFICIAL ELECTION', { bold: true }),
    ...(facts.simulated ? centred('*** SIMULATED ***', { bold: true }) : []),
    feed(1),
    ...centred(facts.election.title, { bold: true }),
    ...centred(facts.election.jurisdiction),
    ...centred(longDate(facts.election.date)),
    ...centred(facts.pollingPlace),
  ];
}

function unit(facts: TapeFacts): readonly TapeElement[] {
  const { counters } = facts;
  return [
    rule,
    ...entry('Unit serial number', facts.deviceSerial),
    ...entry('Printed', facts.wallTime.replace('T', ' ')),
    ...entry('Opening number', facts.openingNumber),
    ...(facts.type === 'results' ? entry('Closing number', facts.closingNumber) : []),
    feed(1),
    ...entry('Public counter (sheets cast)', counters.sheets, { bold: true }),
    ...entry('Ballots cast', counters.ballots, { bold: true }),
    ...entry('Sheets in the main bin', counters.mainBinSheets),
    ...entry('Sheets in the write-in bin', counters.writeInBinSheets),
    ...(facts.type === 'results' ? entry('Protective counter at opening', counters.protectiveAtOpening) : []),
    ...entry('Protective counter', counters.protectiveNow, { bold: true }),
  ];
}

function zeroNotice(facts: TapeFacts): readonly TapeElement[] {
  const term = facts.precinctTerm;
  return [
    rule,
    ...centred('ALL COUNTS ARE ZERO', { bold: true }),
    ...paragraph(`Check that each ${term} of this polling place is listed, and each count is 0.`),
  ];
}

function reconciliation(facts: TapeFacts): readonly TapeElement[] {
  const byHand: readonly [string, keyof TapeReconciliation][] = [
    ['Write-in ballots', 'writeInBallots'],
    ['Unscanned emergency ballots', 'unscannedEmergencyBallots'],
    ['Abandoned ballots', 'abandonedBallots'],
  ];
  return [
    rule,
    ...paragraph('COUNTED BY HAND BY THE INSPECTORS', { bold: true }),
    ...byHand.flatMap(([label, key]) => entry(label, facts.reconciliation[key] ?? TO_WRITE_ON)),
    ...(facts.closedOnOneCard
      ? [feed(1), ...paragraph('CLOSED ON ONE MEMORY CARD: the other card failed.', { bold: true })]
      : []),
  ];
}

function fingerprints(tape: SignedTape): readonly TapeElement[] {
  const { facts } = tape;
  return [
    rule,
    ...digestLines('Election package (SHA-256)', facts.packageSha256),
    ...digestLines('Election definition', facts.definitionSha256),
    ...digestLines('Software', facts.softwareSha256),
    ...digestLines('Audit log', facts.logHead),
    ...(facts.previousTape === undefined
      ? paragraph('Previous tape: none')
      : digestLines('Previous tape', facts.previousTape)),
    ...digestLines('This tape', tape.digest),
  ];
}

function codes(tape: SignedTape): readonly TapeElement[] {
  const texts = tapeCodes(tape);
  const these = texts.length === 1 ? 'This code holds' : `These ${texts.length} codes hold`;
  return [
    rule,
    ...paragraph(
      `${these} everything printed above, signed by this unit. A photograph is enough to check it.`,
    ),
    ...texts.flatMap((text, i): TapeElement[] => [
      feed(1),
      { kind: 'qr', text, caption: `Code ${i + 1} of ${texts.length}` },
    ]),
  ];
}

function certification(facts: TapeFacts): readonly TapeElement[] {
  const claim =
    facts.type === 'zero'
      ? 'We, the inspectors, printed this tape before the polls were opened, and every count on it is zero.'
      : 'We, the inspectors, printed this tape after the polls were closed, on the unit named above.';
  const signature: readonly TapeElement[] = [
    feed(3),
    { kind: 'line', text: `X${'_'.repeat(TAPE_COLUMNS - 1)}` },
    { kind: 'line', text: 'Inspector                 Party' },
  ];
  return [rule, ...paragraph(claim), ...signature, ...signature, feed(2)];
}

/** `2026-11-03` as `November 3, 2026`. */
function longDate(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  const name = MONTHS[Number(month) - 1];
  return name === undefined ? date : `${name} ${Number(day)}, ${year}`;
}
