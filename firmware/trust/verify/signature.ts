/**
 * Checking signatures with tweetnacl alone: for tapes, and for a page that runs in a browser without a network.
 * Nothing of Node is imported in this folder. Ed25519 as in RFC 8032; docs/formats/signatures.md.
 *
 * tweetnacl takes a second form of each valid signature (its scalar plus the group's order). RFC 8032, 5.1.7 wants
 * that refused, and OpenSSL does: so it is refused here too, and both ways of checking always agree.
 */
import nacl from 'tweetnacl';
import { concat, utf8 } from '../../../ground/bytes.js';
import type { SignatureDomain } from '../signing.js';

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** What Ed25519 signs: the domain's prefix and a zero byte, then the message as it is. */
export function signedMessage(domain: SignatureDomain, message: Uint8Array): Uint8Array {
  return concat(utf8(`tallystick ${domain} 1`), Uint8Array.of(0), message);
}

export function verifySignature(
  domain: SignatureDomain,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  if (!scalarIsReduced(signature.subarray(32))) return false;
  return nacl.sign.detached.verify(signedMessage(domain, message), signature, publicKey);
}

/** The order of the group, 2^252 + 27742317777372353535851937790883648493, little-endian like the scalar. */
const ORDER = Uint8Array.of(
  ...[0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14],
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10],
);

function scalarIsReduced(scalar: Uint8Array): boolean {
  for (let i = ORDER.length - 1; i >= 0; i--) {
    const difference = (scalar[i] ?? 0) - (ORDER[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
