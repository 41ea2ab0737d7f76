/**
 * The only place with pixels. It holds at most one sheet, from the first line that the scan head takes until the
 * sheet is cast or given back; the machine never sees more than "the sheet". Lines go from the scan head straight into
 * the reader's memory, where the pages then stay until the next sheet comes. On their way they are looked at for faults
 * that are certain early; that takes a fraction of a millisecond a band, so it is done here and not in a thread.
 */
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { ScanHead, ScannedSheet } from '../../drivers/ports.js';
import type { SheetMemory } from '../../vision/kernels/memory.js';
import type { EarlyFaults } from '../../vision/early-faults.js';
import type { Reject, SheetResult } from '../../vision/reading.js';
import { ArrivingSheet } from '../../vision/streaming.js';
import type { EncodePage } from '../ballot-box/fit-images.js';
import { nextTurn } from './ports.js';
import { sheetPictures, type SheetPictures } from './sheet-pictures.js';

/** Both sides of a sheet in, what they say out: the reader worker, or the same code in process. */
export interface SheetReader {
  read(first: ScannedSheet['first'], second: ScannedSheet['second']): Promise<Result<SheetResult>>;
  close(): Promise<void>;
  /** Where the reader reads without copying, if it has such a place. */
  readonly memory?: SheetMemory;
}

export interface HeldPages {
  readonly pages: ScannedSheet;
  readonly result: SheetResult;
  /** Of a sheet that was read while a ballot box is open: what will be stored of it, begun beforehand. */
  readonly pictures: Promise<Result<SheetPictures>> | undefined;
}

export class PageStore {
  #capture: ReturnType<ScanHead['capture']> | undefined;
  #arriving: ArrivingSheet | undefined;
  #held: HeldPages | undefined;

  constructor(
    private readonly head: ScanHead,
    private readonly reader: () => SheetReader | undefined,
    private readonly early: EarlyFaults | undefined,
    /** What a slot's body holds, when a ballot box is open. */
    private readonly bodyBytes: () => number | undefined,
    private readonly encode: EncodePage,
  ) {}

  /** @param onFault hears at most once why this sheet cannot be a ballot, while it is still being drawn in */
  startCapture(onFault: (fault: Reject) => void): void {
    this.forget();
    this.early?.begin();
    const memory = this.reader()?.memory;
    const arriving = memory === undefined ? undefined : new ArrivingSheet(memory);
    this.#arriving = arriving;
    this.#capture = this.head.capture(({ first, second }) => {
      arriving?.take(first, second);
      const fault = this.early?.take(first, second);
      if (fault !== undefined) onFault(fault);
    });
  }

  async read(): Promise<Result<SheetResult>> {
    const reader = this.reader();
    if (this.#capture === undefined || reader === undefined) {
      return err(problem('nothing-scanned', 'scan head', '', 'has no sheet to read'));
    }
    const scanned = await this.#capture.finish();
    this.#capture = undefined;
    if (!scanned.ok) return scanned;
    const pages = this.#whereTheyAreRead(scanned.value);
    const result = await reader.read(pages.first, pages.second);
    if (!result.ok) return result;
    this.#held = { pages, result: result.value, pictures: this.#beginPictures(pages, result.value) };
    return ok(result.value);
  }

  /** In the turn after the verdict, so that it does not wait for this. */
  #beginPictures(pages: ScannedSheet, result: SheetResult): HeldPages['pictures'] {
    const bodyBytes = this.bodyBytes();
    if (result.kind === 'rejected' || bodyBytes === undefined) return undefined;
    const pictures = nextTurn().then(() => sheetPictures(pages, result, bodyBytes, this.encode));
    // Whoever stores the sheet hears of a failure; a sheet that is given back needs no pictures.
    pictures.catch(() => undefined);
    return pictures;
  }

  /** The pages that the bands made up in the reader's memory; as scanned, when they did not. */
  #whereTheyAreRead(scanned: ScannedSheet): ScannedSheet {
    if (scanned.givenInBands !== true) return scanned;
    const first = this.#arriving?.page('first', scanned.first);
    const second = this.#arriving?.page('second', scanned.second);
    return first === undefined || second === undefined ? scanned : { first, second };
  }

  /** The sheet that was read, until it is forgotten. */
  held(): HeldPages | undefined {
    return this.#held;
  }

  forget(): void {
    this.#capture?.abort();
    this.#capture = undefined;
    this.#arriving = undefined;
    this.#held = undefined;
  }
}
