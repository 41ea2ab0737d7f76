/**
 * The texts of a definition: there in every language in which a ballot prints them, not blank, and in characters
 * that the printed fonts have.
 */
import type { Finding } from './finding.js';
import type { ElectionDefinition, Language, Text } from './definition.js';
import { charactersWithoutGlyph } from './font-glyphs.js';
import { childPath } from './json-text.js';

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', es: 'Spanish' };

/** A text, where it stands, and the languages in which it is printed (or shown). */
interface Use {
  readonly text: Text;
  readonly path: string;
  readonly languages: ReadonlySet<Language>;
}

export function textFindings(definition: ElectionDefinition): readonly Finding[] {
  return [...textUses(definition).flatMap(languageFindings), ...characterFindings(definition, '')];
}

function languageFindings({ text, path, languages }: Use): readonly Finding[] {
  if (typeof text === 'string') return [];
  const missing = [...languages].filter((language) => text[language] === undefined);
  return missing.map((language) => ({
    code: 'missing-language',
    path,
    reason: `has no text in ${LANGUAGE_NAMES[language]} (${language}), in which it is printed`,
  }));
}

/** Blank texts and characters without a glyph, in every string of the definition. */
function characterFindings(value: unknown, path: string): readonly Finding[] {
  if (typeof value === 'string') {
    if (value.trim() === '') return [{ code: 'blank-text', path, reason: 'is blank' }];
    return charactersWithoutGlyph(value).map((character) => ({
      code: 'no-glyph',
      path,
      reason: `the printed font has no ${nameOf(character)}`,
    }));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value)
    ? value.flatMap((item, i) => characterFindings(item, childPath(path, i)))
    : Object.entries(value).flatMap(([key, item]) => characterFindings(item, childPath(path, key)));
}

function nameOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `${character} (U+${code})` : `character U+${code}`;
}

function textUses(definition: ElectionDefinition): readonly Use[] {
  const { title, jurisdiction, precinctTerm, ballotStyles } = definition;
  const everywhere = new Set(ballotStyles.flatMap(({ languages }) => languages));
  const shown = new Set(definition.languages);
  return [
    { text: title, path: 'title', languages: everywhere },
    { text: jurisdiction, path: 'jurisdiction', languages: everywhere },
    { text: precinctTerm, path: 'precinctTerm', languages: everywhere },
    ...definition.pollingPlaces.map(({ name }, i) => ({
      text: name,
      path: `pollingPlaces[${i}].name`,
      languages: shown,
    })),
    ...definition.precincts.map(({ id, name }, i) => ({
      text: name,
      path: `precincts[${i}].name`,
      languages: languagesOf(definition, ({ precinctIds }) => precinctIds.includes(id)),
    })),
    ...definition.parties.map(({ id, name }, i) => ({
      text: name,
      path: `parties[${i}].name`,
      languages: languagesOfParty(definition, id),
    })),
    ...definition.contests.flatMap((contest, i) => contestUses(definition, contest, `contests[${i}]`)),
  ];
}

function contestUses(
  definition: ElectionDefinition,
  contest: ElectionDefinition['contests'][number],
  path: string,
): readonly Use[] {
  const languages = languagesOf(definition, ({ contestIds }) => contestIds.includes(contest.id));
  const use = (text: Text | undefined, field: string): readonly Use[] =>
    text === undefined ? [] : [{ text, path: `${path}.${field}`, languages }];
  return [
    ...use(contest.title, 'title'),
    ...use(contest.subtitle, 'subtitle'),
    ...(contest.kind === 'candidate'
      ? []
      : [
          ...use(contest.text, 'text'),
          ...contest.options.flatMap(({ label }, i) => use(label, `options[${i}].label`)),
        ]),
  ];
}

type Style = ElectionDefinition['ballotStyles'][number];

function languagesOf(
  definition: ElectionDefinition,
  printed: (style: Style) => boolean,
): ReadonlySet<Language> {
  return new Set(definition.ballotStyles.filter(printed).flatMap(({ languages }) => languages));
}

function languagesOfParty(definition: ElectionDefinition, id: string): ReadonlySet<Language> {
  const contests = definition.contests.filter(
    (contest) => contest.kind === 'candidate' && contest.options.some(({ partyId }) => partyId === id),
  );
  const contestIds = new Set(contests.map((contest) => contest.id));
  return languagesOf(definition, (style) => style.contestIds.some((contestId) => contestIds.has(contestId)));
}
