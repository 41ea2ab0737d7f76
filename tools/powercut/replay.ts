/**
 * A recorded stretch of a day, cut again and again in the order of time: the images follow the logs as far as was safe
 * at each cut, what survived of the rest is laid on top, ext4 recovers, and the machine is looked at. Several cuts are
 * on their way at once, because mounting is mostly waiting for the kernel.
 */
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { lookAfterCut, wordsOf, type Aftermath } from './after-the-cut.js';
import { forPlaces, PLACES, safeEntries, survivors, type Cut, type OfPlaces } from './cut.js';
import type { Image, Station } from './media.js';
import type { Recording } from './recording.js';
import { entriesWithin } from './write-log.js';

export interface CutFinding {
  readonly cut: Cut;
  /** What the machine was doing. */
  readonly during: string;
  readonly findings: readonly string[];
}

export interface Tally {
  readonly cuts: number;
  readonly said: Readonly<Record<Aftermath['said'], number>>;
  readonly broken: readonly CutFinding[];
}

export const NO_CUTS: Tally = { cuts: 0, said: { counted: 0, 'not-counted': 0, nothing: 0 }, broken: [] };

export function sum(x: Tally, y: Tally): Tally {
  return {
    cuts: x.cuts + y.cuts,
    said: {
      counted: x.said.counted + y.said.counted,
      'not-counted': x.said['not-counted'] + y.said['not-counted'],
      nothing: x.said.nothing + y.said.nothing,
    },
    broken: [...x.broken, ...y.broken],
  };
}

/** @param cuts in the order of time, as `chooseCuts` gives them */
export async function replay(
  recording: Recording,
  cuts: readonly Cut[],
  stations: readonly Station[],
): Promise<Tally> {
  const waiting = [...cuts];
  const disks = new RollingDisks(recording);
  let tally = NO_CUTS;
  const work = async (station: Station): Promise<void> => {
    for (let cut = waiting.shift(); cut !== undefined; cut = waiting.shift()) {
      disks.writeAfter(cut, station);
      const { said, findings } = await lookAt(recording, cut, station);
      const during = must(recording.moments[cut.moment], 'the cut’s moment').what;
      const broken = findings.length === 0 ? [] : [{ cut, during, findings }];
      tally = sum(tally, { ...NO_CUTS, cuts: 1, said: { ...NO_CUTS.said, [said]: 1 }, broken });
    }
  };
  await Promise.all(stations.map(work));
  return tally;
}

async function lookAt({ site, moments }: Recording, cut: Cut, station: Station): Promise<Aftermath> {
  try {
    await station.mount();
  } catch (thrown) {
    await station.unmount();
    return { said: 'nothing', findings: [`a medium cannot be mounted: ${wordsOf(thrown)}`] };
  }
  try {
    return await lookAfterCut(site, station.mounts, must(moments[cut.moment], 'the cut’s moment'));
  } finally {
    await station.unmount();
  }
}

/** Three images that roll forward through their logs. */
class RollingDisks {
  readonly #images: OfPlaces<Image>;
  readonly #applied = { a: 0, b: 0, internal: 0 };

  constructor(private readonly recording: Recording) {
    this.#images = forPlaces((place) => recording.images[place].copy());
  }

  writeAfter(cut: Cut, station: Station): void {
    const { logs, moments } = this.recording;
    const { lengths } = must(moments[cut.moment], 'the cut’s moment');
    for (const place of PLACES) {
      const log = logs[place];
      const safe = safeEntries(log, entriesWithin(log, lengths[place]));
      for (let n = this.#applied[place]; n < safe; n++) {
        const write = log[n]?.write;
        if (write !== undefined) this.#images[place].apply(write);
      }
      this.#applied[place] = Math.max(safe, this.#applied[place]);
      const random = seededRandom(`${cut.seed}/${place}`);
      const kept = survivors(log, this.#applied[place], cut.entries[place], random);
      this.#images[place].writeTo(station.imageOf(place), kept);
    }
  }
}
