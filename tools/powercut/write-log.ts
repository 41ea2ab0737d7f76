/**
 * The log of everything that a block device was told: each write with its bytes, each flush, in order. The format is
 * that of the kernel's dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst), as QEMU's
 * `blklogwrites` driver writes it: little-endian, a super block of one sector, then entries padded to whole sectors.
 */
import { assert, err, ok, problem, type Result } from '../../ground/result.js';

export const LOG_SECTOR_BYTES = 512;
const MAGIC = 0x6a736677736872n;
const VERSION = 1n;
const FLUSH_FLAG = 1n;
const DISCARD_FLAG = 4n;
const SUPER_BYTES = 28;
const ENTRY_HEADER_BYTES = 32;

export interface LogEntry {
  /** Where the entry ends in the log: it is there once the log is that long. */
  readonly endByte: number;
  /** Everything written before is safe once the device has answered this. */
  readonly flush: boolean;
  readonly write: LoggedWrite | undefined;
}

export interface LoggedWrite {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Every whole entry; one that was still being written at the end is left out. */
export function readWriteLog(log: Uint8Array, where: string): Result<readonly LogEntry[]> {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const refuse = (reason: string): Result<never> => err(problem('not-a-write-log', where, '', reason));
  if (log.length < SUPER_BYTES) return refuse('is too short for a write log');
  if (view.getBigUint64(0, true) !== MAGIC || view.getBigUint64(8, true) !== VERSION) {
    return refuse('is no write log of version 1');
  }
  if (view.getUint32(24, true) !== LOG_SECTOR_BYTES) return refuse('has sectors of another size than 512');
  const entries: LogEntry[] = [];
  for (let at = LOG_SECTOR_BYTES; at + ENTRY_HEADER_BYTES <= log.length;) {
    const [sector, sectors, flags, dataBytes] = [0, 8, 16, 24].map((o) => view.getBigUint64(at + o, true));
    assert(sector !== undefined && sectors !== undefined, 'an entry has a place');
    assert(flags !== undefined && dataBytes !== undefined, 'an entry has flags');
    if (flags === 0n && sectors === 0n) break;
    const discards = (flags & DISCARD_FLAG) !== 0n;
    const length = discards ? 0 : Number(sectors) * LOG_SECTOR_BYTES;
    const dataAt = at + LOG_SECTOR_BYTES;
    const endByte = dataAt + length;
    if (endByte > log.length) break;
    const bytes = log.subarray(dataAt, endByte);
    entries.push({
      endByte,
      flush: (flags & FLUSH_FLAG) !== 0n,
      write: length === 0 ? undefined : { at: Number(sector) * LOG_SECTOR_BYTES, bytes },
    });
    at = endByte;
  }
  return ok(entries);
}

/** How many entries were in the log when it was so long. */
export function entriesWithin(entries: readonly LogEntry[], bytes: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry !== undefined && entry.endByte <= bytes) low = middle + 1;
    else high = middle;
  }
  return low;
}
