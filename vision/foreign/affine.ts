/**
 * Plane maps that keep straight lines straight and parallels parallel: what a scanner makes of a sheet but for
 * uneven feeding. (x, y) becomes (xx x + xy y + x0, yx x + yy y + y0).
 */
import type { PointPx } from '../../ground/units.js';

export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/** One point here and the same there. */
export interface Pair {
  readonly from: PointPx;
  readonly to: PointPx;
}

export function apply(map: Affine, xPx: number, yPx: number): PointPx {
  return { xPx: map.xx * xPx + map.xy * yPx + map.x0, yPx: map.yx * xPx + map.yy * yPx + map.y0 };
}

/** First `inner`, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  return {
    xx: outer.xx * inner.xx + outer.xy * inner.yx,
    xy: outer.xx * inner.xy + outer.xy * inner.yy,
    x0: outer.xx * inner.x0 + outer.xy * inner.y0 + outer.x0,
    yx: outer.yx * inner.xx + outer.yy * inner.yx,
    yy: outer.yx * inner.xy + outer.yy * inner.yy,
    y0: outer.yx * inner.x0 + outer.yy * inner.y0 + outer.y0,
  };
}

/** Turned clockwise about the origin, scaled, then moved. */
export function similarity(degrees: number, scale: number, x0: number, y0: number): Affine {
  const turn = (degrees * Math.PI) / 180;
  const [cos, sin] = [scale * Math.cos(turn), scale * Math.sin(turn)];
  return { xx: cos, xy: -sin, x0, yx: sin, yy: cos, y0 };
}

export function moveBy(x0: number, y0: number): Affine {
  return { xx: 1, xy: 0, x0, yx: 0, yy: 1, y0 };
}

export function scaleBy(factor: number, x0 = 0, y0 = 0): Affine {
  return { xx: factor, xy: 0, x0, yx: 0, yy: factor, y0 };
}

/** Mean of the two axes' lengths. */
export function scaleOf(map: Affine): number {
  return (Math.hypot(map.xx, map.yx) + Math.hypot(map.xy, map.yy)) / 2;
}

/** The map with the least squared error; nothing when the points lie on one line. */
export function fitAffine(pairs: readonly Pair[]): Affine | undefined {
  const n = pairs.length;
  if (n < 3) return undefined;
  let [mx, my, mu, mv] = [0, 0, 0, 0];
  for (const { from, to } of pairs) {
    mx += from.xPx / n;
    my += from.yPx / n;
    mu += to.xPx / n;
    mv += to.yPx / n;
  }
  let [xx, xy, yy, ux, uy, vx, vy] = [0, 0, 0, 0, 0, 0, 0];
  for (const { from, to } of pairs) {
    const [x, y, u, v] = [from.xPx - mx, from.yPx - my, to.xPx - mu, to.yPx - mv];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    ux += u * x;
    uy += u * y;
    vx += v * x;
    vy += v * y;
  }
  const determinant = xx * yy - xy * xy;
  if (determinant < 1e-6 * (xx + yy) ** 2) return undefined;
  const a = (ux * yy - uy * xy) / determinant;
  const b = (uy * xx - ux * xy) / determinant;
  const c = (vx * yy - vy * xy) / determinant;
  const d = (vy * xx - vx * xy) / determinant;
  return { xx: a, xy: b, x0: mu - a * mx - b * my, yx: c, yy: d, y0: mv - c * mx - d * my };
}
