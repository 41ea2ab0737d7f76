/**
 * Bars of about a timing mark's size, found while lines come: every third line is searched for dark runs of about the
 * right length, and runs that lie over each other make a bar. Coarser than `mark-candidates.ts` and readier to take
 * something for a mark, because it only says where certainly nothing is (`early-faults.ts`).
 *
 * All memory is there from the start; positions are pixels.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx } from '../ground/units.js';
import { TIMING_MARK, TIMING_PITCH_MM } from '../election-def/page-frame.js';

/** A mark is 12 lines high at 200 dpi. */
const LINE_STEP = 3;
/** A ballot has some 50 in its first 70 mm; more than this is nothing that could be judged here. */
const MOST_BARS = 256;
const MOST_OPEN = 128;
/** Accepted lengths and heights against the nominal mark; the reader's own limits lie within. */
const LENGTH = { least: 0.55, most: 1.6 } as const;
const HEIGHT = { least: 0.4, most: 2 } as const;
/** How far the ends of joined runs may differ. */
const END_PLAY_MM = 0.8;
/** A neighbour stands within these shares of the pitch of where it should: 15 % of stretch, 14 degrees of skew. */
const ALONG_TOLERANCE = 0.15;
const ASIDE_TOLERANCE = 0.25;
/** Marks this close to a line belong to it. */
const EDGE_PLAY_MM = 1.2;

/** The longest row of bars across the sheet, each with a neighbour at the marks' pitch. */
export interface LeadingEdge {
  readonly marks: number;
  /** Clockwise. */
  readonly skewDegrees: number;
}

export class BarWatch {
  overflowed = false;
  #count = 0;
  readonly #x = new Float64Array(MOST_BARS);
  readonly #y = new Float64Array(MOST_BARS);
  readonly #linked = new Uint8Array(MOST_BARS);
  /** Slopes of the pairs that stand beside each other. */
  readonly #slopes = new Float64Array(2 * MOST_BARS);
  /** Bars that may go on in the next line searched: the ends of their last run, first and last line. */
  #openCount = 0;
  readonly #left = new Int32Array(MOST_OPEN);
  readonly #right = new Int32Array(MOST_OPEN);
  readonly #from = new Int32Array(MOST_OPEN);
  readonly #to = new Int32Array(MOST_OPEN);
  #dpi = 0;
  #shortest = 0;
  #longest = 0;
  #endPlay = 0;

  begin(dpi: number): void {
    const markPx = mmToPx(TIMING_MARK.widthMm, dpi);
    this.overflowed = false;
    this.#count = 0;
    this.#openCount = 0;
    this.#dpi = dpi;
    this.#shortest = markPx * LENGTH.least;
    this.#longest = markPx * LENGTH.most;
    this.#endPlay = mmToPx(END_PLAY_MM, dpi);
  }

  /** @param firstLine of the band, counted from the start of the page */
  take({ widthPx, heightPx, data }: GreyPage, firstLine: number, inkBelow: number): void {
    const offset = (LINE_STEP - (firstLine % LINE_STEP)) % LINE_STEP;
    for (let row = offset; row < heightPx && !this.overflowed; row += LINE_STEP) {
      const line = firstLine + row;
      const start = row * widthPx;
      let runStart = -1;
      for (let x = 0; x < widthPx; x++) {
        if ((data[start + x] as number) < inkBelow) {
          if (runStart < 0) runStart = x;
        } else if (runStart >= 0) {
          this.#run(line, runStart, x - 1);
          runStart = -1;
        }
      }
      this.#closeBefore(line);
    }
  }

  #run(line: number, left: number, right: number): void {
    const length = right - left + 1;
    if (length < this.#shortest || length > this.#longest) return;
    for (let i = 0; i < this.#openCount; i++) {
      if (Math.abs((this.#left[i] ?? 0) - left) > this.#endPlay) continue;
      if (Math.abs((this.#right[i] ?? 0) - right) > this.#endPlay) continue;
      this.#left[i] = left;
      this.#right[i] = right;
      this.#to[i] = line;
      return;
    }
    if (this.#openCount === MOST_OPEN) {
      this.overflowed = true;
      return;
    }
    this.#left[this.#openCount] = left;
    this.#right[this.#openCount] = right;
    this.#from[this.#openCount] = line;
    this.#to[this.#openCount] = line;
    this.#openCount++;
  }

  /** Bars that did not go on in this line are at their end. */
  #closeBefore(line: number): void {
    let kept = 0;
    for (let i = 0; i < this.#openCount; i++) {
      if (this.#to[i] === line) {
        this.#left[kept] = this.#left[i] ?? 0;
        this.#right[kept] = this.#right[i] ?? 0;
        this.#from[kept] = this.#from[i] ?? 0;
        this.#to[kept] = line;
        kept++;
      } else {
        this.#close(i);
      }
    }
    this.#openCount = kept;
  }

  #close(i: number): void {
    const [from, to] = [this.#from[i] ?? 0, this.#to[i] ?? 0];
    const heightPx = to - from + LINE_STEP;
    const markPx = mmToPx(TIMING_MARK.heightMm, this.#dpi);
    if (heightPx < markPx * HEIGHT.least || heightPx > markPx * HEIGHT.most) return;
    if (this.#count === MOST_BARS) {
      this.overflowed = true;
      return;
    }
    this.#x[this.#count] = ((this.#left[i] ?? 0) + (this.#right[i] ?? 0)) / 2;
    this.#y[this.#count] = (from + to) / 2;
    this.#count++;
  }

  /** Of what was found so far. */
  edge(): LeadingEdge {
    const slopes = this.#link();
    return slopes === 0 ? { marks: 0, skewDegrees: 0 } : this.#longestRow(this.#medianSlope(slopes));
  }

  /** Marks who has a neighbour beside it; returns how many such pairs there are. */
  #link(): number {
    const pitch = mmToPx(TIMING_PITCH_MM, this.#dpi);
    const along = pitch * ALONG_TOLERANCE;
    const aside = pitch * ASIDE_TOLERANCE;
    this.#linked.fill(0);
    let slopes = 0;
    for (let i = 0; i < this.#count; i++) {
      for (let j = 0; j < this.#count; j++) {
        const dx = (this.#x[j] ?? 0) - (this.#x[i] ?? 0);
        const dy = (this.#y[j] ?? 0) - (this.#y[i] ?? 0);
        if (Math.abs(dx - pitch) > along || Math.abs(dy) > aside) continue;
        this.#linked[i] = 1;
        this.#linked[j] = 1;
        if (slopes < this.#slopes.length) this.#slopes[slopes++] = dy / dx;
      }
    }
    return slopes;
  }

  #medianSlope(count: number): number {
    const slopes = this.#slopes.subarray(0, count).sort();
    return slopes[count >> 1] ?? 0;
  }

  /** The line of this slope that most of those lie on; its own slope then by least squares. */
  #longestRow(slope: number): LeadingEdge {
    const play = mmToPx(EDGE_PLAY_MM, this.#dpi);
    const offsetOf = (i: number): number => (this.#y[i] ?? 0) - slope * (this.#x[i] ?? 0);
    let marks = 0;
    let offset = 0;
    for (let i = 0; i < this.#count; i++) {
      let members = 0;
      for (let j = 0; j < this.#count; j++) {
        if (this.#linked[j] === 1 && Math.abs(offsetOf(j) - offsetOf(i)) <= play) members++;
      }
      if (members <= marks) continue;
      marks = members;
      offset = offsetOf(i);
    }
    let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
    for (let i = 0; i < this.#count; i++) {
      if (this.#linked[i] !== 1 || Math.abs(offsetOf(i) - offset) > play) continue;
      const [x, y] = [this.#x[i] ?? 0, this.#y[i] ?? 0];
      sumX += x;
      sumY += y;
      sumXX += x * x;
      sumXY += x * y;
    }
    const spread = marks * sumXX - sumX * sumX;
    const fitted = spread > 0 ? (marks * sumXY - sumX * sumY) / spread : slope;
    return { marks, skewDegrees: (Math.atan(fitted) * 180) / Math.PI };
  }
}
