/** Printed sheets torn, folded, soiled and fed two at a time: read rightly or given back, never read wrongly. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { ballotPdf } from '../../election-def/ballot-pdf.js';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import { markPaper, scanSheet, type MarkWish, type ScannedSheet } from '../../tools/pen/marked-sheet.js';
import { flecks, fold, streak, tearCorner, tearEdge, twoSheets } from '../../tools/pen/paper-damage.js';
import type { PaperSheet } from '../../tools/pen/paper.js';
import { randomScan } from '../../tools/pen/scan-conditions.js';
import { rasterPdf } from '../../tools/raster.js';
import { readingContext } from '../../vision/context.js';
import { readSheet } from '../../vision/read-sheet.js';
import type { RejectReason, SheetResult } from '../../vision/reading.js';
import { layOutSample } from '../election-def/samples.js';

const test = suite('damaged paper');

const sample = layOutSample('boulder-co');
const layout = must(sample.layouts[0], 'a layout');
const sheet = must(layout.sheets[0], 'a sheet');
const context = readingContext(sample.layouts, sample.loaded.hash20, defaultMarkThresholds);
const wishes = [...sheet.front.ovals, ...sheet.back.ovals]
  .filter((_, i) => i % 4 === 1)
  .map(({ contestId, optionId }): MarkWish => ({ contestId, optionId, kind: 'full' }));
let clean: { readonly front: GreyPage; readonly back: GreyPage };

test.before(async () => {
  const pages = await rasterPdf(await ballotPdf(sample.loaded, layout, { test: false }), 200, 'ballot');
  if (!pages.ok) throw new Error(pages.error.reason);
  clean = { front: must(pages.value[0], 'front'), back: must(pages.value[1], 'back') };
});

function marked(seed: string): PaperSheet {
  return markPaper(clean, sheet, wishes, { pen: 'ballpoint', seed }).paper;
}

function scan(paper: PaperSheet, seed: string): ScannedSheet {
  return scanSheet(paper, {
    orientation: 'front-head-first',
    conditions: randomScan(seededRandom(seed)),
    seed,
  });
}

/** Wrong is: a mark where none was made, or a made mark that reads as blank. */
function expectNothingWrong(result: SheetResult, hint: string): void {
  if (result.kind === 'rejected') return;
  for (const oval of [...result.front.ovals, ...result.back.ovals]) {
    const wished = wishes.some((w) => w.contestId === oval.contestId && w.optionId === oval.optionId);
    assert.is.not(
      oval.verdict,
      wished ? 'blank' : 'marked',
      `${hint}, ${oval.optionId} ${JSON.stringify(oval.score)}`,
    );
  }
}

function expectRefused(result: SheetResult, reasons: readonly RejectReason[], hint: string): void {
  if (result.kind === 'read') throw new Error(`${hint}: must be refused`);
  assert.ok(reasons.includes(result.reject.reason), `${hint}: ${result.reject.detail}`);
}

test('folds anywhere, faint or worn, leave every vote where it is', () => {
  let read = 0;
  for (let round = 0; round < 8; round++) {
    const seed = `fold ${round}`;
    const random = seededRandom(seed);
    const oval = random.pick(sheet.front.ovals);
    const direction = random.pick(['across', 'along'] as const);
    const crease = {
      direction,
      atMm: (direction === 'across' ? oval.yMm : oval.xMm) + random.between(-1, 1),
      slantDegrees: random.between(-0.5, 0.5),
      strength: random.between(0.1, 1),
    };
    const scanned = scan(fold(marked(seed), crease, random), seed);
    const result = readSheet(scanned.first, scanned.second, context);
    expectNothingWrong(result, seed);
    if (result.kind === 'read') read++;
  }
  assert.ok(read >= 4, `only ${read} of 8 folded sheets were read`);
});

test('a torn sheet is read rightly or refused, and refused where timing marks are gone', () => {
  for (const [round, corner] of (
    ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const
  ).entries()) {
    const seed = `tear ${corner}`;
    const random = seededRandom(seed);
    const small = scan(tearCorner(marked(seed), { corner, acrossMm: 9, alongMm: 9 }, random), seed);
    expectNothingWrong(readSheet(small.first, small.second, context), seed);
    const large = scan(tearCorner(marked(seed), { corner, acrossMm: 40, alongMm: 30 }, random), seed);
    expectRefused(readSheet(large.first, large.second, context), ['timing-marks-damaged'], seed);
    const edge = (['top', 'right', 'bottom', 'left'] as const)[round] ?? 'top';
    const tear = { edge, fromMm: 60, toMm: 130, depthMm: 14 };
    const torn = scan(tearEdge(marked(seed), tear, random), seed);
    expectRefused(readSheet(torn.first, torn.second, context), ['timing-marks-damaged'], `${seed} ${edge}`);
  }
});

test('flecks all over the sheet vote nowhere', () => {
  for (let round = 0; round < 3; round++) {
    const seed = `flecks ${round}`;
    const scanned = scan(flecks(marked(seed), 400, seededRandom(seed)), seed);
    const result = readSheet(scanned.first, scanned.second, context);
    assert.is(result.kind, 'read', seed);
    expectNothingWrong(result, seed);
  }
});

test('a streak of dirt on the glass never makes or unmakes a vote', () => {
  let refused = 0;
  for (let round = 0; round < 6; round++) {
    const seed = `streak ${round}`;
    const random = seededRandom(seed);
    const scanned = scan(marked(seed), seed);
    const dirt = {
      xPx: random.integer(60, scanned.first.widthPx - 60),
      widthPx: random.integer(1, 4),
      level: random.between(20, 150),
      cover: random.between(0.4, 1),
    };
    const result = readSheet(streak(scanned.first, dirt, random), scanned.second, context);
    expectNothingWrong(result, `${seed} ${JSON.stringify(dirt)}`);
    if (result.kind === 'rejected') refused++;
  }
  assert.ok(refused < 6, 'a streak beside the ovals is no reason to refuse');
});

test('two sheets at once are refused', () => {
  for (const [round, shift] of [
    { xMm: 3, yMm: 30 },
    { xMm: -5, yMm: 60 },
    { xMm: 8, yMm: -25 },
    { xMm: 2, yMm: 18 },
    { xMm: 1, yMm: 9 },
    { xMm: 0, yMm: -6 },
  ].entries()) {
    const seed = `two sheets ${round}`;
    // Against the dark of the rollers; on a white plate the multi-sheet sensor alone can tell.
    const conditions = { ...randomScan(seededRandom(seed)), surroundLevel: 20, skewDegrees: 0.6 };
    const paper = twoSheets(marked(seed), marked(`${seed} lower`), shift);
    const both = scanSheet(paper, { orientation: 'front-head-first', conditions, seed });
    expectRefused(
      readSheet(both.first, both.second, context),
      ['several-sheets', 'wrong-size', 'timing-marks-damaged', 'no-timing-marks'],
      JSON.stringify(shift),
    );
  }
});

test.run();
