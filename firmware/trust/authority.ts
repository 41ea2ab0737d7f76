/**
 * The authority: the root of an election. One key signs packages, device certificates and security keys; another,
 * separate one (X25519) opens ballot boxes. Both live in one file on the authority's computer, under a passphrase;
 * the public halves can be read without it. No other secret of the house is as worth keeping offline.
 */
import { z } from 'zod';
import { concat, frame, toHex, utf8 } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import { hexBytes, parseJson } from './json.js';
import { ed25519Signer, newSeed, SEED_BYTES, sealKeyPair, type SealKeyPair } from './keys.js';
import {
  DEFAULT_SCRYPT_COST,
  hashInBackground,
  openUnderPassword,
  PASSWORD_OVERHEAD_BYTES,
  sealUnderPassword,
  type PasswordHash,
  type ScryptCost,
} from './password.js';
import type { Signer } from './signing.js';
import { PUBLIC_KEY_BYTES } from './verify/signature.js';

export const AUTHORITY_FORMAT = 'tallystick-authority/1';
export const MAX_AUTHORITY_FILE_BYTES = 4096;
const SHORTEST_PASSPHRASE = 12;

export interface Authority {
  readonly signer: Signer;
  readonly sealKeys: SealKeyPair;
}

/** What everybody may know. */
export interface AuthorityPublicKeys {
  readonly signPublicKey: Uint8Array;
  readonly sealPublicKey: Uint8Array;
}

const authorityFile = z.strictObject({
  format: z.literal(AUTHORITY_FORMAT),
  signPublicKey: hexBytes(PUBLIC_KEY_BYTES),
  sealPublicKey: hexBytes(PUBLIC_KEY_BYTES),
  /** Seed of the signing key and secret of the sealing key under the passphrase. */
  sealedSecrets: hexBytes(PASSWORD_OVERHEAD_BYTES + 2 * SEED_BYTES),
});

export async function makeAuthority(
  passphrase: string,
  random: RandomSource,
  cost: ScryptCost = DEFAULT_SCRYPT_COST,
): Promise<Result<Uint8Array>> {
  if (passphrase.length < SHORTEST_PASSPHRASE) {
    return err(
      problem('passphrase-weak', 'passphrase', '', `must have at least ${SHORTEST_PASSPHRASE} characters`),
    );
  }
  const signSeed = newSeed(random);
  const sealSecret = newSeed(random);
  const keys = publicKeysOf({ signer: ed25519Signer(signSeed), sealKeys: sealKeyPair(sealSecret) });
  const secrets = concat(signSeed, sealSecret);
  const sealedSecrets = await sealUnderPassword(passphrase, secrets, contextOf(keys), cost, random);
  const file: z.input<typeof authorityFile> = {
    format: AUTHORITY_FORMAT,
    signPublicKey: toHex(keys.signPublicKey),
    sealPublicKey: toHex(keys.sealPublicKey),
    sealedSecrets: toHex(sealedSecrets),
  };
  return ok(utf8(`${JSON.stringify(file, null, 2)}\n`));
}

export function readAuthorityPublicKeys(file: Uint8Array, where: string): Result<AuthorityPublicKeys> {
  const parsed = parseFile(file, where);
  if (!parsed.ok) return parsed;
  const { signPublicKey, sealPublicKey } = parsed.value;
  return ok({ signPublicKey, sealPublicKey });
}

export async function openAuthority(
  file: Uint8Array,
  passphrase: string,
  where = 'authority key',
  hash: PasswordHash = hashInBackground,
): Promise<Result<Authority>> {
  const parsed = parseFile(file, where);
  if (!parsed.ok) return parsed;
  const { sealedSecrets } = parsed.value;
  const secrets = await openUnderPassword(passphrase, sealedSecrets, contextOf(parsed.value), where, hash);
  if (!secrets.ok) {
    const reason = 'does not open with this passphrase, or its bytes were changed';
    return err(problem('wrong-passphrase', where, '', reason));
  }
  return ok({
    signer: ed25519Signer(secrets.value.subarray(0, SEED_BYTES)),
    sealKeys: sealKeyPair(secrets.value.subarray(SEED_BYTES)),
  });
}

export function publicKeysOf(authority: Authority): AuthorityPublicKeys {
  return { signPublicKey: authority.signer.publicKey, sealPublicKey: authority.sealKeys.publicKey };
}

function parseFile(file: Uint8Array, where: string): Result<z.output<typeof authorityFile>> {
  if (file.length > MAX_AUTHORITY_FILE_BYTES) {
    return err(problem('too-large', where, '', 'is too large to be an authority key'));
  }
  return parseJson(authorityFile, file, where);
}

/** The sealed secrets belong to these public keys and to no others. */
function contextOf(keys: AuthorityPublicKeys): Uint8Array {
  return frame(utf8(AUTHORITY_FORMAT), keys.signPublicKey, keys.sealPublicKey);
}
