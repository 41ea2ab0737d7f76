import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../../ground/seeded-random.js';
import type { Verdict } from '../../vision/reading.js';
import { drawMark, nothingKinds, seenKinds, strayKinds, voteKinds, type MarkKind } from './mark-kinds.js';
import { degradedScan, paintPage } from './paint-page.js';
import { mustRead, sideOf } from './reading-bench.js';

const test = suite('marks');

const SIDES = 4;

/** Every oval in the middle rows of every second column carries the kind; nothing else is near it. */
function verdictsOf(kind: MarkKind): { verdicts: readonly Verdict[]; hint: string } {
  const verdicts: Verdict[] = [];
  let hint = '';
  for (let round = 0; round < SIDES; round++) {
    const seed = `${kind} ${round}`;
    const random = seededRandom(seed);
    const what = sideOf('letter', 'front');
    const chosen = what.side.ovals.flatMap((_, i) => (i % 5 === 2 ? [i] : []));
    const ink = chosen.flatMap((i) => {
      const oval = what.side.ovals[i];
      return oval === undefined ? [] : drawMark(kind, oval.xMm, oval.yMm, random);
    });
    const reading = mustRead(
      'letter',
      paintPage({ ...what, ink }, degradedScan('letter', random), seed),
      seed,
    );
    for (const i of chosen) {
      const oval = reading.ovals[i];
      if (oval === undefined) continue;
      verdicts.push(oval.verdict);
      hint += `${seed}, oval ${i}: ${oval.verdict} ${JSON.stringify(oval.score)}\n`;
    }
  }
  return { verdicts, hint };
}

for (const kind of Object.keys(voteKinds) as MarkKind[]) {
  test(`${kind} is a vote`, () => {
    const { verdicts, hint } = verdictsOf(kind);
    assert.ok(verdicts.length > 75);
    assert.ok(
      verdicts.every((verdict) => verdict === 'marked'),
      hint,
    );
  });
}

for (const kind of Object.keys(strayKinds) as MarkKind[]) {
  test(`${kind} is never a vote`, () => {
    const { verdicts, hint } = verdictsOf(kind);
    assert.ok(
      verdicts.every((verdict) => verdict !== 'marked'),
      hint,
    );
  });
}

for (const kind of Object.keys(nothingKinds) as MarkKind[]) {
  test(`${kind} is blank`, () => {
    const { verdicts, hint } = verdictsOf(kind);
    assert.ok(
      verdicts.every((verdict) => verdict === 'blank'),
      hint,
    );
  });
}

for (const kind of Object.keys(seenKinds) as MarkKind[]) {
  test(`${kind} is never silently blank`, () => {
    const { verdicts, hint } = verdictsOf(kind);
    assert.ok(
      verdicts.every((verdict) => verdict !== 'blank'),
      hint,
    );
  });
}

test.run();
