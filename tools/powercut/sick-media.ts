/**
 * Media that fail while the power stays on: full, made read-only by ext4 after an error, or dead (the block device
 * behind them is gone, and every read and write fails). The machine may stop or go on with one card, but it must say
 * the truth; once the medium is well again, or known to be lost, every ballot that counted is there.
 */
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import type { Bench } from '../bench/bench.js';
import { benchAsLeft, compareBallots, compareCounts, leaveDark, saidOn, wordsOf } from './after-the-cut.js';
import type { Aftermath, Said } from './after-the-cut.js';
import type { OfPlaces, Place } from './cut.js';
import { RecordedMedia, type Image } from './media.js';
import type { Recording } from './recording.js';
import type { Site } from './site.js';
import type { Workshop } from './system.js';
import { outOfPath, startAndVote } from './voters.js';
import { Witness, type Moment } from './witness.js';

export const SICKNESSES = ['full', 'read-only', 'dead'] as const;
export type Sickness = (typeof SICKNESSES)[number];

export interface SickWish {
  readonly name: string;
  readonly sickness: Sickness;
  readonly place: Place;
  readonly seed: string;
}

export interface SickOutcome extends Aftermath {
  /** What the machine was doing when the medium fell ill. */
  readonly during: string;
  /** Ballots that counted after that, all the same. */
  readonly countedSince: number;
}

/** Moments of a start and four voters. */
const MOST_MOMENTS = 330;
const FILLER = 'filler';
/** What stands on the display of a machine that does not go on, and knows it. */
const STANDING = [
  'The machine has stopped itself',
  'No ballot is taken any more',
  'Both memory cards failed',
  'The passcode was not tried',
] as const;

/** From where this recording ended: a start, voters, and somewhere among them one medium falls ill. */
export async function fallIll(
  shop: Workshop,
  recording: Recording,
  images: OfPlaces<Image>,
  wish: SickWish,
): Promise<SickOutcome> {
  const { site } = recording;
  const before = must(recording.moments.at(-1), 'a last moment');
  const media = new RecordedMedia(shop, wish.name, images);
  let left = seededRandom(`${wish.seed}/ill`).integer(1, MOST_MOMENTS);
  let last = before;
  let during: Moment | undefined;
  const witness = new Witness(
    () => media.lengths(),
    (moment) => {
      last = moment;
      left -= 1;
      if (left !== 0) return;
      during = moment;
      makeIll(media, wish);
    },
    before,
  );
  const bench = await benchAsLeft(
    site,
    (place, label) => witness.store(folderStore(media.mounts[place], label)),
    before,
  );
  const truth = await liveThrough(site, bench, witness, wish, before);
  await leaveDark(bench);
  if (wish.sickness === 'full') rmSync(join(media.mounts[wish.place], FILLER), { force: true });
  media.renew(wish.sickness === 'dead' ? wish.place : undefined);
  const after = await lookWithInspectors(site, media.mounts, last);
  media.release();
  const countedSince = last.counted.length - (during?.counted.length ?? last.counted.length);
  return { ...after, findings: [...truth, ...after.findings], during: during?.what ?? 'never', countedSince };
}

function makeIll(media: RecordedMedia, { sickness, place }: SickWish): void {
  switch (sickness) {
    case 'full': {
      fill(media.mounts[place]);
      return;
    }
    case 'read-only': {
      writeFileSync(`/sys/fs/ext4/${basename(media.loopOf(place))}/trigger_fs_error`, 'a test');
      return;
    }
    case 'dead': {
      media.kill(place);
      return;
    }
  }
}

/** Until not a byte more can be allocated. */
function fill(folder: string): void {
  for (const bytes of [1024 * 1024, 64 * 1024, 4096]) {
    try {
      for (let n = 0; n < 1_000; n++) appendFileSync(join(folder, FILLER), new Uint8Array(bytes));
    } catch (thrown) {
      if (!wordsOf(thrown).includes('ENOSPC')) throw thrown;
    }
  }
}

/** The day as far as the machine goes; where it stands still, the display must say that it does. */
async function liveThrough(
  site: Site,
  bench: Bench,
  witness: Witness,
  wish: SickWish,
  before: Moment,
): Promise<readonly string[]> {
  const first = (before.last?.number ?? 0) + 1;
  try {
    await startAndVote(site, bench, witness, { first, ballots: 4, seed: wish.seed });
    return [];
  } catch (thrown) {
    // A start that its own storage stops ends before there is a display.
    const says = !bench.running || STANDING.some((text) => bench.screenText().includes(text));
    return says ? [] : [`the machine stands still without saying so: ${wordsOf(thrown)}`];
  }
}

/** An administrator starts the machine, fills or gives up a card as the display offers, and then it is looked at. */
async function lookWithInspectors(site: Site, folders: OfPlaces<string>, moment: Moment): Promise<Aftermath> {
  const findings: string[] = [];
  let said: Said = 'nothing';
  const bench = await benchAsLeft(site, (place, label) => folderStore(folders[place], label), moment);
  try {
    await bench.start(site.administrator);
    for (let tries = 0; tries < 4; tries++) {
      await bench.untilAtRest();
      if (said === 'nothing') said = saidOn(bench);
      await outOfPath(site, bench);
      if (bench.runtime.state.menu.at !== 'administration') await bench.enter(site.administrator);
      if (!(await repair(bench))) break;
    }
    findings.push(...compareCounts(bench, moment));
  } catch (thrown) {
    findings.push(`the machine does not start: ${wordsOf(thrown)}`);
  }
  await leaveDark(bench);
  if (findings.length === 0) findings.push(...(await compareBallots(site, folders, moment, said)));
  return { said, findings };
}

/** True when something was done about a card. */
async function repair(bench: Bench): Promise<boolean> {
  const { cards } = bench.runtime.state;
  if (cards.box.is === 'open' && cards.health.a === 'healthy' && cards.health.b === 'healthy') return false;
  const offered = bench.screen.items.find((item) => item.startsWith('fill-card') || item === 'use-one-card');
  if (offered === undefined) return false;
  await bench.choose(offered);
  await bench.press('yes');
  await bench.until('the card', () => bench.runtime.state.menu.at !== 'working');
  return true;
}
