/**
 * Every sentence that a person can read on the scanner's display, as functions of what must be named in it. A
 * language is one file that fills this interface; the compiler sees to it that none is missing.
 *
 * To voters: short, plain words (at most 8th-grade reading level), the contest by name, what will happen, what to do.
 * To inspectors: the handbook's terms.
 */
import type { NotReady } from '../../machine/ready.js';
import type { Action, Role } from '../../machine/roles.js';
import type { NumberField, TimeField } from '../../machine/state.js';
import type { PanelKey } from '../../machine/input.js';
import type { RejectReason } from '../../../vision/reading.js';

export interface Saying {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface Words {
  readonly keys: Readonly<Record<PanelKey, string>>;

  // To voters.
  readonly insertBallot: Saying;
  readonly reading: Saying;
  readonly casting: Saying;
  readonly cast: Saying;
  readonly takeBallot: Saying;
  /** Ends every message about a sheet that was given back. */
  readonly notCounted: string;
  /** Ends every message about a sheet that was counted after trouble. */
  readonly counted: string;
  overvote(contest: string, marked: number, seats: number): Saying;
  crossEndorsement(
    contest: string,
    candidates: readonly string[],
    rule: 'highest-line' | 'candidate-only',
  ): Saying;
  undervote(contest: string, unused: number, seats: number): Saying;
  readonly blankBallot: Saying;
  /** What CAST and RETURN do, after a warning. */
  readonly castOrReturn: readonly string[];
  morePages(page: number, pages: number): string;
  ambiguous(contests: readonly string[]): Saying;
  notCastable(contests: readonly string[]): Saying;
  readonly youPressedReturn: Saying;
  unreadable(reason: RejectReason): Saying;
  readonly wrongPrecinct: Saying;
  readonly testBallot: Saying;
  readonly severalSheets: Saying;
  readonly pulledOut: Saying;
  readonly paperStopped: Saying;
  /** The pictures of this sheet do not fit into the ballot box. */
  readonly imagesTooLarge: Saying;
  readonly machineFault: Saying;
  readonly powerCut: Saying;
  readonly secondSheet: string;

  // Jams.
  readonly jamNotCounted: Saying;
  readonly jamCounted: Saying;
  readonly undecided: Saying;

  // To inspectors.
  readonly insertKey: Saying;
  readonly enterPasscode: Saying;
  readonly wrongPasscode: string;
  readonly passcodeNotTried: string;
  waitSeconds(seconds: number): string;
  readonly timeCheck: Saying;
  setTime(field: TimeField): Saying;
  readonly administration: string;
  readonly ballotsCast: string;
  role(role: Role): string;
  action(action: Action): string;
  certain(action: Action): Saying;
  readonly secondKey: Saying;
  readonly sameParty: string;
  number(field: NumberField): Saying;
  readonly working: Saying;
  printing(tape: 'zero' | 'results', copy: number): Saying;
  printerStopped(code: string): Saying;
  readonly moreCopies: Saying;
  readonly abandoned: Saying;
  readonly abandonedSecondKey: Saying;
  readonly pressCleared: string;
  notReady(reason: NotReady): string;
  readonly notReadyTitle: string;
  readonly halted: Saying;
  readonly shuttingDown: Saying;
  readonly testMode: string;
  readonly simulated: string;
}
