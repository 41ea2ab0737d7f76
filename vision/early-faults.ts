/**
 * Faults that are certain while a sheet is still being drawn in, so that the motor can stop early: no timing marks
 * where every ballot has them, far too much skew, more lines than the longest paper has. Nothing here can move a vote:
 * what counts comes from one pass over the whole page (`read-side.ts`), and a sheet is refused here only when that
 * pass could not read it either. Therefore every limit has a margin, a bar is taken for a mark more readily than the
 * reader takes it, and whatever is in doubt goes on. Streaks are not judged: before the whole page is in, a rule
 * between two columns looks like one, and a streak beside the ovals is read.
 *
 * Bands are looked at as they come, for a fraction of a millisecond (docs/performance.md), in memory that is there
 * from the start.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { pxToMm } from '../ground/units.js';
import { FRAME_INSET_MM, SHEET_WIDTH_MM } from '../election-def/page-frame.js';
import { BarWatch, type LeadingEdge } from './bar-watch.js';
import { COLUMN_STEP, INK_SHARES, levelsOf, ROW_STEP } from './levels.js';
import { LIMITS } from './read-side.js';
import type { Reject } from './reading.js';
import { reject } from './rejects.js';

/**
 * The skew that counts is the mean of the leading and the trailing edge. A sheet that straightens itself by two degrees
 * on its way would still be read, if its sides were not bent too much for it then.
 */
const SKEW_MARGIN_DEGREES = 1;
const SKEW_LIMIT_DEGREES = LIMITS.skewDegrees + SKEW_MARGIN_DEGREES;
/** Of the 32 in the leading edge: with fewer in line there is none. The reader needs 22 of them. */
const FEWEST_MARKS = 6;
/** Of the 32 in the leading edge, before its slope is believed. */
const FEWEST_IN_EDGE = 20;
/** Beyond the slant of the worst edge that is judged: uneven feed, scale, and some marks of both sides. */
const EDGE_MARGIN_MM = 15;
/** Behind the longest paper: what the motor may run on, and rounding. */
const LENGTH_MARGIN_MM = 10;

/** From the leading edge of the paper: within this the whole leading edge of the frame has passed. */
const EDGE_IN_MM = FRAME_INSET_MM + slantMm(SKEW_LIMIT_DEGREES) + EDGE_MARGIN_MM;

export interface EarlyLimits {
  /** Lines without paper that a capture has at most, before the sheet and after it together. */
  readonly beyondPaperMm: number;
  /** Of the ballots that can be read at all. */
  readonly longestPaperMm: number;
}

export class EarlyFaults {
  readonly #sides = { first: new SideWatch(), second: new SideWatch() };
  readonly #marksByMm: number;
  readonly #endByMm: number;
  #lines = 0;
  /** False once a fault was named, or when the bands are not those of one page. */
  #watching = false;
  #edgeJudged = false;

  constructor(limits: EarlyLimits) {
    this.#marksByMm = limits.beyondPaperMm + EDGE_IN_MM;
    const longestMm = limits.longestPaperMm * (1 + LIMITS.scaleDeviation) + slantMm(LIMITS.skewDegrees);
    this.#endByMm = limits.beyondPaperMm + longestMm + LENGTH_MARGIN_MM;
  }

  /** A new sheet comes. */
  begin(): void {
    this.#lines = 0;
    this.#watching = true;
    this.#edgeJudged = false;
    this.#sides.first.begin();
    this.#sides.second.begin();
  }

  /** The lines that follow those before. Names a fault once, when it is certain. */
  take(first: GreyPage, second: GreyPage): Reject | undefined {
    if (!this.#watching) return undefined;
    this.#lines += first.heightPx;
    const passedMm = pxToMm(this.#lines, first.dpi);
    const fault = this.#edgeJudged ? undefined : this.#watchEdge(first, second, passedMm);
    const found = fault ?? (passedMm > this.#endByMm ? tooLong(passedMm) : undefined);
    if (found !== undefined) this.#watching = false;
    return found;
  }

  #watchEdge(first: GreyPage, second: GreyPage, passedMm: number): Reject | undefined {
    const sides = this.#sides;
    const follow = sides.first.take(first) && sides.second.take(second);
    if (!follow) this.#watching = false;
    if (!follow || passedMm < this.#marksByMm) return undefined;
    this.#edgeJudged = true;
    return sides.first.judge(passedMm) ?? sides.second.judge(passedMm);
  }
}

/** The leading part of one side. */
class SideWatch {
  readonly #greys = new Uint32Array(256);
  /** One for each ink level that the reader would try. */
  readonly #bars = INK_SHARES.map(() => new BarWatch());
  #widthPx = 0;
  #dpi = 0;
  #lines = 0;

  begin(): void {
    this.#lines = 0;
    this.#greys.fill(0);
  }

  /** False when this is no band of the same page. */
  take(band: GreyPage): boolean {
    if (this.#lines === 0) {
      this.#widthPx = band.widthPx;
      this.#dpi = band.dpi;
      for (const bars of this.#bars) bars.begin(band.dpi);
    }
    if (band.widthPx !== this.#widthPx || band.dpi !== this.#dpi) return false;
    this.#countGreys(band);
    const levels = levelsOf(this.#greys)?.inkBelow;
    // Without contrast there is no ink here, and no mark.
    if (levels !== undefined) {
      this.#bars.forEach((bars, i) => bars.take(band, this.#lines, levels[i] ?? 0));
    }
    this.#lines += band.heightPx;
    return true;
  }

  /** Levels are those of the last few bands: what came before the paper is soon forgotten. */
  #countGreys({ widthPx, heightPx, data }: GreyPage): void {
    const greys = this.#greys;
    for (let grey = 0; grey < 256; grey++) greys[grey] = (greys[grey] ?? 0) >> 1;
    for (let row = 0; row < heightPx; row += ROW_STEP) {
      const end = (row + 1) * widthPx;
      for (let i = row * widthPx; i < end; i += COLUMN_STEP) {
        const grey = data[i] ?? 0;
        greys[grey] = (greys[grey] ?? 0) + 1;
      }
    }
  }

  judge(passedMm: number): Reject | undefined {
    let edge: LeadingEdge = { marks: 0, skewDegrees: 0 };
    for (const bars of this.#bars) {
      // So full of bars that nothing can be said.
      if (bars.overflowed) return undefined;
      const found = bars.edge();
      if (found.marks > edge.marks) edge = found;
    }
    const { marks, skewDegrees } = edge;
    if (marks < FEWEST_MARKS) {
      return reject('no-timing-marks', `no row of them within the first ${passedMm.toFixed(0)} mm`);
    }
    if (marks < FEWEST_IN_EDGE || Math.abs(skewDegrees) <= SKEW_LIMIT_DEGREES) return undefined;
    return reject(
      'too-much-skew',
      `the leading edge stands at ${skewDegrees.toFixed(1)} degrees; at most ${LIMITS.skewDegrees} are read`,
    );
  }
}

function tooLong(passedMm: number): Reject {
  return reject('wrong-size', `more than ${passedMm.toFixed(0)} mm, longer than any ballot of this election`);
}

function slantMm(degrees: number): number {
  return SHEET_WIDTH_MM * Math.sin((degrees * Math.PI) / 180);
}
