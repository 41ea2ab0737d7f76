/**
 * What the reader does to a page, as one picture for each stage: for a technician who wants to see where it goes wrong.
 * Each stage's picture shows what that stage found, so that a refused page has pictures as far as it came. The stages
 * are run once more for this; the reader itself never draws.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx, type PointPx } from '../ground/units.js';
import { CODE_CELLS, codeCellCentre, OVAL, pageFrame, TIMING_MARK } from '../election-def/page-frame.js';
import { sideOfCode, type ReadingContext, type SideContext } from './context.js';
import {
  drawBox,
  drawCross,
  drawLine,
  drawOval,
  fillBox,
  greyOverlay,
  type Colour,
  type Overlay,
} from './draw.js';
import { measureLevels, type Levels } from './levels.js';
import { candidateScratch, findMarkCandidates, type MarkCandidates } from './mark-candidates.js';
import { edgeNames } from './mark-chain.js';
import { readCode, readRow, type CodeReading } from './orientation.js';
import { PageMap } from './page-map.js';
import type { SideReading, SideResult, Verdict } from './reading.js';
import { fitTimingFrame, type TimingFrame } from './timing-marks.js';

export interface StagePicture {
  /** `timing-marks`; the order of the pictures is that of the stages. */
  readonly name: string;
  /** One line: the stage and what it found. */
  readonly title: string;
  readonly legend: readonly { readonly colour: Colour; readonly text: string }[];
  readonly picture: Overlay;
}

const BLACK: Colour = [0, 0, 0];
const FOUND: Colour = [0, 150, 190];
const INTERPOLATED: Colour = [220, 0, 200];
const STRAY: Colour = [230, 60, 60];
const CHAIN: Colour = [120, 200, 220];
const INK_CELL: Colour = [110, 40, 210];
const PAPER_CELL: Colour = [240, 160, 30];
const GRID: Colour = [60, 160, 90];
const PAPER_EDGE: Colour = [200, 40, 120];
const PREDICTED: Colour = [230, 60, 60];
const SEARCHED: Colour = [240, 190, 60];
const PLACED: Colour = [20, 110, 230];
const WRITTEN: Colour = [30, 80, 255];
const EMPTY: Colour = [150, 170, 220];
const VERDICT: Readonly<Record<Verdict, Colour>> = {
  marked: [0, 160, 40],
  ambiguous: [255, 140, 0],
  blank: [150, 150, 150],
};
/** As in `ovals.ts`: how far around the predicted place an outline is looked for. */
const SEARCH_MM = 0.5;
const GRID_STEP_MM = 12.7;
const CELL_MM = { width: 1.3, height: 1.8 } as const;

/** @param result what the reader said of this page */
export function drawStages(
  page: GreyPage,
  context: ReadingContext,
  result: SideResult,
): readonly StagePicture[] {
  const levels = measureLevels(page);
  if (levels === undefined) return [drawPlain(page, result)];
  const { inkBelow, bars, frame } = tryLevels(page, levels);
  const pictures = [drawLevels(page, levels, inkBelow), drawMarks(page, bars, frame, result)];
  if (frame === undefined) return pictures;
  const coded = readCode(page, frame);
  pictures.push(drawCode(page, frame, coded.ok ? coded.value : undefined, result));
  if (!coded.ok) return pictures;
  const map = new PageMap(frame, coded.value.orientation);
  pictures.push(drawMap(page, frame, map));
  const side = sideOfCode(context, coded.value.code);
  if (side === undefined || side.layout.paper !== frame.paper) return pictures;
  if (result.kind === 'rejected') return [...pictures, drawPlaces(page, map, side, result.reject.detail)];
  return [...pictures, drawOvals(page, map, side, result.reading), drawVerdicts(page, result.reading)];
}

interface Tried {
  readonly inkBelow: number;
  readonly bars: MarkCandidates;
  readonly frame: TimingFrame | undefined;
}

/** The ink level that gave a frame, as the reader tries them; the first where none did. */
function tryLevels(page: GreyPage, levels: Levels): Tried {
  const bars = candidateScratch();
  for (const inkBelow of levels.inkBelow) {
    findMarkCandidates(page, inkBelow, bars);
    const frame = fitTimingFrame(bars, page.dpi);
    if (frame.ok) return { inkBelow, bars, frame: frame.value };
  }
  const inkBelow = levels.inkBelow[0] ?? 128;
  findMarkCandidates(page, inkBelow, bars);
  return { inkBelow, bars, frame: undefined };
}

/** Pale, so that what is drawn stands out. */
function pale(page: GreyPage): Overlay {
  return greyOverlay(page, (grey) => 255 - (255 - grey) * 0.45);
}

function refusal(result: SideResult): string {
  return result.kind === 'rejected' ? ` REFUSED: ${result.reject.reason}, ${result.reject.detail}` : '';
}

function drawPlain(page: GreyPage, result: SideResult): StagePicture {
  const title = `Levels: the image has no contrast.${refusal(result)}`;
  return { name: 'levels', title, legend: [], picture: greyOverlay(page, (grey) => grey) };
}

function drawLevels(page: GreyPage, levels: Levels, inkBelow: number): StagePicture {
  const tried = levels.inkBelow.indexOf(inkBelow) + 1;
  return {
    name: 'levels',
    title: `Levels: paper ${levels.paper}, ink ${levels.ink}; ink is darker than ${inkBelow} (level ${tried} of ${levels.inkBelow.length} was used)`,
    legend: [{ colour: BLACK, text: 'taken for ink when timing marks are looked for' }],
    picture: greyOverlay(page, (grey) => (grey < inkBelow ? 0 : 255)),
  };
}

function drawMarks(
  page: GreyPage,
  bars: MarkCandidates,
  frame: TimingFrame | undefined,
  result: SideResult,
): StagePicture {
  const picture = pale(page);
  const halfWidth = mmToPx(TIMING_MARK.widthMm / 2, page.dpi);
  const halfHeight = mmToPx(TIMING_MARK.heightMm / 2, page.dpi);
  for (let i = 0; i < bars.count; i++) {
    drawBox(picture, bars.x[i] ?? 0, bars.y[i] ?? 0, halfWidth + 6, halfHeight + 6, STRAY);
  }
  for (const name of frame === undefined ? [] : edgeNames) {
    const chain = frame?.[name];
    chain?.x.forEach((x, i) => {
      const y = chain.y[i] ?? 0;
      if (i > 0) drawLine(picture, chain.x[i - 1] ?? 0, chain.y[i - 1] ?? 0, x, y, CHAIN);
      drawBox(picture, x, y, halfWidth + 2, halfHeight + 2, chain.found[i] === 1 ? FOUND : INTERPOLATED);
    });
  }
  const counted =
    frame === undefined
      ? `no frame of timing marks.${refusal(result)}`
      : `${frame.columns} by ${frame.rows} marks, ${frame.interpolated} interpolated: ${frame.paper} paper, skew ${frame.skewDegrees.toFixed(2)} degrees, scale ${percent(frame.scaleAlong)} along, ${percent(frame.scaleAcross)} across`;
  return {
    name: 'timing-marks',
    title: `Timing marks: ${bars.count} bars; ${counted}`,
    legend: [
      { colour: STRAY, text: "bar of a mark's size (outer box)" },
      { colour: FOUND, text: 'timing mark found' },
      { colour: INTERPOLATED, text: 'missing, interpolated' },
      { colour: CHAIN, text: 'chain along an edge' },
    ],
    picture,
  };
}

function drawCode(
  page: GreyPage,
  frame: TimingFrame,
  coded: CodeReading | undefined,
  result: SideResult,
): StagePicture {
  const picture = pale(page);
  const map = new PageMap(frame, 'upright');
  for (const end of ['top', 'bottom'] as const) {
    const cells = readRow(page, frame, map, end);
    for (let cell = 0; cell < CODE_CELLS; cell++) {
      const at = locate(map, codeCellCentre(pageFrame(frame.paper), end, cell));
      const [halfWidth, halfHeight] = [
        mmToPx(CELL_MM.width / 2, page.dpi),
        mmToPx(CELL_MM.height / 2, page.dpi),
      ];
      fillBox(picture, at.xPx, at.yPx, halfWidth, halfHeight, cells[cell] === true ? INK_CELL : PAPER_CELL);
    }
  }
  if (coded !== undefined) drawUp(picture, new PageMap(frame, coded.orientation), frame);
  const says =
    coded === undefined
      ? `not read.${refusal(result)}`
      : `${coded.code.side} of sheet ${coded.code.sheet}, style ${coded.code.styleNumber}, precinct ${coded.code.precinctNumber}, election ${coded.code.electionHash20.toString(16).padStart(5, '0')}${coded.code.test ? ', TEST' : ''}; ${coded.orientation}; ${coded.fault?.detail ?? 'both ends agree'}`;
  return {
    name: 'code',
    title: `Code: ${says}`,
    legend: [
      { colour: INK_CELL, text: 'cell read as ink' },
      { colour: PAPER_CELL, text: 'cell read as paper' },
      { colour: GRID, text: 'arrow to the head of the page' },
    ],
    picture,
  };
}

/** An arrow to the head of the page as printed. */
function drawUp(picture: Overlay, map: PageMap, frame: TimingFrame): void {
  const { widthMm, heightMm } = pageFrame(frame.paper);
  const tip = locate(map, { xMm: widthMm / 2, yMm: heightMm * 0.3 });
  const tail = locate(map, { xMm: widthMm / 2, yMm: heightMm * 0.7 });
  const left = locate(map, { xMm: widthMm / 2 - 15, yMm: heightMm * 0.3 + 20 });
  const right = locate(map, { xMm: widthMm / 2 + 15, yMm: heightMm * 0.3 + 20 });
  for (const from of [tail, left, right]) {
    for (let i = -3; i <= 3; i++) drawLine(picture, from.xPx + i, from.yPx, tip.xPx + i, tip.yPx, GRID);
  }
}

function drawMap(page: GreyPage, frame: TimingFrame, map: PageMap): StagePicture {
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

function drawPlaces(page: GreyPage, map: PageMap, side: SideContext, detail: string): StagePicture {
  const picture = greyOverlay(page, (grey) => grey);
  for (const oval of side.side.ovals) drawOval(picture, page.dpi, locate(map, oval), PREDICTED);
  return {
    name: 'ovals',
    title: `Ovals: where the page map says they are. REFUSED: ${detail}`,
    legend: [{ colour: PREDICTED, text: 'place of an oval' }],
    picture,
  };
}

function drawOvals(page: GreyPage, map: PageMap, side: SideContext, reading: SideReading): StagePicture {
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

function drawVerdicts(page: GreyPage, reading: SideReading): StagePicture {
  const picture = greyOverlay(page, (grey) => grey);
  const count = { marked: 0, ambiguous: 0, blank: 0 };
  for (const oval of reading.ovals) {
    count[oval.verdict]++;
    drawOval(picture, page.dpi, oval.centre, VERDICT[oval.verdict]);
  }
  for (const box of reading.writeIns) {
    box.corners.forEach((corner, i) => {
      const next = box.corners[(i + 1) % 4] ?? corner;
      drawLine(picture, corner.xPx, corner.yPx, next.xPx, next.yPx, box.written ? WRITTEN : EMPTY);
    });
  }
  const notes = reading.faults.map(({ detail }) => `; ${detail}`).join('');
  return {
    name: 'verdicts',
    title: `Verdicts: ${count.marked} marked, ${count.ambiguous} ambiguous, ${count.blank} blank${notes}`,
    legend: [
      { colour: VERDICT.marked, text: 'marked' },
      { colour: VERDICT.ambiguous, text: 'ambiguous' },
      { colour: VERDICT.blank, text: 'blank' },
      { colour: WRITTEN, text: 'box written in' },
      { colour: EMPTY, text: 'box empty' },
    ],
    picture,
  };
}

function locate(map: PageMap, at: { readonly xMm: number; readonly yMm: number }): PointPx {
  map.locate(at.xMm, at.yMm);
  return { xPx: map.xPx, yPx: map.yPx };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
