/**
 * A memory card read by somebody who does not ask the machine: with the authority's key, from the bytes that are
 * durable at this moment. Which sheets of paper are in the box, what their records say, and what the intent promises.
 * Only what was written since the last look is opened again, so that a look costs next to nothing and can be taken
 * after every step of the machine.
 *
 * Offsets and sealing as in docs/formats/ballot-box.md; of the machine's code only the layout of the file is used.
 */
import { inflateRawSync } from 'node:zlib';
import { fromHex, fromUtf8, readU32 } from '../../ground/bytes.js';
import { must } from '../../ground/result.js';
import type { MemoryStore, Written } from '../../drivers/virtual/memory-store.js';
import {
  BOX_FILE,
  boxKeys,
  decodeHeader,
  HEADER_BYTES,
  INTENT_AT,
  INTENT_CELL_BYTES,
  intentCellAt,
  SLOTS_AT,
  slotAt,
  slotBytes,
  type BoxHeader,
  type BoxKeys,
} from '../../firmware/ballot-box/format.js';
import { openIntent, type Intent } from '../../firmware/ballot-box/intent.js';
import { wrapContext } from '../../firmware/ballot-box/key-wraps.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import type { Authority } from '../../firmware/trust/authority.js';
import { openSealed } from '../../firmware/trust/keys.js';
import { unseal } from '../../firmware/trust/symmetric.js';
import { numberInImage } from './known-sheets.js';

/** One ballot as it lies in the box. */
export interface FoundBallot {
  /** Of the sheet whose image lies beside the record. */
  readonly number: number;
  readonly record: CastVoteRecord;
  /** `contest/option` of what the record says is marked, sorted. */
  readonly marked: readonly string[];
}

interface OpenedBox {
  readonly header: BoxHeader;
  readonly keys: BoxKeys;
  readonly boxKey: Uint8Array;
}

export class CardAudit {
  #box: OpenedBox | undefined;
  #intent: Intent | undefined;
  readonly #ballots = new Map<number, FoundBallot>();
  /** How often each sheet lies in the box. */
  readonly #times = new Map<number, number>();
  #print = 0;
  #new: FoundBallot[] = [];
  readonly #unseen = new Set<number>();
  #headerUnseen = true;
  #intentUnseen = true;

  constructor(
    readonly store: MemoryStore,
    private readonly authority: Authority,
    private readonly seen: Seen,
  ) {
    store.onWritten((written) => this.#note(written));
  }

  /** The key of the box on this card, to look for where it must not be. */
  get boxKey(): Uint8Array | undefined {
    return this.#box?.boxKey;
  }

  /** Ballots that count by what is on this card now; an intent before *passed* counts nothing. */
  counted(): readonly FoundBallot[] {
    this.#look();
    const notYet = this.#notYet();
    return [...this.#ballots.values()].filter((ballot) => ballot !== notYet);
  }

  /** Whether this sheet counts by what is on this card now. */
  holds(number: number): boolean {
    this.#look();
    return (this.#times.get(number) ?? 0) - (this.#notYet()?.number === number ? 1 : 0) > 0;
  }

  /** A number that two equal sets of sheets share; see `printOf`. */
  print(): number {
    this.#look();
    const notYet = this.#notYet();
    return this.#print - (notYet === undefined ? 0 : printOf(notYet.number));
  }

  /** Ballots that came into the box since somebody asked last. */
  newSince(): readonly FoundBallot[] {
    this.#look();
    const fresh = this.#new;
    this.#new = [];
    return fresh;
  }

  #notYet(): FoundBallot | undefined {
    const { kind, slot } = this.#intent ?? { kind: 'idle', slot: undefined };
    return (kind === 'writing' || kind === 'ready') && slot !== undefined
      ? this.#ballots.get(slot)
      : undefined;
  }

  #put(slot: number, ballot: FoundBallot | undefined): void {
    const before = this.#ballots.get(slot);
    if (before !== undefined) this.#tally(before.number, -1);
    this.#ballots.delete(slot);
    if (ballot === undefined) return;
    this.#ballots.set(slot, ballot);
    this.#tally(ballot.number, 1);
    this.#new.push(ballot);
  }

  #tally(number: number, by: 1 | -1): void {
    this.#times.set(number, (this.#times.get(number) ?? 0) + by);
    this.#print += by * printOf(number);
  }

  #note({ name, at, length }: Written): void {
    if (name !== BOX_FILE) return;
    if (at < HEADER_BYTES) this.#headerUnseen = true;
    if (at < SLOTS_AT && at + length > INTENT_AT) this.#intentUnseen = true;
    const header = this.#box?.header;
    if (header === undefined || at + length <= SLOTS_AT) return;
    const first = Math.max(0, Math.floor((at - SLOTS_AT) / slotBytes(header)));
    const last = Math.min(header.slotCount - 1, Math.floor((at + length - 1 - SLOTS_AT) / slotBytes(header)));
    for (let slot = first; slot <= last; slot++) this.#unseen.add(slot);
  }

  #look(): void {
    if (this.#headerUnseen) this.#readHeader();
    const bytes = this.store.peek(BOX_FILE);
    const box = this.#box;
    if (box === undefined || bytes === undefined) return;
    if (this.#intentUnseen) {
      this.#intentUnseen = false;
      this.#intent = liveIntent(bytes, box.keys, this.seen);
    }
    for (const slot of this.#unseen) {
      const at = slotAt(box.header, slot);
      const sealed = bytes.subarray(at, at + slotBytes(box.header));
      this.#put(
        slot,
        this.seen.once(`slot ${slot}`, sealed, () => openBallot(bytes, slot, box)),
      );
    }
    this.#unseen.clear();
  }

  #readHeader(): void {
    this.#headerUnseen = false;
    const before = this.#box?.header.boxId;
    this.#box = this.#openBox();
    if (this.#box === undefined || this.#box.header.boxId === before) return;
    for (const slot of [...this.#ballots.keys()]) this.#put(slot, undefined);
    this.#intentUnseen = true;
    for (let slot = 0; slot < this.#box.header.slotCount; slot++) this.#unseen.add(slot);
  }

  #openBox(): OpenedBox | undefined {
    const bytes = this.store.peek(BOX_FILE);
    const signed = bytes === undefined ? undefined : decodeHeader(bytes.subarray(0, HEADER_BYTES), 'card');
    if (signed?.ok !== true) return undefined;
    const { header } = signed.value;
    const wrap = fromHex(header.authorityWrap, 'card');
    if (!wrap.ok) return undefined;
    const context = wrapContext(header.electionId, header.deviceSerial, 'authority');
    const boxKey = openSealed(this.authority.sealKeys, wrap.value, context, 'card');
    if (!boxKey.ok) return undefined;
    return { header, keys: boxKeys(boxKey.value, header.boxId, header.deviceSerial), boxKey: boxKey.value };
  }
}

/** Summed over sheets: two sets with the same sum are the same set, but for a chance of one in millions. */
export function printOf(number: number): number {
  return 1_000_003 + ((Math.imul(number + 1, 0x9e3779b1) >>> 0) % 1_000_003);
}

/** What was opened at each place last, on whichever card: the other one holds the same bytes, and they open alike. */
export class Seen {
  readonly #places = new Map<string, { readonly sealed: Buffer; readonly opened: unknown }>();

  once<T>(place: string, sealed: Uint8Array, open: () => T): T {
    const known = this.#places.get(place);
    if (known?.sealed.equals(sealed) === true) return known.opened as T;
    const opened = open();
    this.#places.set(place, { sealed: Buffer.from(sealed), opened });
    return opened;
  }
}

function liveIntent(bytes: Uint8Array, keys: BoxKeys, seen: Seen): Intent | undefined {
  const cell = (n: number): Intent | undefined => {
    const sealed = bytes.subarray(intentCellAt(n), intentCellAt(n) + INTENT_CELL_BYTES);
    return seen.once(`intent ${n}`, sealed, () => openIntent(sealed, n, keys));
  };
  const [zero, one] = [cell(0), cell(1)];
  if (zero === undefined || one === undefined) return zero ?? one;
  return zero.generation > one.generation ? zero : one;
}

/** Number of a sheet whose images a power cut tore: nobody's, and it must never count. */
export const TORN = -1;

/** Nothing for a slot of noise. */
function openBallot(bytes: Uint8Array, slot: number, { header, keys }: OpenedBox): FoundBallot | undefined {
  const at = slotAt(header, slot);
  const sealedHead = bytes.subarray(at, at + header.headBytes);
  const head = unseal(keys.head, sealedHead, keys.additionalData('head', slot), 'card');
  if (!head.ok) return undefined;
  const packed = head.value.subarray(4, 4 + readU32(head.value, 0));
  const json = fromUtf8(new Uint8Array(inflateRawSync(packed)), 'card');
  const record = JSON.parse(must(json.ok ? json.value : undefined, 'a record is text')) as CastVoteRecord;
  const sealedBody = bytes.subarray(at + header.headBytes, at + slotBytes(header));
  const body = unseal(keys.body, sealedBody, keys.additionalData('body', slot), 'card');
  // Length of the content, then each part with its length: the front comes first.
  const front = body.ok ? body.value.slice(8, 8 + readU32(body.value, 4)) : undefined;
  const marked = record.contests.flatMap(({ contestId, positions }) =>
    positions.filter(({ verdict }) => verdict === 'marked').map(({ optionId }) => `${contestId}/${optionId}`),
  );
  return { number: front === undefined ? TORN : numberInImage(front), record, marked: marked.sort() };
}
