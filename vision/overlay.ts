/**
 * What the reader saw, drawn over the image: timing marks (cyan where found, magenta where interpolated), ovals by
 * verdict (green marked, orange ambiguous, grey blank), write-in boxes (blue where written), the rows of code cells.
 * For people who look into a refused or surprising sheet; the reader itself never needs it.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx } from '../ground/units.js';
import { CODE_CELLS, codeCellCentre, pageFrame, TIMING_MARK } from '../election-def/page-frame.js';
import {
  BOX_COLOUR,
  drawBox,
  drawLine,
  drawOval,
  greyOverlay,
  VERDICT_COLOUR,
  type Colour,
  type Overlay,
} from './draw.js';
import { candidateScratch } from './mark-candidates.js';
import { edgeNames } from './mark-chain.js';
import { PageMap } from './page-map.js';
import { findFrame } from './read-side.js';
import type { SideResult } from './reading.js';

const FOUND: Colour = [0, 170, 200];
const INTERPOLATED: Colour = [220, 0, 200];
const STRAY_BAR: Colour = [230, 60, 60];
const CODE: Colour = [120, 60, 220];

export function drawOverlay(page: GreyPage, result: SideResult): Overlay {
  const overlay = greyOverlay(page, (grey) => grey);
  drawFrame(overlay, page);
  if (result.kind === 'rejected') return overlay;
  for (const oval of result.reading.ovals)
    drawOval(overlay, page.dpi, oval.centre, VERDICT_COLOUR[oval.verdict]);
  for (const box of result.reading.writeIns) {
    const colour = box.written ? BOX_COLOUR.written : BOX_COLOUR.empty;
    box.corners.forEach((corner, i) => {
      const next = box.corners[(i + 1) % 4] ?? corner;
      drawLine(overlay, corner.xPx, corner.yPx, next.xPx, next.yPx, colour);
    });
  }
  return overlay;
}

/** The frame if there is one; else every bar that could have been a timing mark. */
function drawFrame(overlay: Overlay, page: GreyPage): void {
  const bars = candidateScratch();
  const found = findFrame(page, bars);
  const halfWidth = mmToPx(TIMING_MARK.widthMm / 2, page.dpi);
  const halfHeight = mmToPx(TIMING_MARK.heightMm / 2, page.dpi);
  if (!found.ok) {
    for (let i = 0; i < bars.count; i++) {
      drawBox(overlay, bars.x[i] ?? 0, bars.y[i] ?? 0, halfWidth + 3, halfHeight + 3, STRAY_BAR);
    }
    return;
  }
  const frame = found.value;
  for (const name of edgeNames) {
    const chain = frame[name];
    for (let i = 0; i < chain.x.length; i++) {
      const colour = chain.found[i] === 1 ? FOUND : INTERPOLATED;
      drawBox(overlay, chain.x[i] ?? 0, chain.y[i] ?? 0, halfWidth + 2, halfHeight + 2, colour);
    }
  }
  const map = new PageMap(frame, 'upright');
  for (const end of ['top', 'bottom'] as const) {
    for (let cell = 0; cell < CODE_CELLS; cell++) {
      const centre = codeCellCentre(pageFrame(frame.paper), end, cell);
      map.locate(centre.xMm, centre.yMm);
      drawBox(overlay, map.xPx, map.yPx, mmToPx(0.45, page.dpi), mmToPx(0.6, page.dpi), CODE);
    }
  }
}
