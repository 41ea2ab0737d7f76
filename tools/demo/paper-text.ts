/**
 * Reads the printed lines of a tape from its dots, as an eye does: every cell of a line must be a character of the
 * printer's font, dot by dot, in either weight and at either width. What is not text (codes, blank paper) is passed over.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { characterOfByte } from '../../drivers/tape-printer/code-page.js';
import { glyphOf, GLYPH_HEIGHT, GLYPH_WIDTH } from '../../drivers/virtual/roll-font.js';

/** From the top of one line to the top of the next. */
const LINE_DOTS = 30;
/** Text is at its normal width or at twice this. */
const WIDTHS = [1, 2] as const;

/** The lines that are not empty, without the blanks at their ends. */
export function paperText(page: GreyPage): readonly string[] {
  const pictures = WIDTHS.map((times) => cellRows(page, times));
  const lines: string[] = [];
  const read = (y: number): string | undefined => {
    for (const cells of pictures) {
      const line = lineAt(cells, y);
      if (line !== undefined) return line;
    }
    return undefined;
  };
  let y = 0;
  while (y + GLYPH_HEIGHT <= page.heightPx) {
    const line = read(y);
    if (line === undefined) y += 1;
    else {
      lines.push(line);
      y += nextLineDots(read, y);
    }
  }
  return lines;
}

/** The next line stands at its distance; where it does not, it is looked for from the end of this one. */
function nextLineDots(read: (y: number) => string | undefined, y: number): number {
  return read(y + LINE_DOTS) === undefined ? GLYPH_HEIGHT : LINE_DOTS;
}

/** For each row of dots, each cell's dots as one number; -1 where a doubled cell's dots are not doubled. */
function cellRows(page: GreyPage, times: 1 | 2): readonly Int32Array[] {
  const width = GLYPH_WIDTH * times;
  const columns = Math.floor(page.widthPx / width);
  return Array.from({ length: page.heightPx }, (_, y) =>
    Int32Array.from({ length: columns }, (_cell, column) => {
      let dots = 0;
      for (let dot = 0; dot < GLYPH_WIDTH; dot++) {
        const at = y * page.widthPx + column * width + dot * times;
        if (times === 2 && page.data[at] !== page.data[at + 1]) return -1;
        dots = 2 * dots + (page.data[at] === 0 ? 1 : 0);
      }
      return dots;
    }),
  );
}

function lineAt(rows: readonly Int32Array[], top: number): string | undefined {
  const cells = rows.slice(top, top + GLYPH_HEIGHT);
  if (cells.length < GLYPH_HEIGHT) return undefined;
  let line = '';
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const character = alphabet().get(cells.map((row) => row[column] ?? 0).join());
    if (character === undefined) return undefined;
    line += character;
  }
  return line.trim() === '' ? undefined : line.trimEnd();
}

let known: ReadonlyMap<string, string> | undefined;

/** By a character's rows of dots; a blank cell is a space. Of characters that look alike the first one is taken. */
function alphabet(): ReadonlyMap<string, string> {
  if (known !== undefined) return known;
  const characters = new Map<string, string>();
  for (const bold of [false, true]) {
    for (let byte = 0x20; byte <= 0xff; byte++) {
      const character = characterOfByte(byte);
      const glyph = character === undefined ? undefined : glyphOf(character, bold);
      if (character === undefined || glyph === undefined) continue;
      const rows = Array.from({ length: GLYPH_HEIGHT }, (_, y) =>
        glyph.slice(y * GLYPH_WIDTH, (y + 1) * GLYPH_WIDTH).reduce((dots, dot) => 2 * dots + dot, 0),
      ).join();
      if (!characters.has(rows)) characters.set(rows, character);
    }
  }
  known = characters;
  return characters;
}
