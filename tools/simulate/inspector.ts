/**
 * Inspectors who follow the handbook: whatever stands on the display and wherever the paper is, step by step they
 * bring the machine back to the voters, or to closed polls (handbook pages 9, 18 and 20 to 30). What they do with a
 * sheet that they took out by hand follows the display's last word about it, and nothing else.
 */
import { must } from '../../ground/result.js';
import type { Action } from '../../firmware/machine/roles.js';
import { whyNotReady } from '../../firmware/machine/ready.js';
import type { MachineState, MenuState, PathState } from '../../firmware/machine/state.js';
import type { KeyOfSite } from '../bench/office.js';
import type { Day, SheetWord } from './day.js';

export type Goal = 'voters' | 'closed';

/** More steps than the longest way back takes; a machine that needs more is one that inspectors give up on. */
const STEPS_MAX = 400;
/** After so many steps without a way back the technician comes, and then the plug is pulled. */
const STEPS_UNTIL_TECHNICIAN = 60;

export class Inspector {
  constructor(private readonly day: Day) {}

  /** Tries until it is so; false when it never is. */
  async bringTo(goal: Goal): Promise<boolean> {
    const { day } = this;
    for (let steps = 1; steps <= STEPS_MAX && day.promises.broken === undefined; steps++) {
      if (day.bench.powered && this.#reached(goal)) return true;
      if (steps % STEPS_UNTIL_TECHNICIAN === 0) await this.#callTechnician(steps);
      await day.whilePowered(() => this.#step(goal));
    }
    return false;
  }

  #reached(goal: Goal): boolean {
    const { bench } = this.day;
    if (!bench.running) return false;
    const { state } = bench.runtime;
    if (goal === 'closed') return state.polls.at === 'closed' && state.menu.at === 'administration';
    const free = state.path.at === 'empty' && bench.cabinet.inPath().length === 0;
    return free && state.polls.at === 'open' && whyNotReady(state).length === 0 && !bench.runtime.busy;
  }

  async #callTechnician(steps: number): Promise<void> {
    const { trouble, bench } = this.day;
    trouble.disarm();
    trouble.makeGood();
    await bench.settle();
    if (steps > STEPS_UNTIL_TECHNICIAN && bench.powered) this.day.unplug();
  }

  async #step(goal: Goal): Promise<void> {
    const { day } = this;
    const { bench } = day;
    if (!bench.powered) return day.powerOn();
    await bench.settle();
    const { state } = bench.runtime;
    if (state.power.at === 'halted' || state.path.at === 'undecided') return this.#startAgain();
    if (state.power.at === 'shutting-down') return bench.until('power down', () => !bench.powered);
    if (state.polls.at === 'tapes') return this.#atThePrinter(state);
    if (state.power.at === 'locked') return this.#atTheMenu(state.menu, state, goal);
    if (await this.#atTheSheet(state)) return undefined;
    if (state.menu.at !== 'closed') return this.#atTheMenu(state.menu, state, goal);
    await this.#shutDoors();
    if (await this.#replaceFailedCards(state)) return undefined;
    if (whyNotReady(state).length === 0 && goal === 'voters') return bench.pass(50);
    await bench.presentKey(this.#wanted(state, goal).key);
  }

  /** What cannot go on is switched off and on: the machine then says what became of the sheet. */
  #startAgain(): Promise<void> {
    this.day.trouble.makeGood();
    this.day.unplug();
    return Promise.resolve();
  }

  async #shutDoors(): Promise<void> {
    this.day.bench.cabinet.setCover('closed');
    this.day.bench.cabinet.setBallotBoxDoor('closed');
    await this.day.bench.settle();
  }

  // ---- at the sheet --------------------------------------------------------------------------------------------

  /** True when there was something to do about a sheet. */
  async #atTheSheet(state: MachineState): Promise<boolean> {
    const { bench } = this.day;
    const { path } = state;
    const inside = bench.cabinet.inPath();
    switch (path.at) {
      case 'empty':
        if (inside.length === 0) return false;
        // In the mouth, or where no sensor told the machine of it.
        await this.#takeOut('nobody-knows');
        return true;
      case 'in-mouth':
        await this.#takeOut('not-counted');
        return true;
      case 'asking':
        if (state.menu.at !== 'closed') await bench.press('cancel');
        else await bench.press(this.day.random.pick(['cast', 'return', 'more']));
        await bench.settle();
        return true;
      case 'jammed':
        if (inside.length > 0) await this.#takeOut('not-counted');
        else await this.#waitForChange(path, state);
        return true;
      case 'jammed-counted':
        await this.#jamAtTheExit(state);
        return true;
      case 'undecided':
        return false;
      case 'returning':
      case 'driving':
      case 'leaving':
        if (path.move === undefined && !this.#finishing(path)) await this.#freeTheMouth();
        else await this.#waitForChange(path, state);
        return true;
      case 'feeding':
      case 'to-hold':
      case 'reading':
      case 'storing':
      case 'turning':
      case 'passing':
      case 'ending':
      case 'undoing':
        await this.#waitForChange(path, state);
        return true;
    }
  }

  #finishing(path: PathState): boolean {
    return path.at === 'leaving' && path.finish !== 'finished';
  }

  /** Whatever the machine is at, it has bounds; until then people wait. */
  async #waitForChange(path: PathState, { menu }: MachineState): Promise<void> {
    const { bench } = this.day;
    if (menu.at === 'abandoned' || menu.at === 'jam') return bench.press('cancel');
    const changed = (): boolean => !bench.running || bench.runtime.state.path !== path;
    try {
      await bench.until('the sheet to move', changed, 20_000);
    } catch (thrown) {
      if (!bench.running || bench.runtime.failure !== undefined) throw thrown;
      // Nothing moves and nothing will: a stuck sensor, or slipping rollers.
      this.day.trouble.makeGood();
      this.day.tell('the technician makes everything good');
      await bench.settle();
      if (!changed() && bench.cabinet.inPath().length === 0 && path.at !== 'jammed') this.day.unplug();
      else if (!changed()) await this.#takeOut('nobody-knows');
    }
  }

  /** A second sheet stands in the mouth, or the cover is open. */
  async #freeTheMouth(): Promise<void> {
    const { bench } = this.day;
    await this.#shutDoors();
    if (!bench.running) return;
    const outermost = bench.cabinet.inPath().at(-1);
    const second =
      bench.cabinet.inPath().length > 1 && outermost !== undefined && outermost.leadingEdgeMm < 60;
    if (second) this.day.takeFromMouth();
    await bench.settle();
    if (second || !bench.powered) return;
    const { state } = bench.runtime;
    await this.#waitForChange(state.path, state);
  }

  async #jamAtTheExit(state: MachineState): Promise<void> {
    const { bench, site } = this.day;
    const { menu } = state;
    if (bench.cabinet.inPath().length > 0) return this.#takeOut('counted');
    if (menu.at === 'closed') await bench.presentKey(site.keys.republican);
    else if (menu.at === 'jam') await bench.press('cleared');
    else await bench.press('cancel');
    await bench.settle();
    await bench.pass(200);
  }

  /** Cover open, sheet out: into the ballot box when it was counted, back to its voter when it was not. */
  async #takeOut(word: SheetWord): Promise<void> {
    const { bench } = this.day;
    const pulled = word === 'counted' ? undefined : bench.cabinet.pullOut({ force: true });
    if (pulled?.ok === true) this.day.tookOut(pulled.value, word);
    if (bench.cabinet.inPath().length > 0) {
      bench.cabinet.setCover('open');
      await bench.settle();
      const cleared = bench.cabinet.clearPath('hand');
      if (cleared.ok) this.day.tookOut(cleared.value, word);
    }
    await this.#shutDoors();
  }

  // ---- printer and cards ---------------------------------------------------------------------------------------

  async #atThePrinter(state: MachineState): Promise<void> {
    const { bench, printer, random } = this.day;
    if (state.polls.at !== 'tapes') return;
    const { polls } = state;
    switch (polls.run.step.is) {
      case 'printing':
        return bench.until('the tape', () => !bench.running || bench.runtime.state.polls !== polls);
      case 'printer-stopped':
        if (random.chance(0.8)) printer.repair();
        return bench.press(random.chance(0.85) ? 'yes' : 'cancel');
      case 'more-copies':
        return bench.press(random.chance(0.9) ? 'no' : 'yes');
    }
  }

  /** A card that failed is taken out, and another one put in. */
  async #replaceFailedCards(state: MachineState): Promise<boolean> {
    const { day } = this;
    for (const card of ['a', 'b'] as const) {
      const health = state.cards.health[card];
      if (health === 'failed') {
        day.pullCard(card, true);
        await day.bench.settle();
        await day.putIn(card, day.random.chance(0.5) ? 'same' : 'blank');
        return true;
      }
      if (health === 'absent') {
        await day.putIn(card, day.mustHaveTheSame(card) || day.random.chance(0.5) ? 'same' : 'blank');
        return true;
      }
    }
    return false;
  }

  // ---- at the menus --------------------------------------------------------------------------------------------

  async #atTheMenu(menu: MenuState, state: MachineState, goal: Goal): Promise<void> {
    const { bench, site } = this.day;
    const wanted = this.#wanted(state, goal);
    switch (menu.at) {
      case 'closed':
      case 'insert-key':
        return bench.presentKey(wanted.key);
      case 'passcode':
        return this.#passcode(menu);
      case 'time-check':
        return bench.press('yes');
      case 'set-time':
        return bench.press('done');
      case 'administration':
        if (await this.#replaceFailedCards(state)) return undefined;
        if (wanted.item === undefined) return bench.press('cancel');
        if (menu.key.serial !== wanted.key.serial) return bench.press('cancel');
        if (bench.screen.items.includes(wanted.item)) return bench.choose(wanted.item);
        return this.#startAgain();
      case 'confirm':
        return bench.press(menu.action === wanted.item ? 'yes' : 'no');
      case 'second-key': {
        const { democrat, republican } = site.keys;
        if (menu.key.party === undefined) return bench.press('cancel');
        return bench.presentKey(menu.key.serial === democrat.serial ? republican : democrat);
      }
      case 'numbers':
        return bench.press('enter');
      case 'reading-time':
      case 'working':
        return bench.until('the work', () => !bench.running || bench.runtime.state.menu !== menu);
      case 'abandoned':
      case 'jam':
        return bench.press('cancel');
    }
  }

  async #passcode(menu: MenuState & { at: 'passcode' }): Promise<void> {
    const { bench, site } = this.day;
    if (menu.step.is !== 'typing')
      return bench.until('the wait', () => !bench.running || bench.runtime.state.menu !== menu);
    if (menu.length > 0) {
      // Whatever somebody typed before is wiped by leaving the field.
      await bench.press('cancel');
      return undefined;
    }
    const key = site.allKeys.find(({ serial }) => serial === menu.key.serial);
    await bench.passcode(must(key, 'a key of this site').passcode);
  }

  /** What the machine needs now, and whose key does it. */
  #wanted(state: MachineState, goal: Goal): { readonly item?: Action; readonly key: KeyOfSite } {
    const { administrator, democrat } = this.day.site.keys;
    const { polls, cards } = state;
    const { a, b } = cards.health;
    if (polls.at === 'not-opened') {
      const ready = cards.box.is === 'open' && a === 'healthy' && b === 'healthy';
      return ready ? { item: 'open-polls', key: democrat } : { item: 'prepare-cards', key: administrator };
    }
    if (cards.box.is !== 'open' && polls.at !== 'closed') return { item: 'use-one-card', key: administrator };
    if (polls.at === 'closing') return { item: 'close-polls', key: democrat };
    if (polls.at === 'open' || polls.at === 'paused') {
      if (a === 'to-be-filled' && b === 'healthy') return { item: 'fill-card-a', key: administrator };
      if (b === 'to-be-filled' && a === 'healthy') return { item: 'fill-card-b', key: administrator };
      if (goal === 'closed') return { item: 'close-polls', key: democrat };
      if (polls.at === 'paused') return { item: 'resume-polls', key: democrat };
    }
    return { key: administrator };
  }
}
