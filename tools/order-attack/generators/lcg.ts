/**
 * Linear congruential generators, x → a x + c mod m. With unknown numbers: six outputs in a row give them away,
 * because every 2 × 2 determinant of their differences is a multiple of m (Marsaglia 1968; Knuth, TAOCP volume 2,
 * 3.6). With the well-known 48-bit numbers of drand48 and java.util.Random, of which only the upper 32 bits are given
 * out: two outputs and 65,536 tries.
 */
export interface Lcg {
  readonly a: bigint;
  readonly c: bigint;
  readonly m: bigint;
}

export function lcgStep({ a, c, m }: Lcg, x: bigint): bigint {
  return (a * x + c) % m;
}

/** The same numbers, last first; none where the multiplier has no inverse. */
export function reversedLcg({ a, c, m }: Lcg): Lcg | undefined {
  const inverse = inverseOf(a, m);
  return inverse === undefined ? undefined : { a: inverse, c: mod(-inverse * c, m), m };
}

/** The generator behind these outputs, if there is one that explains them all. */
export function solveLcg(outputs: readonly bigint[]): Lcg | undefined {
  const differences = outputs.slice(1).map((x, i) => x - (outputs[i] ?? 0n));
  let multiple = 0n;
  for (let i = 0; i + 2 < differences.length; i++) {
    const [d0 = 0n, d1 = 0n, d2 = 0n] = differences.slice(i, i + 3);
    multiple = gcd(multiple, d2 * d0 - d1 * d1);
  }
  // Chance leaves a small factor over: the largest power of two in it is tried as well.
  for (const m of [multiple, multiple & -multiple]) {
    if (m <= 1n || outputs.some((x) => x >= m)) continue;
    const lcg = withModulus(outputs, differences, m);
    if (lcg !== undefined) return lcg;
  }
  return undefined;
}

function withModulus(outputs: readonly bigint[], differences: readonly bigint[], m: bigint): Lcg | undefined {
  for (let i = 0; i + 1 < differences.length; i++) {
    const inverse = inverseOf(mod(differences[i] ?? 0n, m), m);
    if (inverse === undefined) continue;
    const a = mod((differences[i + 1] ?? 0n) * inverse, m);
    const c = mod((outputs[1] ?? 0n) - a * (outputs[0] ?? 0n), m);
    const explains = outputs.every((x, at) => at === 0 || lcgStep({ a, c, m }, outputs[at - 1] ?? 0n) === x);
    return explains ? { a, c, m } : undefined;
  }
  return undefined;
}

function mod(x: bigint, m: bigint): bigint {
  return ((x % m) + m) % m;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Extended Euclid. */
function inverseOf(x: bigint, m: bigint): bigint | undefined {
  let [r0, r1, s0, s1] = [m, x, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [s0, s1] = [s1, s0 - quotient * s1];
  }
  return r0 === 1n ? mod(s0, m) : undefined;
}

/** State of the 48-bit generator: upper 24 bits and lower 24. */
export interface Lcg48 {
  readonly high: number;
  readonly low: number;
}

/** The multiplier 0x5DEECE66D in two halves of 24 bits. */
const MULTIPLIER_HIGH = 0x5de;
const MULTIPLIER_LOW = 0xece66d;

const MASK_24 = 0xffffff;

export function lcg48Step({ high, low }: Lcg48): Lcg48 {
  const product = low * MULTIPLIER_LOW + 0xb;
  const carry = Math.floor(product / 0x1000000);
  return {
    high: (((high * MULTIPLIER_LOW) % 0x1000000) + ((low * MULTIPLIER_HIGH) % 0x1000000) + carry) & MASK_24,
    low: product % 0x1000000,
  };
}

/** The 32 bits that are given out. */
export function lcg48Output({ high, low }: Lcg48): number {
  return high * 256 + (low >>> 16);
}

/** The state after the first of these outputs in a row, or nothing when the generator does not give them. */
export function lcg48StateOf(outputs: readonly number[]): Lcg48 | undefined {
  const [first = 0] = outputs;
  for (let hidden = 0; hidden < 65_536; hidden++) {
    const start = { high: Math.floor(first / 256), low: (first % 256) * 65_536 + hidden };
    let state: Lcg48 = start;
    let fits = true;
    for (let i = 1; i < outputs.length && fits; i++) {
      state = lcg48Step(state);
      fits = lcg48Output(state) === outputs[i];
    }
    if (fits) return start;
  }
  return undefined;
}
