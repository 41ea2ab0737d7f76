/**
 * Wrong passcodes in a row, for each security key and for the device, kept over restarts (VVSG 2.0, 11.5). The count
 * is written before a passcode is tried, so that pulling the plug saves no try; a right one clears it. How long that
 * makes people wait is `waitAfterWrongTriesMs`. No clock survives a power cut here, because inspectors set the only
 * one that does: after a restart the whole wait begins again.
 */
import { z } from 'zod';
import { ok, type Result } from '../../ground/result.js';
import type { FileStore } from '../../drivers/ports.js';
import { waitAfterWrongTriesMs } from '../trust/passcode.js';
import { KEY_SERIAL_PATTERN } from '../trust/security-key.js';
import { readState, writeState, type StateFile } from './state-file.js';

const count = z.int().min(0).max(1_000_000);
const schema = z.strictObject({
  device: count,
  keys: z.record(z.string().regex(KEY_SERIAL_PATTERN), count),
});
const file: StateFile<typeof schema> = {
  name: 'passcode-tries',
  format: 'tallystick-passcode-tries/1',
  schema,
};
type Tries = z.output<typeof schema>;

export interface PasscodeTries {
  /** How long this key has to wait from now on; 0 when a passcode may be tried. */
  waitMs(keySerial: string, nowMs: number): number;
  /** Before a passcode is tried: counts it as wrong, durably, until `right` is called. */
  trying(keySerial: string, nowMs: number): Promise<Result<void>>;
  right(keySerial: string): Promise<Result<void>>;
  /** Wrong tries in a row with this key. */
  wrongInARow(keySerial: string): number;
}

/** @param nowMs the monotonic time of this start: waits from before it begin anew here */
export async function openPasscodeTries(internal: FileStore, nowMs: number): Promise<Result<PasscodeTries>> {
  const read = await readState(internal, file);
  if (!read.ok) return read;
  let tries: Tries = read.value ?? { device: 0, keys: {} };
  let deviceSinceMs = nowMs;
  const keySinceMs = new Map<string, number>();

  const keep = async (next: Tries): Promise<Result<void>> => {
    const written = await writeState(internal, file, next);
    if (written.ok) tries = next;
    return written;
  };
  const leftMs = (wrong: number, sinceMs: number, now: number): number =>
    Math.max(0, sinceMs + waitAfterWrongTriesMs(wrong) - now);
  const ofKey = (serial: string): number => tries.keys[serial] ?? 0;

  return ok({
    wrongInARow: ofKey,
    waitMs: (serial, now) =>
      Math.max(
        leftMs(tries.device, deviceSinceMs, now),
        leftMs(ofKey(serial), keySinceMs.get(serial) ?? nowMs, now),
      ),
    trying: async (serial, now) => {
      deviceSinceMs = now;
      keySinceMs.set(serial, now);
      const most = (value: number): number => Math.min(1_000_000, value + 1);
      return keep({
        device: most(tries.device),
        keys: { ...tries.keys, [serial]: most(ofKey(serial)) },
      });
    },
    right: async (serial) => {
      const others = Object.entries(tries.keys).filter(([key]) => key !== serial);
      return keep({ device: 0, keys: Object.fromEntries(others) });
    },
  });
}
