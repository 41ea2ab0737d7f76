/**
 * The typography of a tape: 48 columns of one width. Long names wrap under themselves; a number stands at the right
 * edge of the last line of its name, led there by dots, and is never cut or parted from its name.
 */
import { TAPE_COLUMNS, type TapeElement } from '../../drivers/ports.js';
import { assert } from '../../ground/result.js';

/** Continuation lines stand this much further in, so that the next name is not taken for a part of this one. */
const HANG = 2;
const FEWEST_DOTS = 2;
/** With the space before it; a serial number has at most 32 characters. */
const MOST_VALUE_COLUMNS = 33;

interface Style {
  readonly bold?: boolean;
  readonly indent?: number;
  readonly hang?: boolean;
}

export const rule: TapeElement = { kind: 'rule' };

export function feed(lines: number): TapeElement {
  return { kind: 'feed', lines };
}

export function paragraph(text: string, style: Style = {}): readonly TapeElement[] {
  const indent = style.indent ?? 0;
  const hang = style.hang === true ? HANG : 0;
  return wrap(text, TAPE_COLUMNS - indent, TAPE_COLUMNS - indent - hang).map((part, i) =>
    textLine(' '.repeat(indent + (i === 0 ? 0 : hang)) + part, style),
  );
}

/** In the middle; `wide` text has half the columns. */
export function centred(
  text: string,
  style: { readonly bold?: boolean; readonly wide?: boolean } = {},
): readonly TapeElement[] {
  const columns = style.wide === true ? TAPE_COLUMNS / 2 : TAPE_COLUMNS;
  return wrap(text, columns, columns).map((part) => ({
    ...textLine(' '.repeat(Math.floor((columns - lengthOf(part)) / 2)) + part, style),
    ...(style.wide === true ? { wide: true } : {}),
  }));
}

/** `Name ........ 123`, the number beside the last words of the name. */
export function entry(label: string, value: number | string, style: Style = {}): readonly TapeElement[] {
  const indent = style.indent ?? 0;
  const end = ` ${String(value)}`;
  const columns = TAPE_COLUMNS - indent;
  assert(end.length <= MOST_VALUE_COLUMNS, `a value that leaves no room for its name: ${end}`);
  const pieces = makeRoom(
    wrap(label, columns, columns - HANG),
    columns - HANG - FEWEST_DOTS - 1 - end.length,
  );
  return pieces.map((piece, i) => {
    const lead = ' '.repeat(indent + (i === 0 ? 0 : HANG)) + piece;
    if (i < pieces.length - 1) return textLine(lead, style);
    const dots = TAPE_COLUMNS - lengthOf(lead) - 1 - end.length;
    return textLine(`${lead} ${'.'.repeat(dots)}${end}`, style);
  });
}

/** Moves the last words of the last piece down to a piece of their own, where that leaves no room beside it. */
function makeRoom(pieces: readonly string[], room: number): readonly string[] {
  const last = pieces.at(-1) ?? '';
  if (lengthOf(last) <= room + (pieces.length === 1 ? HANG : 0)) return pieces;
  const space = last.lastIndexOf(' ');
  const cut = space >= 0 ? space : headOf(last, room).length;
  const rest = last.slice(space >= 0 ? cut + 1 : cut);
  return makeRoom([...pieces.slice(0, -1), last.slice(0, cut), rest], room);
}

/** A digest in groups of four, two lines. */
export function digestLines(title: string, hex: string): readonly TapeElement[] {
  const groups = hex.match(/.{4}/g) ?? [];
  const half = groups.length / 2;
  return [
    textLine(title, {}),
    textLine('  ' + groups.slice(0, half).join(' '), {}),
    textLine('  ' + groups.slice(half).join(' '), {}),
  ];
}

/** Words on lines of `first` columns and then `later`; a word longer than a line is broken, after a hyphen if it can be. */
export function wrap(text: string, first: number, later: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  const room = (): number => (lines.length === 0 ? first : later);
  const next = (): void => {
    lines.push(line);
    line = '';
  };
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && lengthOf(line) + 1 + lengthOf(rest) > room()) next();
    while (lengthOf(rest) > room()) {
      line = headOf(rest, room());
      rest = rest.slice(line.length);
      next();
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return [...lines, line];
}

/** As much of a long word as fits, up to a hyphen where it has one. */
function headOf(word: string, columns: number): string {
  const fits = Array.from(word).slice(0, columns).join('');
  return fits.slice(0, fits.lastIndexOf('-') + 1) || fits;
}

/** In characters, which are columns once accents are composed. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

function textLine(text: string, style: Style): TapeElement {
  assert(lengthOf(text) <= TAPE_COLUMNS, `a line of ${lengthOf(text)} columns: ${text}`);
  return { kind: 'line', text, ...(style.bold === true ? { bold: true } : {}) };
}
