/**
 * A bench: one virtual cabinet with its memory cards, printer and power switch, the real firmware running in it, and
 * hands. Demo, tests and simulator do everything through it that voters, inspectors and chance can do, and read what
 * the display says.
 *
 * Virtual time moves only here, and only when no real work (disk, reader, hashing) is under way: the same seed gives
 * the same day on any computer.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert, err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import {
  parseCabinetFile,
  readCabinetFile,
  shippedCabinetFile,
  type CabinetFile,
} from '../../drivers/cabinet-file.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { openTapePrinter } from '../../drivers/tape-printer/escpos.js';
import { VirtualCabinet } from '../../drivers/virtual/cabinet.js';
import { VirtualClock } from '../../drivers/virtual/clock.js';
import { virtualDisk, type VirtualDisk } from '../../drivers/virtual/disk.js';
import { RealWork } from '../../drivers/virtual/real-work.js';
import { VirtualRoll } from '../../drivers/virtual/roll.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import type { CardId, Clock, FileStore, RandomSource, TapePrinter } from '../../drivers/ports.js';
import { makeIdentity } from '../../firmware/device-state/identity.js';
import type { EncodePage } from '../../firmware/ballot-box/fit-images.js';
import type { Input, PanelKey } from '../../firmware/machine/input.js';
import type { Action } from '../../firmware/machine/roles.js';
import type { MachineState } from '../../firmware/machine/state.js';
import { boot } from '../../firmware/runtime/boot.js';
import type { Runtime } from '../../firmware/runtime/loop.js';
import { loadElection } from '../../firmware/runtime/load-election.js';
import type { SheetReader } from '../../firmware/runtime/page-store.js';
import { nextTurn } from '../../firmware/runtime/ports.js';
import { screenText, type ScreenModel } from '../../firmware/screens/model.js';
import type { ElectionPackage } from '../../firmware/trust/election-package.js';
import { hashInBackground, type PasswordHash } from '../../firmware/trust/password.js';
import { readingContext } from '../../vision/context.js';
import { readSheet } from '../../vision/read-sheet.js';
import { valueOf, type KeyOfSite } from './office.js';

export interface BenchParts {
  /** An empty folder of the host: cards, internal storage, packages and exports go below it. */
  readonly folder: string;
  /** Local time when the clock starts. */
  readonly startLocal: string;
  /** For what chance does: which unflushed bytes survive a power cut. */
  readonly seed: string;
  readonly random: RandomSource;
  readonly softwareSha256: string;
  readonly slotCount: number;
  readonly headBytes?: number;
  readonly bodyBytes?: number;
  /** The medium behind a card or the internal storage; a folder of the host when not given. */
  readonly medium?: (name: string, label: string) => FileStore;
  /** The medium has power cuts of its own: nothing is held back before it, and a flush goes through to it. */
  readonly writesThrough?: boolean;
  /** On this clock; an ESC/POS printer whose dots can be looked at when not given. */
  readonly printer?: (clock: Clock) => TapePrinter;
  readonly encodePage?: EncodePage;
  readonly passwordHash?: PasswordHash;
  /** Called after every step of every program that runs on this bench. */
  readonly watcher?: (state: MachineState, input: Input) => void;
  /** How sheets are read; in this thread when not given. */
  readonly startReader?: (election: ElectionPackage) => Promise<Result<SheetReader>>;
  readonly protectiveCount?: number;
}

/** No wait of an election day is longer; a bench that reaches it is stuck. */
const LONGEST_WAIT_MS = 3_700_000;
const DAY_MS = 86_400_000;
const STEPS_MAX = 100_000;

/** What somebody waited for did not come, though all the time was given that it may take. */
export class WaitedInVain extends Error {}

export class Bench {
  readonly clock: VirtualClock;
  readonly roll = new VirtualRoll();
  readonly work = new RealWork();
  readonly cabinet: VirtualCabinet;
  /** What is in each slot of the cabinet, or was. */
  readonly disks: Record<CardId | 'internal', VirtualDisk>;
  readonly packages: string;
  readonly #chance: SeededRandom;
  #runtime: Runtime | undefined;
  /** Of the program that runs now; a dead program's threads do not live on. */
  #ownReader: SheetReader | undefined;
  #cardsMade = 0;

  private constructor(
    private readonly parts: BenchParts,
    file: CabinetFile,
  ) {
    this.clock = new VirtualClock(parts.startLocal);
    this.#chance = seededRandom(`${parts.seed}/chance`);
    this.packages = join(parts.folder, 'packages');
    mkdirSync(this.packages, { recursive: true });
    this.disks = {
      a: this.newCard('a'),
      b: this.newCard('b'),
      internal: this.#disk('internal', 'internal storage'),
    };
    this.cabinet = new VirtualCabinet({
      file,
      clock: this.clock,
      printer: parts.printer?.(this.clock) ?? openTapePrinter(this.roll.link, this.clock),
      internal: this.disks.internal.store,
      protectiveCount: parts.protectiveCount ?? 0,
    });
    for (const card of ['a', 'b'] as const) this.cabinet.cards[card].insert(this.disks[card].store);
    this.cabinet.exportPort.medium = this.#folder('export');
  }

  /** With the cabinet file that is shipped, with this text of one, or with one that was read before. */
  static async set(parts: BenchParts, cabinet?: string | CabinetFile): Promise<Bench> {
    if (typeof cabinet === 'object') return new Bench(parts, cabinet);
    const file =
      cabinet === undefined
        ? await readCabinetFile(shippedCabinetFile('virtual'))
        : parseCabinetFile(cabinet, 'cabinet file');
    return new Bench(parts, valueOf(file));
  }

  // ---- before election day -------------------------------------------------------------------------------------

  get serialNumber(): string {
    return this.cabinet.parts.file.serialNumber;
  }

  get exportFolder(): string {
    return join(this.parts.folder, 'export');
  }

  /** Gives the device its key; once. Returns its public key, for the authority to certify. */
  async makeDevice(): Promise<Uint8Array> {
    const { internal } = this.disks;
    const identity = valueOf(await makeIdentity(internal.store, this.serialNumber, this.parts.random));
    return identity.signer.publicKey;
  }

  load(packageFolder: string): Promise<Result<ElectionPackage, readonly Problem[]>> {
    return loadElection(this.disks.internal.store, this.serialNumber, packageFolder);
  }

  /** A blank memory card that was never in a machine. */
  newCard(card: CardId): VirtualDisk {
    this.#cardsMade += 1;
    return this.#disk(`card-${card}-${this.#cardsMade}`, `memory card ${card.toUpperCase()}`);
  }

  #disk(name: string, label: string): VirtualDisk {
    const { medium, writesThrough } = this.parts;
    const given = medium?.(name, label);
    if (given !== undefined && writesThrough === true) {
      return virtualDisk(this.work.store(given), this.clock, true, false);
    }
    // Memory answers within the turn; a folder takes real time, which the clock must not run ahead of.
    return virtualDisk(given ?? this.work.store(folderStore(this.#folder(name), label)), this.clock, false);
  }

  #folder(name: string): string {
    const folder = join(this.parts.folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  // ---- power ---------------------------------------------------------------------------------------------------

  async powerOn(): Promise<Result<Runtime, readonly Problem[]>> {
    for (const disk of Object.values(this.disks)) await disk.powerUp();
    const cabinet = this.cabinet.powerOn();
    const booted = await this.#whilePowered(
      boot({
        cabinet,
        clock: cabinet.clock,
        random: this.parts.random,
        packagesDirectory: this.packages,
        softwareSha256: this.parts.softwareSha256,
        startReader: (election) => this.work.track(async () => this.#tracked(await this.#reader(election))),
        passwordHash:
          this.parts.passwordHash ?? ((...args) => this.work.track(() => hashInBackground(...args))),
        work: (work) => this.work.track(work),
        powerDown: () => this.#off(),
        slotCount: this.parts.slotCount,
        ...(this.parts.headBytes === undefined ? {} : { headBytes: this.parts.headBytes }),
        ...(this.parts.bodyBytes === undefined ? {} : { bodyBytes: this.parts.bodyBytes }),
        ...(this.parts.encodePage === undefined ? {} : { encodePage: this.parts.encodePage }),
      }),
    );
    if (booted === undefined)
      return err([problem('power-cut', 'cabinet', '', 'the power went during the start')]);
    this.#runtime = booted.ok ? booted.value : undefined;
    if (booted.ok && this.parts.watcher !== undefined) booted.value.watch(this.parts.watcher);
    if (booted.ok) await this.settle();
    return booted;
  }

  /** The plug is pulled, at this very moment, from inside any callback. */
  cutPower(): void {
    this.#off();
    for (const disk of Object.values(this.disks)) disk.cutPower(this.#chance);
  }

  #off(): void {
    this.#runtime = undefined;
    void this.#ownReader?.close();
    this.#ownReader = undefined;
    if (this.cabinet.powered) this.cabinet.cutPower();
  }

  get powered(): boolean {
    return this.cabinet.powered;
  }

  /** Powered, and its start is over. */
  get running(): boolean {
    return this.#runtime !== undefined;
  }

  get runtime(): Runtime {
    return must(this.#runtime, 'the machine is running');
  }

  /** Cuts the power as soon as the machine's state is so; tells whether it came to that. */
  cutPowerWhen(reached: (state: MachineState, input: Input) => boolean): () => boolean {
    let cut = false;
    this.runtime.watch((state, input) => {
      if (cut || !reached(state, input)) return;
      cut = true;
      this.cutPower();
    });
    return () => cut;
  }

  async #reader(election: ElectionPackage): Promise<Result<SheetReader>> {
    if (this.parts.startReader !== undefined) return this.parts.startReader(election);
    const { layouts, hash20, definition } = election;
    const context = readingContext(layouts, hash20, definition.settings.markThresholds);
    return ok({
      read: (first, second) => Promise.resolve(ok(readSheet(first, second, context))),
      close: () => Promise.resolve(),
    });
  }

  #tracked(reader: Result<SheetReader>): Result<SheetReader> {
    if (!reader.ok) return reader;
    const { value } = reader;
    this.#ownReader = value;
    return ok({
      read: (first, second) => this.work.track(() => value.read(first, second)),
      close: () => value.close(),
      ...(value.memory === undefined ? {} : { memory: value.memory }),
    });
  }

  // ---- time ----------------------------------------------------------------------------------------------------

  /** Until nothing is left to do but to wait for the clock. */
  async settle(): Promise<void> {
    do {
      await this.work.idle();
      await nextTurn();
    } while (this.work.underWay);
    const failure = this.#runtime?.failure;
    if (failure !== undefined) throw failure;
  }

  /** Lets time run until this is so; fails loudly when it never is. */
  async until(what: string, reached: () => boolean, withinMs = LONGEST_WAIT_MS): Promise<void> {
    const endMs = this.clock.nowMs() + withinMs;
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      await this.settle();
      if (reached()) return;
      const due = this.clock.nextDueMs();
      if (due === undefined || due > endMs) break;
      this.clock.runNext();
    }
    throw new WaitedInVain(
      `waited for "${what}" in vain; ${this.cabinet.describe()}; display: ${this.#display()}`,
    );
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    assert(ms <= DAY_MS, 'a bench lets at most a day pass at once');
    const endMs = this.clock.nowMs() + ms;
    let due = false;
    this.clock.setTimer(endMs, () => (due = true));
    await this.until('time to pass', () => due, ms);
  }

  /**
   * What a start-up comes to; nothing when the power goes before it is over. A slow card makes it wait for the clock,
   * and a silent one for its time limit.
   */
  async #whilePowered<T>(work: Promise<T>): Promise<T | undefined> {
    const state = { over: false };
    const finished = work.finally(() => (state.over = true));
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      await this.settle();
      if (state.over) return finished;
      if (!this.powered) return undefined;
      if (this.clock.nextDueMs() === undefined) await nextTurn();
      else this.clock.runNext();
    }
    throw new Error('the machine does not start');
  }

  // ---- what people do ------------------------------------------------------------------------------------------

  get screen(): ScreenModel {
    return this.runtime.screen;
  }

  screenText(): string {
    return screenText(this.screen);
  }

  #display(): string {
    return this.#runtime === undefined ? 'dark' : screenText(this.#runtime.screen).replaceAll('\n', ' / ');
  }

  async press(...keys: readonly PanelKey[]): Promise<void> {
    for (const key of keys) {
      this.runtime.press(key);
      await this.settle();
    }
  }

  async choose(item: Action): Promise<void> {
    assert(this.screen.items.includes(item), `"${item}" is not on the display: ${this.#display()}`);
    this.runtime.choose(item);
    await this.settle();
  }

  async digits(digits: string): Promise<void> {
    for (const digit of digits) this.runtime.digit(Number(digit));
    await this.settle();
  }

  /** Pressed against the reader until it is accepted or refused, then lifted. */
  async presentKey(key: Pick<KeyOfSite, 'bytes'>): Promise<void> {
    this.cabinet.keyReader.hold(key.bytes);
    await this.settle();
    this.cabinet.keyReader.hold(undefined);
    await this.settle();
  }

  async passcode(passcode: string): Promise<void> {
    await this.digits(passcode);
    await this.press('enter');
    await this.settle();
  }

  /** Security key and passcode: up to the Administration Menu, or the time check after power-on. */
  async enter(key: KeyOfSite): Promise<void> {
    await this.presentKey(key);
    await this.passcode(key.passcode);
    await this.until('a menu', () => ['administration', 'time-check'].includes(this.screen.id));
  }

  /** Power on, key, passcode, time confirmed, whatever was inside resolved: the Administration Menu. */
  async start(key: KeyOfSite): Promise<void> {
    valueOf(await this.powerOn());
    await this.enter(key);
    await this.press('yes');
    await this.until('the Administration Menu', () => this.screen.id === 'administration');
  }

  /** A voter pushes a sheet in and waits until the machine has come to rest with it. */
  async feed(sheet: Sheet, together?: Sheet): Promise<void> {
    valueOf(this.cabinet.insert(sheet, together === undefined ? {} : { together }));
    await this.untilAtRest();
  }

  /** The sheet was cast, or is held, or lies in the mouth, or is stuck. */
  async untilAtRest(): Promise<void> {
    const rest = ['empty', 'asking', 'in-mouth', 'jammed', 'jammed-counted', 'undecided'];
    await this.until(
      'the sheet to come to rest',
      () => !this.powered || rest.includes(this.runtime.state.path.at),
    );
  }

  /** The voter takes the sheet that lies in the mouth. */
  async take(): Promise<Sheet> {
    const [sheet] = valueOf(this.cabinet.pullOut());
    await this.settle();
    return must(sheet, 'a sheet lay in the mouth');
  }

  async pullCard(card: CardId): Promise<void> {
    this.cabinet.cards[card].pull();
    this.disks[card].pull(this.#chance);
    await this.settle();
  }

  async insertCard(card: CardId, disk: VirtualDisk): Promise<void> {
    this.disks[card] = disk;
    await disk.insert();
    this.cabinet.cards[card].insert(disk.store);
    await this.settle();
  }
}
