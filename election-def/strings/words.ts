/**
 * The words that the ballot itself prints (titles, names and measures come from the definition): one file a
 * language, the same keys in each.
 */
export interface BallotWords {
  readonly officialBallot: string;
  readonly testBallot: string;
  readonly instructions: string;
  /** Short sentences; the first one ends where the example oval is drawn. */
  readonly howToMark: string;
  readonly howTo: readonly string[];
  readonly voteFor: (seats: number) => string;
  readonly ballotStyle: string;
  readonly chooseOne: string;
  readonly writeIn: string;
  readonly turnOver: string;
  readonly continueOnSheet: (sheet: number) => string;
  readonly blankSide: string;
  readonly page: (side: 'front' | 'back', sheet: number, sheets: number) => string;
  readonly ballotId: string;
  /** `date` is YYYY-MM-DD. */
  readonly date: (date: string) => string;
}
