/**
 * The ballot code: what a sheet says about itself at both ends, in 70 cells of ink or paper (`page-frame.ts`).
 *
 *   start 110 | version 2 | election 20 | style 10 | precinct 10 | sheet 3 | side 1 | test 1 | 0 | check 16 | stop 010
 *
 * Numbers are written most significant bit first. The check bits are CRC-16/CCITT-FALSE over the 48 bits before
 * them. It carries no vote, no serial number, and nothing about a voter. Start and stop pattern tell which way up the
 * sheet is: read backwards they do not match.
 */
import { assert } from '../ground/result.js';
import { CODE_CELLS } from './page-frame.js';

export interface BallotCode {
  /** First 20 bits of the SHA-256 of the definition file's exact bytes. */
  readonly electionHash20: number;
  /** `BallotStyle.number` */
  readonly styleNumber: number;
  /** `Precinct.number` */
  readonly precinctNumber: number;
  /** 1 for the first sheet of the ballot, at most 7. */
  readonly sheet: number;
  readonly side: 'front' | 'back';
  /** A ballot printed for tests only. */
  readonly test: boolean;
}

const VERSION = 1;
const START = [true, true, false];
const STOP = [false, true, false];
const FIELD_BITS = {
  version: 2,
  election: 20,
  style: 10,
  precinct: 10,
  sheet: 3,
  side: 1,
  test: 1,
  spare: 1,
} as const;
const CHECKED_BITS = 48;
const CHECK_BITS = 16;

/** The first 20 bits of a SHA-256 digest. */
export function electionHash20(definitionSha256: Uint8Array): number {
  assert(definitionSha256.length === 32, 'a SHA-256 digest has 32 bytes');
  const [a = 0, b = 0, c = 0] = definitionSha256;
  return (a << 12) | (b << 4) | (c >> 4);
}

/** 70 cells, left to right; true is ink. */
export function encodeBallotCode(code: BallotCode): readonly boolean[] {
  const bits = [
    ...toBits(VERSION, FIELD_BITS.version),
    ...toBits(code.electionHash20, FIELD_BITS.election),
    ...toBits(code.styleNumber, FIELD_BITS.style),
    ...toBits(code.precinctNumber, FIELD_BITS.precinct),
    ...toBits(code.sheet, FIELD_BITS.sheet),
    ...toBits(code.side === 'back' ? 1 : 0, FIELD_BITS.side),
    ...toBits(code.test ? 1 : 0, FIELD_BITS.test),
    ...toBits(0, FIELD_BITS.spare),
  ];
  assert(bits.length === CHECKED_BITS, 'the fields fill the code');
  const cells = [...START, ...bits, ...toBits(crc16(bits), CHECK_BITS), ...STOP];
  assert(cells.length === CODE_CELLS, 'the code fills its cells');
  return cells;
}

/** The code, or nothing when start, stop, version, spare or check bits do not fit. */
export function decodeBallotCode(cells: readonly boolean[]): BallotCode | undefined {
  if (cells.length !== CODE_CELLS) return undefined;
  const startFits = START.every((ink, i) => cells[i] === ink);
  const stopFits = STOP.every((ink, i) => cells[CODE_CELLS - STOP.length + i] === ink);
  if (!startFits || !stopFits) return undefined;

  const bits = cells.slice(START.length, START.length + CHECKED_BITS);
  const check = cells.slice(START.length + CHECKED_BITS, START.length + CHECKED_BITS + CHECK_BITS);
  if (toNumber(check) !== crc16(bits)) return undefined;

  let at = 0;
  const field = (size: number): number => toNumber(bits.slice(at, (at += size)));
  const version = field(FIELD_BITS.version);
  const election = field(FIELD_BITS.election);
  const styleNumber = field(FIELD_BITS.style);
  const precinctNumber = field(FIELD_BITS.precinct);
  const sheet = field(FIELD_BITS.sheet);
  const side = field(FIELD_BITS.side);
  const test = field(FIELD_BITS.test);
  const spare = field(FIELD_BITS.spare);
  if (version !== VERSION || spare !== 0 || styleNumber === 0 || precinctNumber === 0 || sheet === 0)
    return undefined;
  return {
    electionHash20: election,
    styleNumber,
    precinctNumber,
    sheet,
    side: side === 1 ? 'back' : 'front',
    test: test === 1,
  };
}

export function sameBallotCode(a: BallotCode, b: BallotCode): boolean {
  const cellsOfB = encodeBallotCode(b);
  return encodeBallotCode(a).every((cell, i) => cell === cellsOfB[i]);
}

function toBits(value: number, size: number): boolean[] {
  assert(
    Number.isInteger(value) && value >= 0 && value < 2 ** size,
    `${value} does not fit into ${size} bits`,
  );
  return Array.from({ length: size }, (_, i) => ((value >> (size - 1 - i)) & 1) === 1);
}

function toNumber(bits: readonly boolean[]): number {
  return bits.reduce((value, bit) => value * 2 + (bit ? 1 : 0), 0);
}

/** CRC-16/CCITT-FALSE, bit by bit: polynomial 0x1021, start 0xffff. */
function crc16(bits: readonly boolean[]): number {
  let crc = 0xffff;
  for (const bit of bits) {
    const carry = ((crc >> 15) & 1) !== (bit ? 1 : 0);
    crc = (crc << 1) & 0xffff;
    if (carry) crc ^= 0x1021;
  }
  return crc;
}
