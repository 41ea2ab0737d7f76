/**
 * One side of a sheet, or a band of its lines, as a scan head delivers it: 8-bit grey, 0 black to 255 white, row by
 * row, no padding.
 */
import { assert } from './result.js';

export interface GreyPage {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Resolution at which it was scanned, in dots an inch, both ways. */
  readonly dpi: number;
  /** `widthPx * heightPx` bytes. */
  readonly data: Uint8Array;
}

export function greyPage(widthPx: number, heightPx: number, dpi: number, data?: Uint8Array): GreyPage {
  const pixels = data ?? new Uint8Array(widthPx * heightPx).fill(255);
  assert(
    pixels.length === widthPx * heightPx,
    `a page of ${widthPx} x ${heightPx} has not ${pixels.length} pixels`,
  );
  return { widthPx, heightPx, dpi, data: pixels };
}

/** The same sheet side fed the other way round: rotated by 180 degrees. */
export function rotate180(page: GreyPage): GreyPage {
  return greyPage(page.widthPx, page.heightPx, page.dpi, Uint8Array.from(page.data).reverse());
}
