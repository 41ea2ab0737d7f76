/**
 * xorshift128+ as JavaScript engines draw `Math.random()` from it (Vigna 2014; V8's blog, "There's Math.random(), and
 * then there's Math.random()", 2015): forwards, backwards, and the states behind four outputs. V8 gives out the
 * upper bits of the first word of the state, 64 values at a time and the last of them first. All of it is linear over
 * two values, so known bits are equations.
 */
import { must } from '../../../ground/result.js';
import { shiftLeft, shiftRight, xor, type Word64 } from './word-64.js';

export interface XorshiftState {
  readonly first: Word64;
  readonly second: Word64;
}

export function stepForward({ first, second }: XorshiftState): XorshiftState {
  return { first: second, second: xor(mixed(first), xor(second, shiftRight(second, 26))) };
}

export function stepBack({ first, second }: XorshiftState): XorshiftState {
  return { first: unmixed(xor(second, xor(first, shiftRight(first, 26)))), second: first };
}

function mixed(word: Word64): Word64 {
  const left = xor(word, shiftLeft(word, 23));
  return xor(left, shiftRight(left, 17));
}

function unmixed(word: Word64): Word64 {
  const left = xor(xor(word, shiftRight(word, 17)), xor(shiftRight(word, 34), shiftRight(word, 51)));
  return xor(left, xor(shiftLeft(left, 23), shiftLeft(left, 46)));
}

/** The upper 32 bits of four outputs in a row. */
export type FourOutputs = readonly [number, number, number, number];

export function fourOutputs(state: XorshiftState): FourOutputs {
  const second = stepForward(state);
  const third = stepForward(second);
  return [state.first.high, second.first.high, third.first.high, stepForward(third).first.high];
}

const STATE_BITS = 128;

/** Four outputs fix 110 of the 128 bits of a state: one that gives them, and what may be added to it. */
export interface States {
  readonly one: XorshiftState;
  readonly freedom: readonly XorshiftState[];
}

interface System {
  /** Each fixed bit of the state as a sum of output bits. */
  readonly fixed: readonly { readonly stateBit: number; readonly outputs: bigint }[];
  readonly freedom: readonly XorshiftState[];
}

let system: System | undefined;

/** Gaussian elimination over two values; a row says which state bits add up to which output bits. */
function solve(): System {
  const rows = Array.from({ length: STATE_BITS }, (_, bit) => ({
    stateBits: 0n,
    outputs: 1n << BigInt(bit),
  }));
  for (let stateBit = 0; stateBit < STATE_BITS; stateBit++) {
    const outputs = bitsOf(fourOutputs(unitState(stateBit)));
    for (const [bit, row] of rows.entries()) {
      if (hasBit(outputs, bit)) row.stateBits |= 1n << BigInt(stateBit);
    }
  }
  const fixedBits: number[] = [];
  for (let stateBit = 0; stateBit < STATE_BITS; stateBit++) {
    const rank = fixedBits.length;
    const at = rows.findIndex((row, i) => i >= rank && hasBit(row.stateBits, stateBit));
    if (at < 0) continue;
    const pivot = must(rows[at], 'the row that was found');
    rows[at] = must(rows[rank], 'a row at the rank');
    rows[rank] = pivot;
    for (const [i, row] of rows.entries()) {
      if (i === rank || !hasBit(row.stateBits, stateBit)) continue;
      row.stateBits ^= pivot.stateBits;
      row.outputs ^= pivot.outputs;
    }
    fixedBits.push(stateBit);
  }
  const rowOf = (i: number): (typeof rows)[number] => must(rows[i], 'a pivot row');
  const freeBits = Array.from({ length: STATE_BITS }, (_, bit) => bit).filter(
    (bit) => !fixedBits.includes(bit),
  );
  return {
    fixed: fixedBits.map((stateBit, i) => ({ stateBit, outputs: rowOf(i).outputs })),
    freedom: freeBits.map((free) =>
      stateOfBits([free, ...fixedBits.filter((_, i) => hasBit(rowOf(i).stateBits, free))]),
    ),
  };
}

/** All states that give these outputs; none for most numbers that are not outputs of this generator. */
export function statesOf(outputs: FourOutputs): States | undefined {
  system ??= solve();
  const bits = bitsOf(outputs);
  const set = system.fixed.filter((row) => isOdd(bits & row.outputs)).map(({ stateBit }) => stateBit);
  const one = stateOfBits(set);
  if (!fourOutputs(one).every((output, i) => output === outputs[i])) return undefined;
  return { one, freedom: system.freedom };
}

export function sum(a: XorshiftState, b: XorshiftState): XorshiftState {
  return { first: xor(a.first, b.first), second: xor(a.second, b.second) };
}

function stateOfBits(set: readonly number[]): XorshiftState {
  return set.reduce((state, bit) => sum(state, unitState(bit)), stateFrom([0, 0, 0, 0]));
}

function hasBit(bits: bigint, bit: number): boolean {
  return ((bits >> BigInt(bit)) & 1n) === 1n;
}

function unitState(bit: number): XorshiftState {
  return stateFrom([0, 1, 2, 3].map((word) => (bit >>> 5 === word ? (1 << (bit & 31)) >>> 0 : 0)));
}

function stateFrom([a = 0, b = 0, c = 0, d = 0]: readonly number[]): XorshiftState {
  return { first: { high: a, low: b }, second: { high: c, low: d } };
}

function bitsOf(outputs: FourOutputs): bigint {
  return outputs.reduce((bits, output) => (bits << 32n) | BigInt(output), 0n);
}

function isOdd(bits: bigint): boolean {
  let rest = bits;
  for (let by = 64n; by > 0n; by >>= 1n) rest ^= rest >> by;
  return (rest & 1n) === 1n;
}
