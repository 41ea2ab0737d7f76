/**
 * Step 4 of a sheet's journey: what a sheet that was read means, and whether the voter must be asked. Pure: the
 * reader's verdicts and the election in, a decision out. Handbook pages 10 to 12.
 */
import type { Bin } from '../../drivers/ports.js';
import { applyContestRules, type ContestOutcome } from '../../election-def/contest-rules.js';
import { seatsOf, type Contest } from '../../election-def/definition.js';
import { isWriteInOptionId } from '../../election-def/layout-types.js';
import { must } from '../../ground/result.js';
import type { RejectReason, SheetResult } from '../../vision/reading.js';
import { printedOrder } from '../records/build-record.js';
import type { ElectionFacts } from './input.js';

/** What the voter is told and asked about, contest by contest. */
export type Warning =
  | { readonly kind: 'overvote'; readonly contestId: string; readonly marked: number; readonly seats: number }
  | {
      readonly kind: 'cross-endorsement';
      readonly contestId: string;
      readonly candidateIds: readonly string[];
    }
  | {
      readonly kind: 'undervote';
      readonly contestId: string;
      readonly unused: number;
      readonly seats: number;
    }
  | { readonly kind: 'blank-ballot' };

/** Why a sheet was not counted and is given back. */
export type GiveBack =
  | { readonly kind: 'voter-chose' }
  | { readonly kind: 'ambiguous'; readonly contestIds: readonly string[] }
  | { readonly kind: 'not-castable'; readonly warnings: readonly Warning[] }
  | { readonly kind: 'unreadable'; readonly reason: RejectReason }
  | { readonly kind: 'wrong-precinct' }
  | { readonly kind: 'test-ballot' }
  | { readonly kind: 'several-sheets' }
  | { readonly kind: 'pulled-out' }
  | { readonly kind: 'jam' }
  | { readonly kind: 'scan-head-failed' }
  /** Its images do not fit into a slot of the ballot box, even at the lowest quality. */
  | { readonly kind: 'images-too-large' }
  | { readonly kind: 'card-failed' }
  | { readonly kind: 'gate-failed' }
  | { readonly kind: 'power-cut' };

export type Decision =
  | { readonly kind: 'cast'; readonly bin: Bin }
  | { readonly kind: 'ask'; readonly warnings: readonly Warning[]; readonly bin: Bin }
  | { readonly kind: 'give-back'; readonly why: GiveBack };

export function decide(election: ElectionFacts, sheet: SheetResult): Decision {
  if (sheet.kind === 'rejected') return giveBack({ kind: 'unreadable', reason: sheet.reject.reason });
  if (!election.precinctIds.includes(sheet.precinctId)) return giveBack({ kind: 'wrong-precinct' });
  if (sheet.test && election.mode === 'official') return giveBack({ kind: 'test-ballot' });

  const views = contestViews(election, sheet);
  const ambiguous = views.filter((view) => view.ambiguous).map((view) => view.contest.id);
  if (ambiguous.length > 0) return giveBack({ kind: 'ambiguous', contestIds: ambiguous });

  const bin: Bin = hasWriteIn(sheet) ? 'write-in' : 'main';
  const warnings = warningsOf(election, views);
  const { policy } = election.definition.settings;
  const policyOf = (warning: Warning): 'accept' | 'warn' | 'return' => {
    switch (warning.kind) {
      case 'overvote':
        return policy.overvote;
      case 'cross-endorsement':
        return policy.crossEndorsement;
      case 'undervote':
        return policy.undervote;
      case 'blank-ballot':
        return policy.blankBallot;
    }
  };
  const returned = warnings.filter((warning) => policyOf(warning) === 'return');
  if (returned.length > 0) return giveBack({ kind: 'not-castable', warnings: returned });
  const asked = warnings.filter((warning) => policyOf(warning) === 'warn');
  return asked.length > 0 ? { kind: 'ask', warnings: asked, bin } : { kind: 'cast', bin };
}

function giveBack(why: GiveBack): Decision {
  return { kind: 'give-back', why };
}

/** One contest of a sheet as its voter marked it. */
export interface ContestView {
  readonly contest: Contest;
  /** Ids of the marked options. */
  readonly marked: readonly string[];
  readonly ambiguous: boolean;
  readonly outcome: ContestOutcome;
}

/** Every contest of the sheet, front first, in ballot order. */
export function contestViews(
  election: Pick<ElectionFacts, 'definition' | 'layouts'>,
  sheet: Extract<SheetResult, { kind: 'read' }>,
): readonly ContestView[] {
  const layout = must(
    election.layouts.find((l) => l.styleId === sheet.styleId && l.precinctId === sheet.precinctId),
    'a sheet that was read has a layout',
  );
  const ovals = [...sheet.front.ovals, ...sheet.back.ovals];
  return printedOrder(layout, sheet.sheet).map(({ contestId, optionIds }) => {
    const contest = must(
      election.definition.contests.find((c) => c.id === contestId),
      `the definition has the contest ${contestId} of its layout`,
    );
    const own = ovals.filter((oval) => oval.contestId === contestId);
    const marked = own.filter((oval) => oval.verdict === 'marked').map((oval) => oval.optionId);
    return {
      contest,
      marked,
      ambiguous: own.some((oval) => oval.verdict === 'ambiguous'),
      outcome: applyContestRules(
        contest,
        optionIds,
        marked,
        election.definition.settings.crossEndorsementRule,
      ),
    };
  });
}

/**
 * A marked write-in oval, or writing in the box without a mark: both go to the write-in bin, where people look
 * (9 NYCRR 6210.15: a name written without a mark counts, and no machine can read it).
 */
function hasWriteIn(sheet: Extract<SheetResult, { kind: 'read' }>): boolean {
  return [sheet.front, sheet.back].some(
    (side) =>
      side.writeIns.some((box) => box.written) ||
      side.ovals.some((oval) => oval.verdict === 'marked' && isWriteInOptionId(oval.optionId)),
  );
}

function warningsOf(election: ElectionFacts, views: readonly ContestView[]): readonly Warning[] {
  if (views.every((view) => view.outcome.blank)) return [{ kind: 'blank-ballot' }];
  return views.flatMap(({ contest, outcome, marked }): Warning[] => {
    const contestId = contest.id;
    const seats = seatsOf(contest);
    if (outcome.overvoted) {
      return [{ kind: 'overvote', contestId, marked: marked.length, seats }];
    }
    const warnings: Warning[] = [];
    if (
      outcome.crossEndorsements.length > 0 &&
      election.definition.settings.crossEndorsementRule !== 'overvote'
    ) {
      const candidateIds = outcome.crossEndorsements.map((cross) => cross.candidateId);
      warnings.push({ kind: 'cross-endorsement', contestId, candidateIds });
    }
    if (outcome.undervotes > 0) {
      warnings.push({ kind: 'undervote', contestId, unused: outcome.undervotes, seats });
    }
    return warnings;
  });
}
