import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../../../ground/seeded-random.js';
import {
  chiSquareTail,
  holm,
  inversions,
  kendall,
  mannWhitney,
  normalTwoSided,
  poissonTail,
} from '../../../tools/order-attack/statistics.js';

const test = suite('statistics of the order attack');

function near(actual: number, expected: number, relative = 1e-6): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual}, not ${expected}`);
}

test('tails agree with printed tables', () => {
  near(normalTwoSided(1.959963985), 0.05);
  near(normalTwoSided(-3.290526731), 0.001);
  near(normalTwoSided(8), 1.244192115e-15);
  near(chiSquareTail(3.841458821, 1), 0.05);
  near(chiSquareTail(124.342113, 100), 0.05);
  near(chiSquareTail(1106.969, 1000), 0.01, 2e-3);
  near(poissonTail(1, 0.1), 1 - Math.exp(-0.1));
  near(poissonTail(3, 1), 1 - 2.5 * Math.exp(-1));
  near(poissonTail(20, 0.5), 2.4e-25, 0.05);
  assert.is(poissonTail(0, 5), 1);
  assert.is(poissonTail(1, 0), 0);
});

test('inversions are counted as by looking at each pair', () => {
  const random = seededRandom('inversions');
  for (const n of [2, 3, 17, 64, 100]) {
    const values = random.shuffle(Array.from({ length: n }, (_, i) => i));
    let pairs = 0;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) if ((values[i] ?? 0) > (values[j] ?? 0)) pairs += 1;
    }
    assert.is(inversions(values), pairs);
  }
});

test('a right order has the whole advantage, a reversed one its opposite', () => {
  const order = Array.from({ length: 50 }, (_, i) => i);
  assert.is(kendall(order).advantage, 0.5);
  assert.is(kendall([...order].reverse()).advantage, -0.5);
  // tau 1 of ten: 45 concordant pairs, standard deviation sqrt(2 × 25 / (9 × 10 × 9)).
  near(kendall(order.slice(0, 10)).z, 1 / Math.sqrt(50 / 810));
});

test('shuffled orders deviate as often as they should', () => {
  const random = seededRandom('null');
  const zs = Array.from(
    { length: 2000 },
    () => kendall(random.shuffle(Array.from({ length: 60 }, (_, i) => i))).z,
  );
  near(zs.reduce((sum, z) => sum + z * z, 0) / zs.length, 1, 0.1);
  near(zs.filter((z) => normalTwoSided(z) < 0.05).length / zs.length, 0.05, 0.3);
});

test('filled slots above all free ones have the whole advantage', () => {
  const ranks = [0, 1, 2, 3, 4, 5];
  assert.is(mannWhitney(ranks, [false, false, false, true, true, true]).advantage, 0.5);
  near(mannWhitney(ranks, [false, false, false, true, true, true]).z, 4.5 / Math.sqrt((9 * 7) / 12));
});

test('Holm multiplies the smallest by all, the next by one less, and never lets a larger p overtake', () => {
  assert.equal(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
  assert.equal(holm([0.9, 0.5]), [1, 1]);
});

test.run();
