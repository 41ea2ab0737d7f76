import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../../../ground/seeded-random.js';
import { valueOf } from '../../../tools/bench/office.js';
import { judge } from '../../../tools/powercut/after-the-cut.js';
import { chooseCuts, forPlaces, PLACES, safeEntries, survivors } from '../../../tools/powercut/cut.js';
import { readWriteLog } from '../../../tools/powercut/write-log.js';
import { logBytes, type MadeEntry } from './log-bytes.js';

const test = suite('choice of cuts');

const made: readonly MadeEntry[] = [
  { sector: 0, sectors: 8, fill: 1 },
  'flush',
  { sector: 8, sectors: 8, fill: 2 },
  { sector: 16, sectors: 8, fill: 3 },
  'flush',
  { sector: 24, sectors: 8, fill: 4 },
];
const log = valueOf(readWriteLog(logBytes(made), 'log'));

test('everything up to the last flush is safe, and nothing after it', () => {
  assert.equal(
    [0, 1, 2, 3, 4, 5, 6].map((given) => safeEntries(log, given)),
    [0, 0, 2, 2, 2, 5, 5],
  );
});

test('what was safe always survives whole; what came later survives in any part, torn at sectors', () => {
  const kept = new Map<string, number>();
  for (let n = 0; n < 400; n++) {
    const writes = survivors(log, 0, 4, seededRandom(`survivors-${n}`));
    const sectorsOf = (from: number): number =>
      writes.filter(({ at }) => at >= from * 512 && at < (from + 8) * 512).reduce(byBytes, 0) / 512;
    assert.is(sectorsOf(0), 8, 'the flushed write is there');
    assert.is(sectorsOf(24), 0, 'a write that was never given is not');
    const key = `${sectorsOf(8)}/${sectorsOf(16)}`;
    kept.set(key, (kept.get(key) ?? 0) + 1);
  }
  for (const key of ['0/0', '8/0', '0/8', '8/8']) assert.ok((kept.get(key) ?? 0) > 0, `${key} happens`);
  const torn = [...kept.keys()].filter((key) => key.split('/').some((n) => n !== '0' && n !== '8'));
  assert.ok(torn.length > 10, 'torn writes happen');
});

function byBytes(sum: number, { bytes }: { readonly bytes: Uint8Array }): number {
  return sum + bytes.length;
}

test('cuts come in the order of time, and never beyond what the logs held between two moments', () => {
  const lengths = [0, 1, 2, 3, 4, 5, 6].map((n) => forPlaces(() => log[n - 1]?.endByte ?? 512));
  const cuts = chooseCuts(
    forPlaces(() => log),
    lengths,
    200,
    'seed',
    seededRandom('cuts'),
  );
  assert.is(cuts.length, 200);
  let before = 0;
  for (const { moment, entries } of cuts) {
    assert.ok(moment >= before);
    before = moment;
    for (const place of PLACES) assert.ok(entries[place] >= moment && entries[place] <= moment + 1);
  }
  assert.is(new Set(cuts.map((cut) => cut.moment)).size, 7, 'each moment is cut at');
});

test('a lost, a doubled, a smuggled ballot and an untrue display are each found', () => {
  const last = { number: 3, kind: 'clean', name: 'c' } as const;
  const inside = { counted: ['a', 'b'], last, fate: 'open', leadMm: 640 } as const;
  assert.equal(judge(['a', 'b'], inside, 'not-counted'), []);
  assert.equal(judge(['a', 'b', 'c'], inside, 'counted'), []);
  assert.is(judge(['a', 'c'], inside, 'counted').length, 1, 'lost');
  assert.is(judge(['a', 'b', 'b'], inside, 'not-counted').length, 1, 'doubled');
  assert.is(judge(['a', 'b', 'x'], inside, 'not-counted').length, 1, 'smuggled');
  assert.is(judge(['a', 'b'], inside, 'counted').length, 1, 'said to be counted');
  assert.is(judge(['a', 'b', 'c'], inside, 'not-counted').length, 1, 'said not to be counted');
  assert.is(judge(['a', 'b'], inside, 'nothing').length, 1, 'nothing said');
  const refused = { ...inside, fate: 'not-counted' } as const;
  assert.ok(judge(['a', 'b', 'c'], refused, 'counted').length > 0, 'refused, and in the box');
});

test.run();
