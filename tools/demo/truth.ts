/**
 * What the election must come to, by counting the voters' sheets with rules of this file's own, written from the
 * manuals and shared with nothing that the machine runs: so that the machine and the truth can only agree when both
 * are right.
 *
 * Rules: as many selections as there are seats; more void the contest on this sheet and nothing else (handbook page 10;
 * Colorado Rule 18.2.2), fewer leave undervotes. One candidate marked on two party lines has one vote, for the line
 * that is printed first (handbook page 11; New York Election Law 9-112(4)). A sheet without any mark is a blank one
 * (Colorado Rule 18.2.4). A sheet with a write-in, by its oval or only by its writing, drops into the write-in bin
 * (handbook page 9).
 */
import { z } from 'zod';
import { assert, must } from '../../ground/result.js';

export interface Mark {
  readonly contestId: string;
  readonly optionId: string;
}

/** One sheet of paper as a person with the sheet in the hand describes it. */
export interface TrueSheet {
  readonly label: string;
  readonly precinctId: string;
  /** 1 for the first sheet of a ballot. */
  readonly sheet: number;
  /** Every oval that a person sees marked. */
  readonly marks: readonly Mark[];
  /** Every write-in box with something written in it, its oval marked or not. */
  readonly writtenIn?: readonly Mark[];
  readonly counted: boolean;
}

/** One contest of a sheet, its options as they are printed from the first to the last. */
export interface PrintedContest {
  readonly contestId: string;
  readonly optionIds: readonly string[];
}

export interface ExpectedContest {
  readonly contestId: string;
  /** Sheets that carry it. */
  readonly ballots: number;
  readonly overvotes: number;
  readonly undervotes: number;
  /** By option id, write-in lines too; an option without a vote stands there with 0. */
  readonly votes: Readonly<Record<string, number>>;
  /** By candidate id: votes for a candidate and no line, where the election's rule gives such. */
  readonly onNoLine: Readonly<Record<string, number>>;
}

export interface ExpectedPrecinct {
  readonly precinctId: string;
  /** First sheets, second sheets, … up to the last number that was seen. */
  readonly sheets: readonly number[];
  readonly ballots: number;
  /** Sheets without any mark in an oval. */
  readonly blankSheets: number;
  /** Those of the precinct's ballot, in its order. */
  readonly contests: readonly ExpectedContest[];
}

export type ExpectedBin = 'main' | 'write-in';

export interface ExpectedTotals {
  readonly precincts: readonly ExpectedPrecinct[];
  readonly sheets: number;
  readonly ballots: number;
  readonly bins: Readonly<Record<ExpectedBin, number>>;
}

const option = z.object({ id: z.string(), candidateId: z.string().optional() });
const contestShape = z.object({
  id: z.string(),
  seats: z.int().default(1),
  writeIns: z.int().default(0),
  options: z.array(option),
});
const definitionShape = z.object({
  contests: z.array(contestShape),
  ballotStyles: z.array(z.object({ precinctIds: z.array(z.string()), contestIds: z.array(z.string()) })),
  settings: z.object({ crossEndorsementRule: z.enum(['highest-line', 'candidate-only', 'overvote']) }),
});
type Contest = z.output<typeof contestShape>;
type FusionRule = z.output<typeof definitionShape>['settings']['crossEndorsementRule'];

/** What one sheet gives in one contest. */
export interface ExpectedOutcome {
  readonly overvoted: boolean;
  readonly undervotes: number;
  /** Option ids, one for each vote. */
  readonly votes: readonly string[];
  /** Candidate ids. */
  readonly onNoLine: readonly string[];
}

/**
 * @param definitionJson the definition file, parsed
 * @param precinctIds those of the polling place, in the definition's order
 * @param contestsOfSheet what is printed on a sheet
 * @param sheets all that were fed; those that were not counted are passed over
 */
export function expectTotals(
  definitionJson: unknown,
  precinctIds: readonly string[],
  contestsOfSheet: (sheet: TrueSheet) => readonly PrintedContest[],
  sheets: readonly TrueSheet[],
): ExpectedTotals {
  const definition = definitionShape.parse(definitionJson);
  const rule = definition.settings.crossEndorsementRule;
  const counted = sheets.filter((sheet) => sheet.counted);
  for (const sheet of counted) assertOnSheet(sheet, contestsOfSheet(sheet));
  const precincts = precinctIds.map((precinctId): ExpectedPrecinct => {
    const own = counted.filter((sheet) => sheet.precinctId === precinctId);
    const style = must(
      definition.ballotStyles.find((one) => one.precinctIds.includes(precinctId)),
      `a ballot for ${precinctId}`,
    );
    const lastNumber = Math.max(1, ...own.map(({ sheet }) => sheet));
    return {
      precinctId,
      sheets: Array.from({ length: lastNumber }, (_, i) => own.filter(({ sheet }) => sheet === i + 1).length),
      ballots: own.filter(({ sheet }) => sheet === 1).length,
      blankSheets: own.filter(({ marks }) => marks.length === 0).length,
      contests: style.contestIds.map((contestId) => {
        const contest = must(
          definition.contests.find(({ id }) => id === contestId),
          `contest ${contestId}`,
        );
        return countContest(contest, rule, own, contestsOfSheet);
      }),
    };
  });
  return {
    precincts,
    sheets: counted.length,
    ballots: counted.filter(({ sheet }) => sheet === 1).length,
    bins: {
      main: counted.filter((sheet) => expectedBin(sheet) === 'main').length,
      'write-in': counted.filter((sheet) => expectedBin(sheet) === 'write-in').length,
    },
  };
}

export function expectedBin(sheet: Pick<TrueSheet, 'marks' | 'writtenIn'>): ExpectedBin {
  const ovalMarked = sheet.marks.some(({ optionId }) => optionId.startsWith('write-in-'));
  const written = (sheet.writtenIn ?? []).length > 0;
  return ovalMarked || written ? 'write-in' : 'main';
}

/** One contest of one sheet, by hand. */
export function expectedOutcome(
  definitionJson: unknown,
  printed: PrintedContest,
  marks: readonly Mark[],
): ExpectedOutcome {
  const definition = definitionShape.parse(definitionJson);
  const contest = must(
    definition.contests.find(({ id }) => id === printed.contestId),
    `contest ${printed.contestId}`,
  );
  return judge(contest, definition.settings.crossEndorsementRule, printed, marks);
}

function judge(
  contest: Contest,
  rule: FusionRule,
  printed: PrintedContest,
  marks: readonly Mark[],
): ExpectedOutcome {
  const marked = new Set(marks.filter((mark) => mark.contestId === contest.id).map((mark) => mark.optionId));
  const person = new Map(contest.options.map(({ id, candidateId }) => [id, candidateId]));
  // The sheet is read from its first oval to its last, as a finger goes down it.
  const lines = printed.optionIds.filter((optionId) => marked.has(optionId));
  const again = lines.filter((optionId, i) => {
    const who = person.get(optionId);
    return who !== undefined && lines.slice(0, i).some((earlier) => person.get(earlier) === who);
  });
  const selections = rule === 'overvote' ? lines.length : lines.length - again.length;
  if (selections > contest.seats) return { overvoted: true, undervotes: 0, votes: [], onNoLine: [] };
  const undervotes = contest.seats - selections;
  if (rule === 'overvote') return { overvoted: false, undervotes, votes: lines, onNoLine: [] };
  const onSeveral = new Set(again.map((optionId) => person.get(optionId)));
  const firstLines = lines.filter((optionId) => !again.includes(optionId));
  if (rule === 'highest-line') return { overvoted: false, undervotes, votes: firstLines, onNoLine: [] };
  const several = firstLines.filter((optionId) => isOneOf(onSeveral, person.get(optionId)));
  return {
    overvoted: false,
    undervotes,
    votes: firstLines.filter((optionId) => !several.includes(optionId)),
    onNoLine: several.map((optionId) => must(person.get(optionId), 'a candidate')),
  };
}

function isOneOf(people: ReadonlySet<string | undefined>, person: string | undefined): boolean {
  return person !== undefined && people.has(person);
}

function countContest(
  contest: Contest,
  rule: FusionRule,
  sheets: readonly TrueSheet[],
  contestsOfSheet: (sheet: TrueSheet) => readonly PrintedContest[],
): ExpectedContest {
  const writeIns = Array.from({ length: contest.writeIns }, (_, i) => `write-in-${i + 1}`);
  const votes = new Map([...contest.options.map(({ id }) => id), ...writeIns].map((id) => [id, 0]));
  const onNoLine = new Map<string, number>();
  let [ballots, overvotes, undervotes] = [0, 0, 0];
  for (const sheet of sheets) {
    const printed = contestsOfSheet(sheet).find(({ contestId }) => contestId === contest.id);
    if (printed === undefined) continue;
    const outcome = judge(contest, rule, printed, sheet.marks);
    ballots += 1;
    overvotes += outcome.overvoted ? 1 : 0;
    undervotes += outcome.undervotes;
    for (const optionId of outcome.votes) votes.set(optionId, (votes.get(optionId) ?? 0) + 1);
    for (const candidateId of outcome.onNoLine) {
      onNoLine.set(candidateId, (onNoLine.get(candidateId) ?? 0) + 1);
    }
  }
  return {
    contestId: contest.id,
    ballots,
    overvotes,
    undervotes,
    votes: Object.fromEntries(votes),
    onNoLine: Object.fromEntries(onNoLine),
  };
}

/** A script that marks what its sheet does not have is wrong itself. */
function assertOnSheet(sheet: TrueSheet, printed: readonly PrintedContest[]): void {
  for (const { contestId, optionId } of [...sheet.marks, ...(sheet.writtenIn ?? [])]) {
    const there = printed.some((one) => one.contestId === contestId && one.optionIds.includes(optionId));
    assert(there, `${sheet.label} has no oval ${contestId}/${optionId}`);
  }
}
