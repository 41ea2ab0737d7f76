/**
 * The sheets of a soak: a deck that is fed again and again, so that the truth about 72,000 sheets takes no more memory
 * than the truth about one deck. What fell into the bins is added up here by hand, and held against the results tape
 * as its signed codes say it.
 */
import { must } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { Bin } from '../../drivers/ports.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import type { Contest, ElectionDefinition } from '../../election-def/definition.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import type { TapeFacts } from '../../firmware/tapes/facts.js';
import { KnownReadings, type SheetKind } from '../simulate/known-sheets.js';

/** Kinds of a deck; the rest are clean. */
const NOT_CLEAN: readonly SheetKind[] = [
  'overvote',
  'overvote',
  'cross-endorsement',
  'cross-endorsement',
  'ambiguous',
  'blank',
  'write-in',
  'write-in',
  'unreadable',
  'test-ballot',
  'wrong-precinct',
  'no-ballot',
];
const DECK_SHEETS = 100;

export class Deck {
  readonly readings: KnownReadings;
  readonly #sheets: readonly Sheet[];
  #next = 0;

  constructor(layouts: readonly BallotLayout[], random: SeededRandom) {
    this.readings = new KnownReadings(layouts);
    const kinds = Array.from({ length: DECK_SHEETS }, (_, n) => NOT_CLEAN[n] ?? 'clean');
    this.#sheets = random.shuffle(kinds).map((kind) => this.readings.make(kind, random).sheet);
  }

  next(): Sheet {
    const sheet = must(this.#sheets[this.#next % DECK_SHEETS], 'a sheet of the deck');
    this.#next += 1;
    return sheet;
  }
}

interface ContestCount {
  ballots: number;
  overvotes: number;
  undervotes: number;
  writeIns: number;
  /** By the place of the candidate, or of the choice, in the definition. */
  readonly votes: number[];
}

/** What lies in the bins, counted by hand. */
export class HandCount {
  readonly bins: Record<Bin, number> = { main: 0, 'write-in': 0 };
  readonly #contests: ReadonlyMap<string, ContestCount>;

  constructor(
    private readonly definition: ElectionDefinition,
    private readonly readings: KnownReadings,
  ) {
    this.#contests = new Map(
      definition.contests.map((contest) => [
        contest.id,
        {
          ballots: 0,
          overvotes: 0,
          undervotes: 0,
          writeIns: 0,
          votes: placesOf(contest).map(() => 0),
        },
      ]),
    );
  }

  get sheets(): number {
    return this.bins.main + this.bins['write-in'];
  }

  take(sheet: Sheet, bin: Bin): void {
    this.bins[bin] += 1;
    const { marked } = this.readings.of(sheet);
    for (const contest of this.definition.contests) {
      const count = must(this.#contests.get(contest.id), 'a contest');
      const options = marked
        .filter((name) => name.startsWith(`${contest.id}/`))
        .map((name) => name.slice(contest.id.length + 1));
      // One candidate on two lines is one choice.
      const places = new Set(options.map((option) => placeOf(contest, option)));
      count.ballots += 1;
      const [place] = places;
      if (place === undefined) count.undervotes += 1;
      else if (places.size > 1) count.overvotes += 1;
      else if (place < 0) count.writeIns += 1;
      else count.votes[place] = (count.votes[place] ?? 0) + 1;
    }
  }

  /** Where a results tape says something else; empty when it agrees. */
  differences({ counters, contests, groups }: TapeFacts): readonly string[] {
    const found: string[] = [];
    const says = (what: string, tape: number, hand: number): void => {
      if (tape !== hand) found.push(`${what}: the tape says ${tape}, by hand ${hand}`);
    };
    says('sheets', counters.sheets, this.sheets);
    says('main bin', counters.mainBinSheets, this.bins.main);
    says('write-in bin', counters.writeInBinSheets, this.bins['write-in']);
    says('contests', contests.length, this.definition.contests.length);
    const totals = groups.flatMap((group) => group.contests);
    for (const [index, contest] of this.definition.contests.entries()) {
      const hand = must(this.#contests.get(contest.id), 'a contest');
      const own = totals.filter((total) => total.contest === index);
      const sum = (of: (total: (typeof own)[number]) => number): number =>
        own.reduce((all, total) => all + of(total), 0);
      says(
        `${contest.id}, ballots`,
        sum((total) => total.ballots),
        hand.ballots,
      );
      says(
        `${contest.id}, overvotes`,
        sum((total) => total.overvotes),
        hand.overvotes,
      );
      says(
        `${contest.id}, undervotes`,
        sum((total) => total.undervotes),
        hand.undervotes,
      );
      says(
        `${contest.id}, write-ins`,
        sum((total) => total.writeIns),
        hand.writeIns,
      );
      const options = contests[index]?.options ?? [];
      for (const [place, votes] of hand.votes.entries()) {
        const onLines = sum((total) =>
          total.votes.reduce((all, line, n) => all + (options[n]?.name === place ? line : 0), 0),
        );
        says(`${contest.id}, choice ${place + 1}`, onLines + sum((t) => t.candidateOnly[place] ?? 0), votes);
      }
    }
    return found;
  }
}

function placesOf(contest: Contest): readonly string[] {
  return contest.kind === 'candidate'
    ? contest.candidates.map(({ id }) => id)
    : contest.options.map(({ id }) => id);
}

/** -1 for a write-in line. */
function placeOf(contest: Contest, optionId: string): number {
  if (contest.kind !== 'candidate') return placesOf(contest).indexOf(optionId);
  const line = contest.options.find(({ id }) => id === optionId);
  return line === undefined ? -1 : placesOf(contest).indexOf(line.candidateId);
}
