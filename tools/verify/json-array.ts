/**
 * One long array of objects in a JSON object, taken apart without parsing the whole: the records of a day are hundreds
 * of megabytes, and what they parse to is many times that. Each item can then be parsed by itself.
 */
import { concat } from '../../ground/bytes.js';

export interface TakenApart {
  /** The object as JSON, its array emptied. */
  readonly rest: Uint8Array;
  /** The JSON of each item, in its order; parts of the bytes that were given. */
  readonly items: readonly Uint8Array[];
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Nothing where the object has no such array of objects. What is inside of an item is not looked at. */
export function takeArrayApart(bytes: Uint8Array, key: string): TakenApart | undefined {
  const openAt = arrayOf(bytes, key);
  if (openAt === undefined) return undefined;
  const items: Uint8Array[] = [];
  let commas = 0;
  for (let at = openAt + 1; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === COMMA) commas += 1;
    else if (byte === OPEN_OBJECT) {
      const endAt = endOfObject(bytes, at);
      if (endAt === undefined || commas !== (items.length === 0 ? 0 : 1)) return undefined;
      items.push(bytes.subarray(at, endAt));
      commas = 0;
      at = endAt - 1;
    } else if (byte === CLOSE_ARRAY) {
      if (commas > 0) return undefined;
      return { rest: concat(bytes.subarray(0, openAt + 1), bytes.subarray(at)), items };
    } else if (!isSpace(byte)) return undefined;
  }
  return undefined;
}

/** Where the array of this key opens, in the outermost object. */
function arrayOf(bytes: Uint8Array, key: string): number | undefined {
  const wanted = Buffer.from(`"${key}"`);
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
    else if (byte === QUOTE) {
      const endAt = endOfString(bytes, at);
      const isKey = depth === 1 && wanted.equals(bytes.subarray(at, endAt));
      at = endAt - 1;
      if (!isKey) continue;
      const colonAt = afterSpace(bytes, endAt);
      const valueAt = afterSpace(bytes, colonAt + 1);
      if (bytes[colonAt] === COLON) return bytes[valueAt] === OPEN_ARRAY ? valueAt : undefined;
    }
  }
  return undefined;
}

/** Behind the bracket that closes it. */
function endOfObject(bytes: Uint8Array, openAt: number): number | undefined {
  let depth = 0;
  for (let at = openAt; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfString(bytes, at) - 1;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

/** Behind the quotation mark that closes it; the end of everything when none does. */
function endOfString(bytes: Uint8Array, openAt: number): number {
  for (let from = openAt + 1; ;) {
    const quoteAt = bytes.indexOf(QUOTE, from);
    if (quoteAt === -1) return bytes.length;
    let backslashes = 0;
    while (bytes[quoteAt - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quoteAt + 1;
    from = quoteAt + 1;
  }
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at] ?? 0)) at += 1;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
