/**
 * Where pieces of one ink image lie on another that shows nearly the same: each textured block is looked for a few
 * pixels around its own place by normalised correlation, to a fraction of a pixel. A block with lines in one direction
 * only could slide along them, so blocks need edges both ways.
 */
import type { InkImage } from './ink-image.js';

export interface BlockSize {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Looked for this far to each side. */
  readonly searchPx: number;
}

export interface BlockMatch {
  /** The block's middle on the first image. */
  readonly xPx: number;
  readonly yPx: number;
  /** The second image's against it. */
  readonly dx: number;
  readonly dy: number;
  /** Normalised correlation, 1 for the same print. */
  readonly likeness: number;
}

/** Mean change from pixel to pixel, each way, from which on a block has edges in that direction. */
const LEAST_EDGES = 5;

/** All textured blocks of `print`, side by side, each with its best place on `seen`. */
export function matchBlocks(print: InkImage, seen: InkImage, size: BlockSize): readonly BlockMatch[] {
  const matches: BlockMatch[] = [];
  for (let top = 0; top + size.heightPx <= print.heightPx; top += size.heightPx) {
    for (let left = 0; left + size.widthPx <= print.widthPx; left += size.widthPx) {
      if (hasEdges(print, left, top, size)) matches.push(bestPlace(print, seen, left, top, size));
    }
  }
  return matches;
}

function hasEdges(image: InkImage, left: number, top: number, size: BlockSize): boolean {
  let [across, along] = [0, 0];
  for (let y = top + 1; y < top + size.heightPx; y++) {
    for (let x = left + 1; x < left + size.widthPx; x++) {
      const at = y * image.widthPx + x;
      const ink = image.data[at] as number;
      across += Math.abs(ink - (image.data[at - 1] as number));
      along += Math.abs(ink - (image.data[at - image.widthPx] as number));
    }
  }
  return Math.min(across, along) >= LEAST_EDGES * size.widthPx * size.heightPx;
}

function bestPlace(print: InkImage, seen: InkImage, left: number, top: number, size: BlockSize): BlockMatch {
  const { widthPx, heightPx, searchPx: reach } = size;
  const side = 2 * reach + 1;
  const values = new Float64Array(side * side);
  const block = normalised(print, left, top, size);
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    const x = left + (i % side) - reach;
    const y = top + Math.floor(i / side) - reach;
    const fits = x >= 0 && y >= 0 && x + widthPx <= seen.widthPx && y + heightPx <= seen.heightPx;
    values[i] = fits ? likeness(block, seen, x, y, size) : -1;
    if ((values[i] as number) > (values[best] as number)) best = i;
  }
  const [bx, by] = [best % side, Math.floor(best / side)];
  const at = (dx: number, dy: number): number => {
    const [x, y] = [bx + dx, by + dy];
    return x < 0 || y < 0 || x >= side || y >= side ? -1 : (values[y * side + x] as number);
  };
  return {
    xPx: left + (widthPx - 1) / 2,
    yPx: top + (heightPx - 1) / 2,
    dx: bx - reach + summit(at(-1, 0), at(0, 0), at(1, 0)),
    dy: by - reach + summit(at(0, -1), at(0, 0), at(0, 1)),
    likeness: at(0, 0),
  };
}

/** Of a parabola through three neighbours, in steps from the middle one. */
function summit(before: number, middle: number, after: number): number {
  const bend = before - 2 * middle + after;
  if (bend >= -1e-9 || before === -1 || after === -1) return 0;
  return Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)));
}

/** Without its mean, and of length 1. */
function normalised(
  image: InkImage,
  left: number,
  top: number,
  { widthPx, heightPx }: BlockSize,
): Float64Array {
  const block = new Float64Array(widthPx * heightPx);
  let sum = 0;
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, i++) {
      const ink = image.data[(top + y) * image.widthPx + left + x] as number;
      block[i] = ink;
      sum += ink;
    }
  }
  const mean = sum / block.length;
  let squares = 0;
  for (const ink of block) squares += (ink - mean) ** 2;
  const length = Math.max(1, Math.sqrt(squares));
  for (let i = 0; i < block.length; i++) block[i] = ((block[i] as number) - mean) / length;
  return block;
}

function likeness(
  block: Float64Array,
  seen: InkImage,
  left: number,
  top: number,
  { widthPx, heightPx }: BlockSize,
): number {
  let [sum, squares, product] = [0, 0, 0];
  for (let y = 0, i = 0; y < heightPx; y++) {
    let at = (top + y) * seen.widthPx + left;
    for (let x = 0; x < widthPx; x++, i++, at++) {
      const ink = seen.data[at] as number;
      sum += ink;
      squares += ink * ink;
      product += ink * (block[i] as number);
    }
  }
  const spread = squares - (sum * sum) / block.length;
  return product / Math.sqrt(Math.max(1, spread));
}
