/** 64-bit words as two halves of 32 bits: what xorshift needs, without big integers. */
export interface Word64 {
  readonly high: number;
  readonly low: number;
}

export function xor(a: Word64, b: Word64): Word64 {
  return { high: (a.high ^ b.high) >>> 0, low: (a.low ^ b.low) >>> 0 };
}

/** 0 < by < 64. */
export function shiftLeft({ high, low }: Word64, by: number): Word64 {
  if (by >= 32) return { high: by === 32 ? low : (low << (by - 32)) >>> 0, low: 0 };
  return { high: ((high << by) | (low >>> (32 - by))) >>> 0, low: (low << by) >>> 0 };
}

/** 0 < by < 64. */
export function shiftRight({ high, low }: Word64, by: number): Word64 {
  if (by >= 32) return { high: 0, low: by === 32 ? high : high >>> (by - 32) };
  return { high: high >>> by, low: ((low >>> by) | (high << (32 - by))) >>> 0 };
}
