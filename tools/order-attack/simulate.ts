/**
 * One election of the order attack: two cards in memory, the real ballot box, records and log, and a stop at each
 * moment at which somebody might take an image of a card. Whoever simulates knows the true order; whoever attacks gets
 * the captures alone. A planted leak changes one thing that the honest machine does right.
 */
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import type { FileStore, RandomSource } from '../../drivers/ports.js';
import type { BallotBox } from '../../firmware/ballot-box/box.js';
import { BOX_FILE, boxKeys, type BoxHeader, type BoxKeys } from '../../firmware/ballot-box/format.js';
import { openBox } from '../../firmware/ballot-box/open.js';
import { prepareBox } from '../../firmware/ballot-box/prepare.js';
import { AuditLog } from '../../firmware/audit-log/log.js';
import { LOG_NAME } from '../../firmware/audit-log/copies.js';
import { buildRecord, newRecordId } from '../../firmware/records/build-record.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import { ed25519Signer, newSeed } from '../../firmware/trust/keys.js';
import type { Signer } from '../../firmware/trust/signing.js';
import { valueOf } from '../bench/office.js';
import { someReading, type SmallElection } from './election.js';
import { MemoryStore } from './memory-store.js';
import type { Moment } from './moments.js';
import type { Plant } from './plant.js';
import type { Truth } from './truth.js';

export const ELECTION_DAY = '2026-11-03';
const SERIAL = 'TS-0001';
/** Some slots stay free, as on a day with fewer voters than slots. */
const SLOTS_A_BALLOT = 1.3;
/** An observer recognises so many ballots that were cast one after the other. */
const RECOGNISED = 8;
const OPENING_SECONDS = 6 * 3600;

export interface Capture {
  readonly moment: Moment;
  /** The file on card A; both are the same. Valid during the call. */
  readonly image: Uint8Array;
  readonly header: BoxHeader;
  readonly keys: BoxKeys;
  readonly truth: Truth;
}

export interface ElectionDay {
  readonly box: BallotBox;
  readonly signer: Signer;
  readonly logText: string;
  readonly truth: Truth;
  /** Ids of ballots cast one after the other, which somebody who stood in the room recognises. */
  readonly recognised: readonly string[];
}

export interface DayParts {
  readonly election: SmallElection;
  readonly seed: string;
  readonly ballots: number;
  readonly random: RandomSource;
  readonly images: readonly Uint8Array[];
  readonly plant: Plant;
  /** Those at which an image is taken; looking at one takes longer than casting a ballot. */
  readonly moments: readonly Moment[];
  readonly onCapture: (capture: Capture) => void;
  /** In memory when none are given. */
  readonly cards?: TwoCards;
}

export interface TwoCards {
  readonly stores: readonly [FileStore, FileStore];
  /** The file on card A as it is now. */
  image(): Uint8Array;
}

function cardsInMemory(): TwoCards {
  const stores = [new MemoryStore('memory card A'), new MemoryStore('memory card B')] as const;
  return { stores, image: () => must(stores[0].bytes(BOX_FILE), 'the box file') };
}

export async function simulateElection(parts: DayParts): Promise<ElectionDay> {
  const day = await Day.prepare(parts);
  for (let cast = 0; cast < parts.ballots; cast++) await day.cast(cast);
  return day.end();
}

class Day {
  readonly #ids: string[] = [];
  readonly #slots: number[] = [];
  #wallSeconds = OPENING_SECONDS;
  readonly #voters;
  readonly #half: number;

  private constructor(
    private readonly parts: DayParts,
    private readonly random: RandomSource,
    private readonly signer: Signer,
    private readonly cards: TwoCards,
    private readonly logStore: MemoryStore,
    private readonly box: BallotBox,
    private readonly keys: BoxKeys,
    private log: AuditLog | undefined,
  ) {
    this.#voters = seededRandom(`${parts.seed}/voters`);
    this.#half = Math.floor(parts.ballots / 2);
  }

  static async prepare(parts: DayParts): Promise<Day> {
    const random = parts.plant.random?.(parts.random, parts.seed) ?? parts.random;
    const signer = ed25519Signer(newSeed(parts.random));
    const boxKey = parts.random.bytes(32);
    const cards = parts.cards ?? cardsInMemory();
    const spec = {
      electionId: parts.election.loaded.definition.id,
      definitionSha256: parts.election.loaded.sha256Hex,
      deviceSerial: SERIAL,
      devicePublicKey: signer.publicKey,
      mode: 'official' as const,
      simulated: true,
      slotCount: Math.ceil(parts.ballots * SLOTS_A_BALLOT),
      headBytes: 4096,
      bodyBytes: 4096,
      keyWraps: { authority: parts.random.bytes(92), securityKeys: [] },
    };
    const { boxId } = valueOf(await prepareBox(cards.stores, spec, boxKey, signer, parts.random));
    const expected = { boxId, deviceSerial: SERIAL, devicePublicKey: signer.publicKey };
    const stores = { a: cards.stores[0], b: cards.stores[1] };
    const { box } = valueOf(await openBox(stores, boxKey, expected, { random, signer }));
    const keys = boxKeys(boxKey, boxId, SERIAL);
    const logStore = new MemoryStore('internal storage');
    const day = new Day(parts, random, signer, cards, logStore, box, keys, undefined);
    day.log = valueOf(
      await AuditLog.open({
        stores: [logStore],
        signer,
        clock: { wallTime: () => day.#wallTime() },
        serialNumber: SERIAL,
        simulated: true,
      }),
    );
    day.#capture('before the first ballot');
    return day;
  }

  async cast(at: number): Promise<void> {
    const { plant, ballots } = this.parts;
    this.#wallSeconds += this.#voters.integer(5, 60);
    const record = this.#record(at);
    const image = (): Uint8Array => {
      const own = this.#voters.pick(this.parts.images);
      return plant.image?.(own, at, ballots) ?? own;
    };
    const images = { front: image(), back: image() };
    valueOf(await this.box.beginCast({ record, images, writeInCrops: [] }));
    const slot = must(this.box.intent().slot, 'a ballot that is being cast has a slot');
    if (at === this.#half) this.#capture('in the middle of a cast', slot);
    valueOf(await this.box.markPassed());
    valueOf(await must(this.log, 'an open log').append({ code: 'sheet-cast' }));
    valueOf(await this.box.markIdle());
    this.#ids.push(record.id);
    this.#slots.push(slot);
    if (at === 0) this.#capture('after ballot 1');
    if (at === 1) this.#capture('after ballot 2');
    if (at + 1 === this.#half) this.#capture('after half of the ballots');
  }

  #record(at: number): CastVoteRecord {
    const { election, plant, ballots } = this.parts;
    const reading = someReading(election, this.#voters);
    const layout = must(
      election.layouts.find(
        (one) => one.styleId === reading.styleId && one.precinctId === reading.precinctId,
      ),
      'the layout of the sheet',
    );
    const marked = [...reading.front.ovals, ...reading.back.ovals].find(
      ({ verdict }) => verdict === 'marked',
    );
    const record = buildRecord(
      reading,
      {
        definition: election.loaded.definition,
        definitionSha256: election.loaded.sha256Hex,
        layout,
        deviceSerial: SERIAL,
        mode: 'official',
        simulated: true,
      },
      marked?.optionId.startsWith('write-in') === true ? 'write-in' : 'main',
      newRecordId(this.random),
    );
    return plant.record?.(record, at, ballots) ?? record;
  }

  #wallTime(): string {
    const two = (n: number): string => String(n).padStart(2, '0');
    const s = this.#wallSeconds;
    return `${ELECTION_DAY}T${two(Math.floor(s / 3600) % 24)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  }

  #capture(moment: Moment, pendingSlot?: number): void {
    if (!this.parts.moments.includes(moment)) return;
    const truth = { ...this.#truth(), ...(pendingSlot === undefined ? {} : { pendingSlot }) };
    const file = this.cards.image();
    const { header } = this.box;
    const image = this.parts.plant.card?.(file.slice(), header, this.keys, truth) ?? file;
    this.parts.onCapture({ moment, image, header, keys: this.keys, truth });
  }

  #truth(): Truth {
    return { ids: [...this.#ids], slots: [...this.#slots] };
  }

  end(): ElectionDay {
    this.#capture('after the last ballot');
    const { plant, ballots } = this.parts;
    const truth = this.#truth();
    const text = new TextDecoder().decode(must(this.logStore.bytes(LOG_NAME), 'the log'));
    const middle = Math.max(0, Math.floor((ballots - RECOGNISED) / 2));
    return {
      box: this.box,
      signer: this.signer,
      logText: plant.logText?.(text, truth.ids) ?? text,
      truth,
      recognised: truth.ids.slice(middle, middle + RECOGNISED),
    };
  }
}
