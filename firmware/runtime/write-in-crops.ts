/**
 * Pictures of what voters wrote: each write-in box with writing in it, or with its oval marked, cut out of the page
 * and set upright, for the people who adjudicate it.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import type { PointPx } from '../../ground/units.js';
import type { SideReading, WriteInReading } from '../../vision/reading.js';

/** A box is never larger than this in a scan of 200 dpi; a corner that says otherwise is not believed. */
const LONGEST_PX = 1600;

export interface CutWriteIn {
  readonly contestId: string;
  readonly optionId: string;
  readonly picture: GreyPage;
}

export function cutWriteIns(page: GreyPage, side: SideReading): readonly CutWriteIn[] {
  return side.writeIns
    .filter((box) => box.written || isMarked(side, box))
    .map((box) => ({ contestId: box.contestId, optionId: box.optionId, picture: cut(page, box.corners) }));
}

function isMarked(side: SideReading, box: WriteInReading): boolean {
  return side.ovals.some(
    (oval) => oval.contestId === box.contestId && oval.optionId === box.optionId && oval.verdict === 'marked',
  );
}

/** Bilinear within the four corners, at the scan's own resolution. */
function cut(
  page: GreyPage,
  [topLeft, topRight, bottomRight, bottomLeft]: WriteInReading['corners'],
): GreyPage {
  const width = sizePx(topLeft, topRight);
  const height = sizePx(topLeft, bottomLeft);
  const picture = greyPage(width, height, page.dpi);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width;
      const v = (y + 0.5) / height;
      const blend = (tl: number, tr: number, br: number, bl: number): number =>
        (1 - v) * ((1 - u) * tl + u * tr) + v * ((1 - u) * bl + u * br);
      const atX = blend(topLeft.xPx, topRight.xPx, bottomRight.xPx, bottomLeft.xPx);
      const atY = blend(topLeft.yPx, topRight.yPx, bottomRight.yPx, bottomLeft.yPx);
      picture.data[y * width + x] = sample(page, atX, atY);
    }
  }
  return picture;
}

function sizePx(from: PointPx, to: PointPx): number {
  return Math.min(LONGEST_PX, Math.max(1, Math.round(Math.hypot(to.xPx - from.xPx, to.yPx - from.yPx))));
}

/** Grey at a place between pixels; white outside of the page. */
function sample(page: GreyPage, x: number, y: number): number {
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  const fx = x - 0.5 - left;
  const fy = y - 0.5 - top;
  const at = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= page.widthPx || row >= page.heightPx
      ? 255
      : (page.data[row * page.widthPx + column] ?? 255);
  const upper = (1 - fx) * at(left, top) + fx * at(left + 1, top);
  const lower = (1 - fx) * at(left, top + 1) + fx * at(left + 1, top + 1);
  return Math.round((1 - fy) * upper + fy * lower);
}
