import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equalBytes } from '../../../ground/bytes.js';
import { greyPage, type GreyPage } from '../../../ground/grey-page.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { HEAD_COLUMNS, LEAD_LINES } from '../../../tools/pen/degrade.js';
import { scanSheet, type ScannedSheet } from '../../../tools/pen/marked-sheet.js';
import { blankPage, blankSheet, onPaper, type CleanSheet } from '../../../tools/pen/paper.js';
import { perfectScan, randomScan, type ScanConditions } from '../../../tools/pen/scan-conditions.js';

const test = suite('scan');
const LETTER_MM = 279.4;

const scan = (clean: CleanSheet, changed: Partial<ScanConditions>, seed = 'scan'): ScannedSheet =>
  scanSheet(onPaper(clean), {
    orientation: 'front-head-first',
    conditions: { ...perfectScan(), ...changed },
    seed,
  });

/** Black squares of 8 px centred at these places. */
function squares(places: readonly (readonly [number, number])[]): GreyPage {
  const page = blankPage(LETTER_MM);
  for (const [cx, cy] of places) {
    for (let y = cy - 4; y < cy + 4; y++)
      page.data.fill(1, y * page.widthPx + cx - 4, y * page.widthPx + cx + 4);
  }
  return page;
}

/** Where the darkness around a place is centred; pixel middles are at halves. */
function found(image: GreyPage, nearX: number, nearY: number, reach = 90): { x: number; y: number } {
  let [sum, x, y] = [0, 0, 0];
  for (let row = Math.round(nearY) - reach; row < nearY + reach; row++) {
    for (let column = Math.round(nearX) - reach; column < nearX + reach; column++) {
      const dark = 255 - (image.data[row * image.widthPx + column] ?? 255);
      if (dark < 60) continue;
      sum += dark;
      x += dark * (column + 0.5);
      y += dark * (row + 0.5);
    }
  }
  return { x: x / sum, y: y / sum };
}

const left = (HEAD_COLUMNS - 1700) / 2;

test('a perfect scan is the page itself, on the surround, between lead and trail', () => {
  const front = squares([[400, 600]]);
  const { first } = scan({ front, back: blankPage(LETTER_MM) }, {});
  assert.equal([first.widthPx, first.heightPx, first.dpi], [HEAD_COLUMNS, 2200 + 2 * LEAD_LINES, 200]);
  for (let y = 0; y < 2200; y++) {
    const start = (y + LEAD_LINES) * HEAD_COLUMNS + left;
    const line = first.data.subarray(start, start + 1700);
    assert.ok(equalBytes(line, front.data.subarray(y * 1700, (y + 1) * 1700)), `line ${y}`);
  }
  assert.is(first.data[0], perfectScan().surroundLevel);
  assert.is(first.data.at(-1), perfectScan().surroundLevel);
});

test('skew turns the upper image clockwise and the lower one as much the other way', () => {
  const places = [
    [200, 1100],
    [1500, 1100],
  ] as const;
  const page = squares(places);
  const { first, second } = scan({ front: page, back: page }, { skewDegrees: 1.5 });
  const slope = (image: GreyPage): number => {
    const [a, b] = places.map(([x, y]) => found(image, x + left, y + LEAD_LINES));
    return (Math.atan2((b?.y ?? 0) - (a?.y ?? 0), (b?.x ?? 0) - (a?.x ?? 0)) * 180) / Math.PI;
  };
  assert.ok(Math.abs(slope(first) - 1.5) < 0.02, `${slope(first)}`);
  assert.ok(Math.abs(slope(second) + 1.5) < 0.02, `${slope(second)}`);
});

test('scale, offset and shear move places as their names say', () => {
  const places = [
    [300, 300],
    [1400, 300],
    [300, 1900],
  ] as const;
  const page = squares(places);
  const conditions = { scaleX: 1.01, scaleY: 0.99, offsetPx: { xPx: 4, yPx: -3 }, shearDegrees: 0.3 };
  const { first } = scan({ front: page, back: page }, conditions);
  for (const [x, y] of places) {
    const at = found(first, x + left, y + LEAD_LINES);
    const [u, v] = [(x - 850) * 1.01, (y - 1100) * 0.99];
    const expected = {
      x: HEAD_COLUMNS / 2 + u + v * Math.tan((0.3 * Math.PI) / 180) + 4,
      y: first.heightPx / 2 + v - 3,
    };
    assert.ok(Math.hypot(at.x - expected.x, at.y - expected.y) < 0.1, JSON.stringify({ at, expected }));
  }
});

test('uneven feeding moves lines along the feed, both sides alike, by no more than its bound', () => {
  const places = Array.from({ length: 20 }, (_, i) => [850, 150 + 100 * i] as const);
  const page = squares(places);
  const { first, second } = scan({ front: page, back: page }, { feedJitterPx: 2.5, feedJitterCycles: 2 });
  const errors = (image: GreyPage): number[] =>
    places.map(([x, y]) => found(image, x + left, y + LEAD_LINES, 30).y - y - LEAD_LINES);
  const [upper, lower] = [errors(first), errors(second)];
  assert.ok(upper.every((error) => Math.abs(error) < 2.6));
  assert.ok(Math.max(...upper) - Math.min(...upper) > 2, upper.join(' '));
  upper.forEach((error, i) => assert.ok(Math.abs(error - (lower[i] ?? 0)) < 0.05));
});

test('light, blur, gain and noise leave the mean paper level where it was', () => {
  for (const seed of ['a', 'b', 'c', 'd']) {
    const conditions = { ...randomScan(seededRandom(`levels ${seed}`)), showThrough: 0, skewDegrees: 0 };
    const { first } = scan(blankSheet(LETTER_MM), conditions, seed);
    let [sum, count] = [0, 0];
    for (let y = 100; y < first.heightPx - 100; y++) {
      for (let x = 64; x < HEAD_COLUMNS - 64; x++) {
        sum += first.data[y * HEAD_COLUMNS + x] ?? 0;
        count++;
      }
    }
    const mean = sum / count;
    const words = `seed ${seed}: ${mean}, meant ${conditions.paperLevel}`;
    // Where light and noise reach above white, the sensor clips: that may cost a level or two, and never adds one.
    assert.ok(mean < conditions.paperLevel + 1 && mean > conditions.paperLevel - 2.5, words);
  }
});

test('noise has the declared sigma, and each line its own', () => {
  const { first } = scan(blankSheet(LETTER_MM), { paperLevel: 200, noiseSigma: 4 });
  let [squared, correlated] = [0, 0];
  const samples = 200_000;
  for (let i = 0; i < samples; i++) {
    const at = (200 + Math.floor(i / 1000)) * HEAD_COLUMNS + 300 + (i % 1000);
    const noise = (first.data[at] ?? 0) - 200;
    squared += noise * noise;
    correlated += noise * ((first.data[at + HEAD_COLUMNS] ?? 0) - 200);
  }
  assert.ok(Math.abs(Math.sqrt(squared / samples) - 4) < 0.15, `${Math.sqrt(squared / samples)}`);
  assert.ok(Math.abs(correlated / squared) < 0.05);
});

test('print shines through at the mirrored place', () => {
  const paper = { front: blankPage(LETTER_MM), back: squares([[400, 700]]) };
  const { first } = scan(paper, { showThrough: 0.5, inkLevel: 0 });
  const at = (LEAD_LINES + 700) * HEAD_COLUMNS;
  assert.ok(Math.abs((first.data[at + left + 1700 - 400] ?? 0) - 128) < 4);
  assert.is(first.data[at + left + 400], 255);
});

test('the random conditions stay within what the model declares, and a longer sheet is fed straighter', () => {
  const random = seededRandom('declared');
  for (let i = 0; i < 500; i++) {
    const long = i % 2 === 1;
    const c = randomScan(random, long ? 558.8 : LETTER_MM);
    assert.ok(Math.abs(c.skewDegrees) <= (long ? 1 : 2));
    assert.ok(Math.abs(c.shearDegrees) <= 0.35);
    assert.ok([c.scaleX, c.scaleY].every((scale) => Math.abs(scale - 1) <= 0.0061));
    assert.ok(c.feedJitterPx >= 0 && c.feedJitterPx <= 2.5 && c.blurPx >= 0.5 && c.blurPx <= 1.4);
    assert.ok(c.paperLevel >= 205 && c.paperLevel <= 250 && c.inkLevel >= 15 && c.inkLevel <= 60);
    assert.ok(c.noiseSigma >= 1.5 && c.noiseSigma <= 6 && Math.abs(c.gradient) <= 18);
  }
});

test('paper of any size is scanned, and what is wider than the head is cut', () => {
  const wide = greyPage(1900, 500, 200);
  const { first } = scan({ front: wide, back: wide }, {});
  assert.equal([first.widthPx, first.heightPx], [HEAD_COLUMNS, 500 + 2 * LEAD_LINES]);
  assert.is(first.data[300 * HEAD_COLUMNS], 255);
});

test.run();
