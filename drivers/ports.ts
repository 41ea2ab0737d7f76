/**
 * Every device the firmware can see, as an interface: what a driver must do and what it may report. A driver knows
 * its own device and nothing of the others; it never calls the machine. Bounds in millimetres and milliseconds are
 * kept by the driver itself, so that a stalled program cannot run paper.
 *
 * The clock, randomness and files come in through here as well, so that a whole cabinet can be run by a simulator.
 */
import type { GreyPage } from '../ground/grey-page.js';
import type { Result } from '../ground/result.js';

// ---- time and chance -------------------------------------------------------------------------------------------

export interface Clock {
  /** Monotonic milliseconds since some start. */
  nowMs(): number;
  /** Calls back once, at or after `atMs`. Returns the way to cancel it. */
  setTimer(atMs: number, due: () => void): () => void;
  /** What the wall clock says: local time `YYYY-MM-DDTHH:MM:SS`. Data for tapes and log lines; orders nothing. */
  wallTime(): string;
  setWallTime(local: string): Result<void>;
}

/** The system's generator in production (waits for the kernel's pool, cannot be seeded). */
export interface RandomSource {
  bytes(count: number): Uint8Array;
}

// ---- files -----------------------------------------------------------------------------------------------------

/** A flat folder of files on one medium: a memory card, or the device's own storage. Names match [a-z0-9.-]{1,64}. */
export interface FileStore {
  /** For messages: `memory card A`, `internal storage`. */
  readonly label: string;
  /** The whole file; `maxBytes` bounds it. Problem codes: `missing`, `too-large`, `not-a-file`, `medium-failed`. */
  read(name: string, maxBytes: number): Promise<Result<Uint8Array>>;
  /** Replaces the whole file at once or not at all; durable when it resolves. */
  write(name: string, bytes: Uint8Array): Promise<Result<void>>;
  /** Adds to the end; durable when it resolves. */
  append(name: string, bytes: Uint8Array): Promise<Result<void>>;
  /** A file of fixed size for positioned reading and writing; with `createBytes` it is made new, failing if there. */
  openBlocks(name: string, createBytes?: number): Promise<Result<BlockFile>>;
  list(): Promise<Result<readonly string[]>>;
  remove(name: string): Promise<Result<void>>;
}

export interface BlockFile {
  readonly sizeBytes: number;
  read(at: number, length: number): Promise<Result<Uint8Array>>;
  /** Not durable before `flush` resolves; a power cut in between may keep any part of it. */
  write(at: number, bytes: Uint8Array): Promise<Result<void>>;
  flush(): Promise<Result<void>>;
  close(): Promise<void>;
}

// ---- the paper path --------------------------------------------------------------------------------------------

/** `path` is covered when any of the cabinet's path sensors is. */
export type PaperSensor = 'mouth' | 'entry' | 'path' | 'exit';
/** Switches beside the path: `multi-sheet` is on while more than one sheet passes; the others are on when open. */
export type Switch = 'multi-sheet' | 'cover-open' | 'ballot-box-door-open';
export type SensorName = PaperSensor | Switch;

export interface Sensors {
  level(sensor: SensorName): boolean;
  /** Called at every change, latest level. One listener. */
  onEdge(listener: (sensor: SensorName, covered: boolean) => void): void;
}

export type MoveEnd = { readonly end: 'distance-reached' | 'stopped'; readonly movedMm: number };

export interface FeedMotor {
  /** Runs the rollers over at most `distanceMm`; resolves when they stand. One move at a time. */
  move(direction: 'in' | 'out', distanceMm: number): Promise<Result<MoveEnd>>;
  /** At once, whatever runs. */
  stop(): void;
}

export type Bin = 'main' | 'write-in';

export interface DiverterGate {
  /** Resolves when the position switch confirms; problem `gate-not-confirmed` when it does not in time. */
  turn(to: Bin): Promise<Result<void>>;
}

export interface ScanHead {
  /**
   * Starts taking lines; resolves, when `finish` is called, with both sides of what passed. Side `first` is the one
   * that lies upwards. Problem codes: `scan-head-failed`, `nothing-scanned`.
   * @param onBand is given the lines as they come; a head need not. Lines come only of what moves past the head, so
   *   those without paper, before and after the sheet together, are at most `PathGeometry.entryToHoldMm`
   */
  capture(onBand?: (band: ScannedBand) => void): { finish(): Promise<Result<ScannedSheet>>; abort(): void };
}

/** Some lines of both sides, as many of each, that follow those given before. Valid during the call. */
export interface ScannedBand {
  readonly first: GreyPage;
  readonly second: GreyPage;
}

export interface ScannedSheet {
  readonly first: GreyPage;
  readonly second: GreyPage;
  /** Every line of both sides has been given to `onBand`, in order. */
  readonly givenInBands?: boolean;
}

// ---- what people touch, see and hear ---------------------------------------------------------------------------

/** Content of a security key as read at the door; opaque here, checked by `firmware/trust`. */
export interface SecurityKeyReader {
  /** Bytes of the key that is pressed against the reader, or nothing. */
  read(): Promise<Result<Uint8Array | undefined>>;
  onChange(listener: (present: boolean) => void): void;
}

export type SoundName = 'cast' | 'warning' | 'error' | 'key';

export interface Beeper {
  play(sound: SoundName): void;
}

// ---- printer ---------------------------------------------------------------------------------------------------

/** One tape as lines and codes; the driver makes the printer's bytes. `docs/formats/tapes.md`. */
export interface TapeJob {
  readonly elements: readonly TapeElement[];
}

export type TapeElement =
  /** Text of at most `TAPE_COLUMNS` characters (half of it when wide); no control characters. */
  | { readonly kind: 'line'; readonly text: string; readonly bold?: boolean; readonly wide?: boolean }
  | { readonly kind: 'rule' }
  | { readonly kind: 'feed'; readonly lines: number }
  /** A QR code of alphanumeric text, modules of at least 4 dots, level M, with a caption line. */
  | { readonly kind: 'qr'; readonly text: string; readonly caption: string }
  | { readonly kind: 'cut' };

/** Characters a line of normal width: 80 mm paper, 576 dots, font A of 12 dots. */
export const TAPE_COLUMNS = 48;

export interface TapePrinter {
  /**
   * Resolves when the paper is printed, not when the bytes are queued. Problem codes: `paper-out`, `cover-open`,
   * `printer-failed`; then nothing of this job may be taken for printed, and it is printed again from its start.
   */
  print(job: TapeJob): Promise<Result<void>>;
  status(): Promise<Result<'ready' | 'paper-low'>>;
}

// ---- counters and cards ----------------------------------------------------------------------------------------

/** Sheets cast in the life of the device; never falls. */
export interface ProtectiveCounter {
  read(): Promise<Result<number>>;
  /** Idempotent: sets it to `value` when it is `value - 1`, leaves it when it is `value`, refuses anything else. */
  raiseTo(value: number): Promise<Result<void>>;
}

export type CardId = 'a' | 'b';

export interface MemoryCardSlot {
  readonly id: CardId;
  /** The card's files, or nothing while no card is in. */
  store(): FileStore | undefined;
  onChange(listener: (present: boolean) => void): void;
}

/** The whole cabinet, as `runtime` gets it. */
export interface Cabinet {
  /** Serial number of the unit, as on its plate. */
  readonly serialNumber: string;
  /** True for a virtual cabinet: tapes, log and exports then say SIMULATED. */
  readonly simulated: boolean;
  readonly path: PathGeometry;
  readonly sensors: Sensors;
  readonly motor: FeedMotor;
  readonly gate: DiverterGate;
  readonly scanHead: ScanHead;
  readonly keyReader: SecurityKeyReader;
  readonly beeper: Beeper;
  readonly printer: TapePrinter;
  readonly counter: ProtectiveCounter;
  readonly cards: Readonly<Record<CardId, MemoryCardSlot>>;
  /** The third medium, for the export. */
  readonly exportPort: MemoryCardExport;
  /** What the device itself remembers. */
  readonly internal: FileStore;
}

/** Where an export goes: a stick in the administrator's port. */
export interface MemoryCardExport {
  /** A directory of the host's file system, or nothing while no medium is in. */
  directory(): string | undefined;
}

/** Distances the machine must know, from the cabinet file; millimetres along the path from the mouth sensor. */
export interface PathGeometry {
  /** From the entry sensor's clearing to the hold point: how much further the sheet goes so that it is read whole. */
  readonly entryToHoldMm: number;
  /** Longest way that a sheet may need from the entry sensor to that sensor's clearing. */
  readonly longestSheetMm: number;
  readonly shortestSheetMm: number;
  /** From the hold point's leading edge to the exit sensor, for the shortest sheet: the bound of the drive out. */
  readonly holdToExitMm: number;
  /** From the exit sensor's covering to its clearing for the longest sheet, and some more. */
  readonly exitClearMm: number;
  /** From any resting place back until the entry sensor is clear, and some more. */
  readonly returnMm: number;
}
