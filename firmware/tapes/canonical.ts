/**
 * The exact bytes of a tape's facts, which are signed (docs/formats/tapes.md): every field in a fixed order, in the
 * forms of `tape-fields.ts`. One set of facts has one encoding, and the reader refuses every other.
 */
import { utf8 } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { TapeContest, TapeContestTotals, TapeFacts, TapeGroup } from './facts.js';
import { fieldReader, fieldWriter, type FieldReader, type FieldWriter } from './tape-fields.js';

const MAGIC = utf8('TSYTAPE1');
const TYPES = ['zero', 'results'] as const;
const MODES = ['test', 'official'] as const;

export function encodeTape(facts: TapeFacts): Uint8Array {
  const w = fieldWriter();
  w.raw(MAGIC);
  w.number(TYPES.indexOf(facts.type));
  w.number(MODES.indexOf(facts.mode));
  w.flag(facts.simulated);
  w.flag(facts.closedOnOneCard);
  for (const text of [
    facts.election.id,
    facts.election.title,
    facts.election.jurisdiction,
    facts.election.date,
    facts.pollingPlace,
    facts.precinctTerm,
    facts.deviceSerial,
    facts.wallTime,
  ]) {
    w.text(text);
  }
  w.digest(facts.packageSha256);
  w.digest(facts.definitionSha256);
  w.digest(facts.softwareSha256);
  w.digest(facts.logHead);
  w.flag(facts.previousTape !== undefined);
  if (facts.previousTape !== undefined) w.digest(facts.previousTape);
  w.number(facts.openingNumber);
  w.number(facts.closingNumber);
  w.number(facts.counters.sheets);
  w.number(facts.counters.ballots);
  w.number(facts.counters.mainBinSheets);
  w.number(facts.counters.writeInBinSheets);
  w.number(facts.counters.protectiveAtOpening);
  w.number(facts.counters.protectiveNow);
  w.optional(facts.reconciliation.unscannedEmergencyBallots);
  w.optional(facts.reconciliation.abandonedBallots);
  w.optional(facts.reconciliation.writeInBallots);
  w.number(facts.smallCellMinimum);
  w.list(facts.contests, (contest) => writeContest(w, contest));
  w.list(facts.groups, (group) => writeGroup(w, group));
  return w.bytes();
}

export function decodeTape(bytes: Uint8Array): Result<TapeFacts> {
  const r = fieldReader(bytes);
  const magic = r.raw(MAGIC.length);
  if (!magic.every((byte, i) => byte === MAGIC[i])) r.fail('does not begin as a tape of this version');
  const type = r.oneOf(TYPES);
  const mode = r.oneOf(MODES);
  const simulated = r.flag();
  const closedOnOneCard = r.flag();
  const election = { id: r.text(), title: r.text(), jurisdiction: r.text(), date: r.text() };
  const pollingPlace = r.text();
  const precinctTerm = r.text();
  const deviceSerial = r.text();
  const wallTime = r.text();
  const packageSha256 = r.digest();
  const definitionSha256 = r.digest();
  const softwareSha256 = r.digest();
  const logHead = r.digest();
  const previousTape = r.flag() ? r.digest() : undefined;
  const openingNumber = r.number();
  const closingNumber = r.number();
  const counters = {
    sheets: r.number(),
    ballots: r.number(),
    mainBinSheets: r.number(),
    writeInBinSheets: r.number(),
    protectiveAtOpening: r.number(),
    protectiveNow: r.number(),
  };
  const reconciliation = {
    unscannedEmergencyBallots: r.optional(),
    abandonedBallots: r.optional(),
    writeInBallots: r.optional(),
  };
  const smallCellMinimum = r.number();
  const contests = r.list(() => readContest(r));
  const groups = r.list(() => readGroup(r, contests));
  const wrong = r.finish();
  if (wrong !== undefined) return err(problem('bad-tape', 'tape', `byte ${wrong.at}`, wrong.reason));
  return ok({
    type,
    mode,
    simulated,
    election,
    pollingPlace,
    precinctTerm,
    packageSha256,
    definitionSha256,
    softwareSha256,
    deviceSerial,
    openingNumber,
    closingNumber,
    previousTape,
    logHead,
    wallTime,
    counters,
    reconciliation,
    closedOnOneCard,
    smallCellMinimum,
    contests,
    groups,
  });
}

function writeContest(w: FieldWriter, contest: TapeContest): void {
  w.text(contest.title);
  w.text(contest.subtitle);
  w.number(contest.seats);
  w.flag(contest.writeIn);
  w.list(contest.names, w.text);
  w.list(contest.options, (option) => {
    w.number(option.name);
    w.text(option.party);
  });
}

function readContest(r: FieldReader): TapeContest {
  const title = r.text();
  const subtitle = r.text();
  const seats = r.number();
  const writeIn = r.flag();
  const names = r.list(r.text);
  const options = r.list(() => {
    const name = r.number();
    if (name >= names.length) r.fail('names an option that the contest does not have');
    return { name, party: r.text() };
  });
  return { title, subtitle, seats, names, options, writeIn };
}

function writeGroup(w: FieldWriter, group: TapeGroup): void {
  w.list(group.precincts, w.text);
  w.list(group.sheets, w.number);
  w.number(group.ballots);
  w.number(group.blankSheets);
  w.list(group.contests, (totals) => {
    w.number(totals.contest);
    w.number(totals.ballots);
    w.number(totals.overvotes);
    w.number(totals.undervotes);
    w.number(totals.writeIns);
    w.list(totals.votes, w.number);
    w.list(totals.candidateOnly, w.number);
  });
}

function readGroup(r: FieldReader, contests: readonly TapeContest[]): TapeGroup {
  return {
    precincts: r.list(r.text),
    sheets: r.list(r.number),
    ballots: r.number(),
    blankSheets: r.number(),
    contests: r.list(() => readTotals(r, contests)),
  };
}

function readTotals(r: FieldReader, contests: readonly TapeContest[]): TapeContestTotals {
  const contest = r.number();
  const known = contests[contest];
  if (known === undefined) r.fail('counts a contest that the tape does not list');
  const [ballots, overvotes, undervotes, writeIns] = [r.number(), r.number(), r.number(), r.number()];
  const votes = r.list(r.number);
  const candidateOnly = r.list(r.number);
  if (votes.length !== known?.options.length) r.fail('has not one total for each option');
  if (candidateOnly.length !== 0 && candidateOnly.length !== known?.names.length) {
    r.fail('has not one total for each candidate');
  }
  return { contest, ballots, votes, writeIns, candidateOnly, overvotes, undervotes };
}
