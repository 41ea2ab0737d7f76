/**
 * The totals once more, by a second piece of code: from the marked positions of each record and the election's
 * definition alone. It was written from the handbook's rules (Dutchess pages 10 and 11) and shares nothing with the
 * machine's contest rules and totals, so that a mistake there is not repeated here. Keep it so: of the firmware it imports types.
 */
import { seatsOf, type Contest, type ElectionDefinition } from '../../election-def/definition.js';
import type { CastVoteRecord, RecordedContest } from '../../firmware/records/record.js';
import type { ContestTotals, PrecinctTotals, Totals } from '../../firmware/records/totals-types.js';
import { problem, type Problem } from '../../ground/result.js';

/** One voter's contest as its marks say. */
interface Ruling {
  readonly overvoted: boolean;
  readonly undervotes: number;
  readonly votes: readonly string[];
  readonly candidateOnly: readonly string[];
}

export interface RetalliedRecord {
  readonly problems: readonly Problem[];
  /** `contest/option` of each vote, and `contest/candidate` of those on no line. */
  readonly votes: readonly string[];
  readonly candidateOnly: readonly string[];
}

export class Retally {
  /** `precinct/contest/option` and what was counted there. */
  readonly #numbers = new Map<string, number>();
  readonly #sheets = new Map<string, number[]>();
  readonly #bins = { main: 0, 'write-in': 0 };
  /** The contests of a style's sheet must be the same on each of its records. */
  readonly #printed = new Map<string, string>();

  constructor(
    private readonly definition: ElectionDefinition,
    private readonly precinctIds: readonly string[],
  ) {}

  /** Counts a record, and says what in it does not follow from its marks. */
  add(record: CastVoteRecord, where: string): RetalliedRecord {
    const problems: Problem[] = [];
    const say = (path: string, reason: string): void => {
      problems.push(problem('record-wrong', where, path, reason));
    };
    const style = this.definition.ballotStyles.find((one) => one.id === record.styleId);
    if (!this.precinctIds.includes(record.precinctId))
      say('precinctId', `${record.precinctId} does not vote here`);
    if (style?.precinctIds.includes(record.precinctId) !== true) {
      say('styleId', `${record.styleId} is not a ballot style of ${record.precinctId}`);
      return { problems, votes: [], candidateOnly: [] };
    }
    const listed = record.contests.map(({ contestId }) => contestId).join(' ');
    const sheetOfStyle = `${record.styleId} ${record.sheet}`;
    const before = this.#printed.get(sheetOfStyle) ?? listed;
    this.#printed.set(sheetOfStyle, before);
    if (before !== listed) say('contests', 'are not those of the other records of this style and sheet');

    const votes: string[] = [];
    const candidateOnly: string[] = [];
    for (const [i, recorded] of record.contests.entries()) {
      const path = `contests.${recorded.contestId}`;
      const contest = this.definition.contests.find((one) => one.id === recorded.contestId);
      if (contest === undefined || !style.contestIds.includes(contest.id)) {
        say(path, `is not on ballot style ${style.id}`);
        continue;
      }
      if (record.contests.findIndex((one) => one.contestId === contest.id) !== i) say(path, 'is there twice');
      const order = printedOptions(contest, style.optionOrder?.[contest.id]);
      if (recorded.positions.map(({ optionId }) => optionId).join(' ') !== order.join(' ')) {
        say(path, 'has not the options that its ballot prints, in their order');
        continue;
      }
      if (recorded.positions.some(({ verdict }) => verdict === 'ambiguous'))
        say(path, 'has an ambiguous mark');
      const ruling = rule(contest, recorded, this.definition.settings.crossEndorsementRule);
      if (!agrees(contest, ruling, recorded)) say(`${path}.outcome`, 'does not follow from the marks');
      this.#count(record.precinctId, contest.id, ruling);
      votes.push(...ruling.votes.map((id) => `${contest.id}/${id}`));
      candidateOnly.push(...ruling.candidateOnly.map((id) => `${contest.id}/${id}`));
    }
    this.#countSheet(record);
    return { problems, votes, candidateOnly };
  }

  #raise(by: number, ...path: readonly string[]): void {
    const key = path.join('/');
    this.#numbers.set(key, (this.#numbers.get(key) ?? 0) + by);
  }

  #number(...path: readonly string[]): number {
    return this.#numbers.get(path.join('/')) ?? 0;
  }

  #countSheet(record: CastVoteRecord): void {
    this.#bins[record.bin] += 1;
    const sheets = this.#sheets.get(record.precinctId) ?? [];
    this.#sheets.set(record.precinctId, sheets);
    for (let n = sheets.length; n < record.sheet; n++) sheets.push(0);
    sheets[record.sheet - 1] = (sheets[record.sheet - 1] ?? 0) + 1;
    const isBlank = record.contests.every(({ positions }) => positions.every((p) => p.verdict !== 'marked'));
    if (isBlank) this.#raise(1, record.precinctId, '', 'blank');
  }

  #count(precinctId: string, contestId: string, ruling: Ruling): void {
    this.#raise(1, precinctId, contestId, 'ballots');
    this.#raise(ruling.overvoted ? 1 : 0, precinctId, contestId, 'overvotes');
    this.#raise(ruling.undervotes, precinctId, contestId, 'undervotes');
    for (const id of ruling.votes) this.#raise(1, precinctId, contestId, 'option', id);
    for (const id of ruling.candidateOnly) this.#raise(1, precinctId, contestId, 'candidate', id);
  }

  totals(): Totals {
    const precincts = this.precinctIds.map((id) => this.#precinct(id));
    const { main, 'write-in': writeIn } = this.#bins;
    const ballots = precincts.reduce((sum, precinct) => sum + precinct.ballots, 0);
    return { precincts, bins: { main, writeIn }, sheets: main + writeIn, ballots };
  }

  #precinct(precinctId: string): PrecinctTotals {
    const styles = this.definition.ballotStyles.filter((style) => style.precinctIds.includes(precinctId));
    const sheets = this.#sheets.get(precinctId) ?? [];
    return {
      precinctId,
      sheets,
      ballots: sheets[0] ?? 0,
      blankSheets: this.#number(precinctId, '', 'blank'),
      contests: this.definition.contests
        .filter((contest) => styles.some((style) => style.contestIds.includes(contest.id)))
        .map((contest) => this.#contest(precinctId, contest)),
    };
  }

  #contest(precinctId: string, contest: Contest): ContestTotals {
    const number = (...path: readonly string[]): number => this.#number(precinctId, contest.id, ...path);
    const candidates = contest.kind === 'candidate' ? contest.candidates : [];
    return {
      contestId: contest.id,
      ballots: number('ballots'),
      overvotes: number('overvotes'),
      undervotes: number('undervotes'),
      options: printedOptions(contest, undefined).map((optionId) => ({
        optionId,
        votes: number('option', optionId),
      })),
      candidateOnly: candidates
        .map(({ id }) => ({ candidateId: id, votes: number('candidate', id) }))
        .filter(({ votes }) => votes > 0),
    };
  }
}

/** The precincts of a polling place, in the definition's order. */
export function precinctsAt(definition: ElectionDefinition, pollingPlaceId: string): readonly string[] {
  const place = definition.pollingPlaces.find(({ id }) => id === pollingPlaceId);
  return definition.precincts.map(({ id }) => id).filter((id) => place?.precinctIds.includes(id) === true);
}

/** Options as a ballot prints them, write-in lines last. */
function printedOptions(contest: Contest, rotated: readonly string[] | undefined): readonly string[] {
  const printed = rotated ?? contest.options.map(({ id }) => id);
  const lines = contest.kind === 'candidate' ? contest.writeIns : 0;
  return [...printed, ...Array.from({ length: lines }, (_, i) => `write-in-${i + 1}`)];
}

/**
 * A candidate marked on several lines is one choice of the voter, unless the election counts each line; more choices
 * than seats void the contest.
 */
function rule(
  contest: Contest,
  recorded: RecordedContest,
  crossEndorsement: ElectionDefinition['settings']['crossEndorsementRule'],
): Ruling {
  const seats = seatsOf(contest);
  const marked = recorded.positions.filter((p) => p.verdict === 'marked').map((p) => p.optionId);
  const linesOf = new Map<string, string[]>();
  for (const optionId of marked) {
    const chosen = crossEndorsement === 'overvote' ? `line ${optionId}` : whoIs(contest, optionId);
    linesOf.set(chosen, [...(linesOf.get(chosen) ?? []), optionId]);
  }
  if (linesOf.size > seats) return { overvoted: true, undervotes: 0, votes: [], candidateOnly: [] };
  const votes: string[] = [];
  const candidateOnly: string[] = [];
  for (const [who, lines] of linesOf) {
    if (lines.length > 1 && crossEndorsement === 'candidate-only')
      candidateOnly.push(who.slice('person '.length));
    else votes.push(...lines.slice(0, 1));
  }
  return { overvoted: false, undervotes: seats - linesOf.size, votes, candidateOnly };
}

function whoIs(contest: Contest, optionId: string): string {
  const line = contest.kind === 'candidate' ? contest.options.find(({ id }) => id === optionId) : undefined;
  return line === undefined ? `line ${optionId}` : `person ${line.candidateId}`;
}

/** Candidates marked on more than one line, each as `candidate,line,line`. */
function severalLines(contest: Contest, positions: RecordedContest['positions']): readonly string[] {
  if (contest.kind !== 'candidate') return [];
  return contest.candidates.flatMap(({ id }) => {
    const lines = positions.filter(
      ({ optionId, verdict }) => verdict === 'marked' && whoIs(contest, optionId) === `person ${id}`,
    );
    return lines.length > 1 ? [[id, ...lines.map(({ optionId }) => optionId)].join()] : [];
  });
}

function agrees(contest: Contest, ruling: Ruling, { outcome, positions }: RecordedContest): boolean {
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    [...a].sort().join(' ') === [...b].sort().join(' ');
  return (
    outcome.overvoted === ruling.overvoted &&
    outcome.undervotes === ruling.undervotes &&
    outcome.blank === positions.every(({ verdict }) => verdict !== 'marked') &&
    same(outcome.votes, ruling.votes) &&
    same(outcome.candidateOnlyVotes, ruling.candidateOnly) &&
    same(
      outcome.crossEndorsements.map(({ candidateId, optionIds }) => [candidateId, ...optionIds].join()),
      severalLines(contest, positions),
    )
  );
}

/** Number by number, where two sets of totals differ; a sheet number that nobody cast may be left out. */
export function totalsDifferences(stated: Totals, added: Totals, where: string): readonly Problem[] {
  const a = numbersOf(stated);
  const b = numbersOf(added);
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((path) => {
    const says = a.get(path);
    const is = b.get(path);
    if (says === is) return [];
    const reason = `says ${says ?? 'nothing'} where the records add up to ${is ?? 'nothing'}`;
    return [problem('totals-differ', where, path, reason)];
  });
}

function numbersOf(totals: Totals): ReadonlyMap<string, number> {
  const { precincts, bins, sheets, ballots } = totals;
  const numbers = new Map([
    ['sheets', sheets],
    ['ballots', ballots],
    ['main bin', bins.main],
    ['write-in bin', bins.writeIn],
  ]);
  for (const precinct of precincts) {
    const at = precinct.precinctId;
    numbers.set(`${at}.ballots`, precinct.ballots);
    numbers.set(`${at}.blankSheets`, precinct.blankSheets);
    for (const [i, n] of precinct.sheets.entries()) if (n > 0) numbers.set(`${at}.sheets[${i}]`, n);
    for (const contest of precinct.contests) {
      const path = `${at}.${contest.contestId}`;
      numbers.set(`${path}.ballots`, contest.ballots);
      numbers.set(`${path}.overvotes`, contest.overvotes);
      numbers.set(`${path}.undervotes`, contest.undervotes);
      for (const { optionId, votes } of contest.options) numbers.set(`${path}.${optionId}`, votes);
      for (const { candidateId, votes } of contest.candidateOnly)
        numbers.set(`${path}.${candidateId} on no line`, votes);
    }
  }
  return numbers;
}
