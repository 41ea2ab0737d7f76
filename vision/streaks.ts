/**
 * Streaks: dirt on the scan head, or an element that always says white, draws a line that runs exactly along the feed
 * whatever the sheet's skew. Printing never enters the bands of bare paper between the edge, the timing marks, the
 * code and the contests; a streak crosses them. So columns are compared with their neighbours in these bands first,
 * and only a column that stands out there is followed into the page.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { must } from '../ground/result.js';
import { mmToPx, pxToMm } from '../ground/units.js';
import {
  CODE_CELL,
  CODE_ROW_OFFSET_MM,
  FRAME_INSET_MM,
  pageFrame,
  TIMING_MARK,
} from '../election-def/page-frame.js';
import type { Band, PageKernels } from './kernels/kernels.js';
import { bandMean, columnMean } from './kernels/plain.js';
import type { PageMap } from './page-map.js';
import type { TimingFrame } from './timing-marks.js';

/** Share of the ink range by which a streak differs from the paper beside it. */
const STREAK_STEP = 0.12;
const LEAST_RANGE = 40;
/** In grey levels; what differs by less is no streak on any paper. */
const LEAST_STEP = STREAK_STEP * LEAST_RANGE;
/** Rows of a band that are looked at: a third of a millimetre to each side of its middle. */
const BAND_HALF_MM = 0.35;
/** A streak is compared with the paper this far beside it on either side. */
const BESIDE_MM = 1.6;
/** A streak that is interrupted for longer than this has ended. */
const LONGEST_BREAK_MM = 3;
/** Nothing shorter is called a streak. */
const SHORTEST_MM = 25;
/** More are not told apart: a scan head like that is not to be read with. */
export const MOST_STREAKS = 64;
/** Grey level above which paper and a bright streak cannot be told apart: such a streak is taken to go on. */
const WHITE = 250;

export interface Streak {
  readonly fromXPx: number;
  readonly toXPx: number;
  readonly fromYPx: number;
  readonly toYPx: number;
  readonly polarity: 'dark' | 'bright';
}

export interface Streaks {
  readonly streaks: readonly Streak[];
  /** There are more than `MOST_STREAKS`. */
  readonly more: boolean;
}

/** For the columns of the widest image so far; kept, so that a page costs no allocation. */
const scratch = { means: new Float64Array(0), profiles: [new Uint8Array(0), new Uint8Array(0)] };

function makeRoom(widthPx: number): void {
  if (scratch.means.length >= widthPx) return;
  scratch.means = new Float64Array(widthPx);
  scratch.profiles = [new Uint8Array(widthPx), new Uint8Array(widthPx)];
}

const polarities = ['dark', 'bright'] as const;

export function findStreaks(page: GreyPage, frame: TimingFrame, map: PageMap, kernels: PageKernels): Streaks {
  const streaks: Streak[] = [];
  let more = false;
  makeRoom(page.widthPx);
  for (const profile of scratch.profiles) profile.fill(0);
  for (const end of ['top', 'bottom'] as const) {
    markStandingOut(page, frame, bareBands(page, frame, map, end), kernels);
  }
  polarities.forEach((polarity, i) => {
    const profile = must(scratch.profiles[i], 'a profile for each polarity');
    let from = -1;
    for (let x = 0; x <= page.widthPx; x++) {
      if (profile[x] === 1 && from < 0) from = x;
      if (profile[x] === 1 || from < 0) continue;
      const streak = followColumns(page, frame, from, x - 1, polarity);
      from = -1;
      if (streak === undefined) continue;
      if (streaks.length < MOST_STREAKS) streaks.push(streak);
      else more = true;
    }
  });
  return { streaks, more };
}

/** Middles of the bands of bare paper at one end, in millimetres from that end of the paper. */
function bareBandsMm(): readonly number[] {
  const marks = FRAME_INSET_MM + TIMING_MARK.heightMm / 2;
  const code = FRAME_INSET_MM + CODE_ROW_OFFSET_MM;
  const content = 18;
  return [
    FRAME_INSET_MM - TIMING_MARK.heightMm / 2 - 1.2,
    (marks + code - CODE_CELL.heightMm / 2) / 2,
    (code + CODE_CELL.heightMm / 2 + content) / 2,
  ];
}

function bareBands(page: GreyPage, frame: TimingFrame, map: PageMap, end: 'top' | 'bottom'): readonly Band[] {
  const layout = pageFrame(frame.paper);
  const half = Math.round(mmToPx(BAND_HALF_MM, page.dpi));
  return bareBandsMm().map((bandMm) => {
    const yMm = end === 'top' ? bandMm : layout.heightMm - bandMm;
    map.locate(3, yMm);
    const [ax, ay] = [map.xPx, map.yPx];
    map.locate(layout.widthMm - 3, yMm);
    const [bx, by] = [map.xPx, map.yPx];
    const fromX = Math.max(0, Math.ceil(Math.min(ax, bx)));
    const toX = Math.min(page.widthPx - 1, Math.floor(Math.max(ax, bx)));
    return { ax, ay, bx, by, half, fromX, toX };
  });
}

/**
 * Marks the columns that stand out in every band of one end of the sheet. Where one does not stand out in the first
 * band, nobody needs to look at the others.
 */
function markStandingOut(
  page: GreyPage,
  frame: TimingFrame,
  bands: readonly Band[],
  kernels: PageKernels,
): void {
  const beside = Math.round(mmToPx(BESIDE_MM, page.dpi));
  const [first, ...others] = bands;
  if (first === undefined) return;
  const { means } = scratch;
  kernels.bandMeans(page, first, means);
  for (let x = first.fromX + beside; x <= first.toX - beside; x++) {
    const here = means[x] ?? 0;
    const left = means[x - beside] ?? 0;
    const right = means[x + beside] ?? 0;
    if (Math.abs(here - Math.max(left, right)) <= LEAST_STEP) continue;
    polarities.forEach((polarity, i) => {
      if (!differs(here, left, right, frame.inkLevel, polarity)) return;
      const everywhere = others.every((band) => standsOut(page, band, x, beside, frame.inkLevel, polarity));
      if (everywhere) must(scratch.profiles[i], 'a profile for each polarity')[x] = 1;
    });
  }
}

function standsOut(
  page: GreyPage,
  band: Band,
  x: number,
  beside: number,
  ink: number,
  polarity: Streak['polarity'],
): boolean {
  if (x < band.fromX + beside || x > band.toX - beside) return false;
  const [left, right] = [bandMean(page, band, x - beside), bandMean(page, band, x + beside)];
  return differs(bandMean(page, band, x), left, right, ink, polarity);
}

function differs(
  here: number,
  left: number,
  right: number,
  ink: number,
  polarity: Streak['polarity'],
): boolean {
  const paper = Math.max(left, right);
  const step = STREAK_STEP * Math.max(LEAST_RANGE, paper - ink);
  return polarity === 'dark' ? here < paper - step : here > paper + step;
}

/** The longest unbroken stretch of the columns, or nothing when it is too short to be a streak. */
function followColumns(
  page: GreyPage,
  frame: TimingFrame,
  fromX: number,
  toX: number,
  polarity: Streak['polarity'],
): Streak | undefined {
  const x = Math.round((fromX + toX) / 2);
  const beside = Math.round(mmToPx(BESIDE_MM, page.dpi)) + (toX - fromX);
  const longestBreak = mmToPx(LONGEST_BREAK_MM, page.dpi);
  let best: { from: number; to: number } | undefined;
  let from = -1;
  let last = -1;
  for (let y = 1; y < page.heightPx - 1; y += 2) {
    const here = columnMean(page, x, y - 1, y + 1);
    const left = columnMean(page, Math.max(0, x - beside), y - 1, y + 1);
    const right = columnMean(page, Math.min(page.widthPx - 1, x + beside), y - 1, y + 1);
    const paper = Math.max(left, right);
    const step = STREAK_STEP * Math.max(LEAST_RANGE, paper - frame.inkLevel);
    // Where the sheet itself is dark all around, a dark streak cannot be seen and is taken to go on.
    const on =
      polarity === 'dark'
        ? here < paper - step || paper - frame.inkLevel < LEAST_RANGE
        : here > paper + step || (here > WHITE && paper > WHITE - step);
    if (on) {
      if (from < 0) from = y;
      last = y;
    } else if (from >= 0 && y - last > longestBreak) {
      if (best === undefined || last - from > best.to - best.from) best = { from, to: last };
      from = -1;
    }
  }
  if (from >= 0 && (best === undefined || last - from > best.to - best.from)) best = { from, to: last };
  if (best === undefined || pxToMm(best.to - best.from, page.dpi) < SHORTEST_MM) return undefined;
  return { fromXPx: fromX, toXPx: toX, fromYPx: best.from, toYPx: best.to, polarity };
}
