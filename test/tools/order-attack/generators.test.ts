import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noonOf } from '../../../tools/order-attack/attacks/record-ids.js';
import { attackWeakIds } from '../../../tools/order-attack/attacks/weak-ids.js';
import {
  lcg48Output,
  lcg48StateOf,
  lcg48Step,
  lcgStep,
  reversedLcg,
  solveLcg,
} from '../../../tools/order-attack/generators/lcg.js';
import { smallGenerators } from '../../../tools/order-attack/generators/time-seeded.js';
import { stepBack, stepForward } from '../../../tools/order-attack/generators/xorshift128.js';
import { kendall } from '../../../tools/order-attack/statistics.js';
import { must } from '../../../ground/result.js';

const test = suite('weak generators');

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}

test('ids from this very engine’s Math.random are put in order', () => {
  // The linter keeps it out of the product for the reason that this test shows.
  const engine = Reflect.get(Math, 'random');
  const word = (): string => hex(Math.floor(engine() * 2 ** 32));
  const ids = Array.from({ length: 200 }, () => word() + word() + word() + word());
  const guesses = attackWeakIds([...ids].sort(), ids.slice(0, 8));
  const traces = guesses.find(({ variant }) => variant === 'ids from Math.random of V8');
  assert.ok(traces?.kind === 'traces' && traces.found > 190, 'nearly every id was given by the generator');
  const order = guesses.find(({ variant }) => variant === 'Math.random of V8');
  assert.ok(order?.kind === 'order');
  const scoreOf = (id: string): number => must(order.scores[order.ballots.indexOf(id)], 'a score');
  const guessed = ids.map((_, at) => at).sort((x, y) => scoreOf(ids[x] ?? '') - scoreOf(ids[y] ?? ''));
  // Sixteen ids at a time come out last first; the sixteens follow each other in the right order.
  assert.ok(kendall(guessed).advantage > 0.35, `advantage ${kendall(guessed).advantage}`);
});

test('xorshift runs backwards as it ran forwards', () => {
  const state = {
    first: { high: 0x12345678, low: 0x9abcdef0 },
    second: { high: 0xdeadbeef, low: 0x0badcafe },
  };
  assert.equal(stepBack(stepForward(state)), state);
});

test('an unknown linear congruential generator is solved from eight numbers in a row', () => {
  for (const lcg of [
    { a: 6364136223846793005n, c: 1442695040888963407n, m: 1n << 64n },
    { a: 16807n, c: 0n, m: 2147483647n },
    { a: 864803n, c: 97n, m: 1_000_003n },
  ]) {
    const outputs = [12345n];
    for (let i = 0; i < 7; i++) outputs.push(lcgStep(lcg, must(outputs.at(-1), 'a number')));
    assert.equal(solveLcg(outputs), lcg);
    assert.is(lcgStep(must(reversedLcg(lcg), 'an inverse'), must(outputs[1], 'a number')), 12345n);
  }
  assert.is(solveLcg([5n, 1n, 4n, 1n, 59n, 26n, 53n, 58n]), undefined);
});

test('java.util.Random gives what Java gives, and is solved from four numbers', () => {
  const draw = must(
    smallGenerators.find(({ name }) => name === 'java.util.Random'),
    'Java',
  ).start(42);
  // new Random(42).nextInt() is -1170105035, then 234785527.
  assert.is(draw(), (-1170105035 >>> 1) & 0x7fffffff);
  assert.is(draw(), 234785527 >>> 1);
  let state = { high: 0xabcdef, low: 0x123456 };
  const outputs: number[] = [];
  for (let i = 0; i < 4; i++, state = lcg48Step(state)) outputs.push(lcg48Output(state));
  assert.equal(lcg48StateOf(outputs), { high: 0xabcdef, low: 0x123456 });
  assert.is(lcg48StateOf([1, 2, 3, 4]), undefined);
});

test('rand() of Microsoft begins as it is known to', () => {
  const draw = must(smallGenerators[0], 'a generator').start(1);
  assert.equal([draw(), draw(), draw()], [41, 18467, 6334]);
});

test('noon of election day is at the right second', () => {
  assert.is(noonOf('2026-11-03'), Date.UTC(2026, 10, 3, 12) / 1000);
  assert.is(noonOf('2024-02-29'), Date.UTC(2024, 1, 29, 12) / 1000);
});

test.run();
