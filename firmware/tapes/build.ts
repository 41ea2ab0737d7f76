/**
 * From the definition, the totals and the device's own numbers to the facts of a tape. A zero tape shows every
 * precinct of the polling place (handbook page 25); a results tape joins small ones (`small-cells.ts`).
 */
import {
  seatsOf,
  textIn,
  type Contest,
  type ElectionDefinition,
  type Language,
  type Text,
} from '../../election-def/definition.js';
import { isWriteInOptionId } from '../../election-def/layout-types.js';
import { assert, must } from '../../ground/result.js';
import type { ContestTotals, PrecinctTotals, Totals } from '../records/totals-types.js';
import type { TapeContest, TapeContestTotals, TapeFacts, TapeGroup } from './facts.js';
import { joinSmallPrecincts } from './small-cells.js';

type FromDefinition =
  'election' | 'pollingPlace' | 'precinctTerm' | 'smallCellMinimum' | 'contests' | 'groups' | 'counters';

export interface TapeInput extends Omit<TapeFacts, FromDefinition> {
  readonly definition: ElectionDefinition;
  readonly pollingPlaceId: string;
  readonly totals: Totals;
  readonly protectiveAtOpening: number;
  readonly protectiveNow: number;
}

export function tapeFacts(input: TapeInput): TapeFacts {
  const { definition, pollingPlaceId, totals, protectiveAtOpening, protectiveNow, ...device } = input;
  const say = speaker(definition);
  const place = must(
    definition.pollingPlaces.find((p) => p.id === pollingPlaceId),
    `no polling place ${pollingPlaceId}`,
  );
  const smallCellMinimum = device.type === 'results' ? definition.settings.smallCellMinimum : 0;
  const counted = new Set(totals.precincts.flatMap((p) => p.contests.map((c) => c.contestId)));
  const contests = definition.contests.filter((contest) => counted.has(contest.id));
  assert(
    device.type === 'results' || (totals.sheets === 0 && totals.ballots === 0),
    'a zero tape is only made while nothing is counted',
  );
  return {
    ...device,
    election: {
      id: definition.id,
      title: say(definition.title),
      jurisdiction: say(definition.jurisdiction),
      date: definition.date,
    },
    pollingPlace: say(place.name),
    precinctTerm: say(definition.precinctTerm),
    smallCellMinimum,
    counters: {
      sheets: totals.sheets,
      ballots: totals.ballots,
      mainBinSheets: totals.bins.main,
      writeInBinSheets: totals.bins.writeIn,
      protectiveAtOpening,
      protectiveNow,
    },
    contests: contests.map((contest) => tapeContest(definition, contest)),
    groups: joinSmallPrecincts(totals, smallCellMinimum).map((group) =>
      tapeGroup(definition, contests, group),
    ),
  };
}

/** The leading language, on one line, accents composed so that a character is a column. */
export function speaker(definition: ElectionDefinition): (text: Text) => string {
  const language: Language = definition.languages[0] ?? 'en';
  return (text) => oneLine(textIn(text, language));
}

function oneLine(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

export function tapeContest(definition: ElectionDefinition, contest: Contest): TapeContest {
  const say = speaker(definition);
  const base = {
    title: say(contest.title),
    subtitle: contest.subtitle === undefined ? '' : say(contest.subtitle),
    seats: seatsOf(contest),
  };
  if (contest.kind !== 'candidate') {
    return {
      ...base,
      subtitle: contest.kind === 'retention' ? oneLine(contest.candidate.name) : base.subtitle,
      names: contest.options.map((option) => say(option.label)),
      options: contest.options.map((_, name) => ({ name, party: '' })),
      writeIn: false,
    };
  }
  const parties = new Map(definition.parties.map((party) => [party.id, oneLine(party.abbreviation)]));
  return {
    ...base,
    names: contest.candidates.map((c) =>
      oneLine(c.runningMate === undefined ? c.name : `${c.name} / ${c.runningMate}`),
    ),
    options: contest.options.map((option) => {
      const name = contest.candidates.findIndex((candidate) => candidate.id === option.candidateId);
      assert(name >= 0, `option ${option.id} has a candidate`);
      return { name, party: option.partyId === undefined ? '' : (parties.get(option.partyId) ?? '') };
    }),
    writeIn: contest.writeIns > 0,
  };
}

function tapeGroup(
  definition: ElectionDefinition,
  contests: readonly Contest[],
  precincts: readonly PrecinctTotals[],
): TapeGroup {
  const say = speaker(definition);
  const mostSheets = Math.max(...precincts.map((p) => p.sheets.length));
  return {
    precincts: precincts.map(({ precinctId }) =>
      say(
        must(
          definition.precincts.find((p) => p.id === precinctId),
          `no precinct ${precinctId}`,
        ).name,
      ),
    ),
    sheets: Array.from({ length: mostSheets }, (_, i) => sum(precincts, (p) => p.sheets[i] ?? 0)),
    ballots: sum(precincts, (p) => p.ballots),
    blankSheets: sum(precincts, (p) => p.blankSheets),
    contests: contests.flatMap((contest, index) => {
      const parts = precincts.flatMap((p) => p.contests.filter((c) => c.contestId === contest.id));
      return parts.length === 0 ? [] : [contestTotals(definition, contest, index, parts)];
    }),
  };
}

function contestTotals(
  definition: ElectionDefinition,
  contest: Contest,
  index: number,
  parts: readonly ContestTotals[],
): TapeContestTotals {
  const votesFor = (matches: (optionId: string) => boolean): number =>
    sum(parts, (part) => sum(part.options, (o) => (matches(o.optionId) ? o.votes : 0)));
  const onNoLine =
    contest.kind === 'candidate' && definition.settings.crossEndorsementRule === 'candidate-only'
      ? contest.candidates
      : [];
  return {
    contest: index,
    ballots: sum(parts, (part) => part.ballots),
    votes: contest.options.map((option) => votesFor((id) => id === option.id)),
    writeIns: votesFor(isWriteInOptionId),
    candidateOnly: onNoLine.map(({ id }) =>
      sum(parts, (part) => sum(part.candidateOnly, (c) => (c.candidateId === id ? c.votes : 0))),
    ),
    overvotes: sum(parts, (part) => part.overvotes),
    undervotes: sum(parts, (part) => part.undervotes),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
