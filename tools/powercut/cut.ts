/**
 * Where the power goes, and what the media keep. A recorded day is a row of moments, each with the length that the
 * three write logs had; between two neighbouring moments the program neither began nor ended anything, so whatever the
 * three devices did meanwhile they may have done in any order against each other. A cut lies between two such moments,
 * anywhere on each device by itself. On each, all that came before its last flush is there; of what came later any part
 * survives, sector by sector of 512 bytes, and any of it may be torn there.
 */
import { assert, must } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { entriesWithin, LOG_SECTOR_BYTES, type LogEntry, type LoggedWrite } from './write-log.js';

export const PLACES = ['a', 'b', 'internal'] as const;
export type Place = (typeof PLACES)[number];
export type OfPlaces<T> = Readonly<Record<Place, T>>;

export interface Cut {
  /** The last moment before the power goes. */
  readonly moment: number;
  /** How many log entries each device had been given. */
  readonly entries: OfPlaces<number>;
  /** For what survives. */
  readonly seed: string;
}

export function forPlaces<T>(make: (place: Place) => T): OfPlaces<T> {
  return { a: make('a'), b: make('b'), internal: make('internal') };
}

/**
 * So many cuts in the order of time, each device's writes alike likely to be cut at; one in four cuts comes at any
 * moment, also when nothing is being written.
 * @param lengths how long the logs were at each moment
 */
export function chooseCuts(
  logs: OfPlaces<readonly LogEntry[]>,
  lengths: readonly OfPlaces<number>[],
  count: number,
  seed: string,
  random: SeededRandom,
): readonly Cut[] {
  const known = lengths.map((bytes) => forPlaces((place) => entriesWithin(logs[place], bytes[place])));
  const first = must(known[0], 'the day has such a moment');
  const last = must(known.at(-1), 'the day has moments');
  const cuts: Omit<Cut, 'seed'>[] = [];
  for (let n = 0; n < count; n++) {
    const place = random.pick(PLACES);
    const anywhere = random.chance(0.25) || last[place] === first[place];
    const entry = anywhere ? undefined : random.integer(first[place] + 1, last[place]);
    const moment =
      entry === undefined ? random.integer(0, lengths.length - 1) : lastMomentBefore(known, place, entry);
    const from = must(known[moment], 'a moment');
    const to = known[moment + 1] ?? from;
    const entries = forPlaces((each) =>
      each === place && entry !== undefined ? entry : random.integer(from[each], to[each]),
    );
    cuts.push({ moment, entries });
  }
  cuts.sort((x, y) => x.moment - y.moment);
  return cuts.map((cut, n) => ({ ...cut, seed: `${seed}/${n}` }));
}

/** The last moment at which this entry was not yet in the log. */
function lastMomentBefore(known: readonly OfPlaces<number>[], place: Place, entry: number): number {
  const after = known.findIndex((counts) => counts[place] >= entry);
  assert(after > 0, 'an entry is written between two moments');
  return after - 1;
}

/** How many entries are safe when so many were given: all up to the last flush. */
export function safeEntries(log: readonly LogEntry[], given: number): number {
  for (let n = given; n > 0; n--) if (log[n - 1]?.flush === true) return n;
  return 0;
}

/** What one device holds beyond `from` entries after a cut at `given`. */
export function survivors(
  log: readonly LogEntry[],
  from: number,
  given: number,
  random: SeededRandom,
): readonly LoggedWrite[] {
  const safe = safeEntries(log, given);
  const kept: LoggedWrite[] = [];
  // One cut in four is an orderly one: the device wrote in order and stopped in the middle of a write.
  const inOrder = random.chance(0.25);
  const stopAt = random.integer(safe, given);
  for (let n = from; n < given; n++) {
    const { write } = must(log[n], 'an entry that was given');
    if (write === undefined) continue;
    if (n < safe || (inOrder && n < stopAt)) kept.push(write);
    else if (inOrder ? n === stopAt : true) kept.push(...someSectors(write, inOrder, random));
  }
  return kept;
}

function someSectors(write: LoggedWrite, inOrder: boolean, random: SeededRandom): readonly LoggedWrite[] {
  const sectors = Math.ceil(write.bytes.length / LOG_SECTOR_BYTES);
  const beginning = random.integer(0, sectors);
  const keepChance = random.pick([0, 0.1, 0.5, 0.9, 1]);
  const kept: LoggedWrite[] = [];
  for (let sector = 0; sector < sectors; sector++) {
    if (inOrder ? sector >= beginning : !random.chance(keepChance)) continue;
    const from = sector * LOG_SECTOR_BYTES;
    kept.push({ at: write.at + from, bytes: write.bytes.subarray(from, from + LOG_SECTOR_BYTES) });
  }
  return kept;
}
