/**
 * Sheets and prints of the wrong size: paper that is longer than its ballot, paper that was cut off, and a ballot that
 * a printer shrank or enlarged on paper of the right size ("fit to page").
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert } from '../../ground/result.js';
import { mmToPx, SCAN_DPI } from '../../ground/units.js';
import { sheetOf, type PaperSheet } from './paper.js';

const BARE_PAPER = 255;

/** Bare paper goes on beyond the ballot's head or foot: longer stock, or a strip stuck to it. */
export function overLong(sheet: PaperSheet, end: 'head' | 'foot', extraMm: number): PaperSheet {
  const extraPx = Math.round(mmToPx(extraMm, SCAN_DPI));
  assert(extraPx > 0, 'an over-long sheet is longer');
  const lengthen = (page: GreyPage): GreyPage => {
    const data = new Uint8Array(page.widthPx * (page.heightPx + extraPx)).fill(BARE_PAPER);
    data.set(page.data, end === 'head' ? extraPx * page.widthPx : 0);
    return greyPage(page.widthPx, page.heightPx + extraPx, page.dpi, data);
  };
  return sheetOf(lengthen(sheet.front), lengthen(sheet.back));
}

/** The sheet without so much of its head or foot. */
export function cutShort(sheet: PaperSheet, end: 'head' | 'foot', lessMm: number): PaperSheet {
  const lessPx = Math.round(mmToPx(lessMm, SCAN_DPI));
  assert(lessPx > 0 && lessPx < sheet.front.heightPx, 'a cut leaves some of the sheet');
  const cut = (page: GreyPage): GreyPage => {
    const heightPx = page.heightPx - lessPx;
    const from = end === 'head' ? lessPx * page.widthPx : 0;
    const data = page.data.slice(from, from + heightPx * page.widthPx);
    return greyPage(page.widthPx, heightPx, page.dpi, data);
  };
  return sheetOf(cut(sheet.front), cut(sheet.back));
}

/** Everything on the sheet larger or smaller by these factors, around its middle; the paper keeps its size. */
export function scaledPrint(sheet: PaperSheet, factor: { across: number; along: number }): PaperSheet {
  assert(factor.across > 0.5 && factor.along > 0.5, 'a print is not shrunk to nothing');
  const scale = (page: GreyPage): GreyPage => {
    const { widthPx, heightPx } = page;
    const data = new Uint8Array(widthPx * heightPx);
    for (let y = 0; y < heightPx; y++) {
      const v = (y + 0.5 - heightPx / 2) / factor.along + heightPx / 2 - 0.5;
      for (let x = 0; x < widthPx; x++) {
        const u = (x + 0.5 - widthPx / 2) / factor.across + widthPx / 2 - 0.5;
        data[y * widthPx + x] = Math.round(between(page, u, v));
      }
    }
    return greyPage(widthPx, heightPx, page.dpi, data);
  };
  return sheetOf(scale(sheet.front), scale(sheet.back));
}

/** The grey between four pixels; beyond the page there is bare paper. */
function between(page: GreyPage, u: number, v: number): number {
  const [x, y] = [Math.floor(u), Math.floor(v)];
  const [s, t] = [u - x, v - y];
  const grey = (column: number, row: number): number => {
    const inside = column >= 0 && row >= 0 && column < page.widthPx && row < page.heightPx;
    return inside ? (page.data[row * page.widthPx + column] ?? BARE_PAPER) : BARE_PAPER;
  };
  const above = grey(x, y) * (1 - s) + grey(x + 1, y) * s;
  const below = grey(x, y + 1) * (1 - s) + grey(x + 1, y + 1) * s;
  return above * (1 - t) + below * t;
}
