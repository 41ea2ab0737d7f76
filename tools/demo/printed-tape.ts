/**
 * Every number that a tape must show, in the order in which it stands on the paper, from the truth and the definition
 * alone; and the numbers of printed lines, `name ...... number`.
 */
import { must } from '../../ground/result.js';
import { textIn, type Contest, type ElectionDefinition, type Text } from '../../election-def/definition.js';
import type { ExpectedContest, ExpectedPrecinct, ExpectedTotals } from './truth.js';

export interface Entry {
  /** On paper: what stands of it on the number's own line. */
  readonly name: string;
  readonly value: string;
}

/** Names end in dots that lead to the number. */
export function entriesOf(lines: readonly string[]): readonly Entry[] {
  return lines.flatMap((line) => {
    const found = /^ *(.*?) ?\.{2,} (.+)$/.exec(line);
    return found === null ? [] : [{ name: found[1] ?? '', value: found[2] ?? '' }];
  });
}

/** Several precincts counted together. */
export interface ExpectedGroup {
  readonly sheets: readonly number[];
  readonly ballots: number;
  readonly blankSheets: number;
  readonly contests: readonly ExpectedContest[];
}

export function joined(precincts: readonly ExpectedPrecinct[]): ExpectedGroup {
  const most = Math.max(1, ...precincts.map(({ sheets }) => sheets.length));
  const contestIds = new Set(precincts.flatMap((one) => one.contests.map(({ contestId }) => contestId)));
  return {
    sheets: Array.from({ length: most }, (_, i) => sum(precincts, ({ sheets }) => sheets[i] ?? 0)),
    ballots: sum(precincts, (one) => one.ballots),
    blankSheets: sum(precincts, (one) => one.blankSheets),
    contests: [...contestIds].map((contestId) =>
      joinedContest(
        contestId,
        precincts.flatMap((one) => one.contests.filter((contest) => contest.contestId === contestId)),
      ),
    ),
  };
}

function joinedContest(contestId: string, parts: readonly ExpectedContest[]): ExpectedContest {
  const added = (of: (part: ExpectedContest) => Readonly<Record<string, number>>): Record<string, number> => {
    const ids = new Set(parts.flatMap((part) => Object.keys(of(part))));
    return Object.fromEntries([...ids].map((id) => [id, sum(parts, (part) => of(part)[id] ?? 0)]));
  };
  return {
    contestId,
    ballots: sum(parts, (part) => part.ballots),
    overvotes: sum(parts, (part) => part.overvotes),
    undervotes: sum(parts, (part) => part.undervotes),
    votes: added((part) => part.votes),
    onNoLine: added((part) => part.onNoLine),
  };
}

export function writeInVotes(contest: ExpectedContest): number {
  return sum(Object.entries(contest.votes), ([id, votes]) => (id.startsWith('write-in-') ? votes : 0));
}

/**
 * The part of a tape that counts votes: the whole unit where there are several groups, then each group.
 * @param sheetsOf sheets of a precinct's longest ballot: with more than one, each number is counted by itself
 */
export function expectedVotes(
  definition: ElectionDefinition,
  expected: ExpectedTotals,
  groups: readonly (readonly string[])[],
  sheetsOf: (precinctId: string) => number,
  unitToo: boolean,
): readonly Entry[] {
  const all = expected.precincts.map(({ precinctId }) => precinctId);
  const sections = unitToo && groups.length > 1 ? [all, ...groups] : groups;
  return sections.flatMap((precinctIds) => {
    const own = expected.precincts.filter(({ precinctId }) => precinctIds.includes(precinctId));
    const group = joined(own);
    const sheetNumbers = Math.max(...precinctIds.map(sheetsOf));
    const numbered = Array.from({ length: sheetNumbers }, (_, i) =>
      entry(`Sheets numbered ${i + 1}`, group.sheets[i] ?? 0),
    );
    return [
      entry('Ballots', group.ballots),
      ...(sheetNumbers > 1 ? numbered : []),
      entry(sheetNumbers > 1 ? 'Blank sheets' : 'Blank ballots', group.blankSheets),
      ...definition.contests.flatMap((contest) => {
        const counted = group.contests.find(({ contestId }) => contestId === contest.id);
        return counted === undefined ? [] : contestEntries(definition, contest, counted);
      }),
    ];
  });
}

function contestEntries(
  definition: ElectionDefinition,
  contest: Contest,
  counted: ExpectedContest,
): readonly Entry[] {
  const writeIns = contest.kind === 'candidate' && contest.writeIns > 0;
  return [
    ...(contest.kind === 'candidate'
      ? contest.candidates.flatMap(({ id }) => candidateEntries(definition, contest, id, counted))
      : contest.options.map(({ id, label }) => entry(said(definition, label), counted.votes[id] ?? 0))),
    ...(writeIns ? [entry('Write-in', writeInVotes(counted))] : []),
    entry('Overvoted ballots', counted.overvotes),
    entry('Undervotes', counted.undervotes),
    entry('Ballots with this contest', counted.ballots),
  ];
}

function candidateEntries(
  definition: ElectionDefinition,
  contest: Extract<Contest, { kind: 'candidate' }>,
  candidateId: string,
  counted: ExpectedContest,
): readonly Entry[] {
  const lines = contest.options.filter((option) => option.candidateId === candidateId);
  const party = (partyId: string | undefined): string =>
    definition.parties.find(({ id }) => id === partyId)?.abbreviation ?? '';
  const onNoLine = counted.onNoLine[candidateId] ?? 0;
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && onNoLine === 0) {
    const name = nameOf(contest, candidateId);
    const abbreviation = party(only.partyId);
    const whole = abbreviation === '' ? name : `${name} (${abbreviation})`;
    return [entry(whole, counted.votes[only.id] ?? 0)];
  }
  const votes = lines.map((line) => counted.votes[line.id] ?? 0);
  const none = definition.settings.crossEndorsementRule === 'candidate-only';
  return [
    ...lines.map((line, i) => entry(party(line.partyId) || 'No party', votes[i] ?? 0)),
    ...(none ? [entry('On more than one line', onNoLine)] : []),
    entry('Total', onNoLine + sum(votes, (count) => count)),
  ];
}

export function nameOf(contest: Extract<Contest, { kind: 'candidate' }>, candidateId: string): string {
  const { name, runningMate } = must(
    contest.candidates.find(({ id }) => id === candidateId),
    `candidate ${candidateId}`,
  );
  return oneLine(runningMate === undefined ? name : `${name} / ${runningMate}`);
}

/** In the election's leading language, on one line. */
export function said(definition: ElectionDefinition, text: Text): string {
  return oneLine(textIn(text, definition.languages[0] ?? 'en'));
}

function oneLine(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

export function entry(name: string, value: number | string): Entry {
  return { name, value: String(value) };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
