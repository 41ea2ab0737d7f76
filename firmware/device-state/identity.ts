/**
 * Who this device is: its serial number, the seed of its signing key, the secret that it adds to every key wrap of a
 * ballot box, and the authority that it belongs to. Made once, when the device is prepared. Where there is no secure
 * element these secrets lie in a file that the runtime alone may read, and the documentation says so.
 */
import { z } from 'zod';
import { toHex } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { FileStore, RandomSource } from '../../drivers/ports.js';
import { hexBytes } from '../trust/json.js';
import { ed25519Signer, newSeed, SEED_BYTES } from '../trust/keys.js';
import type { Signer } from '../trust/signing.js';
import { PUBLIC_KEY_BYTES } from '../trust/verify/signature.js';
import { readState, writeState, type StateFile } from './state-file.js';

export interface DeviceIdentity {
  readonly serialNumber: string;
  readonly signer: Signer;
  /** 32 bytes that never leave the device: a bag with card, security key and passcode opens nothing without it. */
  readonly boxSecret: Uint8Array;
  /** The only authority whose packages this device takes; nothing before the first one was loaded. */
  readonly authorityPublicKey: Uint8Array | undefined;
}

const schema = z.strictObject({
  serialNumber: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,31}$/),
  signSeed: hexBytes(SEED_BYTES),
  boxSecret: hexBytes(SEED_BYTES),
  authorityPublicKey: hexBytes(PUBLIC_KEY_BYTES).exactOptional(),
});
const file: StateFile<typeof schema> = {
  name: 'device-identity',
  format: 'tallystick-device-identity/1',
  schema,
};

/**
 * The device's identity. `missing` when it was never made, `other-device` when the storage was moved here from
 * another cabinet.
 */
export async function readIdentity(
  internal: FileStore,
  serialNumber: string,
): Promise<Result<DeviceIdentity>> {
  const state = await readState(internal, file);
  if (!state.ok) return state;
  const where = `${internal.label}/${file.name}`;
  if (state.value === undefined) return err(problem('missing', where, '', 'this device has no key yet'));
  if (state.value.serialNumber !== serialNumber) {
    const reason = `belongs to ${state.value.serialNumber}, and this cabinet is ${serialNumber}`;
    return err(problem('other-device', where, 'serialNumber', reason));
  }
  return ok({
    serialNumber,
    signer: ed25519Signer(state.value.signSeed),
    boxSecret: state.value.boxSecret,
    authorityPublicKey: state.value.authorityPublicKey,
  });
}

/** Refuses to replace an identity: packages, boxes and logs hang on it. */
export async function makeIdentity(
  internal: FileStore,
  serialNumber: string,
  random: RandomSource,
): Promise<Result<DeviceIdentity>> {
  const before = await readState(internal, file);
  if (!before.ok) return before;
  const where = `${internal.label}/${file.name}`;
  if (before.value !== undefined) return err(problem('already-there', where, '', 'is there already'));
  if (!schema.shape.serialNumber.safeParse(serialNumber).success) {
    const reason = 'must be capital letters, digits and hyphens, 1 to 32 of them';
    return err(problem('bad-serial', where, 'serialNumber', reason));
  }
  const written = await writeState(internal, file, {
    serialNumber,
    signSeed: toHex(newSeed(random)),
    boxSecret: toHex(newSeed(random)),
  });
  return written.ok ? readIdentity(internal, serialNumber) : written;
}

/** From now on this device takes packages of this authority alone. Once only. */
export async function pinAuthority(
  internal: FileStore,
  authorityPublicKey: Uint8Array,
): Promise<Result<void>> {
  const state = await readState(internal, file);
  if (!state.ok) return state;
  const where = `${internal.label}/${file.name}`;
  if (state.value === undefined) return err(problem('missing', where, '', 'this device has no key yet'));
  const { signSeed, boxSecret, authorityPublicKey: pinned } = state.value;
  if (pinned !== undefined && toHex(pinned) !== toHex(authorityPublicKey)) {
    const reason = 'this device belongs to another authority';
    return err(problem('other-authority', where, 'authorityPublicKey', reason));
  }
  return writeState(internal, file, {
    serialNumber: state.value.serialNumber,
    signSeed: toHex(signSeed),
    boxSecret: toHex(boxSecret),
    authorityPublicKey: toHex(authorityPublicKey),
  });
}
