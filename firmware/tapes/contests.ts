/**
 * Contests on a tape: each option with its count; on a fusion ballot each party line of a candidate and then the
 * candidate's total (handbook page 11); write-ins, overvotes, undervotes, and the ballots that carried the contest,
 * so that votes + write-ins + undervotes + seats x overvotes = seats x ballots can be checked with a pencil.
 */
import type { TapeElement } from '../../drivers/ports.js';
import { must } from '../../ground/result.js';
import type { TapeContest, TapeContestTotals, TapeFacts, TapeGroup } from './facts.js';
import { entry, feed, paragraph, rule } from './lines.js';

const SEATS = ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', 'SIX', 'SEVEN', 'EIGHT', 'NINE', 'TEN'];

export function groupElements(facts: TapeFacts, group: TapeGroup): readonly TapeElement[] {
  return [
    rule,
    ...groupHeading(facts, group),
    ...groupCounts(group),
    ...contestBlocks(facts, group.contests),
  ];
}

/** Everything this unit counted, over all its precincts. */
export function unitElements(facts: TapeFacts): readonly TapeElement[] {
  const { groups } = facts;
  const whole: TapeGroup = {
    precincts: [],
    sheets: addAll(groups.map((group) => group.sheets)),
    ballots: add(groups, (group) => group.ballots),
    blankSheets: add(groups, (group) => group.blankSheets),
    contests: facts.contests.map((_, contest) =>
      addContests(
        contest,
        groups.flatMap((group) => group.contests.filter((totals) => totals.contest === contest)),
      ),
    ),
  };
  return [
    rule,
    ...paragraph('ALL TOTALS OF THIS UNIT', { bold: true }),
    ...groupCounts(whole),
    ...contestBlocks(facts, whole.contests),
  ];
}

function groupHeading(facts: TapeFacts, group: TapeGroup): readonly TapeElement[] {
  const heading = (name: string): readonly TapeElement[] =>
    paragraph(`${facts.precinctTerm}: ${name}`, { bold: true, hang: true });
  if (group.precincts.length === 1) return heading(must(group.precincts[0], 'a group has a precinct'));
  return [
    ...group.precincts.flatMap(heading),
    ...paragraph(`Counted together: one has fewer than ${facts.smallCellMinimum} ballots.`),
  ];
}

function groupCounts(group: TapeGroup): readonly TapeElement[] {
  const several = group.sheets.length > 1;
  return [
    ...entry('Ballots', group.ballots),
    ...(several ? group.sheets.flatMap((count, i) => entry(`Sheets numbered ${i + 1}`, count)) : []),
    ...entry(several ? 'Blank sheets' : 'Blank ballots', group.blankSheets),
  ];
}

function contestBlocks(facts: TapeFacts, contests: readonly TapeContestTotals[]): readonly TapeElement[] {
  return contests.flatMap((totals) => [
    feed(1),
    ...contestBlock(must(facts.contests[totals.contest], 'a counted contest is listed'), totals),
  ]);
}

function contestBlock(contest: TapeContest, totals: TapeContestTotals): readonly TapeElement[] {
  const seats = SEATS[contest.seats - 1] ?? String(contest.seats);
  return [
    ...paragraph(contest.title, { bold: true }),
    ...(contest.subtitle === '' ? [] : paragraph(contest.subtitle)),
    ...(contest.seats === 1 ? [] : paragraph(`Vote for any ${seats}`)),
    ...contest.names.flatMap((_, name) => nameEntries(contest, totals, name)),
    ...(contest.writeIn ? entry('Write-in', totals.writeIns, { indent: 1 }) : []),
    ...entry('Overvoted ballots', totals.overvotes, { indent: 1 }),
    ...entry('Undervotes', totals.undervotes, { indent: 1 }),
    ...entry('Ballots with this contest', totals.ballots, { indent: 1 }),
  ];
}

/** A candidate or choice: one line, or a line for each party and then the total. */
function nameEntries(contest: TapeContest, totals: TapeContestTotals, name: number): readonly TapeElement[] {
  const label = must(contest.names[name], 'a name');
  const lines = contest.options.flatMap((option, i) =>
    option.name === name ? [{ party: option.party, votes: totals.votes[i] ?? 0 }] : [],
  );
  const onNoLine = totals.candidateOnly[name] ?? 0;
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && onNoLine === 0) {
    return entry(only.party === '' ? label : `${label} (${only.party})`, only.votes, { indent: 1 });
  }
  return [
    ...paragraph(label, { indent: 1, hang: true }),
    ...lines.flatMap(({ party, votes }) => entry(party === '' ? 'No party' : party, votes, { indent: 4 })),
    ...(totals.candidateOnly.length === 0 ? [] : entry('On more than one line', onNoLine, { indent: 4 })),
    ...entry('Total', onNoLine + add(lines, (line) => line.votes), { indent: 4, bold: true }),
  ];
}

function addContests(contest: number, parts: readonly TapeContestTotals[]): TapeContestTotals {
  return {
    contest,
    ballots: add(parts, (part) => part.ballots),
    votes: addAll(parts.map((part) => part.votes)),
    writeIns: add(parts, (part) => part.writeIns),
    candidateOnly: addAll(parts.map((part) => part.candidateOnly)),
    overvotes: add(parts, (part) => part.overvotes),
    undervotes: add(parts, (part) => part.undervotes),
  };
}

function add<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Place by place; a shorter list counts as zeros. */
function addAll(lists: readonly (readonly number[])[]): readonly number[] {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, i) => add(lists, (list) => list[i] ?? 0));
}
