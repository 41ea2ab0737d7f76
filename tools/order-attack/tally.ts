/**
 * Holds guesses against the truth, election by election, and says in the end which of them beat chance. Ties in an
 * attacker's numbers are broken by the system's generator, so that every null is that of a random permutation.
 */
import { must } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import type { Attacker, Guess } from './guess.js';
import {
  chiSquareTail,
  holm,
  kendall,
  mannWhitney,
  normalTwoSided,
  poissonTail,
  type Deviation,
} from './statistics.js';
import type { Truth } from './truth.js';

/** A test over all elections: how often the attacker was better than chance, and how likely that is by chance. */
export interface Verdict {
  readonly attack: string;
  readonly attacker: Attacker;
  readonly variant: string;
  readonly statistic: string;
  readonly elections: number;
  /** In the statistic's own terms; 0 is chance. */
  readonly advantage: number;
  /** Half the width of the advantage's 95 % interval under chance. */
  readonly within: number;
  readonly p: number;
  readonly pCorrected: number;
}

/** Corrected for all statistics of a run, the line between chance and a leak. */
export const SIGNIFICANT = 0.001;

interface Deviations {
  elections: number;
  sum: number;
  squares: number;
  advantage: number;
}

interface Hits {
  elections: number;
  found: number;
  expected: number;
}

interface Row<T> {
  readonly attack: string;
  readonly attacker: Attacker;
  readonly variant: string;
  readonly statistic: string;
  readonly values: T;
}

export class Tally {
  readonly #deviations = new Map<string, Row<Deviations>>();
  readonly #hits = new Map<string, Row<Hits>>();

  constructor(private readonly random: RandomSource) {}

  judge(attack: string, attacker: Attacker, guesses: readonly Guess[], truth: Truth): void {
    for (const guess of guesses) {
      const of = { attack, attacker, variant: guess.variant };
      switch (guess.kind) {
        case 'order':
          this.#order(of, guess.ballots, guess.scores, new Map(truth.ids.map((id, at) => [id, at])));
          break;
        case 'slots':
          this.#slots(of, guess.scores, truth);
          break;
        case 'last': {
          const right = guess.ballot !== undefined && guess.ballot === truth.ids.at(-1);
          const expected = guess.ballot === undefined ? 0 : 1 / guess.of;
          if (guess.of > 1) this.#hit({ ...of, statistic: 'the last ballot' }, right ? 1 : 0, expected);
          break;
        }
        case 'pending-slot': {
          const right = guess.slot !== undefined && guess.slot === truth.pendingSlot;
          const expected = guess.slot === undefined ? 0 : 1 / guess.slotCount;
          this.#hit({ ...of, statistic: 'the slot being filled' }, right ? 1 : 0, expected);
          break;
        }
        case 'traces':
          this.#hit({ ...of, statistic: 'traces' }, guess.found, guess.expected);
          break;
      }
    }
  }

  #slots(of: Of, scores: readonly number[], truth: Truth): void {
    const filled = new Set(truth.slots);
    if (truth.pendingSlot !== undefined) filled.add(truth.pendingSlot);
    const marked = scores.map((_, slot) => filled.has(slot));
    if (filled.size > 0 && filled.size < scores.length) {
      const deviation = mannWhitney(this.#ranks(scores), marked);
      this.#deviate({ ...of, statistic: 'filled or free' }, deviation);
    }
    const positions = new Map(truth.slots.map((slot, at) => [String(slot), at]));
    const own = truth.slots.map((slot) => must(scores[slot], 'a score for each slot'));
    this.#order(of, truth.slots.map(String), own, positions);
  }

  #order(
    of: Of,
    ballots: readonly string[],
    scores: readonly number[],
    truth: ReadonlyMap<string, number>,
  ): void {
    const n = ballots.length;
    if (n < 2) return;
    const ranks = this.#ranks(scores);
    const positions = new Array<number>(n).fill(0);
    const rankAt = new Array<number>(n).fill(0);
    // An attacker may leave out ballots that he knows already: positions are counted among those of which he speaks.
    const inTrueOrder = ballots
      .map((ballot, i) => ({ i, at: must(truth.get(ballot), 'a ballot of this election') }))
      .sort((x, y) => x.at - y.at);
    for (const [position, { i }] of inTrueOrder.entries()) {
      const rank = must(ranks[i], 'a rank for each ballot');
      positions[rank] = position;
      rankAt[position] = rank;
    }
    this.#deviate({ ...of, statistic: 'which of two was first' }, kendall(positions));
    if (n >= 8) this.#deviate({ ...of, statistic: 'the next from the last' }, nextFromLast(rankAt));
    this.#hit({ ...of, statistic: 'neighbours' }, neighbours(positions), (2 * (n - 1)) / n);
    if (n >= 4) this.#hit({ ...of, statistic: 'first and last' }, ends(positions), 4 / n);
  }

  /** 0 for the smallest; equal scores in an order drawn by chance. */
  #ranks(scores: readonly number[]): readonly number[] {
    const coins = new Uint32Array(this.random.bytes(4 * scores.length).slice().buffer);
    const order = scores.map((_, i) => i);
    order.sort((x, y) => (scores[x] ?? 0) - (scores[y] ?? 0) || (coins[x] ?? 0) - (coins[y] ?? 0));
    const ranks = new Array<number>(scores.length).fill(0);
    for (const [rank, i] of order.entries()) ranks[i] = rank;
    return ranks;
  }

  #deviate(of: Of & { statistic: string }, { z, advantage }: Deviation): void {
    const { values } = rowOf(this.#deviations, of, () => ({
      elections: 0,
      sum: 0,
      squares: 0,
      advantage: 0,
    }));
    values.elections += 1;
    values.sum += z;
    values.squares += z * z;
    values.advantage += advantage;
  }

  #hit(of: Of & { statistic: string }, found: number, expected: number): void {
    const { values } = rowOf(this.#hits, of, () => ({ elections: 0, found: 0, expected: 0 }));
    values.elections += 1;
    values.found += found;
    values.expected += expected;
  }

  /** The smallest p first. */
  verdicts(): readonly Verdict[] {
    const plain: Omit<Verdict, 'pCorrected'>[] = [];
    for (const { values, ...of } of this.#deviations.values()) {
      const { elections, sum, squares } = values;
      const advantage = values.advantage / elections;
      // One standard deviation of the mean z, in the units of the advantage.
      const unit = sum === 0 ? 0 : Math.abs(values.advantage / sum);
      const within = (1.96 * unit) / Math.sqrt(elections);
      const oneWay = normalTwoSided(sum / Math.sqrt(elections));
      const eitherWay = chiSquareTail(squares, elections);
      plain.push({ ...of, elections, advantage, within, p: Math.min(1, 2 * Math.min(oneWay, eitherWay)) });
    }
    for (const { values, ...of } of this.#hits.values()) {
      const { elections, found, expected } = values;
      const advantage = (found - expected) / elections;
      const within = (1.96 * Math.sqrt(expected)) / elections;
      plain.push({ ...of, elections, advantage, within, p: poissonTail(found, expected) });
    }
    const corrected = holm(plain.map(({ p }) => p));
    return plain
      .map((one, i) => ({ ...one, pCorrected: must(corrected[i], 'one for each') }))
      .sort((x, y) => x.p - y.p);
  }
}

interface Of {
  readonly attack: string;
  readonly attacker: Attacker;
  readonly variant: string;
}

function rowOf<T>(rows: Map<string, Row<T>>, of: Of & { statistic: string }, fresh: () => T): Row<T> {
  const key = `${of.attack}/${of.variant}/${of.statistic}`;
  const found = rows.get(key) ?? { ...of, values: fresh() };
  rows.set(key, found);
  return found;
}

/** Ballots that the attacker puts side by side and that really were. */
function neighbours(positions: readonly number[]): number {
  let found = 0;
  for (let i = 1; i < positions.length; i++) {
    if (Math.abs((positions[i] ?? 0) - (positions[i - 1] ?? 0)) === 1) found += 1;
  }
  return found;
}

/** How many of the two ballots that the attacker puts at the ends really stood at one. */
function ends(positions: readonly number[]): number {
  const last = positions.length - 1;
  return [positions[0], positions[last]].filter((at) => at === 0 || at === last).length;
}

/** Whether a ballot's number tells something about that of the next one: tau of disjoint pairs in the true order. */
function nextFromLast(rankAt: readonly number[]): Deviation {
  const pairs: { before: number; after: number }[] = [];
  for (let i = 0; i + 1 < rankAt.length; i += 2) {
    pairs.push({ before: rankAt[i] ?? 0, after: rankAt[i + 1] ?? 0 });
  }
  return kendall(pairs.sort((x, y) => x.before - y.before).map(({ after }) => after));
}
