/**
 * One sheet, an oval at every place of the page, all kinds of marks, scanned again and again: each time fed otherwise,
 * under other light. An oval that is blank once and marked another time is a flip; there may be none. A recount on
 * another machine is nothing else.
 */
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { readSheet } from '../../vision/read-sheet.js';
import type { OvalReading } from '../../vision/reading.js';
import { feedOrientations, markPaper, scanSheet, type MarkWish } from '../pen/marked-sheet.js';
import { randomScan } from '../pen/scan-conditions.js';
import type { Lattice } from './lattice.js';
import { drawKind } from './marks.js';

export interface SameSheetResult {
  readonly scans: number;
  readonly refused: number;
  readonly ovals: number;
  /** Both blank and marked at some time. */
  readonly flips: number;
  /** Not always the same. */
  readonly wavering: number;
}

const BLANK = 1;
const AMBIGUOUS = 2;
const MARKED = 4;

/** `sheetSeed` is the voter's, `scanSeed` this series of scans': so that two threads scan one sheet. */
export function scanAgain(
  lattice: Lattice,
  sheetSeed: string,
  scanSeed: string,
  scans: number,
): SeenVerdicts {
  const random = seededRandom(sheetSeed);
  const { sheet, clean, context } = lattice;
  const wishes = [...sheet.front.ovals, ...sheet.back.ovals].map(({ contestId, optionId }): MarkWish => {
    return { contestId, optionId, kind: drawKind(random) };
  });
  const { paper } = markPaper(clean, sheet, wishes, { pen: 'pencil', seed: sheetSeed });
  const seen = new Uint8Array(wishes.length);
  let refused = 0;
  for (let n = 0; n < scans; n++) {
    const seed = `${scanSeed}/${n}`;
    const feed = seededRandom(seed);
    const orientation = feed.pick(feedOrientations);
    const scan = scanSheet(paper, { orientation, conditions: randomScan(feed), seed });
    const result = readSheet(scan.first, scan.second, context);
    if (result.kind === 'rejected') refused++;
    else note([...result.front.ovals, ...result.back.ovals], seen);
  }
  return { scans, refused, seen: [...seen] };
}

/** For each oval, as bits, which verdicts it ever had; they add up with those of another series. */
export interface SeenVerdicts {
  readonly scans: number;
  readonly refused: number;
  readonly seen: readonly number[];
}

function note(ovals: readonly OvalReading[], seen: Uint8Array): void {
  ovals.forEach(({ verdict }, i) => {
    const bit = verdict === 'blank' ? BLANK : verdict === 'marked' ? MARKED : AMBIGUOUS;
    seen[i] = (seen[i] ?? 0) | bit;
  });
}

export function flipsIn(series: readonly SeenVerdicts[]): SameSheetResult {
  const ovals = must(series[0], 'a series of scans').seen.length;
  const seen = Array.from({ length: ovals }, (_, i) =>
    series.reduce((bits, one) => bits | (one.seen[i] ?? 0), 0),
  );
  const sum = (of: (one: SeenVerdicts) => number): number =>
    series.reduce((total, one) => total + of(one), 0);
  return {
    scans: sum((one) => one.scans),
    refused: sum((one) => one.refused),
    ovals,
    flips: seen.filter((bits) => (bits & BLANK) !== 0 && (bits & MARKED) !== 0).length,
    wavering: seen.filter((bits) => ![0, BLANK, AMBIGUOUS, MARKED].includes(bits)).length,
  };
}
