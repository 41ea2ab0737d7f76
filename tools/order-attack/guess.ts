/**
 * What an attack says about an election, without having seen the truth: an order, which slots are filled, which ballot
 * was the last one, or how often it found something that ought not to be there.
 */
export type Guess =
  /** A number for each ballot; those with smaller ones were cast earlier, it says. `ballots` are ids. */
  | {
      readonly kind: 'order';
      readonly variant: string;
      readonly ballots: readonly string[];
      readonly scores: readonly number[];
    }
  /** A number for each slot; what it says about filled and free, and about the order of the filled ones. */
  | { readonly kind: 'slots'; readonly variant: string; readonly scores: readonly number[] }
  /** The id of the ballot that was cast last, or no opinion; `of` so many. */
  | {
      readonly kind: 'last';
      readonly variant: string;
      readonly ballot: string | undefined;
      readonly of: number;
    }
  /** The slot that is being filled at this moment, or no opinion. */
  | {
      readonly kind: 'pending-slot';
      readonly variant: string;
      readonly slot: number | undefined;
      readonly slotCount: number;
    }
  /** Things found, and how many chance alone would bring. */
  | { readonly kind: 'traces'; readonly variant: string; readonly found: number; readonly expected: number };

/** Who attacks: from whoever finds a card to who holds the authority's key. */
export type Attacker = 'card' | 'card and key' | 'export' | 'log and tape' | 'images';

/** An order guess for each named feature of some ballots. */
export function orderGuesses(
  ballots: readonly string[],
  features: Readonly<Record<string, readonly number[]>>,
): readonly Guess[] {
  return Object.entries(features).map(([variant, scores]) => ({ kind: 'order', variant, ballots, scores }));
}
