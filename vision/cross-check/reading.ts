/** What the second opinion says about a side: the same questions as the reader's, answered in fewer words. */
import type { BallotCode } from '../../election-def/ballot-code.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import type { Orientation } from '../reading.js';

/** What it must know of the election. */
export interface ElectionLayouts {
  readonly layouts: readonly BallotLayout[];
  readonly electionHash20: number;
}

/** `unsure` has no say: it neither confirms nor contradicts. */
export type SecondVerdict = 'blank' | 'marked' | 'unsure';

export interface SecondOval {
  readonly contestId: string;
  readonly optionId: string;
  readonly verdict: SecondVerdict;
  /** Share of the oval's inside that is clearly darker than the paper around it. */
  readonly darkShare: number;
  /** Mean darkness of the inside against that paper: 0 paper, 1 ink. */
  readonly meanDarkness: number;
  /** Share of the paper around it that is clearly darker than the rest. */
  readonly aroundShare: number;
}

export type SecondReading =
  | {
      readonly kind: 'read';
      readonly code: BallotCode;
      readonly orientation: Orientation;
      readonly ovals: readonly SecondOval[];
    }
  /** In words, for a technician. */
  | { readonly kind: 'rejected'; readonly reason: string };
