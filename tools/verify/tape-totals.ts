/**
 * A results tape held against totals that were added up from records, number by number: contest by contest, precinct by
 * precinct, where the tape joins small precincts their sums.
 */
import { textIn, type ElectionDefinition, type Text } from '../../election-def/definition.js';
import type { ContestTotals, PrecinctTotals, Totals } from '../../firmware/records/totals-types.js';
import { tapeContest } from '../../firmware/tapes/build.js';
import type { TapeContest, TapeContestTotals, TapeFacts, TapeGroup } from '../../firmware/tapes/facts.js';
import { problem, type Problem } from '../../ground/result.js';

/** One number of the tape, and what the records add up to there. */
export interface TapeNumber {
  /** Empty for the numbers of the whole unit. */
  readonly precincts: string;
  /** A contest's id and title; nothing for the numbers above the contests. */
  readonly contest: { readonly id: string; readonly title: string } | undefined;
  /** What it is, for messages: an option's id, `ballots`, `overvotes`. */
  readonly line: string;
  /** The same for people: `Jane Doyle (DEM)`. */
  readonly name: string;
  readonly onTape: number;
  readonly inRecords: number;
}

export interface ComparedTape {
  readonly numbers: readonly TapeNumber[];
  /** Why some numbers could not be set beside each other. */
  readonly problems: readonly Problem[];
}

export function tapeDifferences(
  facts: TapeFacts,
  definition: ElectionDefinition,
  totals: Totals,
  where: string,
): readonly Problem[] {
  const { numbers, problems } = compareTape(facts, definition, totals, where);
  const different = numbers.filter(({ onTape, inRecords }) => onTape !== inRecords);
  return [
    ...problems,
    ...different.map(({ precincts, contest, line, onTape, inRecords }) => {
      const path = [precincts, contest?.id ?? '', line].filter((part) => part !== '').join(', ');
      return problem('tape-differs', where, path, `says ${onTape} where the records add up to ${inRecords}`);
    }),
  ];
}

export function compareTape(
  facts: TapeFacts,
  definition: ElectionDefinition,
  totals: Totals,
  where: string,
): ComparedTape {
  const problems: Problem[] = [];
  const differs = (path: string, reason: string): void => {
    problems.push(problem('tape-differs', where, path, reason));
  };
  const numbers: TapeNumber[] = [...unitNumbers(facts, totals)];
  const here = new Set(totals.precincts.flatMap((p) => p.contests.map(({ contestId }) => contestId)));
  const contests = definition.contests.filter(({ id }) => here.has(id));
  const listed = contests.map((contest) => tapeContest(definition, contest));
  if (JSON.stringify(listed) !== JSON.stringify(facts.contests)) {
    differs('contests', 'are not those of the definition');
    return { numbers, problems };
  }
  const left = new Map(totals.precincts.map((p) => [precinctName(definition, p.precinctId), p]));
  for (const group of facts.groups) {
    const label = group.precincts.join(', ');
    const precincts = group.precincts.flatMap((name) => left.get(name) ?? []);
    for (const name of group.precincts) left.delete(name);
    if (precincts.length !== group.precincts.length) {
      differs(label, 'names a precinct that does not vote here, or twice');
      continue;
    }
    numbers.push(...groupNumbers(group, precincts, label));
    for (const [index, contest] of contests.entries()) {
      const parts = precincts.flatMap((p) => p.contests.filter((one) => one.contestId === contest.id));
      const onTape = group.contests.filter((one) => one.contest === index);
      const [printed] = onTape;
      if (onTape.length !== (parts.length > 0 ? 1 : 0)) {
        differs(`${label}, ${contest.id}`, `is there ${onTape.length} times on the tape`);
      } else if (printed !== undefined) {
        const title = listed[index];
        if (title !== undefined) numbers.push(...contestNumbers(contest, title, printed, parts, label));
      }
    }
  }
  for (const name of left.keys()) differs(name, 'is missing on the tape');
  return { numbers, problems };
}

function unitNumbers({ counters }: TapeFacts, totals: Totals): readonly TapeNumber[] {
  const number = (line: string, name: string, onTape: number, inRecords: number): TapeNumber => {
    return { precincts: '', contest: undefined, line, name, onTape, inRecords };
  };
  return [
    number('sheets', 'Sheets', counters.sheets, totals.sheets),
    number('ballots', 'Ballots', counters.ballots, totals.ballots),
    number('main bin', 'Sheets in the main bin', counters.mainBinSheets, totals.bins.main),
    number('write-in bin', 'Sheets in the write-in bin', counters.writeInBinSheets, totals.bins.writeIn),
  ];
}

function groupNumbers(
  group: TapeGroup,
  precincts: readonly PrecinctTotals[],
  label: string,
): readonly TapeNumber[] {
  const number = (line: string, name: string, onTape: number, inRecords: number): TapeNumber => {
    return { precincts: label, contest: undefined, line, name, onTape, inRecords };
  };
  const mostSheets = Math.max(group.sheets.length, ...precincts.map((p) => p.sheets.length));
  return [
    number(
      'ballots',
      'Ballots',
      group.ballots,
      sum(precincts, (p) => p.ballots),
    ),
    number(
      'blank sheets',
      'Blank sheets',
      group.blankSheets,
      sum(precincts, (p) => p.blankSheets),
    ),
    ...Array.from({ length: mostSheets }, (_, i) =>
      number(
        `sheets ${i + 1}`,
        `Sheets numbered ${i + 1}`,
        group.sheets[i] ?? 0,
        sum(precincts, (p) => p.sheets[i] ?? 0),
      ),
    ),
  ];
}

function contestNumbers(
  contest: ElectionDefinition['contests'][number],
  printed: TapeContest,
  onTape: TapeContestTotals,
  parts: readonly ContestTotals[],
  precincts: string,
): readonly TapeNumber[] {
  const title = [printed.title, printed.subtitle].filter((part) => part !== '').join(', ');
  const number = (line: string, name: string, says: number, of: (part: ContestTotals) => number) => ({
    ...{ precincts, contest: { id: contest.id, title }, line, name },
    ...{ onTape: says, inRecords: sum(parts, of) },
  });
  const listed = contest.options.map(({ id }) => id);
  const votes = (wanted: (optionId: string) => boolean) => (part: ContestTotals) =>
    sum(part.options, (o) => (wanted(o.optionId) ? o.votes : 0));
  const candidates = contest.kind === 'candidate' ? contest.candidates : [];
  return [
    ...listed.map((id, i) =>
      number(
        id,
        optionName(printed, i),
        onTape.votes[i] ?? 0,
        votes((optionId) => optionId === id),
      ),
    ),
    ...candidates.flatMap(({ id }, i) => {
      const onNoLine = number(
        `${id} on no line`,
        `${printed.names[i] ?? id}, on more than one line`,
        onTape.candidateOnly[i] ?? 0,
        ({ candidateOnly }) => sum(candidateOnly, (c) => (c.candidateId === id ? c.votes : 0)),
      );
      return onNoLine.onTape + onNoLine.inRecords === 0 ? [] : [onNoLine];
    }),
    number(
      'write-ins',
      'Write-in',
      onTape.writeIns,
      votes((optionId) => !listed.includes(optionId)),
    ),
    number('overvotes', 'Overvoted ballots', onTape.overvotes, (part) => part.overvotes),
    number('undervotes', 'Undervotes', onTape.undervotes, (part) => part.undervotes),
    number('ballots', 'Ballots with this contest', onTape.ballots, (part) => part.ballots),
  ];
}

function optionName({ names, options }: TapeContest, index: number): string {
  const option = options[index];
  const name = names[option?.name ?? -1] ?? '';
  return option === undefined || option.party === '' ? name : `${name} (${option.party})`;
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
