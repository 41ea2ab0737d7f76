/**
 * A planted leak: one thing done as other machines have done it, or as it could slip in. Each must be found by the
 * attacks; one that is not makes the run red. `share` says in how much of the ballots the leak is at work, so that the
 * smallest one that is still found can be stated.
 */
import type { RandomSource } from '../../drivers/ports.js';
import type { BoxHeader, BoxKeys } from '../../firmware/ballot-box/format.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import type { Moment } from './moments.js';
import type { Truth } from './truth.js';

export interface Plant {
  readonly name: string;
  /** When it shows, where it does so at one moment alone. */
  readonly moment?: Moment;
  /** The generator that ids (16 bytes), slots (4) and nonces (12) come from. */
  readonly random?: (honest: RandomSource, seed: string) => RandomSource;
  /** The `at`-th of `of` ballots. */
  readonly record?: (record: CastVoteRecord, at: number, of: number) => CastVoteRecord;
  readonly image?: (jpeg: Uint8Array, at: number, of: number) => Uint8Array;
  /** Changes the image of a card and returns it. */
  readonly card?: (image: Uint8Array, header: BoxHeader, keys: BoxKeys, truth: Truth) => Uint8Array;
  readonly logText?: (text: string, ids: readonly string[]) => string;
  /** Changes the export's folder, which lies on a real file system. */
  readonly exported?: (folder: string, ids: readonly string[]) => void;
}

export const HONEST: Plant = { name: 'none' };
