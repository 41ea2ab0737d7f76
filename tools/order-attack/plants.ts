/**
 * The planted leaks. What other machines did (a linear congruential generator, the engine's own Math.random, time in
 * ids, rows in the order of arrival), what file systems do when nobody cares, and what could slip into this design.
 */
import { readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, u32, utf8 } from '../../ground/bytes.js';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import type { RandomSource } from '../../drivers/ports.js';
import { INTENT_AT, intentCellAt, slotAt } from '../../firmware/ballot-box/format.js';
import { cellOf, openIntent, sealIntent } from '../../firmware/ballot-box/intent.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import { lcg48Output, lcg48Step, lcgStep } from './generators/lcg.js';
import { smallGenerators } from './generators/time-seeded.js';
import { stepForward, type XorshiftState } from './generators/xorshift128.js';
import { noonOf } from './attacks/record-ids.js';
import type { Plant } from './plant.js';
import { ELECTION_DAY } from './simulate.js';

const ID_BYTES = 16;
const SLOT_BYTES = 4;
const NONCE_BYTES = 12;

/** Makes the leak with this share of the ballots touched by it. */
export type PlantMaker = (share: number) => Plant;

export const plants: readonly PlantMaker[] = [
  (share) => drawing('ids from an unknown linear congruential generator', ID_BYTES, share, lcgIds),
  (share) => drawing('ids from drand48', ID_BYTES, share, lcg48Ids),
  (share) => drawing('ids from Math.random', ID_BYTES, share, xorshiftIds),
  (share) => drawing('ids that begin with the time', ID_BYTES, share, timeIds),
  (share) => drawing('slots filled from the first on', SLOT_BYTES, share, () => () => u32(0)),
  (share) => drawing('slots weakly shuffled: neighbours change places', SLOT_BYTES, share, swappedSlots),
  (share) => drawing('slots from rand() seeded with the time', SLOT_BYTES, share, seededSlots),
  (share) => drawing('a counter in the nonces', NONCE_BYTES, share, countedNonces),
  (share) => ({ name: 'slots that are not sealed', card: unsealed(share) }),
  (share) => ({
    name: 'the slot in the clear while a ballot is cast',
    moment: 'in the middle of a cast',
    card: slotInTheClear(share),
  }),
  (share) => ({ name: 'an idle cell leaves the last slot named', card: lastSlotNamed(share) }),
  (share) => ({ name: 'scores that drift with the lamp', record: drifting(share) }),
  (share) => ({ name: 'a counter in a JPEG comment', image: commented(share) }),
  (share) => ({ name: 'a lower JPEG quality in the evening', image: coarser(share) }),
  (share) => ({ name: 'a record id in the log', logText: loggedIds(share) }),
  (share) => ({ name: 'the bin in a cast line', logText: loggedBin(share) }),
  (share) => ({ name: 'times of files kept', exported: timesKept(share) }),
  (share) => ({ name: 'records listed as they came', exported: listedAsTheyCame(share) }),
  (share) => ({ name: 'files written as they came', exported: writtenAsTheyCame(share) }),
];

/** A generator that answers for one length of draw, in this share of the draws. */
function drawing(
  name: string,
  bytes: number,
  share: number,
  start: (seed: string) => () => Uint8Array,
): Plant {
  return {
    name,
    random: (honest: RandomSource, seed: string): RandomSource => {
      const weak = start(seed);
      const coin = seededRandom(`${seed}/${name}`);
      return { bytes: (count) => (count === bytes && coin.chance(share) ? weak() : honest.bytes(count)) };
    },
  };
}

/** Two numbers of a 64-bit generator (the multiplier is Knuth's) with a start that nobody knows. */
function lcgIds(seed: string): () => Uint8Array {
  const lcg = { a: 6364136223846793005n, c: 1442695040888963407n, m: 1n << 64n };
  let x = BigInt(`0x${Buffer.from(systemRandom.bytes(8)).toString('hex')}`);
  const tail = utf8(seed.padEnd(8, '.')).subarray(0, 8);
  return () => {
    x = lcgStep(lcg, x);
    return concat(new Uint8Array(Buffer.from(x.toString(16).padStart(16, '0'), 'hex')), tail);
  };
}

function lcg48Ids(): () => Uint8Array {
  const start = new DataView(systemRandom.bytes(8).buffer);
  let state = { high: start.getUint32(0) & 0xffffff, low: start.getUint32(4) & 0xffffff };
  const next = (): Uint8Array => {
    state = lcg48Step(state);
    return u32(lcg48Output(state));
  };
  return () => concat(next(), next(), next(), next());
}

/** As V8 does it: 64 values made in advance, the last of them given out first. */
function xorshiftIds(): () => Uint8Array {
  const start = new DataView(systemRandom.bytes(16).buffer);
  let state: XorshiftState = {
    first: { high: start.getUint32(0), low: start.getUint32(4) },
    second: { high: start.getUint32(8), low: start.getUint32(12) },
  };
  const cache: number[] = [];
  const next = (): Uint8Array => {
    if (cache.length === 0) {
      for (let i = 0; i < 64; i++) {
        state = stepForward(state);
        cache.push(state.first.high);
      }
    }
    return u32(must(cache.pop(), 'a value in the cache'));
  };
  return () => concat(next(), next(), next(), next());
}

/** Milliseconds in six bytes and chance behind them, as in UUID version 7. */
function timeIds(seed: string): () => Uint8Array {
  const voters = seededRandom(seed);
  let milliseconds = (noonOf(ELECTION_DAY) - 21_600) * 1000;
  return () => {
    milliseconds += voters.integer(5_000, 60_000);
    const bytes = systemRandom.bytes(ID_BYTES);
    new DataView(bytes.buffer).setUint32(0, Math.floor(milliseconds / 65_536));
    new DataView(bytes.buffer).setUint16(4, milliseconds % 65_536);
    return bytes;
  };
}

/** The first free slot or the second. */
function swappedSlots(seed: string): () => Uint8Array {
  const coin = seededRandom(`${seed}/swap`);
  return () => u32(coin.integer(0, 1));
}

function seededSlots(seed: string): () => Uint8Array {
  const opened = noonOf(ELECTION_DAY) - 21_600 + seededRandom(`${seed}/opened`).integer(0, 3_600);
  const draw = must(smallGenerators[0], 'a generator').start(opened);
  return () => u32(draw());
}

function countedNonces(): () => Uint8Array {
  let count = 0;
  return () => concat(u32(0), u32(0), u32(++count));
}

// ---- on the card -----------------------------------------------------------------------------------------------

function unsealed(share: number): NonNullable<Plant['card']> {
  return (image, header, _keys, { slots }) => {
    const touched = slots.slice(0, Math.round(share * slots.length));
    for (const slot of touched) {
      const at = slotAt(header, slot);
      image.fill(0, at + header.headBytes + 3000, at + header.headBytes + 3900);
    }
    return image;
  };
}

function slotInTheClear(share: number): NonNullable<Plant['card']> {
  return (image, _header, _keys, { pendingSlot, ids }) => {
    const coin = seededRandom(ids.join());
    if (pendingSlot !== undefined && coin.chance(share)) image.set(u32(pendingSlot), INTENT_AT + 8);
    return image;
  };
}

/** As the ballot box did it before this attack was written: one idle a cast. */
function lastSlotNamed(share: number): NonNullable<Plant['card']> {
  return (image, _header, keys, { slots, ids }) => {
    const slot = slots.at(-1);
    const cells = [0, 1].map((cell) =>
      openIntent(image.subarray(intentCellAt(cell), intentCellAt(cell) + 4096), cell, keys),
    );
    const [live, before] = cells
      .filter((cell) => cell !== undefined)
      .sort((x, y) => y.generation - x.generation);
    if (slot === undefined || live?.kind !== 'idle' || before === undefined) return image;
    if (!seededRandom(ids.join()).chance(share)) return image;
    const passed = { ...before, kind: 'passed' as const, slot, slotSha256: '0'.repeat(64) };
    image.set(sealIntent(passed, keys, systemRandom), intentCellAt(cellOf(passed)));
    return image;
  };
}

// ---- in records and images ---------------------------------------------------------------------------------------

/** From morning to evening every empty oval gains so much darkness; `share` of one percent of the ink range. */
function drifting(share: number): NonNullable<Plant['record']> {
  return (record, at, of): CastVoteRecord => ({
    ...record,
    contests: record.contests.map((contest) => ({
      ...contest,
      positions: contest.positions.map((position) => ({
        ...position,
        score: { ...position.score, darkness: position.score.darkness + (share * 0.01 * at) / of },
      })),
    })),
  });
}

function commented(share: number): NonNullable<Plant['image']> {
  return (jpeg, at) => {
    if (!seededRandom(`comment ${at}`).chance(share)) return jpeg;
    const comment = concat(Uint8Array.of(0xff, 0xfe, 0, 6), u32(at));
    return concat(jpeg.subarray(0, 2), comment, jpeg.subarray(2));
  };
}

/** Raises the first quantisation value of every image of the last part of the day. */
function coarser(share: number): NonNullable<Plant['image']> {
  return (jpeg, at, of) => {
    if (at < of * (1 - share / 2)) return jpeg;
    const changed = jpeg.slice();
    const table = changed.findIndex((byte, i) => byte === 0xff && changed[i + 1] === 0xdb);
    changed[table + 6] = (changed[table + 6] ?? 0) + 1;
    return changed;
  };
}

// ---- in texts ------------------------------------------------------------------------------------------------------

function loggedIds(share: number): NonNullable<Plant['logText']> {
  return (text, ids) => {
    const logged = ids.slice(0, Math.ceil(share * ids.length));
    return logged.reduce((log, id) => log.replace('"sheet-cast",', `"sheet-cast","details":"${id}",`), text);
  };
}

function loggedBin(share: number): NonNullable<Plant['logText']> {
  return (text, ids) => {
    const coin = seededRandom(ids.join());
    return text.replaceAll('"sheet-cast",', (cast) =>
      coin.chance(share * 0.1) ? `${cast}"details":"write-in",` : cast,
    );
  };
}

// ---- in exports ----------------------------------------------------------------------------------------------------

function timesKept(share: number): NonNullable<Plant['exported']> {
  return (folder, ids) => {
    const coin = seededRandom(ids.join());
    for (const [at, id] of ids.entries()) {
      const time = noonOf(ELECTION_DAY) + 30 * at;
      if (coin.chance(share)) utimesSync(join(folder, 'records', `${id}.json`), time, time);
    }
  };
}

function listedAsTheyCame(share: number): NonNullable<Plant['exported']> {
  return (folder, ids) => {
    const path = join(folder, 'ballots.json');
    const list = JSON.parse(readFileSync(path, 'utf8')) as { ballots: { id: string }[] };
    const coin = seededRandom(ids.join());
    const place = new Map(ids.map((id, at) => [id, coin.chance(share) ? at : coin.next() * ids.length]));
    list.ballots.sort((x, y) => (place.get(x.id) ?? 0) - (place.get(y.id) ?? 0));
    writeFileSync(path, JSON.stringify(list));
  };
}

/** Each file anew, as a machine would that writes a file a ballot. */
function writtenAsTheyCame(share: number): NonNullable<Plant['exported']> {
  return (folder, ids) => {
    const coin = seededRandom(ids.join());
    for (const id of ids) {
      if (!coin.chance(share)) continue;
      const path = join(folder, 'records', `${id}.json`);
      writeFileSync(`${path}.new`, readFileSync(path));
      renameSync(`${path}.new`, path);
    }
  };
}
