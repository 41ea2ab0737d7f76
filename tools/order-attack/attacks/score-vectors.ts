/**
 * The reader's measurements of each oval are kept in the record. A lamp that warms up, dust that settles or rollers
 * that wear could make them drift over the day: the mean of each measurement, over empty ovals and over all.
 */
import type { CastVoteRecord, RecordedPosition } from '../../../firmware/records/record.js';
import { orderGuesses, type Guess } from '../guess.js';

const MEASUREMENTS = [
  'light',
  'dark',
  'darkness',
  'density',
  'spanMm',
  'outline',
  'offsetXPx',
  'offsetYPx',
  'halo',
  'rim',
  'line',
] as const;

export function attackScoreVectors(records: readonly CastVoteRecord[]): readonly Guess[] {
  const ids = records.map(({ id }) => id);
  const positions = records.map((record) => record.contests.flatMap((contest) => contest.positions));
  const features: Record<string, readonly number[]> = {};
  for (const name of MEASUREMENTS) {
    const of = (some: readonly RecordedPosition[]): number => mean(some.map(({ score }) => score[name]));
    features[`${name} of empty ovals`] = positions.map((all) => of(all.filter((p) => p.verdict === 'blank')));
    features[`${name} of marked ovals`] = positions.map((all) =>
      of(all.filter((p) => p.verdict === 'marked')),
    );
  }
  features['ink in empty write-in boxes'] = positions.map((all) =>
    mean(all.flatMap((p) => (p.writeInInk === undefined || p.verdict === 'marked' ? [] : [p.writeInInk]))),
  );
  return orderGuesses(ids, features);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);
}
