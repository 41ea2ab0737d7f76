/** Marks as voters and accidents make them, for the tests of `vision`. Each has its place around an oval's centre. */
import type { SeededRandom } from '../../ground/seeded-random.js';
import { OVAL } from '../../election-def/page-frame.js';
import type { Ink } from './paint-page.js';

export type MarkKind = keyof typeof markKinds;

type Draw = (x: number, y: number, random: SeededRandom) => readonly Ink[];

const a = OVAL.widthMm / 2;
const b = OVAL.heightMm / 2;

function stroke(widthMm: number, darkness: number, ...points: [number, number][]): Ink {
  return { kind: 'stroke', points, widthMm, darkness };
}

/** Lines back and forth inside the oval, `share` of its width. */
function scribble(
  x: number,
  y: number,
  share: number,
  widthMm: number,
  darkness: number,
  spacingMm: number,
): Ink {
  const points: [number, number][] = [];
  for (let dx = -a * 0.92; dx <= a * (2 * share - 1) * 0.92; dx += spacingMm) {
    const reach = b * Math.sqrt(Math.max(0, 1 - (dx / a) ** 2)) * 0.95;
    points.push([x + dx, y + (points.length % 2 === 0 ? reach : -reach)]);
  }
  return stroke(widthMm, darkness, ...points);
}

/** What must be read as a vote. */
export const voteKinds = {
  'filled with a pen': (x, y, r) => [scribble(x, y, 1, r.between(0.4, 0.7), r.between(0.75, 0.95), 0.35)],
  'filled with a marker': (x, y, r) => [scribble(x, y, 1, r.between(0.8, 1.3), r.between(0.85, 0.98), 0.6)],
  'filled in pencil': (x, y, r) => [scribble(x, y, 1, r.between(0.5, 0.8), r.between(0.4, 0.75), 0.4)],
  'half filled': (x, y, r) => [scribble(x, y, 0.5, 0.5, r.between(0.6, 0.95), 0.4)],
  'a pencil line of 1 mm along the oval': (x, y, r) => {
    const dy = r.between(-0.4, 0.4);
    return [stroke(1, r.between(0.45, 0.8), [x - a * 0.75, y + dy], [x + a * 0.75, y + dy])];
  },
  'an X that leaves the oval': (x, y, r) => {
    const w = r.between(0.35, 0.7);
    const d = r.between(0.6, 0.95);
    const s = r.between(1.8, 3);
    return [stroke(w, d, [x - s, y - s], [x + s, y + s]), stroke(w, d, [x - s, y + s], [x + s, y - s])];
  },
  'a check that leaves the oval': (x, y, r) => {
    const w = r.between(0.4, 0.7);
    return [stroke(w, r.between(0.65, 0.95), [x - 1.4, y - 0.3], [x - 0.3, y + 1.2], [x + 3.2, y - 3.4])];
  },
  'a slash': (x, y, r) => {
    const dx = r.between(0.3, 1.6);
    return [stroke(r.between(0.4, 0.7), r.between(0.65, 0.95), [x - dx, y + 1.8], [x + dx, y - 1.8])];
  },
} satisfies Record<string, Draw>;

/** What must never be read as a vote; a person would see it, so it may be ambiguous. */
export const strayKinds = {
  'a hesitation dot': (x, y, r) => [
    {
      kind: 'disc',
      xMm: x + r.between(-1.2, 1.2),
      yMm: y + r.between(-0.6, 0.6),
      radiusMm: r.between(0.2, 0.6),
      darkness: r.between(0.6, 0.95),
    },
  ],
  'a smudge': (x, y, r) => [
    {
      kind: 'disc',
      xMm: x + r.between(-1, 1),
      yMm: y + r.between(-1, 1),
      radiusMm: r.between(1, 2.5),
      darkness: r.between(0.04, 0.1),
    },
  ],
  'a fold across': (x, y, r) => {
    const dy = r.between(-1.2, 1.2);
    const tilt = r.between(-0.4, 0.4);
    return [
      stroke(r.between(0.15, 0.35), r.between(0.15, 0.3), [x - 17, y + dy - tilt], [x + 17, y + dy + tilt]),
    ];
  },
  'a fold along': (x, y, r) => {
    const dx = r.between(-1.6, 1.6);
    return [stroke(r.between(0.15, 0.35), r.between(0.15, 0.3), [x + dx, y - 17], [x + dx, y + 17])];
  },
  'a dark crease across': (x, y, r) => [
    stroke(r.between(0.2, 0.4), r.between(0.5, 0.9), [x - 15, y - 0.3], [x + 15, y + 0.5]),
  ],
} satisfies Record<string, Draw>;

/** What next to nothing is: blank, never a vote. */
export const nothingKinds = {
  nothing: () => [],
  'a fleck': (x, y, r) => [
    {
      kind: 'disc',
      xMm: x + r.between(-1.5, 1.5),
      yMm: y + r.between(-0.8, 0.8),
      radiusMm: r.between(0.05, 0.13),
      darkness: 0.9,
    },
  ],
} satisfies Record<string, Draw>;

/** What a person sees although the oval's inside is empty, or nearly: never silently blank. */
export const seenKinds = {
  'a circle around the oval': (x, y, r) => {
    const grow = r.between(0.9, 1.5);
    const points: [number, number][] = [];
    for (let i = 0; i <= 24; i++) {
      const angle = (i / 24) * 2 * Math.PI;
      points.push([x + (a + grow) * Math.cos(angle), y + (b + grow) * Math.sin(angle)]);
    }
    return [stroke(r.between(0.35, 0.6), r.between(0.6, 0.95), ...points)];
  },
  'a thin slash': (x, y, r) => [
    stroke(r.between(0.2, 0.3), r.between(0.6, 0.9), [x - 1, y + 1.6], [x + 1, y - 1.6]),
  ],
  'a long line through the oval': (x, y, r) => [
    stroke(r.between(0.3, 0.6), r.between(0.6, 0.9), [x - 12, y + r.between(-0.5, 0.5)], [x + 12, y]),
  ],
  'filled in light pencil': (x, y, r) => [scribble(x, y, 1, r.between(0.5, 0.8), r.between(0.2, 0.35), 0.35)],
  'a faint scribble': (x, y) => [scribble(x, y, 1, 0.5, 0.16, 0.4)],
} satisfies Record<string, Draw>;

export const markKinds = { ...voteKinds, ...strayKinds, ...nothingKinds, ...seenKinds };

export function drawMark(kind: MarkKind, xMm: number, yMm: number, random: SeededRandom): readonly Ink[] {
  const draw: Draw = markKinds[kind];
  return draw(xMm, yMm, random);
}
