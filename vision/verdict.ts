/**
 * Blank, ambiguous or marked: the only place where thresholds are applied. The rule, in words:
 *
 *   marked     enough of the inside is darker than paper, it reaches far enough to be a stroke and not a dot, there is
 *              enough ink in it altogether, and it is either dark somewhere or, where faint, as dense as pencil and not
 *              as thin as a smudge; and it stands out from the ring around it, where there may be dirt or noise as well;
 *   blank      next to nothing of the inside is darker than paper, the ring around it is clean, and the printed
 *              outline is where it should be and not darker than it was printed;
 *   ambiguous  everything between: shown to the voter, never counted and never dropped silently.
 *
 * A thin line that runs on beyond the oval on both sides (a fold) is taken away first. Where taking it away would
 * change the verdict of something dark, or of more ink than a fold has, the oval is ambiguous. So is a faint mark behind which, on the other side of
 * the sheet, lies clearly darker ink: it may have come through the paper; and a faint mark that lies in a stain.
 */
import type { MarkThresholds } from '../election-def/mark-thresholds.js';
import { LEAST_COVERED } from './fold-lines.js';
import type { InkScore, OvalScore, Verdict } from './reading.js';

/** From here on what is inside counts as a line that continues outside. */
export const LINE_FROM = 0.6;
/** Ink of less than this density is no stroke of a pen or a pencil: if it continues, that much of the way is enough. */
export const PALE_LINE = { densityBelow: 0.2, from: LEAST_COVERED } as const;
/** A fold covers less of the inside than this: from here on it is a long stroke, however pale. */
export const STROKE_FROM = 0.34;
/** A mark whose ink is less dense than this is compared with the other side of the sheet. */
export const FAINT_BELOW = 0.7;
/** From here on the ink may have come from the other side: print behind a pencil mark covers much less of it. */
export const FROM_BEHIND = 0.8;

/** Ink of less than this density with at least so much ink around the oval may be coffee: pencil is denser. */
export const STAIN = { densityBelow: 0.34, haloFrom: 0.15 } as const;
/** Ink of less than this density must stand out from the ring by so many times: pencil does, the rim of a blot not. */
export const PALE = { densityBelow: 0.45, timesRing: 2.5 } as const;

export function verdictOf(score: OvalScore, thresholds: MarkThresholds): Verdict {
  const seen = verdictOfThisSide(score, thresholds);
  const through = (score.fromBehind ?? 0) >= FROM_BEHIND;
  const stained = score.density < STAIN.densityBelow && score.halo >= STAIN.haloFrom;
  return seen === 'marked' && (through || stained) ? 'ambiguous' : seen;
}

function verdictOfThisSide(score: OvalScore, thresholds: MarkThresholds): Verdict {
  const whole = judgeInk(score, thresholds);
  const rest = score.line >= lineWanted(score) ? score.withoutLine : undefined;
  const inside =
    rest === undefined ? whole : withLineTaken(score, whole, judgeInk(rest, thresholds), thresholds);
  if (inside === 'ambiguous') return inside;
  if (inside === 'marked') {
    return timesRing(score) >= timesRingWanted(score, thresholds) ? inside : 'ambiguous';
  }
  const circled = score.halo >= thresholds.haloAmbiguousFrom;
  const retraced = score.rim >= thresholds.rimAmbiguousFrom;
  const covered = score.outline < thresholds.outlineLeast;
  return circled || retraced || covered ? 'ambiguous' : 'blank';
}

export function lineWanted({ density }: OvalScore): number {
  return density < PALE_LINE.densityBelow ? PALE_LINE.from : LINE_FROM;
}

/** Stands for a ring without any ink, and for so many times its ink or more. */
export const CLEAN_RING = 99;

/** How many times the darkened share of the ring is darkened inside, up to `CLEAN_RING`. */
export function timesRing(score: OvalScore): number {
  return score.light >= CLEAN_RING * score.halo ? CLEAN_RING : score.light / score.halo;
}

export function timesRingWanted(score: OvalScore, thresholds: MarkThresholds): number {
  const pale = score.density < PALE.densityBelow;
  return pale ? Math.max(PALE.timesRing, thresholds.timesRing) : thresholds.timesRing;
}

function withLineTaken(score: OvalScore, whole: Verdict, rest: Verdict, thresholds: MarkThresholds): Verdict {
  const fold = score.dark < thresholds.dark.markedFrom && score.light < STROKE_FROM;
  return whole === rest || fold ? rest : 'ambiguous';
}

function judgeInk(ink: InkScore, t: MarkThresholds): Verdict {
  const stroke = ink.light >= t.light.markedFrom && ink.spanMm >= t.spanMm.markedFrom;
  const enough = ink.darkness >= t.darkness.markedFrom;
  const denserThanSmudge = ink.dark >= t.dark.markedFrom || ink.density >= t.densityFrom;
  if (stroke && enough && denserThanSmudge) return 'marked';
  const clean = ink.light < t.light.blankBelow && ink.darkness < t.darkness.blankBelow;
  return clean ? 'blank' : 'ambiguous';
}

/** Whether a write-in box holds more ink than an empty one. */
export function isWritten(ink: number, thresholds: MarkThresholds): boolean {
  return ink >= thresholds.writeInInkFrom;
}
