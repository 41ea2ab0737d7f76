/**
 * What the benchmarks read: a sample election's ballots, printed on letter, legal and 22-inch paper, rasterised, marked
 * with a pen and scanned under random conditions, the same at every run. Some of them upright, some turned.
 */
import { readFileSync } from 'node:fs';
import { must, type Problem, type Result } from '../../ground/result.js';
import { utf8 } from '../../ground/bytes.js';
import { seededRandom } from '../../ground/seeded-random.js';
import type { ElectionDefinition, PaperSize } from '../../election-def/definition.js';
import { layOutElection } from '../../election-def/layout.js';
import { isWriteInOptionId, type BallotLayout, type SheetLayout } from '../../election-def/layout-types.js';
import { readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import type { ScannedSheet } from '../../drivers/ports.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import { PrintedBallots } from '../bench/paper.js';
import { valueOf } from '../bench/office.js';
import { feedOrientations, markSheet, type MarkWish } from '../pen/marked-sheet.js';
import { penNames } from '../pen/ink.js';
import { randomScan } from '../pen/scan-conditions.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';

export interface BenchPaper {
  readonly paper: PaperSize;
  readonly loaded: LoadedDefinition;
  readonly layouts: readonly BallotLayout[];
  readonly context: ReadingContext;
  readonly sheets: readonly ScannedSheet[];
}

/** The Colorado sample, its first style on this paper, as so many scanned sheets. */
export async function benchPaper(paper: PaperSize, sheets: number, seed = 'benchmark'): Promise<BenchPaper> {
  const loaded = onPaper(paper);
  const layouts = valueOfAll(layOutElection(loaded));
  const layout = must(layouts[0], 'a ballot');
  const ballots = new PrintedBallots(loaded, [layout]);
  const scanned: ScannedSheet[] = [];
  for (let i = 0; i < sheets; i++) {
    const sheet = must(layout.sheets[i % layout.sheets.length], 'a sheet');
    const clean = await ballots.clean(layout.precinctId, sheet.sheet);
    scanned.push(scanOne(clean, sheet, paper, `${seed}/${paper}/${i}`, i));
  }
  const { markThresholds } = loaded.definition.settings;
  return {
    paper,
    loaded,
    layouts,
    context: readingContext(layouts, loaded.hash20, markThresholds),
    sheets: scanned,
  };
}

function scanOne(
  clean: Parameters<typeof markSheet>[0],
  sheet: SheetLayout,
  paper: PaperSize,
  seed: string,
  turn: number,
): ScannedSheet {
  const random = seededRandom(seed);
  const wishes = [...sheet.front.ovals, ...sheet.back.ovals]
    .filter(() => random.chance(0.3))
    .map(({ contestId, optionId }): MarkWish => {
      const kind = random.pick(['full', 'full', 'x', 'check', 'pencil-line'] as const);
      return { contestId, optionId, kind, ...(isWriteInOptionId(optionId) ? { writeIn: 'ROSA PARKS' } : {}) };
    });
  const orientation = must(feedOrientations[turn % feedOrientations.length], 'a way to feed');
  const conditions = randomScan(random, PAPER_HEIGHT_MM[paper]);
  return markSheet(clean, sheet, wishes, { pen: random.pick(penNames), seed, orientation, conditions });
}

function onPaper(paper: PaperSize): LoadedDefinition {
  const sample = new URL('../../../election-def/samples/boulder-co.json', import.meta.url);
  const definition = JSON.parse(readFileSync(sample, 'utf8')) as ElectionDefinition;
  const styles = definition.ballotStyles.map((style) => ({ ...style, paper }));
  const text = JSON.stringify({ ...definition, ballotStyles: styles });
  return valueOfAll(readDefinition(utf8(text), `boulder-co.json on ${paper}`));
}

function valueOfAll<T>(result: Result<T, readonly Problem[]>): T {
  return valueOf(result);
}
