/**
 * A cabinet that exists only as physics: the thing itself, which stands there with or without power, and the hands of
 * voters, inspectors and chance that touch it. `powerOn` gives the drivers that one running program uses; after
 * `cutPower` they are dead (see power.ts) while paper, gate, counter and cards stay as they are.
 *
 * It serves demo, tests, simulator and workbench alike, on a virtual clock or a real one. Whatever is made on it says
 * SIMULATED.
 */
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import { pathGeometry, type CabinetFile } from '../cabinet-file.js';
import type { Bin, Cabinet, CardId, Clock, FileStore, SensorName, TapePrinter } from '../ports.js';
import {
  VirtualBeeper,
  VirtualCardSlot,
  VirtualCounter,
  VirtualExportPort,
  VirtualGate,
  VirtualKeyReader,
  virtualMotor,
  VirtualSensors,
} from './devices.js';
import { PaperPath, type Sheet, type SheetInPath } from './paper-path.js';
import { attachedStore, PowerRail } from './power.js';
import { VirtualScanHead } from './scan-head.js';

/** A hand pushes the leading edge this far beyond the entry sensor. */
const PUSH_BEYOND_ENTRY_MM = 2;
/** What must stick out of the mouth so that a hand can take hold of it. */
const GRASP_MM = 10;

export interface VirtualCabinetParts {
  readonly file: CabinetFile;
  /** Physical time. Programs get their own view of it from `powerOn`, whose timers die with the power. */
  readonly clock: Clock;
  readonly printer: TapePrinter;
  readonly internal: FileStore;
  /** Sheets cast in the life of this device before; 0 if not given. */
  readonly protectiveCount?: number;
}

/** What a running program gets: the cabinet, and a clock whose timers are dropped when the power is cut. */
export interface PoweredCabinet extends Cabinet {
  readonly clock: Clock;
}

export class VirtualCabinet {
  /** What lies in the ballot box, in the order in which it fell. */
  readonly bins: Readonly<Record<Bin, Sheet[]>> = { main: [], 'write-in': [] };
  readonly gate: VirtualGate;
  readonly counter: VirtualCounter;
  readonly keyReader = new VirtualKeyReader();
  readonly beeper = new VirtualBeeper();
  readonly scanHead: VirtualScanHead;
  readonly cards: Readonly<Record<CardId, VirtualCardSlot>> = {
    a: new VirtualCardSlot('a'),
    b: new VirtualCardSlot('b'),
  };
  readonly exportPort = new VirtualExportPort();
  readonly #path: PaperPath;
  readonly #sensors: VirtualSensors;
  readonly #open = new Set<'cover-open' | 'ballot-box-door-open'>();
  #rail: PowerRail | undefined;

  constructor(readonly parts: VirtualCabinetParts) {
    const { path, devices } = parts.file;
    this.gate = new VirtualGate(devices.gate.turnMs, devices.gate.confirmWithinMs);
    this.counter = new VirtualCounter(devices.counter.writeMs, parts.protectiveCount ?? 0);
    this.scanHead = new VirtualScanHead(path.scanHeadMm);
    this.#sensors = new VirtualSensors((sensor) => this.#physicalLevel(sensor));
    this.#path = new PaperPath(parts.clock, path, devices.motor.feedMmPerS, {
      changed: (towards) => this.#sensors.note(towards),
      advanced: (sheet, fromMm, toMm) => this.scanHead.advanced(sheet, fromMm, toMm),
      dueAfterMm: (sheet, leadingMm) => this.scanHead.bandFullAfterMm(sheet, leadingMm),
      fell: (sheet) => void this.bins[this.gate.bin].push(sheet),
      settled: () => {
        this.scanHead.tell();
        this.#sensors.tell();
      },
    });
  }

  // ---- power ---------------------------------------------------------------------------------------------------

  powerOn(): PoweredCabinet {
    assert(this.#rail === undefined, 'the power is on already');
    const { file, clock, printer, internal } = this.parts;
    const rail = new PowerRail(clock);
    this.#rail = rail;
    return {
      serialNumber: file.serialNumber,
      simulated: true,
      path: pathGeometry(file.path),
      clock: rail.clock,
      sensors: this.#sensors.driver(rail),
      motor: virtualMotor(this.#path, file.devices.motor.longestMoveMm, rail),
      gate: this.gate.driver(rail),
      scanHead: this.scanHead.driver(rail),
      keyReader: this.keyReader.driver(rail),
      beeper: this.beeper.driver(rail),
      printer: {
        print: (job) => rail.whilePowered(() => printer.print(job)),
        status: () => rail.whilePowered(() => printer.status()),
      },
      counter: this.counter.driver(rail),
      cards: { a: this.cards.a.driver(rail), b: this.cards.b.driver(rail) },
      exportPort: this.exportPort.driver(rail),
      internal: attachedStore(internal, rail, () => true),
    };
  }

  /** At any moment, from inside any callback: the program that held the drivers never hears of them again. */
  cutPower(): void {
    this.#rail?.cut();
    this.#rail = undefined;
    this.#path.halt();
    for (const device of [
      this.#sensors,
      this.gate,
      this.scanHead,
      this.keyReader,
      this.cards.a,
      this.cards.b,
    ]) {
      device.powerLost();
    }
    this.#sensors.tell();
  }

  get powered(): boolean {
    return this.#rail !== undefined;
  }

  // ---- voters --------------------------------------------------------------------------------------------------

  /**
   * A hand pushes a sheet in until its leading edge is just beyond the entry sensor, where the first rollers grip it;
   * `together` lies aligned beneath it. With `onlyIntoMouth` the hand stops before the first rollers.
   */
  insert(
    sheet: Sheet,
    how: { readonly together?: Sheet; readonly onlyIntoMouth?: boolean } = {},
  ): Result<void> {
    const taken = this.inPath().some(sticksOut(0));
    if (taken) return err(problem('mouth-taken', 'paper path', '', 'another sheet lies in the mouth'));
    const { entrySensorMm, rollersMm } = this.parts.file.path;
    const leadingEdgeMm =
      how.onlyIntoMouth === true ? (rollersMm[0] ?? 0) / 2 : entrySensorMm + PUSH_BEYOND_ENTRY_MM;
    this.#path.put(how.together === undefined ? [sheet] : [sheet, how.together], leadingEdgeMm);
    return ok(undefined);
  }

  /** A sheet that has stood here since the power went, in a cabinet that is set up as that one was. */
  leftInside(sheet: Sheet, leadingEdgeMm: number): void {
    assert(!this.powered, 'paper is laid into the path of a cabinet without power');
    this.#path.put([sheet], leadingEdgeMm);
  }

  /**
   * A hand pulls at what sticks out of the mouth. It comes if the motor stands and only the first rollers hold it, or
   * without power any rollers; with `force` it is torn out of whatever holds it.
   */
  pullOut(how: { readonly force?: boolean } = {}): Result<readonly Sheet[]> {
    const held = (reason: string) => err(problem('sheet-held', 'paper path', '', reason));
    const within = this.inPath().filter(sticksOut(GRASP_MM));
    if (within.length === 0) return held('no sheet sticks out of the mouth');
    if (how.force !== true) {
      if (this.#path.running) return held('the motor is turning');
      if (within.some((sheet) => sheet.jammed)) return held('the sheet is jammed');
      const firstRollerMm = this.parts.file.path.rollersMm[0];
      const deep = within.some((sheet) => sheet.grippedBy.some((at) => at !== firstRollerMm));
      if (this.powered && deep) return held('the rollers hold the sheet');
    }
    return ok(this.#take(within));
  }

  // ---- inspectors ----------------------------------------------------------------------------------------------

  setCover(state: 'open' | 'closed'): void {
    this.#setDoor('cover-open', state);
  }

  setBallotBoxDoor(state: 'open' | 'closed'): void {
    this.#setDoor('ballot-box-door-open', state);
  }

  /** Takes every sheet out of the path by hand, jammed or not, and keeps it or drops it into a bin. */
  clearPath(to: 'hand' | Bin): Result<readonly Sheet[]> {
    if (!this.#open.has('cover-open')) {
      return err(problem('cover-closed', 'paper path', '', 'the cover must be opened first'));
    }
    const sheets = this.#take(this.inPath());
    if (to !== 'hand') this.bins[to].push(...sheets);
    return ok(sheets);
  }

  emptyBin(bin: Bin): Result<readonly Sheet[]> {
    if (!this.#open.has('ballot-box-door-open')) {
      return err(problem('door-closed', 'ballot box', '', 'the door must be opened first'));
    }
    return ok(this.bins[bin].splice(0));
  }

  // ---- chance --------------------------------------------------------------------------------------------------

  /** The next sheet whose leading edge comes to this place is jammed there. */
  jamAt(leadingEdgeMm: number): void {
    this.#path.jamAt(leadingEdgeMm);
  }

  /** The motor counts its steps, but the rollers stand. */
  setMotorStalled(stalled: boolean): void {
    this.#path.setRollersSlip(stalled);
  }

  /** A sensor or switch keeps one level whatever happens; `undefined` heals it. */
  stickSensor(sensor: SensorName, level: boolean | undefined): void {
    this.#sensors.stick(sensor, level);
    this.#sensors.tell();
  }

  // ---- what can be seen from outside ---------------------------------------------------------------------------

  inPath(): readonly SheetInPath[] {
    return this.#path.sheets();
  }

  /** One line for the account of a demo or a failing test. */
  describe(): string {
    const inside = this.inPath().map((sheet) => {
      const where = `${sheet.sheet.label} from ${mm(sheet.trailingEdgeMm)} to ${mm(sheet.leadingEdgeMm)} mm`;
      if (sheet.jammed) return `${where}, jammed`;
      if (sheet.grippedBy.length > 0) return `${where}, held by rollers`;
      return `${where}, loose`;
    });
    const path = inside.length === 0 ? 'no sheet in the path' : inside.join('; ');
    const gate = this.gate.confirmed ? this.gate.bin : 'not confirmed';
    const bins = `main bin ${this.bins.main.length}, write-in bin ${this.bins['write-in'].length}`;
    return `${path}; gate ${gate}; ${bins}${this.powered ? '' : '; no power'}`;
  }

  #physicalLevel(sensor: SensorName): boolean {
    switch (sensor) {
      case 'cover-open':
      case 'ballot-box-door-open':
        return this.#open.has(sensor);
      case 'multi-sheet':
        return this.#path.severalSheetsPass();
      case 'mouth':
      case 'entry':
      case 'path':
      case 'exit':
        return this.#path.covered(sensor);
    }
  }

  #setDoor(door: 'cover-open' | 'ballot-box-door-open', state: 'open' | 'closed'): void {
    if (state === 'open') this.#open.add(door);
    else this.#open.delete(door);
    this.#sensors.note('exit');
    this.#sensors.tell();
  }

  #take(taken: readonly SheetInPath[]): readonly Sheet[] {
    const sheets = taken.map(({ sheet }) => sheet);
    this.#path.take(sheets);
    return sheets;
  }
}

/** The sheet lies in the mouth and reaches at least so far out of it. */
function sticksOut(byMm: number): (sheet: SheetInPath) => boolean {
  return ({ leadingEdgeMm, trailingEdgeMm }) => leadingEdgeMm >= 0 && trailingEdgeMm < -byMm;
}

function mm(position: number): string {
  return position.toFixed(1);
}
