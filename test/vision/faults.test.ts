import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../../ground/seeded-random.js';
import { mmToPx } from '../../ground/units.js';
import { degradedScan, paintPage, plainScan, type Ink } from './paint-page.js';
import { expectMarks, filled, marksOf, mustRead, mustRefuse, read, sideOf } from './reading-bench.js';

const test = suite('faults of a side');

const scan = plainScan('letter');
/** Column of the image above a place of the page: the page is centred in the image. */
const columnAt = (xMm: number): number => Math.round(scan.widthPx / 2 + mmToPx(xMm - 215.9 / 2, scan.dpi));

test('a streak over an oval is refused, dark or bright, whatever the skew', () => {
  for (const skewDegrees of [0, 1]) {
    for (const grey of [60, 150]) {
      const what = sideOf('letter', 'front');
      const streak = { xPx: columnAt(22), widthPx: 2, grey };
      const page = paintPage(what, { ...scan, skewDegrees, streaks: [streak] }, 'streak');
      mustRefuse('letter', page, ['streak-on-a-target'], `skew ${skewDegrees} grey ${grey}`);
    }
  }
  const bright = { ...scan, paperGrey: 215, streaks: [{ xPx: columnAt(68), widthPx: 3, grey: 255 }] };
  mustRefuse('letter', paintPage(sideOf('letter', 'front'), bright, 'b'), ['streak-on-a-target'], 'bright');
});

test('a streak between the ovals is noted and the marks are read', () => {
  for (const grey of [40, 160]) {
    const what = sideOf('letter', 'front');
    const streaks = [{ xPx: columnAt(45), widthPx: 3, grey }];
    const page = paintPage({ ...what, ink: [filled(what, 6)] }, { ...scan, streaks }, 'beside');
    const reading = mustRead('letter', page, `grey ${grey}`);
    expectMarks(reading, [6], `grey ${grey}`);
    assert.equal(
      reading.faults.map((fault) => fault.kind),
      ['streak'],
    );
    assert.match(reading.faults[0]?.detail ?? '', /dark streak \d+ mm from the image's left edge/);
  }
});

test('more streaks than are told apart are refused, wherever they run', () => {
  const what = sideOf('letter', 'front');
  // Every fourth column, so that each is a streak of its own; all between the ovals at 68 and at 114 mm.
  const beside = (streaks: number): ReturnType<typeof paintPage> => {
    const at = (i: number): number => columnAt(74) + 4 * i;
    const all = Array.from({ length: streaks }, (_, i) => ({ xPx: at(i), widthPx: 1, grey: 60 }));
    return paintPage(what, { ...scan, streaks: all }, 'many');
  };
  assert.is(mustRead('letter', beside(60), '60').faults.length, 60);
  mustRefuse('letter', beside(65), ['streak-on-a-target'], '65');
});

test('a streak through a column of timing marks never moves a mark', () => {
  for (const xMm of [9.5, 12, 206.3, 7.2]) {
    for (const grey of [0, 255]) {
      const what = sideOf('letter', 'front');
      const streaks = [{ xPx: columnAt(xMm), widthPx: 3, grey }];
      const result = read(
        'letter',
        paintPage({ ...what, ink: [filled(what, 6)] }, { ...scan, streaks }, 's'),
      );
      if (result.kind === 'read') assert.equal(marksOf(result.reading), [6], `${xMm} ${grey}`);
    }
  }
});

test('a printed line along the feed is no streak', () => {
  const what = sideOf('letter', 'front');
  const box: Ink = { kind: 'rect', xMm: 42, yMm: 18, widthMm: 0.3, heightMm: 243, darkness: 1 };
  const reading = mustRead('letter', paintPage({ ...what, ink: [box] }, scan, 'line'), 'line');
  assert.equal(reading.faults, []);
});

test('a fold across the page votes nowhere and takes no vote away', () => {
  for (let round = 0; round < 12; round++) {
    const seed = `fold ${round}`;
    const random = seededRandom(seed);
    const what = sideOf('letter', 'front');
    const oval = what.side.ovals[10 + round];
    const y = (oval?.yMm ?? 0) + random.between(-1, 1);
    const tilt = random.between(-0.6, 0.6);
    const fold: Ink = {
      kind: 'stroke',
      points: [
        [-5, y - tilt],
        [220, y + tilt],
      ],
      widthMm: random.between(0.15, 0.35),
      darkness: random.between(0.1, 0.3),
    };
    const page = paintPage(
      { ...what, ink: [filled(what, 10 + round), fold] },
      degradedScan('letter', random),
      seed,
    );
    expectMarks(mustRead('letter', page, seed), [10 + round], seed);
  }
});

test('paper missing at an edge is noted where the frame is whole', () => {
  const what = sideOf('letter', 'front');
  const tear: Ink = { kind: 'rect', xMm: 80, yMm: -1, widthMm: 45, heightMm: 6, darkness: 1 };
  const reading = mustRead(
    'letter',
    paintPage({ ...what, ink: [tear] }, { ...scan, surround: 25 }, 'tear'),
    'tear',
  );
  assert.equal(
    reading.faults.map((fault) => fault.kind),
    ['torn-edge'],
  );
  const whole = mustRead(
    'letter',
    paintPage(what, { ...scan, surround: 25, skewDegrees: 1 }, 'whole'),
    'whole',
  );
  assert.equal(whole.faults, []);
});

test('a name in a write-in box is seen, with or without its oval; an empty box is empty', () => {
  for (const marked of [false, true]) {
    const seed = `write-in ${marked}`;
    const what = sideOf('letter', 'back');
    const box = what.side.writeInBoxes[1];
    const oval = what.side.ovals.findIndex(
      (o) => o.contestId === box?.contestId && o.optionId === box.optionId,
    );
    const [x, y] = [(box?.xMm ?? 0) + 4, (box?.yMm ?? 0) + 2];
    const name: Ink = {
      kind: 'stroke',
      points: [0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => [x + i * 1.5, y + (i % 2) * 3] as const),
      widthMm: 0.4,
      darkness: 0.7,
    };
    const ink = marked ? [name, filled(what, oval)] : [name];
    const page = paintPage({ ...what, ink }, degradedScan('letter', seededRandom(seed)), seed);
    const reading = mustRead('letter', page, seed);
    expectMarks(reading, marked ? [oval] : [], seed);
    assert.equal(
      reading.writeIns.map((place) => place.written),
      what.side.writeInBoxes.map((_, i) => i === 1),
      JSON.stringify(reading.writeIns.map((place) => place.ink)),
    );
  }
});

test.run();
