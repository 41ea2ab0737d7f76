/** Bytes in and out of text: hex, base45 (RFC 9285, the densest text of a QR code), and length-prefixed fields. */
import { assert, err, ok, problem, type Result } from './result.js';

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes, or a problem: malformed bytes are never replaced silently. */
export function fromUtf8(bytes: Uint8Array, where: string): Result<string> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return err(problem('not-utf8', where, '', 'is not UTF-8 text'));
  }
}

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function fromHex(text: string, where: string): Result<Uint8Array> {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    return err(problem('not-hex', where, '', 'is not a lower-case hexadecimal number of whole bytes'));
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return ok(bytes);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Plain comparison; for secrets use the constant-time one in `trust`. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Big-endian unsigned 32-bit number as four bytes. */
export function u32(value: number): Uint8Array {
  assert(
    Number.isInteger(value) && value >= 0 && value <= 0xffffffff,
    `not an unsigned 32-bit number: ${value}`,
  );
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

export function readU32(bytes: Uint8Array, at: number): number {
  assert(at + 4 <= bytes.length, 'readU32 past the end');
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}

/** Fields joined unambiguously: each as its length (u32) and its bytes. */
export function frame(...fields: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(fields.reduce((sum, field) => sum + 4 + field.length, 0));
  const lengths = new DataView(whole.buffer);
  let at = 0;
  for (const field of fields) {
    lengths.setUint32(at, field.length);
    whole.set(field, at + 4);
    at += 4 + field.length;
  }
  return whole;
}

const BASE45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

export function toBase45(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length;
    let value = pair ? (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0) : (bytes[i] ?? 0);
    for (let digit = 0; digit < (pair ? 3 : 2); digit++) {
      text += BASE45[value % 45] ?? '';
      value = Math.floor(value / 45);
    }
  }
  return text;
}

export function fromBase45(text: string, where: string): Result<Uint8Array> {
  const bad = err(problem('not-base45', where, '', 'is not base45 text'));
  if (text.length % 3 === 1) return bad;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const digits = Array.from(text.slice(i, i + 3), (c) => BASE45.indexOf(c));
    if (digits.includes(-1)) return bad;
    const value = digits.reduce((sum, digit, place) => sum + digit * 45 ** place, 0);
    if (value > (digits.length === 3 ? 0xffff : 0xff)) return bad;
    if (digits.length === 3) bytes.push(value >> 8);
    bytes.push(value & 255);
  }
  return ok(Uint8Array.from(bytes));
}
