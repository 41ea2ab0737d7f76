/**
 * A sheet's result as it crosses from the reader's thread to its owner, and a side's from one thread of the reader to
 * the other: the ovals as one table of numbers, which is handed over as it is, and a small header. Copying some hundred
 * objects would take longer than reading their ovals.
 */
import { assert, err, must, ok, type Result } from '../ground/result.js';
import { sideOfCode, type ReadingContext } from './context.js';
import type { ReadSide } from './read-side.js';
import type {
  InkScore,
  OvalReading,
  OvalScore,
  Reject,
  SheetResult,
  SideReading,
  Verdict,
} from './reading.js';
import type { TimingFrame } from './timing-marks.js';

type Rejected = Extract<SheetResult, { kind: 'rejected' }>;
type Read = Extract<SheetResult, { kind: 'read' }>;
type PackedSide = Omit<SideReading, 'ovals'>;

export type PackedSheet =
  | Rejected
  | (Omit<Read, 'front' | 'back'> & {
      readonly front: PackedSide;
      readonly back: PackedSide;
      /** One row for each oval in the order of the layout, the front's first; columns as in `putOval`. */
      readonly ovals: Float64Array<ArrayBuffer>;
    });

export type PackedReadSide =
  | { readonly kind: 'rejected'; readonly reject: Reject }
  | {
      readonly kind: 'read';
      readonly side: PackedSide;
      readonly frame: TimingFrame;
      /** As of a sheet. */
      readonly ovals: Float64Array<ArrayBuffer>;
    };

const COLUMNS = 20;
const verdicts: readonly Verdict[] = ['blank', 'ambiguous', 'marked'];
/** In the first column of what is not there. */
const ABSENT = Number.NaN;

export function packSheet(result: SheetResult): PackedSheet {
  if (result.kind === 'rejected') return result;
  const { front, back } = result;
  const ovals = tableOf([front, back]);
  return { ...result, front: withoutOvals(front), back: withoutOvals(back), ovals };
}

export function packSide(result: Result<ReadSide, Reject>): PackedReadSide {
  if (!result.ok) return { kind: 'rejected', reject: result.error };
  const { reading, frame } = result.value;
  return { kind: 'read', side: withoutOvals(reading), frame, ovals: tableOf([reading]) };
}

function tableOf(sides: readonly SideReading[]): Float64Array<ArrayBuffer> {
  const rows = sides.reduce((sum, { ovals }) => sum + ovals.length, 0);
  const table = new Float64Array(rows * COLUMNS);
  let at = 0;
  for (const { ovals } of sides) {
    for (const oval of ovals) {
      putOval(table, at, oval);
      at += COLUMNS;
    }
  }
  return table;
}

/** @param context the one that the sheet was read with, or its equal: it names the ovals */
export function unpackSheet(packed: PackedSheet, context: ReadingContext): SheetResult {
  if (packed.kind === 'rejected') return packed;
  const { ovals, ...sheet } = packed;
  const front = ovalsOf(packed.front, ovals, 0, context);
  const back = ovalsOf(packed.back, ovals, front.length, context);
  assert(ovals.length === (front.length + back.length) * COLUMNS, 'a row for each oval of the sheet');
  return { ...sheet, front: withOvals(packed.front, front), back: withOvals(packed.back, back) };
}

export function unpackSide(packed: PackedReadSide, context: ReadingContext): Result<ReadSide, Reject> {
  if (packed.kind === 'rejected') return err(packed.reject);
  const { side, frame, ovals } = packed;
  const read = ovalsOf(side, ovals, 0, context);
  assert(ovals.length === read.length * COLUMNS, 'a row for each oval of the side');
  return ok({ reading: withOvals(side, read), frame });
}

function withoutOvals(side: SideReading): PackedSide {
  const { code, orientation, skewDegrees, scaleAlong, scaleAcross, writeIns, faults } = side;
  return { code, orientation, skewDegrees, scaleAlong, scaleAcross, writeIns, faults };
}

function withOvals(side: PackedSide, ovals: readonly OvalReading[]): SideReading {
  const { code, orientation, skewDegrees, scaleAlong, scaleAcross, writeIns, faults } = side;
  return { code, orientation, skewDegrees, scaleAlong, scaleAcross, ovals, writeIns, faults };
}

function ovalsOf(
  { code }: PackedSide,
  table: Float64Array,
  firstRow: number,
  context: ReadingContext,
): readonly OvalReading[] {
  const { side } = must(sideOfCode(context, code), 'the side that was read');
  return side.ovals.map(({ contestId, optionId }, i) => {
    const at = (firstRow + i) * COLUMNS;
    const verdict = must(verdicts[number(table, at)], 'a verdict');
    const score = scoreAt(table, at);
    const centre = { xPx: number(table, at + 18), yPx: number(table, at + 19) };
    return { contestId, optionId, verdict, score, centre };
  });
}

function putOval(into: Float64Array, at: number, { verdict, score, centre }: OvalReading): void {
  into[at] = verdicts.indexOf(verdict);
  putInk(into, at + 1, score);
  into[at + 6] = score.outline;
  into[at + 7] = score.offsetXPx;
  into[at + 8] = score.offsetYPx;
  into[at + 9] = score.rim;
  into[at + 10] = score.halo;
  into[at + 11] = score.line;
  if (score.withoutLine === undefined) into[at + 12] = ABSENT;
  else putInk(into, at + 12, score.withoutLine);
  into[at + 17] = score.fromBehind ?? ABSENT;
  into[at + 18] = centre.xPx;
  into[at + 19] = centre.yPx;
}

function putInk(into: Float64Array, at: number, ink: InkScore): void {
  into[at] = ink.light;
  into[at + 1] = ink.dark;
  into[at + 2] = ink.darkness;
  into[at + 3] = ink.density;
  into[at + 4] = ink.spanMm;
}

function scoreAt(table: Float64Array, at: number): OvalScore {
  const score = {
    light: number(table, at + 1),
    dark: number(table, at + 2),
    darkness: number(table, at + 3),
    density: number(table, at + 4),
    spanMm: number(table, at + 5),
    outline: number(table, at + 6),
    offsetXPx: number(table, at + 7),
    offsetYPx: number(table, at + 8),
    rim: number(table, at + 9),
    halo: number(table, at + 10),
    line: number(table, at + 11),
  };
  const withoutLine = Number.isNaN(table[at + 12]) ? undefined : inkAt(table, at + 12);
  const fromBehind = Number.isNaN(table[at + 17]) ? undefined : number(table, at + 17);
  if (withoutLine === undefined && fromBehind === undefined) return score;
  return {
    ...score,
    ...(withoutLine === undefined ? {} : { withoutLine }),
    ...(fromBehind === undefined ? {} : { fromBehind }),
  };
}

function inkAt(table: Float64Array, at: number): InkScore {
  return {
    light: number(table, at),
    dark: number(table, at + 1),
    darkness: number(table, at + 2),
    density: number(table, at + 3),
    spanMm: number(table, at + 4),
  };
}

function number(table: Float64Array, at: number): number {
  return table[at] ?? ABSENT;
}
