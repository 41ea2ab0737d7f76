/**
 * From marks to votes, one contest at a time: N of M, write-ins, and the fusion rule for a candidate who stands on
 * several party lines. Adjudication at the machine, records and review all ask here; what a test or the demo holds
 * for true never does.
 *
 * Sources: Dutchess handbook pages 10 and 11 (overvote, cross endorsement: "push up the duplicate vote(s) to the
 * highest-listed party line"); New York Election Law 9-112(4); VVSG 2.0 1.1.8.
 */
import { assert, must } from '../ground/result.js';
import type { Contest, ElectionSettings } from './definition.js';
import { seatsOf } from './definition.js';
import { isWriteInOptionId, writeInOptionId } from './layout-types.js';

export interface ContestOutcome {
  readonly contestId: string;
  /** Options that get a vote. Empty when overvoted. */
  readonly votes: readonly string[];
  /** Candidates (id) who get a vote that belongs to no line (rule `candidate-only`). */
  readonly candidateOnlyVotes: readonly string[];
  /** More selections than seats: nothing in this contest counts. */
  readonly overvoted: boolean;
  /** Seats less selections when that is positive; all of them when nothing was marked, none when overvoted. */
  readonly undervotes: number;
  /** Candidates marked on more than one line, as the voter marked them. */
  readonly crossEndorsements: readonly CrossEndorsement[];
  /** Nothing at all was marked. */
  readonly blank: boolean;
}

export interface CrossEndorsement {
  readonly candidateId: string;
  /** The marked lines in ballot order. */
  readonly optionIds: readonly string[];
}

/** Every option id of a contest, write-in lines last, in the order of the definition. */
export function optionIdsOf(contest: Contest): readonly string[] {
  const ids = contest.options.map((option) => option.id);
  if (contest.kind !== 'candidate') return ids;
  return [...ids, ...Array.from({ length: contest.writeIns }, (_, i) => writeInOptionId(i + 1))];
}

/**
 * @param ballotOrder the contest's options in the order in which this voter's ballot prints them
 * @param marked ids of the marked options, in any order
 */
export function applyContestRules(
  contest: Contest,
  ballotOrder: readonly string[],
  marked: readonly string[],
  rule: ElectionSettings['crossEndorsementRule'],
): ContestOutcome {
  assert(
    marked.every((optionId) => ballotOrder.includes(optionId)),
    `marks in ${contest.id} that its ballot does not have`,
  );
  const seats = seatsOf(contest);
  const selections = groupByCandidate(
    contest,
    ballotOrder.filter((optionId) => marked.includes(optionId)),
  );
  const crossEndorsements = selections.flatMap(({ candidateId, optionIds }) =>
    candidateId !== undefined && optionIds.length > 1 ? [{ candidateId, optionIds }] : [],
  );
  const selectionCount =
    rule === 'overvote' ? selections.reduce((sum, s) => sum + s.optionIds.length, 0) : selections.length;
  const base = { contestId: contest.id, crossEndorsements, blank: selections.length === 0 };

  if (selectionCount > seats) {
    return { ...base, votes: [], candidateOnlyVotes: [], overvoted: true, undervotes: 0 };
  }
  const votes: string[] = [];
  const candidateOnlyVotes: string[] = [];
  for (const { candidateId, optionIds } of selections) {
    const first = must(optionIds[0], 'a selection has a mark');
    if (optionIds.length === 1 || candidateId === undefined) votes.push(first);
    else if (rule === 'candidate-only') candidateOnlyVotes.push(candidateId);
    else if (rule === 'overvote') votes.push(...optionIds);
    else votes.push(first);
  }
  return { ...base, votes, candidateOnlyVotes, overvoted: false, undervotes: seats - selectionCount };
}

interface Selection {
  readonly candidateId: string | undefined;
  readonly optionIds: readonly string[];
}

/** One selection a candidate however many lines are marked; a write-in or a choice stands for itself. */
function groupByCandidate(contest: Contest, markedInOrder: readonly string[]): readonly Selection[] {
  const groups: { candidateId: string | undefined; optionIds: string[] }[] = [];
  for (const optionId of markedInOrder) {
    const candidateId = candidateOf(contest, optionId);
    const group = candidateId === undefined ? undefined : groups.find((g) => g.candidateId === candidateId);
    if (group === undefined) groups.push({ candidateId, optionIds: [optionId] });
    else group.optionIds.push(optionId);
  }
  return groups;
}

function candidateOf(contest: Contest, optionId: string): string | undefined {
  if (contest.kind !== 'candidate' || isWriteInOptionId(optionId)) return undefined;
  return contest.options.find((option) => option.id === optionId)?.candidateId;
}
