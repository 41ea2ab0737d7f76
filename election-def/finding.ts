/** One thing that is wrong with a definition, before it is known in which file it stands. */
export interface Finding {
  readonly code: string;
  readonly path: string;
  readonly reason: string;
}
