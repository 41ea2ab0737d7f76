/**
 * A page as amounts of ink, 0 bare paper to 255 full ink, at a coarser resolution than the scan: what registration
 * compares. Levels cancel out, so that a weak lamp, tinted paper and a two-level image look alike.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { measureLevels } from '../levels.js';
import { apply, scaleBy, type Affine } from './affine.js';

export interface InkImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly data: Uint8Array;
  /** From its pixels to those of the image that it was made of. */
  readonly toSource: Affine;
}

/** Means of whole squares of pixels, as near to `dpi` as whole squares allow. Nothing where there is no contrast. */
export function inkImage(page: GreyPage, dpi: number): InkImage | undefined {
  const levels = measureLevels(page);
  if (levels === undefined) return undefined;
  const gain = 255 / (levels.paper - levels.ink);
  const inkOf = Uint8ClampedArray.from({ length: 256 }, (_, grey) => (levels.paper - grey) * gain);
  const ink = new Uint8Array(page.data.length);
  for (let i = 0; i < ink.length; i++) ink[i] = inkOf[page.data[i] as number] as number;
  const full = { widthPx: page.widthPx, heightPx: page.heightPx, data: ink, toSource: scaleBy(1) };
  return shrink(full, Math.max(1, Math.floor(page.dpi / dpi)));
}

export function shrink(image: InkImage, factor: number): InkImage {
  if (factor === 1) return image;
  const widthPx = Math.floor(image.widthPx / factor);
  const heightPx = Math.floor(image.heightPx / factor);
  const data = new Uint8Array(widthPx * heightPx);
  const sums = new Uint32Array(widthPx);
  const round = (factor * factor) >> 1;
  for (let y = 0; y < heightPx; y++) {
    sums.fill(round);
    for (let row = y * factor; row < (y + 1) * factor; row++) {
      let at = row * image.widthPx;
      for (let x = 0; x < widthPx; x++) {
        let sum = 0;
        for (let i = 0; i < factor; i++) sum += image.data[at++] as number;
        sums[x] = (sums[x] as number) + sum;
      }
    }
    for (let x = 0; x < widthPx; x++) data[y * widthPx + x] = (sums[x] as number) / (factor * factor);
  }
  const step = scaleBy(factor, (factor - 1) / 2, (factor - 1) / 2);
  const { toSource } = image;
  const corner = apply(toSource, step.x0, step.y0);
  return {
    widthPx,
    heightPx,
    data,
    toSource: {
      xx: toSource.xx * factor,
      xy: toSource.xy * factor,
      x0: corner.xPx,
      yx: toSource.yx * factor,
      yy: toSource.yy * factor,
      y0: corner.yPx,
    },
  };
}

/** A picture of that size whose pixel (x, y) is what `map` finds in the image; outside of the image is paper. */
export function sampled(image: InkImage, map: Affine, widthPx: number, heightPx: number): InkImage {
  const data = new Uint8Array(widthPx * heightPx);
  const { data: source, widthPx: stride } = image;
  // Outside stays paper; the last row and column have no neighbour to mix with.
  const lastX = image.widthPx - 1;
  const lastY = image.heightPx - 1;
  for (let y = 0, at = 0; y < heightPx; y++) {
    let u = map.xy * y + map.x0;
    let v = map.yy * y + map.y0;
    for (let x = 0; x < widthPx; x++, at++, u += map.xx, v += map.yx) {
      if (u < 0 || v < 0 || u >= lastX || v >= lastY) continue;
      const i = Math.floor(v) * stride + Math.floor(u);
      const tu = u - Math.floor(u);
      const tv = v - Math.floor(v);
      const top = (source[i] as number) * (1 - tu) + (source[i + 1] as number) * tu;
      const bottom = (source[i + stride] as number) * (1 - tu) + (source[i + stride + 1] as number) * tu;
      data[at] = top * (1 - tv) + bottom * tv + 0.5;
    }
  }
  return { widthPx, heightPx, data, toSource: map };
}

const SURROUND_INK = 170;

/**
 * What a scanner sees beside the sheet is often black: solid ink that reaches the image's edge is taken away. Meant for
 * images so coarse that no printed line is solid.
 */
export function withoutSurround(image: InkImage): InkImage {
  const { widthPx, heightPx } = image;
  const data = image.data.slice();
  const waiting: number[] = [];
  const visit = (x: number, y: number): void => {
    if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) return;
    const at = y * widthPx + x;
    if ((data[at] ?? 0) < SURROUND_INK) return;
    data[at] = 0;
    waiting.push(at);
  };
  for (let x = 0; x < widthPx; x++) [0, heightPx - 1].forEach((y) => visit(x, y));
  for (let y = 0; y < heightPx; y++) [0, widthPx - 1].forEach((x) => visit(x, y));
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  return { ...image, data };
}
