/**
 * What is known of an oval from the blank alone, as a patch around it at 200 dpi: where its inside is, where a ring of
 * paper around it, what to settle on, and what the blank has printed there itself.
 */
import { MM_PER_INCH, mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';

/** Of the patch beyond the oval: a fold is followed that far. */
const PATCH_MARGIN_MM = 8.5;
/** Print of the blank is left out with what blur and placing add to it. */
const PRINT_GROWTH_MM = 0.32;
/** From this share of full ink on the blank has print there. */
const PRINTED_FROM = 0.12;
const RING_FROM_MM = 0.35;
const RING_TO_MM = 1.8;
/** The outline and a little around it: what the patch settles on. */
const SETTLE_TO_MM = 1.2;

export interface OvalMask {
  readonly id: string;
  readonly centre: PointPx;
  /** Between the inner edges of the outline. */
  readonly size: OvalSize;
  readonly halfWidthPx: number;
  readonly halfHeightPx: number;
  /** The blank's ink in the patch, 0 paper to 255. */
  readonly print: Uint8Array;
  /** Pixel numbers in the patch. */
  readonly inside: Int32Array;
  readonly ring: Int32Array;
  readonly settle: Int32Array;
  /** 1 where the blank has print, or nearly. */
  readonly printed: Uint8Array;
}

/** A patch has the oval's centre in its middle pixel. */
export interface OvalSize {
  readonly widthMm: number;
  readonly heightMm: number;
}

/** Reads the blank, or a scan, at a point given in the blank's pixels; grey levels. */
export type Sampler = (xPx: number, yPx: number) => number;

export function ovalMask(
  id: string,
  centre: PointPx,
  inside: OvalSize,
  blank: { readonly dpi: number; readonly paper: number; readonly ink: number; readonly sample: Sampler },
): OvalMask {
  const halfWidthPx = patchHalf(inside.widthMm);
  const halfHeightPx = patchHalf(inside.heightMm);
  const width = 2 * halfWidthPx + 1;
  const height = 2 * halfHeightPx + 1;
  const step = blank.dpi / SCAN_DPI;
  const gain = 255 / (blank.paper - blank.ink);
  const print = new Uint8ClampedArray(width * height);
  for (let i = 0; i < print.length; i++) {
    const x = centre.xPx + ((i % width) - halfWidthPx) * step;
    const y = centre.yPx + (Math.floor(i / width) - halfHeightPx) * step;
    print[i] = (blank.paper - blank.sample(x, y)) * gain;
  }
  const printed = grown(print, width, height);
  const a = mmToPx(inside.widthMm / 2, SCAN_DPI);
  const b = mmToPx(inside.heightMm / 2, SCAN_DPI);
  const pixels = (isMeant: (i: number, beyondPx: number) => boolean): Int32Array => {
    const found: number[] = [];
    for (let i = 0; i < print.length; i++) {
      const x = (i % width) - halfWidthPx;
      const y = Math.floor(i / width) - halfHeightPx;
      if (isMeant(i, beyondEllipse(x, y, a, b))) found.push(i);
    }
    return Int32Array.from(found);
  };
  const px = (mm: number): number => mmToPx(mm, SCAN_DPI);
  return {
    id,
    centre,
    size: inside,
    halfWidthPx,
    halfHeightPx,
    print: Uint8Array.from(print),
    printed,
    inside: pixels((i, beyond) => beyond < 0 && printed[i] === 0),
    ring: pixels((i, beyond) => beyond >= px(RING_FROM_MM) && beyond <= px(RING_TO_MM) && printed[i] === 0),
    settle: pixels((_, beyond) => beyond >= -1 && beyond <= px(SETTLE_TO_MM)),
  };
}

function patchHalf(sizeMm: number): number {
  return Math.ceil(mmToPx(sizeMm / 2 + PATCH_MARGIN_MM, SCAN_DPI));
}

/** How far a point lies outside of the ellipse, in pixels, nearly; negative inside. */
function beyondEllipse(x: number, y: number, a: number, b: number): number {
  const r = Math.hypot(x / a, y / b);
  const distance = Math.hypot(x, y);
  return r === 0 ? -Math.min(a, b) : distance - distance / r;
}

function grown(print: Uint8ClampedArray, width: number, height: number): Uint8Array {
  const reach = Math.round((PRINT_GROWTH_MM / MM_PER_INCH) * SCAN_DPI);
  const printed = new Uint8Array(print.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((print[y * width + x] as number) < PRINTED_FROM * 255) continue;
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          const [u, v] = [x + dx, y + dy];
          const isNear = dx * dx + dy * dy <= reach * reach + 1;
          if (isNear && u >= 0 && v >= 0 && u < width && v < height) printed[v * width + u] = 1;
        }
      }
    }
  }
  return printed;
}
