/** Facts become a tape: encoded once, signed with the device's key in the domain `tape`, named by their digest. */
import { createHash } from 'node:crypto';
import { equalBytes, toHex } from '../../ground/bytes.js';
import { assert } from '../../ground/result.js';
import type { Signer } from '../trust/signing.js';
import type { DeviceCertificate } from '../trust/verify/device-certificate.js';
import { encodeTape } from './canonical.js';
import type { SignedTape, TapeFacts } from './facts.js';

export function signTape(facts: TapeFacts, signer: Signer, certificate: DeviceCertificate): SignedTape {
  assert(
    certificate.electionId === facts.election.id &&
      toHex(certificate.definitionSha256) === facts.definitionSha256 &&
      certificate.mode === facts.mode &&
      certificate.serialNumber === facts.deviceSerial &&
      equalBytes(certificate.publicKey, signer.publicKey),
    'the certificate is that of this device in this election',
  );
  const canonical = encodeTape(facts);
  return {
    facts,
    canonical,
    signature: signer.sign('tape', canonical),
    devicePublicKey: signer.publicKey,
    certificateSignature: certificate.signature,
    digest: tapeDigest(canonical),
  };
}

/** SHA-256 of the canonical bytes, hexadecimal. */
export function tapeDigest(canonical: Uint8Array): string {
  return toHex(createHash('sha256').update(canonical).digest());
}
