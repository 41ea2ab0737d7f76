/**
 * What an election is: the definition file (JSON) that an election office writes, as types and as the schema that
 * checks its shape. Rules that hold between its parts (an unknown party, a contest on no style) are in `check.ts`.
 * The format is documented in docs/formats/election-definition.md.
 *
 * Terms: a *contest* is what is voted on; an *option* is one oval of it; a *candidate* may stand on several party
 * lines and so have several options (New York fusion, handbook page 11); a *precinct* is called "Election District"
 * in New York (`precinctTerm`); a *ballot style* is the list of contests that a precinct's voters get.
 */
import { z } from 'zod';
import { markThresholdsSchema } from './mark-thresholds.js';

export const DEFINITION_FORMAT = 'tallystick-election/1';

export const languages = ['en', 'es'] as const;
export type Language = (typeof languages)[number];

const id = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$/, {
  error: 'must be lower-case letters, digits and hyphens, 1 to 48 of them',
});
const line = z.string().min(1).max(200);
/** A plain string reads the same in every language (a person's name); otherwise one string a language. */
const text = z.union([line, z.partialRecord(z.enum(languages), line)], {
  error: 'must be a text of 1 to 200 characters, or one for each language: { "en": …, "es": … }',
});
const longLine = z.string().min(1).max(4000);
const longText = z.union([longLine, z.partialRecord(z.enum(languages), longLine)], {
  error: 'must be a text of 1 to 4000 characters, or one for each language: { "en": …, "es": … }',
});
export type Text = z.infer<typeof text>;

const candidate = z.strictObject({
  id,
  name: line.max(80),
  /** The other name on the same ticket (Governor and Lieutenant Governor). */
  runningMate: line.max(80).optional(),
});

/** One oval with a candidate beside it: the candidate on one party's line, or on none. */
const candidateOption = z.strictObject({ id, candidateId: id, partyId: id.optional() });
const choiceOption = z.strictObject({ id, label: text });

const contestBase = {
  id,
  title: text,
  subtitle: text.optional(),
  /** Printed across the whole page instead of in one column: for long measures. */
  fullWidth: z.boolean().optional(),
  /** `back`: printed first on the next back of a sheet, as New York does with propositions. */
  startsOn: z.enum(['back']).optional(),
};

const candidateContest = z.strictObject({
  ...contestBase,
  kind: z.literal('candidate'),
  /** How many may be elected, and so how many selections are allowed ("vote for any TWO"). */
  seats: z.int().min(1).max(50),
  /** Number of write-in lines printed, 0 to `seats`. */
  writeIns: z.int().min(0).max(50),
  candidates: z.array(candidate).max(100),
  /** In the order in which they are printed; on a fusion ballot the first line of a candidate is the highest. */
  options: z.array(candidateOption).max(200),
});

const measureContest = z.strictObject({
  ...contestBase,
  kind: z.literal('measure'),
  text: longText,
  options: z.array(choiceOption).min(2).max(10),
});

/** Shall this judge be retained? Two choices about one person. */
const retentionContest = z.strictObject({
  ...contestBase,
  kind: z.literal('retention'),
  candidate,
  text: longText,
  options: z.array(choiceOption).min(2).max(2),
});

const contest = z.discriminatedUnion('kind', [candidateContest, measureContest, retentionContest], {
  error: 'must be a contest of kind candidate, measure or retention',
});

/** Widths and heights in docs/formats/ballot-sheet.md; all sheets are 215.9 mm wide. */
export const paperSizes = ['letter', 'legal', '17-inch', '19-inch', '22-inch'] as const;
export type PaperSize = (typeof paperSizes)[number];

const ballotStyle = z.strictObject({
  id,
  /** The number that the ballot's code carries, 1 to 1023, unique in the election. */
  number: z.int().min(1).max(1023),
  precinctIds: z.array(id).min(1).max(1000),
  /** In the order in which they are printed. */
  contestIds: z.array(id).min(1).max(1000),
  /** Where this style prints a contest's options in another order than the contest lists them (rotation). */
  optionOrder: z.record(id, z.array(id).max(200)).optional(),
  /** The languages printed on this style's sheets, the first one leading. */
  languages: z.array(z.enum(languages)).min(1).max(2),
  paper: z.enum(paperSizes),
  columns: z.int().min(1).max(3),
});

const precinct = z.strictObject({
  id,
  name: text,
  /** The number that the ballot's code carries, 1 to 1023, unique in the election. */
  number: z.int().min(1).max(1023),
  /** The four-digit Ballot ID at the bottom right of the ballot (handbook pages 19 and 29), per precinct. */
  ballotId: z.string().regex(/^[0-9]{4}$/, { error: 'must be four digits' }),
});

const pollingPlace = z.strictObject({ id, name: text, precinctIds: z.array(id).min(1).max(1000) });

/** What happens when a sheet shows this: taken as it is, the voter asked (CAST or RETURN), or always given back. */
const policyChoice = z.enum(['accept', 'warn', 'return']);

const settings = z.strictObject({
  policy: z.strictObject({
    overvote: policyChoice,
    crossEndorsement: policyChoice,
    blankBallot: policyChoice,
    undervote: policyChoice,
  }),
  /**
   * Two lines marked for one candidate. `highest-line`: one vote, to the line placed first on the ballot (New York);
   * `candidate-only`: one vote to the candidate, to no line (Connecticut); `overvote`: each line counts as a
   * selection.
   */
  crossEndorsementRule: z.enum(['highest-line', 'candidate-only', 'overvote']),
  /** Where two security keys of different parties are asked for (handbook pages 4, 9, 20). */
  twoKeys: z.strictObject({ openPolls: z.boolean(), closePolls: z.boolean(), abandonedBallot: z.boolean() }),
  /** Precincts with fewer ballots than this are joined with others on the results tape; 0 switches it off. */
  smallCellMinimum: z.int().min(0).max(100),
  /** Copies of the results tape printed without being asked for (handbook page 27: two). */
  closingCopies: z.int().min(1).max(5),
  markThresholds: markThresholdsSchema,
});

export const definitionSchema = z.strictObject({
  format: z.literal(DEFINITION_FORMAT),
  id,
  title: text,
  jurisdiction: text,
  /** The election's day, YYYY-MM-DD. */
  date: z.iso.date({ error: 'must be a date, YYYY-MM-DD' }),
  /** Of local time on that day, for dates in exports: `-05:00`. */
  utcOffset: z.string().regex(/^[+-](0[0-9]|1[0-4]):(00|30|45)$/, { error: 'must look like -05:00' }),
  /** What a precinct is called here: "Election District", "Precinct". */
  precinctTerm: text,
  languages: z.array(z.enum(languages)).min(1).max(languages.length),
  parties: z.array(z.strictObject({ id, name: text, abbreviation: line.max(12) })).max(50),
  precincts: z.array(precinct).min(1).max(1000),
  pollingPlaces: z.array(pollingPlace).min(1).max(1000),
  contests: z.array(contest).min(1).max(1000),
  ballotStyles: z.array(ballotStyle).min(1).max(1023),
  settings,
});

export type ElectionDefinition = z.infer<typeof definitionSchema>;
export type Contest = ElectionDefinition['contests'][number];
export type CandidateContest = Extract<Contest, { kind: 'candidate' }>;
export type Candidate = CandidateContest['candidates'][number];
export type BallotStyle = ElectionDefinition['ballotStyles'][number];
export type Precinct = ElectionDefinition['precincts'][number];
export type ElectionSettings = ElectionDefinition['settings'];
export type PolicyChoice = z.infer<typeof policyChoice>;

/** The text in a language; a plain string serves all, and the first language stands in for a missing one. */
export function textIn(value: Text, language: Language): string {
  if (typeof value === 'string') return value;
  return value[language] ?? Object.values(value)[0] ?? '';
}

/** How many selections the contest allows. */
export function seatsOf(contest: Contest): number {
  return contest.kind === 'candidate' ? contest.seats : 1;
}
