/**
 * Totals, always computed from the records and never carried along. Each contest's votes come from the record's
 * outcome, and the contest rules are applied to the positions once more: a record whose outcome does not follow from
 * its marks, or whose contests are not those that its sheet prints, is a problem, not a vote.
 */
import { applyContestRules, optionIdsOf, type ContestOutcome } from '../../election-def/contest-rules.js';
import type { ElectionDefinition } from '../../election-def/definition.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import { stylesOfPrecinct } from '../../election-def/styles.js';
import { assert, err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { printedOrder } from './build-record.js';
import type { CastVoteRecord, RecordedContest } from './record.js';
import type { ContestTotals, PrecinctTotals, Totals } from './totals-types.js';

/** What records are held against: an election package has both. */
export interface ElectionToCount {
  readonly definition: ElectionDefinition;
  readonly layouts: readonly BallotLayout[];
}

/** Counts records one by one, so that a whole election need not be in memory. */
export interface Tally {
  /** Counts a record, or says why it cannot be one of this election's; then nothing of it is counted. */
  add(record: CastVoteRecord): Result<void>;
  totals(): Totals;
}

/** @param precinctIds the precincts of this polling place, in the order in which they are reported */
export function startTally(election: ElectionToCount, precinctIds: readonly string[]): Tally {
  const { definition } = election;
  const precincts = new Map(precinctIds.map((id) => [id, emptyPrecinct(definition, id)]));
  const seenIds = new Set<string>();
  const bins = { main: 0, 'write-in': 0 };
  return {
    add: (record) => {
      if (seenIds.has(record.id)) return err(recordProblem(record, 'id', 'is there twice'));
      const refused = whyNotCounted(election, record);
      if (refused !== undefined) return err(refused);
      const precinct = precincts.get(record.precinctId);
      if (precinct === undefined) {
        return err(recordProblem(record, 'precinctId', `${record.precinctId} does not vote here`));
      }
      seenIds.add(record.id);
      bins[record.bin]++;
      countRecord(precinct, record);
      return ok(undefined);
    },
    totals: () => finish(election, precinctIds, precincts, bins),
  };
}

export function computeTotals(
  election: ElectionToCount,
  precinctIds: readonly string[],
  records: Iterable<CastVoteRecord>,
): Result<Totals> {
  const tally = startTally(election, precinctIds);
  for (const record of records) {
    const added = tally.add(record);
    if (!added.ok) return added;
  }
  return ok(tally.totals());
}

interface ContestCount {
  ballots: number;
  overvotes: number;
  undervotes: number;
  readonly votes: Map<string, number>;
  readonly candidateOnly: Map<string, number>;
}

interface PrecinctCount {
  readonly sheets: number[];
  blankSheets: number;
  readonly contests: Map<string, ContestCount>;
}

function emptyPrecinct(definition: ElectionDefinition, precinctId: string): PrecinctCount {
  const onBallot = new Set(stylesOfPrecinct(definition, precinctId).flatMap((style) => style.contestIds));
  const contests = definition.contests.filter((contest) => onBallot.has(contest.id));
  return {
    sheets: [],
    blankSheets: 0,
    contests: new Map(
      contests.map((contest) => [
        contest.id,
        {
          ballots: 0,
          overvotes: 0,
          undervotes: 0,
          votes: new Map(optionIdsOf(contest).map((id) => [id, 0])),
          candidateOnly: new Map(),
        },
      ]),
    ),
  };
}

/** Everything that must hold before a single number changes. */
function whyNotCounted(election: ElectionToCount, record: CastVoteRecord): Problem | undefined {
  const { definition, layouts } = election;
  if (record.electionId !== definition.id) {
    return recordProblem(record, 'electionId', `is of election ${record.electionId}`);
  }
  const layout = layouts.find(
    (one) => one.styleId === record.styleId && one.precinctId === record.precinctId,
  );
  if (layout === undefined) {
    return recordProblem(record, 'styleId', `${record.styleId} is no style of precinct ${record.precinctId}`);
  }
  if (!layout.sheets.some((sheet) => sheet.sheet === record.sheet)) {
    return recordProblem(record, 'sheet', `${record.styleId} has no sheet ${record.sheet}`);
  }
  const recorded = record.contests.map(({ contestId, positions }) => ({
    contestId,
    optionIds: positions.map((position) => position.optionId),
  }));
  if (JSON.stringify(recorded) !== JSON.stringify(printedOrder(layout, record.sheet))) {
    return recordProblem(record, 'contests', 'are not those which this sheet prints, in this order');
  }
  for (const contest of record.contests) {
    const wrong = whyNotThisContest(definition, record, contest);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function whyNotThisContest(
  definition: ElectionDefinition,
  record: CastVoteRecord,
  recorded: RecordedContest,
): Problem | undefined {
  const path = `contests.${recorded.contestId}`;
  if (recorded.positions.some((position) => position.verdict === 'ambiguous')) {
    return recordProblem(record, path, 'has an ambiguous mark, which is never cast');
  }
  const again = outcomeOf(definition, recorded);
  if (JSON.stringify(canonical(again)) === JSON.stringify(canonical(recorded.outcome))) return undefined;
  return recordProblem(record, `${path}.outcome`, 'does not follow from the marks');
}

function outcomeOf(definition: ElectionDefinition, recorded: RecordedContest): ContestOutcome {
  const contest = must(
    definition.contests.find((one) => one.id === recorded.contestId),
    'a layout prints contests of its definition',
  );
  const order = recorded.positions.map((position) => position.optionId);
  const marked = recorded.positions.filter((p) => p.verdict === 'marked').map((p) => p.optionId);
  return applyContestRules(contest, order, marked, definition.settings.crossEndorsementRule);
}

/** An outcome's fields in one order, whatever order they were read in. */
function canonical(outcome: ContestOutcome): readonly unknown[] {
  return [
    outcome.contestId,
    outcome.votes,
    outcome.candidateOnlyVotes,
    outcome.overvoted,
    outcome.undervotes,
    outcome.crossEndorsements.map(({ candidateId, optionIds }) => [candidateId, optionIds]),
    outcome.blank,
  ];
}

function countRecord(precinct: PrecinctCount, record: CastVoteRecord): void {
  while (precinct.sheets.length < record.sheet) precinct.sheets.push(0);
  precinct.sheets[record.sheet - 1] = (precinct.sheets[record.sheet - 1] ?? 0) + 1;
  if (record.contests.every((contest) => contest.outcome.blank)) precinct.blankSheets++;
  for (const { contestId, outcome } of record.contests) {
    const count = must(precinct.contests.get(contestId), 'a checked record has known contests');
    count.ballots++;
    if (outcome.overvoted) count.overvotes++;
    assert(outcome.undervotes >= 0, 'seats left unused cannot be negative');
    count.undervotes += outcome.undervotes;
    for (const option of outcome.votes) count.votes.set(option, (count.votes.get(option) ?? 0) + 1);
    for (const candidate of outcome.candidateOnlyVotes) {
      count.candidateOnly.set(candidate, (count.candidateOnly.get(candidate) ?? 0) + 1);
    }
  }
}

function finish(
  { definition, layouts }: ElectionToCount,
  precinctIds: readonly string[],
  precincts: ReadonlyMap<string, PrecinctCount>,
  bins: Readonly<Record<CastVoteRecord['bin'], number>>,
): Totals {
  const done = precinctIds.map((id) => {
    const own = layouts.filter((layout) => layout.precinctId === id);
    const sheetNumbers = Math.max(1, ...own.map((layout) => layout.sheets.length));
    return finishPrecinct(
      definition,
      id,
      must(precincts.get(id), 'every precinct has its count'),
      sheetNumbers,
    );
  });
  return {
    precincts: done,
    bins: { main: bins.main, writeIn: bins['write-in'] },
    sheets: bins.main + bins['write-in'],
    ballots: done.reduce((sum, precinct) => sum + precinct.ballots, 0),
  };
}

function finishPrecinct(
  definition: ElectionDefinition,
  precinctId: string,
  count: PrecinctCount,
  sheetNumbers: number,
): PrecinctTotals {
  const sheets = Array.from({ length: sheetNumbers }, (_, i) => count.sheets[i] ?? 0);
  return {
    precinctId,
    sheets,
    // A ballot counts by its first sheet.
    ballots: sheets[0] ?? 0,
    blankSheets: count.blankSheets,
    contests: [...count.contests].map(([contestId, contest]) =>
      finishContest(definition, contestId, contest),
    ),
  };
}

function finishContest(
  definition: ElectionDefinition,
  contestId: string,
  count: ContestCount,
): ContestTotals {
  const contest = definition.contests.find((one) => one.id === contestId);
  const candidateIds = contest?.kind === 'candidate' ? contest.candidates.map((one) => one.id) : [];
  return {
    contestId,
    ballots: count.ballots,
    overvotes: count.overvotes,
    undervotes: count.undervotes,
    options: [...count.votes].map(([optionId, votes]) => ({ optionId, votes })),
    candidateOnly: candidateIds.flatMap((candidateId) => {
      const votes = count.candidateOnly.get(candidateId);
      return votes === undefined ? [] : [{ candidateId, votes }];
    }),
  };
}

function recordProblem(record: CastVoteRecord, path: string, reason: string): Problem {
  return problem('record-refused', `record ${record.id}`, path, reason);
}
