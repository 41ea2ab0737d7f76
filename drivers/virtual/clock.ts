/**
 * Time for a simulated cabinet. It never moves by itself: whoever runs the simulation calls `runNext` when nothing
 * asynchronous is pending, and time jumps to the next timer. Same timers, same order, every run: equal times fire in
 * the order in which they were set.
 *
 * Wall time is start + elapsed + shift in the civil calendar, without time zones or daylight saving: the conversion
 * between dates and day numbers is that of the proleptic Gregorian calendar (era of 400 years = 146,097 days).
 */
import { assert, err, must, ok, problem, type Result } from '../../ground/result.js';
import type { Clock } from '../ports.js';

/** Far beyond what a cabinet sets at once; reaching it is a leak. */
const MAX_TIMERS = 4_096;
const DAY_MS = 86_400_000;

interface Timer {
  readonly atMs: number;
  readonly due: () => void;
}

export class VirtualClock implements Clock {
  /** Sorted by time; equal times in the order of setting. */
  readonly #timers: Timer[] = [];
  readonly #startWallMs: number;
  #nowMs = 0;
  #shiftMs = 0;

  /** `startLocal` is the wall time at monotonic 0: `YYYY-MM-DDTHH:MM:SS`. */
  constructor(startLocal: string) {
    this.#startWallMs = must(localToMs(startLocal), `not a local date and time: ${startLocal}`);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(atMs: number, due: () => void): () => void {
    assert(Number.isFinite(atMs), `a timer needs a time, not ${atMs}`);
    assert(this.#timers.length < MAX_TIMERS, `more than ${MAX_TIMERS} timers are set`);
    const timer: Timer = { atMs: Math.max(atMs, this.#nowMs), due };
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (must(this.#timers[middle], 'a timer in the middle').atMs <= timer.atMs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  }

  /** When the next timer is due, or nothing while none is set. */
  nextDueMs(): number | undefined {
    return this.#timers[0]?.atMs;
  }

  /** Moves time to the next timer and fires it; false when there is none. */
  runNext(): boolean {
    const timer = this.#timers.shift();
    if (timer === undefined) return false;
    this.#nowMs = timer.atMs;
    timer.due();
    return true;
  }

  wallTime(): string {
    return msToLocal(this.#startWallMs + this.#nowMs + this.#shiftMs);
  }

  setWallTime(local: string): Result<void> {
    const wanted = localToMs(local);
    if (wanted === undefined) {
      return err(problem('bad-time', 'clock', '', `"${local}" is not a date and time YYYY-MM-DDTHH:MM:SS`));
    }
    this.#shiftMs = wanted - this.#startWallMs - this.#nowMs;
    return ok(undefined);
  }

  /** A fault: the wall clock is suddenly elsewhere; monotonic time goes on undisturbed. */
  jumpWall(byMs: number): void {
    this.#shiftMs += byMs;
  }
}

/** Milliseconds since 1970-01-01T00:00:00 of a local date and time; nothing if there is no such moment. */
function localToMs(local: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/.exec(local);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const ms = dayNumber(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000;
  // A month 13 or a 30 February comes back as another date.
  return msToLocal(ms) === local ? ms : undefined;
}

function msToLocal(ms: number): string {
  const dayCount = Math.floor(ms / DAY_MS);
  const seconds = Math.floor((ms - dayCount * DAY_MS) / 1_000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const { year, month, day } = civilDate(dayCount);
  const time = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}`;
}

/** Days since 1970-01-01. The year begins in March, so that the leap day is its last. */
function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilDate(dayCount: number): { year: number; month: number; day: number } {
  const shifted = dayCount + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
