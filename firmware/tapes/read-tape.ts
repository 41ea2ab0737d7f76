/**
 * From the codes of a tape back to its facts, and whether to believe them: the device signed these exact bytes, and
 * the authority certified that device for this election, this mode and this serial number. All that a reader needs
 * is the authority's public key. Nothing of Node is used.
 */
import { fromHex } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import { isCertified } from '../trust/verify/device-certificate.js';
import { verifySignature } from '../trust/verify/signature.js';
import { decodeTape } from './canonical.js';
import { openCodes } from './codes.js';
import type { SealedTape, TapeFacts } from './facts.js';

export interface ReadTape extends SealedTape {
  readonly facts: TapeFacts;
}

/** What the codes say; nothing is checked yet but that they are whole and belong together. */
export function openTape(texts: readonly string[], where: string): Result<ReadTape> {
  const sealed = openCodes(texts, where);
  if (!sealed.ok) return sealed;
  const facts = decodeTape(sealed.value.canonical);
  return facts.ok ? ok({ ...sealed.value, facts: facts.value }) : err({ ...facts.error, where });
}

/** Problem codes: `not-certified`, `signature-invalid`. */
export function checkTape(tape: ReadTape, authorityPublicKey: Uint8Array, where: string): Result<void> {
  const { facts, devicePublicKey } = tape;
  const definitionSha256 = fromHex(facts.definitionSha256, where);
  if (!definitionSha256.ok) return definitionSha256;
  const certificate = {
    electionId: facts.election.id,
    definitionSha256: definitionSha256.value,
    mode: facts.mode,
    serialNumber: facts.deviceSerial,
    publicKey: devicePublicKey,
    signature: tape.certificateSignature,
  };
  if (!isCertified(certificate, authorityPublicKey)) {
    const reason = `the authority has not certified unit ${facts.deviceSerial} with this key for this election`;
    return err(problem('not-certified', where, '', reason));
  }
  if (!verifySignature('tape', devicePublicKey, tape.canonical, tape.signature)) {
    const reason = `is not what unit ${facts.deviceSerial} signed`;
    return err(problem('signature-invalid', where, '', reason));
  }
  return ok(undefined);
}
