/**
 * Many hours of voting in one process: the unchanged firmware in the virtual cabinet under the virtual clock, a sheet
 * every ten seconds, polling day after polling day on the same device with its one audit log. A day is one start of
 * the machine, so that what it keeps while the polls are open can be seen to grow. Nothing goes wrong here; that is
 * for the simulator.
 */
import { join } from 'node:path';
import { assert, must, ok } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { MemoryStore } from '../../drivers/virtual/memory-store.js';
import { TextPrinter } from '../../drivers/virtual/text-printer.js';
import type { Input } from '../../firmware/machine/input.js';
import type { Action } from '../../firmware/machine/roles.js';
import type { MachineState } from '../../firmware/machine/state.js';
import { checkTape, openTape } from '../../firmware/tapes/read-tape.js';
import { hashInStep } from '../../firmware/trust/password.js';
import { Bench } from '../bench/bench.js';
import { valueOf, type KeyOfSite } from '../bench/office.js';
import { encodeNumber } from '../simulate/known-sheets.js';
import { openSite, seededSource, type Site } from '../simulate/site.js';
import { Deck, HandCount } from './deck.js';
import { takeSample, type Sample } from './memory.js';
import { inTurns, Turns } from './turns.js';

export const SHEETS_PER_HOUR = 360;
const SHEET_EVERY_MS = 3_600_000 / SHEETS_PER_HOUR;
const PART_BYTES = 4096;
/** Samples of a whole run, about. */
const SAMPLES = 120;
const PACKAGE = 'simulated';

export interface SoakWish {
  readonly hours: number;
  /** Of one polling day; a box holds what comes in it. */
  readonly dayHours: number;
  readonly seed: string;
  /** Collects what nobody keeps: `gc` of a Node that was told to expose it. */
  readonly collect: () => void;
  /** Sees each step of the machine; a test plants its defects here. */
  readonly watcher?: (state: MachineState, input: Input) => void;
  readonly onDay?: (day: number, result: SoakResult) => void;
}

export interface SoakResult {
  readonly days: number;
  readonly fed: number;
  readonly counted: number;
  readonly samples: readonly Sample[];
  readonly turns: Turns;
  /** Closings whose tape agrees with the count by hand in every number. */
  readonly closingsThatAgree: number;
  /** Where one did not. */
  readonly differences: readonly string[];
}

export async function soak(wish: SoakWish): Promise<SoakResult> {
  const site = await openSite();
  try {
    const run = await Soak.set(site, wish);
    return await run.all();
  } finally {
    site.leave();
  }
}

class Soak {
  readonly #media = new Map<string, MemoryStore>();
  readonly #random: SeededRandom;
  readonly #deck: Deck;
  readonly #turns = new Turns();
  readonly #samples: Sample[] = [];
  readonly #differences: string[] = [];
  #bench!: Bench;
  #printer!: TextPrinter;
  #days = 0;
  #fed = 0;
  #counted = 0;
  #agreed = 0;

  private constructor(
    private readonly site: Site,
    private readonly wish: SoakWish,
  ) {
    this.#random = seededRandom(`${wish.seed}/voters`);
    this.#deck = new Deck(site.election.layouts, seededRandom(`${wish.seed}/deck`));
  }

  static async set(site: Site, wish: SoakWish): Promise<Soak> {
    const run = new Soak(site, wish);
    run.#bench = await Bench.set(
      {
        folder: site.folder,
        startLocal: '2026-11-03T05:31:00',
        seed: wish.seed,
        random: seededSource(`${wish.seed}/system`),
        softwareSha256: '0'.repeat(64),
        slotCount: Math.ceil(wish.dayHours * SHEETS_PER_HOUR),
        headBytes: PART_BYTES,
        bodyBytes: PART_BYTES,
        medium: (name, label) => run.#medium(name, label),
        writesThrough: true,
        printer: (clock) => (run.#printer = new TextPrinter(clock)),
        encodePage: encodeNumber,
        passwordHash: hashInStep,
        startReader: () => Promise.resolve(ok(run.#deck.readings.reader)),
        ...(wish.watcher === undefined ? {} : { watcher: wish.watcher }),
      },
      site.cabinetFile,
    );
    return run;
  }

  /** Of each place only the medium that is there now is kept. */
  #medium(name: string, label: string): ReturnType<typeof inTurns> {
    const made = name === 'internal' ? this.site.morningStorage(label) : new MemoryStore(label);
    this.#media.set(name.replace(/-\d+$/, ''), made);
    return inTurns(made);
  }

  async all(): Promise<SoakResult> {
    const sheets = Math.round(this.wish.hours * SHEETS_PER_HOUR);
    const watching = this.#turns.watch();
    while (this.#fed < sheets) {
      await this.#day(Math.min(sheets - this.#fed, Math.ceil(this.wish.dayHours * SHEETS_PER_HOUR)), sheets);
      this.wish.onDay?.(this.#days, this.#result());
    }
    this.#turns.stop();
    await watching;
    return this.#result();
  }

  #result(): SoakResult {
    return {
      days: this.#days,
      fed: this.#fed,
      counted: this.#counted,
      samples: this.#samples,
      turns: this.#turns,
      closingsThatAgree: this.#agreed,
      differences: this.#differences,
    };
  }

  async #day(sheets: number, sheetsInAll: number): Promise<void> {
    this.#turns.enter('start');
    if (this.#days > 0) await this.#newElection();
    this.#days += 1;
    await this.#open();
    this.#turns.enter('voting');
    const hand = new HandCount(this.site.election.definition, this.#deck.readings);
    const every = Math.max(20, Math.round(sheetsInAll / SAMPLES));
    const beganMs = this.#bench.clock.nowMs();
    for (let n = 0; n < sheets; n++) {
      await this.#bench.pass(Math.max(0, beganMs + n * SHEET_EVERY_MS - this.#bench.clock.nowMs()));
      await this.#vote(hand);
      if ((n + 1) % every === 0) this.#sample();
    }
    const lateMs = this.#bench.clock.nowMs() - beganMs - sheets * SHEET_EVERY_MS;
    assert(lateMs <= SHEET_EVERY_MS, 'the machine keeps up with a sheet every ten seconds');
    this.#turns.enter('closing');
    await this.#close(hand);
  }

  // ---- inspectors ----------------------------------------------------------------------------------------------

  /** Two blank cards, and the same package as that of a new election. */
  async #newElection(): Promise<void> {
    const bench = this.#bench;
    for (const card of ['a', 'b'] as const) {
      await bench.pullCard(card);
      await bench.insertCard(card, bench.newCard(card));
    }
    valueOf(await bench.load(join(bench.packages, PACKAGE)));
  }

  async #open(): Promise<void> {
    const bench = this.#bench;
    const { administrator, democrat } = this.site.keys;
    await bench.start(administrator);
    await this.#does('prepare-cards');
    await bench.until('cards', () => bench.screen.id === 'administration');
    await bench.press('cancel');
    await bench.enter(democrat);
    await this.#does('open-polls');
    await bench.until('the zero tape', () => bench.screen.id === 'more-copies');
    await bench.press('no');
    await bench.until('voters', () => bench.runtime.state.polls.at === 'open');
    if (bench.runtime.state.menu.at !== 'closed') await bench.press('cancel');
  }

  async #does(action: Action): Promise<void> {
    const bench = this.#bench;
    await bench.choose(action);
    await bench.press('yes');
    if (bench.screen.id === 'second-key') await bench.presentKey(this.site.keys.republican);
  }

  async #close(hand: HandCount): Promise<void> {
    const bench = this.#bench;
    const key: KeyOfSite = this.site.keys.democrat;
    // Until the display of the last sheet is gone.
    await bench.pass(SHEET_EVERY_MS);
    await bench.enter(key);
    await this.#does('close-polls');
    while (bench.runtime.state.menu.at === 'numbers') await bench.press('enter');
    await bench.until('the results tapes', () => bench.screen.id === 'more-copies');
    await bench.press('no');
    await bench.until('the end of closing', () => bench.runtime.state.polls.at === 'closed');
    this.#holdTape(hand);
    if (bench.runtime.state.menu.at === 'closed') await bench.enter(key);
    await bench.until('the menu', () => bench.screen.id === 'administration');
    await bench.choose('power-down');
    await bench.press('yes');
    await bench.until('power down', () => !bench.powered);
  }

  #holdTape(hand: HandCount): void {
    const { lines } = must(this.#printer.takePaper().at(-1), 'a results tape');
    const codes = lines.filter((_, n) => /^Code \d+ of \d+$/.test(lines[n - 1] ?? ''));
    const tape = valueOf(openTape(codes, 'results tape'));
    const checked = checkTape(tape, this.site.authority.signer.publicKey, 'results tape');
    const { slots } = must(this.#bench.runtime.state.counts, 'counts of an open box');
    const found = [
      ...(checked.ok ? [] : [checked.error.reason]),
      ...(slots === hand.sheets ? [] : [`the box holds ${slots} sheets, the bins ${hand.sheets}`]),
      ...hand.differences(tape.facts),
    ];
    this.#counted += hand.sheets;
    if (found.length === 0) this.#agreed += 1;
    this.#differences.push(...found.map((what) => `day ${this.#days}: ${what}`).slice(0, 20));
  }

  // ---- voters --------------------------------------------------------------------------------------------------

  async #vote(hand: HandCount): Promise<void> {
    const bench = this.#bench;
    await bench.feed(this.#deck.next());
    this.#fed += 1;
    if (bench.runtime.state.path.at === 'asking') {
      await bench.press(this.#random.pick(['cast', 'return']));
      await bench.untilAtRest();
    }
    if (bench.runtime.state.path.at === 'in-mouth') await bench.take();
    for (const bin of ['main', 'write-in'] as const) {
      for (const sheet of bench.cabinet.bins[bin].splice(0)) hand.take(sheet, bin);
    }
  }

  #sample(): void {
    let mediaBytes = 0;
    for (const medium of this.#media.values()) mediaBytes += medium.roomBytes;
    const hours = this.#fed / SHEETS_PER_HOUR;
    this.#samples.push(takeSample(this.#days, hours, mediaBytes, this.wish.collect));
    this.#turns.skip();
  }
}
