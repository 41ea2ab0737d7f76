/** A write log as the kernel documents it, made by hand. */
import { LOG_SECTOR_BYTES } from '../../../tools/powercut/write-log.js';

export type MadeEntry =
  'flush' | { readonly sector: number; readonly sectors: number; readonly fill: number };

export function logBytes(entries: readonly MadeEntry[]): Uint8Array {
  const head = new Uint8Array(LOG_SECTOR_BYTES);
  const view = new DataView(head.buffer);
  view.setBigUint64(0, 0x6a736677736872n, true);
  view.setBigUint64(8, 1n, true);
  view.setBigUint64(16, BigInt(entries.length), true);
  view.setUint32(24, LOG_SECTOR_BYTES, true);
  return new Uint8Array(Buffer.concat([head, ...entries.map(entryBytes)]));
}

function entryBytes(entry: MadeEntry): Uint8Array {
  const { sector, sectors, fill } = entry === 'flush' ? { sector: 0, sectors: 0, fill: 0 } : entry;
  const bytes = new Uint8Array(LOG_SECTOR_BYTES * (1 + sectors)).fill(fill, LOG_SECTOR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(sector), true);
  view.setBigUint64(8, BigInt(sectors), true);
  view.setBigUint64(16, entry === 'flush' ? 1n : 0n, true);
  return bytes;
}
