import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemRandom } from '../../../firmware/runtime/ports.js';
import type { Guess } from '../../../tools/order-attack/guess.js';
import { SIGNIFICANT, Tally } from '../../../tools/order-attack/tally.js';

const test = suite('guesses of the order held against the truth');

const BALLOTS = 200;
const ELECTIONS = 40;
const ids = Array.from({ length: BALLOTS }, (_, i) => `ballot-${i}`);

/** The smallest p of what an attacker says of these ballots, `score` given their true places. */
function smallestP(of: readonly string[], score: (at: number) => number): number {
  const tally = new Tally(systemRandom);
  const scores = of.map((id) => score(ids.indexOf(id)));
  const guess: Guess = { kind: 'order', variant: 'a guess', ballots: of, scores };
  for (let election = 0; election < ELECTIONS; election++) {
    tally.judge('an attack', 'export', [guess], { ids, slots: [] });
  }
  return tally.verdicts()[0]?.pCorrected ?? 0;
}

test('who knows nothing does not beat chance, even about ballots among which some in a row are left out', () => {
  const nothing = (): number => 0;
  // One run in a thousand may; two in a row hardly ever.
  const among = ids.filter((_, at) => at < 90 || at >= 98);
  assert.ok(smallestP(ids, nothing) > SIGNIFICANT || smallestP(ids, nothing) > SIGNIFICANT);
  assert.ok(smallestP(among, nothing) > SIGNIFICANT || smallestP(among, nothing) > SIGNIFICANT);
});

test('who knows the order beats it, about all ballots and about some', () => {
  assert.ok(smallestP(ids, (at) => at) < SIGNIFICANT);
  const among = ids.filter((_, at) => at < 90 || at >= 98);
  assert.ok(smallestP(among, (at) => at) < SIGNIFICANT);
});

test.run();
