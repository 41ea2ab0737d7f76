/** What the generators of spoilt paper do to pixels: as much as they say, where they say, on the side they say. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pageFrame, timingMarkCentre } from '../../../election-def/page-frame.js';
import { equalBytes } from '../../../ground/bytes.js';
import type { GreyPage } from '../../../ground/grey-page.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { bleedThrough } from '../../../tools/pen/bleed.js';
import { colouredInks, colouredPen } from '../../../tools/pen/ink-colours.js';
import { lowToner } from '../../../tools/pen/low-toner.js';
import { damageMarks, marksOfEdge, scatteredMarks } from '../../../tools/pen/mark-damage.js';
import { blankSheet, copyOf, onPaper, type PaperSheet } from '../../../tools/pen/paper.js';
import { cutShort, overLong, scaledPrint } from '../../../tools/pen/sheet-size.js';
import { coffeeBlot, coffeeRing, tape } from '../../../tools/pen/stains.js';
import { cleanSheet, toPx } from './fixture.js';

const test = suite('spoilt paper');
const clean = await cleanSheet();
const paper = onPaper(clean);
const random = () => seededRandom('spoilt');

const greyAt = (page: GreyPage, xMm: number, yMm: number): number =>
  page.data[Math.round(toPx(yMm)) * page.widthPx + Math.round(toPx(xMm))] ?? -1;

/** Share of black in a page. */
const inkOf = (page: GreyPage): number =>
  page.data.reduce((sum, grey) => sum + (255 - grey), 0) / (255 * page.data.length);

test('a damaged timing mark is gone, paler, half there or longer; its neighbours and the other side stay', () => {
  const at = timingMarkCentre(0, 10);
  const hit = (damage: Parameters<typeof damageMarks>[3]): PaperSheet =>
    damageMarks(paper, 'letter', [{ side: 'front', edge: 'left', place: 10 }], damage, random());
  assert.is(greyAt(hit('missing').front, at.xMm, at.yMm), 255);
  const faint = greyAt(hit('faint').front, at.xMm, at.yMm);
  assert.ok(faint > 255 * 0.5 && faint < 255 * 0.75, `${faint}`);
  const halved = hit('halved').front;
  const halves = [-1.5, 1.5].map((off) => greyAt(halved, at.xMm + off, at.yMm) < 10);
  assert.is(halves.filter(Boolean).length, 1);
  const smeared = hit('smeared').front;
  assert.ok(greyAt(smeared, at.xMm, at.yMm) < 10);
  assert.ok(Math.min(greyAt(smeared, at.xMm, at.yMm - 1.6), greyAt(smeared, at.xMm, at.yMm + 1.6)) < 220);
  for (const damage of ['missing', 'faint', 'halved'] as const) {
    assert.ok(greyAt(hit(damage).front, at.xMm, timingMarkCentre(0, 11).yMm) < 10);
    assert.ok(equalBytes(hit(damage).back.data, paper.back.data));
  }
});

test('scattered marks are as many as asked for, apart from each other and from the corners', () => {
  for (let round = 0; round < 50; round++) {
    const places = scatteredMarks('letter', { side: 'back', edge: 'top' }, 9, seededRandom(`${round}`)).map(
      ({ place }) => place,
    );
    assert.is(places.length, 9);
    places.forEach((place, i) => assert.ok(i === 0 || place - (places[i - 1] ?? 0) >= 2));
    assert.ok((places[0] ?? 0) >= 2 && (places.at(-1) ?? 0) <= marksOfEdge('letter', 'top') - 3);
  }
  assert.is(marksOfEdge('letter', 'left'), pageFrame('letter').rows);
});

test('coffee darkens both sides at the same piece of paper, the other one less, and nothing far away', () => {
  const centre = { xMm: 60, yMm: 140 };
  const blank = blankSheet();
  const ring = coffeeRing(blank, { centre, radiusMm: 35, widthMm: 3, strength: 0.4 }, random());
  const blot = coffeeBlot(blank, { centre, radiusMm: 15, strength: 0.4 }, random());
  for (const stained of [ring, blot]) {
    assert.ok(inkOf(stained.front) > 0.0005);
    const share = inkOf(stained.back) / inkOf(stained.front);
    assert.ok(share > 0.5 && share < 0.7, `${share}`);
    assert.ok(stained.front.data.every((grey) => grey >= 255 * 0.6 - 1));
    assert.is(greyAt(stained.front, 180, 140), 255);
  }
  assert.is(greyAt(ring.front, 60, 140), 255);
  assert.is(greyAt(blot.front, 60, 140), 204);
  assert.ok(greyAt(blot.back, 215.9 - 60, 140) > 220);
});

test('tape dims paper, pales ink, throws two thin shadows, and lies on one side', () => {
  const strip = {
    side: 'front',
    centre: { xMm: 108, yMm: 100 },
    angleDegrees: 0,
    lengthMm: 120,
    widthMm: 19,
    yellowed: 0.1,
    gloss: 0.2,
  } as const;
  const blank = blankSheet();
  blank.front.data[Math.round(toPx(100)) * blank.front.widthPx + Math.round(toPx(108))] = 1;
  const taped = tape(blank, strip);
  assert.is(greyAt(taped.front, 90, 100), 230);
  assert.ok(Math.abs(greyAt(taped.front, 108, 100) - 52) <= 1);
  assert.ok(greyAt(taped.front, 90, 100 + 9.5) < 205);
  assert.is(greyAt(taped.front, 90, 120), 255);
  assert.ok(equalBytes(taped.back.data, blank.back.data));
});

test('low toner takes print away and adds none, before anybody has marked', () => {
  const worn = lowToner(clean, { fading: 0.6, bands: 3, voids: 3 }, random());
  worn.front.data.forEach((grey, i) => {
    if (grey < (clean.front.data[i] ?? 0)) throw new Error(`pixel ${i} is darker`);
  });
  const left = inkOf(worn.front) / inkOf(clean.front);
  assert.ok(left > 0.4 && left < 0.95, `${left}`);
});

test('what was drawn bleeds through, mirrored and paler; what was printed does not', () => {
  const drawn = copyOf(paper);
  for (let y = 1000; y < 1040; y++) {
    drawn.front.data.fill(20, y * drawn.front.widthPx + 500, y * drawn.front.widthPx + 560);
  }
  const bled = bleedThrough(drawn, clean, 0.5, random());
  const { widthPx } = bled.back;
  const behind = bled.back.data[1020 * widthPx + widthPx - 1 - 530] ?? 0;
  assert.ok(behind > 255 * 0.5 && behind < 255 * 0.75, `${behind}`);
  let changed = 0;
  bled.back.data.forEach((grey, i) => (changed += grey === paper.back.data[i] ? 0 : 1));
  assert.ok(changed >= 60 * 40 * 0.9 && changed <= 64 * 44, `${changed} pixels`);
  assert.ok(equalBytes(bled.front.data, drawn.front.data));
});

test('a red pen is dark under green light and all but gone under red light; each pen is near its declared share', () => {
  for (const name of Object.keys(colouredInks) as (keyof typeof colouredInks)[]) {
    for (const light of ['white', 'red', 'green', 'blue'] as const) {
      const { opacity } = colouredPen(name, light, seededRandom(`${name} ${light}`));
      assert.ok(Math.abs(opacity / colouredInks[name].takes[light] - 1) <= 0.101, `${name} ${light}`);
    }
  }
  assert.ok(colouredPen('red-ballpoint', 'red', random()).opacity < 0.1);
  assert.ok(colouredPen('red-ballpoint', 'green', random()).opacity > 0.7);
});

test('sheets get longer and shorter at the end that was named, and a print shrinks around its middle', () => {
  const { widthPx, heightPx } = paper.front;
  const longer = overLong(paper, 'head', 25.4).front;
  assert.is(longer.heightPx, heightPx + 200);
  assert.ok(equalBytes(longer.data.subarray(200 * widthPx), paper.front.data));
  const shorter = cutShort(paper, 'head', 25.4).front;
  assert.ok(equalBytes(shorter.data, paper.front.data.subarray(200 * widthPx)));
  assert.is(cutShort(paper, 'foot', 25.4).back.heightPx, heightPx - 200);

  const shrunk = scaledPrint(paper, { across: 0.98, along: 1 }).front;
  const mark = timingMarkCentre(0, 20);
  const moved = 215.9 / 2 + (mark.xMm - 215.9 / 2) * 0.98;
  assert.ok(greyAt(shrunk, moved, mark.yMm) < 10);
  assert.ok(greyAt(shrunk, moved - 2.8, mark.yMm) > 245);
  assert.is(shrunk.widthPx, widthPx);
  assert.ok(equalBytes(scaledPrint(paper, { across: 1, along: 1 }).front.data, paper.front.data));
});

test.run();
