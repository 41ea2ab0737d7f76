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
import { mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';
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
  'retraced',
  'crossed-out',
  'stray-line',
  'none',
] as const;
export type MarkKind = (typeof markKinds)[number];

export const halfWidth = mmToPx(OVAL.widthMm, SCAN_DPI) / 2;
export const halfHeight = mmToPx(OVAL.heightMm, SCAN_DPI) / 2;

/**
 * The strokes of every kind that is a gesture, drawn once and left; filling kinds are in `filling.ts`, and `stray-line`
 * depends on what is around the oval.
 */
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
    case 'retraced':
      return moved([ring(random.between(0.94, 1.02), 0, random)], placement(random, 0.6));
    case 'circle':
      return moved([ring(random.between(1.35, 1.6), 3, random)], off);
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

export function at(xPx: number, yPx: number): PointPx {
  return { xPx, yPx };
}

export function placement(random: SeededRandom, sigmaPx: number): PointPx {
  return at(random.gaussian(0, sigmaPx), random.gaussian(0, sigmaPx));
}

/** Somewhere inside the oval scaled by `reach`. */
function within(random: SeededRandom, reach: number): PointPx {
  const angle = random.between(0, 2 * Math.PI);
  const share = reach * Math.sqrt(random.next());
  return at(share * halfWidth * Math.cos(angle), share * halfHeight * Math.sin(angle));
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

/** Around the oval at some room from it, or along its outline; not quite closed or closed twice. */
function ring(size: number, roomPx: number, random: SeededRandom): Stroke {
  const start = random.between(0, 2 * Math.PI);
  const sweep = 2 * Math.PI * random.between(0.93, 1.12);
  const wide = roomPx === 0 ? 1 : random.between(1, 1.12);
  const drift = random.between(-0.06, 0.1);
  const points = Array.from({ length: 33 }, (_, i) => {
    const angle = start + (i / 32) * sweep;
    const r = size + (drift * i) / 32;
    return at(
      wide * r * halfWidth * Math.cos(angle) + random.gaussian(0, 0.12),
      r * (halfHeight + roomPx) * Math.sin(angle) + random.gaussian(0, 0.12),
    );
  });
  return pressed(points, 0.6, 0.4);
}
