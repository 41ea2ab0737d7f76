/**
 * Signatures: Ed25519 over exact bytes, each kind in its own domain so that a signature on one thing can never be
 * taken for a signature on another. Keys sit behind `Signer`, so that a hardware element or a validated module can
 * take their place (docs/formats/signatures.md).
 */

/** What is signed, as the first bytes of what goes into Ed25519: `tallystick <domain> 1` and a zero byte. */
export type SignatureDomain =
  | 'package'
  | 'device-certificate'
  | 'security-key-certificate'
  | 'box-header'
  | 'ballot-slot'
  | 'anchor'
  | 'log-checkpoint'
  | 'tape'
  | 'export';

export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes over the domain's prefix and the message. */
  sign(domain: SignatureDomain, message: Uint8Array): Uint8Array;
}
