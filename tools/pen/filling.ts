/**
 * How a hand fills an oval: to and fro, or round and round, until enough of it is dark. The path grows steadily with
 * `fill`, so that a search over `fill` finds the stroke work for any wished coverage.
 */
import { must } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { clamp, type PointPx } from '../../ground/units.js';
import type { Stroke } from './ink.js';
import { at, halfHeight, halfWidth, moved, placement, type MarkKind } from './strokes.js';

/** Kinds whose ink is driven to a wished share of the oval: the hand goes on until the oval looks so. */
export function isFilling(kind: MarkKind): boolean {
  return ['full', 'overfull', 'half', 'edge', 'light-pencil', 'erasure', 'crossed-out'].includes(kind);
}

/**
 * The strokes of a filling kind. `fill` runs from 0 (almost nothing) to 1 (as much as this hand does); the same
 * `random` and a larger `fill` make the same hand go further.
 */
export function fillingStrokes(
  kind: MarkKind,
  fill: number,
  penRadiusPx: number,
  random: SeededRandom,
): Stroke[] {
  const angle = random.between(-1.2, 1.2);
  const loops = random.chance(0.3);
  const off = placement(random, 0.9);
  if (kind === 'half' || kind === 'edge') {
    const pitchPx = 1.5 * penRadiusPx;
    return moved(hatch({ angle, extent: 1, share: fill, pitchPx }, penRadiusPx, random), off);
  }
  const most = kind === 'overfull' ? 1.45 : 1.12;
  const extent = 0.25 + fill * (most - 0.25);
  // A light hand goes over few places twice; a firm one leaves no gaps.
  const light = kind === 'light-pencil' || kind === 'erasure';
  const pitchPx = (light ? 2.1 : 1.5) * penRadiusPx;
  const strokes = loops
    ? spiral(extent, 0.8 * pitchPx, penRadiusPx, random)
    : hatch({ angle, extent, share: 1, pitchPx }, penRadiusPx, random);
  return moved(strokes, off);
}

interface Hatching {
  /** Of the legs, radians. */
  readonly angle: number;
  /** Size of the hatched ellipse against the oval. */
  readonly extent: number;
  /** How far across the ellipse the hand gets, 0 to 1. */
  readonly share: number;
  readonly pitchPx: number;
}

/** To and fro across the oval; each leg is a stroke, so that turning points get darker, as they do. */
function hatch(h: Hatching, penRadiusPx: number, random: SeededRandom): Stroke[] {
  const press = random.between(0.8, 1);
  const turns = hatchTurns(h, penRadiusPx, random.fork('turns'));
  const legs = random.fork('legs');
  return turns.slice(1).map((to, i): Stroke => {
    const from = turns[i] ?? to;
    const bow = legs.gaussian(0, 0.5);
    const middle = at(
      (from.xPx + to.xPx) / 2 - bow * Math.sin(h.angle),
      (from.yPx + to.yPx) / 2 + bow * Math.cos(h.angle),
    );
    return [from, middle, to].map((point) => ({ ...point, pressure: press * legs.between(0.88, 1) }));
  });
}

/** Where the hand turns round; the last leg is broken off where the hand has got far enough. */
function hatchTurns(h: Hatching, penRadiusPx: number, random: SeededRandom): PointPx[] {
  const a = Math.max(1, h.extent * halfWidth - 0.6 * penRadiusPx);
  const b = Math.max(0.5, h.extent * halfHeight - 0.6 * penRadiusPx);
  const [dx, dy] = [Math.cos(h.angle), Math.sin(h.angle)];
  const reachPx = Math.hypot(a * dy, b * dx);
  const endPx = (2 * h.share - 1) * reachPx;
  const turns: PointPx[] = [];
  let [before, s, side] = [-reachPx, -reachPx, -1];
  for (; s < endPx || turns.length === 0; side = -side) {
    turns.push(turnAt(a, b, dx, dy, s, side, random));
    before = s;
    s = Math.min(reachPx, s + (h.pitchPx / 2) * random.between(0.8, 1.15));
  }
  const last = must(turns.at(-1), 'a hatching begins somewhere');
  const next = turnAt(a, b, dx, dy, s, side, random);
  const share = s > before ? clamp((endPx - before) / (s - before), 0, 1) : 0;
  const [x, y] = [next.xPx - last.xPx, next.yPx - last.yPx];
  return [...turns, at(last.xPx + share * x, last.yPx + share * y)];
}

function turnAt(
  a: number,
  b: number,
  dx: number,
  dy: number,
  s: number,
  side: number,
  random: SeededRandom,
): PointPx {
  const ends = chord(a, b, dx, dy, s);
  const t = (side < 0 ? ends.low : ends.high) + random.gaussian(0, 0.8);
  return at(t * dx - s * dy, t * dy + s * dx);
}

/** Where the line at distance `s` from the centre, in direction (dx, dy), leaves the ellipse. */
function chord(a: number, b: number, dx: number, dy: number, s: number): { low: number; high: number } {
  const qa = (dx / a) ** 2 + (dy / b) ** 2;
  const qb = 2 * s * ((-dx * dy) / a ** 2 + (dx * dy) / b ** 2);
  const qc = s ** 2 * ((dy / a) ** 2 + (dx / b) ** 2) - 1;
  const root = Math.sqrt(Math.max(0, qb ** 2 - 4 * qa * qc));
  return { low: (-qb - root) / (2 * qa), high: (-qb + root) / (2 * qa) };
}

/** Round and round from the middle outwards, and once around the rim; each turn is a stroke. */
function spiral(extent: number, pitchPx: number, penRadiusPx: number, random: SeededRandom): Stroke[] {
  const outer = Math.max(0.3, extent * halfHeight - 0.6 * penRadiusPx);
  const stretch = halfWidth / halfHeight;
  const start = random.between(0, 2 * Math.PI);
  const allTurns = outer / pitchPx + 1;
  const strokes: Stroke[] = [];
  for (let turn = 0; turn < allTurns; turn++) {
    const drift = placement(random, 0.7);
    const squeeze = random.between(0.92, 1.06);
    const points = Array.from({ length: 17 }, (_, i) => {
      const turns = Math.min(allTurns, turn + i / 16);
      const angle = start + 2 * Math.PI * turns;
      const r = Math.min(outer, Math.max(0.3, turns * pitchPx));
      // The ends of the oval are farther out than pitch alone would fill: the inner turns are stretched less.
      const wide = squeeze * (1 + (stretch - 1) * Math.min(1, (turns + 1) / 2));
      const point = at(wide * r * Math.cos(angle) + drift.xPx, r * Math.sin(angle) + drift.yPx);
      return { ...point, pressure: random.between(0.88, 1) };
    });
    strokes.push(points);
  }
  return strokes;
}
