/**
 * Measured truth: how much of an oval's inside carries ink on the clean sheet, before any scanner has seen it. The
 * inside is what the printed outline encloses; a pixel's width of the outline's own softness is kept out.
 */
import { OVAL } from '../../election-def/page-frame.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';
import type { InkFilm } from './ink.js';

/** Shares, 0 to 1, of the pixels inside the oval. */
export interface OvalInk {
  /** Darker than paper by 12 % of the full range. */
  readonly light: number;
  /** Darker by 35 %. */
  readonly dark: number;
}

const LIGHT = 0.12;
const DARK = 0.35;
/** The outline is printed inside the oval's size; a pixel's softness more than its width keeps clear of it. */
const INSET_MM = OVAL.strokeMm + 0.1;
const insideHalfWidth = mmToPx(OVAL.widthMm / 2 - INSET_MM, SCAN_DPI);
const insideHalfHeight = mmToPx(OVAL.heightMm / 2 - INSET_MM, SCAN_DPI);

/** Ink inside the oval with its centre there, on a page as printed and marked. */
export function ovalInk(page: GreyPage, centre: PointPx): OvalInk {
  return measure(centre, (x, y) => 1 - (page.data[y * page.widthPx + x] ?? 255) / 255);
}

/** The same for a film that is not yet laid on the page. */
export function filmInk(film: InkFilm, centre: PointPx): OvalInk {
  return measure(centre, (x, y) => {
    const [column, row] = [x - film.leftPx, y - film.topPx];
    if (column < 0 || row < 0 || column >= film.widthPx || row >= film.heightPx) return 0;
    return 1 - (film.passes[row * film.widthPx + column] ?? 1);
  });
}

/** Whether a line's points, with a pen of that radius, stay off the oval altogether. */
export function missesOval(points: readonly PointPx[], centre: PointPx, radiusPx: number): boolean {
  const a = mmToPx(OVAL.widthMm / 2, SCAN_DPI) + radiusPx + 2;
  const b = mmToPx(OVAL.heightMm / 2, SCAN_DPI) + radiusPx + 2;
  return points.every((p) => ((p.xPx - centre.xPx) / a) ** 2 + ((p.yPx - centre.yPx) / b) ** 2 > 1);
}

function measure(centre: PointPx, darkness: (x: number, y: number) => number): OvalInk {
  let [inside, light, dark] = [0, 0, 0];
  for (let y = Math.floor(centre.yPx - insideHalfHeight); y <= centre.yPx + insideHalfHeight; y++) {
    for (let x = Math.floor(centre.xPx - insideHalfWidth); x <= centre.xPx + insideHalfWidth; x++) {
      const dx = (x + 0.5 - centre.xPx) / insideHalfWidth;
      const dy = (y + 0.5 - centre.yPx) / insideHalfHeight;
      if (dx * dx + dy * dy > 1) continue;
      const d = darkness(x, y);
      inside++;
      if (d >= LIGHT) light++;
      if (d >= DARK) dark++;
    }
  }
  return { light: light / inside, dark: dark / inside };
}
