/**
 * A scan head over the paper path: it takes the lines that pass forward beneath it while a capture is on. A sheet that
 * passes whole gives its whole images; one that was pulled or jammed half-way gives as many rows as passed. A capture
 * ends its page at the first trailing edge, as page scanners do; of several sheets that lie upon each other the head
 * sees the top of the uppermost and the bottom of the lowest, so that two aligned sheets look like one. While one sheet
 * passes, its lines are given in bands, each as soon as it is full.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { ScanHead, ScannedBand, ScannedSheet } from '../ports.js';
import type { Sheet } from './paper-path.js';
import type { PowerRail } from './power.js';

/** What passed of one sheet, in millimetres from its leading edge. */
interface Passed {
  fromMm: number;
  toMm: number;
}

interface Capture {
  readonly passed: Map<Sheet, Passed>;
  pageEnded: boolean;
  readonly bands: Bands | undefined;
}

interface Bands {
  readonly give: (band: ScannedBand) => void;
  /** The row that was given first, and the one after the last; nothing before there was one. */
  firstRow: number | undefined;
  toRow: number | undefined;
  /** False when something else passed than the sheet whose lines were given first, in order. */
  inOrder: boolean;
}

/** A third of an inch of paper. */
const BAND_LINES = 64;

export class VirtualScanHead {
  /** A fault: the head gives no image. */
  failing = false;
  #capture: Capture | undefined;

  constructor(readonly headMm: number) {}

  /** Paper went forward past the head, or elsewhere. */
  advanced(sheet: Sheet, fromLeadingMm: number, toLeadingMm: number): void {
    const capture = this.#capture;
    if (capture === undefined) return;
    const fromMm = Math.max(0, fromLeadingMm - this.headMm);
    const toMm = Math.min(sheet.lengthMm, toLeadingMm - this.headMm);
    if (toMm <= fromMm) return;
    const known = capture.passed.get(sheet);
    if (known !== undefined) {
      known.fromMm = Math.min(known.fromMm, fromMm);
      known.toMm = Math.max(known.toMm, toMm);
    } else if (!capture.pageEnded) {
      capture.passed.set(sheet, { fromMm, toMm });
    }
    if (toMm >= sheet.lengthMm) capture.pageEnded = true;
  }

  /** How much further a sheet must go until its next band is full; never, if nobody takes bands. */
  bandFullAfterMm(sheet: Sheet, leadingMm: number): number {
    const passedMm = leadingMm - this.headMm;
    if (this.#capture?.bands?.inOrder !== true || passedMm >= sheet.lengthMm) return Infinity;
    const bandMm = (BAND_LINES * sheet.lengthMm) / sheet.first.heightPx;
    const fullMm = (Math.floor(Math.max(0, passedMm) / bandMm) + 1) * bandMm;
    return Math.min(fullMm, sheet.lengthMm) - passedMm;
  }

  /** Gives the bands that are full; whoever takes them may stop the motor or end the capture. */
  tell(): void {
    const capture = this.#capture;
    if (capture !== undefined) this.#giveBands(capture, 'full');
  }

  powerLost(): void {
    this.#capture = undefined;
  }

  driver(rail: PowerRail): ScanHead {
    return {
      capture: (onBand) => {
        const bands =
          onBand === undefined
            ? undefined
            : { give: onBand, toRow: undefined, firstRow: undefined, inOrder: true };
        const capture: Capture = { passed: new Map(), pageEnded: false, bands };
        if (rail.on) this.#capture = capture;
        const release = (): boolean => {
          const current = this.#capture === capture;
          if (current) this.#capture = undefined;
          return current;
        };
        return {
          finish: () => {
            this.#giveBands(capture, 'all');
            return rail.whilePowered(() => Promise.resolve(this.#images(capture, release())));
          },
          abort: () => void release(),
        };
      },
    };
  }

  /** The last band of a sheet is full when the sheet has passed. */
  #giveBands(capture: Capture, which: 'full' | 'all'): void {
    const { bands, passed } = capture;
    const [only, more] = passed;
    if (bands === undefined || only === undefined) return;
    const [sheet, part] = only;
    const { first, second } = sheet;
    const fromRow = rowAt(sheet, first, part.fromMm);
    // Of several sheets nobody can say yet whose lines the page will have.
    bands.inOrder &&= more === undefined && first.heightPx === second.heightPx;
    bands.inOrder &&= bands.toRow === undefined || bands.firstRow === fromRow;
    bands.firstRow = fromRow;
    const toRow = rowAt(sheet, first, part.toMm);
    while (bands.inOrder && this.#capture === capture) {
      const row = bands.toRow ?? fromRow;
      const end = Math.min(toRow, row + BAND_LINES);
      const isFull = end === row + BAND_LINES || end === first.heightPx;
      if (end <= row || (which === 'full' && !isFull)) return;
      bands.toRow = end;
      bands.give({ first: rows(first, row, end), second: rows(second, row, end) });
    }
  }

  #images(capture: Capture, current: boolean): Result<ScannedSheet> {
    if (this.failing) return failed('scan-head-failed', 'gives no image');
    if (!current) return failed('scan-head-failed', 'this capture was ended before');
    const pile = [...capture.passed];
    const top = pile[0];
    const bottom = pile.at(-1);
    if (top === undefined || bottom === undefined) return failed('nothing-scanned', 'no paper passed');
    const first = passedRows(top[0], top[0].first, top[1]);
    const second = passedRows(bottom[0], bottom[0].second, bottom[1]);
    if (first.heightPx === 0 || second.heightPx === 0) return failed('nothing-scanned', 'no paper passed');
    const { bands } = capture;
    const givenInBands = bands?.inOrder === true && bands.toRow === rowAt(top[0], top[0].first, top[1].toMm);
    return ok({ first, second, givenInBands });
  }
}

function rowAt(sheet: Sheet, page: GreyPage, mm: number): number {
  return mm >= sheet.lengthMm ? page.heightPx : Math.floor((page.heightPx * mm) / sheet.lengthMm);
}

/** The same pixels, not a copy. */
function rows(page: GreyPage, from: number, to: number): GreyPage {
  const { widthPx, dpi, data } = page;
  return greyPage(widthPx, to - from, dpi, data.subarray(from * widthPx, to * widthPx));
}

function passedRows(sheet: Sheet, page: GreyPage, passed: Passed): GreyPage {
  if (passed.fromMm === 0 && passed.toMm >= sheet.lengthMm) return page;
  const fromRow = rowAt(sheet, page, passed.fromMm);
  const toRow = rowAt(sheet, page, passed.toMm);
  const part = page.data.slice(fromRow * page.widthPx, toRow * page.widthPx);
  return greyPage(page.widthPx, toRow - fromRow, page.dpi, part);
}

function failed(code: string, reason: string): Result<ScannedSheet> {
  return err(problem(code, 'scan head', '', reason));
}
