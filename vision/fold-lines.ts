/**
 * Is the ink inside an oval a fold? A fold is one thin line that runs on outside, on both sides, much further than
 * any voter's stroke. The line is the ink's own long axis; it is followed outward on both sides. (Windham, New
 * Hampshire, 2020: folds through ovals were counted as votes.)
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx } from '../ground/units.js';
import { OVAL } from '../election-def/page-frame.js';

/** A wider band of ink is no fold. */
const WIDEST_MM = 0.9;
/** Followed from just beyond the oval to this much further. */
const CLEAR_OF_OVAL_MM = 1.2;
const FOLLOWED_MM = 6.5;
/** How dark the line must be outside, and how far beside its axis it may run there. */
const OUTSIDE_STEP = 0.06;
const WANDER_MM = 0.3;
/** On both sides at least this share of the way must be dark, and beside it light; what is enough `verdict.ts` says. */
export const LEAST_COVERED = 0.5;
const BESIDE_MM = 0.8;
const HALF_WIDTH_MM = 0.4;

/** In pixels from the oval's centre. */
export interface Line {
  readonly throughX: number;
  readonly throughY: number;
  readonly directionX: number;
  readonly directionY: number;
  readonly halfWidthPx: number;
  /** Share of the way that is covered on the less covered side. */
  readonly strength: number;
}

export interface InkMoments {
  readonly weight: number;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

export function traceLine(
  page: GreyPage,
  m: InkMoments,
  cx: number,
  cy: number,
  paper: number,
  range: number,
): Line | undefined {
  if (m.weight === 0) return undefined;
  const meanX = m.x / m.weight;
  const meanY = m.y / m.weight;
  const xx = m.xx / m.weight - meanX * meanX;
  const yy = m.yy / m.weight - meanY * meanY;
  const xy = m.xy / m.weight - meanX * meanY;
  const smallest = (xx + yy) / 2 - Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy);
  if (Math.sqrt(12 * Math.max(0, smallest)) > mmToPx(WIDEST_MM, page.dpi)) return undefined;
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  const directionX = Math.cos(angle);
  const directionY = Math.sin(angle);
  const axis = { x: cx + meanX, y: cy + meanY, directionX, directionY };
  const strength = Math.min(followed(page, axis, 1, paper, range), followed(page, axis, -1, paper, range));
  if (strength < LEAST_COVERED) return undefined;
  return {
    throughX: meanX,
    throughY: meanY,
    directionX,
    directionY,
    halfWidthPx: mmToPx(HALF_WIDTH_MM, page.dpi),
    strength,
  };
}

/** Share of the way outward that is dark on the axis and light beside it. */
function followed(
  page: GreyPage,
  axis: { x: number; y: number; directionX: number; directionY: number },
  sign: 1 | -1,
  paper: number,
  range: number,
): number {
  // Where the axis leaves the oval.
  const flat = Math.hypot(axis.directionX / (OVAL.widthMm / 2), axis.directionY / (OVAL.heightMm / 2));
  const from = mmToPx(1 / flat + CLEAR_OF_OVAL_MM, page.dpi);
  const to = from + mmToPx(FOLLOWED_MM, page.dpi);
  const wander = Math.ceil(mmToPx(WANDER_MM, page.dpi));
  const beside = mmToPx(BESIDE_MM, page.dpi);
  const below = paper - OUTSIDE_STEP * range;
  let covered = 0;
  let steps = 0;
  for (let distance = from; distance <= to; distance++) {
    const x = axis.x + sign * distance * axis.directionX;
    const y = axis.y + sign * distance * axis.directionY;
    let darkest = 255;
    for (let aside = -wander; aside <= wander; aside++) {
      darkest = Math.min(darkest, smoothGrey(page, x, y, axis, aside));
    }
    const besideLight =
      smoothGrey(page, x, y, axis, beside) >= below || smoothGrey(page, x, y, axis, -beside) >= below;
    steps++;
    if (darkest < below && besideLight) covered++;
  }
  return steps === 0 ? 0 : covered / steps;
}

/** Mean of three pixels along the axis, `aside` of it; outside of the image is paper. */
function smoothGrey(
  page: GreyPage,
  x: number,
  y: number,
  axis: { directionX: number; directionY: number },
  aside: number,
): number {
  let sum = 0;
  for (let along = -1; along <= 1; along++) {
    const px = Math.round(x + along * axis.directionX - aside * axis.directionY);
    const py = Math.round(y + along * axis.directionY + aside * axis.directionX);
    const inside = px >= 0 && py >= 0 && px < page.widthPx && py < page.heightPx;
    sum += inside ? (page.data[py * page.widthPx + px] ?? 255) : 255;
  }
  return sum / 3;
}
