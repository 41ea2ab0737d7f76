/**
 * What the authority says about a device: in this election, in this mode, the unit with this serial number signs with
 * this key. The package lists the certificates, and whatever a device signs for the world (tapes, exports) carries
 * its own, so that a reader needs the authority's public key and nothing else. docs/formats/signatures.md.
 */
import { frame, utf8 } from '../../../ground/bytes.js';
import type { Signer } from '../signing.js';
import { verifySignature } from './signature.js';

export interface DeviceCertificate {
  readonly electionId: string;
  /** 32 bytes. */
  readonly definitionSha256: Uint8Array;
  readonly mode: 'test' | 'official';
  readonly serialNumber: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes, by the authority. */
  readonly signature: Uint8Array;
}

export type DeviceStatement = Omit<DeviceCertificate, 'signature'>;

export function certifyDevice(authority: Signer, statement: DeviceStatement): DeviceCertificate {
  return { ...statement, signature: authority.sign('device-certificate', statementBytes(statement)) };
}

export function isCertified(certificate: DeviceCertificate, authorityPublicKey: Uint8Array): boolean {
  return verifySignature(
    'device-certificate',
    authorityPublicKey,
    statementBytes(certificate),
    certificate.signature,
  );
}

function statementBytes(statement: DeviceStatement): Uint8Array {
  return frame(
    utf8(statement.electionId),
    statement.definitionSha256,
    utf8(statement.mode),
    utf8(statement.serialNumber),
    statement.publicKey,
  );
}
