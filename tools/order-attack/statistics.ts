/**
 * The statistics of the order attack, each with its exact or asymptotic null: what they would be if what an attacker
 * sees had nothing to do with the order. Kendall's tau and its variance without ties (Kendall 1938), Mann and Whitney's
 * U (1947), regularised incomplete gamma function for chi-square, normal and Poisson tails (DLMF 8.7.1, 8.9.2), Holm's
 * correction (1979). Ties never occur: whoever calls breaks them by chance.
 */
import { assert } from '../../ground/result.js';

export interface Deviation {
  /** The statistic in standard deviations of its null. */
  readonly z: number;
  /** How much more often than by a coin the attacker is right, −0.5 to 0.5. */
  readonly advantage: number;
}

/**
 * `positions`: the true position of each ballot, in the order that the attacker guesses. The advantage is that in
 * telling which of two ballots was cast first.
 */
export function kendall(positions: readonly number[]): Deviation {
  const n = positions.length;
  assert(n >= 2, 'an order needs two ballots');
  const pairs = (n * (n - 1)) / 2;
  const tau = 1 - (2 * inversions(positions)) / pairs;
  return { z: tau / Math.sqrt((2 * (2 * n + 5)) / (9 * n * (n - 1))), advantage: tau / 2 };
}

/** Pairs that stand in the wrong order, by merging. */
export function inversions(values: readonly number[]): number {
  let from = Float64Array.from(values);
  let to = new Float64Array(values.length);
  let count = 0;
  for (let width = 1; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      count += mergeRuns(from, to, start, width);
    }
    [from, to] = [to, from];
  }
  return count;
}

function mergeRuns(from: Float64Array, to: Float64Array, start: number, width: number): number {
  const middle = Math.min(start + width, from.length);
  const end = Math.min(start + 2 * width, from.length);
  let [left, right, count] = [start, middle, 0];
  for (let at = start; at < end; at++) {
    const takeLeft = right >= end || (left < middle && (from[left] ?? 0) <= (from[right] ?? 0));
    if (!takeLeft) count += middle - left;
    to[at] = (takeLeft ? from[left++] : from[right++]) ?? 0;
  }
  return count;
}

/** How well scores part those that are marked from the others; `ranks` are 0, 1, 2 … without ties. */
export function mannWhitney(ranks: readonly number[], marked: readonly boolean[]): Deviation {
  let [rankSum, n] = [0, 0];
  for (const [i, rank] of ranks.entries()) {
    if (marked[i] !== true) continue;
    rankSum += rank;
    n += 1;
  }
  const m = ranks.length - n;
  assert(n > 0 && m > 0, 'there are some of both');
  const u = rankSum - (n * (n - 1)) / 2;
  const z = (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  return { z, advantage: u / (n * m) - 0.5 };
}

/** Probability of a deviation from the mean at least as large, in either direction. */
export function normalTwoSided(z: number): number {
  return gammaQ(0.5, (z * z) / 2);
}

/** Probability of at least this sum of squares. */
export function chiSquareTail(sumOfSquares: number, degrees: number): number {
  return gammaQ(degrees / 2, sumOfSquares / 2);
}

/** Probability of at least `count` where `mean` is expected. */
export function poissonTail(count: number, mean: number): number {
  if (count <= 0) return 1;
  return mean <= 0 ? 0 : 1 - gammaQ(count, mean) > 1e-12 ? 1 - gammaQ(count, mean) : gammaSeries(count, mean);
}

/** Q(a, x): the upper regularised incomplete gamma function. */
export function gammaQ(a: number, x: number): number {
  if (x <= 0) return 1;
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

const TERMS_MAX = 100_000;
const PRECISION = 1e-14;

/** P(a, x) by its series; converges fast where x < a + 1. */
function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < TERMS_MAX && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

/** Q(a, x) by its continued fraction (modified Lentz); converges fast where x > a + 1. */
function gammaFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let value = d;
  for (let i = 1; i < TERMS_MAX; i++) {
    const an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    value *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return value * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** Lanczos' approximation, g = 7. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let sum = 0.99999999999980993;
  for (const [i, coefficient] of LANCZOS.entries()) sum += coefficient / (x + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Each p corrected for all of them together, in their order. */
export function holm(ps: readonly number[]): readonly number[] {
  const order = ps.map((_, i) => i).sort((x, y) => (ps[x] ?? 1) - (ps[y] ?? 1));
  const corrected = ps.map(() => 1);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (ps[i] ?? 1) * (ps.length - rank)));
    corrected[i] = largest;
  }
  return corrected;
}
