/**
 * The shape of a printed oval in pixels, turned by the page's skew, as lists of pixel steps from its centre: its
 * outline, a second outline just outside, its inside (without the printed outline and the blur around it), and a ring
 * of paper around it. Made once a page; every oval of the page uses it.
 */
import { mmToPx } from '../ground/units.js';
import { OVAL } from '../election-def/page-frame.js';

/** Kept away from the outline's centre line: half its stroke, its blur, and the placing error of half a pixel. */
const INSIDE_SHRINK_MM = 0.5;
const OUTSIDE_GROWTH_MM = 0.5;
/** Layouts keep 3 mm around an oval free of print, so the ring is bare paper unless a voter drew there. */
const RING_FROM_MM = 0.6;
const RING_TO_MM = 2.2;
/** Wide enough that blur and a placing error move ink within the rim, not out of it. */
export const RIM_MM = 0.55;
const CONTOUR_POINTS = 48;

export interface OvalTemplate {
  readonly outlineX: Int32Array;
  readonly outlineY: Int32Array;
  readonly outsideX: Int32Array;
  readonly outsideY: Int32Array;
  readonly insideX: Int32Array;
  readonly insideY: Int32Array;
  /** The printed outline's line and `RIM_MM` on both sides of it. */
  readonly rimX: Int32Array;
  readonly rimY: Int32Array;
  readonly ringX: Int32Array;
  readonly ringY: Int32Array;
  /** No pixel of the template is further from the centre than this, in either direction. */
  readonly reachPx: number;
}

export function ovalTemplate(dpi: number, skewDegrees: number): OvalTemplate {
  const a = mmToPx((OVAL.widthMm - OVAL.strokeMm) / 2, dpi);
  const b = mmToPx((OVAL.heightMm - OVAL.strokeMm) / 2, dpi);
  const turn = (skewDegrees * Math.PI) / 180;
  const grow = (mm: number): number => mmToPx(mm, dpi);
  const [outlineX, outlineY] = contour(a, b, turn);
  const [outsideX, outsideY] = contour(a + grow(OUTSIDE_GROWTH_MM), b + grow(OUTSIDE_GROWTH_MM), turn);
  const [insideX, insideY] = between(a, b, -grow(INSIDE_SHRINK_MM), undefined, turn);
  const [rimX, rimY] = between(a, b, grow(RIM_MM), -grow(RIM_MM), turn);
  // Every second pixel of the ring is plenty.
  const [ringX, ringY] = between(a, b, grow(RING_TO_MM), grow(RING_FROM_MM), turn, 2);
  return {
    outlineX,
    outlineY,
    outsideX,
    outsideY,
    insideX,
    insideY,
    rimX,
    rimY,
    ringX,
    ringY,
    reachPx: Math.ceil(a + grow(RING_TO_MM)) + 1,
  };
}

function contour(a: number, b: number, turn: number): [Int32Array, Int32Array] {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const xs = new Int32Array(CONTOUR_POINTS);
  const ys = new Int32Array(CONTOUR_POINTS);
  for (let i = 0; i < CONTOUR_POINTS; i++) {
    const angle = (2 * Math.PI * i) / CONTOUR_POINTS;
    const x = a * Math.cos(angle);
    const y = b * Math.sin(angle);
    xs[i] = Math.round(x * cos - y * sin);
    ys[i] = Math.round(x * sin + y * cos);
  }
  return [xs, ys];
}

/**
 * Pixels inside the ellipse grown by `outer` and, when given, not inside the one grown by `inner`; all of them, or
 * those of one parity.
 */
function between(
  a: number,
  b: number,
  outer: number,
  inner: number | undefined,
  turn: number,
  parities: 1 | 2 = 1,
): [Int32Array, Int32Array] {
  const xs: number[] = [];
  const ys: number[] = [];
  const [reachX, reachY] = reachOf(a + Math.max(0, outer), b + Math.max(0, outer), turn);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  for (let y = -reachY; y <= reachY; y++) {
    for (let x = -reachX; x <= reachX; x++) {
      const u = x * cos + y * sin;
      const v = -x * sin + y * cos;
      if ((u / (a + outer)) ** 2 + (v / (b + outer)) ** 2 > 1) continue;
      if (inner !== undefined && (u / (a + inner)) ** 2 + (v / (b + inner)) ** 2 <= 1) continue;
      if (parities === 2 && ((x + y) & 1) === 1) continue;
      xs.push(x);
      ys.push(y);
    }
  }
  return [Int32Array.from(xs), Int32Array.from(ys)];
}

/** No pixel of an ellipse that is turned is further from its centre, across and down. */
function reachOf(a: number, b: number, turn: number): [number, number] {
  const across = Math.hypot(a * Math.cos(turn), b * Math.sin(turn));
  const down = Math.hypot(a * Math.sin(turn), b * Math.cos(turn));
  return [Math.ceil(across) + 1, Math.ceil(down) + 1];
}
