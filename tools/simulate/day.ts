/**
 * One simulated election day: the real firmware on a bench with cards, printer and storage in memory, people who vote
 * and people who inspect, and what goes wrong. All of it follows from the plan; the promises are held at every step.
 */
import { must, ok } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { textIn } from '../../election-def/definition.js';
import type { CardId } from '../../drivers/ports.js';
import type { VirtualDisk } from '../../drivers/virtual/disk.js';
import { MemoryStore } from '../../drivers/virtual/memory-store.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import { TextPrinter } from '../../drivers/virtual/text-printer.js';
import type { MachineState } from '../../firmware/machine/state.js';
import { initialState } from '../../firmware/machine/state.js';
import { hashInStep } from '../../firmware/trust/password.js';
import { Bench, WaitedInVain } from '../bench/bench.js';
import { CardAudit, printOf, Seen } from './card-audit.js';
import { Inspector } from './inspector.js';
import { encodeNumber, KnownReadings, sheetKinds, type SheetKind } from './known-sheets.js';
import { LogAudit } from './log-audit.js';
import type { DayPlan, PlannedAct } from './plan.js';
import { BrokenPromise, Promises, type CardsInUse } from './promises.js';
import { seededSource, type Site } from './site.js';
import { Trouble } from './trouble.js';
import { performAct } from './voters.js';

export interface DayResult {
  readonly fed: number;
  readonly counted: number;
  readonly machineSteps: number;
  readonly starts: number;
  /** How often each act, fault and event came. */
  readonly happened: ReadonlyMap<string, number>;
}

/** What the display said of a sheet before hands took it out; where it said nothing, its next word decides. */
export type SheetWord = 'counted' | 'not-counted' | 'nobody-knows';

/** Something planted in the machine, so that a test sees whether the promises find it. */
export interface Defect {
  plant(bench: Bench): void;
}

const MORE_CLEAN: readonly SheetKind[] = [...Array<SheetKind>(24).fill('clean'), ...sheetKinds];
const HEAD_BYTES = 4096;
const BODY_BYTES = 4096;
const STORY_MAX = 4_000;

export class Day {
  readonly sheets: KnownReadings;
  readonly promises: Promises;
  readonly trouble: Trouble;
  readonly inspector = new Inspector(this);
  printer!: TextPrinter;
  bench!: Bench;
  random: SeededRandom;
  /** A device failed for which the machine may stop itself. */
  deviceFailed = false;
  /** A sensor tells of paper that is not there, or the reverse. */
  sensorStuck = false;
  /** The one device without which the machine may refuse to start. */
  internalBroken = false;
  /** Cards of which at this moment nobody knows what they hold. */
  readonly suspect = new Set<CardId>();
  readonly #story: string[] = [];
  readonly #media = new Map<string, MemoryStore>();
  readonly #seen = new Seen();
  readonly #audits = new Map<MemoryStore, CardAudit>();
  readonly #disksMade = new Map<VirtualDisk, MemoryStore>();
  #lastMedium: MemoryStore | undefined;
  #log!: LogAudit;
  #state: MachineState = initialState();
  #healthy: readonly CardId[] = [];
  /** Sheets that somebody holds: their voters feed them again, or not. */
  readonly #inHand: Sheet[] = [];
  /** Taken out before the machine had said what became of them. */
  #aside: Sheet[] = [];
  readonly #handled = new Set<Sheet>();
  #handledIntoBins = 0;
  /** Corrections where people did not do what the display said: sheets that count and lie in no bin, or the reverse. */
  readonly #countedOutside: number[] = [];
  readonly #uncountedInBins = new Set<Sheet>();
  readonly #acts = new Map<string, number>();
  #fed = 0;
  #steps = 0;
  #starts = 0;
  #counterAtStart = 0;

  private constructor(
    readonly site: Site,
    readonly plan: DayPlan,
  ) {
    this.random = seededRandom(`${plan.seed}/opening`);
    this.sheets = new KnownReadings(site.election.layouts);
    this.trouble = new Trouble(this, this.random);
    this.promises = new Promises(this);
  }

  /** Runs the whole day; what was broken is in `promises.broken`. */
  static async run(site: Site, plan: DayPlan, defect?: Defect): Promise<Day> {
    const day = new Day(site, plan);
    await day.#setUp(defect);
    try {
      await day.#wholeDay();
    } catch (thrown) {
      day.promises.broken ??=
        thrown instanceof BrokenPromise ? thrown : new BrokenPromise(wordsOf(thrown), { cause: thrown });
    } finally {
      if (day.bench.powered) day.bench.cutPower();
    }
    return day;
  }

  async #setUp(defect: Defect | undefined): Promise<void> {
    const { plan, site } = this;
    this.bench = await Bench.set(
      {
        folder: site.folder,
        startLocal: '2026-11-03T05:31:00',
        seed: plan.seed,
        random: seededSource(`${plan.seed}/system`),
        softwareSha256: '0'.repeat(64),
        slotCount: plan.slots,
        headBytes: HEAD_BYTES,
        bodyBytes: BODY_BYTES,
        medium: (name, label) => this.#medium(name, label),
        printer: (clock) => (this.printer = new TextPrinter(clock)),
        encodePage: encodeNumber,
        passwordHash: hashInStep,
        startReader: () => Promise.resolve(ok(this.sheets.reader)),
        watcher: (state) => {
          const before = this.#state;
          this.#state = state;
          this.#steps += 1;
          this.#knowCards(state);
          this.promises.step(state, before);
          this.trouble.step();
        },
      },
      site.cabinetFile,
    );
    this.#counterAtStart = this.bench.cabinet.counter.value;
    for (const card of ['a', 'b'] as const)
      this.#made(this.bench.disks[card], `card-${card}-${card === 'a' ? 1 : 2}`);
    this.#log = new LogAudit(
      () => [this.#internal(), this.mediumOf('a'), this.mediumOf('b')],
      this.#neverInTheLog(),
      (what) => this.promises.break(what),
    );
    defect?.plant(this.bench);
    this.#watchDisks();
  }

  async #wholeDay(): Promise<void> {
    const { plan } = this;
    await this.#phase('opening', plan.opening, 'voters');
    for (const act of plan.acts) {
      this.random = seededRandom(`${plan.seed}/act-${act.number}`);
      await this.#act(act);
    }
    this.random = seededRandom(`${plan.seed}/closing`);
    await this.#phase('closing', plan.closing, 'closed');
    await this.#evening();
  }

  async #phase(name: string, faults: DayPlan['opening'], goal: 'voters' | 'closed'): Promise<void> {
    this.tell(name);
    this.trouble.arm(faults, this.random);
    await this.#reach(goal);
  }

  async #act(act: PlannedAct): Promise<void> {
    this.#acts.set(act.name, (this.#acts.get(act.name) ?? 0) + 1);
    this.trouble.arm(act.faults, this.random.fork('faults'));
    await this.whilePowered(() => performAct(this, act.name));
    const mended = act.faults.length === 0 || this.random.chance(0.5);
    if (mended) {
      this.trouble.disarm();
      this.trouble.makeGood();
    }
    await this.#reach('voters');
    if (act.faults.length > 0) {
      this.trouble.disarm();
      this.trouble.makeGood();
    }
    this.tell(act.name);
  }

  async #reach(goal: 'voters' | 'closed'): Promise<void> {
    const reached = await this.inspector.bringTo(goal);
    this.#hold();
    if (!reached) throw new BrokenPromise(`inspectors do not get the machine to "${goal}": ${this.#where()}`);
    this.#settleAside();
    this.promises.atRest();
    this.#hold();
  }

  #hold(): void {
    const { broken } = this.promises;
    if (broken !== undefined) throw broken;
  }

  async #evening(): Promise<void> {
    const whole = this.printer
      .pieces()
      .filter(({ cut, lines }) => cut && lines.some((line) => line.includes('RESULTS TAPE')));
    const copies = this.site.election.definition.settings.closingCopies;
    if (whole.length < copies)
      throw new BrokenPromise(`${whole.length} whole results tapes of ${copies} came out`);
    for (const { lines } of whole) this.promises.tape(lines);
    this.promises.secrets(this.#secrets());
    await this.whilePowered(() => this.bench.settle());
    this.#hold();
  }

  // ---- power ---------------------------------------------------------------------------------------------------

  /** A power cut interrupts people, and they give up waiting; anything else that fails is a finding. */
  async whilePowered(work: () => Promise<void>): Promise<void> {
    const starts = this.#starts;
    try {
      await work();
    } catch (thrown) {
      if (thrown instanceof WaitedInVain) return;
      const cutMeanwhile = !this.bench.powered || this.#starts !== starts;
      if (this.promises.broken !== undefined || thrown instanceof BrokenPromise || !cutMeanwhile)
        throw thrown;
    }
  }

  cutPower(): void {
    this.bench.cutPower();
    this.printer.powerLost();
    this.promises.inTheDark();
  }

  unplug(): void {
    if (!this.bench.powered) return;
    this.tell('the plug is pulled');
    this.cutPower();
  }

  async powerOn(): Promise<void> {
    this.#starts += 1;
    this.deviceFailed = this.bench.cabinet.counter.failing || this.internalBroken;
    this.#state = initialState();
    this.promises.started();
    const booted = await this.bench.powerOn();
    this.tell('power on');
    if (booted.ok || !this.bench.powered) return;
    // The machine does not start: the technician looks, and the plug is pulled and put in again.
    if (booted.error[0]?.code !== 'power-cut' && !this.internalBroken)
      throw new BrokenPromise(`the machine does not start: ${booted.error[0]?.reason ?? ''}`);
    this.trouble.makeGood();
    this.unplug();
  }

  // ---- the story -----------------------------------------------------------------------------------------------

  tell(what: string): void {
    const path = this.bench.running ? this.bench.runtime.state.path.at : 'dark';
    if (this.#story.length < STORY_MAX) this.#story.push(`${what} → ${path}`);
  }

  get story(): readonly string[] {
    return this.#story;
  }

  #where(): string {
    if (!this.bench.running) return 'no power';
    const { state, screen } = this.bench.runtime;
    return (
      `${this.bench.cabinet.describe()}; path ${state.path.at}, menu ${state.menu.at}, polls ${state.polls.at}, ` +
      `box ${state.cards.box.is}, cards ${state.cards.health.a}/${state.cards.health.b}; display ${screen.id}`
    );
  }

  result(): DayResult {
    const happened = new Map<string, number>();
    const { bins } = this.bench.cabinet;
    for (const [name, count] of this.#acts) happened.set(`act ${name}`, count);
    for (const [name, count] of this.trouble.struck) happened.set(`fault ${name}`, count);
    for (const [name, count] of this.#log.counts()) happened.set(`event ${name}`, count);
    return {
      fed: this.#fed,
      counted: bins.main.length + bins['write-in'].length,
      machineSteps: this.#steps,
      starts: this.#starts,
      happened,
    };
  }

  // ---- media ---------------------------------------------------------------------------------------------------

  #medium(name: string, label: string): MemoryStore {
    const made = name === 'internal' ? this.site.morningStorage(label) : new MemoryStore(label);
    this.#media.set(name, made);
    this.#lastMedium = made;
    return made;
  }

  #made(disk: VirtualDisk, name: string): void {
    this.#disksMade.set(disk, must(this.#media.get(name), name));
  }

  mediumOf(card: CardId): MemoryStore {
    return must(this.#disksMade.get(this.bench.disks[card]), 'a card of this day');
  }

  #internal(): MemoryStore {
    return must(this.#media.get('internal'), 'internal storage');
  }

  #auditOf(card: CardId): CardAudit {
    const medium = this.mediumOf(card);
    const known = this.#audits.get(medium) ?? new CardAudit(medium, this.site.authority, this.#seen);
    this.#audits.set(medium, known);
    return known;
  }

  #watchDisks(): void {
    for (const disk of Object.values(this.bench.disks)) disk.onOperation(() => this.trouble.operation());
  }

  #knowCards({ cards }: MachineState): void {
    if (cards.box.is !== 'open') return;
    this.#healthy = (['a', 'b'] as const).filter((card) => cards.health[card] === 'healthy');
  }

  /** Cards that must hold everything, as far as anybody can know. */
  cardsInUse(): CardsInUse {
    return this.#healthy
      .filter((card) => !this.suspect.has(card) && this.bench.cabinet.cards[card].card !== undefined)
      .map((card) => [card, this.#auditOf(card)] as const);
  }

  mayLose(card: CardId): boolean {
    const other = card === 'a' ? 'b' : 'a';
    return this.#healthy.includes(other) && !this.suspect.has(other);
  }

  /** The other card went on without this one, or it is the only one: another card would lose the ballots. */
  mustHaveTheSame(card: CardId): boolean {
    return !this.mayLose(card);
  }

  pullCard(card: CardId, always = false): boolean {
    const slot = this.bench.cabinet.cards[card];
    if (slot.card === undefined || (!always && !this.mayLose(card))) return false;
    this.#healthy = this.#healthy.filter((one) => one !== card);
    if (this.#healthy.length === 0) this.deviceFailed = true;
    slot.pull();
    this.bench.disks[card].pull(this.random);
    return true;
  }

  async putIn(card: CardId, which: 'same' | 'blank'): Promise<void> {
    const { bench } = this;
    if (bench.cabinet.cards[card].card !== undefined) return;
    if (which === 'blank') {
      const disk = bench.newCard(card);
      this.#disksMade.set(disk, must(this.#lastMedium, 'a new card'));
      await bench.insertCard(card, disk);
      this.#watchDisks();
    } else await bench.insertCard(card, bench.disks[card]);
    this.tell(`${which} card ${card} is put in`);
  }

  // ---- paper ---------------------------------------------------------------------------------------------------

  /** Somebody comes with a sheet: a new one, or one that was given back. */
  nextSheet(random: SeededRandom, kind?: SheetKind): Sheet {
    const again = kind === undefined && random.chance(0.5) ? this.#inHand.pop() : undefined;
    return again ?? this.sheets.make(kind ?? random.pick(MORE_CLEAN), random).sheet;
  }

  feed(sheet: Sheet, how: Parameters<Bench['cabinet']['insert']>[1] = {}): boolean {
    const inserted = this.bench.cabinet.insert(sheet, how);
    if (inserted.ok) this.#fed += 1;
    else this.#inHand.push(sheet);
    return inserted.ok;
  }

  pushIn(random: SeededRandom): boolean {
    return this.feed(this.nextSheet(random), random.chance(0.5) ? { onlyIntoMouth: true } : {});
  }

  /** Out of the mouth, or out of a cover, and not counted: back in the voter's hand. */
  toVoter(sheets: readonly Sheet[]): void {
    for (const sheet of sheets) if (!this.#inHand.includes(sheet)) this.#inHand.push(sheet);
  }

  takeFromMouth(): void {
    const pulled = this.bench.cabinet.pullOut({ force: true });
    if (pulled.ok) this.toVoter(pulled.value);
  }

  /** Sheets that hands took out, and what the display had said of the one that the machine knew. */
  tookOut(sheets: readonly Sheet[], word: SheetWord): void {
    for (const sheet of sheets) {
      if (word === 'nobody-knows') this.#aside.push(sheet);
      else if (word === 'counted' && this.promises.current.includes(sheet)) this.#dropIntoBin(sheet);
      else this.toVoter([sheet]);
    }
  }

  #dropIntoBin(sheet: Sheet): void {
    const { cabinet } = this.bench;
    this.#handled.add(sheet);
    this.#handledIntoBins += 1;
    cabinet.bins[cabinet.gate.bin].push(sheet);
  }

  /** The machine is ready again: what it said about a sheet that was taken out before is known by now. */
  #settleAside(): void {
    for (const sheet of this.#aside) {
      const counted = this.promises.current.includes(sheet) && this.promises.lastMessage === 'counted';
      if (counted) this.#dropIntoBin(sheet);
      else this.toVoter([sheet]);
    }
    this.#aside = [];
  }

  isAside(sheets: readonly Sheet[]): boolean {
    return sheets.some((sheet) => this.#aside.includes(sheet));
  }

  liesInABin(sheet: Sheet): boolean {
    const { bins } = this.bench.cabinet;
    return bins.main.includes(sheet) || bins['write-in'].includes(sheet);
  }

  /** Put somewhere by hands: where it lies says nothing of the machine. */
  wasHandled(sheet: Sheet): boolean {
    return this.#handled.has(sheet);
  }

  handledIntoBins(): number {
    return this.#handledIntoBins + this.#uncountedInBins.size;
  }

  /** Inspectors who break the rules: a sheet that does not count goes into the bin. */
  dropUncounted(): void {
    const sheet = this.#inHand.pop();
    if (sheet === undefined) return;
    this.#uncountedInBins.add(sheet);
    this.#handled.add(sheet);
    this.bench.cabinet.bins.main.push(sheet);
  }

  /** Inspectors who break the rules: a sheet that counts is taken out of the bin again. */
  takeCounted(): void {
    const { main } = this.bench.cabinet.bins;
    const at = main.findIndex((sheet) => !this.#uncountedInBins.has(sheet));
    const [sheet] = at < 0 ? [] : main.splice(at, 1);
    if (sheet === undefined) return;
    this.#countedOutside.push(this.sheets.of(sheet).number);
    this.#handledIntoBins += 1;
  }

  /**
   * Behind the exit sensor, held by the last rollers alone: it hangs over its bin, and nothing can tell it from one
   * that fell. When the rollers slip just there it stays until they turn again.
   */
  #hanging(): readonly Sheet[] {
    const { exitSensorMm } = this.site.cabinetFile.path;
    return this.bench.cabinet
      .inPath()
      .filter(({ trailingEdgeMm }) => trailingEdgeMm >= exitSensorMm)
      .map(({ sheet }) => sheet);
  }

  paperCount(): number {
    const { bins } = this.bench.cabinet;
    return (
      this.#hanging().length +
      bins.main.length +
      bins['write-in'].length +
      this.#countedOutside.length -
      this.#uncountedInBins.size
    );
  }

  /** The same without the numbers: how many, and the sum that `CardAudit.print` must have. */
  paperPrint(more: readonly number[]): { readonly sum: number; readonly sheets: number } {
    const { bins } = this.bench.cabinet;
    let sum = 0;
    for (const bin of [bins.main, bins['write-in']]) {
      for (const sheet of bin)
        if (!this.#uncountedInBins.has(sheet)) sum += printOf(this.sheets.of(sheet).number);
    }
    for (const sheet of this.#hanging()) sum += printOf(this.sheets.of(sheet).number);
    for (const number of this.#countedOutside) sum += printOf(number);
    for (const number of more) sum += printOf(number);
    return { sum, sheets: this.paperCount() + more.length };
  }

  /** Numbers of the sheets that must count, by where paper lies and what people did with it. */
  paperThatCounts(): readonly number[] {
    const { bins } = this.bench.cabinet;
    return [
      ...[...bins.main, ...bins['write-in'], ...this.#hanging()]
        .filter((sheet) => !this.#uncountedInBins.has(sheet))
        .map((sheet) => this.sheets.of(sheet).number),
      ...this.#countedOutside,
    ];
  }

  // ---- what the device itself says -----------------------------------------------------------------------------

  deviceCounts(): { readonly counter: number; readonly anchor: number; readonly log: number } {
    return {
      counter: this.bench.cabinet.counter.value - this.#counterAtStart,
      anchor: ballotsInAnchor(this.#internal()),
      log: this.#log.casts(),
    };
  }

  #neverInTheLog(): readonly string[] {
    const { definition } = this.site.election;
    return [
      ...definition.contests.flatMap((contest) => [
        contest.id,
        ...contest.options.map(({ id }) => id),
        ...(contest.kind === 'candidate' ? contest.candidates.map(({ name }) => name) : []),
      ]),
      ...definition.precincts.flatMap(({ id, name }) => [id, textIn(name, 'en')]),
      ...this.site.allKeys.map(({ passcode }) => passcode),
    ].filter((text) => text.length > 3);
  }

  #secrets(): ReadonlyMap<string, Uint8Array> {
    const secrets = new Map<string, Uint8Array>();
    for (const { serial, passcode } of this.site.allKeys)
      secrets.set(`the passcode of ${serial}`, Buffer.from(passcode));
    for (const card of ['a', 'b'] as const) {
      const key = this.#auditOf(card).boxKey;
      if (key === undefined) continue;
      secrets.set('the box key', key);
      secrets.set('the box key in hexadecimal', Buffer.from(Buffer.from(key).toString('hex')));
    }
    return secrets;
  }
}

function ballotsInAnchor(internal: MemoryStore): number {
  const bytes = internal.peek('anchor');
  if (bytes === undefined) return 0;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  return Number(/\\"ballots\\":(\d+)/.exec(text)?.[1] ?? -1);
}

function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
