/**
 * An oval's ink, in plain TypeScript: its printed outline is looked for around the place where it should be; a ring
 * around it says what paper is here; then the ink inside is counted against that paper.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import type { OvalTemplate } from '../oval-template.js';
import {
  ovalTable,
  OVAL_TABLE_BYTES,
  inkSums,
  type InkLevels,
  type InkSums,
  type OvalSearch,
} from './kernels.js';

export const plainOvals = ovalTable(new ArrayBuffer(OVAL_TABLE_BYTES), 0);

/** Of the oval that is being measured. */
const ring = new Uint32Array(256);
const place = { x: 0, y: 0, contrast: 0 };
const levels: InkLevels = { paper: 0, lightBelow: 0, darkBelow: 0 };
const sums = inkSums();

export function measureOvals(page: GreyPage, template: OvalTemplate, search: OvalSearch): void {
  const table = plainOvals;
  const margin = template.reachPx + search.reach;
  for (let i = 0; i < table.count; i++) {
    const cx = Math.round(table.predictedX[i] ?? 0);
    const cy = Math.round(table.predictedY[i] ?? 0);
    const inImage = cx >= margin && cy >= margin && cx + margin < page.widthPx && cy + margin < page.heightPx;
    table.inImage[i] = inImage ? 1 : 0;
    if (!inImage) continue;
    findOutline(page, template, cx, cy, search);
    table.x[i] = place.x;
    table.y[i] = place.y;
    table.contrast[i] = place.contrast;
    countRing(page, template, place.x, place.y);
    const paper = paperOf(template.ringX.length, search);
    table.paper[i] = paper;
    levelsOf(paper, search, levels);
    table.ringDark[i] = darkerThan(levels.lightBelow);
    sumInside(page, template, place.x, place.y);
    table.light[i] = sums.light;
    table.dark[i] = sums.dark;
    table.drop[i] = sums.drop;
    table.weight[i] = sums.weight;
    table.sumX[i] = sums.x;
    table.sumY[i] = sums.y;
    table.sumXX[i] = sums.xx;
    table.sumYY[i] = sums.yy;
    table.sumXY[i] = sums.xy;
    table.rimGrey[i] = sumRim(page, template, place.x, place.y);
  }
}

/** The place of the printed outline: every second place first, then the places around the best. */
function findOutline(
  page: GreyPage,
  template: OvalTemplate,
  cx: number,
  cy: number,
  search: OvalSearch,
): void {
  const { reach, unit, distanceCost } = search;
  let bestValue = Number.NEGATIVE_INFINITY;
  const consider = (x: number, y: number): void => {
    const contrast = contourContrast(page, template, x, y);
    const value = contrast * unit - distanceCost * ((x - cx) * (x - cx) + (y - cy) * (y - cy));
    if (value <= bestValue) return;
    bestValue = value;
    place.x = x;
    place.y = y;
    place.contrast = contrast;
  };
  for (let dy = -reach; dy <= reach; dy += 2) {
    for (let dx = -reach; dx <= reach; dx += 2) consider(cx + dx, cy + dy);
  }
  const { x, y } = place;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) if (dx !== 0 || dy !== 0) consider(x + dx, y + dy);
  }
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

function countRing(page: GreyPage, template: OvalTemplate, x: number, y: number): void {
  const { data, widthPx } = page;
  const { ringX, ringY } = template;
  const at = y * widthPx + x;
  ring.fill(0);
  for (let i = 0; i < ringX.length; i++) {
    const grey = data[at + (ringY[i] ?? 0) * widthPx + (ringX[i] ?? 0)] ?? 0;
    ring[grey] = (ring[grey] ?? 0) + 1;
  }
}

/** Mean of the ring's pixels, without those that are darker than its brighter ones by the light step. */
function paperOf(pixels: number, search: OvalSearch): number {
  let seen = 0;
  let bright = 0;
  while (bright < 255 && (seen += ring[bright] ?? 0) <= pixels * search.paperRank) bright++;
  const from = Math.ceil(bright - search.lightStep * Math.max(search.leastRange, bright - search.ink));
  let sum = 0;
  let count = 0;
  for (let grey = Math.max(0, from); grey < 256; grey++) {
    sum += grey * (ring[grey] ?? 0);
    count += ring[grey] ?? 0;
  }
  return sum / Math.max(1, count);
}

/** From where on ink beside this paper is light, and dark. */
export function levelsOf(paper: number, search: OvalSearch, at: InkLevels): void {
  const range = Math.max(search.leastRange, paper - search.ink);
  at.paper = Math.round(paper);
  at.lightBelow = Math.ceil(paper - search.lightStep * range);
  at.darkBelow = Math.ceil(paper - search.darkStep * range);
}

function darkerThan(level: number): number {
  let dark = 0;
  for (let grey = 0; grey < level; grey++) dark += ring[grey] ?? 0;
  return dark;
}

function sumInside(page: GreyPage, template: OvalTemplate, cx: number, cy: number): void {
  const { data, widthPx } = page;
  const { insideX, insideY } = template;
  const at = cy * widthPx + cx;
  clearSums(sums, insideX.length);
  for (let i = 0; i < insideX.length; i++) {
    const x = insideX[i] ?? 0;
    const y = insideY[i] ?? 0;
    addPixel(sums, x, y, data[at + y * widthPx + x] ?? 0, levels);
  }
}

function sumRim(page: GreyPage, template: OvalTemplate, cx: number, cy: number): number {
  const { data, widthPx } = page;
  const { rimX, rimY } = template;
  const at = cy * widthPx + cx;
  let sum = 0;
  for (let i = 0; i < rimX.length; i++) sum += data[at + (rimY[i] ?? 0) * widthPx + (rimX[i] ?? 0)] ?? 0;
  return sum;
}

export function clearSums(of: InkSums, pixels: number): void {
  of.pixels = pixels;
  of.light = of.dark = of.drop = of.weight = 0;
  of.x = of.y = of.xx = of.yy = of.xy = 0;
}

export function addPixel(to: InkSums, x: number, y: number, grey: number, at: InkLevels): void {
  const drop = at.paper - grey;
  to.drop += drop;
  if (grey >= at.lightBelow) return;
  to.light++;
  if (grey < at.darkBelow) to.dark++;
  to.weight += drop;
  to.x += drop * x;
  to.y += drop * y;
  to.xx += drop * x * x;
  to.yy += drop * y * y;
  to.xy += drop * x * y;
}
