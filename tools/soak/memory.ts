/**
 * What the program keeps, measured after everything that it does not keep was collected, and whether it becomes more:
 * a least-squares line through the measurements, over the whole time and within the days. What a program leaks while
 * the polls are open it may lose again at the next start; only the second line sees that.
 */
import { assert, must } from '../../ground/result.js';

export interface Sample {
  readonly day: number;
  /** Simulated, since the first sheet. */
  readonly hours: number;
  /** Objects in use. */
  readonly heapBytes: number;
  /** Memory of the process that lies in the computer, without the cards and the storage that are simulated in it. */
  readonly residentBytes: number;
}

export interface Growth {
  /** Where the line begins and where it ends. */
  readonly firstBytes: number;
  readonly lastBytes: number;
  readonly percent: number;
  /** Of one day from its first sheet to its last, as the mean of all days. */
  readonly withinDayPercent: number;
}

type Of = (sample: Sample) => number;

export const heapOf: Of = ({ heapBytes }) => heapBytes;
export const residentOf: Of = ({ residentBytes }) => residentBytes;

/** @param mediaBytes what of the resident set is a simulated medium */
export function takeSample(day: number, hours: number, mediaBytes: number, collect: () => void): Sample {
  // What a first round lets go of by finalisers, a second one frees.
  collect();
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { day, hours, heapBytes: heapUsed, residentBytes: rss - mediaBytes };
}

export function growth(samples: readonly Sample[], of: Of): Growth {
  assert(samples.length >= 4, 'a line needs a few points');
  const mean = average(samples.map(of));
  const slope = slopeOf([samples], of);
  const middle = average(samples.map(({ hours }) => hours));
  const at = (hours: number): number => mean + slope * (hours - middle);
  const firstBytes = at(must(samples[0], 'a first sample').hours);
  const lastBytes = at(must(samples.at(-1), 'a last sample').hours);
  const days = [...new Set(samples.map(({ day }) => day))].map((day) =>
    samples.filter((sample) => sample.day === day),
  );
  const dayHours = Math.max(...days.map((day) => lengthOf(day)));
  return {
    firstBytes,
    lastBytes,
    percent: (100 * (lastBytes - firstBytes)) / firstBytes,
    withinDayPercent: (100 * slopeOf(days, of) * dayHours) / mean,
  };
}

/** Bytes an hour: one slope for all groups, each around its own mean. */
function slopeOf(groups: readonly (readonly Sample[])[], of: Of): number {
  let both = 0;
  let square = 0;
  for (const group of groups) {
    const x = average(group.map(({ hours }) => hours));
    const y = average(group.map(of));
    for (const sample of group) {
      both += (sample.hours - x) * (of(sample) - y);
      square += (sample.hours - x) ** 2;
    }
  }
  return square === 0 ? 0 : both / square;
}

function lengthOf(day: readonly Sample[]): number {
  return must(day.at(-1), 'a last sample').hours - must(day[0], 'a first sample').hours;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
