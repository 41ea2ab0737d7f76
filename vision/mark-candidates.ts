/**
 * Everything on an image that could be a timing mark: a solid bar of the right width and height with paper around
 * it. No knowledge of the frame yet, so the sheet may lie anywhere in the image and be turned either way. The pixels
 * are looked at by a kernel (`kernels/plain-marks.ts` says how); what a mark's size is, is said here.
 *
 * Positions are in pixels; a whole number is the centre of a pixel.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx } from '../ground/units.js';
import { TIMING_MARK } from '../election-def/page-frame.js';
import type { MarkCandidates, PageKernels } from './kernels/kernels.js';
import { plainPageKernels } from './kernels/plain.js';

export { candidateScratch, type MarkCandidates } from './kernels/kernels.js';

/** Accepted run lengths and heights, against the nominal mark. */
const SHORTEST_RUN = 0.7;
const LONGEST_RUN = 1.45;
const TALLEST = 1.6;
const SIZE_TOLERANCE = { low: 0.68, high: 1.42 } as const;
/** How far the ends of joined runs may differ, in mm: a slanted mark's ends move by 0.05 mm a row at 3 degrees. */
const END_PLAY_MM = 0.55;

export function findMarkCandidates(
  page: GreyPage,
  inkBelow: number,
  found: MarkCandidates,
  kernels: PageKernels = plainPageKernels,
): void {
  const widthPx = mmToPx(TIMING_MARK.widthMm, page.dpi);
  const heightPx = mmToPx(TIMING_MARK.heightMm, page.dpi);
  const search = {
    inkBelow,
    shortest: Math.ceil(widthPx * SHORTEST_RUN),
    longest: Math.floor(widthPx * LONGEST_RUN),
    endPlay: Math.max(1, mmToPx(END_PLAY_MM, page.dpi)),
    tallest: heightPx * TALLEST,
    widthPx,
    heightPx,
    leastShare: SIZE_TOLERANCE.low,
    mostShare: SIZE_TOLERANCE.high,
  };
  kernels.findMarks(page, search, found);
}
