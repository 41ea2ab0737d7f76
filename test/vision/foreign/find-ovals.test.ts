/** Every oval and nothing else, on blanks of seven styles, at three resolutions, straight from the PDF and scanned. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { greyPage, type GreyPage } from '../../../ground/grey-page.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { photograph } from '../../../tools/pen/not-a-ballot.js';
import { findOvals } from '../../../vision/foreign/find-ovals.js';
import { otherBallot, otherStyles, type TrueOval } from './other-ballots.js';
import { officeScan, randomOfficeScan } from './other-scans.js';
import { centreAt, drawnAt } from './sample-styles.js';

const test = suite('find ovals');

interface Outcome {
  readonly missed: number;
  readonly extra: number;
}

function compare(page: GreyPage, ovals: readonly TrueOval[]): Outcome {
  const found = findOvals(page);
  const centres = ovals.map((oval) => centreAt(oval, page.dpi));
  const isNear = (a: { x: number; y: number }, b: { x: number; y: number }): boolean =>
    Math.hypot(a.x - b.x, a.y - b.y) <= page.dpi / 100;
  return {
    missed: centres.filter((centre) => !found.some((oval) => isNear(oval, centre))).length,
    extra: found.filter((oval) => !centres.some((centre) => isNear(oval, centre))).length,
  };
}

for (const style of otherStyles) {
  test(`all and only the ovals are found: ${style.name}`, async () => {
    const pages = [
      ['first', 150],
      ['first', 200],
      ['first', 300],
      ['second', 200],
      ['third', 150],
    ] as const;
    for (const [content, dpi] of pages) {
      const ballot = await otherBallot(style, content, 'Precinct 7');
      assert.ok(ballot.ovals.length >= 10, `${style.name} has ${ballot.ovals.length} ovals`);
      const outcome = compare(await drawnAt(ballot, dpi), ballot.ovals);
      assert.equal(outcome, { missed: 0, extra: 0 }, `${content} at ${dpi} dpi`);
    }
  });
}

test('they have the size that was printed, and names in reading order', async () => {
  const [style] = otherStyles;
  if (style === undefined) throw new Error('no style');
  const ballot = await otherBallot(style, 'first', 'Precinct 7');
  const found = findOvals(await drawnAt(ballot, 300));
  for (const { w, h } of found) {
    assert.ok(Math.abs((w / 300) * 25.4 - style.ovalMm[0]) < 0.3, `${w} pixels wide`);
    assert.ok(Math.abs((h / 300) * 25.4 - style.ovalMm[1]) < 0.3, `${h} pixels high`);
  }
  assert.is(new Set(found.map(({ id }) => id)).size, found.length);
  assert.is(found[0]?.id, 'c1/o1');
  const first = centreAt(ballot.ovals[0] ?? { x: 0, y: 0 }, 300);
  assert.ok(Math.hypot((found[0]?.x ?? 0) - first.x, (found[0]?.y ?? 0) - first.y) < 3);
});

test('a blank that was scanned will do as well as its PDF', async () => {
  for (const [i, style] of otherStyles.entries()) {
    const ballot = await otherBallot(style, 'first', 'Precinct 7');
    const seed = `scanned blank ${i}`;
    const random = seededRandom(seed);
    const scan = { ...randomOfficeScan(random), tones: 'grey', noise: 3, upsideDown: false } as const;
    const found = findOvals(await officeScan(await drawnAt(ballot, 200), scan, random));
    assert.is(found.length, ballot.ovals.length, `${seed}: ${style.name}`);
  }
});

test('a photograph, an empty page and a page of one tone have none', () => {
  assert.equal(findOvals(photograph('no ballot').front), []);
  assert.equal(findOvals(greyPage(1700, 2200, 200)), []);
  assert.equal(findOvals(greyPage(300, 200, 200, new Uint8Array(60_000))), []);
});

test.run();
