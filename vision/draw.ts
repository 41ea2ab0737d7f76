/** Lines, boxes and ovals over a scanned page: what the overlay and the pictures of the stages are made of. */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx, type PointPx } from '../ground/units.js';
import { OVAL } from '../election-def/page-frame.js';
import type { Verdict } from './reading.js';

export interface Overlay {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Red, green, blue, row by row. */
  readonly rgb: Uint8Array;
}

export type Colour = readonly [number, number, number];

/** The same in every picture, of our ballots and of others. */
export const VERDICT_COLOUR: Readonly<Record<Verdict, Colour>> = {
  marked: [0, 160, 40],
  ambiguous: [255, 140, 0],
  blank: [150, 150, 150],
};
export const BOX_COLOUR: Readonly<Record<'written' | 'empty', Colour>> = {
  written: [30, 80, 255],
  empty: [150, 170, 220],
};

export interface StagePicture {
  /** `timing-marks`; the order of the pictures is that of the stages. */
  readonly name: string;
  /** One line: the stage and what it found. */
  readonly title: string;
  readonly legend: readonly { readonly colour: Colour; readonly text: string }[];
  readonly picture: Overlay;
}

/** The page as a picture, each grey level as `shown` wants it. */
export function greyOverlay(page: GreyPage, shown: (grey: number) => number): Overlay {
  const level = Uint8Array.from({ length: 256 }, (_, grey) => shown(grey));
  const rgb = new Uint8Array(page.widthPx * page.heightPx * 3);
  for (let i = 0; i < page.data.length; i++) {
    const grey = level[page.data[i] ?? 255] ?? 255;
    rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = grey;
  }
  return { widthPx: page.widthPx, heightPx: page.heightPx, rgb };
}

/** Pale, so that what is drawn over it stands out. */
export function pale(page: GreyPage): Overlay {
  return greyOverlay(page, (grey) => 255 - (255 - grey) * 0.45);
}

function dot(overlay: Overlay, x: number, y: number, colour: Colour): void {
  const column = Math.round(x);
  const row = Math.round(y);
  if (column < 0 || row < 0 || column >= overlay.widthPx || row >= overlay.heightPx) return;
  overlay.rgb.set(colour, 3 * (row * overlay.widthPx + column));
}

export function drawLine(
  overlay: Overlay,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  colour: Colour,
): void {
  const steps = Math.ceil(Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1));
  for (let i = 0; i <= steps; i++) {
    const x = fromX + ((toX - fromX) * i) / steps;
    const y = fromY + ((toY - fromY) * i) / steps;
    dot(overlay, x, y, colour);
    dot(overlay, x + 1, y, colour);
    dot(overlay, x, y + 1, colour);
  }
}

export function drawBox(
  overlay: Overlay,
  x: number,
  y: number,
  halfWidth: number,
  halfHeight: number,
  colour: Colour,
): void {
  for (const side of [-1, 1]) {
    drawLine(overlay, x - halfWidth, y + side * halfHeight, x + halfWidth, y + side * halfHeight, colour);
    drawLine(overlay, x + side * halfWidth, y - halfHeight, x + side * halfWidth, y + halfHeight, colour);
  }
}

/** Rings just outside of the printed outline, so that the mark itself stays to be seen. */
export function drawOval(overlay: Overlay, dpi: number, centre: PointPx, colour: Colour): void {
  for (const growMm of [0.4, 0.5, 0.6, 0.7]) {
    const a = mmToPx(OVAL.widthMm / 2 + growMm, dpi);
    const b = mmToPx(OVAL.heightMm / 2 + growMm, dpi);
    const points = Math.ceil(4 * (a + b));
    for (let i = 0; i < points; i++) {
      const angle = (2 * Math.PI * i) / points;
      dot(overlay, centre.xPx + a * Math.cos(angle), centre.yPx + b * Math.sin(angle), colour);
    }
  }
}

export function drawCross(overlay: Overlay, x: number, y: number, reach: number, colour: Colour): void {
  drawLine(overlay, x - reach, y, x + reach, y, colour);
  drawLine(overlay, x, y - reach, x, y + reach, colour);
}

export function fillBox(
  overlay: Overlay,
  x: number,
  y: number,
  halfWidth: number,
  halfHeight: number,
  colour: Colour,
): void {
  for (let row = Math.round(y - halfHeight); row <= y + halfHeight; row++) {
    for (let column = Math.round(x - halfWidth); column <= x + halfWidth; column++) {
      dot(overlay, column, row, colour);
    }
  }
}
