import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { pageFrame, timingMarkCentre, timingMarks } from '../../election-def/page-frame.js';
import type { RejectReason } from '../../vision/reading.js';
import { rejectSentence } from '../../vision/rejects.js';
import { degradedScan, paintPage, plainScan, type PageToPaint } from './paint-page.js';
import { expectMarks, filled, mustRead, mustRefuse, sideOf } from './reading-bench.js';

const test = suite('refusing a side');

const frame = pageFrame('letter');
const marks = timingMarks(frame);
const scan = plainScan('letter');

/** Places in `timingMarks` of these columns and rows. */
function places(...wanted: readonly (readonly [column: number, row: number])[]): ReadonlySet<number> {
  return new Set(
    wanted.map(([column, row]) => {
      const centre = timingMarkCentre(column, row);
      return marks.findIndex((m) => Math.abs(m.xMm - centre.xMm) < 0.1 && Math.abs(m.yMm - centre.yMm) < 0.1);
    }),
  );
}

function without(missing: ReadonlySet<number>): PageToPaint {
  assert.not(missing.has(-1));
  const what = sideOf('letter', 'front');
  return { ...what, ink: [filled(what, 0), filled(what, 24), filled(what, 90)], withoutMarks: missing };
}

test('two missing neighbours on each edge and a missing corner are interpolated, and noted', () => {
  const missing = places(
    [5, 0],
    [6, 0],
    [0, 12],
    [0, 13],
    [31, 30],
    [31, 31],
    [20, 41],
    [21, 41],
    [0, 0],
    [31, 41],
  );
  for (const skewDegrees of [0, 1.5]) {
    const page = paintPage(without(missing), { ...scan, heightPx: 2280, skewDegrees }, 'missing');
    const reading = mustRead('letter', page, `skew ${skewDegrees}`);
    expectMarks(reading, [0, 24, 90], `skew ${skewDegrees}`);
    assert.equal(
      reading.faults.map((fault) => fault.kind),
      ['timing-marks-interpolated'],
    );
    assert.ok(reading.ovals.every((oval) => Math.hypot(oval.score.offsetXPx, oval.score.offsetYPx) < 3));
  }
});

test('more missing marks than may be interpolated are refused, each limit by itself', () => {
  const tooMany: Record<string, ReadonlySet<number>> = {
    'three neighbours': places([5, 0], [6, 0], [7, 0]),
    'three neighbours on a side': places([31, 20], [31, 21], [31, 22]),
    'a corner and a mark beside it': places([0, 0], [1, 0]),
    'more than 30 % of an edge': places(
      ...[2, 5, 8, 11, 14, 17, 20, 23, 26, 29].map((column) => [column, 41] as const),
    ),
  };
  for (const [hint, missing] of Object.entries(tooMany)) {
    mustRefuse('letter', paintPage(without(missing), scan, hint), ['timing-marks-damaged'], hint);
  }
});

test('exactly 70 % of an edge is enough', () => {
  const missing = places(...[2, 5, 8, 11, 14, 17, 20, 23, 26].map((column) => [column, 41] as const));
  expectMarks(mustRead('letter', paintPage(without(missing), scan, '70'), '70 %'), [0, 24, 90], '70 %');
});

test('one unreadable code is noted; two unreadable codes, and codes that differ, are refused', () => {
  const what = sideOf('letter', 'front');
  for (const withoutCode of ['top', 'bottom'] as const) {
    const reading = mustRead('letter', paintPage({ ...what, withoutCode }, scan, withoutCode), withoutCode);
    assert.equal(
      reading.faults.map((fault) => fault.kind),
      ['one-code-unreadable'],
    );
    assert.equal(reading.code, what.code);
  }
  mustRefuse(
    'letter',
    paintPage({ ...what, withoutCode: 'both' }, scan, 'c'),
    ['code-unreadable'],
    'no code',
  );
  const bottomCode = { ...what.code, styleNumber: 6 };
  mustRefuse('letter', paintPage({ ...what, bottomCode }, scan, 'd'), ['codes-differ'], 'other code');
});

test('a code with any one cell turned over is not read', () => {
  const what = sideOf('letter', 'front');
  const random = seededRandom('cells');
  for (let round = 0; round < 12; round++) {
    const cell = random.integer(0, 69);
    const at = { xMm: 20.32 + cell * 2.54 - 0.95, yMm: 9.525 + 4.445 - 1.2, widthMm: 1.9, heightMm: 2.4 };
    const painted = { ...what, withoutCode: 'bottom' as const };
    const clean = paintPage(painted, scan, 'cell');
    const turned = paintPage({ ...painted, erased: [at] }, scan, 'cell');
    const dark = paintPage({ ...painted, ink: [{ kind: 'rect', ...at, darkness: 1 }] }, scan, 'cell');
    mustRead('letter', clean, 'untouched');
    // One of the two changes turns the cell over; the other leaves it as it is.
    const kinds = [turned, dark].map((page) => {
      try {
        mustRefuse('letter', page, ['code-unreadable'], 'cell');
        return 'refused';
      } catch {
        mustRead('letter', page, 'cell');
        return 'read';
      }
    });
    assert.equal([...kinds].sort(), ['read', 'refused'], `cell ${cell}`);
  }
});

test('another election and an unknown style are refused by name', () => {
  const what = sideOf('letter', 'front');
  const cases: [RejectReason, Partial<PageToPaint['code']>][] = [
    ['wrong-election', { electionHash20: 1 }],
    ['unknown-ballot-style', { styleNumber: 9 }],
    ['unknown-ballot-style', { precinctNumber: 9 }],
    ['unknown-ballot-style', { sheet: 2 }],
  ];
  for (const [reason, change] of cases) {
    const page = paintPage({ ...what, code: { ...what.code, ...change } }, scan, reason);
    mustRefuse('letter', page, [reason], JSON.stringify(change));
  }
});

test('too much skew, too much stretch and the wrong paper are refused as such', () => {
  const what = sideOf('letter', 'front');
  const roomy = { ...scan, widthPx: 2000, heightPx: 2500 };
  mustRefuse('letter', paintPage(what, { ...roomy, skewDegrees: 4 }, 's'), ['too-much-skew'], '4 degrees');
  mustRefuse(
    'letter',
    paintPage(what, { ...roomy, skewDegrees: -3.4 }, 's'),
    ['too-much-skew'],
    '-3.4 degrees',
  );
  for (const factor of [0.94, 0.98, 1.02, 1.05]) {
    for (const stretch of [{ stretchAlong: factor }, { stretchAcross: factor }]) {
      const page = paintPage(what, { ...roomy, ...stretch }, 'stretch');
      mustRefuse('letter', page, ['wrong-scale'], JSON.stringify(stretch));
    }
  }
  const legal = paintPage({ ...sideOf('legal', 'front') }, plainScan('legal'), 'legal');
  mustRefuse('letter', legal, ['wrong-size'], 'a legal frame with a letter style');
});

test('a torn sheet is refused', () => {
  const tears = [
    { xMm: 0, yMm: 0, widthMm: 40, heightMm: 30 },
    { xMm: 150, yMm: 250, widthMm: 70, heightMm: 40 },
    { xMm: 0, yMm: 240, widthMm: 220, heightMm: 60 },
    { xMm: 200, yMm: 100, widthMm: 30, heightMm: 40 },
  ];
  for (const tear of tears) {
    for (const dark of [true, false]) {
      const what = sideOf('letter', 'back');
      const change = dark ? { ink: [{ kind: 'rect' as const, ...tear, darkness: 1 }] } : { erased: [tear] };
      const page = paintPage({ ...what, ...change }, scan, 'tear');
      mustRefuse(
        'letter',
        page,
        ['timing-marks-damaged'],
        `${JSON.stringify(tear)} ${dark ? 'black' : 'white'}`,
      );
    }
  }
});

test('two sheets at once are refused', () => {
  const random = seededRandom('two sheets');
  for (let round = 0; round < 8; round++) {
    const what = sideOf('letter', 'front');
    const roomy = { ...scan, widthPx: 1900, heightPx: 3000 };
    const lower = paintPage(what, { ...roomy, shiftYPx: random.between(-300, -120) }, 'lower');
    const upper = paintPage(
      what,
      { ...roomy, shiftYPx: random.between(100, 300), shiftXPx: random.between(-60, 60) },
      'upper',
    );
    const both = laidOver(lower, upper);
    mustRefuse('letter', both, ['several-sheets', 'wrong-size', 'timing-marks-damaged'], `round ${round}`);
  }
});

/** Two translucent sheets: the darker pixel of both is seen. */
function laidOver(a: GreyPage, b: GreyPage): GreyPage {
  const data = a.data.map((grey, i) => Math.min(grey, b.data[i] ?? 255));
  return greyPage(a.widthPx, a.heightPx, a.dpi, data);
}

test('what is no ballot has no timing marks', () => {
  const random = seededRandom('not a ballot');
  const size = [1728, 2200] as const;
  const blank = greyPage(...size, 200);
  const black = greyPage(...size, 200, new Uint8Array(size[0] * size[1]));
  const noise = greyPage(
    ...size,
    200,
    Uint8Array.from({ length: size[0] * size[1] }, () => random.integer(0, 255)),
  );
  const picture = greyPage(...size, 200);
  picture.data.forEach((_, i) => {
    const [x, y] = [i % size[0], Math.floor(i / size[0])];
    picture.data[i] = 128 + 60 * Math.sin(x / 90) * Math.cos(y / 70) + 50 * Math.sin((x + y) / 17);
  });
  const form = greyPage(...size, 200);
  for (let y = 100; y < 2100; y += 38) {
    for (let x = 100; x < 1600; x += random.integer(20, 90)) {
      for (let row = y; row < y + 14; row++)
        form.data.fill(20, row * size[0] + x, row * size[0] + x + random.integer(5, 60));
    }
  }
  for (const [hint, page] of Object.entries({ blank, black, noise, picture, form })) {
    mustRefuse('letter', page, ['no-timing-marks'], hint);
  }
  mustRefuse('letter', greyPage(300, 300, 200), ['image-too-small'], 'small');
});

test('a page cut off at any side is refused, never read', () => {
  const what = sideOf('letter', 'front');
  const whole = paintPage(what, degradedScan('letter', seededRandom('cut')), 'cut');
  for (const [left, top, width, height] of [
    [150, 0, whole.widthPx - 150, whole.heightPx],
    [0, 170, whole.widthPx, whole.heightPx - 170],
    [0, 0, whole.widthPx - 150, whole.heightPx],
    [0, 0, whole.widthPx, whole.heightPx - 180],
  ] as const) {
    const data = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const from = (top + y) * whole.widthPx + left;
      data.set(whole.data.subarray(from, from + width), y * width);
    }
    const reasons: RejectReason[] = [
      'timing-marks-damaged',
      'image-too-small',
      'no-timing-marks',
      'wrong-size',
    ];
    mustRefuse('letter', greyPage(width, height, 200, data), reasons, `${left} ${top}`);
  }
});

test('every refusal has its sentence', () => {
  for (const reason of ['no-timing-marks', 'wrong-election', 'streak-on-a-target'] as const) {
    assert.match(rejectSentence(reason), /^[A-Z].*\.$/);
  }
});

test.run();
