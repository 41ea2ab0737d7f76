/**
 * Paper as it comes: each kind of damage with the result that it has, by name. Every row holds over several seeds, each
 * fed its own way, skewed and lit its own way; no oval may be wrong in any of them (`outcomeOf` throws).
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { SCAN_DPI } from '../../ground/units.js';
import { colouredPen, type ColouredInkName, type HeadLight } from '../../tools/pen/ink-colours.js';
import { lowToner } from '../../tools/pen/low-toner.js';
import { damageMarks, scatteredMarks, type MarkDamage, type MarkPlace } from '../../tools/pen/mark-damage.js';
import type { MarkedPaper } from '../../tools/pen/marked-sheet.js';
import { photograph } from '../../tools/pen/not-a-ballot.js';
import { blankSheet, onPaper, type CleanSheet, type PaperSheet } from '../../tools/pen/paper.js';
import type { ScanConditions } from '../../tools/pen/scan-conditions.js';
import { cutShort, overLong, scaledPrint } from '../../tools/pen/sheet-size.js';
import { coffeeBlot, coffeeRing, tape } from '../../tools/pen/stains.js';
import { rasterPdf } from '../../tools/raster.js';
import { otherBallot, otherStyles } from './foreign/other-ballots.js';
import {
  detailOf,
  everyFourth,
  marked,
  outcomeOf,
  paperSize,
  printBallot,
  read,
  scanned,
  sheet,
  type Outcome,
} from './paper-bench.js';

const test = suite('spoilt paper');
const SEEDS = 2;
let clean: CleanSheet;

test.before(async () => {
  clean = await printBallot();
});

type Spoil = (paper: PaperSheet, random: SeededRandom) => PaperSheet;
type Mark = (seed: string) => MarkedPaper;

interface Row {
  readonly spoil?: Spoil;
  readonly mark?: Mark;
  readonly scan?: Partial<ScanConditions>;
  /** Any of these, and nothing else. */
  readonly results: readonly Outcome[];
}

function expectRow(name: string, { spoil, mark, scan, results }: Row): void {
  for (let i = 0; i < SEEDS; i++) {
    const seed = `${name} ${i}`;
    const voted = mark?.(seed) ?? marked(clean, seed);
    const paper = spoil?.(voted.paper, seededRandom(seed)) ?? voted.paper;
    const result = read(scanned(paper, seed, scan));
    const outcome = outcomeOf(result, voted, seed);
    assert.ok(results.includes(outcome), `${seed}: ${outcome}, ${detailOf(result)}`);
  }
}

/** Neighbouring marks from a place of an edge on. */
function neighbours(count: number, edge: MarkPlace['edge'], from: number): readonly MarkPlace[] {
  return Array.from({ length: count }, (_, k): MarkPlace => ({ side: 'front', edge, place: from + k }));
}

function withMarks(marks: (random: SeededRandom) => readonly MarkPlace[], damage: MarkDamage): Spoil {
  return (paper, random) => damageMarks(paper, paperSize, marks(random), damage, random);
}

const anyEdge = (random: SeededRandom): MarkPlace['edge'] => random.pick(['top', 'bottom', 'left', 'right']);

test('timing marks lost up to the limits are read, beyond them the sheet is refused', () => {
  for (const damage of ['missing', 'halved'] as const) {
    expectRow(`30 % of the top edge ${damage}`, {
      spoil: withMarks((r) => scatteredMarks(paperSize, { side: 'front', edge: 'top' }, 9, r), damage),
      results: ['right'],
    });
    expectRow(`a third of the left edge ${damage}`, {
      spoil: withMarks((r) => scatteredMarks(paperSize, { side: 'back', edge: 'left' }, 14, r), damage),
      results: ['timing-marks-damaged'],
    });
    expectRow(`two neighbours ${damage}`, {
      spoil: withMarks((r) => neighbours(2, anyEdge(r), r.integer(2, 25)), damage),
      results: ['right'],
    });
    expectRow(`three neighbours ${damage}`, {
      spoil: withMarks((r) => neighbours(3, anyEdge(r), r.integer(2, 25)), damage),
      results: ['timing-marks-damaged'],
    });
    expectRow(`a corner ${damage}`, {
      spoil: withMarks((r) => [{ side: 'front', edge: 'top', place: r.pick([0, 31]) }], damage),
      results: ['right'],
    });
    expectRow(`a corner and the mark beside it ${damage}`, {
      spoil: withMarks(() => neighbours(2, 'top', 0), damage),
      results: ['timing-marks-damaged'],
    });
  }
});

test('marks smeared or printed faint are read or refused', () => {
  for (const damage of ['faint', 'smeared'] as const) {
    expectRow(`30 % of the top edge ${damage}`, {
      spoil: withMarks((r) => scatteredMarks(paperSize, { side: 'front', edge: 'top' }, 9, r), damage),
      results: ['right'],
    });
    expectRow(`three neighbours ${damage}`, {
      spoil: withMarks((r) => neighbours(3, anyEdge(r), r.integer(2, 25)), damage),
      results: ['right', 'timing-marks-damaged'],
    });
  }
});

/** Stains that run through about every fourth oval of the front, where they do the most harm. */
function coffeeOverOvals(paper: PaperSheet, strength: number, random: SeededRandom): PaperSheet {
  const hit = sheet.front.ovals.filter(() => random.chance(0.25));
  return hit.reduce((stained, oval) => {
    const isRing = random.chance(0.5);
    const radiusMm = isRing ? random.between(32, 42) : random.between(4, 25);
    const way = random.between(0, 2 * Math.PI);
    const centre = {
      xMm: oval.xMm + radiusMm * Math.cos(way),
      yMm: oval.yMm + radiusMm * Math.sin(way),
    };
    return isRing
      ? coffeeRing(stained, { centre, radiusMm, widthMm: random.between(1.5, 4), strength }, random)
      : coffeeBlot(stained, { centre, radiusMm, strength }, random);
  }, paper);
}

test('coffee right through the ovals never votes: rings and rims of blots are at most ambiguous', () => {
  for (const strength of [0.1, 0.2, 0.3, 0.4, 0.45]) {
    expectRow(`coffee ${strength}`, {
      spoil: (paper, random) => coffeeOverOvals(paper, strength, random),
      results: strength <= 0.1 ? ['right'] : ['right', 'ambiguous'],
    });
  }
});

test('transparent tape is read through', () => {
  expectRow('tape', {
    spoil: (paper, r) =>
      tape(paper, {
        side: r.pick(['front', 'back']),
        centre: { xMm: r.between(40, 170), yMm: r.between(40, 230) },
        angleDegrees: r.between(-80, 80),
        lengthMm: r.between(60, 150),
        widthMm: 19,
        yellowed: r.between(0.03, 0.2),
        gloss: r.between(0, 0.2),
      }),
    results: ['right', 'ambiguous'],
  });
});

test('a print that fades is read while its frame and its code can be, and then refused', () => {
  const faded =
    (fading: number): Mark =>
    (seed) =>
      marked(lowToner(clean, { fading, bands: 3, voids: 3 }, seededRandom(seed)), seed);
  expectRow('toner down by 30 %', { mark: faded(0.3), results: ['right'] });
  expectRow('toner down by 50 %', { mark: faded(0.5), results: ['right', 'code-unreadable'] });
  expectRow('toner down by 85 %', {
    mark: faded(0.85),
    results: ['timing-marks-damaged', 'code-unreadable', 'no-timing-marks'],
  });
});

test('coloured ink is seen under the light that it takes', () => {
  const drawn =
    (ink: ColouredInkName, light: HeadLight): Mark =>
    (seed) =>
      marked(clean, seed, colouredPen(ink, light, seededRandom(seed)));
  for (const ink of ['blue-ballpoint', 'red-ballpoint', 'green-ballpoint', 'black-gel', 'red-gel'] as const) {
    expectRow(`${ink}, white light`, { mark: drawn(ink, 'white'), results: ['right'] });
  }
  expectRow('red-ballpoint, green light', { mark: drawn('red-ballpoint', 'green'), results: ['right'] });
  expectRow('pink-highlighter, white light', {
    mark: drawn('pink-highlighter', 'white'),
    results: ['ambiguous', 'right'],
  });
  expectRow('yellow-highlighter, white light', {
    mark: drawn('yellow-highlighter', 'white'),
    results: ['ambiguous'],
  });
});

test('under red light red ink is all but gone: not one mark counts, so such a head is not fit', () => {
  for (let i = 0; i < SEEDS; i++) {
    const seed = `red under red ${i}`;
    const voted = marked(clean, seed, colouredPen('red-ballpoint', 'red', seededRandom(seed)));
    const result = read(scanned(voted.paper, seed));
    if (result.kind === 'rejected') throw new Error(result.reject.detail);
    const marks = [...result.front.ovals, ...result.back.ovals].filter(({ verdict }) => verdict === 'marked');
    assert.is(marks.length, 0, seed);
  }
});

test('a shrunk or enlarged print is read right or refused, never misread', () => {
  for (const factor of [0.98, 0.985, 0.99, 1.01, 1.015, 1.02]) {
    const far = Math.abs(factor - 1) > 0.016;
    const exact = { scaleX: 1, scaleY: 1 };
    const results: readonly Outcome[] = far ? ['wrong-scale'] : ['right', 'wrong-scale'];
    for (const [name, scale] of [
      ['both ways', { across: factor, along: factor }],
      [
        factor < 1 ? 'across' : 'along',
        factor < 1 ? { across: factor, along: 1 } : { across: 1, along: factor },
      ],
    ] as const) {
      expectRow(`print of ${factor} ${name}`, {
        spoil: (paper) => scaledPrint(paper, scale),
        scan: exact,
        results,
      });
    }
  }
});

test('shear and skew are read up to their limits', () => {
  expectRow('shear of 1.5 degrees', { scan: { shearDegrees: 1.5, skewDegrees: 0.2 }, results: ['right'] });
  expectRow('skew of 2.5 degrees', { scan: { skewDegrees: -2.5 }, results: ['right'] });
  expectRow('skew of 3.4 degrees', {
    scan: { skewDegrees: 3.4 },
    results: ['too-much-skew', 'timing-marks-damaged'],
  });
});

test('a sheet that is too long or too short is read right while its frame is whole, or refused', () => {
  const onRollers = { surroundLevel: 20 };
  for (const mm of [8, 40, 76]) {
    expectRow(`${mm} mm too long, on dark rollers`, {
      spoil: (paper, r) => overLong(paper, r.pick(['head', 'foot']), mm),
      scan: onRollers,
      results: ['several-sheets'],
    });
  }
  expectRow('40 mm too long, on a white plate', {
    spoil: (paper) => overLong(paper, 'foot', 40),
    scan: { surroundLevel: 240 },
    results: ['right'],
  });
  expectRow('4 mm cut off', {
    spoil: (paper, r) => cutShort(paper, r.pick(['head', 'foot']), 4),
    results: ['right'],
  });
  expectRow('12 mm cut off', {
    spoil: (paper, r) => cutShort(paper, r.pick(['head', 'foot']), 12),
    results: ['timing-marks-damaged'],
  });
  expectRow('40 mm cut off', { spoil: (paper) => cutShort(paper, 'foot', 40), results: ['image-too-small'] });
});

test('highlighter where a pen should be is seen, and asked about', () => {
  expectRow('highlighter', {
    mark: (seed) => marked(clean, seed, 'ballpoint', everyFourth('highlighter')),
    results: ['ambiguous', 'right'],
  });
});

test('a photograph, a blank sheet and other vendors’ ballots are no ballots of ours', async () => {
  const others: [string, PaperSheet][] = [
    ['photograph', photograph('hills')],
    ['blank sheet', blankSheet()],
  ];
  for (const style of otherStyles.filter(({ heightInches }) => heightInches === 11).slice(0, 3)) {
    const pages = await rasterPdf((await otherBallot(style, 'a', 'north')).pdf, SCAN_DPI, style.name);
    if (!pages.ok) throw new Error(pages.error.reason);
    const page = must(pages.value[0], 'a page');
    others.push([style.name, onPaper({ front: page, back: page })]);
  }
  assert.is(others.length, 5);
  for (const [name, paper] of others) {
    const result = read(scanned(paper, name));
    if (result.kind === 'read') throw new Error(`${name} was read`);
    const { reason, detail } = result.reject;
    assert.ok(['no-timing-marks', 'timing-marks-damaged'].includes(reason), `${name}: ${reason}, ${detail}`);
  }
});

test.run();
