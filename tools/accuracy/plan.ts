/**
 * What a run consists of. The ordinary run takes some minutes; the full one is asked for with POSITIONS=30000000 and
 * takes its other parts at the sizes that the requirements name.
 */
import { innocentKinds } from './innocent.js';
import type { Job } from './job.js';
import { POSITIONS_A_STRIP } from './lattice.js';
import type { VoterGroup } from './pages.js';
import { FACTORS, pairsOf } from './sweeps.js';

export const FULL_POSITIONS = 30_000_000;
export const ORDINARY_POSITIONS = 600_000;

interface Sizes {
  readonly sheets: Readonly<Record<VoterGroup, number>>;
  readonly pencilStrips: number;
  readonly innocentStrips: number;
  readonly streakSides: number;
  readonly scansOfOneSheet: number;
  readonly secondOpinionSheets: number;
  readonly sheetsASweep: number;
  readonly pairs: boolean;
}

const ORDINARY: Sizes = {
  sheets: { instructed: 60, 'odd marks': 30, 'every kind': 60 },
  pencilStrips: 10,
  innocentStrips: 10,
  streakSides: 20,
  scansOfOneSheet: 40,
  secondOpinionSheets: 15,
  sheetsASweep: 1,
  pairs: false,
};

/** 84 strips are 20,160 positions; five kinds of 84 strips and 400 streaks over 31 ovals are 113,200 targets. */
const FULL: Sizes = {
  sheets: { instructed: 2_500, 'odd marks': 1_000, 'every kind': 1_500 },
  pencilStrips: 84,
  innocentStrips: 84,
  streakSides: 400,
  scansOfOneSheet: 1_000,
  secondOpinionSheets: 1_000,
  sheetsASweep: 3,
  pairs: true,
};

const SHEETS_A_JOB = 10;
const STRIPS_A_JOB = 50;
const SCANS_A_JOB = 20;

export interface Plan {
  /** First these: strips need their errors of registration. */
  readonly pages: readonly Job[];
  readonly others: readonly Job[];
  readonly positions: readonly Job[];
}

export function planRun(positions: number, seed: string): Plan {
  const sizes = positions >= FULL_POSITIONS ? FULL : ORDINARY;
  const pages = Object.entries(sizes.sheets).flatMap(([group, sheets]) =>
    split(sheets, SHEETS_A_JOB).map((count, n): Job => {
      return { kind: 'pages', group: group as VoterGroup, seed: `${seed}/${group}/${n}`, sheets: count };
    }),
  );
  return {
    pages,
    others: [...sweeps(sizes, seed), ...others(sizes, seed)],
    positions: strips(positions, seed),
  };
}

function strips(positions: number, seed: string): Job[] {
  return split(Math.ceil(positions / POSITIONS_A_STRIP), STRIPS_A_JOB).map((count, n) => ({
    kind: 'positions',
    seed: `${seed}/positions/${n}`,
    strips: count,
  }));
}

function sweeps(sizes: Sizes, seed: string): Job[] {
  const single = FACTORS.map((_, factor): Job => {
    return { kind: 'sweep', factor, seed: `${seed}/sweep/${factor}`, sheets: sizes.sheetsASweep };
  });
  const pairs = sizes.pairs
    ? pairsOf(FACTORS).map((_, pair): Job => ({ kind: 'pair', pair, seed: `${seed}/pair/${pair}` }))
    : [];
  const marks = (['density', 'coverage'] as const).map((what): Job => {
    return { kind: 'mark-sweep', what, seed: `${seed}/${what}` };
  });
  return [...single, ...pairs, ...marks];
}

function others(sizes: Sizes, seed: string): Job[] {
  const lines = split(sizes.pencilStrips, STRIPS_A_JOB).map((count, n): Job => {
    return { kind: 'pencil-lines', seed: `${seed}/pencil/${n}`, strips: count };
  });
  const innocent = innocentKinds.flatMap((what) =>
    split(sizes.innocentStrips, STRIPS_A_JOB).map((count, n): Job => {
      return { kind: 'innocent', what, seed: `${seed}/${what}/${n}`, strips: count };
    }),
  );
  const streaks = split(sizes.streakSides, SCANS_A_JOB).map((sides, n): Job => {
    return { kind: 'streaks', seed: `${seed}/streaks/${n}`, sides };
  });
  const again = split(sizes.scansOfOneSheet, SCANS_A_JOB).map((scans, n): Job => {
    return { kind: 'same-sheet', sheetSeed: `${seed}/sheet`, scanSeed: `${seed}/sheet/${n}`, scans };
  });
  const twice = split(sizes.secondOpinionSheets, SHEETS_A_JOB).map((sheets, n): Job => {
    return { kind: 'second-opinion', seed: `${seed}/twice/${n}`, sheets };
  });
  return [...lines, ...innocent, ...streaks, ...again, ...twice];
}

/** A number in pieces of a size, the last one smaller. */
function split(total: number, piece: number): number[] {
  return Array.from({ length: Math.ceil(total / piece) }, (_, n) => Math.min(piece, total - n * piece));
}
