/**
 * A secret under a password: scrypt (RFC 7914) makes the key, AES-256-GCM seals. The cost stands in front of the
 * sealed bytes, so that it can be raised later, and is bounded when read, so that a forged file cannot ask for all
 * of the memory. An eight-digit passcode has 27 bits: cost and waiting slow a thief down, they do not stop one who
 * holds a copy of the key's bytes (docs/formats/security-key.md).
 *
 *   log2(N) | r | p | salt, 16 bytes | nonce, ciphertext, tag
 */
import { scrypt, scryptSync } from 'node:crypto';
import { concat, utf8 } from '../../ground/bytes.js';
import { assert, err, problem, type Result } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import { AES_KEY_BYTES, seal, SEAL_OVERHEAD_BYTES, unseal } from './symmetric.js';

export interface ScryptCost {
  /** Memory is 128 * r * 2^log2N bytes. */
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MB, a tenth of a second or more. */
export const DEFAULT_SCRYPT_COST: ScryptCost = { log2N: 15, r: 8, p: 1 };

/** Turns a password into a key. In production off the main thread; a simulator takes the one that is in step. */
export type PasswordHash = (password: string, salt: Uint8Array, cost: ScryptCost) => Promise<Uint8Array>;

const SALT_BYTES = 16;
const HEAD_BYTES = 3 + SALT_BYTES;
export const PASSWORD_OVERHEAD_BYTES = HEAD_BYTES + SEAL_OVERHEAD_BYTES;
/** At most 128 MB, and seconds: what a forged file may make a computer do. */
const BOUNDS = { log2N: 17, r: 8, p: 2 } as const;

export const hashInBackground: PasswordHash = (password, salt, cost) =>
  new Promise((resolve, reject) => {
    scrypt(normalised(password), salt, AES_KEY_BYTES, options(cost), (error, key) => {
      if (error === null) resolve(new Uint8Array(key));
      else reject(error);
    });
  });

export const hashInStep: PasswordHash = (password, salt, cost) =>
  Promise.resolve(new Uint8Array(scryptSync(normalised(password), salt, AES_KEY_BYTES, options(cost))));

export async function sealUnderPassword(
  password: string,
  plaintext: Uint8Array,
  context: Uint8Array,
  cost: ScryptCost,
  random: RandomSource,
  hash: PasswordHash = hashInBackground,
): Promise<Uint8Array> {
  assert(isWithinBounds(cost), 'a scrypt cost within bounds');
  const salt = random.bytes(SALT_BYTES);
  const head = concat(Uint8Array.of(cost.log2N, cost.r, cost.p), salt);
  const key = await hash(password, salt, cost);
  return concat(head, seal(key, plaintext, concat(head, context), random));
}

/** A wrong password and changed bytes cannot be told apart: problem `seal-broken`. */
export async function openUnderPassword(
  password: string,
  sealed: Uint8Array,
  context: Uint8Array,
  where: string,
  hash: PasswordHash = hashInBackground,
): Promise<Result<Uint8Array>> {
  const [log2N = 0, r = 0, p = 0] = sealed;
  const cost = { log2N, r, p };
  if (sealed.length < PASSWORD_OVERHEAD_BYTES || !isWithinBounds(cost)) {
    return err(problem('seal-broken', where, '', 'holds no secret under a password that this program knows'));
  }
  const head = sealed.subarray(0, HEAD_BYTES);
  const key = await hash(password, head.subarray(3), cost);
  return unseal(key, sealed.subarray(HEAD_BYTES), concat(head, context), where);
}

function isWithinBounds(cost: ScryptCost): boolean {
  const within = (value: number, most: number): boolean =>
    Number.isInteger(value) && value >= 1 && value <= most;
  return within(cost.log2N, BOUNDS.log2N) && within(cost.r, BOUNDS.r) && within(cost.p, BOUNDS.p);
}

function options(cost: ScryptCost): { N: number; r: number; p: number; maxmem: number } {
  const N = 2 ** cost.log2N;
  return { N, r: cost.r, p: cost.p, maxmem: 128 * cost.r * (N + cost.p + 2) + 1024 * 1024 };
}

/** The same characters typed on another keyboard are the same password. */
function normalised(password: string): Uint8Array {
  return utf8(password.normalize('NFC'));
}
