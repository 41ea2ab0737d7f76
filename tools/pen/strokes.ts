/**
 * What a hand does at an oval: each kind of mark as strokes around the oval's centre, in pixels at 200 dpi.
 *
 * The kinds are those that voters make and that laboratories and researchers name: the prescribed mark, marks that
 * a reader must still see (check, cross, one line, half, light pencil), marks that it must leave alone (hesitation
 * dot, fleck, smudge, stray line) and those between (erasure, circled oval, a mark crossed out). A kind says what
 * was meant; what ink there is in the oval is measured afterwards (`marked-sheet.ts`).
 */
import { OVAL } from '../../election-def/page-frame.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { must } from '../../ground/result.js';
import { clamp, mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';
import type { Stroke } from './ink.js';

export const markKinds = [
  'full',
  'overfull',
  'half',
  'edge',
  'x',
  'check',
  'slash',
  'pencil-line',
  'light-pencil',
  'highlighter',
  'dot',
  'fleck',
  'smudge',
  'erasure',
  'circle',
  'crossed-out',
  'stray-line',
  'none',
] as const;
export type MarkKind = (typeof markKinds)[number];

const halfWidth = mmToPx(OVAL.widthMm, SCAN_DPI) / 2;
const halfHeight = mmToPx(OVAL.heightMm, SCAN_DPI) / 2;

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

/** The strokes of every other kind but `stray-line` and `none`, which depend on what is around the oval. */
export function gestureStrokes(kind: MarkKind, random: SeededRandom): Stroke[] {
  const off = placement(random, 1.6);
  switch (kind) {
    case 'x':
      return moved(cross(random, random.between(0.75, 1.25)), off);
    case 'crossed-out':
      return moved(cross(random, random.between(1.5, 2)), off);
    case 'check':
      return moved(check(random), off);
    case 'slash':
      return moved([slash(random)], off);
    case 'pencil-line':
      return [evenLine(at(-halfWidth, 0), at(halfWidth, 0), random)];
    case 'highlighter':
      return moved([evenLine(at(-1.2 * halfWidth, 0), at(1.2 * halfWidth, 0), random)], off);
    case 'dot':
      return [blot(within(random, 0.6), random.between(0.2, 1.6), random)];
    case 'fleck':
      return [blot(within(random, 0.85), 0, random)];
    case 'smudge':
    case 'erasure':
      return moved([rub(random), rub(random)], off);
    case 'circle':
      return moved([ring(random.between(1.35, 1.6), random)], off);
    default:
      return [];
  }
}

/** A line that the pen left by accident; the caller makes sure that it misses every oval. */
export function strayLine(random: SeededRandom): Stroke {
  const from = at(random.between(-3.5, 3.5) * halfWidth, random.between(-3, 3) * halfHeight);
  const angle = random.between(0, 2 * Math.PI);
  const lengthPx = random.between(12, 130);
  const to = at(from.xPx + lengthPx * Math.cos(angle), from.yPx + lengthPx * Math.sin(angle));
  return handLine(from, to, random, 1 + lengthPx / 30);
}

/** A line as a hand draws it: bowed, trembling a little, pressed less where it begins and ends. */
export function handLine(from: PointPx, to: PointPx, random: SeededRandom, bowPx: number): Stroke {
  const lengthPx = Math.hypot(to.xPx - from.xPx, to.yPx - from.yPx);
  const pieces = Math.max(4, Math.round(lengthPx / 8));
  const bow = random.gaussian(0, bowPx);
  const points = Array.from({ length: pieces + 1 }, (_, i) => {
    const t = i / pieces;
    const aside = bow * 4 * t * (1 - t) + random.gaussian(0, 0.25);
    const across = lengthPx === 0 ? 0 : aside / lengthPx;
    return at(
      from.xPx + t * (to.xPx - from.xPx) - across * (to.yPx - from.yPx),
      from.yPx + t * (to.yPx - from.yPx) + across * (to.xPx - from.xPx),
    );
  });
  return pressed(points, random.between(0.25, 0.7), random.between(0.1, 0.5));
}

/** The same drawn slowly, or with a broad tip that lies flat on the paper. */
function evenLine(from: PointPx, to: PointPx, random: SeededRandom): Stroke {
  return handLine(from, to, random, 0.5).map((point) => ({ ...point, pressure: 1 }));
}

/** Gives a path its pressure: soft at the start for a moment, firm, thinning out over the last third. */
export function pressed(points: readonly PointPx[], start: number, end: number): Stroke {
  const last = Math.max(1, points.length - 1);
  return points.map((point, i) => {
    const t = i / last;
    const down = Math.min(1, start + t / 0.12);
    const up = t < 0.65 ? 1 : 1 - (1 - end) * ((t - 0.65) / 0.35) ** 2;
    return { ...point, pressure: Math.min(down, up) };
  });
}

export function moved(strokes: readonly Stroke[], by: PointPx): Stroke[] {
  return strokes.map((stroke) =>
    stroke.map((point) => ({ ...point, xPx: point.xPx + by.xPx, yPx: point.yPx + by.yPx })),
  );
}

function at(xPx: number, yPx: number): PointPx {
  return { xPx, yPx };
}

function placement(random: SeededRandom, sigmaPx: number): PointPx {
  return at(random.gaussian(0, sigmaPx), random.gaussian(0, sigmaPx));
}

/** Somewhere inside the oval scaled by `reach`. */
function within(random: SeededRandom, reach: number): PointPx {
  const angle = random.between(0, 2 * Math.PI);
  const share = reach * Math.sqrt(random.next());
  return at(share * halfWidth * Math.cos(angle), share * halfHeight * Math.sin(angle));
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

function cross(random: SeededRandom, size: number): Stroke[] {
  const leg = (slope: number): Stroke => {
    const x = size * halfWidth * random.between(0.55, 0.95);
    const y = slope * size * halfHeight * random.between(0.85, 1.25);
    return handLine(at(-x, y * random.between(0.85, 1.1)), at(x, -y), random, 1.2);
  };
  return [leg(-1), leg(1)];
}

/** A short stroke down and a long one up, most of which often lies outside. */
function check(random: SeededRandom): Stroke[] {
  const knee = at(random.between(-0.45, 0.1) * halfWidth, random.between(0.35, 0.85) * halfHeight);
  const start = at(
    knee.xPx - random.between(0.25, 0.5) * halfWidth,
    knee.yPx - random.between(0.7, 1.2) * halfHeight,
  );
  const end = at(
    knee.xPx + random.between(0.8, 1.6) * halfWidth,
    knee.yPx - random.between(1.7, 3) * halfHeight,
  );
  const down = handLine(start, knee, random, 0.6);
  const up = handLine(knee, end, random, 1.5);
  return [[...down.slice(0, -1).map((p) => ({ ...p, pressure: Math.max(0.6, p.pressure) })), ...up]];
}

/** One line through the oval: rising, falling or lying. */
function slash(random: SeededRandom): Stroke {
  const angle = random.pick([-0.75, 0.75, 0]) + random.gaussian(0, 0.2);
  const reach =
    random.between(0.75, 1.25) * Math.hypot(halfWidth * Math.cos(angle), halfHeight * Math.sin(angle));
  const [x, y] = [reach * Math.cos(angle), reach * Math.sin(angle)];
  return handLine(at(-x, -y), at(x, y), random, 1);
}

/** The pen rests for a moment. */
function blot(centre: PointPx, sizePx: number, random: SeededRandom): Stroke {
  const touches = Array.from({ length: sizePx === 0 ? 1 : 5 }, () =>
    at(centre.xPx + random.gaussian(0, sizePx / 2), centre.yPx + random.gaussian(0, sizePx / 2)),
  );
  return touches.map((point) => ({ ...point, pressure: random.between(0.5, 0.9) }));
}

/** Something soft drawn over the oval. */
function rub(random: SeededRandom): Stroke {
  const angle = random.between(-0.6, 0.6);
  const reach = random.between(0.5, 1.5) * halfWidth;
  const [x, y] = [reach * Math.cos(angle), reach * Math.sin(angle)];
  const aside = random.gaussian(0, 3);
  return handLine(at(-x, -y + aside), at(x, y + aside), random, 3);
}

/** Around the oval, not quite closed or closed twice. */
function ring(size: number, random: SeededRandom): Stroke {
  const start = random.between(0, 2 * Math.PI);
  const sweep = 2 * Math.PI * random.between(0.93, 1.12);
  const wide = random.between(1, 1.12);
  const drift = random.between(-0.06, 0.1);
  const points = Array.from({ length: 33 }, (_, i) => {
    const angle = start + (i / 32) * sweep;
    const r = size + (drift * i) / 32;
    return at(
      wide * r * halfWidth * Math.cos(angle) + random.gaussian(0, 0.12),
      r * (halfHeight + 3) * Math.sin(angle) + random.gaussian(0, 0.12),
    );
  });
  return pressed(points, 0.6, 0.4);
}
