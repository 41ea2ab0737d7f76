/**
 * From a precinct to what its voters get: which styles it has, which contests a style prints, and in which order it
 * prints a contest's options (rotation).
 */
import { must } from '../ground/result.js';
import { optionIdsOf } from './contest-rules.js';
import type { BallotStyle, Contest, ElectionDefinition, Precinct } from './definition.js';
import { isWriteInOptionId } from './layout-types.js';

/** The styles of a precinct, in the definition's order: one in a general election, one a party in a primary. */
export function stylesOfPrecinct(definition: ElectionDefinition, precinctId: string): readonly BallotStyle[] {
  return definition.ballotStyles.filter((style) => style.precinctIds.includes(precinctId));
}

/** Every ballot of the election: each style with each of its precincts. */
export function ballotsOf(
  definition: ElectionDefinition,
): readonly { readonly style: BallotStyle; readonly precinct: Precinct }[] {
  return definition.ballotStyles.flatMap((style) =>
    style.precinctIds.map((id) => ({ style, precinct: precinctOf(definition, id) })),
  );
}

export function precinctOf(definition: ElectionDefinition, precinctId: string): Precinct {
  return must(
    definition.precincts.find((precinct) => precinct.id === precinctId),
    `no precinct ${precinctId}`,
  );
}

/** The contests of a style in the order in which it prints them. */
export function contestsOfStyle(definition: ElectionDefinition, style: BallotStyle): readonly Contest[] {
  return style.contestIds.map((id) =>
    must(
      definition.contests.find((contest) => contest.id === id),
      `no contest ${id}`,
    ),
  );
}

/** A contest's option ids in the order in which the style prints them, write-in lines last. */
export function ballotOrder(style: BallotStyle, contest: Contest): readonly string[] {
  const own = optionIdsOf(contest);
  const rotated = style.optionOrder?.[contest.id];
  return rotated === undefined ? own : [...rotated, ...own.filter(isWriteInOptionId)];
}
