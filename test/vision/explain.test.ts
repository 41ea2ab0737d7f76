import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { defaultMarkThresholds, type MarkThresholds } from '../../election-def/mark-thresholds.js';
import { explainOval, explainSide } from '../../vision/explain.js';
import type { InkScore, OvalScore, SideReading } from '../../vision/reading.js';
import { PALE_LINE, STROKE_FROM, verdictOf } from '../../vision/verdict.js';

const test = suite('explaining verdicts');

const SCORES = 40_000;
const ORIGIN = { xPx: 0, yPx: 0 };

/** Small shares often, so that every threshold is met and missed; sometimes exactly on one. */
function share(random: SeededRandom, thresholds: readonly number[]): number {
  if (random.chance(0.15)) return random.pick(thresholds);
  return random.chance(0.5) ? random.next() ** 3 : random.next() * 0.2;
}

function randomInk(random: SeededRandom, t: MarkThresholds): InkScore {
  return {
    light: share(random, [t.light.blankBelow, t.light.markedFrom, STROKE_FROM]),
    dark: share(random, [t.dark.blankBelow, t.dark.markedFrom]),
    darkness: share(random, [t.darkness.blankBelow, t.darkness.markedFrom]),
    density: random.chance(0.1) ? PALE_LINE.densityBelow : share(random, [t.densityFrom]) * 1.5,
    spanMm: random.chance(0.1) ? t.spanMm.markedFrom : random.between(0, 4),
  };
}

function randomScore(random: SeededRandom, t: MarkThresholds): OvalScore {
  const base = {
    ...randomInk(random, t),
    outline: random.chance(0.8) ? random.between(0.1, 1) : share(random, [t.outlineLeast]),
    offsetXPx: 0,
    offsetYPx: 0,
    halo: share(random, [t.haloAmbiguousFrom]),
    rim: share(random, [t.rimAmbiguousFrom]),
  };
  if (random.chance(0.5)) return { ...base, line: 0 };
  const line = random.pick([0.49, 0.5, 0.59, 0.6, 0.61, random.next()]);
  return { ...base, line, withoutLine: randomInk(random, t) };
}

function randomThresholds(random: SeededRandom): MarkThresholds {
  const pair = (): { blankBelow: number; markedFrom: number } => {
    const [a, b] = [random.next() * 0.2, random.next() * 0.2];
    return { blankBelow: Math.min(a, b), markedFrom: Math.max(a, b) };
  };
  return {
    ...defaultMarkThresholds,
    light: pair(),
    dark: pair(),
    darkness: pair(),
    densityFrom: random.next(),
    haloAmbiguousFrom: random.next() * 0.3,
    rimAmbiguousFrom: random.next() * 0.3,
    timesRing: random.next() * 4,
  };
}

test(`the conclusion is the verdict, on ${SCORES} random scores and under any thresholds`, () => {
  const seen = new Set<string>();
  for (let round = 0; round < SCORES; round++) {
    const seed = `explanation ${round}`;
    const random = seededRandom(seed);
    const thresholds = random.chance(0.5) ? defaultMarkThresholds : randomThresholds(random);
    const score = randomScore(random, thresholds);
    const { verdict, conclusion, reasons } = explainOval(score, thresholds);
    const expected = verdictOf(score, thresholds);
    if (verdict !== expected || !conclusion.startsWith(expected)) {
      throw new Error(`${seed}: "${conclusion}", but ${expected}: ${JSON.stringify({ score, thresholds })}`);
    }
    assert.ok(reasons.length > 0, seed);
    for (const reason of reasons) {
      const holds =
        reason.asked === 'reaches' ? reason.value >= reason.threshold : reason.value < reason.threshold;
      assert.is(reason.holds, holds, seed);
    }
    seen.add(conclusion.replace(/(marked|blank|ambiguous)( with|,| without)/g, '…$2'));
  }
  assert.ok(seen.size >= 10, `every way to a verdict was gone: ${[...seen].join(' | ')}`);
});

const plain: OvalScore = {
  light: 0.004,
  dark: 0,
  darkness: 0.011,
  density: 0.2,
  spanMm: 0.4,
  outline: 0.7,
  offsetXPx: 0,
  offsetYPx: 0,
  halo: 0.02,
  rim: 0.01,
  line: 0,
};

function sentences(change: Partial<OvalScore>): readonly string[] {
  const { conclusion, reasons } = explainOval({ ...plain, ...change }, defaultMarkThresholds);
  return [conclusion, ...reasons.map(({ sentence }) => sentence)];
}

test('a blank oval, a pencil mark, a dot, a circled oval, a fold and a long stroke each have their story', () => {
  assert.equal(sentences({}), [
    'blank: next to nothing inside',
    '0.4 % of its inside is darker than paper: below 5.0 % (a blank oval)',
    'its inside is 1.1 % dark on the mean: below 5.0 % (a blank oval)',
    '2.0 % of the ring around it is darker than paper: below 10.0 % (clean paper around it)',
    'its outline is darker than the printed line by 1.0 %: below 7.0 % (an outline as printed)',
    'its printed outline stands out by 70.0 %: reaches 12.0 % (an outline that nothing covers)',
  ]);
  const pencil = { light: 0.6, dark: 0.01, darkness: 0.18, density: 0.3, spanMm: 3.2 };
  assert.is(sentences(pencil)[0], 'marked: a faint stroke, as dense as pencil');
  const dot = { light: 0.17, dark: 0.1, darkness: 0.09, density: 0.8, spanMm: 1.1 };
  assert.equal(sentences(dot), [
    'ambiguous: more than nothing, and too little for a mark',
    '17.0 % of its inside is darker than paper: not below 5.0 % (a blank oval)',
    'its inside is 9.0 % dark on the mean: not below 5.0 % (a blank oval)',
    'the ink reaches 1.10 mm: short of 1.60 mm (a stroke, not a dot)',
  ]);
  assert.match(sentences({ halo: 0.4 })[0] ?? '', /empty inside, but there is ink around it/);
  assert.match(sentences({ rim: 0.2 })[0] ?? '', /empty inside, but its outline is darker/);
  assert.match(sentences({ ...pencil, halo: 0.5 })[0] ?? '', /not clearly more than around it/);
  const fold = {
    light: 0.18,
    dark: 0,
    darkness: 0.09,
    density: 0.26,
    spanMm: 3.9,
    line: 0.9,
    withoutLine: plain,
  };
  assert.equal(sentences(fold).slice(0, 5), [
    'blank: the faint line through it is a fold and was taken away',
    'a thin line runs on outside of it along 90.0 % of the way: reaches 60.0 % (a fold)',
    '0.0 % of its inside is dark: short of 2.0 % (dark ink)',
    '18.0 % of its inside is darker than paper: short of 34.0 % (more than a fold covers)',
    'without the line, 0.4 % of its inside is darker than paper: below 5.0 % (a blank oval)',
  ]);
  assert.match(
    sentences({ ...fold, dark: 0.1 })[0] ?? '',
    /the dark line .* it may be a fold or a long stroke/,
  );
  assert.match(
    sentences({ ...fold, light: 0.4 })[0] ?? '',
    /the broad line .* it may be a fold or a long stroke/,
  );
});

test('the page tells how it lay, what was interpolated and whether both codes were read', () => {
  const reading: SideReading = {
    code: { electionHash20: 1, styleNumber: 1, precinctNumber: 1, sheet: 1, side: 'front', test: false },
    orientation: 'rotated-180',
    skewDegrees: -0.42,
    scaleAlong: 1.004,
    scaleAcross: 0.998,
    ovals: [],
    writeIns: [
      {
        contestId: 'mayor',
        optionId: 'write-in-1',
        ink: 0.031,
        written: true,
        corners: [ORIGIN, ORIGIN, ORIGIN, ORIGIN],
      },
    ],
    faults: [{ kind: 'one-code-unreadable', detail: 'the code at the top of the image could not be read' }],
  };
  const { page, writeIns } = explainSide(reading, defaultMarkThresholds);
  assert.equal(page, [
    'the page lies upside down',
    'it is skewed by 0.42 degrees anticlockwise',
    'it measures 100.4 % of the printed size along the feed and 99.8 % across it',
    'every timing mark was found',
    'the code at the top of the image could not be read',
  ]);
  assert.equal(writeIns, [
    'mayor: write-in-1 is written in: 3.1 % of its box is ink; from 1.0 % on it is written in',
  ]);
});

test('what is hardly there is said without a sign or a direction', () => {
  const told = explainOval({ ...plain, rim: -0.014 }, defaultMarkThresholds).reasons.map(
    ({ sentence }) => sentence,
  );
  assert.ok(
    told.includes('its outline is paler than the printed line by 1.4 %: below 7.0 % (an outline as printed)'),
    told.join('\n'),
  );
  const filled = { ...plain, light: 0.9, dark: 0.9, darkness: 0.8, density: 0.9, spanMm: 3, halo: 0 };
  assert.match(
    explainOval(filled, defaultMarkThresholds).reasons.at(-1)?.sentence ?? '',
    /^its inside is darkened 99 times or more as much as the ring: reaches 1\.3 times /,
  );
});

test.run();
