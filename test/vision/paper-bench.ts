/**
 * One printed ballot for all tests of paper as it is: printed, marked by a hand, spoilt by the test, scanned and read.
 * `outcomeOf` gives the result its name and throws when anything is WRONG: an oval without ink that reads as marked,
 * or a plain mark that reads as blank. Truth is the ink measured on the marked paper.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { ballotPdf } from '../../election-def/ballot-pdf.js';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import {
  feedOrientations,
  markPaper,
  scanSheet,
  type FeedOrientation,
  type MarkedPaper,
  type MarkWish,
  type PenOptions,
  type ScannedSheet,
} from '../../tools/pen/marked-sheet.js';
import type { CleanSheet, PaperSheet } from '../../tools/pen/paper.js';
import { randomScan, type ScanConditions } from '../../tools/pen/scan-conditions.js';
import type { MarkKind } from '../../tools/pen/strokes.js';
import { rasterPdf } from '../../tools/raster.js';
import { readingContext } from '../../vision/context.js';
import { readSheet } from '../../vision/read-sheet.js';
import type { OvalReading, RejectReason, SheetResult } from '../../vision/reading.js';
import { layOutSample } from '../election-def/samples.js';

const sample = layOutSample('boulder-co');
const layout = must(sample.layouts[0], 'a layout');
export const sheet = must(layout.sheets[0], 'a sheet');
export const paperSize = layout.paper;
export const context = readingContext(sample.layouts, sample.loaded.hash20, defaultMarkThresholds);
export const allOvals = [...sheet.front.ovals, ...sheet.back.ovals];

/** The ballot as printed, at 200 dpi. */
export async function printBallot(): Promise<CleanSheet> {
  const pages = await rasterPdf(await ballotPdf(sample.loaded, layout, { test: false }), 200, 'ballot');
  if (!pages.ok) throw new Error(pages.error.reason);
  return { front: must(pages.value[0], 'front'), back: must(pages.value[1], 'back') };
}

/** Every fourth oval, marked in this way. */
export function everyFourth(kind: MarkKind = 'full'): readonly MarkWish[] {
  return allOvals
    .filter((_, i) => i % 4 === 1)
    .map(({ contestId, optionId }): MarkWish => ({ contestId, optionId, kind }));
}

export function marked(
  clean: CleanSheet,
  seed: string,
  pen: PenOptions['pen'] = 'ballpoint',
  wishes: readonly MarkWish[] = everyFourth(),
): MarkedPaper {
  return markPaper(clean, sheet, wishes, { pen, seed });
}

/** Fed one of the four ways and scanned, as the seed has it. */
export function scanned(
  paper: PaperSheet,
  seed: string,
  change: Partial<ScanConditions> = {},
  orientation: FeedOrientation = seededRandom(`${seed}/feeding`).pick(feedOrientations),
): ScannedSheet {
  const conditions = { ...randomScan(seededRandom(seed)), ...change };
  return scanSheet(paper, { orientation, conditions, seed });
}

export function read(scan: { readonly first: GreyPage; readonly second: GreyPage }): SheetResult {
  return readSheet(scan.first, scan.second, context);
}

/** `right`: every mark is marked and every other oval blank; `ambiguous`: some oval is neither; or why it was refused. */
export type Outcome = 'right' | 'ambiguous' | RejectReason;

/** What a person would call a mark, and bare paper; between the two there is no truth. */
const PLAIN_MARK = 0.12;
const BARE = 0.005;

export function outcomeOf(result: SheetResult, truth: Omit<MarkedPaper, 'paper'>, hint: string): Outcome {
  if (result.kind === 'rejected') return result.reject.reason;
  const ovals = [...result.front.ovals, ...result.back.ovals];
  if (ovals.length !== allOvals.length) throw new Error(`${hint}: ${ovals.length} ovals`);
  let doubts = 0;
  for (const { contestId, optionId, ink } of [...truth.truth, ...truth.others]) {
    const oval = must(
      ovals.find((one) => one.contestId === contestId && one.optionId === optionId),
      'the oval was read',
    );
    if (oval.verdict === 'ambiguous') doubts++;
    const isWrong =
      (ink.light <= BARE && oval.verdict === 'marked') ||
      (ink.light >= PLAIN_MARK && oval.verdict === 'blank');
    if (isWrong) throw new Error(`${hint}: ${wrong(oval, ink.light)}`);
  }
  return doubts === 0 ? 'right' : 'ambiguous';
}

function wrong({ contestId, optionId, verdict, score }: OvalReading, light: number): string {
  return `WRONG: ${contestId} ${optionId} with ${light.toFixed(3)} of ink reads as ${verdict} ${JSON.stringify(score)}`;
}

/** The sheet's detail on a refusal, for messages. */
export function detailOf(result: SheetResult): string {
  return result.kind === 'rejected' ? result.reject.detail : 'read';
}
