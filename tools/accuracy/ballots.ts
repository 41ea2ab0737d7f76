/** The sample elections' ballots, printed once, for whole sheets; and a voter's wishes on one of them. */
import { readFileSync } from 'node:fs';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { must } from '../../ground/result.js';
import { layOutElection } from '../../election-def/layout.js';
import { isWriteInOptionId, type BallotLayout, type SheetLayout } from '../../election-def/layout-types.js';
import { readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import type { Kernels } from '../../vision/kernels/kernels.js';
import { valueOf } from '../bench/office.js';
import { PrintedBallots } from '../bench/paper.js';
import { penNames, type PenName } from '../pen/ink.js';
import { feedOrientations, type FeedOrientation, type MarkWish } from '../pen/marked-sheet.js';
import type { CleanSheet } from '../pen/paper.js';
import { randomScan, type ScanConditions } from '../pen/scan-conditions.js';
import type { MarkKind } from '../pen/strokes.js';

const SAMPLES = ['boulder-co.json', 'dutchess-ny.json'] as const;

export interface SampleElection {
  readonly loaded: LoadedDefinition;
  readonly layouts: readonly BallotLayout[];
  readonly ballots: PrintedBallots;
  readonly context: ReadingContext;
}

export function sampleElections(kernels: Kernels): readonly SampleElection[] {
  return SAMPLES.map((name) => {
    const file = new URL(`../../../election-def/samples/${name}`, import.meta.url);
    const loaded = valueOf(readDefinition(new Uint8Array(readFileSync(file)), name));
    const layouts = valueOf(layOutElection(loaded));
    const { markThresholds } = loaded.definition.settings;
    return {
      loaded,
      layouts,
      ballots: new PrintedBallots(loaded, layouts),
      context: readingContext(layouts, loaded.hash20, markThresholds, kernels),
    };
  });
}

/** Everything about one voter's sheet but its pixels. */
export interface VotersSheet {
  readonly election: SampleElection;
  readonly layout: BallotLayout;
  readonly sheet: SheetLayout;
  readonly clean: CleanSheet;
  readonly wishes: readonly MarkWish[];
  readonly pen: PenName;
  readonly orientation: FeedOrientation;
  readonly conditions: ScanConditions;
}

/** A random sheet of a random ballot, about every fourth oval marked in one of these ways. */
export async function randomSheet(
  elections: readonly SampleElection[],
  kinds: (random: SeededRandom) => MarkKind,
  random: SeededRandom,
): Promise<VotersSheet> {
  const election = random.pick(elections);
  const layout = random.pick(election.layouts);
  const sheet = random.pick(layout.sheets);
  const wishes = [...sheet.front.ovals, ...sheet.back.ovals]
    .filter(() => random.chance(0.25))
    .map(({ contestId, optionId }): MarkWish => {
      const named = isWriteInOptionId(optionId) ? { writeIn: 'ROSA PARKS' } : {};
      return { contestId, optionId, kind: kinds(random), ...named };
    });
  const clean = must(await election.ballots.clean(layout.precinctId, sheet.sheet), 'a printed sheet');
  return {
    election,
    layout,
    sheet,
    clean,
    wishes,
    pen: random.pick(penNames),
    orientation: random.pick(feedOrientations),
    conditions: randomScan(random, PAPER_HEIGHT_MM[layout.paper]),
  };
}
