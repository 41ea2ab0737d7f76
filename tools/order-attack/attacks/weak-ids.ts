/**
 * Record ids from a generator that can be run on, as in DVSorder (Crimmins, Narayanan, Springall and Halderman, USENIX
 * Security 2024), where ids came from a linear congruential generator and the ballots could be put in order with pen
 * and paper. Three attackers:
 *
 * - drand48 and java.util.Random: the state follows from one id;
 * - Math.random of V8: the state follows from one id;
 * - any linear congruential generator whose numbers nobody knows: the attacker stood in the room and recognises eight
 *   ballots that were cast one after the other.
 *
 * Then the generator is run on, and every id that it gives gets its place.
 */
import { must } from '../../../ground/result.js';
import { orderGuesses, type Guess } from '../guess.js';
import { lcg48Output, lcg48StateOf, lcg48Step, lcgStep, reversedLcg, solveLcg } from '../generators/lcg.js';
import {
  statesOf,
  stepBack,
  stepForward,
  sum,
  type States,
  type XorshiftState,
} from '../generators/xorshift128.js';

/** A program may draw other things between two ids. */
const DRAWS_A_BALLOT = 6;
const WORDS = 4;
/** Ids tried as a starting point: a leak that is in a part of them only is found as well. */
const STARTS = 3;

export function attackWeakIds(ids: readonly string[], recognised: readonly string[]): readonly Guess[] {
  const limit = DRAWS_A_BALLOT * ids.length + 128;
  const starts = ids.slice(0, STARTS).map(wordsOf);
  const index = byFirstWord(ids);
  return [
    ...guessesOf(
      'Math.random of V8',
      ids,
      best(starts.map((words) => placesByXorshift(words, index, limit))),
    ),
    ...guessesOf(
      'drand48 or java.util.Random',
      ids,
      best(starts.map((words) => placesByLcg48(words, index, limit))),
    ),
    ...guessesOf(
      'an unknown linear congruential generator',
      ids.filter((id) => !recognised.includes(id)),
      best([1, 2, 4].map((words) => placesByLcg(words, recognised, ids, limit))),
    ),
  ];
}

/** Ids, or as much of them as a generator gives at a time, with their places in its sequence. */
type Places = ReadonlyMap<string, number>;

function guessesOf(variant: string, ids: readonly string[], places: Places): readonly Guess[] {
  const found = ids.filter((id) => places.has(id)).length;
  const scores = ids.map((id) => places.get(id) ?? 0);
  return [
    ...orderGuesses(ids, { [variant]: scores }),
    // The starting points themselves prove nothing.
    { kind: 'traces', variant: `ids from ${variant}`, found: Math.max(0, found - STARTS), expected: 0 },
  ];
}

/** Of several starting points, that from which most ids were found. */
function best(tries: readonly Places[]): Places {
  return tries.reduce((most, one) => (one.size > most.size ? one : most), new Map<string, number>());
}

function wordsOf(id: string): readonly number[] {
  return Array.from({ length: WORDS }, (_, i) => Number.parseInt(id.slice(8 * i, 8 * i + 8), 16));
}

function idOf(words: readonly number[]): string {
  return words.map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** Which ids stand in a sequence of outputs, four in a row, and where. */
function placesIn(outputs: readonly number[], ids: ReadonlyMap<number, string>): Places {
  const places = new Map<string, number>();
  for (const [at, output] of outputs.entries()) {
    const id = ids.get(output);
    if (id !== undefined && id === idOf(outputs.slice(at, at + WORDS))) places.set(id, at);
  }
  return places;
}

/** By their first words; two that share one are hardly ever there. */
function byFirstWord(ids: readonly string[]): ReadonlyMap<number, string> {
  return new Map(ids.map((id) => [wordsOf(id)[0] ?? 0, id]));
}

/** V8 hands its values out last first, so the four words of an id are four outputs read backwards. */
function placesByXorshift(
  [a = 0, b = 0, c = 0, d = 0]: readonly number[],
  ids: ReadonlyMap<number, string>,
  limit: number,
): Places {
  const states = statesOf([d, c, b, a]);
  const start = states === undefined ? undefined : stateBehind(states, ids);
  if (start === undefined) return new Map();
  let state = start;
  for (let i = 0; i < limit; i++) state = stepForward(state);
  const backwards: number[] = [];
  for (let i = 0; i < 2 * limit; i++, state = stepBack(state)) backwards.push(state.first.high);
  // Backwards in steps is forwards within what V8 hands out, and its portions come the other way round.
  const places = placesIn(backwards, ids);
  return new Map([...places].map(([id, at]) => [id, -at]));
}

/** Of all states that give one id, that which gives another one next. Each differs from the one before by one sum. */
function stateBehind({ one, freedom }: States, ids: ReadonlyMap<number, string>): XorshiftState | undefined {
  const next = (state: XorshiftState): number => stepBack(state).first.high;
  const steps = freedom.map(next);
  let output = next(one);
  const chosen = freedom.map(() => false);
  for (let count = 1; ; count++) {
    if (ids.has(output)) {
      const state = freedom.filter((_, i) => chosen[i]).reduce(sum, one);
      if (givesAnId(state, ids)) return state;
    }
    // The Gray code: the place of the lowest one of the count.
    const flip = 31 - Math.clz32(count & -count);
    if (flip >= freedom.length) return undefined;
    chosen[flip] = chosen[flip] !== true;
    output = (output ^ (steps[flip] ?? 0)) >>> 0;
  }
}

function givesAnId(state: XorshiftState, ids: ReadonlyMap<number, string>): boolean {
  const words: number[] = [];
  let before = state;
  for (let i = 0; i < WORDS; i++) {
    before = stepBack(before);
    words.push(before.first.high);
  }
  return ids.get(words[0] ?? 0) === idOf(words);
}

function placesByLcg48(words: readonly number[], ids: ReadonlyMap<number, string>, limit: number): Places {
  const start = lcg48StateOf(words);
  if (start === undefined) return new Map();
  const outputs: number[] = [];
  let state = start;
  for (let i = 0; i < limit; i++, state = lcg48Step(state)) outputs.push(lcg48Output(state));
  return placesIn(outputs, ids);
}

/** The first words of an id as one number, from the first recognised ballot on. */
function placesByLcg(
  words: number,
  recognised: readonly string[],
  ids: readonly string[],
  limit: number,
): Places {
  const valueOf = (id: string): bigint => BigInt(`0x${id.slice(0, 8 * words)}`);
  const places = new Map<string, number>();
  const lcg = solveLcg(recognised.map(valueOf));
  if (lcg === undefined) return places;
  const idOfValue = new Map(ids.map((id) => [valueOf(id), id]));
  for (const [step, sign] of [
    [lcg, 1],
    [reversedLcg(lcg), -1],
  ] as const) {
    let x = valueOf(must(recognised[0], 'a recognised ballot'));
    for (let at = 0; at < limit && step !== undefined; at++, x = lcgStep(step, x)) {
      const id = idOfValue.get(x);
      if (id !== undefined && !places.has(id)) places.set(id, sign * at);
    }
  }
  return places;
}
