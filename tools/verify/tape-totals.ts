/**
 * A results tape held against totals that were added up from records: contest by contest, precinct by precinct, where
 * the tape joins small precincts their sums.
 */
import { textIn, type ElectionDefinition, type Text } from '../../election-def/definition.js';
import type { ContestTotals, PrecinctTotals, Totals } from '../../firmware/records/totals-types.js';
import { tapeContest } from '../../firmware/tapes/build.js';
import type { TapeFacts, TapeGroup } from '../../firmware/tapes/facts.js';
import { problem, type Problem } from '../../ground/result.js';

export function tapeDifferences(
  facts: TapeFacts,
  definition: ElectionDefinition,
  totals: Totals,
  where: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  const same = (path: string, says: number, is: number): void => {
    if (says === is) return;
    problems.push(problem('tape-differs', where, path, `says ${says} where the records add up to ${is}`));
  };
  const { counters } = facts;
  same('sheets', counters.sheets, totals.sheets);
  same('ballots', counters.ballots, totals.ballots);
  same('main bin', counters.mainBinSheets, totals.bins.main);
  same('write-in bin', counters.writeInBinSheets, totals.bins.writeIn);

  const here = new Set(totals.precincts.flatMap((p) => p.contests.map(({ contestId }) => contestId)));
  const contests = definition.contests.filter(({ id }) => here.has(id));
  const listed = contests.map((contest) => tapeContest(definition, contest));
  if (JSON.stringify(listed) !== JSON.stringify(facts.contests)) {
    problems.push(problem('tape-differs', where, 'contests', 'are not those of the definition'));
    return problems;
  }
  const left = new Map(totals.precincts.map((p) => [precinctName(definition, p.precinctId), p]));
  for (const group of facts.groups) {
    const label = group.precincts.join(', ');
    const precincts = group.precincts.flatMap((name) => left.get(name) ?? []);
    for (const name of group.precincts) left.delete(name);
    if (precincts.length !== group.precincts.length) {
      problems.push(
        problem('tape-differs', where, label, 'names a precinct that does not vote here, or twice'),
      );
      continue;
    }
    compareGroup(
      group,
      precincts,
      definition,
      contests.map(({ id }) => id),
      label,
      same,
    );
  }
  for (const name of left.keys())
    problems.push(problem('tape-differs', where, name, 'is missing on the tape'));
  return problems;
}

function compareGroup(
  group: TapeGroup,
  precincts: readonly PrecinctTotals[],
  definition: ElectionDefinition,
  contestIds: readonly string[],
  label: string,
  same: (path: string, says: number, is: number) => void,
): void {
  same(
    `${label}, ballots`,
    group.ballots,
    sum(precincts, (p) => p.ballots),
  );
  same(
    `${label}, blank sheets`,
    group.blankSheets,
    sum(precincts, (p) => p.blankSheets),
  );
  const mostSheets = Math.max(group.sheets.length, ...precincts.map((p) => p.sheets.length));
  for (let i = 0; i < mostSheets; i++) {
    same(
      `${label}, sheets ${i + 1}`,
      group.sheets[i] ?? 0,
      sum(precincts, (p) => p.sheets[i] ?? 0),
    );
  }
  for (const [index, contestId] of contestIds.entries()) {
    const parts = precincts.flatMap((p) => p.contests.filter((one) => one.contestId === contestId));
    const onTape = group.contests.filter(({ contest }) => contest === index);
    const path = `${label}, ${contestId}`;
    same(`${path}, how often it is there`, onTape.length, parts.length > 0 ? 1 : 0);
    const [totals] = onTape;
    const contest = definition.contests.find(({ id }) => id === contestId);
    if (totals === undefined || contest === undefined) continue;
    const votesOf = (wanted: (optionId: string) => boolean): number =>
      sum(parts, ({ options }) => sum(options, (o) => (wanted(o.optionId) ? o.votes : 0)));
    const count = (of: (part: ContestTotals) => number): number => sum(parts, of);
    same(
      `${path}, ballots`,
      totals.ballots,
      count((part) => part.ballots),
    );
    same(
      `${path}, overvotes`,
      totals.overvotes,
      count((part) => part.overvotes),
    );
    same(
      `${path}, undervotes`,
      totals.undervotes,
      count((part) => part.undervotes),
    );
    const listed = contest.options.map(({ id }) => id);
    for (const [i, id] of listed.entries()) {
      same(
        `${path}, ${id}`,
        totals.votes[i] ?? 0,
        votesOf((optionId) => optionId === id),
      );
    }
    same(
      `${path}, write-ins`,
      totals.writeIns,
      votesOf((optionId) => !listed.includes(optionId)),
    );
    const candidates = contest.kind === 'candidate' ? contest.candidates : [];
    for (const [i, { id }] of candidates.entries()) {
      const is = count(({ candidateOnly }) =>
        sum(candidateOnly, (c) => (c.candidateId === id ? c.votes : 0)),
      );
      same(`${path}, ${id} on no line`, totals.candidateOnly[i] ?? 0, is);
    }
  }
}

function precinctName(definition: ElectionDefinition, id: string): string {
  const name: Text = definition.precincts.find((precinct) => precinct.id === id)?.name ?? id;
  return textIn(name, definition.languages[0] ?? 'en')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
