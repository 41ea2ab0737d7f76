/**
 * Sheets on their way in, band by band. What is stopped early, and after how many millimetres; and that nothing is
 * stopped which the reader would have read: random scans of every paper, fed all four ways, whole and damaged.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { mmToPx, pxToMm, SCAN_DPI } from '../../ground/units.js';
import { paperSizes, type PaperSize } from '../../election-def/definition.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import { LEAD_LINES } from '../../tools/pen/degrade.js';
import {
  feedOrientations,
  markPaper,
  scanSheet,
  type FeedOrientation,
  type MarkWish,
  type ScannedSheet,
} from '../../tools/pen/marked-sheet.js';
import { photograph } from '../../tools/pen/not-a-ballot.js';
import { flecks, fold, streak, tearCorner, tearEdge } from '../../tools/pen/paper-damage.js';
import { blankSheet, sheetOf, type PaperSheet } from '../../tools/pen/paper.js';
import { perfectScan, randomScan, type ScanConditions } from '../../tools/pen/scan-conditions.js';
import { EarlyFaults } from '../../vision/early-faults.js';
import { readSheet } from '../../vision/read-sheet.js';
import type { RejectReason } from '../../vision/reading.js';
import { paintPage, plainScan } from './paint-page.js';
import { printedOn } from './printed-papers.js';
import { contextOf, sideOf } from './reading-bench.js';

const test = suite('early faults');

const SHEETS_A_PAPER = 3;
const BAND_LINES = 64;
/** Before the sheet and after it, in every image of the pen's scan head. */
const BESIDE_PAPER_MM = pxToMm(2 * LEAD_LINES, SCAN_DPI);
/** 70 mm of lines, 30 of them perhaps without paper, up to the end of the band: 73.2 mm. */
const STOPPED_AFTER_MM = pxToMm(9 * BAND_LINES, SCAN_DPI);

interface Stop {
  readonly reason: RejectReason;
  /** Lines that had passed. */
  readonly afterMm: number;
}

function rows(page: GreyPage, from: number, to: number): GreyPage {
  const { widthPx, dpi, data } = page;
  return greyPage(widthPx, to - from, dpi, data.subarray(from * widthPx, to * widthPx));
}

function draw(early: EarlyFaults, { first, second }: ScannedSheet): Stop | undefined {
  early.begin();
  for (let row = 0; row < first.heightPx; row += BAND_LINES) {
    const end = Math.min(first.heightPx, row + BAND_LINES);
    const fault = early.take(rows(first, row, end), rows(second, row, end));
    if (fault !== undefined) return { reason: fault.reason, afterMm: pxToMm(end, first.dpi) };
  }
  return undefined;
}

/** The virtual cabinet's geometry: 30 mm of lines without paper. */
function earlyFor(paper: PaperSize): EarlyFaults {
  return new EarlyFaults({ beyondPaperMm: 30, longestPaperMm: PAPER_HEIGHT_MM[paper] });
}

function scan(
  paper: PaperSheet,
  seed: string,
  conditions: ScanConditions,
  orientation: FeedOrientation,
): ScannedSheet {
  return scanSheet(paper, { orientation, conditions, seed });
}

test('a blank sheet is stopped after 70 mm, on a white and on a black surround', () => {
  for (const surroundLevel of [16, 240]) {
    for (const seed of ['blank', 'b']) {
      const conditions = { ...randomScan(seededRandom(seed)), surroundLevel };
      const stop = draw(earlyFor('letter'), scan(blankSheet(), seed, conditions, 'front-head-first'));
      const hint = `${seed}, surround ${surroundLevel}`;
      assert.equal(stop, { reason: 'no-timing-marks', afterMm: STOPPED_AFTER_MM }, hint);
    }
  }
});

test('a photograph is stopped after 70 mm', () => {
  for (let i = 0; i < 2; i++) {
    const seed = `holiday ${i}`;
    const { front } = photograph(seed);
    const paper = sheetOf(front, front);
    const orientation = must(feedOrientations[i], 'a way to feed');
    const stop = draw(earlyFor('letter'), scan(paper, seed, randomScan(seededRandom(seed)), orientation));
    assert.equal(stop, { reason: 'no-timing-marks', afterMm: STOPPED_AFTER_MM }, seed);
  }
});

test('a sheet askew by 5 degrees and more is stopped after 70 mm, to either side, fed any way', async () => {
  const printed = await printedOn('letter');
  for (const [i, orientation] of feedOrientations.entries()) {
    const skewDegrees = must([-8, -5, 5, 8][i], 'a skew');
    const seed = `askew ${i}`;
    const conditions = { ...randomScan(seededRandom(seed)), skewDegrees };
    const stop = draw(earlyFor('letter'), scan(printed.paper(0), seed, conditions, orientation));
    const hint = `${orientation}, ${skewDegrees} degrees`;
    assert.equal(stop, { reason: 'too-much-skew', afterMm: STOPPED_AFTER_MM }, hint);
  }
});

test('up to the reader’s own limit of 3 degrees nothing is stopped', () => {
  const roomy = { ...plainScan('letter'), widthPx: 2000, heightPx: 2500, noise: 4 };
  for (const skewDegrees of [-2.95, 2.95]) {
    const [first, second] = (['front', 'back'] as const).map((side) =>
      paintPage(sideOf('letter', side), { ...roomy, skewDegrees }, side),
    );
    const scanned = { first: must(first, 'front'), second: must(second, 'back') };
    assert.is(readSheet(scanned.first, scanned.second, contextOf('letter')).kind, 'read');
    const beyondPaperMm = pxToMm(2500, SCAN_DPI) - PAPER_HEIGHT_MM.letter;
    const early = new EarlyFaults({ beyondPaperMm, longestPaperMm: PAPER_HEIGHT_MM.letter });
    assert.is(draw(early, scanned), undefined, `${skewDegrees} degrees`);
  }
});

test('a ballot longer than any of the election is stopped before it is in', async () => {
  const printed = await printedOn('17-inch');
  const long = scan(printed.paper(0), 'long', perfectScan(), 'front-head-first');
  const stop = draw(earlyFor('letter'), long);
  assert.equal(stop, { reason: 'wrong-size', afterMm: pxToMm(42 * BAND_LINES, SCAN_DPI) });
  assert.is(draw(earlyFor('17-inch'), long), undefined);
});

test('a fault is named once, and the next sheet is judged anew', async () => {
  const early = earlyFor('letter');
  const blank = scan(blankSheet(), 'blank', perfectScan(), 'front-head-first');
  const named: string[] = [];
  early.begin();
  for (let row = 0; row + BAND_LINES <= blank.first.heightPx; row += BAND_LINES) {
    const band = rows(blank.first, row, row + BAND_LINES);
    const fault = early.take(band, band);
    if (fault !== undefined) named.push(fault.reason);
  }
  assert.equal(named, ['no-timing-marks']);
  const ballot = scan((await printedOn('letter')).paper(0), 'next', perfectScan(), 'front-head-first');
  assert.is(draw(early, ballot), undefined);
  assert.is(draw(early, blank)?.reason, 'no-timing-marks');
});

test('bands that are not of one page are not judged', () => {
  const early = earlyFor('letter');
  early.begin();
  const wide = greyPage(1728, BAND_LINES, SCAN_DPI);
  const narrow = greyPage(1700, BAND_LINES, SCAN_DPI);
  for (let i = 0; i < 100; i++) {
    const band = i % 2 === 0 ? wide : narrow;
    assert.is(early.take(band, band), undefined);
  }
});

// ---- nothing is stopped that would have been read --------------------------------------------------------------

function damaged(paper: PaperSheet, heightMm: number, random: SeededRandom): PaperSheet {
  const fromMm = random.between(20, 150);
  switch (random.integer(0, 5)) {
    case 0: {
      const corner = random.pick(['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const);
      const [acrossMm, alongMm] = [random.between(4, 25), random.between(4, 25)];
      return tearCorner(paper, { corner, acrossMm, alongMm }, random);
    }
    case 1: {
      const edge = random.pick(['top', 'bottom', 'left', 'right'] as const);
      const toMm = fromMm + random.between(5, 30);
      return tearEdge(paper, { edge, fromMm, toMm, depthMm: random.between(3, 14) }, random);
    }
    case 2: {
      const strength = random.between(0.2, 1);
      const atMm = random.pick([random.between(5, 20), heightMm - random.between(5, 20), heightMm / 2]);
      return fold(
        paper,
        { direction: 'across', atMm, slantDegrees: random.between(-1, 1), strength },
        random,
      );
    }
    case 3:
      return flecks(paper, 400, random);
    default:
      return paper;
  }
}

/** Dirt on one head's glass, and lines without paper before the sheet, as a head may give them. */
function asTaken(
  scanned: ScannedSheet,
  leadLines: number,
  surround: number,
  random: SeededRandom,
): ScannedSheet {
  const dirt = { xPx: random.between(0, 1700), widthPx: random.between(1, 6), level: 40, cover: 0.8 };
  const first = random.chance(0.2) ? streak(scanned.first, dirt, random) : scanned.first;
  const lead = (page: GreyPage): GreyPage => {
    const data = new Uint8Array(page.widthPx * (page.heightPx + leadLines)).fill(surround);
    data.set(page.data, page.widthPx * leadLines);
    return greyPage(page.widthPx, page.heightPx + leadLines, page.dpi, data);
  };
  return { first: lead(first), second: lead(scanned.second) };
}

test('no sheet is stopped early that the reader reads: every paper, fed all ways, damaged too', async () => {
  let read = 0;
  const stopped: string[] = [];
  for (const paper of paperSizes) {
    const printed = await printedOn(paper);
    const heightMm = PAPER_HEIGHT_MM[paper];
    for (let i = 0; i < SHEETS_A_PAPER; i++) {
      const seed = `${paper} ${i}`;
      const random = seededRandom(seed);
      const layout = printed.sheet(i);
      const wishes = [...layout.front.ovals, ...layout.back.ovals]
        .filter(() => random.chance(0.2))
        .map(({ contestId, optionId }): MarkWish => ({ contestId, optionId, kind: 'full' }));
      const marked = markPaper(printed.clean(i), layout, wishes, { pen: 'marker', seed }).paper;
      const conditions = randomScan(random, heightMm);
      const orientation = must(feedOrientations[i % feedOrientations.length], 'a way to feed');
      const scanned = scan(damaged(marked, heightMm, random), seed, conditions, orientation);
      const leadLines = random.integer(0, Math.floor(mmToPx(20, SCAN_DPI)));
      const taken = asTaken(scanned, leadLines, conditions.surroundLevel, random);
      // No more room than these lines need: the hardest case.
      const beyondPaperMm = BESIDE_PAPER_MM + pxToMm(leadLines, SCAN_DPI);
      const stop = draw(new EarlyFaults({ beyondPaperMm, longestPaperMm: heightMm }), taken);
      const result = readSheet(taken.first, taken.second, printed.context);
      if (result.kind !== 'read') continue;
      read += 1;
      if (stop !== undefined) stopped.push(`${seed}: ${stop.reason} after ${stop.afterMm} mm`);
    }
  }
  assert.equal(stopped, []);
  assert.ok(read >= 0.7 * SHEETS_A_PAPER * paperSizes.length, `${read} sheets were read`);
  console.log(`${read} sheets read, none stopped early`);
});

test.run();
