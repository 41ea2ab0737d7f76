/** The results of a run, put together from those of its jobs. */
import type { Done } from './job.js';
import { innocentKinds, type InnocentKind, type StreakResult } from './innocent.js';
import type { MarkSweep } from './mark-sweeps.js';
import { voterGroups, type PagesResult, type VoterGroup } from './pages.js';
import type { LineCounts } from './pencil-lines.js';
import { flipsIn, type SameSheetResult, type SeenVerdicts } from './same-sheet.js';
import type { SideResiduals } from './scanned-strip.js';
import type { SecondOpinionResult } from './second-opinion.js';
import type { PairResult, SweepResult } from './sweeps.js';
import { sumTallies, type Tally } from './tally.js';

export interface GroupResult {
  readonly sheets: number;
  readonly refused: number;
  readonly ambiguousSheets: number;
  readonly refusals: readonly string[];
  readonly tally: Tally;
}

export interface AccuracyResults {
  readonly pages: Readonly<Record<VoterGroup, GroupResult>>;
  readonly registration: { readonly sides: number; readonly meanPx: number; readonly worstPx: number };
  readonly positions: {
    readonly positions: number;
    readonly sides: number;
    readonly drawn: number;
    readonly tally: Tally;
  };
  readonly pencilLines: LineCounts;
  readonly innocent: Readonly<Record<InnocentKind, Tally>>;
  readonly streaks: StreakResult;
  readonly sameSheet: SameSheetResult;
  readonly secondOpinion: SecondOpinionResult;
  readonly sweeps: readonly SweepResult[];
  readonly pairs: readonly PairResult[];
  readonly markSweeps: readonly MarkSweep[];
}

/** So many sides' errors of registration are kept: each has some dozen ovals. */
const MOST_RESIDUAL_SIDES = 600;

export class ResultsKeeper {
  readonly residuals: SideResiduals[] = [];
  readonly #done: Done[] = [];

  add(done: Done): void {
    if (done.kind !== 'pages') {
      this.#done.push(done);
      return;
    }
    const room = MOST_RESIDUAL_SIDES - this.residuals.length;
    this.residuals.push(...done.result.residuals.slice(0, room));
    this.#done.push({ kind: 'pages', result: { ...done.result, residuals: [] } });
  }

  get results(): AccuracyResults {
    const positions = this.#of('positions').map(({ result }) => result);
    return {
      pages: this.#groups(),
      registration: registrationOf(this.residuals),
      positions: {
        positions: sum(positions, (one) => one.positions),
        sides: sum(positions, (one) => one.sides),
        drawn: sum(positions, (one) => one.drawn),
        tally: sumTallies(positions.map(({ tally }) => tally)),
      },
      pencilLines: sumLines(this.#of('pencil-lines').map(({ result }) => result)),
      innocent: this.#innocent(),
      streaks: sumStreaks(this.#of('streaks').map(({ result }) => result)),
      sameSheet: flipsIn(this.#of('same-sheet').map(({ result }): SeenVerdicts => result)),
      secondOpinion: sumOpinions(this.#of('second-opinion').map(({ result }) => result)),
      sweeps: this.#of('sweep').map(({ result }) => result),
      pairs: this.#of('pair').flatMap(({ result }) => result),
      markSweeps: this.#of('mark-sweep').map(({ result }) => result),
    };
  }

  #of<Kind extends Done['kind']>(kind: Kind): Extract<Done, { kind: Kind }>[] {
    return this.#done.filter((one): one is Extract<Done, { kind: Kind }> => one.kind === kind);
  }

  #groups(): AccuracyResults['pages'] {
    const pages = this.#of('pages').map(({ result }) => result);
    const of = (group: VoterGroup): GroupResult => sumPages(pages.filter((one) => one.group === group));
    const [instructed, odd, every] = voterGroups;
    return { [instructed]: of(instructed), [odd]: of(odd), [every]: of(every) };
  }

  #innocent(): AccuracyResults['innocent'] {
    const of = (kind: InnocentKind): Tally =>
      sumTallies(this.#of('innocent').flatMap(({ what, result }) => (what === kind ? [result] : [])));
    const entries = innocentKinds.map((kind) => [kind, of(kind)] as const);
    return Object.fromEntries(entries) as Record<InnocentKind, Tally>;
  }
}

function sumPages(pages: readonly PagesResult[]): GroupResult {
  return {
    sheets: sum(pages, (one) => one.sheets),
    refused: sum(pages, (one) => one.refused),
    ambiguousSheets: sum(pages, (one) => one.ambiguous),
    refusals: pages.flatMap(({ refusals }) => refusals).slice(0, 20),
    tally: sumTallies(pages.map(({ tally }) => tally)),
  };
}

function registrationOf(residuals: readonly SideResiduals[]): AccuracyResults['registration'] {
  let [total, count, worstPx] = [0, 0, 0];
  for (const { xPx, yPx } of residuals.flat()) {
    const distance = Math.hypot(xPx, yPx);
    total += distance;
    count++;
    worstPx = Math.max(worstPx, distance);
  }
  return { sides: residuals.length, meanPx: total / Math.max(1, count), worstPx };
}

function sumLines(all: readonly LineCounts[]): LineCounts {
  const lines: LineCounts = {};
  for (const [direction, verdicts] of all.flatMap((one) => Object.entries(one))) {
    const into = (lines[direction] ??= { blank: 0, ambiguous: 0, marked: 0 });
    into.blank += verdicts.blank;
    into.ambiguous += verdicts.ambiguous;
    into.marked += verdicts.marked;
  }
  return lines;
}

function sumStreaks(all: readonly StreakResult[]): StreakResult {
  return {
    sides: sum(all, (one) => one.sides),
    refused: sum(all, (one) => one.refused),
    targets: sum(all, (one) => one.targets),
    votes: sum(all, (one) => one.votes),
    ambiguous: sum(all, (one) => one.ambiguous),
  };
}

function sumOpinions(all: readonly SecondOpinionResult[]): SecondOpinionResult {
  return {
    sides: sum(all, (one) => one.sides),
    refused: sum(all, (one) => one.refused),
    confirmed: sum(all, (one) => one.confirmed),
    ambiguous: sum(all, (one) => one.ambiguous),
    unsure: sum(all, (one) => one.unsure),
    disagreements: all.flatMap(({ disagreements }) => disagreements),
  };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
