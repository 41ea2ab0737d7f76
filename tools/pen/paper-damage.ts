/**
 * What happens to paper between the voter and the scan head, and to the head itself: torn corners and edges, folds,
 * flecks, two sheets at once, and the streak that dirt on the head's glass draws. Places are millimetres on the
 * front as printed, from its top left corner; the back is the same paper and suffers at the mirrored place.
 *
 * Nothing is changed in place: each function gives a new sheet or a new scan.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { clamp, mmToPx, SCAN_DPI } from '../../ground/units.js';
import { inkFilm, layOn } from './ink.js';
import { copyOf, NO_PAPER, sheetOf, type PaperSheet } from './paper.js';

export interface CornerTear {
  readonly corner: 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';
  /** What is lost along the top or bottom edge, and along the side. */
  readonly acrossMm: number;
  readonly alongMm: number;
}

export function tearCorner(sheet: PaperSheet, tear: CornerTear, random: SeededRandom): PaperSheet {
  const { widthPx, heightPx } = sheet.front;
  const across = px(tear.acrossMm);
  const along = px(tear.alongMm);
  assert(across > 0 && along > 0, 'a tear has a size');
  const fray = frayedLine(random);
  const fromLeft = tear.corner.endsWith('left');
  const fromTop = tear.corner.startsWith('top');
  const slope = 1 / Math.hypot(1 / across, 1 / along);
  return tearOff(sheet, (x, y) => {
    const dx = fromLeft ? x : widthPx - 1 - x;
    const dy = fromTop ? y : heightPx - 1 - y;
    return slope * (dx / across + dy / along - 1) + fray(dx - dy);
  });
}

export interface EdgeTear {
  readonly edge: 'top' | 'right' | 'bottom' | 'left';
  /** Along the edge, from the left or from the top. */
  readonly fromMm: number;
  readonly toMm: number;
  readonly depthMm: number;
}

export function tearEdge(sheet: PaperSheet, tear: EdgeTear, random: SeededRandom): PaperSheet {
  const { widthPx, heightPx } = sheet.front;
  const middle = px((tear.fromMm + tear.toMm) / 2);
  const half = px((tear.toMm - tear.fromMm) / 2);
  assert(half > 0 && tear.depthMm > 0, 'a tear has a size');
  const depth = px(tear.depthMm);
  const fray = frayedLine(random);
  const inward = {
    top: (_x: number, y: number) => y,
    bottom: (_x: number, y: number) => heightPx - 1 - y,
    left: (x: number) => x,
    right: (x: number) => widthPx - 1 - x,
  }[tear.edge];
  const horizontal = tear.edge === 'top' || tear.edge === 'bottom';
  return tearOff(sheet, (x, y) => {
    const along = horizontal ? x : y;
    return inward(x, y) - depth * (1 - ((along - middle) / half) ** 2) + fray(along);
  });
}

export interface Fold {
  /** The crease runs across the sheet (parallel to its top) or along it. */
  readonly direction: 'across' | 'along';
  /** Where it crosses the sheet's middle line, from the top or from the left. */
  readonly atMm: number;
  readonly slantDegrees: number;
  /** 0 hardly to be seen, 1 sharp and worn. */
  readonly strength: number;
}

const CREASE_REACH_PX = 4;

/** A crease: a thin shadow on the front, a fainter one on the back, and print that has flaked off along it. */
export function fold(sheet: PaperSheet, crease: Fold, random: SeededRandom): PaperSheet {
  assert(Math.abs(crease.slantDegrees) <= 45, 'a crease slants by 45 degrees at most');
  const folded = copyOf(sheet);
  const { widthPx, heightPx } = sheet.front;
  const across = crease.direction === 'across';
  const lengthPx = across ? widthPx : heightPx;
  const breadthPx = across ? heightPx : widthPx;
  const slope = Math.tan((crease.slantDegrees * Math.PI) / 180);
  const wander = frayedLine(random);
  for (let along = 0; along < lengthPx; along++) {
    const line = px(crease.atMm) + slope * (along - lengthPx / 2) + 0.12 * wander(along);
    const worn = crease.strength * random.between(0.6, 1);
    for (let k = Math.ceil(line - CREASE_REACH_PX); k <= line + CREASE_REACH_PX; k++) {
      if (k < 0 || k >= breadthPx) continue;
      const off = k - line;
      const [x, y] = across ? [along, k] : [k, along];
      crumple(folded.front, x, y, off, worn);
      crumple(folded.back, widthPx - 1 - x, y, off, 0.5 * worn);
    }
  }
  return folded;
}

function crumple(page: GreyPage, x: number, y: number, offPx: number, worn: number): void {
  const i = y * page.widthPx + x;
  const grey = page.data[i] ?? NO_PAPER;
  if (grey === NO_PAPER) return;
  const near = Math.exp(-((offPx / 1.1) ** 2));
  const flaked = grey + (255 - grey) * 0.6 * worn * near;
  page.data[i] = clamp(Math.round(flaked * (1 - 0.5 * worn * near)), 1, 255);
}

/** Specks of dirt or loose toner, on both sides, anywhere. */
export function flecks(sheet: PaperSheet, count: number, random: SeededRandom): PaperSheet {
  const flecked = copyOf(sheet);
  for (let i = 0; i < count; i++) {
    const page = random.chance(0.5) ? flecked.front : flecked.back;
    const at = { xPx: random.between(0, page.widthPx), yPx: random.between(0, page.heightPx), pressure: 1 };
    const opacity = random.between(0.3, 0.9);
    const speck = { radiusPx: random.between(0.5, 1.6), opacity, grain: 0, skip: 0, softness: 0, flow: 1 };
    layOn(page, inkFilm([[at]], speck, 0, random));
  }
  return flecked;
}

export interface Streak {
  /** Left column in the scan. */
  readonly xPx: number;
  readonly widthPx: number;
  /** Level of what covers the glass, and how much it covers. */
  readonly level: number;
  readonly cover: number;
}

/** Dirt on the glass: the same columns on every line, on paper and beside it. */
export function streak(scan: GreyPage, dirt: Streak, random: SeededRandom): GreyPage {
  const data = scan.data.slice();
  const from = clamp(Math.round(dirt.xPx), 0, scan.widthPx);
  const to = clamp(Math.round(dirt.xPx + dirt.widthPx), 0, scan.widthPx);
  for (let y = 0; y < scan.heightPx; y++) {
    const cover = clamp(dirt.cover * random.gaussian(1, 0.04), 0, 1);
    for (let x = from; x < to; x++) {
      const i = y * scan.widthPx + x;
      data[i] = Math.round((data[i] ?? 0) * (1 - cover) + dirt.level * cover);
    }
  }
  return greyPage(scan.widthPx, scan.heightPx, scan.dpi, data);
}

/**
 * Two sheets in the path at once, the lower one shifted against the upper one, to the right and down as the upper
 * head sees them. The upper head sees the upper sheet and what sticks out of the lower one; the lower head the other
 * way round.
 */
export function twoSheets(
  upper: PaperSheet,
  lower: PaperSheet,
  shift: { xMm: number; yMm: number },
): PaperSheet {
  const [dx, dy] = [Math.round(px(shift.xMm)), Math.round(px(shift.yMm))];
  const left = Math.min(0, dx);
  const top = Math.min(0, dy);
  const widthPx = Math.max(upper.front.widthPx, dx + lower.front.widthPx) - left;
  const heightPx = Math.max(upper.front.heightPx, dy + lower.front.heightPx) - top;
  const [a, b] = [
    { x: -left, y: -top },
    { x: dx - left, y: dy - top },
  ];
  const below = (sheet: PaperSheet, at: { x: number; y: number }): { x: number; y: number } => ({
    x: widthPx - at.x - sheet.back.widthPx,
    y: at.y,
  });
  return sheetOf(
    stack(widthPx, heightPx, [lower.front, b], [upper.front, a]),
    stack(widthPx, heightPx, [upper.back, below(upper, a)], [lower.back, below(lower, b)]),
  );
}

type Placed = readonly [GreyPage, { readonly x: number; readonly y: number }];

/** Later pages lie over earlier ones and throw a thin shadow to the right and below. */
function stack(widthPx: number, heightPx: number, ...pages: readonly Placed[]): GreyPage {
  const data = new Uint8Array(widthPx * heightPx).fill(NO_PAPER);
  const shadowPx = 3;
  for (const [page, { x, y }] of pages) {
    for (let row = 0; row < page.heightPx + shadowPx && y + row < heightPx; row++) {
      const start = (y + row) * widthPx + x;
      const end = Math.min(page.widthPx + shadowPx, widthPx - x);
      const isPaper = row < page.heightPx;
      for (let u = isPaper ? page.widthPx : 0; u < end; u++) {
        data[start + u] = Math.round((data[start + u] ?? 0) * 0.7);
      }
      if (isPaper) data.set(page.data.subarray(row * page.widthPx, (row + 1) * page.widthPx), start);
    }
  }
  return greyPage(widthPx, heightPx, SCAN_DPI, data);
}

const FIBRE_PX = 4;

/** Removes paper where `inside` is negative; its rim of bare fibres, whose print went with the scrap, is white. */
function tearOff(sheet: PaperSheet, inside: (x: number, y: number) => number): PaperSheet {
  const torn = copyOf(sheet);
  const { widthPx, heightPx } = sheet.front;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const depth = inside(x, y);
      if (depth >= FIBRE_PX) continue;
      const front = y * widthPx + x;
      const back = y * widthPx + widthPx - 1 - x;
      if (depth < 0) torn.front.data[front] = torn.back.data[back] = NO_PAPER;
      else torn.front.data[front] = 255;
    }
  }
  return torn;
}

/** How far a tear strays from its line, in pixels, at a place along it. */
function frayedLine(random: SeededRandom): (alongPx: number) => number {
  const waves = Array.from({ length: 5 }, (_, k) => ({
    rate: random.between(0.5, 1.5) * 0.02 * 1.9 ** k,
    phase: random.between(0, 2 * Math.PI),
    heightPx: 5 / 1.7 ** k,
  }));
  return (alongPx) =>
    waves.reduce((sum, wave) => sum + wave.heightPx * Math.sin(alongPx * wave.rate + wave.phase), 0);
}

function px(mm: number): number {
  return mmToPx(mm, SCAN_DPI);
}
