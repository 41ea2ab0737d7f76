/**
 * How wide printed text is and where its lines break. The printed typeface is Source Sans 3; pdfkit measures here and
 * draws in `ballot-pdf.ts`, so that a line is as wide on paper as the layout took it to be.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { pointsToMm } from '../ground/units.js';
import type { FontName } from './layout-types.js';

const resolve = createRequire(import.meta.url).resolve;
const FONT_FILES: Readonly<Record<FontName, string>> = {
  regular: '@fontsource/source-sans-3/files/source-sans-3-latin-400-normal.woff',
  bold: '@fontsource/source-sans-3/files/source-sans-3-latin-700-normal.woff',
};
export const fontNames: readonly FontName[] = ['regular', 'bold'];

/** Of the typeface's em: height of a capital letter, from the baseline up. */
export const CAP_HEIGHT_EM = 0.66;

const loaded = new Map<FontName, Buffer>();

/** The font's file (WOFF). Read once. */
export function fontFile(font: FontName): Buffer {
  const known = loaded.get(font);
  if (known !== undefined) return known;
  const bytes = readFileSync(resolve(FONT_FILES[font]));
  loaded.set(font, bytes);
  return bytes;
}

/** A new PDF with both fonts under their names; no page yet. */
export function pdfWithFonts(options: PDFKit.PDFDocumentOptions): PDFKit.PDFDocument {
  const pdf = new PDFDocument({ ...options, autoFirstPage: false });
  for (const font of fontNames) pdf.registerFont(font, fontFile(font));
  return pdf;
}

let measuring: PDFKit.PDFDocument | undefined;

export function textWidthMm(text: string, font: FontName, sizePt: number): number {
  measuring ??= pdfWithFonts({});
  return pointsToMm(measuring.font(font, sizePt).widthOfString(text));
}

/**
 * Lines no wider than `widthMm`. Breaks at spaces, after hyphens and at line ends of the text; a single word that is
 * wider than a line breaks between letters.
 */
export function wrapText(text: string, font: FontName, sizePt: number, widthMm: number): readonly string[] {
  const fits = (line: string): boolean => textWidthMm(line, font, sizePt) <= widthMm;
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const part of paragraph.match(/ *[^ -]*-+| *[^ -]+/g) ?? []) {
      const longer = line === '' ? part.trimStart() : line + part;
      if (fits(longer)) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      const pieces = breakWord(part.trimStart(), fits);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1) ?? '';
    }
    lines.push(line);
  }
  return lines;
}

function breakWord(word: string, fits: (text: string) => boolean): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const letter of word) {
    if (piece !== '' && !fits(piece + letter)) {
      pieces.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...pieces, piece];
}
