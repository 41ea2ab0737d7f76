/**
 * How bright paper is and how dark ink is on this image, from a sparse histogram. Good enough to find timing marks;
 * the scores of ovals use levels measured beside each oval instead, so nothing here can move a vote.
 */
import type { GreyPage } from '../ground/grey-page.js';
import type { PageKernels } from './kernels/kernels.js';
import { plainPageKernels } from './kernels/plain.js';

export interface Levels {
  readonly paper: number;
  readonly ink: number;
  /** Below this a pixel is ink, to be tried in this order: marks on a grey or dark surround need another one. */
  readonly inkBelow: readonly number[];
}

/** Every so many rows and columns: one pixel in 35. */
export const ROW_STEP = 7;
export const COLUMN_STEP = 5;
/** Timing marks and text cover at least this much of any ballot, even inside a wide surround. */
const INK_SHARE = 0.004;
const PAPER_SHARE = 0.9;
/** Less contrast than this is no printing at all. */
const LEAST_RANGE = 40;
/** Where between ink and paper the level is tried, in this order. */
export const INK_SHARES = [0.5, 0.3, 0.7] as const;

const histogram = new Uint32Array(256);

/** Nothing when the image has no contrast: a blank sheet, or the lid. */
export function measureLevels(page: GreyPage, kernels: PageKernels = plainPageKernels): Levels | undefined {
  kernels.sampleGreys(page, ROW_STEP, COLUMN_STEP, histogram);
  return levelsOf(histogram);
}

/** @param greys how often each of the 256 greys was seen */
export function levelsOf(greys: Uint32Array): Levels | undefined {
  let samples = 0;
  for (let grey = 0; grey < 256; grey++) samples += greys[grey] ?? 0;
  const ink = percentile(greys, samples * INK_SHARE);
  const paper = percentile(greys, samples * PAPER_SHARE);
  const range = paper - ink;
  if (range < LEAST_RANGE) return undefined;
  return { paper, ink, inkBelow: INK_SHARES.map((share) => Math.round(ink + share * range)) };
}

function percentile(greys: Uint32Array, rank: number): number {
  let seen = 0;
  for (let grey = 0; grey < 256; grey++) {
    seen += greys[grey] ?? 0;
    if (seen > rank) return grey;
  }
  return 255;
}
