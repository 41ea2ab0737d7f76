/**
 * Repeatable randomness for simulations, test decks and property tests. NEVER for keys, nonces, slots or ids: those
 * come from the system's generator through the `RandomSource` port.
 * Generator: sfc32 (Doty-Humphrey's PractRand family), seeded from text by a 32-bit FNV-1a chain.
 */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Whole number, low ≤ n ≤ high. */
  integer(low: number, high: number): number;
  /** Normal distribution. */
  gaussian(mean: number, sigma: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
  /** An independent stream, so that one part's draws do not shift another's. */
  fork(name: string): SeededRandom;
}

export function seededRandom(seed: string): SeededRandom {
  let hash = 0x811c9dc5;
  const absorb = (text: string): number => {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return hash >>> 0;
  };
  let a = absorb(seed);
  let b = absorb('b');
  let c = absorb('c');
  let counter = 1;
  const next32 = (): number => {
    const t = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 16; i++) next32();

  const next = (): number => next32() / 2 ** 32;
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    integer,
    between: (low, high) => low + next() * (high - low),
    gaussian: (mean, sigma) =>
      mean + sigma * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new RangeError('pick from an empty list');
      return item;
    },
    shuffle: (items) => {
      const copy = [...items];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = integer(0, i);
        [copy[i], copy[j]] = [copy[j] as (typeof copy)[number], copy[i] as (typeof copy)[number]];
      }
      return copy;
    },
    fork: (name) => seededRandom(`${seed}/${name}`),
  };
}
