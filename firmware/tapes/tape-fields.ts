/**
 * The forms of a tape's fields: whole numbers as base-128 digits, least significant first, the high bit set on all but
 * the last (LEB128, shortest form only); texts as their length in bytes and UTF-8; digests as 32 bytes; lists as their
 * length and their items.
 */
import { fromHex, fromUtf8, toHex, utf8 } from '../../ground/bytes.js';
import { assert, must } from '../../ground/result.js';

const DIGEST_BYTES = 32;
/** No field of the definition is longer. */
const MOST_TEXT_BYTES = 2048;
const MOST_ITEMS = 1000;

export interface FieldWriter {
  readonly raw: (bytes: Uint8Array) => void;
  readonly number: (value: number) => void;
  readonly flag: (value: boolean) => void;
  /** 0 for none, else the number and one. */
  readonly optional: (value: number | undefined) => void;
  readonly text: (value: string) => void;
  readonly digest: (hex: string) => void;
  readonly list: <T>(items: readonly T[], each: (item: T) => void) => void;
  readonly bytes: () => Uint8Array;
}

export function fieldWriter(): FieldWriter {
  const out: number[] = [];
  const number = (value: number): void => {
    assert(Number.isSafeInteger(value) && value >= 0, `not a count: ${value}`);
    let rest = value;
    while (rest >= 128) {
      out.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    out.push(rest);
  };
  const raw = (bytes: Uint8Array): void => bytes.forEach((byte) => out.push(byte));
  return {
    raw,
    number,
    flag: (value) => number(value ? 1 : 0),
    optional: (value) => number(value === undefined ? 0 : value + 1),
    text: (value) => {
      const bytes = utf8(value);
      assert(bytes.length <= MOST_TEXT_BYTES, 'a text on a tape is too long');
      number(bytes.length);
      raw(bytes);
    },
    digest: (hex) => {
      const bytes = fromHex(hex, 'digest');
      assert(bytes.ok && bytes.value.length === DIGEST_BYTES, 'a digest has 64 hexadecimal digits');
      raw(bytes.value);
    },
    list: (items, each) => {
      assert(items.length <= MOST_ITEMS, 'a list on a tape is too long');
      number(items.length);
      items.forEach((item) => each(item));
    },
    bytes: () => Uint8Array.from(out),
  };
}

export interface FieldReader {
  readonly raw: (length: number) => Uint8Array;
  readonly number: () => number;
  readonly flag: () => boolean;
  readonly optional: () => number | undefined;
  readonly text: () => string;
  readonly digest: () => string;
  readonly oneOf: <T>(values: readonly T[]) => T;
  readonly list: <T>(each: () => T) => readonly T[];
  readonly fail: (reason: string) => void;
  /** What is wrong, if anything; bytes left over are. */
  readonly finish: () => { readonly at: number; readonly reason: string } | undefined;
}

/** Remembers the first thing that is wrong and reads zeros from there on, so that every list ends. */
export function fieldReader(bytes: Uint8Array): FieldReader {
  let at = 0;
  let wrong: { at: number; reason: string } | undefined;
  const fail = (reason: string): void => {
    wrong ??= { at, reason };
  };
  const raw = (length: number): Uint8Array => {
    if (wrong === undefined && at + length > bytes.length) fail('ends too early');
    if (wrong !== undefined) return new Uint8Array(length);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = must(raw(1)[0], 'one byte was read');
      value += (byte % 128) * scale;
      if (value > Number.MAX_SAFE_INTEGER) fail('is a number too large to count with');
      if (byte === 0 && scale > 1) fail('writes a number longer than need be');
      if (wrong !== undefined) return 0;
      if (byte < 128) return value;
    }
  };
  const below = (limit: number, what: string): number => {
    const value = number();
    if (value < limit) return value;
    fail(what);
    return 0;
  };
  return {
    raw,
    number,
    fail,
    flag: () => below(2, 'is neither yes nor no') === 1,
    optional: () => {
      const value = number();
      return value === 0 ? undefined : value - 1;
    },
    text: () => {
      const text = fromUtf8(raw(below(MOST_TEXT_BYTES + 1, 'has a text that is too long')), 'tape');
      if (text.ok) return text.value;
      fail(text.error.reason);
      return '';
    },
    digest: () => toHex(raw(DIGEST_BYTES)),
    oneOf: (values) => must(values[below(values.length, 'is of an unknown kind')], 'below the length'),
    list: (each) => {
      const length = below(MOST_ITEMS + 1, 'has a list that is too long');
      const items: ReturnType<typeof each>[] = [];
      for (let i = 0; i < length && wrong === undefined; i++) items.push(each());
      return items;
    },
    finish: () => {
      if (at !== bytes.length) fail('goes on after its end');
      return wrong;
    },
  };
}
