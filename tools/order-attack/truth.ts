/** What really happened, known to the simulation alone. */
export interface Truth {
  /** Ids of the ballots that count, in the order in which they were cast. */
  readonly ids: readonly string[];
  /** Their slots. */
  readonly slots: readonly number[];
  /** The slot of a ballot that is between *writing* and *passed* at this moment. */
  readonly pendingSlot?: number;
}
