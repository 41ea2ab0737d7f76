import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { packSheet, unpackSheet } from '../../vision/packed-sheet.js';
import { readSheet } from '../../vision/read-sheet.js';
import type { InkScore, OvalReading, SheetResult, SideReading } from '../../vision/reading.js';
import { paintPage, plainScan } from './paint-page.js';
import { contextOf, filled, sideOf } from './reading-bench.js';

const test = suite("a sheet's result on its way between two threads");

const context = contextOf('letter');
const [front, back] = [sideOf('letter', 'front'), sideOf('letter', 'back')];
const sheet = readSheet(
  paintPage({ ...front, ink: [filled(front, 4)] }, plainScan('letter'), 'front'),
  paintPage({ ...back, ink: [filled(back, 9)] }, plainScan('letter'), 'back'),
  context,
);

/** Byte for byte: the order of the fields must not change either, as records are made of them. */
function crosses(result: SheetResult): void {
  assert.is(JSON.stringify(unpackSheet(packSheet(result), context)), JSON.stringify(result));
}

function ink(random: SeededRandom): InkScore {
  const share = (): number => random.between(0, 1);
  return { light: share(), dark: share(), darkness: share(), density: share(), spanMm: random.between(0, 9) };
}

/** Other numbers in every place, with and without what is not always there. */
function scrambled(side: SideReading, random: SeededRandom): SideReading {
  const ovals = side.ovals.map((oval): OvalReading => {
    const numbers = Object.entries(oval.score).map(([name]) => [name, random.between(-1, 1)] as const);
    return {
      ...oval,
      verdict: random.pick(['blank', 'ambiguous', 'marked'] as const),
      score: {
        ...oval.score,
        ...(Object.fromEntries(numbers) as Partial<typeof oval.score>),
        ...(random.chance(0.5) ? { withoutLine: ink(random) } : {}),
        ...(random.chance(0.5) ? { fromBehind: random.between(0, 1) } : {}),
      },
      centre: { xPx: random.between(0, 1728), yPx: random.between(0, 2200) },
    };
  });
  return { ...side, ovals };
}

test('arrives as it was, byte for byte, whatever was measured', () => {
  assert.is(sheet.kind, 'read');
  if (sheet.kind !== 'read') return;
  crosses(sheet);
  for (let round = 0; round < 50; round++) {
    const random = seededRandom(`packed sheet ${round}`);
    crosses({ ...sheet, front: scrambled(sheet.front, random), back: scrambled(sheet.back, random) });
  }
});

test('a reject arrives as it was', () => {
  crosses({ kind: 'rejected', reject: { reason: 'no-timing-marks', detail: 'the image has no contrast' } });
});

test('a table that is not of this sheet is not taken for its ovals', () => {
  const packed = packSheet(sheet);
  assert.is(packed.kind, 'read');
  if (packed.kind !== 'read') return;
  assert.throws(() => unpackSheet({ ...packed, ovals: packed.ovals.slice(20) }, context));
});

test.run();
