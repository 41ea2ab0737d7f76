/**
 * Where any point of the printed page lies in the image: a Coons patch over the four chains of timing marks. Between
 * two neighbouring marks it is linear, so uneven feeding is absorbed mark by mark, and a sheet that is skewed,
 * sheared or stretched needs no further model. The page itself is never warped.
 */
import { FRAME_INSET_MM, TIMING_PITCH_MM, pageFrame } from '../election-def/page-frame.js';
import type { Chain } from './mark-chain.js';
import type { Orientation } from './reading.js';
import type { TimingFrame } from './timing-marks.js';

/** Anything that says where a point of the printed page lies in the image. */
export interface PageLocator {
  readonly xPx: number;
  readonly yPx: number;
  /** Sets `xPx`, `yPx`. */
  locate(xMm: number, yMm: number): void;
}

export class PageMap implements PageLocator {
  /** The point found last, in pixels: read right after `locate` (no object is made for it). */
  xPx = 0;
  yPx = 0;
  readonly #frame: TimingFrame;
  readonly #turned: boolean;
  readonly #widthMm: number;
  readonly #heightMm: number;

  constructor(frame: TimingFrame, orientation: Orientation) {
    this.#frame = frame;
    this.#turned = orientation === 'rotated-180';
    const page = pageFrame(frame.paper);
    this.#widthMm = page.widthMm;
    this.#heightMm = page.heightMm;
  }

  /** Sets `xPx`, `yPx` to where a point of the page as printed lies in the image. */
  locate(xMm: number, yMm: number): void {
    const x = this.#turned ? this.#widthMm - xMm : xMm;
    const y = this.#turned ? this.#heightMm - yMm : yMm;
    const { top, bottom, left, right } = this.#frame;
    const column = (x - FRAME_INSET_MM) / TIMING_PITCH_MM;
    const row = (y - FRAME_INSET_MM) / TIMING_PITCH_MM;
    const lastColumn = this.#frame.columns - 1;
    const lastRow = this.#frame.rows - 1;
    const u = column / lastColumn;
    const v = row / lastRow;
    this.xPx =
      (1 - v) * along(top.x, column) +
      v * along(bottom.x, column) +
      (1 - u) * along(left.x, row) +
      u * along(right.x, row) -
      corners(top.x, bottom.x, lastColumn, u, v);
    this.yPx =
      (1 - v) * along(top.y, column) +
      v * along(bottom.y, column) +
      (1 - u) * along(left.y, row) +
      u * along(right.y, row) -
      corners(top.y, bottom.y, lastColumn, u, v);
  }
}

/** A chain's coordinate at a place between its marks, or beyond its ends by its first or last step. */
function along(values: Chain['x'], place: number): number {
  const before = Math.min(Math.max(Math.floor(place), 0), values.length - 2);
  const share = place - before;
  return (values[before] ?? 0) * (1 - share) + (values[before + 1] ?? 0) * share;
}

function corners(top: Chain['x'], bottom: Chain['x'], last: number, u: number, v: number): number {
  return (
    (1 - v) * ((1 - u) * (top[0] ?? 0) + u * (top[last] ?? 0)) +
    v * ((1 - u) * (bottom[0] ?? 0) + u * (bottom[last] ?? 0))
  );
}
