/**
 * Lengths, resolutions and angles, named with their units everywhere (`feedMm`, `skewDegrees`, `timeoutMs`).
 * A position on paper is in millimetres from the top left corner of the page as printed.
 */
export const MM_PER_INCH = 25.4;
/** PostScript points, the unit of PDF pages and type sizes. */
export const POINTS_PER_INCH = 72;
/** What a scan head delivers (architecture: 200 dpi, 1728 columns or more). */
export const SCAN_DPI = 200;

export interface PointMm {
  readonly xMm: number;
  readonly yMm: number;
}

/** `xMm`, `yMm` are the top left corner. */
export interface RectMm extends PointMm {
  readonly widthMm: number;
  readonly heightMm: number;
}

export interface PointPx {
  readonly xPx: number;
  readonly yPx: number;
}

export function mmToPoints(mm: number): number {
  return (mm / MM_PER_INCH) * POINTS_PER_INCH;
}

export function pointsToMm(points: number): number {
  return (points / POINTS_PER_INCH) * MM_PER_INCH;
}

export function mmToPx(mm: number, dpi: number): number {
  return (mm / MM_PER_INCH) * dpi;
}

export function pxToMm(px: number, dpi: number): number {
  return (px / dpi) * MM_PER_INCH;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
