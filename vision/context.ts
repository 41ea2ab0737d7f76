/**
 * What the reader must know of an election: for every side of every sheet of every style and precinct where its ovals
 * and write-in boxes are. Made once when the election is loaded, then only looked up.
 */
import { assert } from '../ground/result.js';
import type { BallotCode } from '../election-def/ballot-code.js';
import type { BallotLayout, SideLayout } from '../election-def/layout-types.js';
import type { MarkThresholds } from '../election-def/mark-thresholds.js';
import type { Kernels } from './kernels/kernels.js';
import { plainKernels } from './kernels/plain.js';
import { candidateScratch, type MarkCandidates } from './mark-candidates.js';

export interface SideContext {
  readonly layout: BallotLayout;
  readonly side: SideLayout;
  /** Centres of the ovals, in the order of `side.ovals`. */
  readonly ovalXMm: Float64Array;
  readonly ovalYMm: Float64Array;
}

export interface ReadingContext {
  readonly layouts: readonly BallotLayout[];
  readonly electionHash20: number;
  readonly thresholds: MarkThresholds;
  readonly sides: ReadonlyMap<string, SideContext>;
  /** Working memory, so that a page costs no large allocation. A context reads one page at a time. */
  readonly candidates: MarkCandidates;
  /** Who does the inner loops; the results are the same. */
  readonly kernels: Kernels;
}

export function readingContext(
  layouts: readonly BallotLayout[],
  hash20: number,
  thresholds: MarkThresholds,
  kernels: Kernels = plainKernels,
): ReadingContext {
  const sides = new Map<string, SideContext>();
  for (const layout of layouts) {
    for (const sheet of layout.sheets) {
      for (const side of [sheet.front, sheet.back]) {
        const key = sideKey(layout.styleNumber, layout.precinctNumber, sheet.sheet, side.side);
        assert(!sides.has(key), `two layouts of style ${layout.styleId} in precinct ${layout.precinctId}`);
        sides.set(key, {
          layout,
          side,
          ovalXMm: Float64Array.from(side.ovals, (oval) => oval.xMm),
          ovalYMm: Float64Array.from(side.ovals, (oval) => oval.yMm),
        });
      }
    }
  }
  return { layouts, electionHash20: hash20, thresholds, sides, candidates: candidateScratch(), kernels };
}

/** The side that a code names, or nothing when the election has no such ballot. */
export function sideOfCode(context: ReadingContext, code: BallotCode): SideContext | undefined {
  return context.sides.get(sideKey(code.styleNumber, code.precinctNumber, code.sheet, code.side));
}

function sideKey(style: number, precinct: number, sheet: number, side: 'front' | 'back'): string {
  return `${style}/${precinct}/${sheet}/${side}`;
}
