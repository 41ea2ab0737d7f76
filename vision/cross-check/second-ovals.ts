/**
 * What the second opinion sees in each oval of a straightened page. The oval's outline is looked for by template
 * matching; where a mark hides it, the offset of the ovals beside it is taken, because what is left after the
 * homography is uneven feeding, which neighbours share. Then the inside is compared with the paper around it.
 * The thresholds are its own: an election's settings have no say here.
 */
import { must } from '../../ground/result.js';
import { OVAL } from '../../election-def/page-frame.js';
import type { OvalPlace } from '../../election-def/layout-types.js';
import { releasing, type Mat, type OpenCv } from './opencv.js';
import type { SecondOval, SecondVerdict } from './reading.js';
import { PX_PER_MM, type StraightPage } from './straighten.js';

/** How far off its place an oval is looked for, and how much paper its template has around the outline. */
const SEARCH_MM = 0.9;
const MARGIN_MM = 0.9;
/** From this correlation on the outline was found; otherwise its nearest found neighbours along the feed speak. */
const FOUND_FROM = 0.6;
const NEIGHBOURS = 5;
/** Kept off the printed outline's outer edge, for its stroke and its blur. */
const INSIDE_MM = 0.62;
const RING_MM = { from: 0.7, to: 2.1 } as const;
/** Darker than paper by this share of the ink range is dark. */
const DARK_STEP = 0.16;
const PAPER_RANK = 0.7;
const LEAST_RANGE = 40;
/** Own thresholds: blank below both first numbers, marked from one of the second on. */
const DARK_SHARE = { blankBelow: 0.07, markedFrom: 0.09 } as const;
const MEAN_DARKNESS = { blankBelow: 0.055, markedFrom: 0.075 } as const;
/** So much ink around an oval that has little inside is a fold, a circle or somebody's line: not for this reader. */
const AROUND_UNSURE_FROM = 0.05;
const CERTAIN_FROM = 0.3;
/** A fold runs on: ink in two opposite sectors of the paper around the oval, this far from its outline. */
const BEYOND_MM = { from: 1, to: 2.6 } as const;
const SECTORS = 24;
const SECTOR_DARK_FROM = 0.08;
/** How many sectors two sides may be off from opposite: a line that misses the oval's centre by 1 mm. */
const OPPOSITE_PLAY = 2;

interface Offset {
  readonly x: number;
  readonly y: number;
}

export function readOvals(
  cv: OpenCv,
  page: StraightPage,
  places: readonly OvalPlace[],
  ink: number,
): readonly SecondOval[] {
  const offsets = findOffsets(cv, page, places);
  return places.map((place, i) => {
    const offset = offsets[i] ?? offsetOfNeighbours(places, offsets, place);
    const x = Math.round(place.xMm * PX_PER_MM) + offset.x;
    const y = Math.round(place.yMm * PX_PER_MM) + offset.y;
    const { contestId, optionId } = place;
    return { contestId, optionId, ...measure(page, x, y, ink) };
  });
}

/** Where each outline was found against its place; nothing where it was not. */
function findOffsets(
  cv: OpenCv,
  page: StraightPage,
  places: readonly OvalPlace[],
): readonly (Offset | undefined)[] {
  const search = Math.round(SEARCH_MM * PX_PER_MM);
  return releasing((keep) => {
    const image = keep(new cv.Mat(page.heightPx, page.widthPx, cv.CV_8UC1));
    image.data.set(page.data);
    const template = keep(outlineTemplate(cv));
    const score = keep(new cv.Mat());
    return places.map((place) => {
      const left = Math.round(place.xMm * PX_PER_MM) - (template.cols - 1) / 2 - search;
      const top = Math.round(place.yMm * PX_PER_MM) - (template.rows - 1) / 2 - search;
      const [width, height] = [template.cols + 2 * search, template.rows + 2 * search];
      if (left < 0 || top < 0 || left + width > page.widthPx || top + height > page.heightPx)
        return undefined;
      const window = new cv.Rect(left, top, width, height);
      const best = releasing((own) => {
        cv.matchTemplate(own(image.roi(window)), template, score, cv.TM_CCOEFF_NORMED);
        return cv.minMaxLoc(score);
      });
      if (!(best.maxVal >= FOUND_FROM)) return undefined;
      return { x: best.maxLoc.x - search, y: best.maxLoc.y - search };
    });
  });
}

/** The outline as printed, its centre in the middle pixel. */
function outlineTemplate(cv: OpenCv): Mat {
  const halfWidth = Math.round((OVAL.widthMm / 2 + MARGIN_MM) * PX_PER_MM);
  const halfHeight = Math.round((OVAL.heightMm / 2 + MARGIN_MM) * PX_PER_MM);
  const paper = new cv.Scalar(255);
  const template = new cv.Mat(2 * halfHeight + 1, 2 * halfWidth + 1, cv.CV_8UC1, paper);
  const axes = new cv.Size(
    Math.round(((OVAL.widthMm - OVAL.strokeMm) / 2) * PX_PER_MM),
    Math.round(((OVAL.heightMm - OVAL.strokeMm) / 2) * PX_PER_MM),
  );
  const stroke = Math.round(OVAL.strokeMm * PX_PER_MM);
  cv.ellipse(template, new cv.Point(halfWidth, halfHeight), axes, 0, 0, 360, new cv.Scalar(0), stroke);
  return template;
}

function offsetOfNeighbours(
  places: readonly OvalPlace[],
  offsets: readonly (Offset | undefined)[],
  place: OvalPlace,
): Offset {
  const near = places
    .flatMap((other, i) => {
      const offset = offsets[i];
      const distance = Math.abs(other.yMm - place.yMm) + 0.2 * Math.abs(other.xMm - place.xMm);
      return offset === undefined ? [] : [{ offset, distance }];
    })
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEIGHBOURS)
    .map(({ offset }) => offset);
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  return { x: middle(near.map(({ x }) => x)), y: middle(near.map(({ y }) => y)) };
}

type Measured = Pick<SecondOval, 'verdict' | 'darkShare' | 'meanDarkness' | 'aroundShare'>;

function measure(page: StraightPage, cx: number, cy: number, ink: number): Measured {
  const around = greysOf(page, cx, cy, RING_MM.from, RING_MM.to).sort((a, b) => a - b);
  const inside = greysOf(page, cx, cy, undefined, -INSIDE_MM);
  const paper = around[Math.floor(around.length * PAPER_RANK)] ?? 255;
  const range = Math.max(LEAST_RANGE, paper - ink);
  const darkBelow = paper - DARK_STEP * range;
  const share = (greys: readonly number[]): number =>
    greys.filter((grey) => grey < darkBelow).length / greys.length;
  const drop = inside.reduce((sum, grey) => sum + Math.max(0, paper - grey), 0) / inside.length;
  const seen = {
    darkShare: round3(share(inside)),
    meanDarkness: round3(drop / range),
    aroundShare: round3(share(around)),
  };
  return { verdict: judge(seen, () => runsOn(page, cx, cy, darkBelow)), ...seen };
}

function judge(seen: Omit<Measured, 'verdict'>, isLine: () => boolean): SecondVerdict {
  const blank = seen.darkShare < DARK_SHARE.blankBelow && seen.meanDarkness < MEAN_DARKNESS.blankBelow;
  if (seen.aroundShare >= AROUND_UNSURE_FROM && seen.darkShare < CERTAIN_FROM) return 'unsure';
  if (blank) return 'blank';
  const marked = seen.darkShare >= DARK_SHARE.markedFrom || seen.meanDarkness >= MEAN_DARKNESS.markedFrom;
  if (!marked || (seen.darkShare < CERTAIN_FROM && isLine())) return 'unsure';
  return 'marked';
}

/** Whether ink goes on outside of the oval on opposite sides. */
function runsOn(page: StraightPage, cx: number, cy: number, darkBelow: number): boolean {
  const dark = new Uint32Array(SECTORS);
  const all = new Uint32Array(SECTORS);
  forEachBetween(page, cx, cy, BEYOND_MM.from, BEYOND_MM.to, (grey, dx, dy) => {
    const sector = Math.floor((Math.atan2(dy, dx) / (2 * Math.PI) + 1) * SECTORS) % SECTORS;
    all[sector] = (all[sector] ?? 0) + 1;
    if (grey < darkBelow) dark[sector] = (dark[sector] ?? 0) + 1;
  });
  const isDark = Array.from(dark, (count, i) => count >= SECTOR_DARK_FROM * Math.max(1, all[i] ?? 0));
  return isDark.some((one, i) => {
    for (let play = -OPPOSITE_PLAY; play <= OPPOSITE_PLAY; play++) {
      if (one && isDark[(i + SECTORS / 2 + play + SECTORS) % SECTORS] === true) return true;
    }
    return false;
  });
}

/** Greys inside the oval grown by `to` and, when given, outside of the one grown by `from`. */
function greysOf(page: StraightPage, cx: number, cy: number, from: number | undefined, to: number): number[] {
  const greys: number[] = [];
  forEachBetween(page, cx, cy, from, to, (grey) => greys.push(grey));
  return greys;
}

function forEachBetween(
  page: StraightPage,
  cx: number,
  cy: number,
  from: number | undefined,
  to: number,
  visit: (grey: number, dx: number, dy: number) => void,
): void {
  const axis = (mm: number, grow: number): number => (mm / 2 + grow) * PX_PER_MM;
  const within = (dx: number, dy: number, grow: number): boolean =>
    (dx / axis(OVAL.widthMm, grow)) ** 2 + (dy / axis(OVAL.heightMm, grow)) ** 2 <= 1;
  const reachX = Math.ceil(axis(OVAL.widthMm, to));
  const reachY = Math.ceil(axis(OVAL.heightMm, to));
  for (let y = Math.max(0, cy - reachY); y <= Math.min(page.heightPx - 1, cy + reachY); y++) {
    for (let x = Math.max(0, cx - reachX); x <= Math.min(page.widthPx - 1, cx + reachX); x++) {
      if (!within(x - cx, y - cy, to) || (from !== undefined && within(x - cx, y - cy, from))) continue;
      visit(must(page.data[y * page.widthPx + x], 'a pixel of the page'), x - cx, y - cy);
    }
  }
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
