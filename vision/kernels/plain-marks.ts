/**
 * Bars of a timing mark's size, in plain TypeScript. Runs of ink of an acceptable length that lie over each other are
 * joined to bars; a bar that is no taller than a mark is measured to a part of a pixel from the grey values at its four
 * edges, and kept when it has a mark's width and height.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { MOST_BARS, MOST_CANDIDATES, type MarkCandidates, type MarkSearch } from './kernels.js';

/** Every second row is looked at. */
const ROW_STEP = 2;
const FEWEST_ROWS = 3;
const MOST_OPEN = 96;

/** In the order in which they end on the way down the page; coordinates of the first and last pixel. */
const bars = {
  count: 0,
  overflowed: false,
  left: new Int32Array(MOST_BARS),
  right: new Int32Array(MOST_BARS),
  firstRow: new Int32Array(MOST_BARS),
  lastRow: new Int32Array(MOST_BARS),
};

/** Bars that runs are still being joined to. */
const open = {
  count: 0,
  left: new Int32Array(MOST_OPEN),
  right: new Int32Array(MOST_OPEN),
  firstRow: new Int32Array(MOST_OPEN),
  lastRow: new Int32Array(MOST_OPEN),
  rows: new Int32Array(MOST_OPEN),
};

export function findMarks(page: GreyPage, search: MarkSearch, found: MarkCandidates): void {
  findBars(page, search);
  found.count = 0;
  found.overflowed = bars.overflowed;
  for (let i = 0; i < bars.count && !found.overflowed; i++) {
    const x = Math.round(((bars.left[i] ?? 0) + (bars.right[i] ?? 0)) / 2);
    const y = Math.round(((bars.firstRow[i] ?? 0) + (bars.lastRow[i] ?? 0)) / 2);
    measureBar(page, search, x, y, found);
  }
}

/** Looks at a stride shorter than the shortest run: most of the page is never touched. */
function findBars(page: GreyPage, search: MarkSearch): void {
  bars.count = 0;
  bars.overflowed = false;
  open.count = 0;
  const { widthPx, heightPx, data } = page;
  const { inkBelow, shortest, longest } = search;
  const stride = shortest - 2;
  for (let y = 0; y < heightPx; y += ROW_STEP) {
    const rowStart = y * widthPx;
    const rowEnd = rowStart + widthPx;
    for (let at = rowStart + stride; at < rowEnd; at += stride) {
      if ((data[at] ?? 255) >= inkBelow) continue;
      let left = at;
      const leftBound = Math.max(rowStart, at - longest);
      while (left > leftBound && (data[left - 1] ?? 255) < inkBelow) left--;
      let right = at + 1;
      const rightBound = Math.min(rowEnd, at + longest + 1);
      while (right < rightBound && (data[right] ?? 255) < inkBelow) right++;
      const length = right - left;
      if (length >= shortest && length <= longest) {
        joinRun(y, left - rowStart, right - 1 - rowStart, search.endPlay);
      }
      at = right;
    }
    if (!closeBars(y, search.tallest)) return;
  }
  closeBars(heightPx + 4 * ROW_STEP, search.tallest);
}

function joinRun(y: number, left: number, right: number, endPlay: number): void {
  for (let i = 0; i < open.count; i++) {
    if (
      Math.abs((open.left[i] ?? 0) - left) <= endPlay &&
      Math.abs((open.right[i] ?? 0) - right) <= endPlay
    ) {
      open.lastRow[i] = y;
      open.rows[i] = (open.rows[i] ?? 0) + 1;
      return;
    }
  }
  if (open.count === MOST_OPEN) return;
  const i = open.count++;
  open.left[i] = left;
  open.right[i] = right;
  open.firstRow[i] = y;
  open.lastRow[i] = y;
  open.rows[i] = 1;
}

/** Keeps or drops, and removes, the bars that no run has joined for two steps. False when there are too many. */
function closeBars(y: number, tallest: number): boolean {
  for (let i = open.count - 1; i >= 0; i--) {
    if (y - (open.lastRow[i] ?? 0) <= 2 * ROW_STEP) continue;
    const height = (open.lastRow[i] ?? 0) - (open.firstRow[i] ?? 0);
    if ((open.rows[i] ?? 0) >= FEWEST_ROWS && height <= tallest) keepBar(i);
    const last = --open.count;
    open.left[i] = open.left[last] ?? 0;
    open.right[i] = open.right[last] ?? 0;
    open.firstRow[i] = open.firstRow[last] ?? 0;
    open.lastRow[i] = open.lastRow[last] ?? 0;
    open.rows[i] = open.rows[last] ?? 0;
  }
  return !bars.overflowed;
}

function keepBar(i: number): void {
  if (bars.count === MOST_BARS) {
    bars.overflowed = true;
    return;
  }
  const at = bars.count++;
  bars.left[at] = open.left[i] ?? 0;
  bars.right[at] = open.right[i] ?? 0;
  bars.firstRow[at] = open.firstRow[i] ?? 0;
  bars.lastRow[at] = open.lastRow[i] ?? 0;
}

/** `cx`, `cy` is the pixel in the middle of the bar. */
function measureBar(page: GreyPage, search: MarkSearch, cx: number, cy: number, found: MarkCandidates): void {
  const { inkBelow, widthPx: width, heightPx: height, leastShare, mostShare } = search;
  const left = meanEdge(page, inkBelow, cx, cy, -1, 0, width, height * 0.25);
  const right = meanEdge(page, inkBelow, cx, cy, 1, 0, width, height * 0.25);
  // NaN, an edge that was not found, fails every comparison.
  if (!(left + right >= width * leastShare && left + right <= width * mostShare)) return;
  const top = meanEdge(page, inkBelow, cx, cy, 0, -1, height, width * 0.33);
  const bottom = meanEdge(page, inkBelow, cx, cy, 0, 1, height, width * 0.33);
  if (!(top + bottom >= height * leastShare && top + bottom <= height * mostShare)) return;
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
