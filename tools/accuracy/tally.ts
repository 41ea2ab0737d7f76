/**
 * Counts of what was true and what the reader said, by the kind of mark: plain numbers, so that the counts of two
 * threads add up.
 */
import type { OvalScore, Verdict } from '../../vision/reading.js';
import { isError, isVisible, truthOf, truths, type MeasuredInk, type Truth } from './truth.js';

export const verdicts: readonly Verdict[] = ['blank', 'ambiguous', 'marked'];

export type Counts = Record<Truth, Record<Verdict, number>>;

/** One oval that went wrong, with all that is needed to look at it again. */
export interface Case {
  readonly seed: string;
  readonly position: number;
  readonly kind: string;
  readonly truth: Truth;
  readonly verdict: Verdict;
  readonly ink: MeasuredInk;
  readonly score: OvalScore;
}

export interface Tally {
  readonly kinds: Record<string, Counts>;
  readonly errors: number;
  readonly cases: readonly Case[];
  /** Ovals with a mark that a person would see, and how many of them were called blank. */
  readonly visible: number;
  readonly visibleBlank: number;
  readonly visibleCases: readonly Case[];
  /** Distance between the two worlds: most `light` scored where nothing was, least where a vote was. */
  readonly mostLightOfNothing: number;
  readonly leastLightOfVote: number;
}

const MOST_CASES = 20;

export class TallyKeeper {
  readonly #kinds: Record<string, Counts> = {};
  readonly #cases: Case[] = [];
  readonly #visibleCases: Case[] = [];
  #errors = 0;
  #visible = 0;
  #visibleBlank = 0;
  #mostLightOfNothing = 0;
  #leastLightOfVote = 1;

  add(
    seed: string,
    position: number,
    kind: string,
    ink: MeasuredInk,
    verdict: Verdict,
    score: OvalScore,
  ): void {
    const truth = truthOf(ink);
    const counts = (this.#kinds[kind] ??= noCounts());
    counts[truth][verdict]++;
    if (truth === 'nothing') this.#mostLightOfNothing = Math.max(this.#mostLightOfNothing, score.light);
    if (truth === 'vote') this.#leastLightOfVote = Math.min(this.#leastLightOfVote, score.light);
    const one = (): Case => ({ seed, position, kind, truth, verdict, ink, score });
    if (isError(truth, verdict)) {
      this.#errors++;
      if (this.#cases.length < MOST_CASES) this.#cases.push(one());
    }
    if (!isVisible(ink)) return;
    this.#visible++;
    if (verdict !== 'blank') return;
    this.#visibleBlank++;
    if (this.#visibleCases.length < MOST_CASES) this.#visibleCases.push(one());
  }

  get tally(): Tally {
    return {
      kinds: this.#kinds,
      errors: this.#errors,
      cases: this.#cases,
      visible: this.#visible,
      visibleBlank: this.#visibleBlank,
      visibleCases: this.#visibleCases,
      mostLightOfNothing: this.#mostLightOfNothing,
      leastLightOfVote: this.#leastLightOfVote,
    };
  }
}

export function noCounts(): Counts {
  const none = (): Record<Verdict, number> => ({ blank: 0, ambiguous: 0, marked: 0 });
  return { vote: none(), nothing: none(), smudge: none(), between: none() };
}

export function sumTallies(tallies: readonly Tally[]): Tally {
  const kinds: Record<string, Counts> = {};
  for (const tally of tallies) {
    for (const [kind, counts] of Object.entries(tally.kinds)) {
      const sum = (kinds[kind] ??= noCounts());
      for (const truth of truths) {
        for (const verdict of verdicts) sum[truth][verdict] += counts[truth][verdict];
      }
    }
  }
  const total = (of: (tally: Tally) => number): number => tallies.reduce((sum, one) => sum + of(one), 0);
  return {
    kinds,
    errors: total((t) => t.errors),
    cases: tallies.flatMap((t) => t.cases).slice(0, MOST_CASES),
    visible: total((t) => t.visible),
    visibleBlank: total((t) => t.visibleBlank),
    visibleCases: tallies.flatMap((t) => t.visibleCases).slice(0, MOST_CASES),
    mostLightOfNothing: Math.max(0, ...tallies.map((t) => t.mostLightOfNothing)),
    leastLightOfVote: Math.min(1, ...tallies.map((t) => t.leastLightOfVote)),
  };
}

/** Positions of these truths, or of all, over these kinds. */
export function countOf(
  kinds: Record<string, Counts>,
  which: { readonly truths?: readonly Truth[]; readonly verdicts?: readonly Verdict[] } = {},
): number {
  let sum = 0;
  for (const counts of Object.values(kinds)) {
    for (const truth of which.truths ?? truths) {
      for (const verdict of which.verdicts ?? verdicts) sum += counts[truth][verdict];
    }
  }
  return sum;
}
