/**
 * A stretch of an election day on three media whose every write is logged: from the opening of the polls on, or from
 * the start after a power cut on, so that a cut may also come into the recovery from one before.
 */
import { join } from 'node:path';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { benchAsLeft, leaveDark } from './after-the-cut.js';
import type { Writing } from './careless-store.js';
import { forPlaces, safeEntries, survivors, type Cut, type OfPlaces } from './cut.js';
import { RecordedMedia, type Image } from './media.js';
import { makeSite, type Site } from './site.js';
import type { Workshop } from './system.js';
import { openPolls, startAndVote, voters } from './voters.js';
import { Witness, type Moment } from './witness.js';
import { entriesWithin, type LogEntry } from './write-log.js';

export interface Recording {
  readonly site: Site;
  /** What the media held when the recording began. */
  readonly images: OfPlaces<Image>;
  readonly logs: OfPlaces<readonly LogEntry[]>;
  readonly moments: readonly Moment[];
}

export interface DayWish {
  readonly name: string;
  readonly seed: string;
  readonly ballots: number;
  /** A control's; carefully when not given. */
  readonly writing?: Writing;
}

/** Polls are opened, and so many voters come. */
export async function recordDay(shop: Workshop, blank: Image, wish: DayWish): Promise<Recording> {
  const images = forPlaces(() => blank);
  const media = new RecordedMedia(shop, wish.name, images);
  const moments: Moment[] = [];
  const witness = new Witness(
    () => media.lengths(),
    (moment) => moments.push(moment),
  );
  const writing: Writing = wish.writing ?? folderStore;
  const polls = { open: false };
  const { site, bench } = await makeSite(join(shop.folder, `${wish.name}-site`), (place, label) =>
    witness.store(writing(media.mounts[place], label, () => polls.open)),
  );
  await openPolls(site, bench);
  polls.open = true;
  witness.follow(bench);
  await voters(site, bench, witness, { ...wish, first: 1 });
  await leaveDark(bench);
  return { site, images, logs: media.detach(), moments };
}

/** The start after this cut, and some more voters. */
export async function recordRestart(
  shop: Workshop,
  recording: Recording,
  cut: Cut,
  wish: DayWish,
): Promise<Recording> {
  const { site } = recording;
  const before = must(recording.moments[cut.moment], 'the cut’s moment');
  const images = imagesAfter(recording, cut);
  const media = new RecordedMedia(shop, wish.name, images);
  const moments: Moment[] = [];
  const witness = new Witness(
    () => media.lengths(),
    (moment) => moments.push(moment),
    before,
  );
  const bench = await benchAsLeft(
    site,
    (place, label) => witness.store(folderStore(media.mounts[place], label)),
    before,
  );
  await startAndVote(site, bench, witness, { ...wish, first: (before.last?.number ?? 0) + 1 });
  await leaveDark(bench);
  return { site, images, logs: media.detach(), moments };
}

/** What the media hold at the end of a recording. */
export function imagesAtEnd({ images, logs }: Recording): OfPlaces<Image> {
  return forPlaces((place) => {
    const image = images[place].copy();
    for (const { write } of logs[place]) if (write !== undefined) image.apply(write);
    return image;
  });
}

function imagesAfter({ images, logs, moments }: Recording, cut: Cut): OfPlaces<Image> {
  const moment = must(moments[cut.moment], 'the cut’s moment');
  return forPlaces((place) => {
    const image = images[place].copy();
    const safe = safeEntries(logs[place], entriesWithin(logs[place], moment.lengths[place]));
    const random = seededRandom(`${cut.seed}/${place}`);
    for (const { write } of logs[place].slice(0, safe)) if (write !== undefined) image.apply(write);
    for (const write of survivors(logs[place], safe, cut.entries[place], random)) image.apply(write);
    return image;
  });
}
