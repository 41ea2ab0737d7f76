import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../../ground/seeded-random.js';
import { rotate180, type GreyPage } from '../../ground/grey-page.js';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import { paperSizes, type PaperSize } from '../../election-def/definition.js';
import { readingContext } from '../../vision/context.js';
import { readSheet } from '../../vision/read-sheet.js';
import { readSide } from '../../vision/read-side.js';
import type { SideReading, SideResult } from '../../vision/reading.js';
import { degradedScan, paintPage, plainScan, type Ink, type PageToPaint, type Scan } from './paint-page.js';
import { sampleCode, sampleLayout, TEST_HASH20 } from './sample-layout.js';

const test = suite('reading a side');

const layouts = Object.fromEntries(paperSizes.map((paper) => [paper, sampleLayout(paper)]));
const contexts = Object.fromEntries(
  paperSizes.map((paper) => [
    paper,
    readingContext([sampleLayout(paper)], TEST_HASH20, defaultMarkThresholds),
  ]),
);

function sideOf(paper: PaperSize, side: 'front' | 'back'): PageToPaint {
  const sheet = layouts[paper]?.sheets[0];
  if (sheet === undefined) throw new Error('no layout');
  return { paper, side: sheet[side], code: sampleCode(side), ink: [] };
}

function read(paper: PaperSize, page: GreyPage): SideResult {
  const context = contexts[paper];
  if (context === undefined) throw new Error('no context');
  return readSide(page, context);
}

function mustRead(result: SideResult, hint: string): SideReading {
  if (result.kind === 'rejected') {
    throw new Error(`${hint}: refused, ${result.reject.reason}: ${result.reject.detail}`);
  }
  return result.reading;
}

function filled(page: PageToPaint, oval: number): Ink {
  const place = page.side.ovals[oval];
  if (place === undefined) throw new Error('no such oval');
  return {
    kind: 'stroke',
    points: [
      [place.xMm - 1, place.yMm],
      [place.xMm + 1, place.yMm],
    ],
    widthMm: 2.6,
    darkness: 0.9,
  };
}

function marksOf(reading: SideReading): readonly number[] {
  return reading.ovals.flatMap((oval, i) => (oval.verdict === 'marked' ? [i] : []));
}

test('a clean page of every paper size is read in both orientations', () => {
  for (const paper of paperSizes) {
    for (const side of ['front', 'back'] as const) {
      const what = sideOf(paper, side);
      const marked = { ...what, ink: [filled(what, 3), filled(what, 17)] };
      const upright = paintPage(marked, plainScan(paper), `clean ${paper}`);
      for (const [page, orientation] of [
        [upright, 'upright'],
        [rotate180(upright), 'rotated-180'],
      ] as const) {
        const reading = mustRead(read(paper, page), `${paper} ${side} ${orientation}`);
        assert.equal(reading.code, sampleCode(side));
        assert.is(reading.orientation, orientation);
        assert.equal(marksOf(reading), [3, 17]);
        assert.ok(
          reading.ovals.every((oval, i) => oval.verdict === ([3, 17].includes(i) ? 'marked' : 'blank')),
        );
        assert.equal(reading.faults, []);
      }
    }
  }
});

test('skewed, sheared, stretched and unevenly fed pages are read, and the skew is measured', () => {
  const scans: Partial<Scan>[] = [
    { skewDegrees: 2 },
    { skewDegrees: -2.4 },
    { skewDegrees: 1, shearDegrees: 0.35 },
    { stretchAlong: 1.006, stretchAcross: 0.994 },
    { feedWavePx: 2.5, feedTurns: 3 },
    { turned: true, skewDegrees: -1.7, blurPx: 1.4, noise: 6, gradient: 18 },
  ];
  for (const change of scans) {
    const what = sideOf('letter', 'front');
    const scan = { ...plainScan('letter'), widthPx: 1800, heightPx: 2300, ...change };
    const page = paintPage({ ...what, ink: [filled(what, 40)] }, scan, 'skew');
    const reading = mustRead(read('letter', page), JSON.stringify(change));
    assert.equal(marksOf(reading), [40], JSON.stringify(change));
    assert.ok(Math.abs(reading.skewDegrees - scan.skewDegrees) < 0.15, JSON.stringify(change));
    assert.ok(reading.ovals.every((oval) => Math.hypot(oval.score.offsetXPx, oval.score.offsetYPx) < 2));
  }
});

test('both images of a sheet may come in either order and either way up', () => {
  const front = sideOf('letter', 'front');
  const back = sideOf('letter', 'back');
  const frontPage = paintPage({ ...front, ink: [filled(front, 1)] }, plainScan('letter'), 'f');
  const backPage = paintPage({ ...back, ink: [filled(back, 2)] }, plainScan('letter'), 'b');
  const context = contexts['letter'];
  if (context === undefined) throw new Error('no context');
  for (const turnFront of [false, true]) {
    for (const turnBack of [false, true]) {
      const f = turnFront ? rotate180(frontPage) : frontPage;
      const b = turnBack ? rotate180(backPage) : backPage;
      for (const [first, second, frontImage] of [
        [f, b, 'first'],
        [b, f, 'second'],
      ] as const) {
        const result = readSheet(first, second, context);
        assert.is(result.kind, 'read');
        if (result.kind !== 'read') continue;
        assert.is(result.frontImage, frontImage);
        assert.is(result.styleId, 'style-letter');
        assert.equal(marksOf(result.front), [1]);
        assert.equal(marksOf(result.back), [2]);
      }
    }
  }
});

test('twenty pages as bad as the model allows are read without a wrong mark', () => {
  for (let round = 0; round < 20; round++) {
    const seed = `degraded ${round}`;
    const random = seededRandom(seed);
    const what = sideOf('letter', random.pick(['front', 'back'] as const));
    const truth = what.side.ovals.map(() => random.chance(0.2));
    const ink = truth.flatMap((marked, i) => (marked ? [filled(what, i)] : []));
    const page = paintPage({ ...what, ink }, degradedScan('letter', random), seed);
    const reading = mustRead(read('letter', page), seed);
    assert.equal(reading.code, what.code, seed);
    reading.ovals.forEach((oval, i) => assert.is(oval.verdict, truth[i] === true ? 'marked' : 'blank', seed));
  }
});

test.run();
