/** The whole corpus at every door, and a fixed share of hostile changes of it, in a process under watch. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { doors } from '../../../tools/fuzz/doors.js';
import { corpusOf, fuzz } from '../../../tools/fuzz/fuzz.js';

const test = suite('hostile input');
const CORPUS = 'test/corpus';
const RUNS = 40;

test('no door throws, hangs, takes too much memory or writes beside its folder', async () => {
  const keep = mkdtempSync(join(tmpdir(), 'tallystick-kept-'));
  const results = await fuzz({ corpus: CORPUS, seed: 'every change', runs: RUNS, keep }, () => undefined);
  assert.equal(
    results.flatMap(({ findings }) => findings),
    [],
  );
  assert.is(results.length, doors.length);
  for (const { door, corpus, runs } of results) assert.ok(corpus > 0 && runs === RUNS, door);
});

test('every file of the corpus has its reason', () => {
  assert.ok(existsSync(join(CORPUS, 'README.md')));
  const reasons = readFileSync(join(CORPUS, 'README.md'), 'utf8');
  for (const { name: door } of doors) {
    for (const { name } of corpusOf(CORPUS, door)) {
      const isGood = name.startsWith('good');
      assert.ok(isGood || reasons.includes(`\`${door}/${name}\``), `${door}/${name} has no reason`);
    }
  }
});

test.run();
