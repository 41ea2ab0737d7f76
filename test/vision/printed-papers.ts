/** The Colorado sample's ballots, printed on any paper: clean pages, layouts and the context that reads them. */
import { must } from '../../ground/result.js';
import { utf8 } from '../../ground/bytes.js';
import { SCAN_DPI } from '../../ground/units.js';
import { ballotPdf } from '../../election-def/ballot-pdf.js';
import type { ElectionDefinition, PaperSize } from '../../election-def/definition.js';
import { layOutElection } from '../../election-def/layout.js';
import type { SheetLayout } from '../../election-def/layout-types.js';
import { readDefinition } from '../../election-def/load.js';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import { onPaper, type CleanSheet, type PaperSheet } from '../../tools/pen/paper.js';
import { rasterPdf } from '../../tools/raster.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import { sampleText, value } from '../election-def/samples.js';

export interface PrintedPaper {
  readonly context: ReadingContext;
  /** The n-th sheet of the first ballot, over again from the first after the last. */
  sheet(n: number): SheetLayout;
  clean(n: number): CleanSheet;
  paper(n: number): PaperSheet;
}

export async function printedOn(paper: PaperSize): Promise<PrintedPaper> {
  const definition = JSON.parse(sampleText('boulder-co')) as ElectionDefinition;
  const ballotStyles = definition.ballotStyles.map((style) => ({ ...style, paper }));
  const text = JSON.stringify({ ...definition, ballotStyles });
  const loaded = value(readDefinition(utf8(text), `boulder-co on ${paper}`));
  const layouts = value(layOutElection(loaded));
  const layout = must(layouts[0], 'a ballot');
  const raster = await rasterPdf(await ballotPdf(loaded, layout, { test: false }), SCAN_DPI, paper);
  if (!raster.ok) throw new Error(raster.error.reason);
  const pages = raster.value;
  const clean = (n: number): CleanSheet => {
    const sheet = n % layout.sheets.length;
    return { front: must(pages[2 * sheet], 'a front'), back: must(pages[2 * sheet + 1], 'a back') };
  };
  return {
    context: readingContext(layouts, loaded.hash20, defaultMarkThresholds),
    sheet: (n) => must(layout.sheets[n % layout.sheets.length], 'a sheet'),
    clean,
    paper: (n) => onPaper(clean(n)),
  };
}
