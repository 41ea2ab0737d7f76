/** The kernels in plain TypeScript: the definition of what they count, and the fallback where SIMD is missing. */
import type { GreyPage } from '../../ground/grey-page.js';
import type { Band, Grid, Kernels, PageKernels } from './kernels.js';
import { findMarks } from './plain-marks.js';
import { measureOvals, plainOvals } from './plain-ovals.js';

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

function bandMeans(page: GreyPage, band: Band, means: Float64Array): void {
  for (let x = band.fromX; x <= band.toX; x++) means[x] = bandMean(page, band, x);
}

/** Mean of one column of a band. */
export function bandMean(page: GreyPage, band: Band, x: number): number {
  const { ax, ay, bx, by, half } = band;
  const y = Math.round(ay + ((x - ax) / (bx - ax)) * (by - ay));
  return columnMean(page, x, y - half, y + half);
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

function gridGreys(page: GreyPage, grid: Grid, histogram: Uint32Array): number {
  const { origin, right, below, columns, rows } = grid;
  histogram.fill(0);
  let samples = 0;
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      const u = column / columns;
      const v = row / rows;
      const x = Math.round(origin.xPx + u * (right.xPx - origin.xPx) + v * (below.xPx - origin.xPx));
      const y = Math.round(origin.yPx + u * (right.yPx - origin.yPx) + v * (below.yPx - origin.yPx));
      if (x < 0 || y < 0 || x >= page.widthPx || y >= page.heightPx) continue;
      const grey = page.data[y * page.widthPx + x] ?? 255;
      histogram[grey] = (histogram[grey] ?? 0) + 1;
      samples++;
    }
  }
  return samples;
}

export const plainPageKernels: PageKernels = {
  sampleGreys,
  findMarks,
  bandMeans,
  gridGreys,
  ovals: plainOvals,
  measureOvals,
};

export const plainKernels: Kernels = {
  name: 'plain',
  place: (page) => ({ page, kernels: plainPageKernels }),
};
