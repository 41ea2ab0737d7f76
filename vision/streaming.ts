/**
 * A sheet on its way in: its lines are written to the reader's memory as the scan head gives them, so that when the
 * last line is in, the pages are where they will be read and nothing is left to copy. No line is judged here: what
 * counts comes from one pass over the whole page, so the way in which lines arrived can never change a vote.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { LARGEST_PAGE_BYTES, type SheetMemory, type SheetSide } from './kernels/memory.js';

export class ArrivingSheet {
  readonly #memory: SheetMemory;
  #lines = 0;
  #widthPx: Readonly<Record<SheetSide, number>> | undefined;
  /** Bands that do not follow each other, or that do not fit: the sheet is then taken whole, at its end. */
  #given = true;

  constructor(memory: SheetMemory) {
    this.#memory = memory;
  }

  /** Lines of both sides that follow those before; they are copied, the band may be used again. */
  take(first: GreyPage, second: GreyPage): void {
    this.#widthPx ??= { first: first.widthPx, second: second.widthPx };
    const fits = this.#fits('first', first) && this.#fits('second', second);
    this.#given &&= fits && first.heightPx === second.heightPx;
    if (!this.#given) return;
    this.#memory.room('first').set(first.data, this.#lines * first.widthPx);
    this.#memory.room('second').set(second.data, this.#lines * second.widthPx);
    this.#lines += first.heightPx;
  }

  /** The same page where the reader reads it; nothing when the bands do not make up this page. */
  page(side: SheetSide, whole: GreyPage): GreyPage | undefined {
    const { widthPx, heightPx, dpi } = whole;
    const same = this.#given && heightPx === this.#lines && widthPx === this.#widthPx?.[side];
    return same ? this.#memory.page(side, widthPx, heightPx, dpi) : undefined;
  }

  #fits(side: SheetSide, band: GreyPage): boolean {
    const bytes = (this.#lines + band.heightPx) * band.widthPx;
    return band.widthPx === this.#widthPx?.[side] && bytes <= LARGEST_PAGE_BYTES;
  }
}
