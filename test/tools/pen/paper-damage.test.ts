import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equalBytes } from '../../../ground/bytes.js';
import type { GreyPage } from '../../../ground/grey-page.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { HEAD_COLUMNS, LEAD_LINES } from '../../../tools/pen/degrade.js';
import { scanSheet } from '../../../tools/pen/marked-sheet.js';
import { photograph } from '../../../tools/pen/not-a-ballot.js';
import { flecks, fold, streak, tearCorner, tearEdge, twoSheets } from '../../../tools/pen/paper-damage.js';
import { blankSheet, NO_PAPER, onPaper } from '../../../tools/pen/paper.js';
import { perfectScan } from '../../../tools/pen/scan-conditions.js';
import { cleanSheet, toPx } from './fixture.js';

const test = suite('paper damage');
const clean = onPaper(await cleanSheet());
const random = () => seededRandom('damage');

const count = (page: GreyPage, is: (grey: number) => boolean): number =>
  page.data.reduce((sum, grey) => sum + (is(grey) ? 1 : 0), 0);
const greyAt = (page: GreyPage, x: number, y: number): number => page.data[y * page.widthPx + x] ?? -1;

test('a torn corner is missing from both sides, mirrored, and about as large as told', () => {
  const torn = tearCorner(clean, { corner: 'top-right', acrossMm: 25, alongMm: 20 }, random());
  const { widthPx } = torn.front;
  assert.is(greyAt(torn.front, widthPx - 5, 5), NO_PAPER);
  assert.is(greyAt(torn.back, 4, 5), NO_PAPER);
  assert.is(greyAt(torn.front, 5, 5), 255);
  for (let y = 0; y < 300; y++) {
    const lost = (page: GreyPage): boolean[] =>
      Array.from(page.data.subarray(y * widthPx, (y + 1) * widthPx), (grey) => grey === NO_PAPER);
    assert.is(lost(torn.front).reverse().join(), lost(torn.back).join(), `line ${y}`);
  }
  const area = count(torn.front, (grey) => grey === NO_PAPER);
  const triangle = (toPx(25) * toPx(20)) / 2;
  assert.ok(Math.abs(area / triangle - 1) < 0.25, `${area} of ${triangle}`);
});

test('each corner and each edge can be torn', () => {
  const { widthPx, heightPx } = clean.front;
  const corners = {
    'top-left': [3, 3],
    'bottom-left': [3, heightPx - 4],
    'bottom-right': [widthPx - 4, heightPx - 4],
  };
  for (const [corner, [x = 0, y = 0]] of Object.entries(corners)) {
    const name = corner as keyof typeof corners;
    const torn = tearCorner(clean, { corner: name, acrossMm: 15, alongMm: 15 }, random());
    assert.is(greyAt(torn.front, x, y), NO_PAPER, corner);
  }
  const edges = { top: [850, 3], bottom: [850, heightPx - 4], left: [3, 1100], right: [widthPx - 4, 1100] };
  for (const [edge, [x = 0, y = 0]] of Object.entries(edges)) {
    const horizontal = edge === 'top' || edge === 'bottom';
    const [fromMm, toMm] = horizontal ? [90, 126] : [120, 159];
    const torn = tearEdge(clean, { edge: edge as keyof typeof edges, fromMm, toMm, depthMm: 8 }, random());
    assert.is(greyAt(torn.front, x, y), NO_PAPER, edge);
    assert.is(greyAt(torn.front, 850, 1100), greyAt(clean.front, 850, 1100));
  }
});

test('where paper is missing the scan shows what lies behind, and shows it on both sides', () => {
  const torn = tearCorner(clean, { corner: 'top-left', acrossMm: 30, alongMm: 30 }, random());
  const conditions = { ...perfectScan(), paperLevel: 220, inkLevel: 30, surroundLevel: 245 };
  const { first, second } = scanSheet(torn, { orientation: 'front-head-first', conditions, seed: 'x' });
  const left = (HEAD_COLUMNS - 1700) / 2;
  const behind = (image: GreyPage, x: number): number => greyAt(image, x, LEAD_LINES + 40);
  assert.is(behind(first, left + 40), 245);
  assert.is(behind(first, left + 1660), 220);
  assert.is(behind(second, left + 1660), 245);
});

test('what is torn off stays off through everything that happens afterwards', () => {
  const torn = tearCorner(clean, { corner: 'top-left', acrossMm: 30, alongMm: 30 }, random());
  const lost = count(torn.front, (grey) => grey === NO_PAPER);
  const place = { direction: 'across', atMm: 10, slantDegrees: 0, strength: 1 } as const;
  const worn = flecks(fold(torn, place, random()), 500, random());
  assert.is(
    count(worn.front, (grey) => grey === NO_PAPER),
    lost,
  );
  assert.is(
    count(worn.back, (grey) => grey === NO_PAPER),
    lost,
  );
});

test('a fold is a thin line over the whole sheet, darker in front, and never ink', () => {
  const place = { direction: 'across', atMm: 140, slantDegrees: 0, strength: 1 } as const;
  const folded = fold(blankSheet(279.4), place, random());
  const middle = Math.round(toPx(140));
  for (let x = 0; x < folded.front.widthPx; x += 50) {
    const darkest = (page: GreyPage): number =>
      Math.min(...Array.from({ length: 13 }, (_, k) => greyAt(page, x, middle - 6 + k)));
    assert.ok(
      darkest(folded.front) < 215 && darkest(folded.front) > 100,
      `front ${x}: ${darkest(folded.front)}`,
    );
    assert.ok(darkest(folded.back) < 240);
    assert.is(greyAt(folded.front, x, middle + 20), 255);
  }
  const along = fold(blankSheet(279.4), { ...place, direction: 'along', atMm: 50 }, random());
  assert.ok(greyAt(along.front, Math.round(toPx(50)), 100) < 250);
  assert.ok(greyAt(along.back, 1699 - Math.round(toPx(50)), 100) < 253);
});

test('flecks are few and small', () => {
  const dirty = flecks(blankSheet(279.4), 40, random());
  const specks = count(dirty.front, (grey) => grey < 230) + count(dirty.back, (grey) => grey < 230);
  assert.ok(specks > 60 && specks < 40 * 16, `${specks} pixels`);
});

test('a streak runs through every line of the scan, beside the paper too', () => {
  const options = { orientation: 'front-head-first', conditions: perfectScan(), seed: 's' } as const;
  const { first } = scanSheet(blankSheet(279.4), options);
  const dirty = streak(first, { xPx: 700, widthPx: 3, level: 90, cover: 0.9 }, random());
  for (let y = 0; y < dirty.heightPx; y += 7) {
    assert.ok(Math.abs(greyAt(dirty, 701, y) - greyAt(first, 701, y)) > 40);
    assert.is(greyAt(dirty, 699, y), greyAt(first, 699, y));
    assert.is(greyAt(dirty, 703, y), greyAt(first, 703, y));
  }
});

test('two sheets at once: each head sees its own sheet and the rim of the other', () => {
  const other = blankSheet(279.4);
  const both = twoSheets(clean, other, { xMm: 4, yMm: 9 });
  const [dx, dy] = [Math.round(toPx(4)), Math.round(toPx(9))];
  assert.equal([both.front.widthPx, both.front.heightPx], [1700 + dx, 2200 + dy]);
  for (let y = 0; y < 2200; y++) {
    const ours = both.front.data.subarray(y * (1700 + dx), y * (1700 + dx) + 1700);
    const whole = clean.front.data.subarray(y * 1700, (y + 1) * 1700);
    assert.ok(equalBytes(ours, whole), `line ${y}`);
  }
  assert.is(greyAt(both.front, 850, 2200 + dy - 5), 255);
  assert.is(greyAt(both.front, 2, 2200 + dy - 5), NO_PAPER);
  // From below the lower sheet covers the upper one, whose leading edge sticks out.
  assert.is(greyAt(both.back, 850, dy + 100), 255);
  assert.is(greyAt(both.back, 1700 + dx - 1 - 850, 3), greyAt(clean.back, 1699 - 850, 3));
  const negative = twoSheets(clean, other, { xMm: -4, yMm: -9 });
  assert.is(greyAt(negative.front, dx, dy), greyAt(clean.front, 0, 0));
});

test('a photograph has tones and no frame, the same for the same seed', () => {
  const picture = photograph('a');
  assert.ok(equalBytes(picture.front.data, photograph('a').front.data));
  assert.not.ok(equalBytes(picture.front.data, photograph('b').front.data));
  const tones = new Set(picture.front.data);
  assert.ok(tones.size > 100);
});

test('damage changes neither the sheet that it is given nor its size', () => {
  const before = clean.front.data.slice();
  tearCorner(clean, { corner: 'top-left', acrossMm: 30, alongMm: 30 }, random());
  fold(clean, { direction: 'across', atMm: 100, slantDegrees: 10, strength: 1 }, random());
  flecks(clean, 10, random());
  assert.ok(equalBytes(before, clean.front.data));
});

test.run();
