/**
 * Can this election's tapes be printed? Asked when its package is built, so that a letter that the tape printer does
 * not have is found at the office and not on the morning of the election.
 */
import type { ElectionDefinition } from '../../election-def/definition.js';
import { unprintableCharacters } from '../../drivers/tape-printer/code-page.js';
import { problem, type Problem } from '../../ground/result.js';
import { speaker, tapeContest } from './build.js';

/** One problem (`not-printable`) for each text of the definition that a tape could not show. */
export function unprintableTexts(definition: ElectionDefinition, where: string): readonly Problem[] {
  const say = speaker(definition);
  const texts: readonly (readonly [string, string])[] = [
    ['title', say(definition.title)],
    ['jurisdiction', say(definition.jurisdiction)],
    ['precinctTerm', say(definition.precinctTerm)],
    ...definition.pollingPlaces.map((place, i) => [`pollingPlaces[${i}].name`, say(place.name)] as const),
    ...definition.precincts.map((precinct, i) => [`precincts[${i}].name`, say(precinct.name)] as const),
    ...definition.parties.map((party, i) => [`parties[${i}].abbreviation`, party.abbreviation] as const),
    ...definition.contests.flatMap((contest, i) => {
      const { title, subtitle, names } = tapeContest(definition, contest);
      return [title, subtitle, ...names].map((text) => [`contests[${i}]`, text] as const);
    }),
  ];
  return texts.flatMap(([path, text]) => {
    const lacking = unprintableCharacters(text);
    const reason = `the tape printer does not have ${lacking.join(' ')}, which stands in "${text}"`;
    return lacking.length === 0 ? [] : [problem('not-printable', where, path, reason)];
  });
}
