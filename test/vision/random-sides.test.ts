/**
 * Random sides, degraded as badly as the model allows, every draw from one seed that the message prints. Each painted
 * page is read both ways up. No wrong code, no wrong
 * orientation, no flip between blank and marked, and next to nothing ambiguous.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rotate180 } from '../../ground/grey-page.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { drawMark, voteKinds, type MarkKind } from './mark-kinds.js';
import { degradedScan, paintPage } from './paint-page.js';
import { read, sideOf } from './reading-bench.js';

const test = suite('random sides');

const PAGES = 104;
const votes = Object.keys(voteKinds) as MarkKind[];

test(`${2 * PAGES} random degraded sides give no wrong code and no flip between blank and marked`, () => {
  const times: number[] = [];
  let ovals = 0;
  let ambiguous = 0;
  const wrong: string[] = [];
  for (let round = 0; round < PAGES; round++) {
    const seed = `random side ${round}`;
    const random = seededRandom(seed);
    const what = sideOf('letter', random.pick(['front', 'back'] as const));
    const truth = what.side.ovals.map((): MarkKind => {
      if (random.chance(0.15)) return random.pick(votes);
      return random.chance(0.1) ? 'a fleck' : 'nothing';
    });
    const ink = truth.flatMap((kind, i) => {
      const oval = what.side.ovals[i];
      return oval === undefined ? [] : drawMark(kind, oval.xMm, oval.yMm, random);
    });
    const scan = degradedScan('letter', random);
    const painted = paintPage({ ...what, ink }, scan, seed);
    for (const turned of [false, true]) {
      const page = turned ? rotate180(painted) : painted;
      const startMs = performance.now();
      const result = read('letter', page);
      times.push(performance.now() - startMs);
      const hint = `${seed}${turned ? ', turned' : ''}`;
      if (result.kind === 'rejected') {
        wrong.push(`${hint}: refused, ${result.reject.reason}: ${result.reject.detail}`);
        continue;
      }
      const { code, orientation } = result.reading;
      if (JSON.stringify(code) !== JSON.stringify(what.code))
        wrong.push(`${hint}: code ${JSON.stringify(code)}`);
      if ((orientation === 'upright') === (scan.turned !== turned)) wrong.push(`${hint}: ${orientation}`);
      result.reading.ovals.forEach((oval, i) => {
        ovals++;
        if (oval.verdict === 'ambiguous') ambiguous++;
        const marked = votes.includes(truth[i] ?? 'nothing');
        if (oval.verdict === (marked ? 'blank' : 'marked')) {
          wrong.push(`${hint}, oval ${i} (${truth[i] ?? ''}): ${oval.verdict} ${JSON.stringify(oval.score)}`);
        }
      });
    }
  }
  assert.equal(wrong, []);
  assert.ok(ambiguous <= ovals * 0.005, `${ambiguous} of ${ovals} ovals are ambiguous`);
  times.sort((a, b) => a - b);
  const p50 = times[times.length >> 1] ?? 0;
  console.log(`${ovals} ovals, ${ambiguous} ambiguous, ${p50.toFixed(1)} ms a side (p50)`);
});

test.run();
