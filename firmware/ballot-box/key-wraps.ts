/**
 * The box key, wrapped once for each security key that may open polls. The token holds an X25519 secret, which it
 * gives up when its passcode is right; the device seals for the token's public key, because no token is there when
 * the cards are prepared. What it seals is itself sealed under a secret which never leaves the device. So a bag with
 * card, token and passcode is not enough without the machine, and the machine is not enough without the token. (The
 * authority's own wrap is made with `sealFor` alone and stands in the header.)
 *
 *   wrap = sealFor(token's public key, AES-256-GCM of the box key under HKDF-SHA-256(device secret, box-key wrap))
 *
 * At closing the wraps are overwritten with noise on both cards; then only the authority can open the box again.
 */
import { frame, toHex, utf8 } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { FileStore, RandomSource } from '../../drivers/ports.js';
import { openSealed, sealFor, sealKeyPair } from '../trust/keys.js';
import { AES_KEY_BYTES, hkdfSha256, seal, sha256, unseal } from '../trust/symmetric.js';
import { bothCards, openCard, readHeader, type CardStores } from './card.js';
import { WRAP_AREA_AT, WRAP_AREA_BYTES, wrapCellAt } from './format.js';

const INFO = 'tallystick box-key wrap 1';

/** What a wrap is bound to, so that it cannot be moved to another election, device or token. */
export function wrapContext(electionId: string, deviceSerial: string, keySerial: string): Uint8Array {
  return frame(utf8(electionId), utf8(deviceSerial), utf8(keySerial));
}

/**
 * @param tokenPublicKey the X25519 key that the package lists for this token
 * @param deviceSecret a secret which never leaves the device
 */
export function wrapForSecurityKey(
  boxKey: Uint8Array,
  tokenPublicKey: Uint8Array,
  deviceSecret: Uint8Array,
  context: Uint8Array,
  random: RandomSource,
): Uint8Array {
  const forDevice = seal(deviceKey(deviceSecret), boxKey, context, random);
  return sealFor(tokenPublicKey, forDevice, context, random);
}

/** @param tokenSecret what the token's sealed secret opens to under its passcode */
export function unwrapForSecurityKey(
  wrap: Uint8Array,
  tokenSecret: Uint8Array,
  deviceSecret: Uint8Array,
  context: Uint8Array,
): Result<Uint8Array> {
  const forDevice = openSealed(sealKeyPair(tokenSecret), wrap, context, 'box key');
  return forDevice.ok ? unseal(deviceKey(deviceSecret), forDevice.value, context, 'box key') : forDevice;
}

/**
 * The wrap for one security key, from whichever card still has it whole. Problem codes: `no-wrap` when this key has
 * none in this box, `wrap-destroyed` when it was overwritten.
 */
export async function readKeyWrap(stores: CardStores, keySerial: string): Promise<Result<Uint8Array>> {
  let last: Result<never> = err(problem('card-missing', 'ballot box', '', 'no memory card is there'));
  for (const { store } of bothCards(stores)) {
    const wrap = await readWrapFrom(store, keySerial);
    if (wrap.ok) return wrap;
    last = wrap;
  }
  return last;
}

async function readWrapFrom(store: FileStore, keySerial: string): Promise<Result<Uint8Array>> {
  const file = await openCard(store);
  if (!file.ok) return file;
  try {
    const signed = await readHeader(file.value, store.label);
    if (!signed.ok) return signed;
    const { keyWraps } = signed.value.header;
    const cell = keyWraps.findIndex((wrap) => wrap.keySerial === keySerial);
    const listed = keyWraps[cell];
    if (listed === undefined) {
      return err(problem('no-wrap', store.label, keySerial, 'is not a key that may open this ballot box'));
    }
    const bytes = await file.value.read(wrapCellAt(cell), listed.wrapBytes);
    if (!bytes.ok) return bytes;
    if (toHex(sha256(bytes.value)) === listed.sha256) return bytes;
    const reason = 'can no longer open this ballot box: its copy of the box key was destroyed';
    return err(problem('wrap-destroyed', store.label, keySerial, reason));
  } finally {
    await file.value.close();
  }
}

/**
 * Overwrites every wrap of this box, with the same noise on each card that holds it. Whatever else lies in a slot is
 * left alone. May be repeated. Says on how many cards it was done.
 */
export async function destroyKeyWraps(
  stores: CardStores,
  boxId: string,
  random: RandomSource,
): Promise<Result<number>> {
  let done = 0;
  const noise = random.bytes(WRAP_AREA_BYTES);
  for (const { store } of bothCards(stores)) {
    const file = await openCard(store);
    if (!file.ok) continue;
    try {
      const signed = await readHeader(file.value, store.label);
      if (!signed.ok || signed.value.header.boxId !== boxId) continue;
      const written = await file.value.write(WRAP_AREA_AT, noise);
      if (!written.ok) return written;
      const flushed = await file.value.flush();
      if (!flushed.ok) return flushed;
      done += 1;
    } finally {
      await file.value.close();
    }
  }
  return ok(done);
}

function deviceKey(deviceSecret: Uint8Array): Uint8Array {
  return hkdfSha256(deviceSecret, new Uint8Array(), utf8(INFO), AES_KEY_BYTES);
}
