/**
 * A poll site on one day: a bench, its inspectors and voters, and what the script knows of every sheet. The verbs are
 * what people do; each says what it did in the account and holds what it must find against the checks.
 */
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import type { Bin } from '../../drivers/ports.js';
import { textIn, type ElectionDefinition } from '../../election-def/definition.js';
import { precinctOf } from '../../election-def/styles.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import type { PanelKey } from '../../firmware/machine/input.js';
import type { ScreenModel } from '../../firmware/screens/model.js';
import type { Bench } from '../bench/bench.js';
import type { KeyOfSite } from '../bench/office.js';
import { fedSheet, markedPaper, type PrintedBallots } from '../bench/paper.js';
import type { FeedOrientation, MarkWish } from '../pen/marked-sheet.js';
import type { PenName } from '../pen/ink.js';
import { onPaper, type PaperSheet } from '../pen/paper.js';
import { markPaper } from '../pen/marked-sheet.js';
import type { Account } from './account.js';
import type { Checks } from './checks.js';
import type { TrueSheet } from './truth.js';
import type { FedSheet } from './world.js';

/** A voter's ballot: the paper, and what a person sees marked on it. */
export interface Ballot {
  readonly paper: PaperSheet;
  readonly truth: Omit<TrueSheet, 'counted'>;
}

export class PollSite {
  /** Sheets that must have been counted, in the order of feeding (which nothing outside may know). */
  readonly counted: FedSheet[] = [];
  /** How often a sheet was given back. */
  returned = 0;
  #serial = 0;
  readonly #arrivals = seededRandom('demo/arrivals');

  constructor(
    readonly name: string,
    readonly bench: Bench,
    readonly definition: ElectionDefinition,
    readonly ballots: PrintedBallots,
    readonly checks: Checks,
    readonly account: Account,
  ) {}

  // ---- words ---------------------------------------------------------------------------------------------------

  say(what: string, said?: string): void {
    this.account.line(this.bench.clock.wallTime().slice(11, 16), what, said);
  }

  /** Nothing happens until this time of day, today or tomorrow. */
  async waitUntil(hourMinute: string): Promise<void> {
    const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
    const now = minutes(this.bench.clock.wallTime().slice(11, 16));
    const ahead = (minutes(hourMinute) - now + 24 * 60) % (24 * 60);
    if (ahead > 0) await this.bench.pass(ahead * 60_000);
  }

  get screen(): ScreenModel {
    return this.bench.screen;
  }

  precinctName(precinctId: string): string {
    const { name } = precinctOf(this.definition, precinctId);
    return textIn(name, 'en');
  }

  /** Title of the display in its leading language. */
  title(): string {
    return this.screen.content[0]?.title ?? '';
  }

  /** The display must be this one; its title goes into the account. */
  shows(what: string, screenId: string): void {
    this.checks.equal(`${this.name}: ${what}: the display`, this.screen.id, screenId);
    this.say(what, this.title());
  }

  /** Some line of the display must hold these words. */
  reads(what: string, words: string): void {
    const text = this.bench.screenText();
    this.checks.check(`${this.name}: ${what}: the display says "${words}"`, text.includes(words), text);
  }

  // ---- paper ---------------------------------------------------------------------------------------------------

  async ballot(
    precinctId: string,
    marks: readonly MarkWish[],
    options: { readonly sheet?: number; readonly pen?: PenName; readonly test?: boolean } = {},
  ): Promise<Ballot> {
    this.#serial += 1;
    const sheet = options.sheet ?? 1;
    const paper = await markedPaper(
      this.ballots,
      { precinctId, marks, ...options },
      `${this.name}/${this.#serial}`,
    );
    const seen = marks.filter((mark) => isSeen(mark));
    const writtenIn = marks.filter((mark) => mark.writeIn !== undefined);
    const name = ({ contestId, optionId }: MarkWish): { contestId: string; optionId: string } => ({
      contestId,
      optionId,
    });
    return {
      paper,
      truth: {
        label: `sheet ${this.#serial}`,
        precinctId,
        sheet,
        marks: seen.map(name),
        ...(writtenIn.length > 0 ? { writtenIn: writtenIn.map(name) } : {}),
      },
    };
  }

  /** The voter fills an oval more fully, on the same paper. */
  correct(ballot: Ballot, marks: readonly MarkWish[]): Ballot {
    const { precinctId, sheet } = ballot.truth;
    const layout = this.ballots.sheetLayout(precinctId, sheet);
    const pen = { pen: 'marker' as const, seed: `${this.name}/${ballot.truth.label}/corrected` };
    const { paper } = markPaper(ballot.paper, layout, marks, pen);
    const more = marks.map(({ contestId, optionId }) => ({ contestId, optionId }));
    return { paper, truth: { ...ballot.truth, marks: [...ballot.truth.marks, ...more] } };
  }

  blank(precinctId: string): Promise<Ballot> {
    return this.ballot(precinctId, []);
  }

  /** Another piece of paper than a ballot of this election. */
  foreign(label: string, paper: PaperSheet): Ballot {
    return { paper, truth: { label, precinctId: '', sheet: 1, marks: [] } };
  }

  sheetOf(ballot: Ballot, orientation: FeedOrientation): Sheet {
    this.#serial += 1;
    return fedSheet(ballot.paper, ballot.truth.label, orientation, `${this.name}/${this.#serial}`);
  }

  // ---- voters --------------------------------------------------------------------------------------------------

  async feed(ballot: Ballot, orientation: FeedOrientation = 'front-head-first'): Promise<Sheet> {
    await this.bench.pass(this.#arrivals.integer(2, 15) * 60_000);
    const sheet = this.sheetOf(ballot, orientation);
    await this.bench.feed(sheet);
    return sheet;
  }

  /** The sheet must be counted by now: it is in the bin, and the display says so. */
  wasCast(what: string, ballot: Ballot, sheet: Sheet, bin: Bin = 'main'): void {
    this.counted.push({ sheet, truth: { ...ballot.truth, counted: true } });
    this.shows(what, 'cast');
    const { bins } = this.bench.cabinet;
    this.checks.check(
      `${this.name}: ${what}: the sheet fell into the ${bin} bin`,
      bins[bin].at(-1) === sheet,
    );
    const { counts } = this.bench.runtime.state;
    this.checks.equal(`${this.name}: ${what}: the public counter`, counts?.slots, this.counted.length);
  }

  async casts(what: string, ballot: Ballot, orientation?: FeedOrientation, bin: Bin = 'main'): Promise<void> {
    this.wasCast(what, ballot, await this.feed(ballot, orientation), bin);
  }

  /** Fed, warned, and CAST pressed. */
  async castsAfterWarning(what: string, ballot: Ballot, warning: string, bin: Bin = 'main'): Promise<void> {
    const sheet = await this.feed(ballot);
    this.shows(what, warning);
    await this.answer('cast');
    this.wasCast(`${what}, CAST`, ballot, sheet, bin);
  }

  /** Fed, warned, and RETURN pressed: the voter has the paper again. */
  async returnsAfterWarning(what: string, ballot: Ballot, warning: string): Promise<void> {
    await this.feed(ballot);
    this.shows(what, warning);
    await this.answer('return');
    await this.getsBack(`${what}, RETURN`, 'given-back-voter-chose');
  }

  async answer(key: PanelKey): Promise<void> {
    await this.bench.press(key);
    await this.bench.untilAtRest();
  }

  /** The sheet lies in the mouth, the display says why, and the voter takes it. */
  async getsBack(what: string, screenId: string): Promise<void> {
    this.shows(what, screenId);
    this.reads(what, 'NOT counted');
    await this.bench.take();
    this.returned += 1;
    this.checks.equal(`${this.name}: ${what}: no sheet stays inside`, this.bench.cabinet.inPath().length, 0);
  }

  async isGivenBack(
    what: string,
    ballot: Ballot,
    screenId: string,
    orientation?: FeedOrientation,
  ): Promise<void> {
    await this.feed(ballot, orientation);
    await this.getsBack(what, screenId);
  }

  // ---- inspectors ----------------------------------------------------------------------------------------------

  /** From the voters' display into the Administration Menu. */
  async inspector(key: KeyOfSite): Promise<void> {
    await this.bench.presentKey(key);
    await this.bench.passcode(key.passcode);
    this.checks.equal(`${this.name}: ${key.serial} reaches the menu`, this.screen.id, 'administration');
  }

  /** An item of the menu, certain, and the second key where one is asked for. */
  async does(action: Parameters<Bench['choose']>[0], second?: KeyOfSite): Promise<void> {
    await this.bench.choose(action);
    await this.bench.press('yes');
    if (this.bench.powered && this.screen.id === 'second-key') {
      await this.bench.presentKey(must(second, `${action} needs a second key`));
    }
  }

  async untilScreen(...ids: readonly string[]): Promise<void> {
    await this.bench.until(ids.join(' or '), () => this.bench.powered && ids.includes(this.screen.id));
  }

  async powerDown(): Promise<void> {
    await this.does('power-down');
    await this.bench.until('power down', () => !this.bench.powered);
    this.say('Power Down', 'dark');
  }
}

/** Marks that a person would take for a vote: the script makes no others but on purpose. */
function isSeen({ kind }: MarkWish): boolean {
  switch (kind) {
    case 'none':
    case 'dot':
    case 'fleck':
    case 'smudge':
    case 'erasure':
    case 'stray-line':
      return false;
    case 'full':
    case 'overfull':
    case 'half':
    case 'edge':
    case 'x':
    case 'check':
    case 'slash':
    case 'pencil-line':
    case 'light-pencil':
    case 'highlighter':
    case 'circle':
    case 'retraced':
    case 'crossed-out':
      return true;
  }
}

/** A clean sheet as paper, for what is done to it by hand. */
export async function cleanPaper(ballots: PrintedBallots, precinctId: string): Promise<PaperSheet> {
  return onPaper(await ballots.clean(precinctId, 1));
}
