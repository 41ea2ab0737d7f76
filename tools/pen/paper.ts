/**
 * A sheet of paper before it is scanned: both sides as printed and marked, seen from their own side. The two are one
 * piece: what is at x on the front is at `width - 1 - x` on the back, because sheets are printed for turning over
 * their long edge.
 *
 * A pixel of 0 means that there is no paper (torn off, or beside the sheet); ink is 1 or more. So a clean print, where
 * 0 is black, must become paper before it is scanned, and the types keep the two apart.
 */
import { PAPER_HEIGHT_MM, SHEET_WIDTH_MM } from '../../election-def/page-frame.js';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert } from '../../ground/result.js';
import { mmToPx, SCAN_DPI } from '../../ground/units.js';

export const NO_PAPER = 0;

/** Two pages as a printer's rasteriser gives them, at 200 dpi: 0 black to 255 white. */
export interface CleanSheet {
  readonly front: GreyPage;
  readonly back: GreyPage;
}

export interface PaperSheet extends CleanSheet {
  /** Its pixels are paper with ink on it, or `NO_PAPER`. */
  readonly material: 'paper';
}

/** Prints clean pages on paper; the clean pages stay as they are. */
export function onPaper(clean: CleanSheet): PaperSheet {
  return sheetOf(inked(clean.front), inked(clean.back));
}

/** Two sides that already follow the rule for paper. */
export function sheetOf(front: GreyPage, back: GreyPage): PaperSheet {
  assert(front.dpi === SCAN_DPI && back.dpi === SCAN_DPI, `paper is drawn at ${SCAN_DPI} dpi`);
  assert(
    front.widthPx === back.widthPx && front.heightPx === back.heightPx,
    'the two sides of a sheet have one size',
  );
  return { front, back, material: 'paper' };
}

/** A copy to work on. */
export function copyOf(sheet: PaperSheet): PaperSheet {
  return sheetOf(copyPage(sheet.front), copyPage(sheet.back));
}

/** Nothing printed on it. */
export function blankPage(heightMm: number): GreyPage {
  const px = (mm: number): number => Math.round(mmToPx(mm, SCAN_DPI));
  return greyPage(px(SHEET_WIDTH_MM), px(heightMm), SCAN_DPI);
}

export function blankSheet(heightMm: number = PAPER_HEIGHT_MM.letter): PaperSheet {
  return sheetOf(blankPage(heightMm), blankPage(heightMm));
}

function inked(page: GreyPage): GreyPage {
  const copy = copyPage(page);
  for (let i = 0; i < copy.data.length; i++) if (copy.data[i] === NO_PAPER) copy.data[i] = 1;
  return copy;
}

function copyPage(page: GreyPage): GreyPage {
  return greyPage(page.widthPx, page.heightPx, page.dpi, page.data.slice());
}
