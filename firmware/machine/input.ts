/**
 * Everything the machine can be told. Inputs are facts: something happened, a command came to its end, somebody
 * pressed something. Never a pixel, a passcode, a secret or a time of day.
 */
import type { CardId, PathGeometry, SensorName } from '../../drivers/ports.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import type { ElectionDefinition } from '../../election-def/definition.js';
import type { RejectReason, SheetResult } from '../../vision/reading.js';
import type { ElectionMode } from '../records/record.js';
import type { Action, Role } from './roles.js';

/** Names a command; `done` and `failed` answer it. */
export type CommandId = number;

export interface Stamped {
  /** Monotonic. */
  readonly atMs: number;
  readonly input: Input;
}

export type Input =
  | { readonly kind: 'started'; readonly facts: StartFacts }
  | { readonly kind: 'sensor'; readonly sensor: SensorName; readonly on: boolean }
  | { readonly kind: 'card'; readonly card: CardId; readonly present: boolean }
  | { readonly kind: 'security-key'; readonly key: KeyPresented }
  | { readonly kind: 'press'; readonly key: PanelKey }
  | { readonly kind: 'digit'; readonly digit: number }
  /** How many digits stand in the passcode field; the digits themselves stay in `trust`. */
  | { readonly kind: 'passcode-length'; readonly length: number }
  | { readonly kind: 'choose'; readonly item: Action }
  | { readonly kind: 'done'; readonly id: CommandId; readonly result: CommandResult }
  | { readonly kind: 'failed'; readonly id: CommandId; readonly problem: CommandProblem }
  /** Seen on the lines so far: this sheet cannot be read. `capture` is the command that began taking them. */
  | { readonly kind: 'early-fault'; readonly capture: CommandId; readonly reason: RejectReason }
  // Signals from one region to the others, within one step.
  | {
      readonly kind: 'authorised';
      readonly action: Action;
      readonly numbers: ReconciliationNumbers | undefined;
    }
  | { readonly kind: 'box-opened'; readonly intent: IntentFound };

/** Keys of the scanner's panel, as the handbook names them (pages 10 to 12, 22, 26, 30). */
export type PanelKey =
  'cast' | 'return' | 'more' | 'cleared' | 'yes' | 'no' | 'plus' | 'minus' | 'done' | 'enter' | 'cancel';

export type KeyPresented =
  | { readonly is: 'absent' }
  | { readonly is: 'refused'; readonly reason: string }
  | {
      readonly is: 'valid';
      readonly serial: string;
      readonly role: Role;
      readonly party: string | undefined;
    };

export interface CommandProblem {
  readonly code: string;
  readonly reason: string;
}

/** What the unit and its memory hold when the power comes on. */
export interface StartFacts {
  readonly serialNumber: string;
  readonly simulated: boolean;
  readonly geometry: PathGeometry;
  readonly election: ElectionFacts | undefined;
  /** Why the election in memory was refused, in words. */
  readonly electionRefused: string | undefined;
  readonly polls: PollsMemory;
  readonly levels: Readonly<Record<SensorName, boolean>>;
  readonly cardsPresent: Readonly<Record<CardId, boolean>>;
}

export interface ElectionFacts {
  readonly definition: ElectionDefinition;
  readonly mode: ElectionMode;
  readonly pollingPlaceId: string;
  /** The precincts that vote here. */
  readonly precinctIds: readonly string[];
  readonly layouts: readonly BallotLayout[];
}

/** What outlives a power cut about the polls. `closing`: certainly no more ballots, tapes not all printed. */
export type PollsMemory = 'not-opened' | 'open' | 'paused' | 'closing' | 'closed';

/** What inspectors counted by hand, asked for at closing (handbook pages 9, 18, 27). */
export interface ReconciliationNumbers {
  readonly unscannedEmergencyBallots: number;
  readonly abandonedBallots: number;
  readonly writeInBallots: number;
}

/** The intent on the cards, in the words of the table of interruptions. */
export type IntentFound = 'idle' | 'writing' | 'ready' | 'passed';

/** After each ballot and at each opening of the box: all of these must agree. */
export interface Counts {
  /** Sheets cast since the polls opened, by the slots of the box. */
  readonly slots: number;
  /** By the anchor inside the device. */
  readonly anchored: number;
  /** Protective counter less its value when the polls opened. */
  readonly counted: number;
  /** `sheet-cast` lines of the audit log since the polls opened. */
  readonly logged: number;
  readonly protectiveCounter: number;
  /** Slots left in the box. */
  readonly freeSlots: number;
}

export type CardHealth = 'healthy' | 'absent' | 'failed' | 'to-be-filled';

export type CommandResult =
  | { readonly of: 'plain' }
  | { readonly of: 'move'; readonly end: 'distance-reached' | 'stopped' }
  | { readonly of: 'read-sheet'; readonly sheet: SheetResult }
  | { readonly of: 'passcode'; readonly verdict: 'right' }
  | { readonly of: 'passcode'; readonly verdict: 'wrong'; readonly waitMs: number }
  | {
      readonly of: 'open-box';
      readonly intent: IntentFound;
      readonly counts: Counts;
      readonly cards: CardsHealth;
    }
  /** A write to the cards that reached at least one of them. */
  | { readonly of: 'cards'; readonly cards: CardsHealth }
  | { readonly of: 'finish-cast'; readonly counts: Counts }
  | { readonly of: 'time'; readonly wallTime: string };

export type CardsHealth = Readonly<Record<CardId, CardHealth>>;
