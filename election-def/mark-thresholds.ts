/**
 * What counts as a mark: thresholds for the features of the score vector (docs/formats/interpretation.md), set by the
 * election and applied in `vision/verdict.ts` alone. Of a pair, below the first the feature speaks for blank, from
 * the second on for marked, between them for ambiguous. VVSG 2.0 1.1.6-G asks that they can be printed and published.
 *
 * Blank takes `light` and `darkness` together; `dark` and `spanMm` speak for marked only (a fleck is dark, and small).
 * The later seven have defaults, so that a definition need not name them.
 */
import { z } from 'zod';

const share = z.number().min(0).max(1);
const pairUpTo = (most: number) => {
  const value = z.number().min(0).max(most);
  return z
    .strictObject({ blankBelow: value, markedFrom: value })
    .refine((p) => p.blankBelow <= p.markedFrom, { error: 'blankBelow must not exceed markedFrom' });
};
const pair = pairUpTo(1);

export const markThresholdsSchema = z.strictObject({
  /** Share of the oval's inside that is darker than paper by 12 % of the ink range. */
  light: pair,
  /** Share darker by 35 %: what graphite or ink leaves and a smudge does not. */
  dark: pair,
  /** Mean normalised darkness of the inside: how much ink there is in all, which blur does not change. */
  darkness: pair,
  /** How far the ink reaches in its longest direction, in mm: tells a stroke from a hesitation dot. */
  spanMm: pairUpTo(5).default({ blankBelow: 0, markedFrom: 1.6 }),
  /** How dark the darkened part itself is (`density`) from which faint ink is pencil and not a smudge. */
  densityFrom: share.default(0.24),
  /** Share of the ring around the oval from which on a blank oval is ambiguous: it was circled, or missed. */
  haloAmbiguousFrom: share.default(0.1),
  /** A blank oval whose outline is darker by this than the printed line is ambiguous: somebody went over it. */
  rimAmbiguousFrom: share.default(0.07),
  /** A mark covers at least so many times the share of the inside that is covered of the ring; else it is dirt. */
  timesRing: z.number().min(0).max(10).default(1.3),
  /** A blank oval whose printed outline is found less well than this is ambiguous: something covers it. */
  outlineLeast: share.default(0.12),
  /** Share of a write-in box from which on it counts as written in. */
  writeInInkFrom: share.default(0.01),
});

export type MarkThresholds = z.infer<typeof markThresholdsSchema>;

/** Starting point, from the seeded degradation model; an election may set its own. */
export const defaultMarkThresholds: MarkThresholds = {
  light: { blankBelow: 0.05, markedFrom: 0.16 },
  dark: { blankBelow: 0.005, markedFrom: 0.02 },
  darkness: { blankBelow: 0.05, markedFrom: 0.09 },
  spanMm: { blankBelow: 0, markedFrom: 1.6 },
  densityFrom: 0.24,
  haloAmbiguousFrom: 0.1,
  rimAmbiguousFrom: 0.07,
  timesRing: 1.3,
  outlineLeast: 0.12,
  writeInInkFrom: 0.01,
};
