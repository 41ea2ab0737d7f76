/**
 * What counts as a mark: two thresholds for each feature of the score vector (docs/formats/interpretation.md), set
 * by the election and applied in `vision/verdict.ts` alone. Below the first the feature speaks for blank, from the
 * second on for marked, between them for ambiguous. VVSG 2.0 1.1.6-G asks that they can be printed and published.
 */
import { z } from 'zod';

const share = z.number().min(0).max(1);
const pair = z
  .strictObject({ blankBelow: share, markedFrom: share })
  .refine((p) => p.blankBelow <= p.markedFrom, { error: 'blankBelow must not exceed markedFrom' });

export const markThresholdsSchema = z.strictObject({
  /** Share of the oval's inside that is darker than paper by 12 % of the ink range. */
  light: pair,
  /** Share darker by 35 %: what graphite or ink leaves and a smudge does not. */
  dark: pair,
  /** Mean normalised darkness of the inside. */
  darkness: pair,
});

export type MarkThresholds = z.infer<typeof markThresholdsSchema>;

/** Starting point, from the seeded degradation model; an election may set its own. */
export const defaultMarkThresholds: MarkThresholds = {
  light: { blankBelow: 0.05, markedFrom: 0.12 },
  dark: { blankBelow: 0.005, markedFrom: 0.005 },
  darkness: { blankBelow: 0.02, markedFrom: 0.112 },
};
