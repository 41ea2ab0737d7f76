/**
 * The only place with pixels. It holds at most one sheet, from the first line that the scan head takes until the
 * sheet is cast or given back; the machine never sees more than "the sheet".
 */
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { ScanHead, ScannedSheet } from '../../drivers/ports.js';
import type { SheetResult } from '../../vision/reading.js';

/** Both sides of a sheet in, what they say out: the reader worker, or the same code in process. */
export interface SheetReader {
  read(first: ScannedSheet['first'], second: ScannedSheet['second']): Promise<Result<SheetResult>>;
  close(): Promise<void>;
}

export interface HeldPages {
  readonly pages: ScannedSheet;
  readonly result: SheetResult;
}

export class PageStore {
  #capture: ReturnType<ScanHead['capture']> | undefined;
  #held: HeldPages | undefined;

  constructor(
    private readonly head: ScanHead,
    private readonly reader: () => SheetReader | undefined,
  ) {}

  startCapture(): void {
    this.forget();
    this.#capture = this.head.capture();
  }

  async read(): Promise<Result<SheetResult>> {
    const reader = this.reader();
    if (this.#capture === undefined || reader === undefined) {
      return err(problem('nothing-scanned', 'scan head', '', 'has no sheet to read'));
    }
    const pages = await this.#capture.finish();
    this.#capture = undefined;
    if (!pages.ok) return pages;
    const result = await reader.read(pages.value.first, pages.value.second);
    if (!result.ok) return result;
    this.#held = { pages: pages.value, result: result.value };
    return ok(result.value);
  }

  /** The sheet that was read, until it is forgotten. */
  held(): HeldPages | undefined {
    return this.#held;
  }

  forget(): void {
    this.#capture?.abort();
    this.#capture = undefined;
    this.#held = undefined;
  }
}
