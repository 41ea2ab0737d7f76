/** The pictures of the later stages: where the page lies, where its ovals are, and what they are. */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx, type PointPx } from '../ground/units.js';
import { OVAL, pageFrame } from '../election-def/page-frame.js';
import type { SideContext } from './context.js';
import {
  BOX_COLOUR,
  drawBox,
  drawCross,
  drawLine,
  drawOval,
  greyOverlay,
  pale,
  VERDICT_COLOUR,
  type Colour,
  type Overlay,
  type StagePicture,
} from './draw.js';
import { SEARCH_MM } from './ovals.js';
import type { PageMap } from './page-map.js';
import type { SideReading } from './reading.js';
import type { TimingFrame } from './timing-marks.js';

const GRID: Colour = [60, 160, 90];
const PAPER_EDGE: Colour = [200, 40, 120];
const PREDICTED: Colour = [230, 60, 60];
const SEARCHED: Colour = [240, 190, 60];
const PLACED: Colour = [20, 110, 230];
const GRID_STEP_MM = 12.7;

export function drawMap(page: GreyPage, frame: TimingFrame, map: PageMap): StagePicture {
  const picture = pale(page);
  const { widthMm, heightMm } = pageFrame(frame.paper);
  for (let xMm = GRID_STEP_MM; xMm < widthMm; xMm += GRID_STEP_MM) {
    drawPath(picture, map, [xMm, 0], [xMm, heightMm], GRID);
  }
  for (let yMm = GRID_STEP_MM; yMm < heightMm; yMm += GRID_STEP_MM) {
    drawPath(picture, map, [0, yMm], [widthMm, yMm], GRID);
  }
  drawPath(picture, map, [0, 0], [widthMm, 0], PAPER_EDGE);
  drawPath(picture, map, [0, heightMm], [widthMm, heightMm], PAPER_EDGE);
  drawPath(picture, map, [0, 0], [0, heightMm], PAPER_EDGE);
  drawPath(picture, map, [widthMm, 0], [widthMm, heightMm], PAPER_EDGE);
  return {
    name: 'page-map',
    title: 'Page map: where the reader takes the printed page to lie',
    legend: [
      { colour: GRID, text: `every ${GRID_STEP_MM} mm of the page as printed` },
      { colour: PAPER_EDGE, text: 'edges of the paper' },
    ],
    picture,
  };
}

/** Piece by piece, because the map bends where the feed was uneven. */
function drawPath(
  picture: Overlay,
  map: PageMap,
  from: readonly [number, number],
  to: readonly [number, number],
  colour: Colour,
): void {
  const pieces = 48;
  const point = (i: number): PointPx =>
    locate(map, {
      xMm: from[0] + ((to[0] - from[0]) * i) / pieces,
      yMm: from[1] + ((to[1] - from[1]) * i) / pieces,
    });
  let before = point(0);
  for (let i = 1; i <= pieces; i++) {
    const next = point(i);
    drawLine(picture, before.xPx, before.yPx, next.xPx, next.yPx, colour);
    before = next;
  }
}

export function drawPlaces(page: GreyPage, map: PageMap, side: SideContext): StagePicture {
  const picture = greyOverlay(page, (grey) => grey);
  for (const oval of side.side.ovals) drawOval(picture, page.dpi, locate(map, oval), PREDICTED);
  return {
    name: 'ovals',
    title: 'Ovals: where the page map says they are',
    legend: [{ colour: PREDICTED, text: 'place of an oval' }],
    picture,
  };
}

export function drawOvals(
  page: GreyPage,
  map: PageMap,
  side: SideContext,
  reading: SideReading,
): StagePicture {
  const picture = greyOverlay(page, (grey) => grey);
  const search = mmToPx(SEARCH_MM, page.dpi);
  const halfWidth = mmToPx(OVAL.widthMm / 2, page.dpi) + search;
  const halfHeight = mmToPx(OVAL.heightMm / 2, page.dpi) + search;
  let furthest = 0;
  side.side.ovals.forEach((place, i) => {
    const oval = reading.ovals[i];
    if (oval === undefined) return;
    const { xPx, yPx } = locate(map, place);
    drawBox(picture, xPx, yPx, halfWidth, halfHeight, SEARCHED);
    drawOval(picture, page.dpi, oval.centre, PLACED);
    drawCross(picture, oval.centre.xPx, oval.centre.yPx, 9, PLACED);
    drawCross(picture, xPx, yPx, 5, PREDICTED);
    furthest = Math.max(furthest, Math.hypot(oval.score.offsetXPx, oval.score.offsetYPx));
  });
  return {
    name: 'ovals',
    title: `Ovals: ${reading.ovals.length}; found up to ${furthest.toFixed(1)} pixels from where the page map said`,
    legend: [
      { colour: PREDICTED, text: 'place by the page map' },
      { colour: SEARCHED, text: 'searched for the outline' },
      { colour: PLACED, text: 'where it was found' },
    ],
    picture,
  };
}

export function drawVerdicts(page: GreyPage, reading: SideReading): StagePicture {
  const picture = greyOverlay(page, (grey) => grey);
  const count = { marked: 0, ambiguous: 0, blank: 0 };
  for (const oval of reading.ovals) {
    count[oval.verdict]++;
    drawOval(picture, page.dpi, oval.centre, VERDICT_COLOUR[oval.verdict]);
  }
  for (const box of reading.writeIns) {
    box.corners.forEach((corner, i) => {
      const next = box.corners[(i + 1) % 4] ?? corner;
      drawLine(
        picture,
        corner.xPx,
        corner.yPx,
        next.xPx,
        next.yPx,
        box.written ? BOX_COLOUR.written : BOX_COLOUR.empty,
      );
    });
  }
  const notes = reading.faults.map(({ detail }) => `; ${detail}`).join('');
  return {
    name: 'verdicts',
    title: `Verdicts: ${count.marked} marked, ${count.ambiguous} ambiguous, ${count.blank} blank${notes}`,
    legend: [
      { colour: VERDICT_COLOUR.marked, text: 'marked' },
      { colour: VERDICT_COLOUR.ambiguous, text: 'ambiguous' },
      { colour: VERDICT_COLOUR.blank, text: 'blank' },
      { colour: BOX_COLOUR.written, text: 'box written in' },
      { colour: BOX_COLOUR.empty, text: 'box empty' },
    ],
    picture,
  };
}

export function locate(map: PageMap, at: { readonly xMm: number; readonly yMm: number }): PointPx {
  map.locate(at.xMm, at.yMm);
  return { xPx: map.xPx, yPx: map.yPx };
}
