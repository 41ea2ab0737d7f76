/** Setting type: lines of text under one another, as draw items with baselines in millimetres. */
import { pointsToMm, type RectMm } from '../ground/units.js';
import { textIn, type Language, type Text } from './definition.js';
import type { DrawItem, FontName } from './layout-types.js';
import { CAP_HEIGHT_EM, textWidthMm, wrapText } from './text-measure.js';

/** A voter reads nothing smaller than 10 pt (VVSG 2.0 7.1-I). */
export interface TypeStyle {
  readonly font: FontName;
  readonly sizePt: number;
}

const LINE_HEIGHT_EM = 1.25;
/** From the top of a line to its baseline: room for an accent on a capital. */
const ASCENT_EM = 0.96;

export function lineHeightMm(type: TypeStyle): number {
  return pointsToMm(type.sizePt) * LINE_HEIGHT_EM;
}

/** From the top of a line to the middle of its capitals, where its oval is centred. */
export function capMiddleMm(type: TypeStyle): number {
  return pointsToMm(type.sizePt) * (ASCENT_EM - CAP_HEIGHT_EM / 2);
}

export interface SetText {
  readonly items: readonly DrawItem[];
  readonly bottomMm: number;
  /** Right end of the last line. */
  readonly endMm: number;
}

export function setText(
  text: string,
  type: TypeStyle,
  leftMm: number,
  topMm: number,
  widthMm: number,
): SetText {
  const lines = wrapText(text, type.font, type.sizePt, widthMm);
  return {
    items: lines.map((line, i) => lineAt(line, type, leftMm, topMm + i * lineHeightMm(type))),
    bottomMm: topMm + lines.length * lineHeightMm(type),
    endMm: leftMm + textWidthMm(lines.at(-1) ?? '', type.font, type.sizePt),
  };
}

/** Several texts under one another. */
export function setStack(
  parts: readonly { readonly text: string; readonly type: TypeStyle }[],
  leftMm: number,
  topMm: number,
  widthMm: number,
): SetText {
  const items: DrawItem[] = [];
  let bottomMm = topMm;
  let endMm = leftMm;
  for (const part of parts) {
    const set = setText(part.text, part.type, leftMm, bottomMm, widthMm);
    items.push(...set.items);
    ({ bottomMm, endMm } = set);
  }
  return { items, bottomMm, endMm };
}

/** One line, its top at `topMm`. */
export function lineAt(text: string, type: TypeStyle, xMm: number, topMm: number, grey = 0): DrawItem {
  const baselineMm = topMm + pointsToMm(type.sizePt) * ASCENT_EM;
  return { kind: 'text', text, xMm, baselineMm, font: type.font, sizePt: type.sizePt, grey };
}

export function lineRightAt(
  text: string,
  type: TypeStyle,
  rightMm: number,
  topMm: number,
  grey = 0,
): DrawItem {
  return lineAt(text, type, rightMm - textWidthMm(text, type.font, type.sizePt), topMm, grey);
}

export function lineCentredAt(text: string, type: TypeStyle, centreMm: number, topMm: number): DrawItem {
  return lineAt(text, type, centreMm - textWidthMm(text, type.font, type.sizePt) / 2, topMm);
}

/** To the micrometre: finer than any printer, and short in a file. */
export function roundMm(mm: number): number {
  return Math.round(mm * 1000) / 1000;
}

export function moveItem(item: DrawItem, xMm: number, yMm: number): DrawItem {
  switch (item.kind) {
    case 'text':
      return { ...item, xMm: roundMm(item.xMm + xMm), baselineMm: roundMm(item.baselineMm + yMm) };
    case 'line':
      return {
        ...item,
        fromXMm: roundMm(item.fromXMm + xMm),
        fromYMm: roundMm(item.fromYMm + yMm),
        toXMm: roundMm(item.toXMm + xMm),
        toYMm: roundMm(item.toYMm + yMm),
      };
    case 'rect':
      return { ...item, ...moveRect(item, xMm, yMm) };
    case 'example-oval':
      return { ...item, xMm: roundMm(item.xMm + xMm), yMm: roundMm(item.yMm + yMm) };
  }
}

export function moveRect(rect: RectMm, xMm: number, yMm: number): RectMm {
  return {
    xMm: roundMm(rect.xMm + xMm),
    yMm: roundMm(rect.yMm + yMm),
    widthMm: roundMm(rect.widthMm),
    heightMm: roundMm(rect.heightMm),
  };
}

/** The text in each of the languages; once where they read the same. */
export function inEach(text: Text, languages: readonly Language[]): readonly string[] {
  return [...new Set(languages.map((language) => textIn(text, language)))];
}

/** `Democratic / Demócrata` */
export function joined(text: Text, languages: readonly Language[]): string {
  return inEach(text, languages).join(' / ');
}
