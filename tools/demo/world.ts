/**
 * What somebody who looks at a demo's day from outside has before them when it is over: the cabinet with its bins,
 * cards, paper and export, the office's own papers and key, and the script's knowledge of every sheet.
 */
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import type { Authority } from '../../firmware/trust/authority.js';
import type { Bench } from '../bench/bench.js';
import type { TrueSheet } from './truth.js';

/** A sheet as it was fed, by identity, and what the script knows of it. */
export interface FedSheet {
  readonly sheet: Sheet;
  readonly truth: TrueSheet;
}

/** One piece of tape that must lie there. */
export interface ExpectedPiece {
  readonly type: 'zero' | 'results';
  /** 1 for the first. */
  readonly copy: number;
  /** False for a piece that was torn off where paper or power ran out. */
  readonly whole: boolean;
}

export interface World {
  /** Its power is off. */
  readonly bench: Bench;
  readonly definitionBytes: Uint8Array;
  readonly packageFolder: string;
  readonly authority: Authority;
  /** Of all security keys: they may stand nowhere. */
  readonly passcodes: readonly string[];
  /** At least every sheet that was counted, in the order in which they were fed. */
  readonly fed: readonly FedSheet[];
  readonly protectiveAtStart: number;
  /** How often a sheet was given back. */
  readonly returned: number;
  /** Every piece of paper from the tape printer, oldest first. */
  readonly pieces: readonly ExpectedPiece[];
  /** What the inspectors entered at closing; nothing where they were not asked. */
  readonly countedByHand: {
    readonly unscannedEmergencyBallots?: number;
    readonly abandonedBallots?: number;
    readonly writeInBallots?: number;
  };
}
