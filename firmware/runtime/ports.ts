/**
 * The only place where the real clock, real timers and real randomness enter. Everything else gets them as
 * parameters, so that a whole cabinet runs from one seed in a simulator; the linter bans them elsewhere.
 */
import { randomFillSync } from 'node:crypto';
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import type { Clock, RandomSource } from '../../drivers/ports.js';

/** The system's generator: waits for the kernel's pool at start, cannot be seeded. */
export const systemRandom: RandomSource = {
  bytes: (count) => {
    assert(Number.isInteger(count) && count >= 0, `not a number of bytes: ${count}`);
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 65_536)
      randomFillSync(bytes.subarray(at, Math.min(count, at + 65_536)));
    return bytes;
  },
};

/**
 * The computer's clock. Wall time is the system's, shifted by what the inspectors set (handbook page 22): the
 * program keeps the shift while it runs, because it has no right to set the system's clock; a clock chip's driver will
 * keep it over a power cut.
 */
export function systemClock(): Clock {
  let shiftMs = 0;
  return {
    nowMs: () => performance.now(),
    setTimer: (atMs, due) => {
      const timer = setTimeout(due, Math.max(0, atMs - performance.now()));
      return () => clearTimeout(timer);
    },
    wallTime: () => localIso(new Date(Date.now() + shiftMs)),
    setWallTime: (local): Result<void> => {
      const wanted = parseLocal(local);
      if (wanted === undefined) {
        return err(problem('bad-time', 'clock', '', `"${local}" is not a date and time YYYY-MM-DDTHH:MM:SS`));
      }
      shiftMs = wanted - Date.now();
      return ok(undefined);
    },
  };
}

/** The computer's clock as clocks go where this zone's offset holds: `2026-11-03T21:05:00-05:00`. */
export function zonedTime(utcOffset: string): string {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d{2}):(\d{2})$/.exec(utcOffset) ?? [];
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const local = new Date(Date.now() + offsetMs).toISOString();
  return `${local.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}${utcOffset}`;
}

function localIso(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function parseLocal(local: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(local)) return undefined;
  const date = new Date(local);
  return Number.isNaN(date.getTime()) || localIso(date) !== local ? undefined : date.getTime();
}

/** Resolves when everything that was ready to run has run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
