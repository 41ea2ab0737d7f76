import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Contest } from '../../../election-def/definition.js';
import { utf8 } from '../../../ground/bytes.js';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { printedOrder } from '../../../firmware/records/build-record.js';
import { readRecord } from '../../../firmware/records/read-record.js';
import type { CastVoteRecord } from '../../../firmware/records/record.js';
import { computeTotals } from '../../../firmware/records/totals.js';
import type { Totals } from '../../../firmware/records/totals-types.js';
import { randomMarks, recordOf, sampleElection, someId, type Marks } from './fixture.js';

const test = suite('records and totals');
const election = sampleElection();
const layout = must(election.layouts[0], 'the sample has ballots');

function totalsOf(records: readonly CastVoteRecord[]): Totals {
  const totals = computeTotals(election, election.precinctIds, records);
  if (!totals.ok) throw new Error(`${totals.error.path}: ${totals.error.reason}`);
  return totals.value;
}

function contestTotals(
  totals: Totals,
  precinctId: string,
  contestId: string,
): Totals['precincts'][number]['contests'][number] {
  const precinct = totals.precincts.find((one) => one.precinctId === precinctId);
  return must(
    precinct?.contests.find((one) => one.contestId === contestId),
    `${contestId} is counted in ${precinctId}`,
  );
}

function votes(totals: Totals, precinctId: string, contestId: string, optionId: string): number {
  const { options } = contestTotals(totals, precinctId, contestId);
  return must(
    options.find((one) => one.optionId === optionId),
    `${optionId} is counted`,
  ).votes;
}

test('before the first ballot every precinct and every option stands at zero', () => {
  const totals = totalsOf([]);
  assert.equal(
    totals.precincts.map((one) => one.precinctId),
    election.precinctIds,
  );
  assert.is(totals.sheets, 0);
  for (const precinct of totals.precincts) {
    assert.ok(precinct.contests.length > 0);
    assert.ok(precinct.sheets.every((sheets) => sheets === 0));
    for (const contest of precinct.contests) {
      assert.is(contest.ballots + contest.overvotes + contest.undervotes, 0);
      assert.ok(contest.options.every((option) => option.votes === 0) && contest.options.length > 1);
    }
  }
});

test('a fusion candidate marked on two lines gets one vote, on the higher line', () => {
  const marks = new Set(['governor/brandt-con', 'governor/brandt-rep']);
  const totals = totalsOf([recordOf(election, layout, marks, '0'.repeat(32))]);
  const at = layout.precinctId;
  const order = must(
    printedOrder(layout, 1).find((one) => one.contestId === 'governor'),
    'governor is on the first sheet',
  ).optionIds;
  const [higher, lower] =
    order.indexOf('brandt-rep') < order.indexOf('brandt-con')
      ? ['brandt-rep', 'brandt-con']
      : ['brandt-con', 'brandt-rep'];
  assert.is(votes(totals, at, 'governor', higher), 1);
  assert.is(votes(totals, at, 'governor', lower), 0);
  assert.is(contestTotals(totals, at, 'governor').overvotes, 0);
});

test('an overvoted contest counts for nobody, and an empty sheet is a blank one', () => {
  const over = new Set(['governor/brandt-rep', 'governor/doyle-dem']);
  const totals = totalsOf([
    recordOf(election, layout, over, '0'.repeat(32)),
    recordOf(election, layout, new Set(), '1'.repeat(32)),
  ]);
  const governor = contestTotals(totals, layout.precinctId, 'governor');
  assert.is(governor.overvotes, 1);
  assert.is(governor.undervotes, 1);
  assert.ok(governor.options.every((option) => option.votes === 0));
  const precinct = must(
    totals.precincts.find((one) => one.precinctId === layout.precinctId),
    'its precinct is counted',
  );
  assert.is(precinct.blankSheets, 1);
  assert.is(precinct.ballots, 2);
});

/** The test's own reading of the rules, written apart from the product's: votes by option for one contest. */
function expectedVotes(contest: Contest, order: readonly string[], marks: Marks): readonly string[] {
  const marked = order.filter((option) => marks.has(`${contest.id}/${option}`));
  const who = (option: string): string => {
    if (contest.kind !== 'candidate') return option;
    return contest.options.find((one) => one.id === option)?.candidateId ?? option;
  };
  const people = [...new Set(marked.map(who))];
  const seats = contest.kind === 'candidate' ? contest.seats : 1;
  if (people.length > seats) return [];
  return people.map((person) =>
    must(
      marked.find((option) => who(option) === person),
      'somebody marked',
    ),
  );
}

test('totals of random ballots are what counting by hand gives', () => {
  for (let round = 0; round < 20; round++) {
    const seed = `totals ${round}`;
    const random = seededRandom(seed);
    const byHand = new Map<string, number>();
    const records: CastVoteRecord[] = [];
    for (let i = 0; i < 25; i++) {
      const ballot = random.pick(election.layouts);
      const { sheet } = random.pick(ballot.sheets);
      const marks = randomMarks(ballot, sheet, random, random.pick([0.05, 0.2, 0.5]));
      const record = recordOf(election, ballot, marks, someId(random), 'official', sheet);
      // What is counted is what is read back from bytes.
      const back = readRecord(utf8(JSON.stringify(record)), 'record');
      assert.ok(back.ok, seed);
      records.push(back.value);
      for (const { contestId, optionIds } of printedOrder(ballot, sheet)) {
        const contest = must(
          election.definition.contests.find((one) => one.id === contestId),
          'a contest',
        );
        for (const option of expectedVotes(contest, optionIds, marks)) {
          const key = `${ballot.precinctId}/${contestId}/${option}`;
          byHand.set(key, (byHand.get(key) ?? 0) + 1);
        }
      }
    }
    const totals = totalsOf(records);
    assert.is(totals.sheets, 25, seed);
    assert.is(totals.bins.main + totals.bins.writeIn, 25, seed);
    for (const precinct of totals.precincts) {
      for (const contest of precinct.contests) {
        for (const option of contest.options) {
          const key = `${precinct.precinctId}/${contest.contestId}/${option.optionId}`;
          assert.is(option.votes, byHand.get(key) ?? 0, `seed "${seed}", ${key}`);
        }
        const seats = contestSeats(contest.contestId);
        const given = contest.options.reduce((sum, option) => sum + option.votes, 0);
        assert.is(
          given + contest.undervotes + seats * contest.overvotes,
          seats * contest.ballots,
          `seed "${seed}": every seat of every ballot is accounted for`,
        );
      }
    }
  }
});

function contestSeats(contestId: string): number {
  const contest = election.definition.contests.find((one) => one.id === contestId);
  return contest?.kind === 'candidate' ? contest.seats : 1;
}

test('the record keeps every position in the order of the ballot, with its score', () => {
  const record = recordOf(election, layout, new Set(['governor/doyle-dem']), 'a'.repeat(32));
  assert.equal(
    record.contests.map(({ contestId, positions }) => ({
      contestId,
      optionIds: positions.map((position) => position.optionId),
    })),
    printedOrder(layout, 1),
  );
  const writeIns = record.contests
    .flatMap((contest) => contest.positions)
    .filter((position) => position.optionId.startsWith('write-in-'));
  assert.ok(writeIns.length > 0);
  assert.ok(writeIns.every((position) => position.writeInInk !== undefined));
});

const good = recordOf(election, layout, new Set(['governor/doyle-dem']), 'b'.repeat(32));
const [firstContest, ...otherContests] = good.contests;
const changed = must(firstContest, 'the sheet has a contest');

for (const [what, record, path] of [
  ['of another election', { ...good, electionId: 'elsewhere' }, 'electionId'],
  ['of a style that its precinct does not have', { ...good, styleId: 'no-such-style' }, 'styleId'],
  ['of a sheet that is not printed', { ...good, sheet: 7 }, 'sheet'],
  ['that lacks a contest', { ...good, contests: otherContests }, 'contests'],
  ['that has a contest twice', { ...good, contests: [...good.contests, changed] }, 'contests'],
  [
    'whose positions were put into another order',
    { ...good, contests: [{ ...changed, positions: [...changed.positions].reverse() }, ...otherContests] },
    'contests',
  ],
  [
    'whose outcome was changed',
    {
      ...good,
      contests: [{ ...changed, outcome: { ...changed.outcome, votes: ['brandt-rep'] } }, ...otherContests],
    },
    `contests.${changed.contestId}.outcome`,
  ],
  [
    'with an ambiguous mark',
    {
      ...good,
      contests: [
        { ...changed, positions: changed.positions.map((p) => ({ ...p, verdict: 'ambiguous' as const })) },
        ...otherContests,
      ],
    },
    `contests.${changed.contestId}`,
  ],
] as const satisfies readonly (readonly [string, CastVoteRecord, string])[]) {
  test(`a record ${what} is not counted`, () => {
    const totals = computeTotals(election, election.precinctIds, [record]);
    assert.not.ok(totals.ok);
    if (!totals.ok) assert.is(totals.error.path, path);
  });
}

test('the same record twice is not counted twice', () => {
  const totals = computeTotals(election, election.precinctIds, [good, good]);
  assert.not.ok(totals.ok);
  if (!totals.ok) assert.is(totals.error.path, 'id');
});

test('a record of a precinct that votes elsewhere is not counted', () => {
  const others = election.precinctIds.filter((id) => id !== good.precinctId);
  const totals = computeTotals(election, others, [good]);
  assert.not.ok(totals.ok);
  if (!totals.ok) assert.is(totals.error.path, 'precinctId');
});

test('bytes that are not a record are refused in words', () => {
  for (const bytes of [
    utf8('{'),
    utf8('{}'),
    utf8('[]'),
    Uint8Array.of(0xff),
    utf8(JSON.stringify({ ...good, at: 1 })),
  ]) {
    const record = readRecord(bytes, 'records/x.json');
    assert.not.ok(record.ok);
    if (!record.ok) assert.is(record.error.where, 'records/x.json');
  }
});

test.run();
