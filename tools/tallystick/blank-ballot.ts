/**
 * Blank ballots of any vendor from files: an image is one side; of a PDF every page is a side, named `blank.pdf` when
 * it is the only one, else `blank.pdf#page=2`.
 */
import { basename } from 'node:path';
import type { GreyPage } from '../../ground/grey-page.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import { POINTS_PER_INCH, SCAN_DPI } from '../../ground/units.js';
import { readBoundedFile } from '../bounded-file.js';
import { readImageFile } from '../image-files.js';
import { rasterPdf } from '../raster.js';

const MAX_PDF_BYTES = 64 * 2 ** 20;
const MOST_DPI = 1200;
const LEAST_DPI = 72;

export interface BlankSide {
  readonly file: string;
  readonly page: GreyPage;
}

/** `dpi` is that at which a PDF is drawn, and that of an image whose file names none or a wrong one. */
export async function readBlankBallot(path: string, dpi?: number): Promise<Result<readonly BlankSide[]>> {
  const pdf = await readPdf(path);
  if (!pdf.ok) return pdf;
  if (pdf.value === undefined) {
    const image = await readImageFile(path, dpi);
    return image.ok ? ok([{ file: basename(path), page: image.value }]) : image;
  }
  const pages = await rasterPdf(pdf.value, dpi ?? SCAN_DPI, basename(path));
  return pages.ok ? ok(named(path, pages.value)) : pages;
}

/** The same, a PDF drawn so that its first page is that many pixels wide. */
export async function readBlankBallotOfWidth(
  path: string,
  widthPx: number,
): Promise<Result<readonly BlankSide[]>> {
  const pdf = await readPdf(path);
  if (!pdf.ok) return pdf;
  if (pdf.value === undefined) return readBlankBallot(path);
  const small = await rasterPdf(pdf.value, POINTS_PER_INCH, basename(path));
  if (!small.ok) return small;
  const dpi = Math.round((POINTS_PER_INCH * widthPx) / (small.value[0]?.widthPx ?? 1));
  if (dpi < LEAST_DPI || dpi > MOST_DPI) {
    return err(problem('wrong-size', basename(path), '', `cannot have been ${widthPx} pixels wide`));
  }
  return readBlankBallot(path, dpi);
}

function named(path: string, pages: readonly GreyPage[]): readonly BlankSide[] {
  const file = basename(path);
  return pages.map((page, i) => ({ file: pages.length === 1 ? file : `${file}#page=${i + 1}`, page }));
}

/** Nothing when the file is no PDF. */
async function readPdf(path: string): Promise<Result<Uint8Array | undefined>> {
  if (!path.toLowerCase().endsWith('.pdf')) return ok(undefined);
  return readBoundedFile(path, MAX_PDF_BYTES);
}
