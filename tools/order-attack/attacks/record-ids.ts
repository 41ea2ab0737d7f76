/**
 * Record ids stand in every export. Numbers in them that rise with time (counters, clocks, time-ordered UUIDs), and
 * words that are a time of election day.
 */
import { byteWindows } from '../byte-windows.js';
import { orderGuesses, type Guess } from '../guess.js';

const DAY_SECONDS = 86_400;
const WORD_VALUES = 2 ** 32;

export function attackRecordIds(ids: readonly string[], electionDay: string): readonly Guess[] {
  const bytes = ids.map((id) => new Uint8Array(Buffer.from(id, 'hex')));
  return [...orderGuesses(ids, byteWindows(bytes)), datesIn(bytes, electionDay)];
}

/** 32-bit words, either byte order, that are a Unix time within a day of the election. */
function datesIn(ids: readonly Uint8Array[], electionDay: string): Guess {
  const noon = noonOf(electionDay);
  let [found, words] = [0, 0];
  for (const id of ids) {
    const view = new DataView(id.buffer, id.byteOffset, id.byteLength);
    for (let at = 0; at + 4 <= id.length; at++) {
      for (const little of [false, true]) {
        words += 1;
        if (Math.abs(view.getUint32(at, little) - noon) < DAY_SECONDS) found += 1;
      }
    }
  }
  const expected = (words * (2 * DAY_SECONDS - 1)) / WORD_VALUES;
  return { kind: 'traces', variant: 'a time of the day in a word', found, expected };
}

/** Seconds since 1970 at noon UTC of a date `YYYY-MM-DD`. */
export function noonOf(date: string): number {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number);
  // Years from March on, so that the leap day comes last: 365 days, one more every fourth but not hundredth year …
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const days = 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
  return days * DAY_SECONDS + DAY_SECONDS / 2;
}
