/**
 * The score vector of every oval of a side. The page map says where an oval should be; its printed outline is looked
 * for a few pixels around that place; then the ink inside is measured against the paper in a ring around it and the
 * ink of the timing marks, so that tint, gradient and a weak lamp cancel out. No thresholds here.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx, pxToMm } from '../ground/units.js';
import type { SideContext } from './context.js';
import { traceLine, type InkMoments, type Line } from './fold-lines.js';
import { ovalTemplate, type OvalTemplate } from './oval-template.js';
import { inkSums, type PageKernels } from './kernels/kernels.js';
import { addPixel, clearSums } from './kernels/plain.js';
import type { PageLocator } from './page-map.js';
import type { InkScore, OvalScore } from './reading.js';
import type { TimingFrame } from './timing-marks.js';

/** Darker than paper by these shares of the ink range. */
export const LIGHT_STEP = 0.12;
const DARK_STEP = 0.35;
const SEARCH_MM = 0.5;
/** Cost of a pixel of distance, squared, against a full outline's contrast of 1: a blot has no place of its own. */
const DISTANCE_COST = 0.005;
/** Paper is the mean of those pixels of the ring that are not darker than its brighter ones by this much. */
const RING_PAPER_RANK = 0.75;
const LEAST_RANGE = 40;
/** Inside ink between these shares may be a fold; more is a mark, less is nothing. */
const LINE_LIGHT = { from: 0.02, to: 0.6 } as const;

export interface ScoredOval {
  readonly score: OvalScore;
  readonly xPx: number;
  readonly yPx: number;
  /** Where a fold ran through, for the fault list. */
  readonly line: Line | undefined;
}

/** Of the oval that is being scored; made once, so that a side with many ovals makes little garbage. */
const sums = inkSums();
const ring = new Uint32Array(256);
const place = { x: 0, y: 0, contrast: 0 };
const around = { x: 0, y: 0, reach: 0, unit: 0, distanceCost: DISTANCE_COST };
const local = { paper: 0, range: 0 };
const levels = { paper: 0, lightBelow: 0, darkBelow: 0 };

export function scoreOvals(
  page: GreyPage,
  frame: Pick<TimingFrame, 'inkLevel' | 'skewDegrees'>,
  map: PageLocator,
  side: Pick<SideContext, 'ovalXMm' | 'ovalYMm'>,
  kernels: PageKernels,
): readonly ScoredOval[] {
  const template = ovalTemplate(page.dpi, frame.skewDegrees);
  const scored: ScoredOval[] = [];
  for (let i = 0; i < side.ovalXMm.length; i++) {
    map.locate(side.ovalXMm[i] ?? 0, side.ovalYMm[i] ?? 0);
    scored.push(scoreOval(page, template, map.xPx, map.yPx, frame.inkLevel, kernels));
  }
  return scored;
}

function scoreOval(
  page: GreyPage,
  template: OvalTemplate,
  predictedX: number,
  predictedY: number,
  ink: number,
  kernels: PageKernels,
): ScoredOval {
  const cx = Math.round(predictedX);
  const cy = Math.round(predictedY);
  const search = Math.max(1, Math.round(mmToPx(SEARCH_MM, page.dpi)));
  const reach = template.reachPx + search;
  if (cx < reach || cy < reach || cx + reach >= page.widthPx || cy + reach >= page.heightPx) {
    return { score: outsideOfImage, xPx: predictedX, yPx: predictedY, line: undefined };
  }
  const unit = 1 / (template.outlineX.length * Math.max(LEAST_RANGE, 255 - ink));
  around.x = cx;
  around.y = cy;
  around.reach = search;
  around.unit = unit;
  kernels.findOutline(page, template, around, place);
  const { x, y } = place;
  kernels.ringGreys(page, template, x, y, ring);
  measureLocal(template.ringX.length, ink);
  kernels.insideSums(page, template, x, y, levels, sums);
  const inside = inkScore(page);
  const line =
    inside.light >= LINE_LIGHT.from && inside.light <= LINE_LIGHT.to
      ? traceLine(page, sums, x, y, local.paper, local.range)
      : undefined;
  const score: OvalScore = {
    light: inside.light,
    dark: inside.dark,
    darkness: inside.darkness,
    density: inside.density,
    spanMm: inside.spanMm,
    outline: round4(Math.max(0, Math.min(1, place.contrast * unit))),
    offsetXPx: round4(x - predictedX),
    offsetYPx: round4(y - predictedY),
    halo: round4(ringShare(template.ringX.length)),
    line: line === undefined ? 0 : round4(line.strength),
  };
  const xPx = round4(x);
  const yPx = round4(y);
  if (line === undefined) return { score, xPx, yPx, line };
  measureWithout(page, template, x, y, line);
  return { score: { ...score, withoutLine: inkScore(page) }, xPx, yPx, line };
}

/** Never blank: an outline of 0 is ambiguous at the least. */
const outsideOfImage: OvalScore = {
  light: 0,
  dark: 0,
  darkness: 0,
  density: 0,
  spanMm: 0,
  outline: 0,
  offsetXPx: 0,
  offsetYPx: 0,
  halo: 0,
  line: 0,
};

/** Fills `local` and `levels` from the greys counted in `ring`. */
function measureLocal(pixels: number, ink: number): void {
  let seen = 0;
  let bright = 0;
  while (bright < 255 && (seen += ring[bright] ?? 0) <= pixels * RING_PAPER_RANK) bright++;
  const from = Math.ceil(bright - LIGHT_STEP * Math.max(LEAST_RANGE, bright - ink));
  let sum = 0;
  let count = 0;
  for (let grey = Math.max(0, from); grey < 256; grey++) {
    sum += grey * (ring[grey] ?? 0);
    count += ring[grey] ?? 0;
  }
  local.paper = sum / Math.max(1, count);
  local.range = Math.max(LEAST_RANGE, local.paper - ink);
  levels.paper = Math.round(local.paper);
  levels.lightBelow = Math.ceil(local.paper - LIGHT_STEP * local.range);
  levels.darkBelow = Math.ceil(local.paper - DARK_STEP * local.range);
}

/** Share of the ring that is darker than paper. */
function ringShare(pixels: number): number {
  const below = local.paper - LIGHT_STEP * local.range;
  let dark = 0;
  for (let grey = 0; grey < below; grey++) dark += ring[grey] ?? 0;
  return dark / pixels;
}

/** Fills `sums` without the pixels on a line. Rare, so there is no kernel for it. */
function measureWithout(page: GreyPage, template: OvalTemplate, cx: number, cy: number, without: Line): void {
  const { data, widthPx } = page;
  const at = cy * widthPx + cx;
  const { insideX, insideY } = template;
  clearSums(sums, insideX.length);
  for (let i = 0; i < insideX.length; i++) {
    const x = insideX[i] ?? 0;
    const y = insideY[i] ?? 0;
    const aside = (x - without.throughX) * without.directionY - (y - without.throughY) * without.directionX;
    if (Math.abs(aside) <= without.halfWidthPx) continue;
    addPixel(sums, x, y, data[at + y * widthPx + x] ?? 0, levels);
  }
}

function inkScore(page: GreyPage): InkScore {
  return {
    light: round4(sums.light / sums.pixels),
    dark: round4(sums.dark / sums.pixels),
    darkness: round4(Math.min(1, Math.max(0, sums.drop / sums.pixels / local.range))),
    density: round4(Math.min(1, sums.weight / Math.max(1, sums.light) / local.range)),
    spanMm: round4(pxToMm(longestSpread(sums), page.dpi)),
  };
}

/** Length of an even stroke with the spread that the ink has in its longest direction (its deviation times √12). */
function longestSpread(m: InkMoments): number {
  if (m.weight === 0) return 0;
  const xx = m.xx / m.weight - (m.x / m.weight) ** 2;
  const yy = m.yy / m.weight - (m.y / m.weight) ** 2;
  const xy = m.xy / m.weight - (m.x / m.weight) * (m.y / m.weight);
  const largest = (xx + yy) / 2 + Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy);
  return Math.sqrt(12 * Math.max(0, largest));
}

function round4(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
