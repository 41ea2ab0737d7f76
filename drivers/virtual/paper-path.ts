/**
 * The physics of one paper path. A sheet is a leading edge and a length; rollers that lie under it grip it; the motor
 * turns all rollers alike, and a gripped sheet moves with them unless it is jammed. Sensors see paper above them. A
 * sheet whose trailing edge has left the exit sensor and the last roller falls.
 *
 * Positions are whole micrometres from the mouth sensor, so that edges are exact and nothing drifts: at v mm/s a
 * sheet moves v micrometres a millisecond. A point is covered when trailing edge < point ≤ leading edge. The model
 * looks ahead to the next thing that happens (an edge at a sensor or a roller, a jam, a full band at the scan head, the
 * end of the move) and sets one timer for it; with a real clock that comes late, what was passed over meanwhile happens in order.
 *
 * Not modelled: bending, sheets pushing each other, sliding on. Sheets that overlap lie upon each other.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import type { PathSection } from '../cabinet-file.js';
import type { Clock, MoveEnd, PaperSensor } from '../ports.js';

/** A sheet of paper with what a scan head sees of it. */
export interface Sheet {
  /** For the account of a demo or a failing test; the cabinet's drivers never see it. */
  readonly label: string;
  readonly lengthMm: number;
  /** The side that lies upwards; its first row is the leading edge, its last the trailing edge. */
  readonly first: GreyPage;
  readonly second: GreyPage;
}

/** A sheet and where it is, for watchers from outside. */
export interface SheetInPath {
  readonly sheet: Sheet;
  readonly leadingEdgeMm: number;
  readonly trailingEdgeMm: number;
  readonly jammed: boolean;
  readonly grippedBy: readonly number[];
}

/** What the rest of the cabinet does when paper moves. */
export interface PathWatcher {
  /** Sheets moved, came or went: sensors may see something else. */
  changed(towards: 'exit' | 'mouth'): void;
  /** A sheet's leading edge went forward from one place to another, past whatever lies between. */
  advanced(sheet: Sheet, fromLeadingMm: number, toLeadingMm: number): void;
  /** How much further this sheet must go forward until something happens to it that the path does not know of. */
  dueAfterMm(sheet: Sheet, leadingMm: number): number;
  fell(sheet: Sheet): void;
  /** All that happened at this moment has happened: the time to tell listeners. */
  settled(): void;
}

interface Travelling {
  readonly sheet: Sheet;
  readonly lengthUm: number;
  leadUm: number;
  jammed: boolean;
}

interface Run {
  readonly sign: 1 | -1;
  readonly startMs: number;
  readonly totalUm: number;
  readonly done: (end: MoveEnd) => void;
  rolledUm: number;
  cancelTimer: () => void;
}

export class PaperPath {
  readonly #sensorsUm: Readonly<Record<PaperSensor, readonly number[]>>;
  readonly #multiSheetUm: number;
  readonly #rollersUm: readonly number[];
  /** Every point at which an edge matters. */
  readonly #pointsUm: readonly number[];
  readonly #fallUm: number;
  #sheets: Travelling[] = [];
  #run: Run | undefined;
  #jamUm: number | undefined;
  #rollersSlip = false;

  constructor(
    readonly clock: Clock,
    path: PathSection,
    readonly feedMmPerS: number,
    readonly watcher: PathWatcher,
  ) {
    this.#sensorsUm = {
      mouth: [um(path.mouthSensorMm)],
      entry: [um(path.entrySensorMm)],
      path: path.pathSensorsMm.map(um),
      exit: [um(path.exitSensorMm)],
    };
    this.#multiSheetUm = um(path.multiSheetSensorMm);
    this.#rollersUm = path.rollersMm.map(um);
    this.#pointsUm = [...Object.values(this.#sensorsUm).flat(), this.#multiSheetUm, ...this.#rollersUm];
    this.#fallUm = Math.max(um(path.exitSensorMm), ...this.#rollersUm);
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  // ---- what can be seen ----------------------------------------------------------------------------------------

  covered(sensor: PaperSensor): boolean {
    return this.#sensorsUm[sensor].some((at) => this.#sheets.some((travelling) => covers(travelling, at)));
  }

  severalSheetsPass(): boolean {
    return this.#sheets.filter((travelling) => covers(travelling, this.#multiSheetUm)).length > 1;
  }

  /** Where every sheet in the path is at this moment. */
  sheets(): readonly SheetInPath[] {
    this.#settle(0);
    return this.#sheets.map((travelling) => ({
      sheet: travelling.sheet,
      leadingEdgeMm: travelling.leadUm / 1_000,
      trailingEdgeMm: trailUm(travelling) / 1_000,
      jammed: travelling.jammed,
      grippedBy: this.#rollersUm.filter((at) => covers(travelling, at)).map((at) => at / 1_000),
    }));
  }

  // ---- what the motor does -------------------------------------------------------------------------------------

  /** Turns the rollers; `done` is called when they stand. The motor must stand before. */
  roll(direction: 'in' | 'out', distanceMm: number, done: (end: MoveEnd) => void): void {
    const sign = direction === 'in' ? 1 : -1;
    const totalUm = Math.max(1, um(distanceMm));
    const startMs = this.clock.nowMs();
    this.#run = { sign, startMs, totalUm, done, rolledUm: 0, cancelTimer: () => undefined };
    this.#schedule();
  }

  stop(): void {
    this.#settle(0);
    this.#endRun('stopped');
  }

  /** The power is gone: the rollers stand where they are and nobody is told. */
  halt(): void {
    this.#settle(0);
    this.#run?.cancelTimer();
    this.#run = undefined;
  }

  // ---- what hands do -------------------------------------------------------------------------------------------

  /** Lays sheets upon each other, the first uppermost, their leading edges aligned. */
  put(sheets: readonly Sheet[], leadingEdgeMm: number): void {
    this.#settle(0);
    for (const sheet of sheets) {
      this.#sheets.push({ sheet, lengthUm: um(sheet.lengthMm), leadUm: um(leadingEdgeMm), jammed: false });
    }
    this.#touched('exit');
  }

  take(sheets: readonly Sheet[]): void {
    this.#settle(0);
    this.#sheets = this.#sheets.filter((travelling) => !sheets.includes(travelling.sheet));
    this.#touched('mouth');
  }

  /** A fault: the next leading edge that comes to this place stays there, until hands take the sheet. */
  jamAt(leadingEdgeMm: number): void {
    this.#settle(0);
    this.#jamUm = um(leadingEdgeMm);
    this.#jamWhatIsThere();
    this.#schedule();
  }

  /** A fault: the motor counts its steps, but the rollers stand. */
  setRollersSlip(slip: boolean): void {
    this.#settle(0);
    this.#rollersSlip = slip;
    this.#schedule();
  }

  // ---- motion --------------------------------------------------------------------------------------------------

  #touched(towards: 'exit' | 'mouth'): void {
    this.watcher.changed(towards);
    this.#schedule();
    this.watcher.settled();
  }

  /** Brings all positions up to now, or to `reachedUm` of the move if its timer came early. */
  #settle(reachedUm: number): void {
    const run = this.#run;
    if (run === undefined) return;
    // A thousandth of a micrometre makes good what dividing and multiplying by the speed lost.
    const elapsedUm = Math.floor((this.clock.nowMs() - run.startMs) * this.feedMmPerS + 0.001);
    const targetUm = Math.min(run.totalUm, Math.max(elapsedUm, reachedUm));
    while (run.rolledUm < targetUm) {
      this.#advance(run, Math.min(targetUm - run.rolledUm, this.#nextEventUm(run)));
    }
  }

  #advance(run: Run, distanceUm: number): void {
    for (const travelling of this.#sheets.filter((sheet) => this.#moves(sheet))) {
      const fromUm = travelling.leadUm;
      travelling.leadUm += run.sign * distanceUm;
      if (run.sign > 0) this.watcher.advanced(travelling.sheet, fromUm / 1_000, travelling.leadUm / 1_000);
    }
    run.rolledUm += distanceUm;
    this.#jamWhatIsThere();
    const fallen = this.#sheets.filter((travelling) => trailUm(travelling) >= this.#fallUm);
    this.#sheets = this.#sheets.filter((travelling) => !fallen.includes(travelling));
    for (const { sheet } of fallen) this.watcher.fell(sheet);
    this.watcher.changed(run.sign > 0 ? 'exit' : 'mouth');
  }

  #jamWhatIsThere(): void {
    const there = this.#sheets.filter((travelling) => travelling.leadUm === this.#jamUm);
    for (const travelling of there) travelling.jammed = true;
    if (there.length > 0) this.#jamUm = undefined;
  }

  #moves(travelling: Travelling): boolean {
    if (travelling.jammed || this.#rollersSlip) return false;
    return this.#rollersUm.some((at) => covers(travelling, at));
  }

  /** How far the rollers turn until something happens; infinite if nothing will. */
  #nextEventUm(run: Run): number {
    let nextUm = Infinity;
    for (const travelling of this.#sheets) {
      if (!this.#moves(travelling)) continue;
      const consider = (leadUm: number): void => {
        const distanceUm = (leadUm - travelling.leadUm) * run.sign;
        if (distanceUm > 0 && distanceUm < nextUm) nextUm = distanceUm;
      };
      // Going in, an edge acts when it reaches the point; going out, when it has left it.
      const beyond = run.sign > 0 ? 0 : -1;
      for (const at of this.#pointsUm) {
        consider(at + beyond);
        consider(at + travelling.lengthUm + beyond);
      }
      if (this.#jamUm !== undefined) consider(this.#jamUm);
      if (run.sign > 0) {
        const dueMm = this.watcher.dueAfterMm(travelling.sheet, travelling.leadUm / 1_000);
        consider(travelling.leadUm + Math.max(1, Math.ceil(dueMm * 1_000)));
      }
    }
    return nextUm;
  }

  #schedule(): void {
    const run = this.#run;
    if (run === undefined) return;
    run.cancelTimer();
    const dueUm = Math.min(run.totalUm, run.rolledUm + this.#nextEventUm(run));
    run.cancelTimer = this.clock.setTimer(run.startMs + dueUm / this.feedMmPerS, () => {
      this.#settle(dueUm);
      if (run.rolledUm === run.totalUm) this.#endRun('distance-reached');
      else this.#schedule();
      this.watcher.settled();
    });
  }

  #endRun(wanted: MoveEnd['end']): void {
    const run = this.#run;
    if (run === undefined) return;
    run.cancelTimer();
    this.#run = undefined;
    const end = run.rolledUm === run.totalUm ? 'distance-reached' : wanted;
    run.done({ end, movedMm: run.rolledUm / 1_000 });
    this.watcher.settled();
  }
}

function um(lengthMm: number): number {
  return must(
    Number.isFinite(lengthMm) ? Math.round(lengthMm * 1_000) : undefined,
    'a length must be finite',
  );
}

function trailUm(travelling: Travelling): number {
  return travelling.leadUm - travelling.lengthUm;
}

function covers(travelling: Travelling, atUm: number): boolean {
  return trailUm(travelling) < atUm && atUm <= travelling.leadUm;
}
