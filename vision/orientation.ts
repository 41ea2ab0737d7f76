/**
 * Which way up the sheet lies and what its code says. The code is printed at both ends; each row is read both ways,
 * and only one way can match start pattern, stop pattern and check bits. One row may be unreadable; two rows that
 * say different things are never settled by preferring one.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { err, ok, type Result } from '../ground/result.js';
import { mmToPx } from '../ground/units.js';
import { decodeBallotCode, sameBallotCode, type BallotCode } from '../election-def/ballot-code.js';
import { CODE_CELLS, codeCellCentre, pageFrame } from '../election-def/page-frame.js';
import { PageMap } from './page-map.js';
import type { Fault, Orientation, Reject } from './reading.js';
import { reject } from './rejects.js';
import type { TimingFrame } from './timing-marks.js';

/** The part of a cell that is looked at: half of what is printed, so that its blurred rim has no say. */
const CELL_CORE_MM = { width: 0.9, height: 1.2 } as const;

export interface CodeReading {
  readonly code: BallotCode;
  readonly orientation: Orientation;
  readonly fault: Fault | undefined;
}

type End = 'top' | 'bottom';

export function readCode(page: GreyPage, frame: TimingFrame): Result<CodeReading, Reject> {
  const map = new PageMap(frame, 'upright');
  const ends = { top: readRow(page, frame, map, 'top'), bottom: readRow(page, frame, map, 'bottom') };
  const readings: { code: BallotCode; orientation: Orientation; end: End }[] = [];
  for (const end of ['top', 'bottom'] as const) {
    const upright = decodeBallotCode(ends[end]);
    if (upright !== undefined) readings.push({ code: upright, orientation: 'upright', end });
    const turned = decodeBallotCode([...ends[end]].reverse());
    if (turned !== undefined) readings.push({ code: turned, orientation: 'rotated-180', end });
  }
  const [first, second] = readings;
  if (first === undefined)
    return err(reject('code-unreadable', 'no row of code cells passes its check bits'));
  if (readings.some((r) => r.orientation !== first.orientation || !sameBallotCode(r.code, first.code))) {
    return err(reject('codes-differ', 'the rows of code cells at the two ends pass their checks but differ'));
  }
  const lost = first.end === 'top' ? 'bottom' : 'top';
  const fault: Fault | undefined =
    second === undefined
      ? { kind: 'one-code-unreadable', detail: `the code at the ${lost} of the image could not be read` }
      : undefined;
  return ok({ code: first.code, orientation: first.orientation, fault });
}

/** The cells of one end, left to right as the image lies; true is ink. */
export function readRow(page: GreyPage, frame: TimingFrame, map: PageMap, end: End): readonly boolean[] {
  const layout = pageFrame(frame.paper);
  const halfWidth = Math.max(1, Math.round(mmToPx(CELL_CORE_MM.width, page.dpi) / 2));
  const halfHeight = Math.max(1, Math.round(mmToPx(CELL_CORE_MM.height, page.dpi) / 2));
  const greys = new Float64Array(CODE_CELLS);
  for (let cell = 0; cell < CODE_CELLS; cell++) {
    const centre = codeCellCentre(layout, end, cell);
    map.locate(centre.xMm, centre.yMm);
    greys[cell] = meanGrey(page, Math.round(map.xPx), Math.round(map.yPx), halfWidth, halfHeight);
  }
  // Every code has cells of both kinds: its own brightest ones say what paper is here.
  const paper = Float64Array.from(greys).sort()[Math.floor(CODE_CELLS * 0.85)] ?? 255;
  const inkBelow = (paper + frame.inkLevel) / 2;
  return Array.from(greys, (grey) => grey < inkBelow);
}

/** Mean over a rectangle; outside of the image is taken for paper. */
function meanGrey(page: GreyPage, x: number, y: number, halfWidth: number, halfHeight: number): number {
  const { widthPx, heightPx, data } = page;
  const fromX = Math.max(0, x - halfWidth);
  const toX = Math.min(widthPx - 1, x + halfWidth);
  const fromY = Math.max(0, y - halfHeight);
  const toY = Math.min(heightPx - 1, y + halfHeight);
  let sum = 0;
  for (let row = fromY; row <= toY; row++) {
    for (let at = row * widthPx + fromX; at <= row * widthPx + toX; at++) sum += data[at] ?? 255;
  }
  const count = Math.max(0, toX - fromX + 1) * Math.max(0, toY - fromY + 1);
  return count === 0 ? 255 : sum / count;
}
