/**
 * What must hold, held against paper, cards, counter, log and display by somebody who asks none of the machine's own
 * accounts: after every step of the machine, whenever a sheet has come to rest, and in the dark after a power cut.
 *
 *   1. sheets of paper in the bins = ballots on each card in use = images = counter = anchor = audit log
 *   2. the record of a sheet says what its voter marked, and the sheet lies in the bin that its record names
 *   3. whatever the display says of a sheet, counted or not counted, is so at that moment
 *   4. no display but a voter's own says anything of a vote; log, file names and tapes say nothing of a ballot
 *   5. the machine stops itself only when a device gave it a reason
 */
import { textIn } from '../../election-def/definition.js';
import type { CardId } from '../../drivers/ports.js';
import { must } from '../../ground/result.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import { LOG_NAME } from '../../firmware/audit-log/copies.js';
import { BOX_FILE, SLOTS_AT } from '../../firmware/ballot-box/format.js';
import type { MachineState } from '../../firmware/machine/state.js';
import { screenModel, screenText, type ScreenModel } from '../../firmware/screens/model.js';
import { english } from '../../firmware/screens/words/en.js';
import { TORN, type CardAudit, type FoundBallot } from './card-audit.js';
import type { Day } from './day.js';

/** A promise that was broken: what was promised, and what was found. */
export class BrokenPromise extends Error {}

/** What a display may say about the sheet that is in the machine. */
type Message = 'counted' | 'not-counted' | undefined;

const FILES_OF_A_CARD = [BOX_FILE, LOG_NAME, 'card-probe'];
/** Screens on which a voter is told about a contest; the second list may name candidates as well. */
const NAMES_CONTESTS = [
  'overvote',
  'undervote',
  'cross-endorsement',
  'given-back-ambiguous',
  'given-back-not-castable',
];
const NAMES_CANDIDATES = ['cross-endorsement'];

export class Promises {
  /** Sheets that the machine drew in last: what it says, it says of them. */
  current: readonly Sheet[] = [];
  /** The last word about them. */
  lastMessage: Message;
  /** The first promise that was broken; a step cannot throw through the machine. */
  broken: BrokenPromise | undefined;
  checks = 0;
  /** A sensor told of something else than paper since a sheet was drawn in last. */
  mayBePhantom = false;
  #screenKey = '';
  /** Since the last start no sheet was drawn in: what is inside came there in another life. */
  #justStarted = true;

  readonly #contestTitles: readonly string[];
  readonly #candidateNames: readonly string[];

  constructor(private readonly day: Day) {
    const { contests } = day.site.election.definition;
    this.#contestTitles = contests.map(({ title }) => textIn(title, 'en'));
    this.#candidateNames = contests.flatMap((contest) =>
      contest.kind === 'candidate' ? contest.candidates.map(({ name }) => name) : [],
    );
  }

  started(): void {
    this.#justStarted = true;
    this.#screenKey = '';
  }

  break(what: string): void {
    this.broken ??= new BrokenPromise(what);
  }

  // ---- after every step ----------------------------------------------------------------------------------------

  step(state: MachineState, before: MachineState): void {
    this.checks += 1;
    if (state.path.at === 'feeding' && before.path.at !== 'feeding') this.#drawnIn();
    if (state.power.at === 'halted' && before.power.at !== 'halted') this.#halted(state.power.because);
    this.#paperAndCount(state);
    const key = screenKeyOf(state);
    if (key === this.#screenKey) return;
    this.#screenKey = key;
    this.#display(screenModel(state), state);
  }

  #drawnIn(): void {
    const { entrySensorMm } = this.day.site.cabinetFile.path;
    this.current = this.day.bench.cabinet
      .inPath()
      .filter(
        ({ leadingEdgeMm, trailingEdgeMm }) =>
          leadingEdgeMm >= entrySensorMm && trailingEdgeMm < entrySensorMm,
      )
      .map(({ sheet }) => sheet);
    this.lastMessage = undefined;
    this.#justStarted = false;
    this.mayBePhantom = this.day.sensorStuck;
  }

  /** What lies in the bins is counted, always; and at most one sheet more, which is on its way into them. */
  #paperAndCount({ counts, cards, path }: MachineState): void {
    if (counts === undefined || cards.box.is !== 'open') return;
    const paper = this.day.paperCount();
    const more = counts.slots - paper;
    const behind = path.at === 'passing' || path.at === 'leaving' || path.at === 'ending';
    if (more < 0 && !behind) this.break(`${paper} sheets lie in the bins and ${counts.slots} are counted`);
    const leaving = behind || path.at === 'jammed-counted' || path.at === 'undecided';
    if (more > 1 || (more === 1 && !leaving && !this.day.isAside(this.current)))
      this.break(`${counts.slots} are counted and ${paper} sheets lie in the bins, path ${path.at}`);
  }

  #halted(because: string): void {
    if (/^ballot box \d/.test(because)) this.break(`the counts disagree: ${because}`);
    else if (!this.day.deviceFailed) this.break(`the machine stopped itself without a reason: ${because}`);
  }

  // ---- what the display says -----------------------------------------------------------------------------------

  #display(screen: ScreenModel, state: MachineState): void {
    const text = screenText(screen);
    this.#hold(messageIn(text), screen.id);
    const contest = this.#contestTitles.find((title) => text.includes(title));
    if (contest !== undefined && !NAMES_CONTESTS.includes(screen.id))
      this.break(`the display "${screen.id}" names the contest ${contest}`);
    const candidate = this.#candidateNames.find((name) => text.includes(name));
    if (candidate !== undefined && !NAMES_CANDIDATES.includes(screen.id))
      this.break(`the display "${screen.id}" names the candidate ${candidate}`);
    const shown = screen.status.publicCounter;
    if (shown !== undefined && state.counts !== undefined && shown !== state.counts.slots)
      this.break(`the display counts ${shown} where the machine counts ${state.counts.slots}`);
  }

  #hold(message: Message, screenId: string): void {
    if (message === undefined) return;
    this.lastMessage = message;
    const sheet = this.#sheetThatIsMeant();
    if (sheet === undefined || this.day.wasHandled(sheet)) return;
    // A stuck sensor makes a sheet where there is none: nobody holds one that this could be said of.
    if (message === 'not-counted' && this.mayBePhantom && this.day.liesInABin(sheet)) return;
    const { number } = this.day.sheets.of(sheet);
    for (const [id, card] of this.day.cardsInUse()) {
      const counted = card.holds(number);
      if (counted === (message === 'counted')) continue;
      const truth = counted ? 'is counted' : 'is not counted';
      this.break(`the display "${screenId}" says ${message}, and sheet ${number} ${truth} on card ${id}`);
    }
  }

  /** At a start somebody else may have put in what is inside: the first word is about that. */
  #sheetThatIsMeant(): Sheet | undefined {
    if (this.#justStarted) {
      this.#justStarted = false;
      const inside = this.day.bench.cabinet.inPath().map(({ sheet }) => sheet);
      if (!inside.some((sheet) => this.current.includes(sheet)) && inside[0] !== undefined)
        this.current = inside.slice(0, 1);
    }
    return this.current[0];
  }

  // ---- whenever everything rests -------------------------------------------------------------------------------

  atRest(): void {
    const { bench } = this.day;
    if (!bench.powered || this.broken !== undefined) return;
    const { state } = bench.runtime;
    this.#fileNames();
    if (state.cards.box.is !== 'open' || state.path.at === 'undecided' || state.power.at === 'halted') return;
    const onItsWay = state.path.at === 'leaving' || state.path.at === 'jammed-counted';
    const more = onItsWay ? this.#currentNumbers() : [];
    const finished = !onItsWay || ('finish' in state.path && state.path.finish === 'finished');
    const { sum, sheets } = this.day.paperPrint(more);
    for (const [id, card] of this.day.cardsInUse()) {
      for (const ballot of card.newSince()) if (ballot.number !== TORN) this.#record(ballot, `card ${id}`);
      if (card.print() === sum) continue;
      this.#differ([...this.day.paperThatCounts(), ...more], card.counted(), `card ${id}`);
    }
    if (finished) this.#sameCounts(sheets);
  }

  /** In the dark: no sheet lies in a bin that the cards do not count, and at most one is counted that does not. */
  inTheDark(): void {
    if (this.broken !== undefined) return;
    const paper = this.day.paperThatCounts();
    for (const [id, card] of this.day.cardsInUse()) {
      const counted = card.counted().map(({ number }) => number);
      const lost = paper.find((number) => !counted.includes(number));
      if (lost !== undefined)
        this.break(`sheet ${lost} lies in a bin, and card ${id} lost it in the power cut`);
      if (counted.length > paper.length + 1)
        this.break(`card ${id} counts ${counted.length} with ${paper.length} sheets in the bins`);
    }
  }

  #currentNumbers(): readonly number[] {
    return this.current.slice(0, 1).map((sheet) => this.day.sheets.of(sheet).number);
  }

  #differ(paper: readonly number[], found: readonly FoundBallot[], where: string): void {
    const tally = new Map<number, number>();
    for (const number of paper) tally.set(number, (tally.get(number) ?? 0) + 1);
    for (const { number } of found) tally.set(number, (tally.get(number) ?? 0) - 1);
    for (const [number, missing] of tally) {
      if (missing !== 0)
        this.break(
          `${where} holds sheet ${number} ${Math.abs(missing)} times too ${missing > 0 ? 'few' : 'many'}`,
        );
    }
    this.break(`${where} and the bins hold different sheets`);
  }

  #record({ number, marked, record }: FoundBallot, where: string): void {
    const truth = this.day.sheets.numbered(number);
    if (marked.join() !== truth.marked.join() || record.precinctId !== truth.precinctId)
      this.break(
        `${where}: the record of ${truth.sheet.label} says ${marked.join()}, marked was ${truth.marked.join()}`,
      );
    // Hands may put a sheet anywhere; what fell by itself lies where its record says.
    if (this.day.wasHandled(truth.sheet) || !this.day.bench.cabinet.bins.main.includes(truth.sheet)) return;
    if (record.bin !== 'main') this.break(`sheet ${number} lies in the main bin, its record names the other`);
  }

  #sameCounts(sheets: number): void {
    const { counter, anchor, log } = this.day.deviceCounts();
    if (counter === sheets && anchor === sheets && log === sheets) return;
    this.break(`${sheets} sheets, counter ${counter}, anchor ${anchor}, audit log ${log}`);
  }

  #fileNames(): void {
    for (const id of ['a', 'b'] as const) {
      const strange = this.day
        .mediumOf(id)
        .names()
        .find((name) => !FILES_OF_A_CARD.includes(name));
      if (strange !== undefined) this.break(`memory card ${id} holds a file ${strange}`);
    }
  }

  // ---- in the evening ------------------------------------------------------------------------------------------

  /** The results tape on paper, line by line against the sheets in the bins. */
  tape(lines: readonly string[]): void {
    const paper = this.day.paperThatCounts().map((number) => this.day.sheets.numbered(number));
    const numberOn = (label: string): string => {
      const line = lines.find((text) => text.trimStart().startsWith(label)) ?? '';
      return /(\d+)\s*$/.exec(line)?.[1] ?? 'nothing';
    };
    const says = (label: string, truth: number): void => {
      if (numberOn(label) !== String(truth))
        this.break(`the tape says ${label}: ${numberOn(label)}, not ${truth}`);
    };
    says('Public counter (sheets cast)', paper.length);
    for (const bin of ['main', 'write-in'] as const) {
      const byHand = this.day.handledIntoBins();
      if (byHand === 0) says(`Sheets in the ${bin} bin`, this.day.bench.cabinet.bins[bin].length);
    }
  }

  /** No secret in any byte that leaves: on the cards, in the device's log, on tapes. */
  secrets(secrets: ReadonlyMap<string, Uint8Array>): void {
    const places = new Map<string, Uint8Array>();
    for (const id of ['a', 'b'] as const) {
      const medium = this.day.mediumOf(id);
      for (const name of medium.names()) {
        // Of the box what stands before the slots; the slots are looked through where it is for its own sake.
        const bytes = must(medium.peek(name), name);
        places.set(`card ${id}, ${name}`, name === BOX_FILE ? bytes.subarray(0, SLOTS_AT) : bytes);
      }
    }
    places.set(
      'the tapes',
      Buffer.from(
        this.day.printer
          .pieces()
          .flatMap(({ lines }) => lines)
          .join('\n'),
      ),
    );
    for (const [place, bytes] of places) {
      for (const [name, secret] of secrets) {
        if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from(secret)))
          this.break(`${place} holds ${name}`);
      }
    }
  }
}

function messageIn(text: string): Message {
  if (text.includes(english.counted) || text.includes(english.cast.title)) {
    // "Please wait until you read …" quotes the message and does not say it.
    return text.startsWith(english.casting.title) ? undefined : 'counted';
  }
  return text.includes(english.notCounted) ? 'not-counted' : undefined;
}

/** What of the state can change what the display says; it is drawn anew only when this differs. */
function screenKeyOf({ path, menu, power, polls, cards, counts, levels }: MachineState): string {
  const told = path.at === 'empty' ? `${path.told?.counted ?? ''}${path.told?.why?.kind ?? ''}` : '';
  const page = path.at === 'asking' ? path.held.page : '';
  const step = menu.at === 'passcode' ? menu.step.is : '';
  return `${path.at}${told}${page} ${menu.at}${step} ${power.at} ${polls.at} ${cards.box.is} ${counts?.slots ?? ''} ${levels.mouth}`;
}

export type CardsInUse = readonly (readonly [CardId, CardAudit])[];
