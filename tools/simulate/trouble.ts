/**
 * Faults, each as something that happens to the cabinet at one moment and is made good by people later. What the
 * machine then does is its own affair; here nothing knows its states.
 */
import { unreachable } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { CardId, SensorName } from '../../drivers/ports.js';
import type { PanelKey } from '../../firmware/machine/input.js';
import { actions } from '../../firmware/machine/roles.js';
import type { Day } from './day.js';
import type { FaultName, PlannedFault } from './plan.js';

const SENSORS: readonly SensorName[] = [
  'mouth',
  'entry',
  'path',
  'exit',
  'multi-sheet',
  'cover-open',
  'ballot-box-door-open',
];
const KEYS: readonly PanelKey[] = [
  'cast',
  'return',
  'more',
  'cleared',
  'yes',
  'no',
  'plus',
  'minus',
  'done',
  'enter',
  'cancel',
];
const JUMPS_MS = [-7_200_000, -3_600_000, -1_000, 3_600_000, 86_400_000, 40 * 365 * 86_400_000];
const SLOW_MS = 40;
/** Longer than any limit that a card is given for its answer. */
const SILENT_MS = 120_000;
/** Where a leading edge can be, in millimetres. */
const PATH_MM = [42, 900] as const;

export class Trouble {
  #armed: PlannedFault[] = [];
  #steps = 0;
  #operations = 0;
  #random: SeededRandom;
  readonly struck = new Map<FaultName, number>();

  constructor(
    private readonly day: Day,
    random: SeededRandom,
  ) {
    this.#random = random;
  }

  /** From now on steps and disk operations are counted anew, and these strike in their time. */
  arm(faults: readonly PlannedFault[], random: SeededRandom): void {
    this.#armed = [...faults];
    this.#steps = 0;
    this.#operations = 0;
    this.#random = random;
  }

  step(): void {
    if (this.#armed.length > 0) this.#due('step', ++this.#steps);
  }

  operation(): void {
    if (this.#armed.length > 0) this.#due('disk', ++this.#operations);
  }

  #due(on: PlannedFault['on'], nth: number): void {
    for (const fault of this.#armed.filter((planned) => planned.on === on && planned.nth === nth)) {
      this.#armed = this.#armed.filter((planned) => planned !== fault);
      if (!this.day.bench.powered) continue;
      if (!this.#strike(fault.name)) continue;
      this.struck.set(fault.name, (this.struck.get(fault.name) ?? 0) + 1);
      this.day.tell(`${fault.name} (${on} ${nth})`);
    }
  }

  /** True when it came to something. */
  #strike(name: FaultName): boolean {
    const { bench } = this.day;
    const { cabinet } = bench;
    const random = this.#random;
    switch (name) {
      case 'power-cut':
        this.day.cutPower();
        return true;
      case 'jam':
        cabinet.jamAt(Math.round(random.between(...PATH_MM)));
        return true;
      case 'jam-here': {
        const [sheet] = cabinet.inPath();
        if (sheet !== undefined) cabinet.jamAt(sheet.leadingEdgeMm);
        return sheet !== undefined;
      }
      case 'rollers-slip':
        cabinet.setMotorStalled(true);
        return true;
      case 'second-sheet':
        return cabinet.inPath().length === 1 && this.day.pushIn(random);
      case 'pulled-sheet': {
        const pulled = cabinet.pullOut({ force: true });
        if (pulled.ok) this.day.tookOut(pulled.value, 'nobody-knows');
        return pulled.ok;
      }
      case 'sensor-stuck':
        this.day.sensorStuck = true;
        this.day.promises.mayBePhantom = true;
        cabinet.stickSensor(random.pick(SENSORS), random.chance(0.5));
        return true;
      case 'gate-stuck':
        cabinet.gate.stuck = true;
        return true;
      case 'scan-head-dead':
        cabinet.scanHead.failing = true;
        return true;
      case 'counter-dead':
        cabinet.counter.failing = true;
        this.day.deviceFailed = true;
        return true;
      case 'card-pulled':
        return this.day.pullCard(random.pick(['a', 'b']));
      case 'card-broken':
        return this.#cardFails((card) =>
          bench.disks[card].setBroken(random.pick(['all', 'block-write', 'flush', 'append', 'block-read'])),
        );
      case 'card-read-only':
        return this.#cardFails((card) => bench.disks[card].setReadOnly(true));
      case 'card-slow':
        bench.disks[random.pick(['a', 'b'] as const)].setDelay(SLOW_MS);
        return true;
      case 'card-silent':
        return this.#cardFails((card) => bench.disks[card].setDelay(SILENT_MS));
      case 'internal-broken':
        bench.disks.internal.setBroken(random.pick(['all', 'write', 'append', 'read']));
        this.day.internalBroken = true;
        this.day.deviceFailed = true;
        return true;
      case 'clock-jump':
        bench.clock.jumpWall(random.pick(JUMPS_MS));
        return true;
      case 'cover-opened':
        cabinet.setCover('open');
        return true;
      case 'door-opened':
        cabinet.setBallotBoxDoor('open');
        return true;
      case 'keys-pressed':
        this.pressAnything(random);
        return true;
      case 'security-key-pressed':
        cabinet.keyReader.hold(random.pick(this.day.site.allKeys).bytes);
        cabinet.keyReader.hold(undefined);
        return true;
      case 'printer-paper-out':
        this.day.printer.failAfterLines(random.integer(0, 90), 'paper-out');
        return true;
      case 'printer-cover-open':
        this.day.printer.failAfterLines(random.integer(0, 90), 'cover-open');
        return true;
      case 'printer-dead':
        this.day.printer.failAfterLines(random.integer(0, 90), 'printer-failed');
        return true;
      default:
        return unreachable(name);
    }
  }

  /** Only while the other card is there and works: of two lost cards nobody can tell anything. */
  #cardFails(fail: (card: CardId) => void): boolean {
    const card = this.#random.pick(['a', 'b'] as const);
    if (!this.day.mayLose(card)) return false;
    this.day.suspect.add(card);
    fail(card);
    return true;
  }

  /** A child at the panel, or an elbow. */
  pressAnything(random: SeededRandom): void {
    const { bench } = this.day;
    for (let presses = random.integer(1, 4); presses > 0 && bench.running; presses--) {
      const dice = random.next();
      if (dice < 0.6) bench.runtime.press(random.pick(KEYS));
      else if (dice < 0.8) bench.runtime.digit(random.integer(0, 9));
      else bench.runtime.choose(random.pick(actions.filter((action) => action !== 'power-down')));
    }
  }

  /** A technician has been: every device works again. Cards that failed are for the inspectors. */
  makeGood(): void {
    const { bench, printer } = this.day;
    const { cabinet } = bench;
    cabinet.setMotorStalled(false);
    for (const sensor of SENSORS) cabinet.stickSensor(sensor, undefined);
    cabinet.gate.stuck = false;
    cabinet.scanHead.failing = false;
    cabinet.counter.failing = false;
    cabinet.setCover('closed');
    cabinet.setBallotBoxDoor('closed');
    for (const disk of Object.values(bench.disks)) {
      disk.setBroken(undefined);
      disk.setReadOnly(false);
      disk.setDelay(0);
    }
    this.day.internalBroken = false;
    this.day.sensorStuck = false;
    this.day.suspect.clear();
    printer.repair();
  }

  /** No more of them in this act. */
  disarm(): void {
    this.#armed = [];
  }

  get waiting(): boolean {
    return this.#armed.length > 0;
  }
}
