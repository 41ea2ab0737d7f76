/**
 * A ballot that is nothing but ovals: 20 columns and 31 rows a side on letter paper, as close to each other as layouts
 * allow, printed and rasterised like any other ballot. Whole, it puts an oval at every place of the page; cut into
 * strips of twelve rows it is paper for positions by the million.
 */
import { readFileSync } from 'node:fs';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';
import { layOutElection } from '../../election-def/layout.js';
import type { OvalPlace, SheetLayout, SideLayout } from '../../election-def/layout-types.js';
import { readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import { TIMING_PITCH_MM, timingMarkCentre, pageFrame } from '../../election-def/page-frame.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import type { Kernels } from '../../vision/kernels/kernels.js';
import { valueOf } from '../bench/office.js';
import { PrintedBallots } from '../bench/paper.js';
import { onPaper, type CleanSheet } from '../pen/paper.js';

const COLUMNS = 20;
const ROWS = 31;
const FIRST = { xMm: 17.8, yMm: 24 } as const;
/** Contest rows stand 7.4 mm apart at the least (`election-def/layout-contest.ts`). */
const PITCH = { xMm: 9.5, yMm: 7.5 } as const;

const STRIP_ROWS = 12;
const STRIP_FIRST_ROW = 9;
/** Paper above the first and below the last oval's centre: a fold is followed so far. */
const STRIP_MARGIN_MM = 10;

export const POSITIONS_A_STRIP = STRIP_ROWS * COLUMNS;
/** From one oval to its neighbours. */
export const SPACING_PX: PointPx = { xPx: mmToPx(PITCH.xMm, SCAN_DPI), yPx: mmToPx(PITCH.yMm, SCAN_DPI) };

export interface Lattice {
  readonly clean: CleanSheet;
  readonly sheet: SheetLayout;
  readonly context: ReadingContext;
  readonly strip: Strip;
}

export interface Strip {
  readonly clean: GreyPage;
  /** Centres of its ovals, in millimetres and pixels of the strip. */
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
  readonly centres: readonly PointPx[];
  /** Timing marks of the left and the right edge that are on the strip, in pixels. */
  readonly timingMarks: readonly PointPx[];
}

export async function printLattice(kernels: Kernels): Promise<Lattice> {
  const loaded = sample();
  const first = must(valueOf(layOutElection(loaded))[0], 'a ballot');
  const sheet = { sheet: 1, front: latticeSide('front'), back: latticeSide('back') };
  const layout = { ...first, sheets: [sheet] };
  const clean = await new PrintedBallots(loaded, [layout]).clean(layout.precinctId, 1);
  const { markThresholds } = loaded.definition.settings;
  const context = readingContext([layout], loaded.hash20, markThresholds, kernels);
  return { clean, sheet, context, strip: cutStrip(onPaper(clean).front) };
}

function sample(): LoadedDefinition {
  const file = new URL('../../../election-def/samples/boulder-co.json', import.meta.url);
  return valueOf(readDefinition(new Uint8Array(readFileSync(file)), 'boulder-co.json'));
}

function latticeSide(side: SideLayout['side']): SideLayout {
  const ovals = Array.from({ length: ROWS * COLUMNS }, (_, i): OvalPlace => {
    const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
    return {
      contestId: `${side}-row-${row + 1}`,
      optionId: `column-${column + 1}`,
      xMm: FIRST.xMm + column * PITCH.xMm,
      yMm: FIRST.yMm + row * PITCH.yMm,
    };
  });
  return { side, contests: [], ovals, writeInBoxes: [], drawing: [] };
}

function cutStrip(page: GreyPage): Strip {
  const px = (mm: number): number => mmToPx(mm, SCAN_DPI);
  const firstYMm = FIRST.yMm + STRIP_FIRST_ROW * PITCH.yMm;
  const from = Math.round(px(firstYMm - STRIP_MARGIN_MM));
  const to = Math.round(px(firstYMm + (STRIP_ROWS - 1) * PITCH.yMm + STRIP_MARGIN_MM));
  const data = page.data.slice(from * page.widthPx, to * page.widthPx);
  const centres = Array.from({ length: POSITIONS_A_STRIP }, (_, i): PointPx => ({
    xPx: px(FIRST.xMm + (i % COLUMNS) * PITCH.xMm),
    yPx: px(firstYMm + Math.floor(i / COLUMNS) * PITCH.yMm) - from,
  }));
  const { columns, rows } = pageFrame('letter');
  const timingMarks = Array.from({ length: rows }, (_, row) => [
    timingMarkCentre(0, row),
    timingMarkCentre(columns - 1, row),
  ])
    .flat()
    .map(({ xMm, yMm }) => ({ xPx: px(xMm), yPx: px(yMm) - from }))
    .filter(({ yPx }) => yPx > px(TIMING_PITCH_MM / 2) && yPx < to - from - px(TIMING_PITCH_MM / 2));
  return {
    clean: greyPage(page.widthPx, to - from, page.dpi, data),
    xMm: Float64Array.from(centres, ({ xPx }) => (xPx * 25.4) / SCAN_DPI),
    yMm: Float64Array.from(centres, ({ yPx }) => (yPx * 25.4) / SCAN_DPI),
    centres,
    timingMarks,
  };
}
