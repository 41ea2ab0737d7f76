/**
 * A few bytes of a random-looking value read as numbers in every way in which a counter or a clock may have got into
 * them: from the front (a time-ordered UUID), from the back, either byte order, single bytes, number of ones.
 */
export function byteWindows(values: readonly Uint8Array[]): Readonly<Record<string, readonly number[]>> {
  const of = (read: (bytes: Uint8Array) => number): readonly number[] => values.map(read);
  return {
    'front, most significant first': of((bytes) => number(bytes, 0, 6)),
    'front, least significant first': of((bytes) => number(reversed(bytes, 0, 4), 0, 4)),
    'second word': of((bytes) => number(bytes, 4, 4)),
    'third word': of((bytes) => number(bytes, 8, 4)),
    'back, most significant first': of((bytes) => number(bytes, bytes.length - 4, 4)),
    'back, least significant first': of((bytes) => number(reversed(bytes, bytes.length - 4, 4), 0, 4)),
    'last byte': of((bytes) => bytes[bytes.length - 1] ?? 0),
    'number of ones': of(ones),
  };
}

function number(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i++) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

function reversed(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return bytes.slice(at, at + length).reverse();
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

export function onesOfByte(byte: number): number {
  return ONES[byte] ?? 0;
}

function ones(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) count += onesOfByte(byte);
  return count;
}
