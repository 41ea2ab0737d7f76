/**
 * Keys: Ed25519 for signing, X25519 for sealing to the authority, both through Node's OpenSSL (0.1 ms a signature
 * where tweetnacl takes 4 ms; the tests hold the two against each other). A secret is 32 random bytes from the
 * `RandomSource` port, never anything else. docs/formats/signatures.md.
 */
import { createPrivateKey, createPublicKey, diffieHellman, sign, verify, type KeyObject } from 'node:crypto';
import { concat, toHex, utf8 } from '../../ground/bytes.js';
import { assert, err, problem, type Result } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import type { SignatureDomain, Signer } from './signing.js';
import { AES_KEY_BYTES, hkdfSha256, seal, SEAL_OVERHEAD_BYTES, unseal } from './symmetric.js';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, signedMessage } from './verify/signature.js';

export const SEED_BYTES = 32;
/** How much longer a message sealed for a public key is than what it holds. */
export const SEAL_FOR_OVERHEAD_BYTES = PUBLIC_KEY_BYTES + SEAL_OVERHEAD_BYTES;

export interface SealKeyPair {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** A new secret for `ed25519Signer` or `sealKeyPair`. */
export function newSeed(random: RandomSource): Uint8Array {
  return random.bytes(SEED_BYTES);
}

export function ed25519Signer(secretSeed: Uint8Array): Signer {
  const secret = privateKey('ed25519', secretSeed);
  return {
    publicKey: rawPublicKey(secret),
    sign: (domain, message) => new Uint8Array(sign(null, signedMessage(domain, message), secret)),
  };
}

/** The same answer as the one in `verify/signature.ts`, many times as fast. */
export function verifySignature(
  domain: SignatureDomain,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  return verify(null, signedMessage(domain, message), publicKeyObject('ed25519', publicKey), signature);
}

export function sealKeyPair(secretKey: Uint8Array): SealKeyPair {
  return { secretKey, publicKey: rawPublicKey(privateKey('x25519', secretKey)) };
}

/**
 * Seals for whoever holds the secret of `publicKey`: a fresh X25519 key, then AES-256-GCM under an HKDF key.
 * `context` says what this is and is authenticated; it is not stored.
 */
export function sealFor(
  publicKey: Uint8Array,
  plaintext: Uint8Array,
  context: Uint8Array,
  random: RandomSource,
): Uint8Array {
  const ephemeral = privateKey('x25519', newSeed(random));
  const ephemeralPublicKey = rawPublicKey(ephemeral);
  const shared = sharedWith(ephemeral, publicKey);
  assert(shared !== undefined, 'the public key that is sealed for is of full order');
  const key = sealingKey(shared, ephemeralPublicKey, publicKey);
  return concat(ephemeralPublicKey, seal(key, plaintext, context, random));
}

export function openSealed(
  keys: SealKeyPair,
  sealed: Uint8Array,
  context: Uint8Array,
  where: string,
): Result<Uint8Array> {
  const ephemeralPublicKey = sealed.subarray(0, PUBLIC_KEY_BYTES);
  const shared =
    sealed.length < SEAL_FOR_OVERHEAD_BYTES ? undefined : sharedSecret(keys.secretKey, ephemeralPublicKey);
  if (shared === undefined) return err(problem('seal-broken', where, '', 'is not a sealed message'));
  const key = sealingKey(shared, ephemeralPublicKey, keys.publicKey);
  return unseal(key, sealed.subarray(PUBLIC_KEY_BYTES), context, where);
}

/** True for a key that can be sealed for: 32 bytes, and not one of the few of small order. */
export function isSealPublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES) return false;
  probeSecret ??= privateKey('x25519', new Uint8Array(SEED_BYTES).fill(1));
  return sharedWith(probeSecret, publicKey) !== undefined;
}

/** Nobody's secret: only whether a key is of full order is asked with it. */
let probeSecret: KeyObject | undefined;

function sealingKey(shared: Uint8Array, ephemeral: Uint8Array, recipient: Uint8Array): Uint8Array {
  return hkdfSha256(shared, concat(ephemeral, recipient), utf8('tallystick seal 1'), AES_KEY_BYTES);
}

function sharedSecret(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  return sharedWith(privateKey('x25519', secretKey), publicKey);
}

function sharedWith(secret: KeyObject, publicKey: Uint8Array): Uint8Array | undefined {
  try {
    return new Uint8Array(
      diffieHellman({ privateKey: secret, publicKey: publicKeyObject('x25519', publicKey) }),
    );
  } catch {
    // OpenSSL refuses a public key of small order (RFC 7748, 6.1: an all-zero result).
    return undefined;
  }
}

type KeyType = 'ed25519' | 'x25519';

/** RFC 8410: what stands before the 32 raw bytes in PKCS #8 and in SubjectPublicKeyInfo. */
const OID_LAST_BYTE: Readonly<Record<KeyType, number>> = { x25519: 0x6e, ed25519: 0x70 };

function privateKey(type: KeyType, raw: Uint8Array): KeyObject {
  assert(raw.length === SEED_BYTES, `a secret ${type} key has 32 bytes`);
  const head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, OID_LAST_BYTE[type], 4, 0x22, 4, 0x20];
  return createPrivateKey({ key: Buffer.concat([Uint8Array.from(head), raw]), format: 'der', type: 'pkcs8' });
}

/** A device meets few public keys and checks thousands of signatures by them at each start. */
const KNOWN_KEYS_MAX = 32;
const knownKeys = new Map<string, KeyObject>();

function publicKeyObject(type: KeyType, raw: Uint8Array): KeyObject {
  const name = `${type} ${toHex(raw)}`;
  const known = knownKeys.get(name);
  if (known !== undefined) return known;
  const made = newPublicKeyObject(type, raw);
  if (knownKeys.size === KNOWN_KEYS_MAX) knownKeys.clear();
  knownKeys.set(name, made);
  return made;
}

function newPublicKeyObject(type: KeyType, raw: Uint8Array): KeyObject {
  assert(raw.length === PUBLIC_KEY_BYTES, `a public ${type} key has 32 bytes`);
  const head = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, OID_LAST_BYTE[type], 3, 0x21, 0];
  return createPublicKey({ key: Buffer.concat([Uint8Array.from(head), raw]), format: 'der', type: 'spki' });
}

function rawPublicKey(secret: KeyObject): Uint8Array {
  const der = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(der.length - PUBLIC_KEY_BYTES));
}
