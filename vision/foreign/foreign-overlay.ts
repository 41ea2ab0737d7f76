/** Ellipses drawn around ovals over a grey page, for people who look whether they were found and what was read. */
import type { GreyPage } from '../../ground/grey-page.js';
import { greyOverlay, VERDICT_COLOUR, type Colour, type Overlay } from '../draw.js';
import type { Verdict } from '../reading.js';

export interface DrawnOval {
  readonly xPx: number;
  readonly yPx: number;
  /** Of the printed oval; the ellipse is drawn just outside. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly as: Verdict | 'found';
}

const COLOUR: Readonly<Record<DrawnOval['as'], Colour>> = {
  found: [220, 0, 120],
  ...VERDICT_COLOUR,
};
const CLEAR_PX = 3;
const THICK_PX = 3;

export function drawOvals(page: GreyPage, ovals: readonly DrawnOval[]): Overlay {
  const overlay = greyOverlay(page, (grey) => grey);
  for (const oval of ovals) {
    for (let ring = CLEAR_PX; ring < CLEAR_PX + THICK_PX; ring += 0.5) {
      const [a, b] = [oval.widthPx / 2 + ring, oval.heightPx / 2 + ring];
      const points = Math.ceil(7 * (a + b));
      for (let i = 0; i < points; i++) {
        const angle = (2 * Math.PI * i) / points;
        const x = Math.round(oval.xPx + a * Math.cos(angle));
        const y = Math.round(oval.yPx + b * Math.sin(angle));
        const isOn = x >= 0 && y >= 0 && x < page.widthPx && y < page.heightPx;
        if (isOn) overlay.rgb.set(COLOUR[oval.as], 3 * (y * page.widthPx + x));
      }
    }
  }
  return overlay;
}
