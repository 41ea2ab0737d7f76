import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../ground/bytes.js';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { layOutElection } from '../../../election-def/layout.js';
import { readDefinition } from '../../../election-def/load.js';
import { printedOrder } from '../../../firmware/records/build-record.js';
import type { CastVoteRecord } from '../../../firmware/records/record.js';
import { computeTotals } from '../../../firmware/records/totals.js';
import type { Totals } from '../../../firmware/records/totals-types.js';
import { valueOf } from '../../../tools/bench/office.js';
import {
  expectedBin,
  expectedOutcome,
  expectTotals,
  type ExpectedOutcome,
  type ExpectedTotals,
  type TrueSheet,
} from '../../../tools/demo/truth.js';
import { randomMarks, recordOf, someId } from '../../firmware/records/fixture.js';

const test = suite('the demo’s truth');

type Rule = 'highest-line' | 'candidate-only' | 'overvote';

/** Two seats of four lines, two of them for Lyons; a fusion governor; a question. */
function definition(rule: Rule = 'highest-line'): unknown {
  const line = (id: string, candidateId: string): object => ({ id, candidateId });
  return {
    contests: [
      {
        id: 'governor',
        kind: 'candidate',
        seats: 1,
        writeIns: 1,
        options: [line('doyle-dem', 'doyle'), line('brandt-rep', 'brandt'), line('doyle-wor', 'doyle')],
      },
      {
        id: 'council',
        kind: 'candidate',
        seats: 2,
        writeIns: 2,
        options: [
          line('lyons-dem', 'lyons'),
          line('marchetti-dem', 'marchetti'),
          line('vanwyck-rep', 'vanwyck'),
          line('lyons-wor', 'lyons'),
        ],
      },
      { id: 'proposal', kind: 'measure', options: [{ id: 'yes' }, { id: 'no' }] },
    ],
    ballotStyles: [
      { precinctIds: ['one', 'two'], contestIds: ['governor', 'council', 'proposal'] },
      { precinctIds: ['three'], contestIds: ['governor'] },
    ],
    settings: { crossEndorsementRule: rule },
  };
}

const printed = {
  governor: ['doyle-dem', 'brandt-rep', 'doyle-wor', 'write-in-1'],
  council: ['lyons-dem', 'marchetti-dem', 'vanwyck-rep', 'lyons-wor', 'write-in-1', 'write-in-2'],
  proposal: ['yes', 'no'],
} as const;
type ContestId = keyof typeof printed;

function outcome(
  contestId: ContestId,
  marked: readonly string[],
  rule: Rule = 'highest-line',
): ExpectedOutcome {
  const marks = marked.map((optionId) => ({ contestId, optionId }));
  return expectedOutcome(definition(rule), { contestId, optionIds: printed[contestId] }, marks);
}

/** By hand, from the manuals. */
const examples: readonly {
  readonly sentence: string;
  readonly contest: ContestId;
  readonly marked: readonly string[];
  readonly rule?: Rule;
  readonly votes: readonly string[];
  readonly undervotes?: number;
  readonly overvoted?: boolean;
  readonly onNoLine?: readonly string[];
}[] = [
  {
    sentence: 'one mark for one seat is one vote',
    contest: 'governor',
    marked: ['brandt-rep'],
    votes: ['brandt-rep'],
  },
  {
    sentence: 'a contest without a mark leaves its one seat unused',
    contest: 'governor',
    marked: [],
    votes: [],
    undervotes: 1,
  },
  {
    sentence: 'a contest of two seats without a mark leaves both unused',
    contest: 'council',
    marked: [],
    votes: [],
    undervotes: 2,
  },
  {
    sentence: 'two candidates for one seat are an overvote: nobody gets a vote, and nothing is undervoted',
    contest: 'governor',
    marked: ['doyle-dem', 'brandt-rep'],
    votes: [],
    overvoted: true,
  },
  {
    sentence: 'one candidate on two lines is one vote, for the line printed first (handbook page 11)',
    contest: 'governor',
    marked: ['doyle-wor', 'doyle-dem'],
    votes: ['doyle-dem'],
  },
  {
    sentence: 'one candidate on two lines and another candidate are an overvote',
    contest: 'governor',
    marked: ['doyle-dem', 'doyle-wor', 'brandt-rep'],
    votes: [],
    overvoted: true,
  },
  {
    sentence: 'two candidates for two seats are two votes',
    contest: 'council',
    marked: ['vanwyck-rep', 'marchetti-dem'],
    votes: ['marchetti-dem', 'vanwyck-rep'],
  },
  {
    sentence: 'one candidate for two seats leaves one unused',
    contest: 'council',
    marked: ['vanwyck-rep'],
    votes: ['vanwyck-rep'],
    undervotes: 1,
  },
  {
    sentence: 'three candidates for two seats are an overvote',
    contest: 'council',
    marked: ['lyons-dem', 'marchetti-dem', 'vanwyck-rep'],
    votes: [],
    overvoted: true,
  },
  {
    sentence: 'a candidate on two lines takes one of two seats: the duplicate is no second vote',
    contest: 'council',
    marked: ['lyons-dem', 'lyons-wor'],
    votes: ['lyons-dem'],
    undervotes: 1,
  },
  {
    sentence: 'three marks for two people fill two seats',
    contest: 'council',
    marked: ['lyons-dem', 'lyons-wor', 'vanwyck-rep'],
    votes: ['lyons-dem', 'vanwyck-rep'],
  },
  {
    sentence: 'a marked write-in line is a vote like another',
    contest: 'governor',
    marked: ['write-in-1'],
    votes: ['write-in-1'],
  },
  {
    sentence: 'a write-in beside a candidate for one seat is an overvote',
    contest: 'governor',
    marked: ['doyle-dem', 'write-in-1'],
    votes: [],
    overvoted: true,
  },
  {
    sentence: 'two write-in lines are two votes',
    contest: 'council',
    marked: ['write-in-1', 'write-in-2'],
    votes: ['write-in-1', 'write-in-2'],
  },
  {
    sentence: 'yes and no are an overvote',
    contest: 'proposal',
    marked: ['yes', 'no'],
    votes: [],
    overvoted: true,
  },
  {
    sentence: 'where each line counts for itself, two lines for one seat are an overvote',
    contest: 'governor',
    marked: ['doyle-dem', 'doyle-wor'],
    rule: 'overvote',
    votes: [],
    overvoted: true,
  },
  {
    sentence: 'where each line counts for itself, two lines fill two seats',
    contest: 'council',
    marked: ['lyons-dem', 'lyons-wor'],
    rule: 'overvote',
    votes: ['lyons-dem', 'lyons-wor'],
  },
  {
    sentence: 'where the candidate alone gets it, two lines are a vote on no line',
    contest: 'council',
    marked: ['lyons-wor', 'lyons-dem', 'vanwyck-rep'],
    rule: 'candidate-only',
    votes: ['vanwyck-rep'],
    onNoLine: ['lyons'],
  },
];

for (const { sentence, contest, marked, rule, votes, undervotes, overvoted, onNoLine } of examples) {
  test(sentence, () => {
    assert.equal(outcome(contest, marked, rule), {
      overvoted: overvoted ?? false,
      undervotes: undervotes ?? 0,
      votes,
      onNoLine: onNoLine ?? [],
    });
  });
}

test('another order of printing gives the vote to another line', () => {
  const optionIds = ['doyle-wor', 'brandt-rep', 'doyle-dem', 'write-in-1'];
  const marks = ['doyle-dem', 'doyle-wor'].map((optionId) => ({ contestId: 'governor', optionId }));
  assert.equal(expectedOutcome(definition(), { contestId: 'governor', optionIds }, marks).votes, [
    'doyle-wor',
  ]);
});

test('a write-in by its oval or only by its writing drops into the write-in bin, all else into the main bin', () => {
  const writeIn = { contestId: 'governor', optionId: 'write-in-1' };
  assert.is(expectedBin({ marks: [writeIn] }), 'write-in');
  assert.is(expectedBin({ marks: [], writtenIn: [writeIn] }), 'write-in');
  assert.is(
    expectedBin({ marks: [{ contestId: 'governor', optionId: 'doyle-dem' }], writtenIn: [] }),
    'main',
  );
  assert.is(expectedBin({ marks: [] }), 'main');
});

const allContests = Object.entries(printed).map(([contestId, optionIds]) => ({ contestId, optionIds }));

function sheet(precinctId: string, marks: readonly string[], more: Partial<TrueSheet> = {}): TrueSheet {
  return {
    label: `${precinctId} ${marks.join(' ')}`,
    precinctId,
    sheet: 1,
    marks: marks.map((mark) => {
      const [contestId = '', optionId = ''] = mark.split('/');
      return { contestId, optionId };
    }),
    counted: true,
    ...more,
  };
}

function count(sheets: readonly TrueSheet[]): ExpectedTotals {
  return expectTotals(
    definition(),
    ['one', 'two', 'three'],
    ({ precinctId, sheet: number }) => {
      if (precinctId === 'three') return allContests.slice(0, 1);
      return number === 1 ? allContests.slice(0, 2) : allContests.slice(2);
    },
    sheets,
  );
}

test('a day adds up by precinct, sheet and bin, and what was not counted is passed over', () => {
  const totals = count([
    sheet('one', ['governor/doyle-dem', 'council/vanwyck-rep']),
    sheet('one', ['governor/doyle-dem', 'governor/brandt-rep', 'council/write-in-1']),
    sheet('one', [], { sheet: 2 }),
    sheet('one', ['proposal/no'], { sheet: 2 }),
    sheet('one', ['proposal/yes'], { sheet: 2, counted: false }),
    sheet('three', []),
  ]);
  assert.is(totals.sheets, 5);
  assert.is(totals.ballots, 3);
  assert.equal(totals.bins, { main: 4, 'write-in': 1 });
  const [one, two, three] = totals.precincts;
  assert.equal(one?.sheets, [2, 2]);
  assert.is(one?.ballots, 2);
  assert.is(one?.blankSheets, 1);
  assert.equal(one?.contests, [
    {
      contestId: 'governor',
      ballots: 2,
      overvotes: 1,
      undervotes: 0,
      votes: { 'doyle-dem': 1, 'brandt-rep': 0, 'doyle-wor': 0, 'write-in-1': 0 },
      onNoLine: {},
    },
    {
      contestId: 'council',
      ballots: 2,
      overvotes: 0,
      undervotes: 2,
      votes: {
        'lyons-dem': 0,
        'marchetti-dem': 0,
        'vanwyck-rep': 1,
        'lyons-wor': 0,
        'write-in-1': 1,
        'write-in-2': 0,
      },
      onNoLine: {},
    },
    {
      contestId: 'proposal',
      ballots: 2,
      overvotes: 0,
      undervotes: 1,
      votes: { yes: 0, no: 1 },
      onNoLine: {},
    },
  ]);
  assert.is(two?.ballots, 0);
  assert.is(two?.contests.length, 3);
  assert.is(three?.blankSheets, 1);
  assert.is(three?.contests.length, 1);
});

test('a script that marks what a sheet does not have is told so', () => {
  assert.throws(() => count([sheet('three', ['proposal/yes'])]), /has no oval proposal\/yes/);
  assert.throws(() => count([sheet('one', ['governor/nobody'])]), /has no oval governor\/nobody/);
});

/** The firmware's totals in the truth's words. */
function inTruthsWords(totals: Totals): ExpectedTotals {
  return {
    sheets: totals.sheets,
    ballots: totals.ballots,
    bins: { main: totals.bins.main, 'write-in': totals.bins.writeIn },
    precincts: totals.precincts.map(({ precinctId, sheets, ballots, blankSheets, contests }) => ({
      precinctId,
      sheets: sheets.slice(0, Math.max(1, sheets.findLastIndex((number) => number > 0) + 1)),
      ballots,
      blankSheets,
      contests: contests.map(({ contestId, options, candidateOnly, ...counts }) => ({
        contestId,
        ballots: counts.ballots,
        overvotes: counts.overvotes,
        undervotes: counts.undervotes,
        votes: Object.fromEntries(options.map(({ optionId, votes }) => [optionId, votes])),
        onNoLine: Object.fromEntries(
          candidateOnly
            .filter(({ votes }) => votes > 0)
            .map(({ candidateId, votes }) => [candidateId, votes]),
        ),
      })),
    })),
  };
}

function sorted(totals: ExpectedTotals): ExpectedTotals {
  return {
    ...totals,
    precincts: totals.precincts.map((precinct) => ({
      ...precinct,
      contests: [...precinct.contests].sort((a, b) => (a.contestId < b.contestId ? -1 : 1)),
    })),
  };
}

for (const sample of ['dutchess-ny', 'boulder-co']) {
  for (const rule of ['highest-line', 'candidate-only', 'overvote'] as const) {
    test(`100 random ballots of ${sample} come to what the machine counts, by the rule ${rule}`, () => {
      const seed = `truth/${sample}/${rule}`;
      const random = seededRandom(seed);
      const path = join(process.cwd(), 'election-def', 'samples', `${sample}.json`);
      const text = readFileSync(path, 'utf8').replace(
        /"crossEndorsementRule": "[a-z-]+"/,
        `"crossEndorsementRule": "${rule}"`,
      );
      const loaded = valueOf(readDefinition(utf8(text), sample));
      const layouts = valueOf(layOutElection(loaded));
      const place = must(loaded.definition.pollingPlaces[0], 'a polling place');
      const { precinctIds } = place;
      const election = {
        loaded,
        definition: loaded.definition,
        layouts,
        precinctIds,
        pollingPlaceId: place.id,
      };
      const sheets: TrueSheet[] = [];
      const records: CastVoteRecord[] = [];
      for (let i = 0; i < 100; i++) {
        const layout = random.pick(layouts.filter((one) => precinctIds.includes(one.precinctId)));
        for (const { sheet: number } of layout.sheets) {
          const marks = randomMarks(layout, number, random, random.pick([0, 0.15, 0.3, 0.6]));
          sheets.push(sheet(layout.precinctId, [...marks], { sheet: number }));
          records.push(recordOf(election, layout, marks, someId(random), 'official', number));
        }
      }
      const printedOn = ({ precinctId, sheet: number }: TrueSheet): ReturnType<typeof printedOrder> =>
        printedOrder(
          must(
            layouts.find((one) => one.precinctId === precinctId),
            `a ballot for ${precinctId}`,
          ),
          number,
        );
      const expected = expectTotals(JSON.parse(text), precinctIds, printedOn, sheets);
      const counted = valueOf(computeTotals(election, precinctIds, records));
      assert.equal(sorted(inTruthsWords(counted)), sorted(expected), `seed ${seed}`);
    });
  }
}

test.run();
