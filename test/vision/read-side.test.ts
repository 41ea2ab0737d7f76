import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rotate180 } from '../../ground/grey-page.js';
import { paperSizes } from '../../election-def/definition.js';
import { readSheet } from '../../vision/read-sheet.js';
import { paintPage, plainScan, type Scan } from './paint-page.js';
import { contextOf, expectMarks, filled, marksOf, mustRead, sideOf } from './reading-bench.js';
import { sampleCode } from './sample-layout.js';

const test = suite('reading a side');

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
        const reading = mustRead(paper, page, `${paper} ${side} ${orientation}`);
        assert.equal(reading.code, sampleCode(side));
        assert.is(reading.orientation, orientation);
        expectMarks(reading, [3, 17], `${paper} ${side}`);
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
    const hint = JSON.stringify(change);
    const what = sideOf('letter', 'front');
    const scan = { ...plainScan('letter'), widthPx: 1800, heightPx: 2300, ...change };
    const page = paintPage({ ...what, ink: [filled(what, 40)] }, scan, 'skew');
    const reading = mustRead('letter', page, hint);
    expectMarks(reading, [40], hint);
    assert.ok(Math.abs(reading.skewDegrees - scan.skewDegrees) < 0.15, hint);
    assert.ok(
      reading.ovals.every((oval) => Math.hypot(oval.score.offsetXPx, oval.score.offsetYPx) < 2),
      hint,
    );
  }
});

test('a 22-inch sheet skewed by 1.2 degrees fits into 1728 columns and is read', () => {
  for (const skewDegrees of [-1.2, 1.2]) {
    const what = sideOf('22-inch', 'front');
    const scan = { ...plainScan('22-inch'), heightPx: 4460, skewDegrees, noise: 4 };
    const page = paintPage({ ...what, ink: [filled(what, 100)] }, scan, 'long');
    expectMarks(mustRead('22-inch', page, `${skewDegrees}`), [100], `${skewDegrees}`);
  }
});

test('a page lies anywhere in a wider and longer image, on black, grey or white', () => {
  for (const surround of [0, 60, 128, 180, 255]) {
    const what = sideOf('letter', 'back');
    const scan = {
      ...plainScan('letter'),
      widthPx: 2100,
      heightPx: 2900,
      shiftXPx: 150,
      shiftYPx: -270,
      skewDegrees: 0.7,
      surround,
    };
    const page = paintPage({ ...what, ink: [filled(what, 7)] }, scan, `surround ${surround}`);
    expectMarks(mustRead('letter', page, `surround ${surround}`), [7], `surround ${surround}`);
  }
});

test('a scan at 300 dpi is read like one at 200', () => {
  const what = sideOf('letter', 'front');
  const scan = {
    ...plainScan('letter'),
    dpi: 300,
    widthPx: 2592,
    heightPx: 3330,
    skewDegrees: 1,
    blurPx: 1.2,
  };
  expectMarks(
    mustRead('letter', paintPage({ ...what, ink: [filled(what, 8)] }, scan, '300'), '300 dpi'),
    [8],
    '300 dpi',
  );
});

test('both images of a sheet may come in either order and either way up', () => {
  const front = sideOf('letter', 'front');
  const back = sideOf('letter', 'back');
  const frontPage = paintPage({ ...front, ink: [filled(front, 1)] }, plainScan('letter'), 'f');
  const backPage = paintPage({ ...back, ink: [filled(back, 2)] }, plainScan('letter'), 'b');
  for (const turnFront of [false, true]) {
    for (const turnBack of [false, true]) {
      const f = turnFront ? rotate180(frontPage) : frontPage;
      const b = turnBack ? rotate180(backPage) : backPage;
      for (const [first, second, frontImage] of [
        [f, b, 'first'],
        [b, f, 'second'],
      ] as const) {
        const result = readSheet(first, second, contextOf('letter'));
        if (result.kind !== 'read') throw new Error(result.reject.detail);
        assert.is(result.frontImage, frontImage);
        assert.is(result.styleId, 'style-letter');
        assert.is(result.precinctId, 'north');
        assert.equal(marksOf(result.front), [1]);
        assert.equal(marksOf(result.back), [2]);
      }
    }
  }
});

test('sides that are not of one sheet are refused', () => {
  const front = sideOf('letter', 'front');
  const back = sideOf('letter', 'back');
  const scan = plainScan('letter');
  const frontPage = paintPage(front, scan, 'f');
  const others = [
    paintPage(front, scan, 'another front'),
    paintPage({ ...back, code: { ...back.code, test: true } }, scan, 'a test back'),
  ];
  for (const other of others) {
    const result = readSheet(frontPage, other, contextOf('letter'));
    assert.is(result.kind === 'rejected' && result.reject.reason, 'sides-do-not-match');
  }
});

test('the same page gives the same result, whatever was read before it', () => {
  const what = sideOf('letter', 'front');
  const page = paintPage({ ...what, ink: [filled(what, 5)] }, plainScan('letter'), 'same');
  const before = mustRead('letter', page, 'first time');
  mustRead('22-inch', paintPage(sideOf('22-inch', 'front'), plainScan('22-inch'), 'other'), 'another page');
  assert.equal(mustRead('letter', page, 'second time'), before);
});

test.run();
