/**
 * The score vector of every oval of a side. The page map says where an oval should be; its printed outline is looked
 * for a few pixels around that place; then the ink inside is measured against the paper in a ring around it and the
 * ink of the timing marks, so that tint, gradient and a weak lamp cancel out. No thresholds here.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx, pxToMm } from '../ground/units.js';
import type { SideContext } from './context.js';
import { traceLine, type Line } from './fold-lines.js';
import { ovalTemplate, type OvalTemplate } from './oval-template.js';
import type { PageMap } from './page-map.js';
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

/** Grey levels at one oval. */
interface Local {
  readonly paper: number;
  readonly range: number;
}

/** Sums over the inside of an oval; whole numbers. */
const sums = { pixels: 0, light: 0, dark: 0, drop: 0, weight: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };

export function scoreOvals(
  page: GreyPage,
  frame: TimingFrame,
  map: PageMap,
  side: SideContext,
): readonly ScoredOval[] {
  const template = ovalTemplate(page.dpi, frame.skewDegrees);
  const scored: ScoredOval[] = [];
  for (let i = 0; i < side.ovalXMm.length; i++) {
    map.locate(side.ovalXMm[i] ?? 0, side.ovalYMm[i] ?? 0);
    scored.push(scoreOval(page, template, map.xPx, map.yPx, frame.inkLevel));
  }
  return scored;
}

function scoreOval(
  page: GreyPage,
  template: OvalTemplate,
  predictedX: number,
  predictedY: number,
  ink: number,
): ScoredOval {
  const cx = Math.round(predictedX);
  const cy = Math.round(predictedY);
  const search = Math.max(1, Math.round(mmToPx(SEARCH_MM, page.dpi)));
  const reach = template.reachPx + search;
  if (cx < reach || cy < reach || cx + reach >= page.widthPx || cy + reach >= page.heightPx) {
    return { score: outsideOfImage, xPx: predictedX, yPx: predictedY, line: undefined };
  }
  const place = findOutline(page, template, cx, cy, search, ink);
  const local = localPaper(page, template, place.x, place.y, ink);
  const halo = ringShare(page, template, place.x, place.y, local);
  measureInside(page, template, place.x, place.y, local, undefined);
  const inside = inkScore(page, local);
  const line =
    inside.light >= LINE_LIGHT.from && inside.light <= LINE_LIGHT.to
      ? traceLine(page, sums, place.x, place.y, local.paper, local.range)
      : undefined;
  const base = {
    ...inside,
    outline: round4(Math.max(0, Math.min(1, place.contrast))),
    offsetXPx: round4(place.x - predictedX),
    offsetYPx: round4(place.y - predictedY),
    halo: round4(halo),
  };
  const xPx = round4(place.x);
  const yPx = round4(place.y);
  if (line === undefined) return { score: { ...base, line: 0 }, xPx, yPx, line };
  measureInside(page, template, place.x, place.y, local, line);
  const withoutLine = inkScore(page, local);
  return { score: { ...base, line: round4(line.strength), withoutLine }, xPx, yPx, line };
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

interface Place {
  x: number;
  y: number;
  /** Outline against just outside of it, 0 to 1. */
  contrast: number;
}

/** Best place of the outline: every second place first, then the places around the best. */
function findOutline(
  page: GreyPage,
  template: OvalTemplate,
  cx: number,
  cy: number,
  search: number,
  ink: number,
): Place {
  const unit = 1 / (template.outlineX.length * Math.max(LEAST_RANGE, 255 - ink));
  const best: Place = { x: cx, y: cy, contrast: 0 };
  let bestValue = Number.NEGATIVE_INFINITY;
  const consider = (x: number, y: number): void => {
    const contrast = contourContrast(page, template, x, y) * unit;
    const value = contrast - DISTANCE_COST * ((x - cx) ** 2 + (y - cy) ** 2);
    if (value <= bestValue) return;
    bestValue = value;
    best.x = x;
    best.y = y;
    best.contrast = contrast;
  };
  for (let dy = -search; dy <= search; dy += 2) {
    for (let dx = -search; dx <= search; dx += 2) consider(cx + dx, cy + dy);
  }
  const { x, y } = best;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) if (dx !== 0 || dy !== 0) consider(x + dx, y + dy);
  }
  return best;
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

const ringHistogram = new Uint32Array(256);

function localPaper(page: GreyPage, template: OvalTemplate, x: number, y: number, ink: number): Local {
  const { data, widthPx } = page;
  const at = y * widthPx + x;
  const { ringX, ringY } = template;
  ringHistogram.fill(0);
  for (let i = 0; i < ringX.length; i++) {
    const grey = data[at + (ringY[i] ?? 0) * widthPx + (ringX[i] ?? 0)] ?? 0;
    ringHistogram[grey] = (ringHistogram[grey] ?? 0) + 1;
  }
  let seen = 0;
  let bright = 0;
  while (bright < 255 && (seen += ringHistogram[bright] ?? 0) <= ringX.length * RING_PAPER_RANK) bright++;
  const from = Math.ceil(bright - LIGHT_STEP * Math.max(LEAST_RANGE, bright - ink));
  let sum = 0;
  let count = 0;
  for (let grey = Math.max(0, from); grey < 256; grey++) {
    sum += grey * (ringHistogram[grey] ?? 0);
    count += ringHistogram[grey] ?? 0;
  }
  const paper = sum / Math.max(1, count);
  return { paper, range: Math.max(LEAST_RANGE, paper - ink) };
}

function ringShare(page: GreyPage, template: OvalTemplate, x: number, y: number, local: Local): number {
  const { data, widthPx } = page;
  const at = y * widthPx + x;
  const { ringX, ringY } = template;
  const below = local.paper - LIGHT_STEP * local.range;
  let dark = 0;
  for (let i = 0; i < ringX.length; i++) {
    if ((data[at + (ringY[i] ?? 0) * widthPx + (ringX[i] ?? 0)] ?? 0) < below) dark++;
  }
  return dark / ringX.length;
}

/** Fills `sums`; pixels on `without` are left out. */
function measureInside(
  page: GreyPage,
  template: OvalTemplate,
  cx: number,
  cy: number,
  local: Local,
  without: Line | undefined,
): void {
  const { data, widthPx } = page;
  const at = cy * widthPx + cx;
  const { insideX, insideY } = template;
  const paper = Math.round(local.paper);
  const lightBelow = Math.ceil(local.paper - LIGHT_STEP * local.range);
  const darkBelow = Math.ceil(local.paper - DARK_STEP * local.range);
  sums.pixels = insideX.length;
  sums.light = sums.dark = sums.drop = sums.weight = 0;
  sums.x = sums.y = sums.xx = sums.yy = sums.xy = 0;
  for (let i = 0; i < insideX.length; i++) {
    const x = insideX[i] ?? 0;
    const y = insideY[i] ?? 0;
    if (without !== undefined) {
      const aside = (x - without.throughX) * without.directionY - (y - without.throughY) * without.directionX;
      if (Math.abs(aside) <= without.halfWidthPx) continue;
    }
    const grey = data[at + y * widthPx + x] ?? 0;
    const drop = paper - grey;
    sums.drop += drop;
    if (grey >= lightBelow) continue;
    sums.light++;
    if (grey < darkBelow) sums.dark++;
    sums.weight += drop;
    sums.x += drop * x;
    sums.y += drop * y;
    sums.xx += drop * x * x;
    sums.yy += drop * y * y;
    sums.xy += drop * x * y;
  }
}

function inkScore(page: GreyPage, local: Local): InkScore {
  return {
    light: round4(sums.light / sums.pixels),
    dark: round4(sums.dark / sums.pixels),
    darkness: round4(Math.min(1, Math.max(0, sums.drop / sums.pixels / local.range))),
    density: round4(Math.min(1, sums.weight / Math.max(1, sums.light) / local.range)),
    spanMm: round4(pxToMm(longestSpread(sums), page.dpi)),
  };
}

type Moments = Readonly<typeof sums>;

/** Length of an even stroke with the spread that the ink has in its longest direction (its deviation times √12). */
function longestSpread(m: Moments): number {
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
