/**
 * One simulated election day from a seed: voters of all kinds, inspectors who follow the handbook and inspectors who
 * press what they like, paper that jams, plugs that are pulled at any disk operation, cards that leave their slot. The
 * firmware is the real one on a bench; after every act the promises of the sheet's journey are held against the paper.
 */
import { assert, must } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import type { PanelKey } from '../../firmware/machine/input.js';
import type { Bench } from '../bench/bench.js';
import type { KeyOfSite } from '../bench/office.js';
import { valueOf } from '../bench/office.js';
import type { KnownReadings, SheetKind, SimulatedSheet } from './read-cards.js';

export interface DayParts {
  readonly seed: string;
  readonly bench: Bench;
  readonly readings: KnownReadings;
  readonly keys: {
    readonly democrat: KeyOfSite;
    readonly republican: KeyOfSite;
    readonly administrator: KeyOfSite;
  };
  /** How many sheets come. */
  readonly sheets: number;
}

export interface DayResult {
  readonly fed: number;
  readonly counted: number;
  readonly powerCuts: number;
}

const KINDS: readonly SheetKind[] = [
  'clean',
  'clean',
  'clean',
  'clean',
  'overvote',
  'cross-endorsement',
  'ambiguous',
  'blank',
  'write-in',
  'unreadable',
  'no-ballot',
];
const PRESSES: readonly PanelKey[] = [
  'cast',
  'return',
  'more',
  'cleared',
  'yes',
  'no',
  'done',
  'enter',
  'cancel',
];

export class SimulatedDay {
  readonly #random: SeededRandom;
  readonly #story: string[] = [];
  #fed = 0;
  #powerCuts = 0;

  constructor(private readonly parts: DayParts) {
    this.#random = seededRandom(parts.seed);
  }

  /** What happened, act by act: the last ones, for a failing seed. */
  get story(): readonly string[] {
    return this.#story.slice(-12);
  }

  async run(): Promise<DayResult> {
    await this.#open();
    while (this.#fed < this.parts.sheets) {
      await this.#untilPowerGoes(() => this.#act());
      this.#hold();
    }
    await this.#makeWhole();
    this.#hold();
    await this.#close();
    return { fed: this.#fed, counted: this.#inBins(), powerCuts: this.#powerCuts };
  }

  /** A power cut interrupts whatever people are doing; anything else that fails is a finding. */
  async #untilPowerGoes(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      if (this.parts.bench.powered) throw thrown;
      this.#tell('the power went');
    }
    this.#disarm();
  }

  #tell(act: string): void {
    this.#story.push(
      `${act} → ${this.parts.bench.powered ? this.parts.bench.runtime.state.path.at : 'dark'}`,
    );
  }

  #inBins(): number {
    const { bins } = this.parts.bench.cabinet;
    return bins.main.length + bins['write-in'].length;
  }

  // ---- acts ----------------------------------------------------------------------------------------------------

  async #act(): Promise<void> {
    const { bench } = this.parts;
    if (!bench.powered) return this.#powerOnAgain();
    const random = this.#random;
    const dice = random.next();
    if (dice < 0.08) return this.#pressAnything();
    if (dice < 0.1) return this.#inspectorWanders();
    if (dice < 0.115) return this.#cardLeaves();
    return this.#voter();
  }

  async #voter(): Promise<void> {
    const { bench, readings } = this.parts;
    const random = this.#random;
    const kind = random.pick(KINDS);
    const made: SimulatedSheet = readings.make(kind);
    this.#fed += 1;
    if (random.chance(0.06)) bench.cabinet.jamAt(random.between(60, 900));
    if (random.chance(0.3)) this.#armCut();
    if (bench.screen.id !== 'insert-ballot') await this.#toVoters();
    if (!bench.powered) return;
    // Nobody pushes a sheet in while another one is still on its way.
    await bench.untilAtRest();
    const inserted = bench.cabinet.insert(made.sheet);
    this.#tell(`feeds ${made.sheet.label}`);
    if (!inserted.ok) return;
    await bench.untilAtRest();
    this.#disarm();
    await this.#untilGone(made.sheet);
    this.#tell('the sheet is gone');
  }

  /** The voter or an inspector deals with whatever the display asks, until no sheet is inside. */
  async #untilGone(sheet: Sheet): Promise<void> {
    const { bench } = this.parts;
    for (let tries = 0; tries < 20 && bench.powered && bench.cabinet.inPath().length > 0; tries++) {
      const { path } = bench.runtime.state;
      switch (path.at) {
        case 'asking':
          await bench.press(this.#random.pick(['cast', 'return', 'more'] as const));
          await bench.untilAtRest();
          break;
        case 'in-mouth':
        case 'empty':
          // Given back, or never drawn in: the voter takes it.
          bench.cabinet.pullOut({ force: true });
          await bench.settle();
          break;
        case 'jammed':
          await this.#clearByHand('hand');
          break;
        case 'jammed-counted':
          await this.#clearByHand(this.parts.bench.cabinet.gate.bin);
          break;
        case 'feeding':
        case 'to-hold':
        case 'reading':
        case 'storing':
        case 'turning':
        case 'driving':
        case 'passing':
        case 'leaving':
        case 'ending':
        case 'undoing':
        case 'returning':
        case 'undecided':
          await bench.untilAtRest();
          break;
      }
    }
    if (bench.powered && bench.runtime.state.path.at === 'jammed-counted') await this.#pressCleared();
    assert(
      !bench.powered || bench.cabinet.inPath().length === 0,
      `${sheet.label} stays inside: ${bench.cabinet.describe()}`,
    );
  }

  async #clearByHand(to: 'hand' | 'main' | 'write-in'): Promise<void> {
    const { bench } = this.parts;
    bench.cabinet.setCover('open');
    await bench.settle();
    valueOf(bench.cabinet.clearPath(to));
    bench.cabinet.setCover('closed');
    await bench.settle();
    if (bench.runtime.state.path.at === 'jammed-counted') await this.#pressCleared();
  }

  async #pressCleared(): Promise<void> {
    const { bench, keys } = this.parts;
    if (bench.runtime.state.menu.at === 'closed') await bench.presentKey(keys.republican);
    if (bench.runtime.state.menu.at !== 'jam') return;
    await bench.press('cleared');
    await bench.untilAtRest();
  }

  async #pressAnything(): Promise<void> {
    const key = this.#random.pick(PRESSES);
    await this.parts.bench.press(key);
    this.#tell(`somebody presses ${key}`);
  }

  /** An inspector looks into the menu and leaves it again, or walks away from it. */
  async #inspectorWanders(): Promise<void> {
    const { bench, keys } = this.parts;
    await bench.presentKey(this.#random.pick([keys.democrat, keys.administrator]));
    if (this.#random.chance(0.7)) await this.#toVoters();
    this.#tell('an inspector at the menu');
  }

  async #cardLeaves(): Promise<void> {
    const { bench } = this.parts;
    const card = this.#random.pick(['a', 'b'] as const);
    await bench.pullCard(card);
    await bench.insertCard(card, bench.newCard(card));
    this.#tell(`card ${card} is pulled and a blank one put in`);
    await this.#toVoters();
  }

  #armCut(): void {
    const { bench } = this.parts;
    let left = this.#random.integer(1, 14);
    const medium = this.#random.pick(['a', 'b', 'internal'] as const);
    bench.disks[medium].onOperation(() => {
      left -= 1;
      if (left !== 0 || !bench.powered) return;
      this.#powerCuts += 1;
      bench.cutPower();
    });
  }

  #disarm(): void {
    for (const disk of Object.values(this.parts.bench.disks)) disk.onOperation(() => undefined);
  }

  // ---- inspectors who know what to do --------------------------------------------------------------------------

  async #powerOnAgain(): Promise<void> {
    const { bench } = this.parts;
    this.#disarm();
    if (this.#random.chance(0.3)) this.#armCut();
    const booted = await bench.powerOn();
    this.#disarm();
    if (!booted.ok || !bench.powered) return;
    await this.#toVoters();
    this.#tell('power on again');
    const [left] = bench.cabinet.inPath();
    if (left !== undefined) await this.#untilGone(left.sheet);
  }

  /** Whatever stands on the display, an administrator brings it back to the voters, with both cards in use. */
  async #toVoters(): Promise<void> {
    const { bench, keys } = this.parts;
    const key = keys.administrator;
    for (let tries = 0; tries < 30 && bench.powered; tries++) {
      await bench.settle();
      const { menu, path } = bench.runtime.state;
      if (menu.at === 'closed' && this.#cardsServe()) return;
      if (path.at === 'asking' && menu.at === 'closed') return;
      if (path.at === 'jammed' || path.at === 'jammed-counted') return;
      switch (menu.at) {
        case 'closed':
        case 'insert-key':
          await bench.presentKey(key);
          break;
        case 'passcode':
          if (bench.screen.keys.includes('enter')) await this.#typePasscode(menu.key.serial);
          else await bench.until('the wait', () => bench.screen.keys.includes('enter'));
          break;
        case 'time-check':
          await bench.press('yes');
          break;
        case 'administration':
          if (!(await this.#repairCards())) await bench.press('cancel');
          break;
        case 'working':
        case 'reading-time':
          await bench.until('the work', () => !bench.powered || bench.runtime.state.menu.at !== menu.at);
          break;
        case 'set-time':
          await bench.press('done');
          break;
        case 'confirm':
        case 'second-key':
        case 'numbers':
        case 'abandoned':
        case 'jam':
          await bench.press('cancel');
          break;
      }
    }
  }

  async #typePasscode(serial: string): Promise<void> {
    const { bench, keys } = this.parts;
    const key = must(
      Object.values(keys).find((one) => one.serial === serial),
      'a key of this site',
    );
    // Whatever somebody typed before is wiped by leaving the field.
    await bench.press('cancel');
    await bench.presentKey(key);
    await bench.passcode(key.passcode);
  }

  #cardsServe(): boolean {
    const { health } = this.parts.bench.runtime.state.cards;
    return health.a === 'healthy' && health.b === 'healthy';
  }

  /** True when something was done about the cards. */
  async #repairCards(): Promise<boolean> {
    const { bench } = this.parts;
    const repair = bench.screen.items.find((item) => item.startsWith('fill-card') || item === 'use-one-card');
    if (repair === undefined) return false;
    await bench.choose(repair);
    await bench.press('yes');
    await bench.until('the cards', () => !bench.powered || bench.runtime.state.menu.at !== 'working');
    return true;
  }

  async #open(): Promise<void> {
    const { bench, keys } = this.parts;
    await bench.start(keys.administrator);
    await bench.choose('prepare-cards');
    await bench.press('yes');
    await bench.until('the cards', () => bench.screen.id === 'administration');
    await bench.press('cancel');
    await bench.enter(keys.democrat);
    await bench.choose('open-polls');
    await bench.press('yes');
    await bench.presentKey(keys.republican);
    await bench.until('the zero tape', () => bench.screen.id === 'more-copies');
    await bench.press('no');
    await bench.until('SYSTEM READY', () => bench.screen.id === 'insert-ballot');
  }

  async #makeWhole(): Promise<void> {
    const { bench } = this.parts;
    this.#disarm();
    for (let tries = 0; tries < 9 && !bench.powered; tries++)
      await this.#untilPowerGoes(() => this.#powerOnAgain());
    assert(bench.powered, 'the machine starts in the end');
    await this.#toVoters();
    const [left] = bench.cabinet.inPath();
    if (left !== undefined) await this.#untilGone(left.sheet);
    await this.#toVoters();
  }

  async #close(): Promise<void> {
    const { bench, keys } = this.parts;
    await bench.presentKey(keys.democrat);
    await bench.passcode(keys.democrat.passcode);
    await bench.until('the menu', () => bench.screen.id === 'administration');
    await bench.choose('close-polls');
    await bench.press('yes');
    await bench.presentKey(keys.republican);
    await bench.press('enter', 'enter', 'enter');
    await bench.until('the tapes', () => ['more-copies', 'administration'].includes(bench.screen.id));
    assert(bench.screen.id === 'more-copies', `the polls close: ${bench.screenText()}`);
    await bench.press('no');
    await bench.until('the end', () => bench.screen.id === 'administration');
    const { counts } = bench.runtime.state;
    assert(counts?.slots === this.#inBins(), `tape ${counts?.slots ?? -1}, paper ${this.#inBins()}`);
  }

  // ---- what must hold ------------------------------------------------------------------------------------------

  /** Paper in bins = slots = anchor = counter = log, whenever the box is open and no sheet is between places. */
  #hold(): void {
    const { bench } = this.parts;
    const sheets = [...bench.cabinet.bins.main, ...bench.cabinet.bins['write-in']];
    assert(new Set(sheets).size === sheets.length, 'no sheet lies in two places');
    if (!bench.powered) return;
    const { counts, path, cards, power } = bench.runtime.state;
    assert(power.at !== 'halted', `the machine halted: ${bench.screenText()}`);
    const settled = ['empty', 'asking', 'in-mouth', 'jammed'].includes(path.at);
    if (counts === undefined || cards.box.is !== 'open' || !settled) return;
    const { slots, anchored, counted, logged } = counts;
    const all = [slots, anchored, counted, logged, sheets.length];
    assert(
      new Set(all).size === 1,
      `slots ${slots}, anchor ${anchored}, counter ${counted}, log ${logged}, paper ${sheets.length}`,
    );
  }
}
