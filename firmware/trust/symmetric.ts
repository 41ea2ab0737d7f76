/**
 * The symmetric half of the house's cryptography, on Node's OpenSSL: SHA-256, HKDF-SHA-256 (RFC 5869), AES-256-GCM
 * with a fresh random 96-bit nonce for each sealing (SP 800-38D, 8.2.2), and a comparison that takes the same time
 * whatever differs.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { concat } from '../../ground/bytes.js';
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';

export const AES_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** How much longer a sealed message is than what it holds. */
export const SEAL_OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

export function hkdfSha256(
  keyMaterial: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  lengthBytes: number,
): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', keyMaterial, salt, info, lengthBytes));
}

/** For secrets; lengths are not secret. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Nonce, ciphertext and tag, one after the other. `context` is authenticated but not stored. */
export function seal(
  key: Uint8Array,
  plaintext: Uint8Array,
  context: Uint8Array,
  random: RandomSource,
): Uint8Array {
  assert(key.length === AES_KEY_BYTES, 'an AES-256 key has 32 bytes');
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(context);
  // In this order: the tag is known once all is enciphered.
  return concat(nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

/** @param where names the sealed thing in the problem `seal-broken` */
export function unseal(
  key: Uint8Array,
  sealed: Uint8Array,
  context: Uint8Array,
  where: string,
): Result<Uint8Array> {
  assert(key.length === AES_KEY_BYTES, 'an AES-256 key has 32 bytes');
  const broken = err(
    problem('seal-broken', where, '', 'cannot be opened: another key, or its bytes were changed'),
  );
  if (sealed.length < SEAL_OVERHEAD_BYTES) return broken;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
  try {
    return ok(concat(plaintext, decipher.final()));
  } catch {
    // The only thing `final` throws for is a tag that does not fit.
    return broken;
  }
}
