/**
 * Small generators that programs seed with the time of day: the `rand()` of Microsoft's C library, of many embedded
 * ones (the C standard's own example), MINSTD (Park and Miller 1988) and java.util.Random.
 */
import { lcg48Output, lcg48Step } from './lcg.js';

export interface SmallGenerator {
  readonly name: string;
  /** From a seed, a source of whole numbers that a program would take modulo something. */
  start(seedSeconds: number): () => number;
}

export const smallGenerators: readonly SmallGenerator[] = [
  { name: 'rand() of Microsoft', start: (seed) => shifted(seed, 214_013, 2_531_011) },
  { name: 'rand() of the C standard', start: (seed) => shifted(seed, 1_103_515_245, 12_345) },
  {
    name: 'MINSTD',
    start: (seed) => {
      let x = seed % 0x7fffffff;
      return () => (x = (x * 48_271) % 0x7fffffff);
    },
  },
  {
    name: 'java.util.Random',
    start: (seed) => {
      // The seed and the multiplier, bit by bit, in halves of 24 bits.
      let state = { high: (seed >>> 24) ^ 0x5de, low: (seed & 0xffffff) ^ 0xece66d };
      return () => {
        state = lcg48Step(state);
        return lcg48Output(state) >>> 1;
      };
    },
  },
];

/** The upper 15 of the lower 31 bits. */
function shifted(seed: number, multiplier: number, increment: number): () => number {
  let x = seed | 0;
  return () => {
    x = (Math.imul(x, multiplier) + increment) | 0;
    return (x >>> 16) & 0x7fff;
  };
}
