/** When somebody takes an image of a card. */
export const LAST_MOMENT = 'after the last ballot';
export const moments = [
  'before the first ballot',
  'after ballot 1',
  'after ballot 2',
  'in the middle of a cast',
  'after half of the ballots',
  LAST_MOMENT,
] as const;
export type Moment = (typeof moments)[number];
