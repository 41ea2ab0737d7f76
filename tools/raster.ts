/**
 * From a PDF to grey pages: what a printer would put on paper, at a given resolution, anti-aliased. For print
 * proofs, for simulated ballots and for blank templates of other vendors.
 *
 * Each call runs PDFium in a WebAssembly instance of its own and drops it afterwards: about 25 ms, and no PDF can
 * disturb the next one. A PDF comes from outside, so everything about it is bounded, and whatever is wrong with it
 * comes back as a problem.
 */
import { PDFiumLibrary, type PDFiumDocument, type PDFiumPage } from '@hyzyla/pdfium';
import { greyPage, type GreyPage } from '../ground/grey-page.js';
import { assert, err, ok, problem, type Result } from '../ground/result.js';
import { POINTS_PER_INCH } from '../ground/units.js';

const MAX_PDF_BYTES = 64 * 2 ** 20;
/** Seven sheets of two sides in several languages stay far below. */
const MAX_PAGES = 64;
/** A 22-inch page at 600 dpi has 67 million pixels. */
const MAX_PAGE_PX = 80e6;
/** All pages together stay in memory: 64 letter pages at 200 dpi are 240 million pixels. */
const MAX_ALL_PX = 400e6;

export async function rasterPdf(
  pdf: Uint8Array,
  dpi: number,
  where: string,
): Promise<Result<readonly GreyPage[]>> {
  assert(dpi >= 36 && dpi <= 1200, `a resolution of ${dpi} dpi is not meant`);
  if (pdf.length > MAX_PDF_BYTES) {
    return err(
      problem('pdf-too-large', where, '', `has ${pdf.length} bytes; at most ${MAX_PDF_BYTES} are read`),
    );
  }
  const library = await PDFiumLibrary.init();
  try {
    const opened = await openPdf(library, pdf, where);
    if (!opened.ok) return opened;
    try {
      return await rasterPages(opened.value, dpi, where);
    } finally {
      opened.value.destroy();
    }
  } catch (thrown) {
    if (!isTrap(thrown)) throw thrown;
    return err(problem('pdf-unreadable', where, '', 'is so damaged that it cannot be drawn'));
  } finally {
    library.destroy();
  }
}

/** A trap of the WebAssembly instance: PDFium itself gave up on the file. */
function isTrap(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'RuntimeError';
}

async function openPdf(
  library: Pick<PDFiumLibrary, 'loadDocument'>,
  pdf: Uint8Array,
  where: string,
): Promise<Result<PDFiumDocument>> {
  try {
    return ok(await library.loadDocument(pdf));
  } catch (thrown) {
    if (!(thrown instanceof Error) || isTrap(thrown)) throw thrown;
    return thrown.message.startsWith('Password')
      ? err(problem('pdf-encrypted', where, '', 'is a PDF that asks for a password'))
      : err(problem('pdf-unreadable', where, '', 'is not a PDF, or a damaged one'));
  }
}

async function rasterPages(
  document: PDFiumDocument,
  dpi: number,
  where: string,
): Promise<Result<readonly GreyPage[]>> {
  const count = document.getPageCount();
  if (count < 1 || count > MAX_PAGES) {
    return err(problem('pdf-page-count', where, '', `has ${count} pages; 1 to ${MAX_PAGES} can be drawn`));
  }
  const pages: GreyPage[] = [];
  let allPx = 0;
  for (let i = 0; i < count; i++) {
    const page = document.getPage(i);
    const size = pixelSize(page, dpi);
    const pagePx = size.widthPx * size.heightPx;
    allPx += pagePx;
    const path = `page ${i + 1}`;
    if (pagePx === 0) return err(problem('pdf-page-unreadable', where, path, 'cannot be drawn'));
    if (pagePx > MAX_PAGE_PX || allPx > MAX_ALL_PX) {
      const reason = `is too large to draw at ${dpi} dpi: ${size.widthPx} x ${size.heightPx} pixels`;
      return err(problem('pdf-page-too-large', where, path, reason));
    }
    pages.push(await rasterPage(page, size, dpi));
  }
  return ok(pages);
}

interface PixelSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

function pixelSize(page: PDFiumPage, dpi: number): PixelSize {
  const { originalWidth, originalHeight } = page.getOriginalSize();
  const toPx = (points: number): number => Math.round((points / POINTS_PER_INCH) * dpi);
  return { widthPx: toPx(originalWidth), heightPx: toPx(originalHeight) };
}

/** The library rounds sizes down to whole points before scaling; given in pixels at scale 1 they stay exact. */
async function rasterPage(page: PDFiumPage, size: PixelSize, dpi: number): Promise<GreyPage> {
  const { data } = await page.render({
    scale: 1,
    width: size.widthPx,
    height: size.heightPx,
    colorSpace: 'Gray',
    renderFormFields: false,
  });
  return greyPage(size.widthPx, size.heightPx, dpi, data);
}
