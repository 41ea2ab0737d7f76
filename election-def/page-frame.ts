/**
 * The frame that every ballot page carries and every reader looks for: timing marks along the four edges and the
 * ballot code inside the top and the bottom edge. All positions in millimetres from the top left corner of the page
 * as printed. Printing, marking and reading take the numbers from here and from nowhere else.
 *
 *   pitch 6.35 mm (a quarter of an inch); a mark is 4.7625 x 1.5875 mm, centred on its grid point;
 *   the four corners are marks of both their edges.
 *
 * Drawn in docs/formats/ballot-sheet.md.
 */
import type { PointMm, RectMm } from '../ground/units.js';
import type { PaperSize } from './definition.js';

export const SHEET_WIDTH_MM = 215.9;
export const PAPER_HEIGHT_MM: Readonly<Record<PaperSize, number>> = {
  letter: 279.4,
  legal: 355.6,
  '17-inch': 431.8,
  '19-inch': 482.6,
  '22-inch': 558.8,
};

export const TIMING_PITCH_MM = 6.35;
export const TIMING_MARK = { widthMm: 4.7625, heightMm: 1.5875 } as const;
/** Distance of the outer marks' centres from the edges of the paper. */
export const FRAME_INSET_MM = 9.525;

/** Ovals are the same everywhere: at least 3 mm in every direction (VVSG 2.0 7.2-J). */
export const OVAL = { widthMm: 5.08, heightMm: 3.302, strokeMm: 0.25 } as const;

/** The code: cells of ink or paper at this pitch, in one row inside the top and one inside the bottom edge. */
export const CODE_CELL = { pitchMm: 2.54, widthMm: 1.6, heightMm: 2.2 } as const;
/** Centre of the first cell (the row is centred on the page), and the distance of the rows' centre lines from the frame's top and bottom marks. */
export const CODE_FIRST_CELL_X_MM = 20.32;
export const CODE_ROW_OFFSET_MM = 4.445;
/** Start pattern, 64 bits, stop pattern: start and stop differ from each other's mirror image. */
export const CODE_CELLS = 70;

export interface PageFrame {
  readonly paper: PaperSize;
  readonly widthMm: number;
  readonly heightMm: number;
  /** Marks along the top and the bottom edge, corners included: 32 on every paper. */
  readonly columns: number;
  /** Marks along the left and the right edge, corners included: 42 on letter. */
  readonly rows: number;
  /** Where contests may be printed. */
  readonly content: RectMm;
}

export function pageFrame(paper: PaperSize): PageFrame {
  const heightMm = PAPER_HEIGHT_MM[paper];
  return {
    paper,
    widthMm: SHEET_WIDTH_MM,
    heightMm,
    columns: Math.round((SHEET_WIDTH_MM - 2 * FRAME_INSET_MM) / TIMING_PITCH_MM) + 1,
    rows: Math.round((heightMm - 2 * FRAME_INSET_MM) / TIMING_PITCH_MM) + 1,
    content: { xMm: 14.3, yMm: 18, widthMm: SHEET_WIDTH_MM - 2 * 14.3, heightMm: heightMm - 2 * 18 },
  };
}

/** Centre of the timing mark in a column (0 at the left) and a row (0 at the top). */
export function timingMarkCentre(column: number, row: number): PointMm {
  return { xMm: FRAME_INSET_MM + column * TIMING_PITCH_MM, yMm: FRAME_INSET_MM + row * TIMING_PITCH_MM };
}

/** Every timing mark of the page once: centres, in no particular order. */
export function timingMarks(frame: PageFrame): readonly PointMm[] {
  const marks: PointMm[] = [];
  for (let column = 0; column < frame.columns; column++) {
    marks.push(timingMarkCentre(column, 0), timingMarkCentre(column, frame.rows - 1));
  }
  for (let row = 1; row < frame.rows - 1; row++) {
    marks.push(timingMarkCentre(0, row), timingMarkCentre(frame.columns - 1, row));
  }
  return marks;
}

/** Centre of a code cell. Both rows carry the same cells in the same left-to-right order. */
export function codeCellCentre(frame: PageFrame, end: 'top' | 'bottom', cell: number): PointMm {
  const fromEdgeMm = FRAME_INSET_MM + CODE_ROW_OFFSET_MM;
  return {
    xMm: CODE_FIRST_CELL_X_MM + cell * CODE_CELL.pitchMm,
    yMm: end === 'top' ? fromEdgeMm : frame.heightMm - fromEdgeMm,
  };
}
