/**
 * The virtual printer's head: works off ESC/POS commands one at a time, as long as there is paper. It knows the
 * commands a tape needs; any other is remembered as unknown, so that a test sees it.
 *
 * ESC @ ! 2 3 a d E J M t - GS ! r v0 V - LF CR. Names as in Epson's ESC/POS command reference.
 */
import { characterOfByte } from '../tape-printer/code-page.js';
import { glyphOf, GLYPH_HEIGHT, GLYPH_WIDTH, type Glyph } from './roll-font.js';
import { packedRow, WIDTH_DOTS, type RollPaper } from './roll-paper.js';

const DEFAULT_LINE_DOTS = 30;
const CODE_PAGE_WINDOWS_1252 = 16;

/** What stands on the paper for a character that this printer does not have. */
const BLACK_BOX: Glyph = new Uint8Array(GLYPH_WIDTH * GLYPH_HEIGHT).fill(1);

interface Cell {
  readonly glyph: Glyph;
  readonly widthTimes: number;
  readonly heightTimes: number;
}

interface Mode {
  readonly bold: boolean;
  readonly widthTimes: number;
  readonly heightTimes: number;
  readonly align: 'left' | 'centre' | 'right';
  readonly lineDots: number;
  readonly codePage: number;
}

const INITIAL: Mode = {
  bold: false,
  widthTimes: 1,
  heightTimes: 1,
  align: 'left',
  lineDots: DEFAULT_LINE_DOTS,
  codePage: 0,
};

export class PrintHead {
  readonly unknown: string[] = [];
  #mode = INITIAL;
  #line: Cell[] = [];

  constructor(
    readonly paper: RollPaper,
    readonly answerPaperStatus: () => void,
    /** True while the printer stands still: no paper, open cover, defect. */
    readonly halted: () => boolean,
  ) {}

  /** Works off one command; its length in bytes, or nothing while the rest of it has not arrived. */
  step(bytes: Uint8Array): number | undefined {
    const [first = 0, second, third] = bytes;
    if (first === 0x1b || first === 0x1d) {
      if (second === undefined) return undefined;
      if (first === 0x1b && second === 0x40) return this.#initialise();
      if (third === undefined) return undefined;
      return first === 0x1b ? this.#escape(second, third) : this.#group(bytes, second, third);
    }
    if (first === 0x0a) this.#printLine();
    else if (first >= 0x20) this.#type(first);
    else if (first !== 0x0d) this.#unknown(first);
    return 1;
  }

  #initialise(): number {
    this.#mode = INITIAL;
    this.#line = [];
    return 2;
  }

  #escape(command: number, n: number): number {
    switch (command) {
      case 0x21: // ESC ! select print mode
        this.#set({
          bold: (n & 0x08) !== 0,
          heightTimes: (n & 0x10) === 0 ? 1 : 2,
          widthTimes: (n & 0x20) === 0 ? 1 : 2,
        });
        return 3;
      case 0x32: // ESC 2 default line spacing
        this.#set({ lineDots: DEFAULT_LINE_DOTS });
        return 2;
      case 0x33: // ESC 3 n line spacing
        this.#set({ lineDots: n });
        return 3;
      case 0x45: // ESC E n emphasized
        this.#set({ bold: (n & 1) === 1 });
        return 3;
      case 0x61: // ESC a n justification
        this.#set({ align: (['left', 'centre', 'right'] as const)[n % 48] ?? 'left' });
        return 3;
      case 0x64: // ESC d n print and feed n lines
        if (this.#line.length > 0) this.#printLine();
        this.#feed(n * this.#mode.lineDots);
        return 3;
      case 0x4a: // ESC J n print and feed n dots
        if (this.#line.length > 0) this.#printLine();
        this.#feed(n);
        return 3;
      case 0x4d: // ESC M n font; font A is the only one here
        if (n !== 0 && n !== 48) this.#unknown(0x1b, command, n);
        return 3;
      case 0x74: // ESC t n code page
        this.#set({ codePage: n });
        return 3;
      default:
        this.#unknown(0x1b, command);
        return 2;
    }
  }

  #group(bytes: Uint8Array, command: number, n: number): number | undefined {
    switch (command) {
      case 0x21: // GS ! n character size
        this.#set({ widthTimes: ((n >> 4) & 7) + 1, heightTimes: (n & 7) + 1 });
        return 3;
      case 0x72: // GS r n transmit status, in its turn
        if (n === 1 || n === 49) this.answerPaperStatus();
        else this.#unknown(0x1d, command, n);
        return 3;
      case 0x56: // GS V m cut
        this.paper.cut();
        return 3;
      case 0x76: // GS v 0 m xL xH yL yH picture
        return this.#picture(bytes);
      default:
        this.#unknown(0x1d, command);
        return 2;
    }
  }

  #picture(bytes: Uint8Array): number | undefined {
    const [, , , mode = 0, xl = 0, xh = 0, yl = 0, yh = 0] = bytes;
    const bytesPerRow = xl + 256 * xh;
    const rows = yl + 256 * yh;
    const length = 8 + bytesPerRow * rows;
    if (bytes.length < length) return undefined;
    if (mode !== 0) this.#unknown(0x1d, 0x76, mode);
    const left = this.#left(bytesPerRow * 8);
    for (let y = 0; y < rows && !this.halted(); y++) {
      const row = bytes.subarray(8 + y * bytesPerRow, 8 + (y + 1) * bytesPerRow);
      const ink: number[] = [];
      for (let x = 0; x < bytesPerRow * 8; x++) {
        if (((row[x >> 3] ?? 0) & (0x80 >> (x & 7))) !== 0) ink.push(left + x);
      }
      this.paper.addRow(packedRow(ink));
    }
    return length;
  }

  #type(byte: number): void {
    const { bold, widthTimes, heightTimes, codePage } = this.#mode;
    const character = characterOfByte(byte);
    const glyph = character === undefined ? undefined : glyphOf(character, bold);
    const readable = byte < 0x80 || codePage === CODE_PAGE_WINDOWS_1252;
    if (glyph === undefined || !readable) this.#unknown(byte);
    if (this.#lineWidth() + GLYPH_WIDTH * widthTimes > WIDTH_DOTS) this.#printLine();
    this.#line.push({ glyph: glyph ?? BLACK_BOX, widthTimes, heightTimes });
  }

  /** Characters stand on one line at their feet; the paper moves on by the line spacing, or the tallest character. */
  #printLine(): void {
    const height = GLYPH_HEIGHT * Math.max(1, ...this.#line.map((cell) => cell.heightTimes));
    const left = this.#left(this.#lineWidth());
    const line = this.#line;
    this.#line = [];
    if (line.length > 0) {
      for (let y = 0; y < height && !this.halted(); y++) {
        this.paper.addRow(packedRow(inkOfRow(line, left, y - height)));
      }
    }
    this.#feed(Math.max(this.#mode.lineDots, line.length > 0 ? height : 0) - (line.length > 0 ? height : 0));
  }

  #feed(dots: number): void {
    for (let y = 0; y < dots && !this.halted(); y++) this.paper.addRow();
  }

  #lineWidth(): number {
    return this.#line.reduce((sum, cell) => sum + cell.widthTimes * GLYPH_WIDTH, 0);
  }

  #left(width: number): number {
    const room = Math.max(0, WIDTH_DOTS - width);
    return { left: 0, centre: Math.floor(room / 2), right: room }[this.#mode.align];
  }

  #set(change: Partial<Mode>): void {
    this.#mode = { ...this.#mode, ...change };
  }

  #unknown(...bytes: readonly number[]): void {
    this.unknown.push(bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
  }
}

/** Where one row of dots of a line has ink; `fromBottom` is -1 in the lowest row. */
function* inkOfRow(line: readonly Cell[], left: number, fromBottom: number): Generator<number> {
  let x = left;
  for (const { glyph, widthTimes, heightTimes } of line) {
    const row = GLYPH_HEIGHT + Math.floor(fromBottom / heightTimes);
    for (let dot = 0; dot < GLYPH_WIDTH * widthTimes; dot++) {
      const ink = row >= 0 && glyph[row * GLYPH_WIDTH + Math.floor(dot / widthTimes)] === 1;
      if (ink) yield x + dot;
    }
    x += GLYPH_WIDTH * widthTimes;
  }
}
