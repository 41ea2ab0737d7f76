import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { joinSmallPrecincts } from '../../../firmware/tapes/small-cells.js';
import type { Totals } from '../../../firmware/records/totals-types.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { must } from '../../../ground/result.js';
import { tapeText } from '../../../firmware/tapes/tape-text.js';
import { tapeJob } from '../../../firmware/tapes/tape.js';
import { hard, sampleFacts, signed } from './sample-tapes.js';

const test = suite('small cells');

/** Precincts a, b, c, … with so many ballots each. */
function totalsOf(ballots: readonly number[]): Totals {
  const sum = ballots.reduce((total, n) => total + n, 0);
  return {
    precincts: ballots.map((n, i) => ({
      precinctId: String.fromCharCode(97 + i),
      sheets: [n],
      ballots: n,
      blankSheets: 0,
      contests: [],
    })),
    bins: { main: sum, writeIn: 0 },
    sheets: sum,
    ballots: sum,
  };
}

function joined(ballots: readonly number[], minimum: number): string {
  return joinSmallPrecincts(totalsOf(ballots), minimum)
    .map((group) => group.map((precinct) => precinct.precinctId).join('+'))
    .join(' ');
}

test('where every precinct has enough ballots, each stands alone', () => {
  assert.is(joined([10, 11, 12], 10), 'a b c');
});

test('a precinct with too few is joined with the next smallest', () => {
  assert.is(joined([40, 3, 50, 20], 10), 'a b+d c');
});

test('small ones are joined with each other before a large one is touched', () => {
  assert.is(joined([4, 100, 5, 3], 10), 'a+c+d b');
});

test('where all together have too few, one group is left', () => {
  assert.is(joined([1, 2, 3], 10), 'a+b+c');
});

test('a precinct in which nobody voted tells nothing and stands alone', () => {
  assert.is(joined([0, 3, 50, 0], 10), 'a b+c d');
  assert.is(joined([0, 0], 10), 'a b');
});

test('a limit of 0 joins nothing', () => {
  assert.is(joined([1, 1, 1], 0), 'a b c');
});

test('no group is small while two are left, nobody is lost, and the order is kept', () => {
  for (let i = 0; i < 500; i++) {
    const seed = `cells ${i}`;
    const random = seededRandom(seed);
    const ballots = Array.from({ length: random.integer(1, 12) }, () => random.integer(0, 30));
    const minimum = random.integer(0, 25);
    const groups = joinSmallPrecincts(totalsOf(ballots), minimum);
    const ids = groups.flatMap((group) => group.map((precinct) => precinct.precinctId));
    assert.equal(
      [...ids].sort(),
      ballots.map((_, k) => String.fromCharCode(97 + k)),
      seed,
    );
    const heads = groups.map((group) => must(group[0], 'a precinct').precinctId);
    assert.equal([...heads].sort(), heads, seed);
    const sums = groups.map((group) => group.reduce((sum, p) => sum + p.ballots, 0)).filter((n) => n > 0);
    if (sums.length > 1) assert.ok(Math.min(...sums) >= minimum, seed);
  }
});

test('the tape names every precinct of a group and says why they stand together', () => {
  const settings = { ...hard.settings, smallCellMinimum: 100 };
  const facts = sampleFacts('results', { ...hard, settings }, 'joined');
  const group = must(
    facts.groups.find((g) => g.precincts.length > 1),
    'the seed has small precincts',
  );
  const text = tapeText(tapeJob(signed(facts), { copy: 1, reprint: false }));
  for (const name of group.precincts) assert.ok(text.includes(`Election District: ${name}\n`), name);
  assert.match(text, /Counted together: one has fewer than 100\s+ballots\./);
  assert.is(
    facts.groups.reduce((sum, g) => sum + g.ballots, 0),
    facts.counters.ballots,
  );
});

test.run();
