/**
 * Ink in the boxes into which voters write names: for the record, for adjudication, and because about half of all
 * write-ins in studied elections come without a filled oval. Measured on a grid over the box, away from its border,
 * against the paper of the box itself.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx, type PointPx } from '../ground/units.js';
import type { SideLayout, WriteInPlace } from '../election-def/layout-types.js';
import type { PageKernels } from './kernels/kernels.js';
import { LIGHT_STEP } from './ovals.js';
import type { PageMap } from './page-map.js';
import type { WriteInReading } from './reading.js';
import type { TimingFrame } from './timing-marks.js';

/** The box's printed border, its blur and the page map's error. */
const BORDER_MM = 0.9;
/** A hundredth of an inch from sample to sample, in both directions: finer than any pen. */
const GRID_MM = 0.254;
const LEAST_RANGE = 40;

export type MeasuredWriteIn = Omit<WriteInReading, 'written'>;

export function measureWriteIns(
  page: GreyPage,
  frame: TimingFrame,
  map: PageMap,
  side: SideLayout,
  kernels: PageKernels,
): readonly MeasuredWriteIn[] {
  return side.writeInBoxes.map((box) => ({
    contestId: box.contestId,
    optionId: box.optionId,
    ink: Math.round(inkShare(page, frame.inkLevel, map, box, kernels) * 10_000) / 10_000,
    corners: [
      pixel(map, box.xMm, box.yMm),
      pixel(map, box.xMm + box.widthMm, box.yMm),
      pixel(map, box.xMm + box.widthMm, box.yMm + box.heightMm),
      pixel(map, box.xMm, box.yMm + box.heightMm),
    ],
  }));
}

function pixel(map: PageMap, xMm: number, yMm: number): PointPx {
  map.locate(xMm, yMm);
  return { xPx: Math.round(map.xPx * 10) / 10, yPx: Math.round(map.yPx * 10) / 10 };
}

const histogram = new Uint32Array(256);

/** The box is small enough to be taken for a parallelogram between its corners. */
function inkShare(
  page: GreyPage,
  ink: number,
  map: PageMap,
  box: WriteInPlace,
  kernels: PageKernels,
): number {
  const left = box.xMm + BORDER_MM;
  const top = box.yMm + BORDER_MM;
  const width = box.widthMm - 2 * BORDER_MM;
  const height = box.heightMm - 2 * BORDER_MM;
  if (width <= 0 || height <= 0) return 0;
  const origin = pixel(map, left, top);
  const right = pixel(map, left + width, top);
  const below = pixel(map, left, top + height);
  const columns = Math.max(1, Math.round(mmToPx(width, page.dpi) / mmToPx(GRID_MM, page.dpi)));
  const rows = Math.max(1, Math.round(mmToPx(height, page.dpi) / mmToPx(GRID_MM, page.dpi)));
  const samples = kernels.gridGreys(page, { origin, right, below, columns, rows }, histogram);
  return darkShare(samples, ink);
}

/** Share of the samples in `histogram` darker than its own paper (its median: a name never fills half a box). */
function darkShare(samples: number, ink: number): number {
  if (samples === 0) return 0;
  let seen = 0;
  let paper = 0;
  while (paper < 255 && (seen += histogram[paper] ?? 0) <= samples / 2) paper++;
  const below = paper - LIGHT_STEP * Math.max(LEAST_RANGE, paper - ink);
  let dark = 0;
  for (let grey = 0; grey < below; grey++) dark += histogram[grey] ?? 0;
  return dark / samples;
}
