/**
 * What the benchmarks read: a sample election's ballots, printed on letter, legal and 22-inch paper, rasterised, marked
 * with a pen and scanned under random conditions, the same at every run. Some of them upright, some turned. And a
 * ballot of 250 ovals a side, which nobody prints, because the baseline looks for 250.
 */
import { readFileSync } from 'node:fs';
import { must } from '../../ground/result.js';
import { utf8 } from '../../ground/bytes.js';
import { seededRandom } from '../../ground/seeded-random.js';
import type { ElectionDefinition, PaperSize } from '../../election-def/definition.js';
import { layOutElection } from '../../election-def/layout.js';
import {
  isWriteInOptionId,
  type BallotLayout,
  type DrawItem,
  type OvalPlace,
  type SheetLayout,
  type SideLayout,
} from '../../election-def/layout-types.js';
import { readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import type { ScannedSheet } from '../../drivers/ports.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import { PrintedBallots } from '../bench/paper.js';
import { valueOf } from '../bench/office.js';
import { feedOrientations, markSheet, type MarkWish } from '../pen/marked-sheet.js';
import { penNames } from '../pen/ink.js';
import { randomScan } from '../pen/scan-conditions.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';

const DENSE_OVALS = 250;
const DENSE_COLUMNS = 10;

export interface BenchPaper {
  readonly paper: PaperSize;
  readonly loaded: LoadedDefinition;
  readonly layouts: readonly BallotLayout[];
  readonly context: ReadingContext;
  readonly sheets: readonly ScannedSheet[];
}

/** The Colorado sample, its first style on this paper, as so many scanned sheets. */
export function benchPaper(paper: PaperSize, sheets: number, seed = 'benchmark'): Promise<BenchPaper> {
  const loaded = onPaper(paper);
  return scannedPaper(paper, loaded, valueOf(layOutElection(loaded)), sheets, seed);
}

/** The same election's letter ballot, but with 250 ovals on each side and a number beside each. */
export function densePaper(sheets: number): Promise<BenchPaper> {
  const loaded = onPaper('letter');
  const layout = must(valueOf(layOutElection(loaded))[0], 'a ballot');
  const sheet = { sheet: 1, front: denseSide('front'), back: denseSide('back') };
  return scannedPaper('letter', loaded, [{ ...layout, sheets: [sheet] }], sheets, 'dense');
}

function denseSide(side: SideLayout['side']): SideLayout {
  const ovals: OvalPlace[] = [];
  const drawing: DrawItem[] = [];
  for (let i = 0; i < DENSE_OVALS; i++) {
    const column = i % DENSE_COLUMNS;
    const row = Math.floor(i / DENSE_COLUMNS);
    const [xMm, yMm] = [22 + column * 18.5, 25 + row * 9.4];
    ovals.push({ contestId: `contest-${column + 1}`, optionId: `option-${row + 1}`, xMm, yMm });
    const place = { xMm: xMm + 5.6, baselineMm: yMm + 1 };
    drawing.push({ kind: 'text', text: `No ${i + 1}`, ...place, font: 'regular', sizePt: 8, grey: 0 });
  }
  return { side, contests: [], ovals, writeInBoxes: [], drawing };
}

async function scannedPaper(
  paper: PaperSize,
  loaded: LoadedDefinition,
  layouts: readonly BallotLayout[],
  sheets: number,
  seed: string,
): Promise<BenchPaper> {
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
  return valueOf(readDefinition(utf8(text), `boulder-co.json on ${paper}`));
}
