/**
 * What a tape says, as data: everything printed on a zero tape or a results tape, and nothing else. The printed
 * text is a pure function of these facts (`tape.ts`), and the signed bytes are these facts (`canonical.ts`); so
 * whoever reads the codes on the paper can print the tape again and compare it line by line, without the election's
 * package.
 *
 * Contents: Dutchess handbook pages 25 (zero tape: each Election District, every candidate and proposition 0, unit
 * serial number, protective counter, both inspectors sign) and 27 (closing tape: total scanned, protective counter);
 * Jefferson manual section VIII; VVSG 2.0 1.1.9. Nothing here shows the order of ballots or links one to a voter.
 */
import type { ElectionMode } from '../records/record.js';

export type TapeType = 'zero' | 'results';

export interface TapeFacts {
  readonly type: TapeType;
  readonly mode: ElectionMode;
  /** Made by a virtual cabinet. */
  readonly simulated: boolean;
  readonly election: {
    readonly id: string;
    readonly title: string;
    readonly jurisdiction: string;
    /** YYYY-MM-DD */
    readonly date: string;
  };
  readonly pollingPlace: string;
  /** "Election District", "Precinct". */
  readonly precinctTerm: string;
  /** SHA-256 digests, 64 lower-case hexadecimal digits. */
  readonly packageSha256: string;
  readonly definitionSha256: string;
  readonly softwareSha256: string;
  readonly deviceSerial: string;
  /** How often the polls were opened and closed on this device in this election, this time included. */
  readonly openingNumber: number;
  readonly closingNumber: number;
  /** SHA-256 of the canonical bytes of the tape before this one; nothing on the first. */
  readonly previousTape: string | undefined;
  /** Head of the audit log when the tape was made, 64 hexadecimal digits. */
  readonly logHead: string;
  /** YYYY-MM-DDTHH:MM:SS as the device's clock said; orders nothing. */
  readonly wallTime: string;
  readonly counters: TapeCounters;
  readonly reconciliation: TapeReconciliation;
  /** The second memory card had failed, and the administrator closed the polls on one. */
  readonly closedOnOneCard: boolean;
  /** Precincts with fewer ballots were joined with others; 0 when that is switched off. */
  readonly smallCellMinimum: number;
  /** In the definition's order: those on a ballot of this polling place. */
  readonly contests: readonly TapeContest[];
  readonly groups: readonly TapeGroup[];
}

export interface TapeCounters {
  /** The public counter: sheets cast since the box was made. */
  readonly sheets: number;
  readonly ballots: number;
  readonly mainBinSheets: number;
  readonly writeInBinSheets: number;
  readonly protectiveAtOpening: number;
  readonly protectiveNow: number;
}

/** Numbers that the inspectors counted by hand and entered; a line to write on where they entered none. */
export interface TapeReconciliation {
  readonly unscannedEmergencyBallots: number | undefined;
  readonly abandonedBallots: number | undefined;
  readonly writeInBallots: number | undefined;
}

export interface TapeContest {
  readonly title: string;
  /** Empty where the contest has none. */
  readonly subtitle: string;
  readonly seats: number;
  /** Candidates, or the choices of a measure. */
  readonly names: readonly string[];
  /** In the definition's order. */
  readonly options: readonly TapeOption[];
  /** Whether votes can be written in. */
  readonly writeIn: boolean;
}

export interface TapeOption {
  /** Index into `names`. */
  readonly name: number;
  /** The party line's abbreviation; empty where there is none. */
  readonly party: string;
}

/** One precinct, or several small ones together. */
export interface TapeGroup {
  readonly precincts: readonly string[];
  /** First sheets, second sheets, … */
  readonly sheets: readonly number[];
  readonly ballots: number;
  readonly blankSheets: number;
  readonly contests: readonly TapeContestTotals[];
}

export interface TapeContestTotals {
  /** Index into `TapeFacts.contests`. */
  readonly contest: number;
  readonly ballots: number;
  /** As `TapeContest.options`. */
  readonly votes: readonly number[];
  /** All write-in lines together. */
  readonly writeIns: number;
  /** As `TapeContest.names`: votes for a candidate on no line (rule `candidate-only`); empty elsewhere. */
  readonly candidateOnly: readonly number[];
  readonly overvotes: number;
  readonly undervotes: number;
}

/** The exact bytes that were signed, and what leads from them to the authority's key. */
export interface SealedTape {
  readonly canonical: Uint8Array;
  /** Ed25519 by the device over `canonical`, 64 bytes, domain `tape`. */
  readonly signature: Uint8Array;
  /** 32 bytes. */
  readonly devicePublicKey: Uint8Array;
  /** The authority's signature of the device's certificate, 64 bytes; what it states stands in the facts. */
  readonly certificateSignature: Uint8Array;
}

export interface SignedTape extends SealedTape {
  readonly facts: TapeFacts;
  /** SHA-256 of the canonical bytes, hexadecimal: the tape's name, and the link from the next tape. */
  readonly digest: string;
}
