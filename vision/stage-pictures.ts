/**
 * What the reader does to a page, as one picture for each stage: for a technician who wants to see where it goes wrong.
 * Each stage's picture shows what that stage found, so that a refused page has pictures as far as it came. The stages
 * are run once more for this; the reader itself never draws.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { must } from '../ground/result.js';
import { mmToPx } from '../ground/units.js';
import { CODE_CELLS, codeCellCentre, pageFrame, TIMING_MARK } from '../election-def/page-frame.js';
import { sideOfCode, type ReadingContext } from './context.js';
import {
  drawBox,
  drawLine,
  fillBox,
  greyOverlay,
  pale,
  type Colour,
  type Overlay,
  type StagePicture,
} from './draw.js';
import { measureLevels, type Levels } from './levels.js';
import { candidateScratch, findMarkCandidates, type MarkCandidates } from './mark-candidates.js';
import { edgeNames } from './mark-chain.js';
import { readCode, readRow, type CodeReading } from './orientation.js';
import { PageMap } from './page-map.js';
import type { RejectReason, SideResult } from './reading.js';
import { drawMap, drawOvals, drawPlaces, drawVerdicts, locate } from './stage-pictures-page.js';
import { fitTimingFrame, type TimingFrame } from './timing-marks.js';

const BLACK: Colour = [0, 0, 0];
const FOUND: Colour = [0, 150, 190];
const INTERPOLATED: Colour = [220, 0, 200];
const STRAY: Colour = [230, 60, 60];
const CHAIN: Colour = [0, 190, 120];
const INK_CELL: Colour = [110, 40, 210];
const PAPER_CELL: Colour = [240, 160, 30];
const HEAD: Colour = [60, 160, 90];
const CELL_MM = { width: 1.3, height: 1.8 } as const;

/** @param result what the reader said of this page */
export function drawStages(
  page: GreyPage,
  context: ReadingContext,
  result: SideResult,
): readonly StagePicture[] {
  const pictures = drawAsFarAsItCame(page, context, result);
  const last = pictures.pop();
  if (last === undefined || result.kind === 'read') return last === undefined ? [] : [...pictures, last];
  const { reason, detail } = result.reject;
  return [...pictures, { ...last, title: `${last.title}. REFUSED HERE: ${reason}, ${detail}` }];
}

/** Refused for what the timing marks say, before the code is looked at. */
const BEFORE_CODE: readonly RejectReason[] = ['image-too-small', 'too-much-skew', 'wrong-scale'];

function drawAsFarAsItCame(page: GreyPage, context: ReadingContext, result: SideResult): StagePicture[] {
  const levels = measureLevels(page);
  if (levels === undefined) return [drawPlain(page)];
  const { inkBelow, bars, frame } = tryLevels(page, levels);
  const pictures = [drawLevels(page, levels, inkBelow, frame !== undefined), drawMarks(page, bars, frame)];
  if (frame === undefined) return pictures;
  if (result.kind === 'rejected' && BEFORE_CODE.includes(result.reject.reason)) return pictures;
  const coded = readCode(page, frame);
  pictures.push(drawCode(page, frame, coded.ok ? coded.value : undefined));
  if (!coded.ok || coded.value.code.electionHash20 !== context.electionHash20) return pictures;
  const side = sideOfCode(context, coded.value.code);
  if (side === undefined || side.layout.paper !== frame.paper) return pictures;
  const map = new PageMap(frame, coded.value.orientation);
  pictures.push(drawMap(page, frame, map));
  if (result.kind === 'rejected') return [...pictures, drawPlaces(page, map, side)];
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
  const inkBelow = must(levels.inkBelow[0], 'a level');
  findMarkCandidates(page, inkBelow, bars);
  return { inkBelow, bars, frame: undefined };
}

function drawPlain(page: GreyPage): StagePicture {
  const title = 'Levels: the image has no contrast';
  return { name: 'levels', title, legend: [], picture: greyOverlay(page, (grey) => grey) };
}

function drawLevels(page: GreyPage, levels: Levels, inkBelow: number, framed: boolean): StagePicture {
  const { paper, ink, inkBelow: all } = levels;
  const which = framed
    ? `level ${all.indexOf(inkBelow) + 1} of ${all.length}, the first that showed a frame`
    : `the first of ${all.length} levels, none of which showed a frame`;
  return {
    name: 'levels',
    title: `Levels: paper ${paper}, ink ${ink}; ink is darker than ${inkBelow} (${which})`,
    legend: [{ colour: BLACK, text: 'taken for ink when timing marks are looked for' }],
    picture: greyOverlay(page, (grey) => (grey < inkBelow ? 0 : 255)),
  };
}

function drawMarks(page: GreyPage, bars: MarkCandidates, frame: TimingFrame | undefined): StagePicture {
  const picture = pale(page);
  const halfWidth = mmToPx(TIMING_MARK.widthMm / 2, page.dpi);
  const halfHeight = mmToPx(TIMING_MARK.heightMm / 2, page.dpi);
  for (let i = 0; i < bars.count; i++) {
    const [x, y] = [bars.x[i] ?? 0, bars.y[i] ?? 0];
    if (frame !== undefined && isOfFrame(frame, x, y)) continue;
    drawBox(picture, x, y, halfWidth + 6, halfHeight + 6, STRAY);
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
      ? 'no frame of timing marks'
      : `${frame.columns} by ${frame.rows} marks, ${frame.interpolated} interpolated: ${frame.paper} paper, skew ${frame.skewDegrees.toFixed(2)} degrees, scale ${percent(frame.scaleAlong)} along, ${percent(frame.scaleAcross)} across`;
  return {
    name: 'timing-marks',
    title: `Timing marks: ${bars.count} bars; ${counted}`,
    legend: [
      { colour: STRAY, text: "bar of a mark's size that is none" },
      { colour: FOUND, text: 'timing mark found' },
      { colour: INTERPOLATED, text: 'missing, interpolated' },
      { colour: CHAIN, text: 'chain along an edge' },
    ],
    picture,
  };
}

/** Whether a bar is one of the marks that were found. */
function isOfFrame(frame: TimingFrame, x: number, y: number): boolean {
  return edgeNames.some((name) => {
    const chain = frame[name];
    return chain.x.some((at, i) => chain.found[i] === 1 && Math.hypot(at - x, (chain.y[i] ?? 0) - y) < 1);
  });
}

function drawCode(page: GreyPage, frame: TimingFrame, coded: CodeReading | undefined): StagePicture {
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
      ? 'not read'
      : `${coded.code.side} of sheet ${coded.code.sheet}, style ${coded.code.styleNumber}, precinct ${coded.code.precinctNumber}, election ${coded.code.electionHash20.toString(16).padStart(5, '0')}${coded.code.test ? ', TEST' : ''}; ${coded.orientation}; ${coded.fault?.detail ?? 'both ends agree'}`;
  return {
    name: 'code',
    title: `Code: ${says}`,
    legend: [
      { colour: INK_CELL, text: 'cell read as ink' },
      { colour: PAPER_CELL, text: 'cell read as paper' },
      { colour: HEAD, text: 'arrow to the head of the page' },
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
    for (let i = -3; i <= 3; i++) drawLine(picture, from.xPx + i, from.yPx, tip.xPx + i, tip.yPx, HEAD);
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
