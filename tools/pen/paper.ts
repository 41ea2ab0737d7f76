/**
 * A sheet of paper before it is scanned: both sides as printed and marked, seen from their own side. The two are one
 * piece: what is at x on the front is at `width - 1 - x` on the back, because sheets are printed for turning over
 * their long edge.
 *
 * A pixel of 0 means that there is no paper (torn off, or beside the sheet); ink is 1 or more.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert } from '../../ground/result.js';
import { mmToPx, SCAN_DPI } from '../../ground/units.js';
import { SHEET_WIDTH_MM } from '../../election-def/page-frame.js';

export const NO_PAPER = 0;

export interface PaperSheet {
  readonly front: GreyPage;
  readonly back: GreyPage;
}

/** Takes copies of two clean pages, so that what is done to the paper leaves them clean. */
export function paperSheet(front: GreyPage, back: GreyPage): PaperSheet {
  assert(front.dpi === SCAN_DPI && back.dpi === SCAN_DPI, `paper is drawn at ${SCAN_DPI} dpi`);
  assert(
    front.widthPx === back.widthPx && front.heightPx === back.heightPx,
    'the two sides of a sheet have one size',
  );
  return { front: inked(front), back: inked(back) };
}

export function blankPage(heightMm: number): GreyPage {
  const px = (mm: number): number => Math.round(mmToPx(mm, SCAN_DPI));
  return greyPage(px(SHEET_WIDTH_MM), px(heightMm), SCAN_DPI);
}

/** A sheet with nothing printed on it. */
export function blankSheet(heightMm: number): PaperSheet {
  return { front: blankPage(heightMm), back: blankPage(heightMm) };
}

function inked(page: GreyPage): GreyPage {
  const data = page.data.slice();
  for (let i = 0; i < data.length; i++) if (data[i] === NO_PAPER) data[i] = 1;
  return greyPage(page.widthPx, page.heightPx, page.dpi, data);
}
