import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultMarkThresholds, type MarkThresholds } from '../../election-def/mark-thresholds.js';
import { markStatement } from '../../vision/mark-statement.js';
import type { OvalScore } from '../../vision/reading.js';
import { isWritten, verdictOf } from '../../vision/verdict.js';

const test = suite('what counts as a mark, in words');

const marked: OvalScore = {
  light: 0.5,
  dark: 0.5,
  darkness: 0.5,
  density: 0.5,
  spanMm: 3,
  outline: 0.5,
  offsetXPx: 0,
  offsetYPx: 0,
  halo: 0,
  rim: 0,
  line: 0,
};
const blank: OvalScore = { ...marked, light: 0, dark: 0, darkness: 0, density: 0, spanMm: 0 };

/** A score on the number's edge, and what it then is; and just off the edge, what it is no more. */
function edges(
  t: MarkThresholds,
): Readonly<Record<string, readonly [OvalScore, OvalScore, 'marked' | 'blank']>> {
  const off = 0.0001;
  const faint = { ...marked, dark: 0 };
  return {
    'light.markedFrom': [
      { ...marked, light: t.light.markedFrom },
      { ...marked, light: t.light.markedFrom - off },
      'marked',
    ],
    'spanMm.markedFrom': [
      { ...marked, spanMm: t.spanMm.markedFrom },
      { ...marked, spanMm: t.spanMm.markedFrom - off },
      'marked',
    ],
    'dark.markedFrom': [
      { ...marked, dark: t.dark.markedFrom, density: 0 },
      { ...marked, dark: t.dark.markedFrom - off, density: 0 },
      'marked',
    ],
    'darkness.markedFrom': [
      { ...marked, darkness: t.darkness.markedFrom },
      { ...marked, darkness: t.darkness.markedFrom - off },
      'marked',
    ],
    densityFrom: [{ ...faint, density: t.densityFrom }, { ...faint, density: t.densityFrom - off }, 'marked'],
    'light.blankBelow': [
      { ...blank, light: t.light.blankBelow - off },
      { ...blank, light: t.light.blankBelow },
      'blank',
    ],
    'darkness.blankBelow': [
      { ...blank, darkness: t.darkness.blankBelow - off },
      { ...blank, darkness: t.darkness.blankBelow },
      'blank',
    ],
    haloAmbiguousFrom: [
      { ...blank, halo: t.haloAmbiguousFrom - off },
      { ...blank, halo: t.haloAmbiguousFrom },
      'blank',
    ],
    rimAmbiguousFrom: [
      { ...blank, rim: t.rimAmbiguousFrom - off },
      { ...blank, rim: t.rimAmbiguousFrom },
      'blank',
    ],
    timesRing: [
      { ...marked, light: t.timesRing * 0.25, halo: 0.25 },
      { ...marked, light: t.timesRing * 0.25 - off, halo: 0.25 },
      'marked',
    ],
    outlineLeast: [
      { ...blank, outline: t.outlineLeast },
      { ...blank, outline: t.outlineLeast - off },
      'blank',
    ],
  };
}

test('every number of the statement decides at exactly that value, and no number in force is missing', () => {
  const t = { ...defaultMarkThresholds, light: { blankBelow: 0.0425, markedFrom: 0.155 } };
  const { numbers } = markStatement(t);
  const cases = edges(t);
  assert.equal(numbers.map(({ name }) => name).sort(), [...Object.keys(cases), 'writeInInkFrom'].sort());
  for (const { name, value } of numbers) {
    const edge = cases[name];
    if (edge === undefined) {
      assert.ok(isWritten(value, t) && !isWritten(value - 0.0001, t), name);
      continue;
    }
    const [on, off, verdict] = edge;
    assert.is(verdictOf(on, t), verdict, `${name} ${value}`);
    assert.is(verdictOf(off, t), 'ambiguous', `beside ${name} ${value}`);
  }
});

test('the words carry the numbers without rounding anything away', () => {
  const t = {
    ...defaultMarkThresholds,
    light: { blankBelow: 0.0425, markedFrom: 0.155 },
    densityFrom: 0.333,
  };
  const { rules, numbers } = markStatement(t);
  const conditions = rules.flatMap((rule) => rule.conditions).join('\n');
  for (const text of ['15.5 % or more', 'less than 4.25 %', '33.3 % dark or more']) {
    assert.ok(conditions.includes(text), text);
  }
  for (const { name, text } of numbers.filter((one) => one.name !== 'writeInInkFrom')) {
    assert.ok(conditions.includes(text), `${name} ${text}`);
  }
});

test.run();
