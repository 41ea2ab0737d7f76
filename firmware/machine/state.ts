/**
 * The machine's whole state: a product of regions, each a union of named kinds. Nothing of a sheet survives the
 * sheet: what is known of it stands inside the path's state and goes with it.
 */
import type { Bin, CardId, SensorName } from '../../drivers/ports.js';
import type { Decision, GiveBack, Warning } from './adjudicate.js';
import type {
  CardHealth,
  CommandId,
  Counts,
  ElectionFacts,
  PollsMemory,
  ReconciliationNumbers,
  StartFacts,
} from './input.js';
import type { Action, Role } from './roles.js';

export interface MachineState {
  readonly nextId: CommandId;
  /** What stood fast when the power came on; nothing before that. */
  readonly start: StartFacts | undefined;
  readonly power: PowerState;
  readonly polls: PollsState;
  readonly path: PathState;
  readonly menu: MenuState;
  readonly cards: CardsState;
  /** Latest level of every sensor and switch. */
  readonly levels: Readonly<Record<SensorName, boolean>>;
  /** As of the last opening of the box or the last cast. */
  readonly counts: Counts | undefined;
  /** Why the last command of an inspector failed, in words, until the next one. */
  readonly note: string | undefined;
}

// ---- power -----------------------------------------------------------------------------------------------------

export type PowerState =
  | { readonly at: 'off' }
  /** On, and waiting for security key and passcode. */
  | { readonly at: 'locked' }
  | { readonly at: 'on' }
  | { readonly at: 'shutting-down'; readonly down: CommandId }
  /** Something that must never be is so; nothing moves until the Board of Elections has looked. */
  | { readonly at: 'halted'; readonly because: string };

// ---- polls -----------------------------------------------------------------------------------------------------

export type PollsState =
  | { readonly at: 'no-election'; readonly refused: string | undefined }
  | { readonly at: 'not-opened' }
  /** The zero check runs. */
  | { readonly at: 'zero-check'; readonly check: CommandId }
  /** Tapes come out, then "more copies?"; `then` says what follows. */
  | { readonly at: 'tapes'; readonly run: TapeRun }
  | { readonly at: 'saving'; readonly save: CommandId; readonly from: PollsMemory; readonly as: PollsMemory }
  | { readonly at: 'open' }
  | { readonly at: 'paused' }
  /** Totals are being made from the records. */
  | { readonly at: 'totalling'; readonly total: CommandId; readonly from: PollsMemory }
  /** No more ballots; the results tapes are not all printed. */
  | { readonly at: 'closing' }
  | { readonly at: 'finishing'; readonly finish: CommandId }
  | { readonly at: 'closed' };

export interface TapeRun {
  readonly tape: 'zero' | 'results';
  /** 1 for the first copy. */
  readonly copy: number;
  /** Printed without asking; from then on "more copies?". */
  readonly automaticCopies: number;
  readonly step:
    | { readonly is: 'printing'; readonly print: CommandId }
    | { readonly is: 'printer-stopped'; readonly because: string }
    | { readonly is: 'more-copies' };
  /** A copy asked for after closing changes nothing. */
  readonly purpose: 'opening' | 'closing' | 'copy';
}

// ---- the sheet -------------------------------------------------------------------------------------------------

export type PathState =
  | { readonly at: 'empty'; readonly told: Told | undefined }
  /** `capture` began taking this sheet's lines. */
  | {
      readonly at: 'feeding' | 'to-hold';
      readonly capture: CommandId;
      readonly move: CommandId;
      readonly severalSheets: boolean;
    }
  | { readonly at: 'reading'; readonly read: CommandId }
  | { readonly at: 'asking'; readonly held: HeldSheet }
  | { readonly at: 'storing'; readonly store: CommandId; readonly bin: Bin }
  | { readonly at: 'turning'; readonly turn: CommandId; readonly bin: Bin }
  /** Towards the exit sensor; without a move while a second sheet stands in the mouth. */
  | { readonly at: 'driving'; readonly move: CommandId | undefined }
  /** The leading edge covers the exit sensor, the motor stands, *passed* is being written. */
  | { readonly at: 'passing'; readonly mark: CommandId }
  /** Counted. */
  | { readonly at: 'leaving'; readonly move: CommandId | undefined; readonly finish: FinishState }
  | { readonly at: 'jammed-counted'; readonly finish: FinishState }
  | { readonly at: 'ending'; readonly mark: CommandId }
  /** The slot goes back to noise; then the sheet is given back, if one is there. */
  | { readonly at: 'undoing'; readonly rollBack: CommandId; readonly why: GiveBack }
  | { readonly at: 'returning'; readonly move: CommandId | undefined; readonly why: GiveBack }
  | { readonly at: 'in-mouth'; readonly why: GiveBack }
  | { readonly at: 'jammed'; readonly why: GiveBack }
  /** Nothing can be written any more while a sheet stands at the exit: the next start says whether it counted. */
  | { readonly at: 'undecided' };

/** Log line, anchor and protective counter after *passed*: done, or the command that does them. */
export type FinishState = CommandId | 'finished';

export interface HeldSheet {
  readonly warnings: readonly Warning[];
  readonly bin: Bin;
  /** False when the election always gives such a sheet back. */
  readonly mayCast: boolean;
  /** Which of the warnings the display shows; MORE goes on. */
  readonly page: number;
}

/** The last word about a sheet, kept on the display until a timer is due, or until the next sheet without one. */
export interface Told {
  readonly counted: boolean;
  readonly why: GiveBack | undefined;
  readonly until: CommandId | undefined;
}

// ---- menus -----------------------------------------------------------------------------------------------------

export interface KeyHolder {
  readonly serial: string;
  readonly role: Role;
  readonly party: string | undefined;
}

export type MenuState =
  /** The voters' display. */
  | { readonly at: 'closed' }
  | { readonly at: 'insert-key' }
  | {
      readonly at: 'passcode';
      readonly key: KeyHolder;
      readonly length: number;
      readonly step:
        /** `not-tried`: the device could not count the try, so it made none. */
        | { readonly is: 'typing'; readonly before: 'nothing' | 'wrong' | 'not-tried' }
        | { readonly is: 'trying'; readonly try: CommandId }
        | { readonly is: 'waiting'; readonly until: CommandId; readonly waitMs: number };
    }
  | { readonly at: 'reading-time'; readonly key: KeyHolder; readonly read: CommandId }
  | { readonly at: 'time-check'; readonly key: KeyHolder; readonly wallTime: string }
  | { readonly at: 'set-time'; readonly key: KeyHolder; readonly field: TimeField; readonly wallTime: string }
  | { readonly at: 'administration'; readonly key: KeyHolder; readonly note: string | undefined }
  | { readonly at: 'confirm'; readonly key: KeyHolder; readonly action: Action }
  /** `key` is the first one; the second must belong to another party. */
  | {
      readonly at: 'second-key';
      readonly key: KeyHolder;
      readonly action: Action;
      readonly note: string | undefined;
    }
  | {
      readonly at: 'numbers';
      readonly key: KeyHolder;
      readonly field: NumberField;
      readonly entered: ReconciliationNumbers;
    }
  | { readonly at: 'working'; readonly key: KeyHolder; readonly action: Action }
  /** An inspector stands at a held or jammed sheet; no contest is named here. */
  | {
      readonly at: 'abandoned';
      readonly key: KeyHolder;
      readonly bothKeys: boolean;
      readonly note: string | undefined;
    }
  | { readonly at: 'jam'; readonly key: KeyHolder };

export const timeFields = ['year', 'month', 'day', 'hour', 'minute'] as const;
export type TimeField = (typeof timeFields)[number];

export const numberFields = ['unscannedEmergencyBallots', 'abandonedBallots', 'writeInBallots'] as const;
export type NumberField = (typeof numberFields)[number];

// ---- cards -----------------------------------------------------------------------------------------------------

export interface CardsState {
  readonly health: Readonly<Record<CardId, CardHealth>>;
  /** The administrator decided to go on with the one card that is left. */
  readonly oneCard: boolean;
  readonly exporting: CommandId | undefined;
  readonly box:
    /** `before` is what it goes back to when filling a card, or going on with one, fails. */
    | {
        readonly is: 'opening';
        readonly open: CommandId;
        readonly before: SteadyBox | undefined;
        readonly oneCard: boolean;
      }
    | SteadyBox;
}

export type SteadyBox =
  | { readonly is: 'closed' }
  | { readonly is: 'open' }
  /** What the comparison of the cards found, in words. */
  | { readonly is: 'refused'; readonly because: string };

export function initialState(): MachineState {
  return {
    nextId: 1,
    start: undefined,
    power: { at: 'off' },
    polls: { at: 'no-election', refused: undefined },
    path: { at: 'empty', told: undefined },
    menu: { at: 'closed' },
    cards: {
      health: { a: 'absent', b: 'absent' },
      oneCard: false,
      exporting: undefined,
      box: { is: 'closed' },
    },
    levels: {
      mouth: false,
      entry: false,
      path: false,
      exit: false,
      'multi-sheet': false,
      'cover-open': false,
      'ballot-box-door-open': false,
    },
    counts: undefined,
    note: undefined,
  };
}

export function electionOf(state: MachineState): ElectionFacts | undefined {
  return state.start?.election;
}

/** A cabinet region's answer to an input that means nothing to it in its present state, with the reason. */
export interface Ignored {
  readonly ignored: string;
}

export function ignored(reason: string): Ignored {
  return { ignored: reason };
}

export type { Decision, GiveBack, Warning };
