/** The kernels in plain TypeScript: the definition of what they count, and the fallback where SIMD is missing. */
import type { GreyPage } from '../../ground/grey-page.js';
import type { OvalTemplate } from '../oval-template.js';
import type {
  Band,
  Bars,
  BarSearch,
  InkLevels,
  InkSums,
  Kernels,
  OutlinePlace,
  OutlineSearch,
  PageKernels,
} from './kernels.js';
import { MOST_BARS } from './kernels.js';

function sampleGreys(page: GreyPage, rowStep: number, columnStep: number, histogram: Uint32Array): number {
  histogram.fill(0);
  let samples = 0;
  for (let y = 0; y < page.heightPx; y += rowStep) {
    const end = (y + 1) * page.widthPx;
    for (let at = y * page.widthPx + (y % columnStep); at < end; at += columnStep) {
      const grey = page.data[at] ?? 0;
      histogram[grey] = (histogram[grey] ?? 0) + 1;
      samples++;
    }
  }
  return samples;
}

// ---- bars ------------------------------------------------------------------------------------------------------

const ROW_STEP = 2;
const FEWEST_ROWS = 3;
const MOST_OPEN = 96;

/** Bars that runs are still being joined to. */
const open = {
  count: 0,
  left: new Int32Array(MOST_OPEN),
  right: new Int32Array(MOST_OPEN),
  firstRow: new Int32Array(MOST_OPEN),
  lastRow: new Int32Array(MOST_OPEN),
  rows: new Int32Array(MOST_OPEN),
};

/** Looks at every second row, at a stride shorter than the shortest run: most of the page is never touched. */
function findBars(page: GreyPage, search: BarSearch, bars: Bars): void {
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
    if (!closeBars(y, search.tallest, bars)) return;
  }
  closeBars(heightPx + 4 * ROW_STEP, search.tallest, bars);
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
function closeBars(y: number, tallest: number, bars: Bars): boolean {
  for (let i = open.count - 1; i >= 0; i--) {
    if (y - (open.lastRow[i] ?? 0) <= 2 * ROW_STEP) continue;
    const height = (open.lastRow[i] ?? 0) - (open.firstRow[i] ?? 0);
    if ((open.rows[i] ?? 0) >= FEWEST_ROWS && height <= tallest) keepBar(i, bars);
    const last = --open.count;
    open.left[i] = open.left[last] ?? 0;
    open.right[i] = open.right[last] ?? 0;
    open.firstRow[i] = open.firstRow[last] ?? 0;
    open.lastRow[i] = open.lastRow[last] ?? 0;
    open.rows[i] = open.rows[last] ?? 0;
  }
  return !bars.overflowed;
}

function keepBar(i: number, bars: Bars): void {
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

// ---- bands -----------------------------------------------------------------------------------------------------

function bandMeans(page: GreyPage, band: Band, means: Float64Array): void {
  const { ax, ay, bx, by, half } = band;
  for (let x = band.fromX; x <= band.toX; x++) {
    const y = Math.round(ay + ((x - ax) / (bx - ax)) * (by - ay));
    means[x] = columnMean(page, x, y - half, y + half);
  }
}

/** Mean over the lines that lie in the image; paper where none does. */
export function columnMean(page: GreyPage, x: number, fromY: number, toY: number): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, fromY); y <= Math.min(page.heightPx - 1, toY); y++) {
    sum += page.data[y * page.widthPx + x] ?? 0;
    count++;
  }
  return count === 0 ? 255 : sum / count;
}

// ---- ovals -----------------------------------------------------------------------------------------------------

function findOutline(
  page: GreyPage,
  template: OvalTemplate,
  search: OutlineSearch,
  place: OutlinePlace,
): void {
  const { reach, unit, distanceCost } = search;
  const [cx, cy] = [search.x, search.y];
  let bestValue = Number.NEGATIVE_INFINITY;
  const consider = (x: number, y: number): void => {
    const contrast = contourContrast(page, template, x, y);
    const value = contrast * unit - distanceCost * ((x - cx) * (x - cx) + (y - cy) * (y - cy));
    if (value <= bestValue) return;
    bestValue = value;
    place.x = x;
    place.y = y;
    place.contrast = contrast;
  };
  for (let dy = -reach; dy <= reach; dy += 2) {
    for (let dx = -reach; dx <= reach; dx += 2) consider(cx + dx, cy + dy);
  }
  const { x, y } = place;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) if (dx !== 0 || dy !== 0) consider(x + dx, y + dy);
  }
}

/** Sum of grey just outside less sum of grey on the outline. */
function contourContrast(page: GreyPage, template: OvalTemplate, x: number, y: number): number {
  const { data, widthPx } = page;
  const { outlineX, outlineY, outsideX, outsideY } = template;
  const at = y * widthPx + x;
  let sum = 0;
  for (let i = 0; i < outlineX.length; i++) {
    sum +=
      (data[at + (outsideY[i] ?? 0) * widthPx + (outsideX[i] ?? 0)] ?? 0) -
      (data[at + (outlineY[i] ?? 0) * widthPx + (outlineX[i] ?? 0)] ?? 0);
  }
  return sum;
}

function ringGreys(
  page: GreyPage,
  template: OvalTemplate,
  x: number,
  y: number,
  histogram: Uint32Array,
): void {
  const { data, widthPx } = page;
  const { ringX, ringY } = template;
  const at = y * widthPx + x;
  histogram.fill(0);
  for (let i = 0; i < ringX.length; i++) {
    const grey = data[at + (ringY[i] ?? 0) * widthPx + (ringX[i] ?? 0)] ?? 0;
    histogram[grey] = (histogram[grey] ?? 0) + 1;
  }
}

function insideSums(
  page: GreyPage,
  template: OvalTemplate,
  cx: number,
  cy: number,
  levels: InkLevels,
  sums: InkSums,
): void {
  const { data, widthPx } = page;
  const { insideX, insideY } = template;
  const at = cy * widthPx + cx;
  clearSums(sums, insideX.length);
  for (let i = 0; i < insideX.length; i++) {
    const x = insideX[i] ?? 0;
    const y = insideY[i] ?? 0;
    addPixel(sums, x, y, data[at + y * widthPx + x] ?? 0, levels);
  }
}

export function clearSums(sums: InkSums, pixels: number): void {
  sums.pixels = pixels;
  sums.light = sums.dark = sums.drop = sums.weight = 0;
  sums.x = sums.y = sums.xx = sums.yy = sums.xy = 0;
}

export function addPixel(sums: InkSums, x: number, y: number, grey: number, levels: InkLevels): void {
  const drop = levels.paper - grey;
  sums.drop += drop;
  if (grey >= levels.lightBelow) return;
  sums.light++;
  if (grey < levels.darkBelow) sums.dark++;
  sums.weight += drop;
  sums.x += drop * x;
  sums.y += drop * y;
  sums.xx += drop * x * x;
  sums.yy += drop * y * y;
  sums.xy += drop * x * y;
}

export const plainPageKernels: PageKernels = {
  sampleGreys,
  findBars,
  bandMeans,
  findOutline,
  ringGreys,
  insideSums,
};

export const plainKernels: Kernels = {
  name: 'plain',
  place: (page) => ({ page, kernels: plainPageKernels }),
};
