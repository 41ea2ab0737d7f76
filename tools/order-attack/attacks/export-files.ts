/**
 * What the file system says of an export's files: times (of change, of status change, of birth), number of the inode,
 * place in the folder as it was filled, size, and where on the medium they lie.
 */
import { opendirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { orderGuesses, type Guess } from '../guess.js';
import { firstBlocks } from '../first-blocks.js';

export function attackExportFiles(folder: string, ids: readonly string[]): readonly Guess[] {
  const kinds = [
    ['records', (id: string) => `${id}.json`],
    ['images', (id: string) => `${id}-front.jpg`],
  ] as const;
  return kinds.flatMap(([part, nameOf]) => {
    const directory = join(folder, part);
    const paths = ids.map((id) => join(directory, nameOf(id)));
    const stats = paths.map((path) => statSync(path, { bigint: true }));
    const nanoseconds = (of: (stat: (typeof stats)[number]) => bigint): readonly number[] => {
      const values = stats.map(of);
      const least = values.reduce((x, y) => (x < y ? x : y), values[0] ?? 0n);
      return values.map((value) => Number(value - least));
    };
    const entries = namesAsFilled(directory);
    const blocks = firstBlocks(paths);
    return orderGuesses(ids, {
      [`time of change of ${part}`]: nanoseconds((stat) => stat.mtimeNs),
      [`time of status change of ${part}`]: nanoseconds((stat) => stat.ctimeNs),
      [`time of birth of ${part}`]: nanoseconds((stat) => stat.birthtimeNs),
      [`inode of ${part}`]: nanoseconds((stat) => stat.ino),
      [`place in the folder of ${part}`]: ids.map((id) => entries.get(nameOf(id)) ?? 0),
      ...(blocks === undefined ? {} : { [`place on the medium of ${part}`]: blocks }),
    });
  });
}

/** As the file system lists them, not sorted. */
function namesAsFilled(directory: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const opened = opendirSync(directory);
  try {
    for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) {
      places.set(entry.name, places.size);
    }
  } finally {
    opened.closeSync();
  }
  return places;
}
