/**
 * Reads the printed lines of a tape from its dots, as an eye does: every cell of a line must be a character of the
 * printer's font, dot by dot, in either weight and at either width. What is not text (codes, blank paper) is passed over.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { characterOfByte } from '../../drivers/tape-printer/code-page.js';
import { glyphOf, GLYPH_HEIGHT, GLYPH_WIDTH } from '../../drivers/virtual/roll-font.js';

/** From the top of one line to the top of the next. */
const LINE_DOTS = 30;
/** Text is of its normal size or of twice this, both ways. */
const SIZES = [1, 2] as const;
type Size = (typeof SIZES)[number];

/** One size of text: for each row of dots, each cell's dots as one number. */
interface Cells {
  readonly size: Size;
  readonly rows: readonly Int32Array[];
}

/** The lines that are not empty, without the blanks at their ends. */
export function paperText(page: GreyPage): readonly string[] {
  const sizes = SIZES.map((size) => cellsOf(page, size));
  const lines: string[] = [];
  const read = (top: number): string | undefined => {
    for (const cells of sizes) {
      const line = lineAt(cells, top);
      if (line !== undefined) return line;
    }
    return undefined;
  };
  let top = 0;
  while (top + GLYPH_HEIGHT <= page.heightPx) {
    const line = read(top);
    if (line !== undefined) lines.push(line);
    if (line === undefined) top += 1;
    else top += read(top + LINE_DOTS) === undefined ? GLYPH_HEIGHT : LINE_DOTS;
  }
  return lines;
}

/** -1 stands for a cell of doubled dots that are not doubled. */
function cellsOf(page: GreyPage, size: Size): Cells {
  const width = GLYPH_WIDTH * size;
  const columns = Math.floor(page.widthPx / width);
  const rows = Array.from({ length: page.heightPx }, (_, y) =>
    Int32Array.from({ length: columns }, (_cell, column) => {
      let dots = 0;
      for (let dot = 0; dot < GLYPH_WIDTH; dot++) {
        const at = y * page.widthPx + column * width + dot * size;
        if (size === 2 && page.data[at] !== page.data[at + 1]) return -1;
        dots = 2 * dots + (page.data[at] === 0 ? 1 : 0);
      }
      return dots;
    }),
  );
  return { size, rows };
}

function lineAt({ rows, size }: Cells, top: number): string | undefined {
  const own = rows.slice(top, top + GLYPH_HEIGHT * size);
  if (own.length < GLYPH_HEIGHT * size) return undefined;
  let line = '';
  for (let column = 0; column < (own[0]?.length ?? 0); column++) {
    const dots = own.map((row) => row[column] ?? 0);
    const doubled = dots.every((row, i) => row === dots[i - (i % size)]);
    const character = alphabet().get(dots.filter((_, i) => i % size === 0).join());
    if (!doubled || character === undefined) return undefined;
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
