/**
 * Paper for a bench: ballots printed as the election office prints them (PDF, rasterised), marked with the pen, and
 * laid into a voter's hand as a sheet for the cabinet.
 */
import { must } from '../../ground/result.js';
import { SCAN_DPI } from '../../ground/units.js';
import { seededRandom } from '../../ground/seeded-random.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import { ballotPdf } from '../../election-def/ballot-pdf.js';
import type { BallotLayout, SheetLayout } from '../../election-def/layout-types.js';
import type { LoadedDefinition } from '../../election-def/load.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import { markPaper, scanSheet, type FeedOrientation, type MarkWish } from '../pen/marked-sheet.js';
import type { PenName } from '../pen/ink.js';
import { onPaper, type CleanSheet, type PaperSheet } from '../pen/paper.js';
import { randomScan } from '../pen/scan-conditions.js';
import { rasterPdf } from '../raster.js';
import { valueOf } from './office.js';

/** The printed ballots of an election, each rasterised once. */
export class PrintedBallots {
  readonly #clean = new Map<string, readonly CleanSheet[]>();

  constructor(
    private readonly loaded: LoadedDefinition,
    readonly layouts: readonly BallotLayout[],
  ) {}

  layoutOf(precinctId: string): BallotLayout {
    return must(
      this.layouts.find((layout) => layout.precinctId === precinctId),
      `a ballot for ${precinctId}`,
    );
  }

  sheetLayout(precinctId: string, sheet: number): SheetLayout {
    return must(
      this.layoutOf(precinctId).sheets.find((one) => one.sheet === sheet),
      `sheet ${sheet} of ${precinctId}`,
    );
  }

  /** As it comes from the printer. */
  async clean(precinctId: string, sheet: number, test = false): Promise<CleanSheet> {
    const key = `${precinctId}/${test ? 'test' : 'official'}`;
    let sheets = this.#clean.get(key);
    if (sheets === undefined) {
      sheets = await this.#print(precinctId, test);
      this.#clean.set(key, sheets);
    }
    return must(sheets[sheet - 1], `sheet ${sheet} of ${precinctId}`);
  }

  async #print(precinctId: string, test: boolean): Promise<readonly CleanSheet[]> {
    const layout = this.layoutOf(precinctId);
    const pdf = await ballotPdf(this.loaded, layout, { test });
    const pages = valueOf(await rasterPdf(pdf, SCAN_DPI, `${precinctId}.pdf`));
    return layout.sheets.map((_, i) => ({
      front: must(pages[2 * i], 'a front page'),
      back: must(pages[2 * i + 1], 'a back page'),
    }));
  }
}

export interface VotersWish {
  readonly precinctId: string;
  readonly sheet?: number;
  readonly marks: readonly MarkWish[];
  readonly pen?: PenName;
  readonly test?: boolean;
}

/** A sheet of paper as a voter carries it, marked. */
export async function markedPaper(
  ballots: PrintedBallots,
  wish: VotersWish,
  seed: string,
): Promise<PaperSheet> {
  const sheet = wish.sheet ?? 1;
  const clean = await ballots.clean(wish.precinctId, sheet, wish.test);
  const layout = ballots.sheetLayout(wish.precinctId, sheet);
  if (wish.marks.length === 0) return onPaper(clean);
  return markPaper(onPaper(clean), layout, wish.marks, { pen: wish.pen ?? 'ballpoint', seed }).paper;
}

/** The same paper on its way into the machine: this way round, under this scan head. */
export function fedSheet(
  paper: PaperSheet,
  label: string,
  orientation: FeedOrientation,
  seed: string,
): Sheet {
  const heightMm = (paper.front.heightPx / paper.front.dpi) * 25.4;
  const conditions = randomScan(seededRandom(`${seed}/scan`), heightMm);
  const { first, second } = scanSheet(paper, { orientation, conditions, seed });
  const known = Object.values(PAPER_HEIGHT_MM).find((height) => Math.abs(height - heightMm) < 1);
  return { label, lengthMm: known ?? heightMm, first, second };
}
