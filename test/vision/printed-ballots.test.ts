/**
 * The whole way: an election's definition, laid out, printed to PDF, drawn as paper, marked with a pen, fed through a
 * scan head, read. Both sample elections, every side of every style, all four ways of feeding, skew to both sides.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { ballotPdf } from '../../election-def/ballot-pdf.js';
import { isWriteInOptionId, type BallotLayout } from '../../election-def/layout-types.js';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import { feedOrientations, markSheet, type MarkWish } from '../../tools/pen/marked-sheet.js';
import { photograph } from '../../tools/pen/not-a-ballot.js';
import { perfectScan, randomScan } from '../../tools/pen/scan-conditions.js';
import { rasterPdf } from '../../tools/raster.js';
import { layOutSample, sampleNames, type LaidOutSample } from '../election-def/samples.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import { drawOverlay } from '../../vision/overlay.js';
import { readSheet } from '../../vision/read-sheet.js';
import { readSide } from '../../vision/read-side.js';

const test = suite('printed ballots');

interface Sample extends LaidOutSample {
  readonly context: ReadingContext;
}

const samples = sampleNames.map((name): Sample => {
  const sample = layOutSample(name);
  return { ...sample, context: readingContext(sample.layouts, sample.loaded.hash20, defaultMarkThresholds) };
});

async function pagesOf(sample: Sample, layout: BallotLayout): Promise<readonly GreyPage[]> {
  const pages = await rasterPdf(await ballotPdf(sample.loaded, layout, { test: false }), 200, layout.styleId);
  if (!pages.ok) throw new Error(pages.error.reason);
  return pages.value;
}

test('every sheet of every style is read as marked, in all four orientations, skewed to both sides', async () => {
  for (const sample of samples) {
    for (const layout of sample.layouts) {
      const pages = await pagesOf(sample, layout);
      for (const [s, sheet] of layout.sheets.entries()) {
        const clean = { front: must(pages[2 * s], 'front'), back: must(pages[2 * s + 1], 'back') };
        for (const [o, orientation] of feedOrientations.entries()) {
          const seed = `${layout.styleId} ${layout.precinctId} ${sheet.sheet} ${orientation}`;
          const random = seededRandom(seed);
          const wishes = [...sheet.front.ovals, ...sheet.back.ovals]
            .filter(() => random.chance(0.3))
            .map((oval): MarkWish => {
              const kind = random.pick(['full', 'overfull', 'x', 'pencil-line'] as const);
              const named = isWriteInOptionId(oval.optionId) ? { writeIn: 'ROSA PARKS' } : {};
              return { contestId: oval.contestId, optionId: oval.optionId, kind, ...named };
            });
          const skewDegrees =
            (o % 2 === 0 ? 1.5 : -1.5) * (PAPER_HEIGHT_MM.letter / PAPER_HEIGHT_MM[layout.paper]);
          const conditions = { ...randomScan(random, PAPER_HEIGHT_MM[layout.paper]), skewDegrees };
          const scan = markSheet(clean, sheet, wishes, { pen: 'marker', seed, orientation, conditions });
          const result = readSheet(scan.first, scan.second, sample.context);
          if (result.kind === 'rejected')
            throw new Error(`${seed}: ${result.reject.reason}, ${result.reject.detail}`);
          assert.is(result.styleId, layout.styleId, seed);
          assert.is(result.precinctId, layout.precinctId, seed);
          assert.is(result.sheet, sheet.sheet, seed);
          assert.is(result.test, false, seed);
          assert.is(result.frontImage, orientation.startsWith('front') ? 'first' : 'second', seed);
          for (const side of [result.front, result.back]) {
            for (const oval of side.ovals) {
              const wished = wishes.some(
                (w) => w.contestId === oval.contestId && w.optionId === oval.optionId,
              );
              const hint = `${seed}, ${oval.contestId} ${oval.optionId} ${JSON.stringify(oval.score)}`;
              assert.is(oval.verdict, wished ? 'marked' : 'blank', hint);
            }
            for (const box of side.writeIns) {
              const wished = wishes.some((w) => w.contestId === box.contestId && w.optionId === box.optionId);
              assert.is(box.written, wished, `${seed}, ${box.contestId} ${box.optionId}: ink ${box.ink}`);
            }
          }
        }
      }
    }
  }
});

test('a ballot printed for tests says so', async () => {
  const sample = must(samples[0], 'a sample');
  const layout = must(sample.layouts[0], 'a layout');
  const pages = await rasterPdf(await ballotPdf(sample.loaded, layout, { test: true }), 200, 'test ballot');
  if (!pages.ok) throw new Error(pages.error.reason);
  const result = readSheet(must(pages.value[0], 'front'), must(pages.value[1], 'back'), sample.context);
  assert.ok(result.kind === 'read' && result.test);
});

test('a ballot of the other election, and a photograph, are refused', async () => {
  const [ours, theirs] = [must(samples[0], 'a sample'), must(samples[1], 'another')];
  const pages = await pagesOf(theirs, must(theirs.layouts[0], 'a layout'));
  const foreign = readSheet(must(pages[0], 'front'), must(pages[1], 'back'), ours.context);
  assert.is(foreign.kind === 'rejected' && foreign.reject.reason, 'wrong-election');
  const picture = photograph('a cat');
  const result = readSheet(picture.front, picture.back, ours.context);
  assert.is(result.kind === 'rejected' && result.reject.reason, 'no-timing-marks');
});

test('the overlay shows marked ovals in green and every timing mark in its box', async () => {
  const sample = must(samples[1], 'a sample');
  const layout = must(sample.layouts[0], 'a layout');
  const sheet = must(layout.sheets[0], 'a sheet');
  const pages = await pagesOf(sample, layout);
  const oval = must(sheet.front.ovals[0], 'an oval');
  const wish: MarkWish = { contestId: oval.contestId, optionId: oval.optionId, kind: 'full' };
  const { first } = markSheet(
    { front: must(pages[0], 'front'), back: must(pages[1], 'back') },
    sheet,
    [wish],
    {
      pen: 'ballpoint',
      seed: 'overlay',
      orientation: 'front-head-first',
      conditions: perfectScan(),
    },
  );
  const result = readSide(first, sample.context);
  if (result.kind !== 'read') throw new Error(result.reject.detail);
  const overlay = drawOverlay(first, result);
  assert.is(overlay.rgb.length, 3 * first.widthPx * first.heightPx);
  const place = must(result.reading.ovals[0], 'the oval').centre;
  const count = (colour: readonly number[], xPx: number, yPx: number, half: number): number => {
    let hits = 0;
    for (let y = Math.round(yPx) - half; y <= yPx + half; y++) {
      for (let x = Math.round(xPx) - half; x <= xPx + half; x++) {
        const at = 3 * (y * overlay.widthPx + x);
        if (colour.every((value, i) => overlay.rgb[at + i] === value)) hits++;
      }
    }
    return hits;
  };
  assert.ok(count([0, 160, 40], place.xPx, place.yPx, 30) > 100, 'a green ring around the marked oval');
  const blank = must(result.reading.ovals[1], 'another oval').centre;
  assert.is(count([0, 160, 40], blank.xPx, blank.yPx, 20), 0);
});

test.run();
