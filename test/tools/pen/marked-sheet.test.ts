import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equalBytes } from '../../../ground/bytes.js';
import { rotate180, type GreyPage } from '../../../ground/grey-page.js';
import { must } from '../../../ground/result.js';
import { penNames } from '../../../tools/pen/ink.js';
import { markPaper, markSheet, type MarkWish } from '../../../tools/pen/marked-sheet.js';
import { perfectScan, randomScan } from '../../../tools/pen/scan-conditions.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { markKinds, type MarkKind } from '../../../tools/pen/strokes.js';
import { cleanSheet, sheetLayout, toPx } from './fixture.js';

const test = suite('marked sheet');
const clean = await cleanSheet();

const everyOval = (kind: MarkKind): MarkWish[] =>
  sheetLayout.front.ovals.map(({ contestId, optionId }) => ({ contestId, optionId, kind }));

/** The table of docs/formats/marked-sheets.md: least and greatest share of the inside, for any pen. */
const DECLARED: Readonly<
  Record<MarkKind, { light: readonly [number, number]; dark: readonly [number, number] }>
> = {
  full: { light: [0.8, 1], dark: [0.4, 1] },
  overfull: { light: [0.92, 1], dark: [0.4, 1] },
  half: { light: [0.4, 0.6], dark: [0.24, 0.6] },
  edge: { light: [0.11, 0.4], dark: [0, 0.4] },
  x: { light: [0.25, 1], dark: [0.02, 1] },
  check: { light: [0.1, 1], dark: [0.02, 1] },
  slash: { light: [0.1, 1], dark: [0, 1] },
  'pencil-line': { light: [0.45, 0.57], dark: [0.36, 0.52] },
  'light-pencil': { light: [0.5, 0.97], dark: [0, 0.7] },
  highlighter: { light: [0, 1], dark: [0, 0] },
  dot: { light: [0, 0.1], dark: [0, 0.08] },
  fleck: { light: [0, 0.025], dark: [0, 0.02] },
  smudge: { light: [0, 1], dark: [0, 0.02] },
  erasure: { light: [0.05, 1], dark: [0, 0.45] },
  circle: { light: [0, 0.2], dark: [0, 0.2] },
  retraced: { light: [0, 1], dark: [0, 1] },
  'crossed-out': { light: [0.78, 1], dark: [0.4, 1] },
  'stray-line': { light: [0, 0], dark: [0, 0] },
  none: { light: [0, 0], dark: [0, 0] },
};

test('every kind of mark, with every pen, leaves the ink that the model declares', () => {
  for (const kind of markKinds) {
    const { light, dark } = DECLARED[kind];
    for (const pen of penNames) {
      const seed = `declared ${kind} ${pen}`;
      for (const { ink, optionId } of markPaper(clean, sheetLayout, everyOval(kind), { pen, seed }).truth) {
        const words = `${seed} ${optionId}: light ${ink.light}, dark ${ink.dark}`;
        assert.ok(ink.light >= light[0] && ink.light <= light[1], words);
        assert.ok(ink.dark >= dark[0] && ink.dark <= dark[1], words);
      }
    }
  }
});

test('a hand that fills an oval goes on until the wished share is covered, within 1 %', () => {
  const { truth } = markPaper(clean, sheetLayout, everyOval('half'), { pen: 'ballpoint', seed: 'control' });
  const off = truth.filter(({ ink }) => ink.light < 0.41 || ink.light > 0.59);
  assert.equal(off, []);
  const spread = truth.map(({ ink }) => ink.light).sort((a, b) => a - b);
  assert.ok(
    must(spread.at(-1), 'marks') - must(spread[0], 'marks') > 0.1,
    'targets differ from mark to mark',
  );
});

test('truth is the ink on the paper: clean ovals have none, print is not ink', () => {
  const { truth, others } = markPaper(clean, sheetLayout, [], { pen: 'marker', seed: 'nothing' });
  assert.is(truth.length, 0);
  assert.is(others.length, sheetLayout.front.ovals.length + sheetLayout.back.ovals.length);
  for (const oval of others) assert.equal(oval.ink, { light: 0, dark: 0 }, oval.optionId);
});

test('a stray line is drawn and touches no oval of the sheet', () => {
  for (const pen of penNames) {
    const wishes = everyOval('stray-line').filter((_, i) => i % 4 === 0);
    const { paper, truth, others } = markPaper(clean, sheetLayout, wishes, { pen, seed: 'stray' });
    for (const oval of [...truth, ...others]) assert.equal(oval.ink, { light: 0, dark: 0 }, oval.optionId);
    assert.ok(darkPixels(paper.front) > darkPixels(clean.front) + 1000, `${pen} left lines`);
  }
});

test('the clean pages stay clean', () => {
  const before = clean.front.data.slice();
  markPaper(clean, sheetLayout, everyOval('full'), { pen: 'marker', seed: 'clean' });
  assert.ok(equalBytes(before, clean.front.data));
});

test('a write-in name is written into its box, with or without a mark in the oval', () => {
  const box = must(sheetLayout.back.writeInBoxes[0], 'the box');
  const wish = { contestId: 'name', optionId: 'write-in-1', writeIn: 'José Ω. Núñez' };
  for (const kind of ['none', 'full'] as const) {
    const { paper, truth } = markPaper(clean, sheetLayout, [{ ...wish, kind }], {
      pen: 'pencil',
      seed: 'name',
    });
    let [inside, outside] = [0, 0];
    for (let y = 0; y < clean.back.heightPx; y++) {
      for (let x = 0; x < clean.back.widthPx; x++) {
        const i = y * clean.back.widthPx + x;
        if ((clean.back.data[i] ?? 0) - (paper.back.data[i] ?? 0) < 40) continue;
        const inBox =
          x >= toPx(box.xMm) &&
          x < toPx(box.xMm + box.widthMm) &&
          y >= toPx(box.yMm) &&
          y < toPx(box.yMm + box.heightMm);
        if (inBox) inside++;
        else outside++;
      }
    }
    assert.ok(inside > 1500, `${inside} pixels of writing`);
    assert.is(outside > 0, kind === 'full');
    assert.is(must(truth[0], 'truth').writeIn, wish.writeIn);
    assert.is(must(truth[0], 'truth').ink.light > 0.5, kind === 'full');
  }
});

test('the same seed gives the same pixels, another seed others', () => {
  const wishes = everyOval('check').slice(0, 30);
  const scan = (seed: string) =>
    markSheet(clean, sheetLayout, wishes, {
      pen: 'pencil',
      seed,
      orientation: 'front-head-first',
      conditions: randomScan(seededRandom('conditions')),
    });
  const [a, again, b] = [scan('a'), scan('a'), scan('b')];
  assert.ok(equalBytes(a.first.data, again.first.data) && equalBytes(a.second.data, again.second.data));
  assert.equal(a.truth, again.truth);
  assert.not.ok(equalBytes(a.first.data, b.first.data));
});

test('feeding foot first turns both images, feeding back up swaps them', () => {
  const wishes = everyOval('full').slice(0, 5);
  const fed = (orientation: Parameters<typeof markSheet>[3]['orientation']) =>
    markSheet(clean, sheetLayout, wishes, {
      pen: 'marker',
      seed: 'fed',
      orientation,
      conditions: perfectScan(),
    });
  const upright = fed('front-head-first');
  const footFirst = fed('front-foot-first');
  const backUp = fed('back-head-first');
  const backFootFirst = fed('back-foot-first');
  const same = (a: GreyPage, b: GreyPage): void => assert.ok(equalBytes(a.data, b.data));
  assert.not.ok(equalBytes(upright.first.data, upright.second.data));
  same(footFirst.first, rotate180(upright.first));
  same(footFirst.second, rotate180(upright.second));
  same(backUp.first, upright.second);
  same(backUp.second, upright.first);
  same(backFootFirst.first, rotate180(upright.second));
  same(backFootFirst.second, rotate180(upright.first));
});

test('a wish for an oval that is not on the sheet is a mistake of the program', () => {
  const wish: MarkWish = { contestId: 'grid', optionId: 'o-999', kind: 'full' };
  assert.throws(
    () => markPaper(clean, sheetLayout, [wish], { pen: 'marker', seed: 'x' }),
    /no oval grid\/o-999/,
  );
});

function darkPixels(page: GreyPage): number {
  return page.data.reduce((count, grey) => count + (grey < 200 ? 1 : 0), 0);
}

test.run();
