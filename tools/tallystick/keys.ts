/**
 * `tallystick keys …`: makes what the trust of an election hangs on. The authority's key on the authority's computer,
 * a security key for each inspector, and the identity of a device in its own storage.
 */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { toHex } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { makeIdentity, readIdentity } from '../../firmware/device-state/identity.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import {
  makeAuthority,
  MAX_AUTHORITY_FILE_BYTES,
  openAuthority,
  readAuthorityPublicKeys,
  type Authority,
} from '../../firmware/trust/authority.js';
import { errorCode } from '../../firmware/trust/bounded-file.js';
import { keyRoles, makeSecurityKey, type KeyRole } from '../../firmware/trust/security-key.js';
import { readBoundedFile } from '../bounded-file.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';
import { readSecret } from './secrets.js';

export const keysAuthority: Verb = {
  name: 'keys authority',
  summary: 'make the authority key that an election is signed with',
  help: `tallystick keys authority --passphrase-file FILE --out FILE

Makes a new authority key: one pair that signs packages, device certificates and security keys, and one that opens
ballot boxes. Both secrets lie in FILE under the passphrase. Make it on a computer without a network, keep it and the
passphrase apart, and keep a copy: without it no ballot box of the election can be opened again. Prints the public
keys, which everybody may know.

  --passphrase-file FILE  the passphrase, at least 12 characters; "-" reads it from standard input
  --out FILE              where the key goes; a file that is there is never overwritten
  --json                  print the public keys as JSON

Exit status: 0 made; 2 the call or a file cannot be used.

Example: tallystick keys authority --passphrase-file passphrase.txt --out authority.key
`,
  options: { 'passphrase-file': { type: 'string', required: true }, out: { type: 'string', required: true } },
  positionals: [],
  run: runAuthority,
};

export const keysSecurityKey: Verb = {
  name: 'keys security-key',
  summary: 'make the security key of an inspector',
  help: `tallystick keys security-key --authority FILE --passphrase-file FILE --election ID --serial SERIAL --role ROLE
                            [--party ID] --passcode-file FILE --out FILE

Makes the content of one security key: role, serial number, party, and a secret of its own sealed under its passcode,
all signed by the authority. It opens nothing before a package lists it (tallystick election build --security-key),
and leaving it out of the next package withdraws it. When it is on its token and in the package, remove FILE.

  --authority FILE        the authority key
  --passphrase-file FILE  its passphrase; "-" reads it from standard input
  --election ID           the election's id, as in its definition
  --serial SERIAL         the number on the key: capital letters, digits, hyphens
  --role ROLE             ${keyRoles.join(', ')}
  --party ID              the inspector's party, where two keys of different parties are asked for
  --passcode-file FILE    8 to 16 digits; repeated groups, counting and dates are refused; "-" for standard input
  --out FILE              where it goes; a file that is there is never overwritten
  --json                  print what was made as JSON

Exit status: 0 made; 2 the call or a file cannot be used.

Example: tallystick keys security-key --authority authority.key --passphrase-file passphrase.txt \\
           --election dutchess-2026-general --serial PW-1 --role poll-worker --party dem \\
           --passcode-file pw-1.txt --out pw-1.key
`,
  options: {
    authority: { type: 'string', required: true },
    'passphrase-file': { type: 'string', required: true },
    election: { type: 'string', required: true },
    serial: { type: 'string', required: true },
    role: { type: 'string', required: true },
    party: { type: 'string' },
    'passcode-file': { type: 'string', required: true },
    out: { type: 'string', required: true },
  },
  positionals: [],
  run: runSecurityKey,
};

export const keysDevice: Verb = {
  name: 'keys device',
  summary: 'make the identity of a device, or show its public key',
  help: `tallystick keys device --storage DIR --serial SERIAL

Makes the identity of a device in its internal storage, once, and prints SERIAL=PUBLICKEY as
"tallystick election build --device" takes it. Where there is one already it is only shown.

  --storage DIR    the device's internal storage
  --serial SERIAL  the number on its plate: capital letters, digits, hyphens
  --json           print it as JSON

Exit status: 0 made or shown; 2 the call or the storage cannot be used.

Example: tallystick keys device --storage cabinet/internal --serial TS-0001
`,
  options: { storage: { type: 'string', required: true }, serial: { type: 'string', required: true } },
  positionals: [],
  run: runDevice,
};

/** The authority's key opened with the passphrase in a file, for the verbs that sign. */
export async function openAuthorityFiles(args: VerbArguments): Promise<Result<Authority>> {
  const path = args.required('authority');
  const file = await readBoundedFile(path, MAX_AUTHORITY_FILE_BYTES);
  if (!file.ok) return file;
  const passphrase = await readSecret(args.required('passphrase-file'));
  if (!passphrase.ok) return passphrase;
  return openAuthority(file.value, passphrase.value, basename(path));
}

function readRole(text: string): Result<KeyRole> {
  const role = keyRoles.find((name) => name === text);
  if (role !== undefined) return ok(role);
  return err(problem('usage', 'role', '', `"${text}" is not one of ${keyRoles.join(', ')}`));
}

async function runAuthority(args: VerbArguments): Promise<VerbOutcome> {
  const passphrase = await readSecret(args.required('passphrase-file'));
  if (!passphrase.ok) return unusable(passphrase.error);
  const made = await makeAuthority(passphrase.value, systemRandom);
  if (!made.ok) return unusable(made.error);
  const written = await writeNewFile(args.required('out'), made.value);
  if (!written.ok) return unusable(written.error);
  const keys = readAuthorityPublicKeys(made.value, 'authority key');
  if (!keys.ok) return unusable(keys.error);
  const json = {
    signPublicKey: toHex(keys.value.signPublicKey),
    sealPublicKey: toHex(keys.value.sealPublicKey),
  };
  const text = `${args.required('out')}: made\nsigns with  ${json.signPublicKey}\nopens with  ${json.sealPublicKey}`;
  return { kind: 'done', text, json };
}

async function runSecurityKey(args: VerbArguments): Promise<VerbOutcome> {
  const role = readRole(args.required('role'));
  if (!role.ok) return unusable(role.error);
  const authority = await openAuthorityFiles(args);
  if (!authority.ok) return unusable(authority.error);
  const passcode = await readSecret(args.required('passcode-file'));
  if (!passcode.ok) return unusable(passcode.error);
  const party = args.one('party');
  const identity = {
    serial: args.required('serial'),
    role: role.value,
    ...(party === undefined ? {} : { party }),
    electionId: args.required('election'),
  };
  const made = await makeSecurityKey(authority.value, identity, passcode.value, systemRandom);
  if (!made.ok) return unusable(made.error);
  const written = await writeNewFile(args.required('out'), made.value);
  if (!written.ok) return unusable(written.error);
  const of = party === undefined ? '' : ` of ${party}`;
  const text = `${args.required('out')}: ${identity.serial}, ${role.value}${of}, for ${identity.electionId}`;
  return { kind: 'done', text, json: identity };
}

async function runDevice(args: VerbArguments): Promise<VerbOutcome> {
  const serial = args.required('serial');
  const storage = folderStore(args.required('storage'), basename(args.required('storage')));
  const known = await readIdentity(storage, serial);
  const isNew = !known.ok && known.error.code === 'missing';
  const identity = isNew ? await makeIdentity(storage, serial, systemRandom) : known;
  if (!identity.ok) return unusable(identity.error);
  const publicKey = toHex(identity.value.signer.publicKey);
  return { kind: 'done', text: `${serial}=${publicKey}`, json: { serialNumber: serial, publicKey } };
}

/** For secrets: only the owner may read it, and nothing is overwritten. */
async function writeNewFile(path: string, bytes: Uint8Array): Promise<Result<void>> {
  try {
    const handle = await open(path, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return ok(undefined);
  } catch (thrown) {
    const code = errorCode(thrown);
    const reason = code === 'EEXIST' ? 'is there already' : `could not be written (${code})`;
    return err(problem('unwritable', basename(path), '', reason));
  }
}
