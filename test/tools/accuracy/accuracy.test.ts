/**
 * A very small run of `make accuracy`, through its threads; and proof that it would see an error: the same positions
 * read with thresholds that no county would set.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { defaultMarkThresholds, type MarkThresholds } from '../../../election-def/mark-thresholds.js';
import { loadWasmKernels } from '../../../vision/kernels/wasm.js';
import { Crew } from '../../../tools/accuracy/crew.js';
import type { Job } from '../../../tools/accuracy/job.js';
import { printLattice, POSITIONS_A_STRIP, type Lattice } from '../../../tools/accuracy/lattice.js';
import { readInnocentStrips } from '../../../tools/accuracy/innocent.js';
import { planRun, FULL_POSITIONS } from '../../../tools/accuracy/plan.js';
import { readPencilLines } from '../../../tools/accuracy/pencil-lines.js';
import { readChunk } from '../../../tools/accuracy/positions.js';
import { failuresOf, reportOf } from '../../../tools/accuracy/report.js';
import { ResultsKeeper } from '../../../tools/accuracy/results.js';
import type { StripReader } from '../../../tools/accuracy/scanned-strip.js';
import { countOf } from '../../../tools/accuracy/tally.js';
import { paperInImage, scanSide } from '../../../tools/pen/degrade.js';
import { blankPage } from '../../../tools/pen/paper.js';
import { randomScan } from '../../../tools/pen/scan-conditions.js';

const test = suite('accuracy');

let lattice: Lattice;
test.before(async () => {
  const kernels = loadWasmKernels();
  if (!kernels.ok) throw new Error(kernels.error.reason);
  lattice = await printLattice(kernels.value);
});

function reader(thresholds: MarkThresholds): StripReader {
  const { strip, context } = lattice;
  return { strip, kernels: context.kernels, thresholds, residuals: [[{ xPx: 0, yPx: 0 }]] };
}

test('a point of the paper is found in the image where the model says that it lies', () => {
  for (let n = 0; n < 6; n++) {
    const random = seededRandom(`point ${n}`);
    const page = blankPage(120);
    const place = { xPx: random.integer(200, 1500), yPx: random.integer(200, 700) };
    for (let y = place.yPx - 5; y < place.yPx + 5; y++) {
      page.data.fill(1, y * page.widthPx + place.xPx - 5, y * page.widthPx + place.xPx + 5);
    }
    const conditions = { ...randomScan(random), noiseSigma: 0, textureSigma: 0, feedJitterPx: 2.5 };
    const image = scanSide(page, blankPage(120), conditions, seededRandom('head'), seededRandom('feed'));
    const { xPx, yPx } = paperInImage(page, conditions, seededRandom('feed'))(place.xPx, place.yPx);
    let [sum, sumX, sumY] = [0, 0, 0];
    for (let y = Math.round(yPx) - 15; y <= yPx + 15; y++) {
      for (let x = Math.round(xPx) - 15; x <= xPx + 15; x++) {
        const dark = Math.max(
          0,
          conditions.paperLevel - 40 - must(image.data[y * image.widthPx + x], 'a pixel'),
        );
        sum += dark;
        sumX += dark * x;
        sumY += dark * y;
      }
    }
    const off = Math.hypot(sumX / sum - xPx, sumY / sum - yPx);
    assert.ok(off < 0.15, `point ${n}: found ${off.toFixed(2)} px away`);
  }
});

test('the same seed gives the same counts, another seed others', () => {
  const [one, again, other] = ['a', 'a', 'b'].map((seed) =>
    readChunk(reader(defaultMarkThresholds), seed, 2),
  );
  assert.equal(one, again);
  assert.not.equal(one?.tally.kinds, other?.tally.kinds);
  assert.is(countOf(must(one, 'a chunk').tally.kinds), 2 * POSITIONS_A_STRIP);
});

test('a reader that takes nothing for a mark, and one that takes dots for votes, are found out', () => {
  const blind = { ...defaultMarkThresholds };
  const share = { blankBelow: 1, markedFrom: 1 };
  Object.assign(blind, {
    light: share,
    darkness: share,
    outlineLeast: 0,
    haloAmbiguousFrom: 1,
    rimAmbiguousFrom: 1,
  });
  const { tally } = readChunk(reader(blind), 'blind', 2);
  assert.ok(tally.errors > 50, `${tally.errors} errors`);
  assert.ok(tally.visibleBlank > 50, `${tally.visibleBlank} marks silently blank`);
  const keen = {
    ...defaultMarkThresholds,
    light: { blankBelow: 0.01, markedFrom: 0.02 },
    darkness: { blankBelow: 0.01, markedFrom: 0.02 },
    spanMm: { blankBelow: 0, markedFrom: 0 },
  };
  const dots = readInnocentStrips(reader(keen), 'dot', 'keen', 1);
  assert.ok(countOf(dots.kinds, { verdicts: ['marked'] }) > 10);
});

test('one strip of pencil lines is all votes, one of dots, flecks, smudges, folds and specks holds none', () => {
  const lines = readPencilLines(reader(defaultMarkThresholds), 'lines', 1);
  for (const [direction, counts] of Object.entries(lines)) {
    assert.is(counts.blank + counts.ambiguous, 0, `${direction} degrees`);
  }
  for (const kind of ['dot', 'fleck', 'smudge', 'fold', 'specks'] as const) {
    const { kinds } = readInnocentStrips(reader(defaultMarkThresholds), kind, 'innocent', 1);
    assert.is(countOf(kinds), POSITIONS_A_STRIP);
    assert.is(countOf(kinds, { verdicts: ['marked'] }), 0, kind);
  }
});

test('the full run reads thirty million positions on 125,000 sides and 5,000 whole sheets', () => {
  const { pages, positions } = planRun(FULL_POSITIONS, 'seed');
  const strips = positions.reduce((sum, job) => sum + (job.kind === 'positions' ? job.strips : 0), 0);
  const sheets = pages.reduce((sum, job) => sum + (job.kind === 'pages' ? job.sheets : 0), 0);
  assert.is(strips * POSITIONS_A_STRIP, FULL_POSITIONS);
  assert.is(strips, 125_000);
  assert.is(sheets, 5_000);
});

test('a thread does every kind of job, and the report says so with nothing wrong', async () => {
  const jobs: readonly Job[] = [
    { kind: 'positions', seed: 'small', strips: 1 },
    { kind: 'pencil-lines', seed: 'small', strips: 1 },
    { kind: 'innocent', what: 'fold', seed: 'small', strips: 1 },
    { kind: 'streaks', seed: 'small', sides: 2 },
    { kind: 'same-sheet', sheetSeed: 'small', scanSeed: 'small', scans: 2 },
    { kind: 'second-opinion', seed: 'small', sheets: 1 },
    { kind: 'pair', pair: 0, seed: 'small' },
    { kind: 'mark-sweep', what: 'coverage', seed: 'small' },
  ];
  const crew = await Crew.hire(1);
  const keeper = new ResultsKeeper();
  try {
    const groups = ['instructed', 'odd marks', 'every kind'] as const;
    await crew.run(
      groups.map((group) => ({ kind: 'pages', group, seed: `small/${group}`, sheets: 1 })),
      (done) => keeper.add(done),
    );
    crew.share(keeper.residuals);
    await crew.run(jobs, (done) => keeper.add(done));
  } finally {
    await crew.dismiss();
  }
  const { results } = keeper;
  assert.equal(failuresOf(results), []);
  assert.is(results.sameSheet.scans, 2);
  assert.is(results.streaks.targets, 62);
  assert.ok(results.registration.worstPx < 3, `${results.registration.worstPx} px`);
  const report = reportOf(results);
  for (const words of [
    '| single positions',
    '| sheets within the declared range refused | 0 of 3',
    '| fold |',
  ]) {
    assert.ok(report.includes(words), words);
  }
});

test.run();
