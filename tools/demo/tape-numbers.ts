/**
 * The numbers of one copy of a tape, as its codes have them and as people read them on the paper: counters, each
 * precinct or group of precincts, each contest, each line.
 */
import { textIn } from '../../election-def/definition.js';
import type { TapeFacts } from '../../firmware/tapes/facts.js';
import type { ReadTape } from '../../firmware/tapes/read-tape.js';
import type { Checks } from './checks.js';
import type { Opened } from './opened.js';
import { entriesOf, entry, expectedVotes, joined, nameOf, said, writeInVotes } from './printed-tape.js';
import type { Entry, ExpectedGroup } from './printed-tape.js';
import type { ExpectedPrecinct, ExpectedTotals } from './truth.js';
import type { ExpectedPiece, World } from './world.js';

/** A whole copy of a tape. */
export interface PaperTape {
  readonly piece: ExpectedPiece;
  readonly tape: ReadTape;
  readonly lines: readonly string[];
}

export function nameOfPiece({ type, copy }: ExpectedPiece): string {
  return `${type} tape, copy ${copy}`;
}

export function verifyNumbers(world: World, opened: Opened, tape: PaperTape, checks: Checks): void {
  const { facts } = tape.tape;
  const { election } = opened;
  const name = nameOfPiece(tape.piece);
  const identity = {
    mode: facts.mode,
    simulated: facts.simulated,
    election: facts.election.id,
    package: facts.packageSha256,
    definition: facts.definitionSha256,
    device: facts.deviceSerial,
    oneCard: facts.closedOnOneCard,
  };
  checks.equal(`${name}: election, package, mode and unit`, identity, {
    mode: election.mode,
    simulated: true,
    election: election.definition.id,
    package: election.packageSha256,
    definition: election.definitionSha256,
    device: world.bench.serialNumber,
    oneCard: false,
  });
  const expected = facts.type === 'zero' ? zeroOf(opened.expected) : opened.expected;
  verifyCounters(world, facts, expected, name, checks);
  const groups = verifyGroups(opened, facts, expected, name, checks);
  verifySigned(opened, facts, expected, groups, name, checks);
  verifyPrinted(world, opened, tape, expected, groups, checks);
}

/** The same precincts and contests with nothing counted. */
function zeroOf(expected: ExpectedTotals): ExpectedTotals {
  const none = (counts: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.keys(counts).map((id) => [id, 0]));
  return {
    sheets: 0,
    ballots: 0,
    bins: { main: 0, 'write-in': 0 },
    precincts: expected.precincts.map((precinct) => ({
      ...precinct,
      sheets: precinct.sheets.map(() => 0),
      ballots: 0,
      blankSheets: 0,
      contests: precinct.contests.map(({ contestId, votes, onNoLine }) => ({
        contestId,
        ballots: 0,
        overvotes: 0,
        undervotes: 0,
        votes: none(votes),
        onNoLine: none(onNoLine),
      })),
    })),
  };
}

function verifyCounters(
  world: World,
  { counters, type, reconciliation }: TapeFacts,
  expected: ExpectedTotals,
  name: string,
  checks: Checks,
): void {
  const start = world.protectiveAtStart;
  checks.equal(`${name}: public counter`, counters.sheets, expected.sheets);
  checks.equal(`${name}: ballots`, counters.ballots, expected.ballots);
  checks.equal(`${name}: sheets in the main bin`, counters.mainBinSheets, expected.bins.main);
  checks.equal(`${name}: sheets in the write-in bin`, counters.writeInBinSheets, expected.bins['write-in']);
  checks.equal(`${name}: protective counter`, counters.protectiveNow, start + expected.sheets);
  if (type === 'zero') return;
  checks.equal(`${name}: protective counter at opening`, counters.protectiveAtOpening, start);
  for (const key of ['unscannedEmergencyBallots', 'abandonedBallots', 'writeInBallots'] as const) {
    checks.equal(`${name}: counted by hand, ${key}`, reconciliation[key], world.countedByHand[key]);
  }
}

/** The precincts of each group, by id: every precinct once, and none alone that has to be hidden among others. */
function verifyGroups(
  { election }: Opened,
  facts: TapeFacts,
  expected: ExpectedTotals,
  name: string,
  checks: Checks,
): readonly (readonly string[])[] {
  const { definition } = election;
  const idOf = (said: string): string =>
    definition.precincts.find((one) => textIn(one.name, definition.languages[0] ?? 'en') === said)?.id ??
    said;
  const groups = facts.groups.map(({ precincts }) => precincts.map(idOf));
  const all = groups.flat().sort();
  checks.equal(`${name}: every ${facts.precinctTerm} is listed once`, all, [...election.precinctIds].sort());
  const ballots = groups.map((ids) => joined(ofIds(expected, ids)).ballots).filter((count) => count > 0);
  const least = facts.type === 'zero' ? 0 : definition.settings.smallCellMinimum;
  const hidden = ballots.length < 2 || ballots.every((count) => count >= least);
  checks.check(`${name}: no ${facts.precinctTerm} with fewer than ${least} ballots stands alone`, hidden);
  return groups;
}

function ofIds(expected: ExpectedTotals, precinctIds: readonly string[]): readonly ExpectedPrecinct[] {
  return expected.precincts.filter(({ precinctId }) => precinctIds.includes(precinctId));
}

/** What the codes hold and the device signed. */
function verifySigned(
  opened: Opened,
  facts: TapeFacts,
  expected: ExpectedTotals,
  groups: readonly (readonly string[])[],
  name: string,
  checks: Checks,
): void {
  for (const [i, precinctIds] of groups.entries()) {
    const group = joined(ofIds(expected, precinctIds));
    const signed = facts.groups[i];
    const where = `${name}, ${precinctIds.join(' and ')}`;
    checks.equal(`${where}: ballots`, signed?.ballots, group.ballots);
    checks.equal(`${where}: blank sheets`, signed?.blankSheets, group.blankSheets);
    const sheets = signed?.sheets.map((count, n) => count - (group.sheets[n] ?? 0)) ?? [1];
    checks.check(
      `${where}: sheets of each number`,
      sheets.every((difference) => difference === 0),
    );
    checks.equal(`${where}: contests`, signed?.contests.length, group.contests.length);
    verifyContests(opened, facts, i, group, where, checks);
  }
}

function verifyContests(
  { election }: Opened,
  facts: TapeFacts,
  groupIndex: number,
  group: ExpectedGroup,
  where: string,
  checks: Checks,
): void {
  const { definition } = election;
  const onBallots = new Set(
    definition.ballotStyles
      .filter((style) => style.precinctIds.some((id) => election.precinctIds.includes(id)))
      .flatMap((style) => style.contestIds),
  );
  const contests = definition.contests.filter(({ id }) => onBallots.has(id));
  for (const totals of facts.groups[groupIndex]?.contests ?? []) {
    const printed = facts.contests[totals.contest];
    const contest = contests[totals.contest];
    const truth = group.contests.find(({ contestId }) => contestId === contest?.id);
    const is = `${where}, ${printed?.title ?? 'a contest without a title'}`;
    checks.check(`${is}: it is a contest of these ballots`, truth !== undefined);
    if (contest === undefined || printed === undefined || truth === undefined) continue;
    checks.equal(`${is}: ballots with this contest`, totals.ballots, truth.ballots);
    checks.equal(`${is}: overvotes`, totals.overvotes, truth.overvotes);
    checks.equal(`${is}: undervotes`, totals.undervotes, truth.undervotes);
    checks.equal(`${is}: write-ins`, totals.writeIns, writeInVotes(truth));
    checks.equal(`${is}: options`, totals.votes.length, contest.options.length);
    for (const [i, option] of contest.options.entries()) {
      const label =
        'label' in option
          ? said(definition, option.label)
          : contest.kind === 'candidate'
            ? nameOf(contest, option.candidateId)
            : '';
      const name = printed.names[printed.options[i]?.name ?? -1];
      checks.equal(`${is}: the name of option ${i + 1}`, name, label);
      const party = printed.options[i]?.party ?? '';
      checks.equal(`${is}: votes for ${label} ${party}`.trim(), totals.votes[i], truth.votes[option.id]);
    }
    const people = contest.kind === 'candidate' ? contest.candidates : [];
    const onNoLine = totals.candidateOnly.map(
      (votes, i) => votes - (truth.onNoLine[people[i]?.id ?? ''] ?? 0),
    );
    checks.check(
      `${is}: votes on no line`,
      onNoLine.every((difference) => difference === 0),
    );
  }
}

/** What people read on the paper, number by number. */
function verifyPrinted(
  world: World,
  { election }: Opened,
  { piece, tape, lines }: PaperTape,
  expected: ExpectedTotals,
  groups: readonly (readonly string[])[],
  checks: Checks,
): void {
  const { facts } = tape;
  const results = facts.type === 'results';
  const sheetsOf = (precinctId: string): number =>
    Math.max(
      ...election.layouts
        .filter((layout) => layout.precinctId === precinctId)
        .map(({ sheets }) => sheets.length),
    );
  const byHand = world.countedByHand;
  const votes = expectedVotes(election.definition, expected, groups, sheetsOf, results);
  const wanted: readonly Entry[] = [
    entry('Unit serial number', world.bench.serialNumber),
    entry('Printed', facts.wallTime.replace('T', ' ')),
    entry('Opening number', facts.openingNumber),
    ...(results ? [entry('Closing number', facts.closingNumber)] : []),
    entry('Public counter (sheets cast)', expected.sheets),
    entry('Ballots cast', expected.ballots),
    entry('Sheets in the main bin', expected.bins.main),
    entry('Sheets in the write-in bin', expected.bins['write-in']),
    ...(results ? [entry('Protective counter at opening', world.protectiveAtStart)] : []),
    entry('Protective counter', world.protectiveAtStart + expected.sheets),
    ...(results
      ? [
          entry('Write-in ballots', byHand.writeInBallots ?? '________'),
          entry('Unscanned emergency ballots', byHand.unscannedEmergencyBallots ?? '________'),
          entry('Abandoned ballots', byHand.abandonedBallots ?? '________'),
        ]
      : []),
    ...votes,
  ];
  const found = entriesOf(lines);
  const name = nameOfPiece(piece);
  checks.equal(`${name}: as many numbers are printed as there must be`, found.length, wanted.length);
  for (const [i, { name: what, value }] of wanted.entries()) {
    const read = found[i];
    checks.equal(`${name}, on the paper: ${what}`, read?.value, value);
    const named = read !== undefined && read.name !== '' && what.endsWith(read.name);
    checks.check(`${name}, on the paper: ${what} has its name`, named, `found ${read?.name ?? 'nothing'}`);
  }
  if (results) return;
  const own = found.slice(-votes.length);
  checks.check(
    `${name}, on the paper: every count is zero`,
    own.every(({ value }) => value === '0'),
  );
}
