/**
 * The paper of the virtual printer: rows of 576 dots that come off a roll of finite length, in pieces. A cut ends a
 * piece; so does tearing off what was printed when the paper ran out, and then the piece is not a whole one.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert, must } from '../../ground/result.js';

export const WIDTH_DOTS = 576;
const ROW_BYTES = WIDTH_DOTS / 8;
/** 203 dots an inch, 8 a millimetre. */
export const ROLL_DPI = 203;
const DOTS_PER_METRE = 8_000;
const ROLL_DOTS = 80 * DOTS_PER_METRE;
/** The near-end sensor looks through the roll's side some metres before its end. */
export const LOW_DOTS = 5 * DOTS_PER_METRE;
/** Older pieces are thrown away: the bound of this memory. */
const MOST_PIECES = 32;

export interface PaperPiece {
  readonly page: GreyPage;
  /** Cut by the printer; a piece that is not was torn off, or hangs out of the printer still. */
  readonly cut: boolean;
}

export class RollPaper {
  #leftDots = ROLL_DOTS;
  #rows: Uint8Array[] = [];
  readonly #finished: { readonly rows: readonly Uint8Array[]; readonly cut: boolean }[] = [];

  get out(): boolean {
    return this.#leftDots === 0;
  }

  get low(): boolean {
    return this.#leftDots < LOW_DOTS;
  }

  /** How much is left on the roll from here on. */
  setLeft(dots: number): void {
    this.#leftDots = dots;
  }

  /** What hangs out is torn off, and a new roll is put in. */
  refill(): void {
    this.#end(false);
    this.#leftDots = ROLL_DOTS;
  }

  /** One row of dots, packed, or an empty one. */
  addRow(row: Uint8Array = new Uint8Array(ROW_BYTES)): void {
    assert(!this.out, 'there is paper to print on');
    this.#leftDots -= 1;
    this.#rows.push(row);
  }

  cut(): void {
    this.#end(true);
  }

  /** Oldest first; the last one may hang out of the printer still. */
  pieces(): readonly PaperPiece[] {
    const hanging = this.#rows.length === 0 ? [] : [{ rows: this.#rows, cut: false }];
    return [...this.#finished, ...hanging].map(({ rows, cut }) => ({ page: develop(rows), cut }));
  }

  #end(cut: boolean): void {
    if (this.#rows.length > 0) this.#finished.push({ rows: this.#rows, cut });
    if (this.#finished.length > MOST_PIECES) this.#finished.shift();
    this.#rows = [];
  }
}

/** A row of dots from where they start; what is beyond the paper's edge is lost, as on paper. */
export function packedRow(inkAt: Iterable<number>): Uint8Array {
  const row = new Uint8Array(ROW_BYTES);
  for (const x of inkAt) {
    if (x < WIDTH_DOTS) row[x >> 3] = must(row[x >> 3], 'a byte of the row') | (0x80 >> (x & 7));
  }
  return row;
}

function develop(rows: readonly Uint8Array[]): GreyPage {
  const page = greyPage(WIDTH_DOTS, rows.length, ROLL_DPI);
  rows.forEach((row, y) => {
    for (let x = 0; x < WIDTH_DOTS; x++) {
      if ((must(row[x >> 3], 'a byte of the row') & (0x80 >> (x & 7))) !== 0)
        page.data[y * WIDTH_DOTS + x] = 0;
    }
  });
  return page;
}
