/**
 * A scan head over the paper path: it takes the lines that pass forward beneath it while a capture is on. A sheet that
 * passes whole gives its whole images; one that was pulled or jammed half-way gives as many rows as passed. A capture
 * ends its page at the first trailing edge, as page scanners do; of several sheets that lie upon each other the head
 * sees the top of the uppermost and the bottom of the lowest, so that two aligned sheets look like one.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { ScanHead, ScannedSheet } from '../ports.js';
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
}

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

  powerLost(): void {
    this.#capture = undefined;
  }

  driver(rail: PowerRail): ScanHead {
    return {
      capture: () => {
        const capture: Capture = { passed: new Map(), pageEnded: false };
        if (rail.on) this.#capture = capture;
        const release = (): boolean => {
          const current = this.#capture === capture;
          if (current) this.#capture = undefined;
          return current;
        };
        return {
          finish: () => rail.whilePowered(() => Promise.resolve(this.#images(capture, release()))),
          abort: () => void release(),
        };
      },
    };
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
    return ok({ first, second });
  }
}

function passedRows(sheet: Sheet, page: GreyPage, passed: Passed): GreyPage {
  if (passed.fromMm === 0 && passed.toMm >= sheet.lengthMm) return page;
  const fromRow = Math.floor((page.heightPx * passed.fromMm) / sheet.lengthMm);
  const toRow = Math.floor((page.heightPx * passed.toMm) / sheet.lengthMm);
  const rows = page.data.slice(fromRow * page.widthPx, toRow * page.widthPx);
  return greyPage(page.widthPx, toRow - fromRow, page.dpi, rows);
}

function failed(code: string, reason: string): Result<ScannedSheet> {
  return err(problem(code, 'scan head', '', reason));
}
