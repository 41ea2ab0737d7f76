/**
 * Rules that hold between the parts of a definition: every one is tried, every breach is named with its field, in
 * one run. Shape alone is `definition.ts`; texts (languages, glyphs) are `check-texts.ts`; whether it all fits on
 * paper is for `layout.ts` to say.
 */
import { problem, type Problem } from '../ground/result.js';
import { textFindings } from './check-texts.js';
import type { Finding } from './finding.js';
import type { BallotStyle, CandidateContest, Contest, ElectionDefinition } from './definition.js';
import { textIn } from './definition.js';
import { isWriteInOptionId } from './layout-types.js';

/** As many ballots (style times precinct) as a package may carry. */
export const MAX_BALLOTS = 5000;

export function checkDefinition(definition: ElectionDefinition, where: string): readonly Problem[] {
  return [
    ...duplicateFindings(definition),
    ...definition.contests.flatMap(contestFindings),
    ...placeFindings(definition),
    ...definition.ballotStyles.flatMap((style, i) => styleFindings(definition, style, `ballotStyles[${i}]`)),
    ...unusedFindings(definition),
    ...textFindings(definition),
  ].map(({ code, path, reason }) => problem(code, where, path, reason));
}

/** Each value that stands a second time in the list. */
function repeated(
  code: string,
  what: string,
  values: readonly (string | number)[],
  path: (index: number) => string,
): readonly Finding[] {
  return values.flatMap((value, i) => {
    const first = values.indexOf(value);
    return first < i
      ? [{ code, path: path(i), reason: `${what} ${value} stands already at ${path(first)}` }]
      : [];
  });
}

/** Each reference to something that is not there. */
function unknown(
  what: string,
  references: readonly string[],
  known: readonly { readonly id: string }[],
  path: (index: number) => string,
): readonly Finding[] {
  const ids = new Set(known.map(({ id }) => id));
  return references.flatMap((reference, i) =>
    ids.has(reference)
      ? []
      : [{ code: 'unknown-reference', path: path(i), reason: `there is no ${what} ${reference}` }],
  );
}

function duplicateFindings(definition: ElectionDefinition): readonly Finding[] {
  const { parties, precincts, pollingPlaces, contests, ballotStyles } = definition;
  const lists = { parties, precincts, pollingPlaces, contests, ballotStyles };
  const ids = Object.entries(lists).flatMap(([list, items]) =>
    repeated(
      'duplicate-id',
      'the id',
      items.map(({ id }) => id),
      (i) => `${list}[${i}].id`,
    ),
  );
  const numbers = Object.entries({ precincts, ballotStyles }).flatMap(([list, items]) =>
    repeated(
      'duplicate-number',
      'the number',
      items.map(({ number }) => number),
      (i) => `${list}[${i}].number`,
    ),
  );
  const ballotIds = precincts.map(({ ballotId }) => ballotId);
  return [
    ...ids,
    ...numbers,
    ...repeated('duplicate-ballot-id', 'the Ballot ID', ballotIds, (i) => `precincts[${i}].ballotId`),
    ...repeated('duplicate-language', 'the language', definition.languages, (i) => `languages[${i}]`),
  ];
}

function contestFindings(contest: Contest, index: number): readonly Finding[] {
  const path = `contests[${index}]`;
  const optionPath = (i: number): string => `${path}.options[${i}]`;
  const optionIds = contest.options.map(({ id }) => id);
  return [
    ...repeated('duplicate-id', 'the id', optionIds, (i) => `${optionPath(i)}.id`),
    ...optionIds.flatMap((id, i) =>
      isWriteInOptionId(id)
        ? [{ code: 'reserved-id', path: `${optionPath(i)}.id`, reason: `${id} is kept for write-in lines` }]
        : [],
    ),
    ...repeated('same-label', 'a choice that reads', printedOptions(contest), optionPath),
    ...(contest.kind === 'candidate' ? candidateFindings(contest, path) : []),
  ];
}

/** What a voter can tell options apart by. */
function printedOptions(contest: Contest): readonly string[] {
  if (contest.kind !== 'candidate') return contest.options.map(({ label }) => `"${textIn(label, 'en')}"`);
  return contest.options.map(({ candidateId, partyId }) => {
    const candidate = contest.candidates.find(({ id }) => id === candidateId);
    const names = [candidate?.name ?? candidateId, candidate?.runningMate ?? ''].filter(
      (name) => name !== '',
    );
    return `"${names.join(' & ')}"${partyId === undefined ? '' : ` (${partyId})`}`;
  });
}

function candidateFindings(contest: CandidateContest, path: string): readonly Finding[] {
  const { candidates, options, seats, writeIns } = contest;
  const findings: Finding[] = [
    ...repeated(
      'duplicate-id',
      'the id',
      candidates.map(({ id }) => id),
      (i) => `${path}.candidates[${i}].id`,
    ),
    ...unknown(
      'candidate',
      options.map(({ candidateId }) => candidateId),
      candidates,
      (i) => `${path}.options[${i}].candidateId`,
    ),
  ];
  candidates.forEach(({ id }, i) => {
    if (options.some(({ candidateId }) => candidateId === id)) return;
    const reason = `${id} stands on no line: no option names this candidate`;
    findings.push({ code: 'candidate-on-no-line', path: `${path}.candidates[${i}]`, reason });
  });
  if (writeIns > seats) {
    const reason = `${writeIns} write-in lines are more than the ${seats} to be elected`;
    findings.push({ code: 'too-many-write-ins', path: `${path}.writeIns`, reason });
  }
  if (seats > candidates.length + writeIns) {
    const reason = `${seats} are to be elected from ${candidates.length} candidates and ${writeIns} write-in lines`;
    findings.push({ code: 'too-many-seats', path: `${path}.seats`, reason });
  }
  return findings;
}

function placeFindings(definition: ElectionDefinition): readonly Finding[] {
  return definition.pollingPlaces.flatMap(({ precinctIds }, i) => {
    const path = (p: number): string => `pollingPlaces[${i}].precinctIds[${p}]`;
    return [
      ...unknown('precinct', precinctIds, definition.precincts, path),
      ...repeated('duplicate-reference', 'the precinct', precinctIds, path),
    ];
  });
}

function styleFindings(definition: ElectionDefinition, style: BallotStyle, path: string): readonly Finding[] {
  const at = (list: string) => (i: number) => `${path}.${list}[${i}]`;
  const strange = style.languages.filter((language) => !definition.languages.includes(language));
  return [
    ...unknown('precinct', style.precinctIds, definition.precincts, at('precinctIds')),
    ...repeated('duplicate-reference', 'the precinct', style.precinctIds, at('precinctIds')),
    ...unknown('contest', style.contestIds, definition.contests, at('contestIds')),
    ...repeated('duplicate-reference', 'the contest', style.contestIds, at('contestIds')),
    ...repeated('duplicate-language', 'the language', style.languages, at('languages')),
    ...strange.map((language) => ({
      code: 'unknown-reference',
      path: at('languages')(style.languages.indexOf(language)),
      reason: `${language} is not among the languages of the election`,
    })),
    ...Object.entries(style.optionOrder ?? {}).flatMap(([contestId, order]) =>
      rotationFindings(definition, style, contestId, order, `${path}.optionOrder.${contestId}`),
    ),
  ];
}

/** A rotation names every option of its contest once; write-in lines stay last and are not named. */
function rotationFindings(
  definition: ElectionDefinition,
  style: BallotStyle,
  contestId: string,
  order: readonly string[],
  path: string,
): readonly Finding[] {
  const contest = definition.contests.find(({ id }) => id === contestId);
  if (contest === undefined || !style.contestIds.includes(contestId)) {
    return [{ code: 'unknown-reference', path, reason: `this style has no contest ${contestId}` }];
  }
  const own = contest.options.map(({ id }) => id).sort();
  const named = [...order].sort();
  if (own.length === named.length && own.every((id, i) => id === named[i])) return [];
  const reason = `must name each option of ${contestId} once: ${own.join(', ')}`;
  return [{ code: 'not-a-permutation', path, reason }];
}

function unusedFindings(definition: ElectionDefinition): readonly Finding[] {
  const { contests, precincts, pollingPlaces, ballotStyles, parties } = definition;
  const printed = new Set(ballotStyles.flatMap(({ contestIds }) => contestIds));
  const styled = new Set(ballotStyles.flatMap(({ precinctIds }) => precinctIds));
  const placed = new Set(pollingPlaces.flatMap(({ precinctIds }) => precinctIds));
  const findings: Finding[] = [];
  contests.forEach((contest, i) => {
    const path = `contests[${i}]`;
    if (!printed.has(contest.id)) {
      findings.push({ code: 'contest-on-no-style', path, reason: `no ballot style prints ${contest.id}` });
    }
    if (contest.kind !== 'candidate') return;
    contest.options.forEach(({ partyId }, o) => {
      const references = partyId === undefined ? [] : [partyId];
      findings.push(...unknown('party', references, parties, () => `${path}.options[${o}].partyId`));
    });
  });
  precincts.forEach(({ id }, i) => {
    const path = `precincts[${i}]`;
    if (!styled.has(id))
      findings.push({ code: 'precinct-on-no-style', path, reason: `no ballot style serves ${id}` });
    if (!placed.has(id))
      findings.push({ code: 'precinct-without-place', path, reason: `${id} votes at no polling place` });
  });
  const ballots = ballotStyles.reduce((sum, { precinctIds }) => sum + precinctIds.length, 0);
  if (ballots > MAX_BALLOTS) {
    const reason = `${ballots} ballots (styles times their precincts) are more than ${MAX_BALLOTS}`;
    findings.push({ code: 'too-many-ballots', path: 'ballotStyles', reason });
  }
  return findings;
}
