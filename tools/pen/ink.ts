/**
 * How a pen leaves a line on paper. A stroke is dabbed along its path every 0.6 of the pen's radius; within one
 * stroke the dabs do not add up (a pen moving on leaves one layer), strokes over each other and over print do, by
 * multiplying what light they let through. Paper has a tooth: graphite stays on its high spots, so a pencil line is
 * grainy, and two strokes at the same place are grainy alike.
 *
 * The numbers of the pens are the declared model of docs/formats/marked-sheets.md. Pixels are those of 200 dpi.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { PointPx } from '../../ground/units.js';
import { NO_PAPER } from './paper.js';

export interface Pen {
  readonly radiusPx: number;
  /** Share of light that a stroke at full pressure takes away. */
  readonly opacity: number;
  /** How much of that varies with the paper's tooth, 0 to 1. */
  readonly grain: number;
  /** Share of the path on which the pen leaves nothing. */
  readonly skip: number;
  /** 0 a hard edge, 1 fading out from the middle. */
  readonly softness: number;
  /** How much the ink flows by itself: 0 all by pressure, 1 whatever the pressure. */
  readonly flow: number;
}

export type PenName = 'ballpoint' | 'marker' | 'pencil';
export const penNames: readonly PenName[] = ['ballpoint', 'marker', 'pencil'];

/** One pen of this kind, as one voter holds it all over a sheet. */
export function pickPen(name: PenName, random: SeededRandom): Pen {
  switch (name) {
    case 'ballpoint':
      return pen(random, [1.6, 2.6], [0.75, 0.95], 0.08, 0.015, 0.3);
    case 'marker':
      return pen(random, [5, 9], [0.85, 0.98], 0.03, 0, 0.9);
    case 'pencil':
      return pen(random, [2.2, 3.5], [0.35, 0.75], 0.35, 0.02, 0);
  }
}

export function pickLightPencil(random: SeededRandom): Pen {
  return pen(random, [2, 3.2], [0.18, 0.35], 0.4, 0.08, 0);
}

/** Pale ink that was not meant for ballots: yellow or pink, seen by a grey head. */
export function pickHighlighter(random: SeededRandom): Pen {
  return pen(random, [9, 14], [0.06, 0.3], 0.05, 0, 1);
}

/** A finger or a sleeve over graphite, or an eraser. */
export function pickSmear(random: SeededRandom): Pen {
  return {
    radiusPx: random.between(9, 18),
    opacity: random.between(0.05, 0.16),
    grain: 0.3,
    skip: 0,
    softness: 1,
    flow: 0,
  };
}

function pen(
  random: SeededRandom,
  radiusPx: readonly [number, number],
  opacity: readonly [number, number],
  grain: number,
  skip: number,
  flow: number,
): Pen {
  return {
    radiusPx: random.between(...radiusPx),
    opacity: random.between(...opacity),
    grain,
    skip,
    softness: 0,
    flow,
  };
}

/** `pressure` is 1 for a firm hand; it narrows and thins the line. */
export interface StrokePoint extends PointPx {
  readonly pressure: number;
}

/** One movement of the pen on paper, without turning back on itself. */
export type Stroke = readonly StrokePoint[];

/** A piece of transparent film with ink on it, to be laid on a page. */
export interface InkFilm {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Share of light that passes, row by row. */
  readonly passes: Float32Array;
}

const DAB_STEP = 0.6;
/** A pen that skips leaves out some dabs in a row: about a millimetre of a ballpoint's line at most. */
const MOST_SKIPPED_DABS = 4;

/** Draws strokes, in order, on one film. `toothSeed` is the sheet's paper. */
export function inkFilm(
  strokes: readonly Stroke[],
  pen: Pen,
  toothSeed: number,
  random: SeededRandom,
): InkFilm {
  const film = emptyFilm(strokes, pen.radiusPx);
  const layer = new Float32Array(film.passes.length);
  const startSkip = (2 * pen.skip) / (1 + MOST_SKIPPED_DABS);
  let skipped = 0;
  for (const stroke of strokes) {
    for (const point of alongPath(stroke, DAB_STEP * pen.radiusPx)) {
      if (skipped === 0 && pen.skip > 0 && random.chance(startSkip)) {
        skipped = random.integer(1, MOST_SKIPPED_DABS);
      }
      if (skipped === 0) dab(film, layer, pen, point);
      else skipped--;
    }
    settle(film, layer, pen, toothSeed);
  }
  return film;
}

/** Lays a film on a page of paper, changing the page. */
export function layOn(page: GreyPage, film: InkFilm): void {
  const fromY = Math.max(0, film.topPx);
  const toY = Math.min(page.heightPx, film.topPx + film.heightPx);
  const fromX = Math.max(0, film.leftPx);
  const toX = Math.min(page.widthPx, film.leftPx + film.widthPx);
  for (let y = fromY; y < toY; y++) {
    const filmRow = (y - film.topPx) * film.widthPx - film.leftPx;
    const pageRow = y * page.widthPx;
    for (let x = fromX; x < toX; x++) {
      const passes = film.passes[filmRow + x] ?? 1;
      if (passes === 1) continue;
      const paper = page.data[pageRow + x] ?? NO_PAPER;
      if (paper !== NO_PAPER) page.data[pageRow + x] = Math.max(1, Math.round(paper * passes));
    }
  }
}

function emptyFilm(strokes: readonly Stroke[], radiusPx: number): InkFilm {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const stroke of strokes) {
    for (const point of stroke) {
      left = Math.min(left, point.xPx);
      top = Math.min(top, point.yPx);
      right = Math.max(right, point.xPx);
      bottom = Math.max(bottom, point.yPx);
    }
  }
  if (left > right) return { leftPx: 0, topPx: 0, widthPx: 0, heightPx: 0, passes: new Float32Array(0) };
  const margin = radiusPx + 2;
  const leftPx = Math.floor(left - margin);
  const topPx = Math.floor(top - margin);
  const widthPx = Math.ceil(right + margin) - leftPx;
  const heightPx = Math.ceil(bottom + margin) - topPx;
  return { leftPx, topPx, widthPx, heightPx, passes: new Float32Array(widthPx * heightPx).fill(1) };
}

/** Points on the path, a step apart and at its end, with the pressure between its corners. */
function* alongPath(stroke: Stroke, stepPx: number): Generator<StrokePoint> {
  const [first] = stroke;
  if (first === undefined) return;
  yield first;
  let from = first;
  let untilNext = stepPx;
  for (const to of stroke.slice(1)) {
    const lengthPx = Math.hypot(to.xPx - from.xPx, to.yPx - from.yPx);
    let atPx = untilNext;
    for (; atPx <= lengthPx; atPx += stepPx) {
      const t = atPx / lengthPx;
      yield {
        xPx: from.xPx + t * (to.xPx - from.xPx),
        yPx: from.yPx + t * (to.yPx - from.yPx),
        pressure: from.pressure + t * (to.pressure - from.pressure),
      };
    }
    untilNext = atPx - lengthPx;
    from = to;
  }
  if (from !== first) yield from;
}

/** One touch of the tip: the darkest touch of a stroke wins. */
function dab(film: InkFilm, layer: Float32Array, pen: Pen, at: StrokePoint): void {
  const lift = (1 - at.pressure) * (1 - pen.flow);
  const radius = pen.radiusPx * (1 - 0.25 * lift);
  const strength = 1 - 0.55 * lift;
  const edge = Math.max(1, pen.softness * radius);
  const outer = radius + edge / 2;
  const x0 = at.xPx - film.leftPx - 0.5;
  const y0 = at.yPx - film.topPx - 0.5;
  for (let y = Math.max(0, Math.ceil(y0 - outer)); y <= Math.min(film.heightPx - 1, y0 + outer); y++) {
    for (let x = Math.max(0, Math.ceil(x0 - outer)); x <= Math.min(film.widthPx - 1, x0 + outer); x++) {
      const distance = Math.sqrt((x - x0) ** 2 + (y - y0) ** 2);
      if (distance >= outer) continue;
      const ramp = Math.min(1, (outer - distance) / edge);
      const cover = strength * (pen.softness > 0 ? ramp * ramp * (3 - 2 * ramp) : ramp);
      const i = y * film.widthPx + x;
      if (cover > (layer[i] ?? 0)) layer[i] = cover;
    }
  }
}

/** The stroke is done: its layer becomes ink on the paper's tooth, and the layer is empty again. */
function settle(film: InkFilm, layer: Float32Array, pen: Pen, toothSeed: number): void {
  for (let y = 0, i = 0; y < film.heightPx; y++) {
    for (let x = 0; x < film.widthPx; x++, i++) {
      const cover = layer[i] ?? 0;
      if (cover === 0) continue;
      const rough = 1 - pen.grain * 2 * tooth(film.leftPx + x, film.topPx + y, toothSeed) ** 2;
      film.passes[i] = (film.passes[i] ?? 1) * (1 - pen.opacity * cover * Math.max(0, rough));
      layer[i] = 0;
    }
  }
}

/** How deep the paper lies at a pixel, 0 to 1: fibres of one and of two pixels' size. */
function tooth(x: number, y: number, seed: number): number {
  return 0.6 * hash01(x, y, seed) + 0.4 * hash01(x >> 1, y >> 1, seed ^ 0x5bd1e995);
}

function hash01(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ seed;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}
