/**
 * Everything on an image that could be a timing mark: a solid bar of the right width and height with paper around
 * it. No knowledge of the frame yet, so the sheet may lie anywhere in the image and be turned either way.
 *
 * Runs of dark pixels of an acceptable length that lie over each other are joined to bars (`kernels/`); what is left
 * is measured to a part of a pixel from the grey values at its four edges.
 *
 * Positions are in pixels; a whole number is the centre of a pixel.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx } from '../ground/units.js';
import { TIMING_MARK } from '../election-def/page-frame.js';
import { barScratch, type PageKernels } from './kernels/kernels.js';
import { plainPageKernels } from './kernels/plain.js';

/** More bars than this are a picture or noise, not a ballot; a 22-inch ballot has 232. */
const MOST_CANDIDATES = 1500;
/** Accepted run lengths and heights, against the nominal mark. */
const SHORTEST_RUN = 0.7;
const LONGEST_RUN = 1.45;
const TALLEST = 1.6;
const SIZE_TOLERANCE = { low: 0.68, high: 1.42 } as const;
/** How far the ends of joined runs may differ, in mm: a slanted mark's ends move by 0.05 mm a row at 3 degrees. */
const END_PLAY_MM = 0.55;

export interface MarkCandidates {
  count: number;
  /** True when there were more than fit. */
  overflowed: boolean;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Grey at the centre. */
  readonly grey: Uint8Array;
}

export function candidateScratch(): MarkCandidates {
  return {
    count: 0,
    overflowed: false,
    x: new Float64Array(MOST_CANDIDATES),
    y: new Float64Array(MOST_CANDIDATES),
    grey: new Uint8Array(MOST_CANDIDATES),
  };
}

const bars = barScratch();

export function findMarkCandidates(
  page: GreyPage,
  inkBelow: number,
  found: MarkCandidates,
  kernels: PageKernels = plainPageKernels,
): void {
  found.count = 0;
  const markWidth = mmToPx(TIMING_MARK.widthMm, page.dpi);
  const search = {
    inkBelow,
    shortest: Math.ceil(markWidth * SHORTEST_RUN),
    longest: Math.floor(markWidth * LONGEST_RUN),
    endPlay: Math.max(1, mmToPx(END_PLAY_MM, page.dpi)),
    tallest: mmToPx(TIMING_MARK.heightMm, page.dpi) * TALLEST,
  };
  kernels.findBars(page, search, bars);
  found.overflowed = bars.overflowed;
  for (let i = 0; i < bars.count && !found.overflowed; i++) {
    const x = ((bars.left[i] ?? 0) + (bars.right[i] ?? 0)) / 2;
    const y = ((bars.firstRow[i] ?? 0) + (bars.lastRow[i] ?? 0)) / 2;
    measureBar(page, inkBelow, x, y, found);
  }
}

function measureBar(page: GreyPage, inkBelow: number, x: number, y: number, found: MarkCandidates): void {
  const width = mmToPx(TIMING_MARK.widthMm, page.dpi);
  const height = mmToPx(TIMING_MARK.heightMm, page.dpi);
  const cx = Math.round(x);
  const cy = Math.round(y);
  const left = meanEdge(page, inkBelow, cx, cy, -1, 0, width, height * 0.25);
  const right = meanEdge(page, inkBelow, cx, cy, 1, 0, width, height * 0.25);
  const top = meanEdge(page, inkBelow, cx, cy, 0, -1, height, width * 0.33);
  const bottom = meanEdge(page, inkBelow, cx, cy, 0, 1, height, width * 0.33);
  // NaN, an edge that was not found, fails every comparison.
  const fits =
    left + right >= width * SIZE_TOLERANCE.low &&
    left + right <= width * SIZE_TOLERANCE.high &&
    top + bottom >= height * SIZE_TOLERANCE.low &&
    top + bottom <= height * SIZE_TOLERANCE.high;
  if (!fits) return;
  if (found.count === MOST_CANDIDATES) {
    found.overflowed = true;
    return;
  }
  found.x[found.count] = cx + (right - left) / 2;
  found.y[found.count] = cy + (bottom - top) / 2;
  found.grey[found.count] = page.data[cy * page.widthPx + cx] ?? 0;
  found.count++;
}

const SCANLINES = 9;

/**
 * Distance from the middle of the bar to its edge in one direction: the mean over scan lines spread over the bar, of
 * which more than half must find the edge within the mark's full size.
 */
function meanEdge(
  page: GreyPage,
  inkBelow: number,
  cx: number,
  cy: number,
  stepX: number,
  stepY: number,
  reach: number,
  spread: number,
): number {
  const { widthPx, heightPx, data } = page;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < SCANLINES; i++) {
    const aside = Math.round(((i - (SCANLINES - 1) / 2) / ((SCANLINES - 1) / 2)) * spread);
    let x = cx + aside * Math.abs(stepY);
    let y = cy + aside * Math.abs(stepX);
    if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) continue;
    let before = data[y * widthPx + x] ?? 255;
    if (before >= inkBelow) continue;
    for (let distance = 1; distance <= reach; distance++) {
      x += stepX;
      y += stepY;
      if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) break;
      const here = data[y * widthPx + x] ?? 255;
      if (here >= inkBelow) {
        sum += distance - 1 + (inkBelow - before) / (here - before);
        count++;
        break;
      }
      before = here;
    }
  }
  return count * 2 > SCANLINES ? sum / count : Number.NaN;
}
