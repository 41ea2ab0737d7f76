/**
 * A security key: what an inspector presses against the machine (handbook page 21). A 1-Wire memory of 512 bytes
 * holds it, a file in the virtual cabinet. It says whose it is (role, serial number, party), for which election, and
 * carries its own secret sealed under its passcode; the authority has signed all of that together, so that no part
 * can be exchanged for another. The package lists the valid serial numbers: a lost key is withdrawn by leaving it
 * out. Byte for byte in docs/formats/security-key.md.
 */
import { concat, equalBytes, frame, fromUtf8, readU32, utf8 } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import { isSealPublicKey, sealKeyPair, verifySignature } from './keys.js';
import { checkNewPasscode } from './passcode.js';
import {
  DEFAULT_SCRYPT_COST,
  hashInBackground,
  openUnderPassword,
  sealUnderPassword,
  type PasswordHash,
  type ScryptCost,
} from './password.js';
import type { Signer } from './signing.js';
import { SIGNATURE_BYTES } from './verify/signature.js';

export const MAX_SECURITY_KEY_BYTES = 512;
export const TOKEN_SECRET_BYTES = 32;

export const keyRoles = ['poll-worker', 'administrator', 'technician'] as const;
export type KeyRole = (typeof keyRoles)[number];

/** A key as the package lists it. */
export interface ListedSecurityKey {
  readonly serial: string;
  readonly role: KeyRole;
  /** X25519, 32 bytes: a ballot box's key is sealed for it; the key's own secret opens that. */
  readonly sealPublicKey: Uint8Array;
  /** A party's id in the definition, where two keys of different parties are asked for. */
  readonly party?: string;
}

export interface SecurityKeyIdentity extends ListedSecurityKey {
  readonly electionId: string;
}

/** What of a package decides whether a key is good. */
export interface KeyJudge {
  readonly definition: { readonly id: string };
  readonly authority: { readonly signPublicKey: Uint8Array };
  readonly securityKeys: readonly ListedSecurityKey[];
}

export const KEY_SERIAL_PATTERN = /^[A-Z0-9][A-Z0-9-]{0,23}$/;
const ID_PATTERN = /^[a-z0-9-]{1,48}$/;
const MAGIC = utf8('TSK1');
const WHERE = 'security key';

/** Who a new key is made for; its seal key is made with it. */
export type NewSecurityKey = Omit<SecurityKeyIdentity, 'sealPublicKey'>;

/** Refuses a weak passcode. */
export async function makeSecurityKey(
  authority: { readonly signer: Signer },
  holder: NewSecurityKey,
  passcode: string,
  random: RandomSource,
  cost: ScryptCost = DEFAULT_SCRYPT_COST,
): Promise<Result<Uint8Array>> {
  const strong = checkNewPasscode(passcode);
  if (!strong.ok) return strong;
  const secret = random.bytes(TOKEN_SECRET_BYTES);
  const identity: SecurityKeyIdentity = { ...holder, sealPublicKey: sealKeyPair(secret).publicKey };
  const wrong = identityProblem(identity);
  if (wrong !== undefined) return err(wrong);
  const sealed = await sealUnderPassword(passcode, secret, identityBytes(identity), cost, random);
  const body = concat(MAGIC, identityBytes(identity), frame(sealed));
  return ok(concat(body, authority.signer.sign('security-key-certificate', body)));
}

/** Who the key says it is, if authority, election and the package's list bear it out. No passcode is needed yet. */
export function readSecurityKey(bytes: Uint8Array, judge: KeyJudge): Result<SecurityKeyIdentity> {
  const refuse = (code: string, reason: string): Result<SecurityKeyIdentity> =>
    err(problem(code, WHERE, '', reason));
  const parts = parse(bytes);
  if (!parts.ok) return parts;
  const { identity, body, signature } = parts.value;
  if (identity.electionId !== judge.definition.id) {
    return refuse('key-other-election', 'belongs to another election');
  }
  const { signPublicKey } = judge.authority;
  if (!verifySignature('security-key-certificate', signPublicKey, body, signature)) {
    return refuse(
      'key-not-certified',
      "was not made by this election's authority, or its bytes were changed",
    );
  }
  const listed = judge.securityKeys.find((key) => key.serial === identity.serial);
  if (listed === undefined || !isSameListing(listed, identity)) {
    return refuse('key-withdrawn', `${identity.serial} is not on the election's list: it was withdrawn`);
  }
  return ok(identity);
}

/** What an authority puts on a package's list, read from the key itself; its signature is not judged here. */
export function listingOf(bytes: Uint8Array): Result<SecurityKeyIdentity> {
  const parts = parse(bytes);
  return parts.ok ? ok(parts.value.identity) : parts;
}

function isSameListing(listed: ListedSecurityKey, identity: SecurityKeyIdentity): boolean {
  const sameRole = listed.role === identity.role && listed.party === identity.party;
  return sameRole && equalBytes(listed.sealPublicKey, identity.sealPublicKey);
}

/** The key's own secret. Judge the key with `readSecurityKey` first: this only tries the passcode. */
export async function openSecurityKey(
  bytes: Uint8Array,
  passcode: string,
  hash: PasswordHash = hashInBackground,
): Promise<Result<Uint8Array>> {
  const parts = parse(bytes);
  if (!parts.ok) return parts;
  const { identity, sealedSecret } = parts.value;
  const secret = await openUnderPassword(passcode, sealedSecret, identityBytes(identity), WHERE, hash);
  return secret.ok ? secret : err(problem('passcode-wrong', WHERE, '', 'does not open with this passcode'));
}

interface KeyParts {
  readonly identity: SecurityKeyIdentity;
  readonly sealedSecret: Uint8Array;
  /** Everything that the signature covers. */
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

const FIELD_COUNT = 6;
const NOTHING = new Uint8Array();

function parse(bytes: Uint8Array): Result<KeyParts> {
  const unknown = err(problem('not-a-security-key', WHERE, '', 'is not a security key of this system'));
  if (bytes.length > MAX_SECURITY_KEY_BYTES || !MAGIC.every((byte, i) => bytes[i] === byte)) return unknown;
  const fields: Uint8Array[] = [];
  let at = MAGIC.length;
  for (let i = 0; i < FIELD_COUNT; i++) {
    if (at + 4 > bytes.length) return unknown;
    const end = at + 4 + readU32(bytes, at);
    if (end > bytes.length) return unknown;
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  if (bytes.length !== at + SIGNATURE_BYTES) return unknown;
  const [serial, role, party, electionId, sealPublicKey = NOTHING, sealedSecret = NOTHING] = fields;
  const text = (field: Uint8Array | undefined): string => {
    const decoded = fromUtf8(field ?? NOTHING, WHERE);
    return decoded.ok ? decoded.value : '\u{fffd}';
  };
  const keyRole = keyRoles.find((name) => name === text(role));
  if (keyRole === undefined) return unknown;
  const partyId = text(party);
  const identity: SecurityKeyIdentity = {
    serial: text(serial),
    role: keyRole,
    ...(partyId === '' ? {} : { party: partyId }),
    electionId: text(electionId),
    sealPublicKey,
  };
  if (identityProblem(identity) !== undefined) return unknown;
  return ok({ identity, sealedSecret, body: bytes.subarray(0, at), signature: bytes.subarray(at) });
}

function identityBytes(identity: SecurityKeyIdentity): Uint8Array {
  const { serial, role, party, electionId, sealPublicKey } = identity;
  return frame(utf8(serial), utf8(role), utf8(party ?? ''), utf8(electionId), sealPublicKey);
}

function identityProblem(identity: SecurityKeyIdentity): ReturnType<typeof problem> | undefined {
  if (!KEY_SERIAL_PATTERN.test(identity.serial)) {
    const reason = 'must be capital letters, digits and hyphens, 1 to 24 of them';
    return problem('bad-serial', WHERE, 'serial', reason);
  }
  if (identity.party !== undefined && !ID_PATTERN.test(identity.party)) {
    return problem('bad-party', WHERE, 'party', "must be a party's id");
  }
  if (!ID_PATTERN.test(identity.electionId)) {
    return problem('bad-election', WHERE, 'electionId', "must be an election's id");
  }
  if (!isSealPublicKey(identity.sealPublicKey)) {
    return problem('bad-seal-key', WHERE, 'sealPublicKey', 'must be an X25519 public key');
  }
  return undefined;
}
