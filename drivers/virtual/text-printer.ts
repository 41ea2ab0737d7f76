/**
 * A tape printer that writes lines instead of dots: the paper of a simulated day, where `roll.ts` (which renders every
 * dot of a real printer's language) would set the pace. It takes its time, runs out of paper, is opened, catches fire,
 * and stops in the middle of a line when the power goes, as a real one does.
 */
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { Clock, TapeElement, TapeJob, TapePrinter } from '../ports.js';

export type PrinterFault = 'paper-out' | 'cover-open' | 'printer-failed';

/** One piece of paper; `cut` when the cutter took it off, so that it is a whole tape. */
export interface PrintedPiece {
  readonly lines: readonly string[];
  readonly cut: boolean;
}

const LINE_MS = 20;
/** A simulated day prints some ten pieces; the oldest are thrown away. */
const MOST_PIECES = 64;

const REASON: Readonly<Record<PrinterFault, string>> = {
  'paper-out': 'is out of paper',
  'cover-open': 'has its cover open',
  'printer-failed': 'does not answer',
};

export class TextPrinter implements TapePrinter {
  #finished: PrintedPiece[] = [];
  #hanging: string[] = [];
  #fault: PrinterFault | undefined;
  /** Lines that are still printed before `#later` begins. */
  #linesLeft = Infinity;
  #later: PrinterFault | undefined;
  /** A job that was under way when the power went is never gone on with. */
  #life = 0;

  constructor(private readonly clock: Clock) {}

  // ---- what a person or chance does ----------------------------------------------------------------------------

  /** Trouble that begins after so many more lines; 0 at once. */
  failAfterLines(lines: number, fault: PrinterFault): void {
    if (lines === 0) this.#fault = fault;
    else [this.#linesLeft, this.#later] = [lines, fault];
  }

  /** New roll, cover shut, fire out; what hangs out is torn off and thrown away. */
  repair(): void {
    this.#fault = undefined;
    this.#later = undefined;
    this.#linesLeft = Infinity;
    this.#tearOff(false);
  }

  powerLost(): void {
    this.#life += 1;
  }

  /** Oldest first; the last one may hang out of the printer still. */
  pieces(): readonly PrintedPiece[] {
    return this.#hanging.length === 0
      ? this.#finished
      : [...this.#finished, { lines: this.#hanging, cut: false }];
  }

  /** Somebody takes away what was cut off; gives it, oldest first. */
  takePaper(): readonly PrintedPiece[] {
    const taken = this.#finished;
    this.#finished = [];
    return taken;
  }

  // ---- what the driver does ------------------------------------------------------------------------------------

  async print(job: TapeJob): Promise<Result<void>> {
    const life = this.#life;
    if (this.#hanging.length > 0) this.#tearOff(false);
    const half = job.elements.length >> 1;
    for (const part of [job.elements.slice(0, half), job.elements.slice(half)]) {
      for (const element of part) if (!this.#put(element)) return this.#failed();
      await this.#wait(part.length * LINE_MS);
      // Whoever waits for the answer is dead; the paper hangs out as it is.
      if (life !== this.#life) return this.#failed();
    }
    return ok(undefined);
  }

  status(): Promise<Result<'ready' | 'paper-low'>> {
    return Promise.resolve(this.#fault === undefined ? ok('ready') : this.#failed());
  }

  #put(element: TapeElement): boolean {
    if (this.#linesLeft === 0) [this.#fault, this.#later] = [this.#later, undefined];
    if (this.#fault !== undefined) return false;
    this.#linesLeft -= 1;
    if (element.kind === 'cut') this.#tearOff(true);
    else this.#hanging.push(...linesOf(element));
    return true;
  }

  #tearOff(cut: boolean): void {
    if (this.#hanging.length === 0) return;
    this.#finished.push({ lines: this.#hanging, cut });
    if (this.#finished.length > MOST_PIECES) this.#finished.shift();
    this.#hanging = [];
  }

  #failed(): Result<never> {
    const fault = this.#fault ?? 'printer-failed';
    return err(problem(fault, 'tape printer', '', REASON[fault]));
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimer(this.clock.nowMs() + ms, resolve);
    });
  }
}

function linesOf(element: Exclude<TapeElement, { kind: 'cut' }>): readonly string[] {
  switch (element.kind) {
    case 'line':
      return [element.text];
    case 'rule':
      return ['-'];
    case 'feed':
      return [];
    case 'qr':
      return [element.caption, element.text];
  }
}
