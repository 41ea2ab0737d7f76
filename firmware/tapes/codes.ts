/**
 * A signed tape as numbered QR codes, and back (docs/formats/tapes.md). Each code's text, in the alphanumeric set of
 * QR codes:
 *
 *   TSY1/<number>/<of>/<set, 12 hexadecimal digits>/<base45 of a piece of the sealed bytes>
 *
 * Sealed bytes: canonical bytes, signature (64), the device's public key (32), the signature of its certificate (64).
 * The set's name is the head of a SHA-512 of the sealed bytes: it tells whose pieces belong together and that all are
 * there; what is trusted is the signature alone. Nothing of Node is used, so that a page in a browser reads them too.
 */
import nacl from 'tweetnacl';
import { concat, fromBase45, toBase45, toHex } from '../../ground/bytes.js';
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../trust/verify/signature.js';
import type { SealedTape } from './facts.js';

/**
 * 732 bytes are 1098 characters of base45 and so a code of version 22 at level M (1130 characters): 113 modules with
 * its quiet zone, which leaves 5 of 576 dots a module. Even, so that base45 has no odd end inside the set.
 */
const MOST_PIECE_BYTES = 732;
/** 700 kB of facts; far more than a roll of paper. */
const MOST_CODES = 999;
const MOST_TEXT = 1130;
const SET_BYTES = 6;
const TAIL_BYTES = SIGNATURE_BYTES + PUBLIC_KEY_BYTES + SIGNATURE_BYTES;

export function tapeCodes(tape: SealedTape): readonly string[] {
  const tail = concat(tape.signature, tape.devicePublicKey, tape.certificateSignature);
  assert(tail.length === TAIL_BYTES, 'signatures and key have their lengths');
  const sealed = concat(tape.canonical, tail);
  const count = Math.ceil(sealed.length / MOST_PIECE_BYTES);
  assert(count <= MOST_CODES, `a tape fits into ${MOST_CODES} codes`);
  const pieceBytes = 2 * Math.ceil(sealed.length / count / 2);
  const set = setName(sealed);
  return Array.from({ length: count }, (_, i) => {
    const piece = sealed.subarray(i * pieceBytes, (i + 1) * pieceBytes);
    return `TSY1/${i + 1}/${count}/${set}/${toBase45(piece)}`;
  });
}

/** The codes of one tape, in any order, repeated or not. */
export function openCodes(texts: readonly string[], where: string): Result<SealedTape> {
  const bad = (path: string, reason: string): Result<never> =>
    err(problem('bad-tape-codes', where, path, reason));
  const pieces = new Map<number, string>();
  let first: { readonly of: number; readonly set: string } | undefined;
  for (const text of texts) {
    const piece = parseCode(text);
    if (piece === undefined) return bad('', 'is not a code of a tape, or is damaged');
    const name = `code ${piece.number}`;
    first ??= { of: piece.of, set: piece.set };
    if (piece.set !== first.set || piece.of !== first.of) return bad(name, 'belongs to another tape');
    const seen = pieces.get(piece.number);
    if (seen !== undefined && seen !== piece.base45) return bad(name, 'was read twice and differs');
    pieces.set(piece.number, piece.base45);
  }
  if (first === undefined) return bad('', 'shows no code of a tape');
  const bytes: Uint8Array[] = [];
  for (let number = 1; number <= first.of; number++) {
    const piece = pieces.get(number);
    if (piece === undefined) return bad(`code ${number} of ${first.of}`, 'is missing');
    const decoded = fromBase45(piece, where);
    if (!decoded.ok) return bad(`code ${number}`, 'is damaged');
    bytes.push(decoded.value);
  }
  const sealed = concat(...bytes);
  if (setName(sealed) !== first.set) return bad('', 'the codes do not belong together, or one is damaged');
  return splitSealed(sealed, where);
}

function splitSealed(sealed: Uint8Array, where: string): Result<SealedTape> {
  const at = sealed.length - TAIL_BYTES;
  if (at < 0) return err(problem('bad-tape-codes', where, '', 'the codes end too early'));
  const keyAt = at + SIGNATURE_BYTES;
  const certificateAt = keyAt + PUBLIC_KEY_BYTES;
  return ok({
    canonical: sealed.slice(0, at),
    signature: sealed.slice(at, keyAt),
    devicePublicKey: sealed.slice(keyAt, certificateAt),
    certificateSignature: sealed.slice(certificateAt),
  });
}

interface Piece {
  readonly number: number;
  readonly of: number;
  readonly set: string;
  readonly base45: string;
}

export function parseCode(text: string): Piece | undefined {
  if (text.length > MOST_TEXT) return undefined;
  const found = /^TSY1\/([1-9][0-9]{0,2})\/([1-9][0-9]{0,2})\/([0-9A-F]{12})\/(.+)$/s.exec(text);
  if (found === null) return undefined;
  const [, number = '', of = '', set = '', base45 = ''] = found;
  return Number(number) > Number(of) ? undefined : { number: Number(number), of: Number(of), set, base45 };
}

function setName(sealed: Uint8Array): string {
  return toHex(nacl.hash(sealed).subarray(0, SET_BYTES)).toUpperCase();
}
