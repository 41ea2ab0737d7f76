/** What one thread does at a time, and what it says of it. Each job is made from its seed alone. */
import type { InnocentKind, StreakResult } from './innocent.js';
import type { MarkSweep } from './mark-sweeps.js';
import type { PagesResult, VoterGroup } from './pages.js';
import type { LineCounts } from './pencil-lines.js';
import type { PositionsResult } from './positions.js';
import type { SeenVerdicts } from './same-sheet.js';
import type { SideResiduals } from './scanned-strip.js';
import type { SecondOpinionResult } from './second-opinion.js';
import type { PairResult, SweepResult } from './sweeps.js';
import type { Tally } from './tally.js';

export type Job =
  | { readonly kind: 'pages'; readonly group: VoterGroup; readonly seed: string; readonly sheets: number }
  | { readonly kind: 'positions'; readonly seed: string; readonly strips: number }
  | { readonly kind: 'pencil-lines'; readonly seed: string; readonly strips: number }
  | { readonly kind: 'innocent'; readonly what: InnocentKind; readonly seed: string; readonly strips: number }
  | { readonly kind: 'streaks'; readonly seed: string; readonly sides: number }
  | {
      readonly kind: 'same-sheet';
      readonly sheetSeed: string;
      readonly scanSeed: string;
      readonly scans: number;
    }
  | { readonly kind: 'second-opinion'; readonly seed: string; readonly sheets: number }
  | { readonly kind: 'sweep'; readonly factor: number; readonly seed: string; readonly sheets: number }
  | { readonly kind: 'pair'; readonly pair: number; readonly seed: string }
  | { readonly kind: 'mark-sweep'; readonly what: 'density' | 'coverage'; readonly seed: string };

export type Done =
  | { readonly kind: 'pages'; readonly result: PagesResult }
  | { readonly kind: 'positions'; readonly result: PositionsResult }
  | { readonly kind: 'pencil-lines'; readonly result: LineCounts }
  | { readonly kind: 'innocent'; readonly what: InnocentKind; readonly result: Tally }
  | { readonly kind: 'streaks'; readonly result: StreakResult }
  | { readonly kind: 'same-sheet'; readonly result: SeenVerdicts }
  | { readonly kind: 'second-opinion'; readonly result: SecondOpinionResult }
  | { readonly kind: 'sweep'; readonly result: SweepResult }
  | { readonly kind: 'pair'; readonly result: readonly PairResult[] }
  | { readonly kind: 'mark-sweep'; readonly result: MarkSweep };

export type ToThread =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'residuals'; readonly residuals: readonly SideResiduals[] };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly done: Done }
  | { readonly kind: 'failed'; readonly why: string };
