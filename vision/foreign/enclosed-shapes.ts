/**
 * Pieces of paper that are enclosed by ink: the insides of ovals, of letters and of boxes alike. Ink is what is
 * darker than its surroundings, so grey and tinted print counts; gaps in a dotted outline are bridged by making ink
 * wider. Paper holds together by its four neighbours, so an outline that is joined by its corners holds tight.
 */
import type { GreyPage } from '../../ground/grey-page.js';

/** Surroundings that a pixel is compared with, to each side. */
const SURROUNDINGS_MM = 3;
const LEAST_DROP = 10;
const DROP_SHARE = 0.1;
/** Darker than this share of the range is ink wherever it stands. */
const SOLID_SHARE = 0.4;

export interface InkMask {
  readonly widthPx: number;
  readonly heightPx: number;
  /** 1 ink, 0 paper. */
  readonly data: Uint8Array;
}

/** Rows of one enclosed piece: in row `top + i` it reaches from `from[i]` to `to[i]`; what lies between is filled. */
export interface EnclosedShape {
  readonly top: number;
  readonly left: number;
  readonly right: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

export function inkMask(page: GreyPage, levels: { readonly paper: number; readonly ink: number }): InkMask {
  const { widthPx, heightPx } = page;
  const range = levels.paper - levels.ink;
  const drop = Math.max(LEAST_DROP, DROP_SHARE * range);
  const solid = levels.ink + SOLID_SHARE * range;
  const reach = Math.round((SURROUNDINGS_MM / 25.4) * page.dpi);
  const data = new Uint8Array(widthPx * heightPx);
  const columns = new Float64Array(widthPx);
  const addRow = (row: number, sign: 1 | -1): void => {
    if (row < 0 || row >= heightPx) return;
    for (let x = 0; x < widthPx; x++) {
      columns[x] = (columns[x] ?? 0) + sign * (page.data[row * widthPx + x] ?? 0);
    }
  };
  for (let row = 0; row < reach; row++) addRow(row, 1);
  for (let y = 0; y < heightPx; y++) {
    addRow(y + reach, 1);
    addRow(y - reach - 1, -1);
    const rows = Math.min(heightPx - 1, y + reach) - Math.max(0, y - reach) + 1;
    let sum = 0;
    for (let x = 0; x < Math.min(reach, widthPx); x++) sum += columns[x] ?? 0;
    for (let x = 0; x < widthPx; x++) {
      if (x + reach < widthPx) sum += columns[x + reach] ?? 0;
      if (x - reach - 1 >= 0) sum -= columns[x - reach - 1] ?? 0;
      const wide = Math.min(widthPx - 1, x + reach) - Math.max(0, x - reach) + 1;
      const grey = page.data[y * widthPx + x] ?? 0;
      if (grey < solid || grey < sum / (rows * wide) - drop) data[y * widthPx + x] = 1;
    }
  }
  return { widthPx, heightPx, data };
}

/** Ink grown by a pixel in all four directions. */
export function widened(mask: InkMask): InkMask {
  const { widthPx, heightPx, data } = mask;
  const wide = data.slice();
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const at = y * widthPx + x;
      if (data[at] === 0) continue;
      if (x > 0) wide[at - 1] = 1;
      if (x + 1 < widthPx) wide[at + 1] = 1;
      if (y > 0) wide[at - widthPx] = 1;
      if (y + 1 < heightPx) wide[at + widthPx] = 1;
    }
  }
  return { widthPx, heightPx, data: wide };
}

interface Size {
  readonly least: number;
  readonly most: number;
}

/** All enclosed pieces whose box is that wide and that high. */
export function enclosedShapes(mask: InkMask, width: Size, height: Size): readonly EnclosedShape[] {
  const runs = paperRuns(mask);
  const box = boxesOf(runs);
  const shapes = new Map<
    number,
    { top: number; left: number; right: number; from: number[]; to: number[] }
  >();
  for (let i = 0; i < runs.count; i++) {
    const root = rootOf(runs.parent, i);
    const left = box.left[root] ?? 0;
    const right = box.right[root] ?? 0;
    const top = box.top[root] ?? 0;
    const wide = right - left + 1;
    const high = (box.bottom[root] ?? 0) - top + 1;
    if (wide < width.least || wide > width.most || high < height.least || high > height.most) continue;
    const shape = shapes.get(root) ?? { top, left, right, from: [], to: [] };
    shapes.set(root, shape);
    const row = (runs.row[i] ?? 0) - top;
    shape.from[row] = Math.min(shape.from[row] ?? Infinity, runs.from[i] ?? 0);
    shape.to[row] = Math.max(shape.to[row] ?? -1, runs.to[i] ?? 0);
  }
  return [...shapes.values()];
}

interface Runs {
  readonly count: number;
  readonly row: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Another run of the same piece, or itself. */
  readonly parent: Int32Array;
}

function paperRuns({ widthPx, heightPx, data }: InkMask): Runs {
  const most = heightPx * ((widthPx >> 1) + 1);
  const row = new Int32Array(most);
  const from = new Int32Array(most);
  const to = new Int32Array(most);
  const parent = new Int32Array(most);
  let count = 0;
  let above = 0;
  for (let y = 0; y < heightPx; y++) {
    const start = count;
    const base = y * widthPx;
    for (let x = 0; x < widthPx; x++) {
      if (data[base + x] === 1) continue;
      const first = x;
      while (x + 1 < widthPx && data[base + x + 1] === 0) x++;
      row[count] = y;
      from[count] = first;
      to[count] = x;
      parent[count] = count;
      while (above < start && (to[above] ?? 0) < first) above++;
      for (let i = above; i < start && (from[i] ?? 0) <= x; i++) join(parent, i, count);
      count++;
    }
    above = start;
  }
  return { count, row, from, to, parent };
}

function rootOf(parent: Int32Array, i: number): number {
  let at = i;
  for (let up = parent[at] ?? at; up !== at; up = parent[at] ?? at) {
    parent[at] = parent[up] ?? up;
    at = parent[at] ?? at;
  }
  return at;
}

function join(parent: Int32Array, a: number, b: number): void {
  const [rootA, rootB] = [rootOf(parent, a), rootOf(parent, b)];
  parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
}

function boxesOf(runs: Runs): Record<'left' | 'right' | 'top' | 'bottom', Int32Array> {
  const left = new Int32Array(runs.count).fill(2 ** 30);
  const right = new Int32Array(runs.count).fill(-1);
  const top = new Int32Array(runs.count).fill(2 ** 30);
  const bottom = new Int32Array(runs.count).fill(-1);
  for (let i = 0; i < runs.count; i++) {
    const root = rootOf(runs.parent, i);
    left[root] = Math.min(left[root] ?? 0, runs.from[i] ?? 0);
    right[root] = Math.max(right[root] ?? 0, runs.to[i] ?? 0);
    top[root] = Math.min(top[root] ?? 0, runs.row[i] ?? 0);
    bottom[root] = Math.max(bottom[root] ?? 0, runs.row[i] ?? 0);
  }
  return { left, right, top, bottom };
}
