/**
 * A ballot as laid out: the one truth for printing and for reading. `layout.ts` makes it from a ballot style,
 * `ballot-pdf.ts` draws it, `vision` looks where it says, and the package carries it, signed, so that a machine
 * never has to lay out anything.
 *
 * Millimetres from the top left corner of the page as printed.
 */
import type { PointMm, RectMm } from '../ground/units.js';
import type { Language, PaperSize } from './definition.js';

export const LAYOUT_FORMAT = 'tallystick-layout/1';

/** All sheets that one voter of one precinct gets. */
export interface BallotLayout {
  readonly styleId: string;
  readonly styleNumber: number;
  readonly precinctId: string;
  readonly precinctNumber: number;
  readonly ballotId: string;
  readonly paper: PaperSize;
  readonly languages: readonly Language[];
  readonly sheets: readonly SheetLayout[];
}

export interface SheetLayout {
  /** 1 for the first. */
  readonly sheet: number;
  readonly front: SideLayout;
  readonly back: SideLayout;
}

export interface SideLayout {
  readonly side: 'front' | 'back';
  readonly contests: readonly ContestPlace[];
  readonly ovals: readonly OvalPlace[];
  readonly writeInBoxes: readonly WriteInPlace[];
  /** Everything printed on this side but the frame (timing marks, code) and the ovals. */
  readonly drawing: readonly DrawItem[];
}

export interface ContestPlace extends RectMm {
  readonly contestId: string;
}

/** `xMm`, `yMm` are the oval's centre; its size is `OVAL` in `page-frame.ts`. */
export interface OvalPlace extends PointMm {
  readonly contestId: string;
  /** An option's id of the contest, or `write-in-1`, `write-in-2` … */
  readonly optionId: string;
}

/** Where a voter writes a name, beside the write-in's oval: nothing is printed inside; its outline runs around it. */
export interface WriteInPlace extends RectMm {
  readonly contestId: string;
  readonly optionId: string;
}

export type FontName = 'regular' | 'bold';

/** Greys are 0 for black to 1 for white. */
export type DrawItem =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Left end of the baseline. */
      readonly xMm: number;
      readonly baselineMm: number;
      readonly font: FontName;
      readonly sizePt: number;
      readonly grey: number;
    }
  | {
      readonly kind: 'line';
      readonly fromXMm: number;
      readonly fromYMm: number;
      readonly toXMm: number;
      readonly toYMm: number;
      readonly strokeMm: number;
      readonly grey: number;
    }
  /** `strokeMm` 0: no outline. The outline is black and centred on the rectangle's edge. */
  | ({ readonly kind: 'rect'; readonly strokeMm: number; readonly fillGrey?: number } & RectMm)
  /** The filled oval that the instructions show; never a voting position. `xMm`, `yMm` are its centre. */
  | ({ readonly kind: 'example-oval' } & PointMm);

/** Id of the n-th write-in line (1, 2 …) of a contest. */
export function writeInOptionId(n: number): string {
  return `write-in-${n}`;
}

export function isWriteInOptionId(optionId: string): boolean {
  return /^write-in-[0-9]+$/.test(optionId);
}
