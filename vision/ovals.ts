/**
 * The score vector of every oval of a side. The page map says where an oval should be; its printed outline is looked
 * for a few pixels around that place; then the ink inside is measured against the paper in a ring around it and the
 * ink of the timing marks, so that tint, gradient and a weak lamp cancel out (all ovals in one call of a kernel, of
 * which `kernels/plain-ovals.ts` is the definition). What was measured is made into scores here. No thresholds here.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx, pxToMm, type PointPx } from '../ground/units.js';
import { OVAL } from '../election-def/page-frame.js';
import type { SideContext } from './context.js';
import { traceLine, type InkMoments, type Line } from './fold-lines.js';
import { ovalTemplate, RIM_MM, type OvalTemplate } from './oval-template.js';
import { inkSums, MOST_OVALS, type OvalSearch, type OvalTable, type PageKernels } from './kernels/kernels.js';
import { addPixel, clearSums, levelsOf } from './kernels/plain-ovals.js';
import type { PageLocator } from './page-map.js';
import type { InkScore, OvalScore } from './reading.js';
import type { TimingFrame } from './timing-marks.js';

/** Darker than paper by these shares of the ink range. */
export const LIGHT_STEP = 0.12;
export const DARK_STEP = 0.35;
/** How far around its predicted place an outline is looked for. */
export const SEARCH_MM = 0.5;
/** Cost of a pixel of distance, squared, against a full outline's contrast of 1: a blot has no place of its own. */
const DISTANCE_COST = 0.005;
/** Paper is the mean of those pixels of the ring that are not darker than its brighter ones by this much. */
const RING_PAPER_RANK = 0.75;
const LEAST_RANGE = 40;
/** What the printed line gives of the rim by itself, whatever the blur: its width's share of the rim's. */
const RIM_AS_PRINTED = OVAL.strokeMm / (2 * RIM_MM);
/** Inside ink between these shares may be a fold; more is a mark, less is nothing. */
export const LINE_LIGHT = { from: 0.02, to: 0.6 } as const;

export interface ScoredOval {
  readonly score: OvalScore;
  readonly centre: PointPx;
}

/** Of the oval that is being scored; made once, so that a side with many ovals makes little garbage. */
const sums = inkSums();
const levels = { paper: 0, lightBelow: 0, darkBelow: 0 };

export function scoreOvals(
  page: GreyPage,
  frame: Pick<TimingFrame, 'inkLevel' | 'skewDegrees'>,
  map: PageLocator,
  side: Pick<SideContext, 'ovalXMm' | 'ovalYMm'>,
  kernels: PageKernels,
): readonly ScoredOval[] {
  const template = ovalTemplate(page.dpi, frame.skewDegrees);
  const search: OvalSearch = {
    reach: Math.max(1, Math.round(mmToPx(SEARCH_MM, page.dpi))),
    unit: 1 / (template.outlineX.length * Math.max(LEAST_RANGE, 255 - frame.inkLevel)),
    distanceCost: DISTANCE_COST,
    ink: frame.inkLevel,
    leastRange: LEAST_RANGE,
    lightStep: LIGHT_STEP,
    darkStep: DARK_STEP,
    paperRank: RING_PAPER_RANK,
  };
  const table = kernels.ovals;
  const scored: ScoredOval[] = [];
  for (let from = 0; from < side.ovalXMm.length; from += MOST_OVALS) {
    table.count = Math.min(MOST_OVALS, side.ovalXMm.length - from);
    for (let i = 0; i < table.count; i++) {
      map.locate(side.ovalXMm[from + i] ?? 0, side.ovalYMm[from + i] ?? 0);
      table.predictedX[i] = map.xPx;
      table.predictedY[i] = map.yPx;
    }
    kernels.measureOvals(page, template, search);
    for (let i = 0; i < table.count; i++) scored.push(scoreOval(page, template, search, table, i));
  }
  return scored;
}

function scoreOval(
  page: GreyPage,
  template: OvalTemplate,
  search: OvalSearch,
  table: OvalTable,
  i: number,
): ScoredOval {
  const predictedX = table.predictedX[i] ?? 0;
  const predictedY = table.predictedY[i] ?? 0;
  if (table.inImage[i] !== 1) {
    return { score: outsideOfImage, centre: { xPx: predictedX, yPx: predictedY } };
  }
  const x = table.x[i] ?? 0;
  const y = table.y[i] ?? 0;
  const paper = table.paper[i] ?? 0;
  const range = Math.max(LEAST_RANGE, paper - search.ink);
  takeSums(table, i, template.insideX.length);
  const inside = inkScore(page, range);
  const line =
    inside.light >= LINE_LIGHT.from && inside.light <= LINE_LIGHT.to
      ? traceLine(page, sums, x, y, paper, range)
      : undefined;
  const score: OvalScore = {
    light: inside.light,
    dark: inside.dark,
    darkness: inside.darkness,
    density: inside.density,
    spanMm: inside.spanMm,
    outline: round4(Math.max(0, Math.min(1, (table.contrast[i] ?? 0) * search.unit))),
    offsetXPx: round4(x - predictedX),
    offsetYPx: round4(y - predictedY),
    rim: round4((paper - (table.rimGrey[i] ?? 0) / template.rimX.length) / range - RIM_AS_PRINTED),
    halo: round4((table.ringDark[i] ?? 0) / template.ringX.length),
    line: line === undefined ? 0 : round4(line.strength),
  };
  const centre = { xPx: round4(x), yPx: round4(y) };
  if (line === undefined) return { score, centre };
  levelsOf(paper, search, levels);
  sumWithout(page, template, x, y, line);
  return { score: { ...score, withoutLine: inkScore(page, range) }, centre };
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
  rim: 0,
  line: 0,
};

function takeSums(table: OvalTable, i: number, pixels: number): void {
  sums.pixels = pixels;
  sums.light = table.light[i] ?? 0;
  sums.dark = table.dark[i] ?? 0;
  sums.drop = table.drop[i] ?? 0;
  sums.weight = table.weight[i] ?? 0;
  sums.x = table.sumX[i] ?? 0;
  sums.y = table.sumY[i] ?? 0;
  sums.xx = table.sumXX[i] ?? 0;
  sums.yy = table.sumYY[i] ?? 0;
  sums.xy = table.sumXY[i] ?? 0;
}

/** Fills `sums` without the pixels on a line. Rare, so there is no kernel for it. */
function sumWithout(page: GreyPage, template: OvalTemplate, cx: number, cy: number, without: Line): void {
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

function inkScore(page: GreyPage, range: number): InkScore {
  return {
    light: round4(sums.light / sums.pixels),
    dark: round4(sums.dark / sums.pixels),
    darkness: round4(Math.min(1, Math.max(0, sums.drop / sums.pixels / range))),
    density: round4(Math.min(1, sums.weight / Math.max(1, sums.light) / range)),
    spanMm: round4(pxToMm(longestSpread(sums), page.dpi)),
  };
}

/** Length of an even stroke with the spread that the ink has in its longest direction (its deviation times √12). */
export function longestSpread(m: InkMoments): number {
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
