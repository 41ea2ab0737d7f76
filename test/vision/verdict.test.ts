/** Scores that runs of `make accuracy` have met and that were once judged wrongly: what they were, and what they are. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import type { OvalScore } from '../../vision/reading.js';
import { STROKE_FROM, verdictOf } from '../../vision/verdict.js';

const test = suite('verdicts on scores that were met');

const place = { outline: 0.5, offsetXPx: 0, offsetYPx: 0, halo: 0, rim: 0.02, line: 0 } as const;
const verdict = (score: Partial<OvalScore>): string => {
  const nothing = { light: 0, dark: 0, darkness: 0, density: 0, spanMm: 0 };
  return verdictOf({ ...nothing, ...place, ...score }, defaultMarkThresholds);
};

test('a hesitation dot that blur spreads as far as a stroke reaches is no vote: it has the ink of a dot', () => {
  const dots = [
    { light: 0.137, spanMm: 1.91, dark: 0.0551, darkness: 0.0685, density: 0.32 },
    { light: 0.154, spanMm: 1.6177, dark: 0.0653, darkness: 0.0828, density: 0.3351 },
  ];
  for (const dot of dots) assert.is(verdict(dot), 'ambiguous');
});

test('ink at the border of what a person would call a mark is no vote', () => {
  for (const [light, dark, darkness, density, spanMm] of [
    [0.1351, 0.0338, 0.0453, 0.2937, 1.6282],
    [0.1201, 0.0261, 0.0362, 0.2818, 1.6423],
    [0.1444, 0.0341, 0.0449, 0.2812, 1.716],
    [0.2156, 0.0366, 0.0755, 0.256, 2.05],
  ] as const) {
    assert.is(verdict({ light, dark, darkness, density, spanMm }), 'ambiguous', `${light}`);
  }
});

test('a thin pen stroke with as much ink as a pencil line is a vote', () => {
  assert.is(verdict({ light: 0.165, dark: 0.1, darkness: 0.09, density: 0.7, spanMm: 2 }), 'marked');
  assert.is(verdict({ light: 0.4, dark: 0, darkness: 0.11, density: 0.26, spanMm: 3 }), 'marked');
});

test('the densest smudge that was met is no vote, and the palest pencil that is denser is one', () => {
  const smudge = { light: 0.93, dark: 0.0026, darkness: 0.21, density: 0.2194, spanMm: 3.3 };
  assert.is(verdict(smudge), 'ambiguous');
  assert.is(verdict({ ...smudge, density: 0.245 }), 'marked');
});

test('a long slash in light pencil is not taken away as a fold', () => {
  const withoutLine = { light: 0.0208, dark: 0, darkness: 0.0171, density: 0.1393, spanMm: 3.4281 };
  for (const [light, darkness, density, line] of [
    [0.4727, 0.1339, 0.2517, 0.6154],
    [0.4543, 0.1152, 0.2196, 0.7308],
    [0.4, 0.1157, 0.2473, 0.6154],
  ] as const) {
    assert.is(verdict({ light, darkness, density, line, spanMm: 3.5, withoutLine }), 'ambiguous');
  }
});

test('a fold is taken away, however wide a crease it is', () => {
  const withoutLine = { light: 0.01, dark: 0, darkness: 0.01, density: 0.13, spanMm: 1 };
  const widest = { light: 0.2887, dark: 0, darkness: 0.08, density: 0.1783, line: 0.8462, spanMm: 3.6 };
  assert.ok(widest.light < STROKE_FROM);
  assert.is(verdict({ ...widest, withoutLine }), 'blank');
  const interrupted = { ...widest, line: 0.55 };
  assert.is(verdict({ ...interrupted, withoutLine }), 'blank', 'print beside it hides some of the way');
  assert.is(verdict({ ...interrupted, density: 0.22, withoutLine }), 'ambiguous', 'pencil may end there');
});

test.run();
