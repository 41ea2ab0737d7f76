/**
 * What is counted, per precinct. Totals are never stored as running counters: they are always recomputed from the
 * sealed records (`totals.ts`), and every number is a whole number that cannot be negative.
 */
export interface Totals {
  /** In the order of the definition; every precinct of the polling place, also those without a ballot. */
  readonly precincts: readonly PrecinctTotals[];
  /** Sheets in each bin. */
  readonly bins: { readonly main: number; readonly writeIn: number };
  /** All sheets: public counter, slots and bins count these. */
  readonly sheets: number;
  /** Ballots: a ballot of several sheets counts once, by its first sheet. */
  readonly ballots: number;
}

export interface PrecinctTotals {
  readonly precinctId: string;
  /** Sheets by sheet number: `[first sheets, second sheets, …]`. */
  readonly sheets: readonly number[];
  readonly ballots: number;
  /** Sheets on which no oval at all was marked. */
  readonly blankSheets: number;
  readonly contests: readonly ContestTotals[];
}

export interface ContestTotals {
  readonly contestId: string;
  /** Sheets that carry this contest. */
  readonly ballots: number;
  /** Ballots on which this contest was overvoted. */
  readonly overvotes: number;
  /** Seats that were left unused, summed over ballots. */
  readonly undervotes: number;
  /** Every option in the definition's order, and each write-in line. */
  readonly options: readonly OptionTotal[];
  /** Votes that belong to a candidate but to no line (rule `candidate-only`); empty elsewhere. */
  readonly candidateOnly: readonly { readonly candidateId: string; readonly votes: number }[];
}

export interface OptionTotal {
  readonly optionId: string;
  readonly votes: number;
}
