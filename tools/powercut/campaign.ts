/**
 * Many cuts: rounds of one recorded day and one recorded restart, each cut many times; and the controls, careless days
 * that must not come out whole.
 */
import { seededRandom } from '../../ground/seeded-random.js';
import { neverFlushing, renamingWithoutFlush, type Writing } from './careless-store.js';
import { chooseCuts, type Cut } from './cut.js';
import { blankImage, Station, type Image } from './media.js';
import { recordDay, recordRestart, type Recording } from './recording.js';
import { NO_CUTS, replay, sum, type Tally } from './replay.js';
import type { Workshop } from './system.js';

/** Cuts of one recorded day, and of one recorded restart after a cut in that day. */
const DAY_CUTS = 180;
const RESTART_CUTS = 70;
const DAY_BALLOTS = 14;
const RESTART_BALLOTS = 2;
/** Cuts on their way at once: mounting waits for the kernel. */
const STATIONS = 3;

export const CONTROLS: Readonly<Record<string, Writing>> = {
  'no flush': neverFlushing,
  'rename without flush': renamingWithoutFlush,
};

/** @param onRound is told after each round what came out so far */
export async function cutPower(
  shop: Workshop,
  cuts: number,
  seed: string,
  onRound: (tally: Tally) => void = () => undefined,
): Promise<Tally> {
  const blank = blankImage(shop);
  const stations = makeStations(shop);
  let tally = NO_CUTS;
  for (let round = 0; tally.cuts < cuts; round++) {
    const left = cuts - tally.cuts;
    tally = sum(tally, await cutRound(shop, blank, stations, `${seed}/${round}`, left));
    onRound(tally);
  }
  return tally;
}

async function cutRound(
  shop: Workshop,
  blank: Image,
  stations: readonly Station[],
  seed: string,
  left: number,
): Promise<Tally> {
  const name = seed.replaceAll('/', '-');
  const day = await recordDay(shop, blank, { name: `${name}-day`, seed, ballots: DAY_BALLOTS });
  const dayCuts = choose(day, Math.min(DAY_CUTS, left), seed);
  const inDay = await replay(day, dayCuts, stations);
  const restartCuts = Math.min(RESTART_CUTS, left - inDay.cuts);
  if (restartCuts === 0) return inDay;
  const first = seededRandom(`${seed}/restart`).pick(dayCuts);
  const wish = { name: `${name}-restart`, seed: `${seed}/restart`, ballots: RESTART_BALLOTS };
  const restart = await recordRestart(shop, day, first, wish);
  return sum(inDay, await replay(restart, choose(restart, restartCuts, wish.seed), stations));
}

/** So many cuts into a day of careless writing: what comes out must be broken somewhere. */
export async function cutControl(
  shop: Workshop,
  name: string,
  writing: Writing,
  cuts: number,
  seed: string,
): Promise<Tally> {
  const wish = { name: name.replaceAll(' ', '-'), seed, ballots: DAY_BALLOTS, writing };
  const day = await recordDay(shop, blankImage(shop), wish);
  return replay(day, choose(day, cuts, seed), makeStations(shop));
}

function makeStations(shop: Workshop): readonly Station[] {
  return Array.from({ length: STATIONS }, () => new Station(shop));
}

function choose({ logs, moments }: Recording, count: number, seed: string): readonly Cut[] {
  const lengths = moments.map((moment) => moment.lengths);
  return chooseCuts(logs, lengths, count, seed, seededRandom(`${seed}/cuts`));
}
