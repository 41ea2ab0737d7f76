/**
 * The cast vote record of one sheet: every position as the reader saw it, and what the contest rules made of it.
 * Its id is 128 random bits; it holds no time, no sequence, nothing about a voter.
 */
import type { ContestOutcome } from '../../election-def/contest-rules.js';
import type { MarkThresholds } from '../../election-def/mark-thresholds.js';
import type { Bin } from '../../drivers/ports.js';
import type { OvalScore, Verdict } from '../../vision/reading.js';

export const RECORD_FORMAT = 'tallystick-record/1';

export interface CastVoteRecord {
  readonly format: typeof RECORD_FORMAT;
  /** 32 hexadecimal digits from the system's generator. */
  readonly id: string;
  readonly electionId: string;
  /** SHA-256 of the definition's exact bytes, hexadecimal. */
  readonly definitionSha256: string;
  readonly deviceSerial: string;
  readonly mode: ElectionMode;
  readonly simulated: boolean;
  readonly styleId: string;
  readonly precinctId: string;
  readonly sheet: number;
  /** Every contest of this sheet in ballot order. */
  readonly contests: readonly RecordedContest[];
  readonly bin: Bin;
  readonly thresholds: MarkThresholds;
}

export type ElectionMode = 'test' | 'official';

export interface RecordedContest {
  readonly contestId: string;
  /** Every position in ballot order, marked or not. */
  readonly positions: readonly RecordedPosition[];
  readonly outcome: ContestOutcome;
}

export interface RecordedPosition {
  readonly optionId: string;
  readonly verdict: Verdict;
  readonly score: OvalScore;
  /** For a write-in: share of the box that is ink, whether or not its oval is marked. */
  readonly writeInInk?: number;
}
