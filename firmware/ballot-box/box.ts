/**
 * The open ballot box. A cast is a walk through the intents, each durable on both cards before the next is begun:
 *
 *   beginCast   writing → slot written, flushed, read back and compared → ready
 *   markPassed  passed: from here on the ballot counts
 *   markIdle    idle, once log line and protective counter are done; in both cells, so that no cell names the last slot
 *   rollBack    slot back to fresh noise → idle: this ballot was not counted
 *
 * Every step may be repeated after whatever interrupted it. When one card fails, what is under way is brought to a safe
 * point on the other one, which from then on says in its own intent that it goes on alone; the next cast needs a new
 * card or the administrator's word.
 */
import { assert, err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { toHex } from '../../ground/bytes.js';
import type { CardId, FileStore, RandomSource } from '../../drivers/ports.js';
import type { Signer } from '../trust/signing.js';
import { sha256 } from '../trust/symmetric.js';
import { closeCards, sameBytes, writeEach, type BoxCard, type CardFailure } from './card.js';
import { intentCellAt, slotAt, slotBytes, type BoxHeader, type BoxKeys } from './format.js';
import { cellOf, idleIntent, sealIntent, type Intent } from './intent.js';
import { copyBox } from './prepare.js';
import { readBallots } from './read-ballots.js';
import { sealSlot, type SheetToStore, type StoredBallot } from './slot.js';

export interface BoxParts {
  readonly cards: readonly BoxCard[];
  readonly header: BoxHeader;
  readonly keys: BoxKeys;
  readonly live: Intent;
  readonly openSlots: readonly number[];
  readonly random: RandomSource;
  readonly signer: Signer;
}

export interface FailedCard {
  readonly card: CardId;
  readonly problem: Problem;
}

export class BallotBox {
  readonly header: BoxHeader;
  readonly #keys: BoxKeys;
  readonly #random: RandomSource;
  readonly #signer: Signer;
  /** The cards in use; one that fails leaves this list at once. */
  #cards: readonly BoxCard[];
  /** Those that failed; their files are closed with the others. */
  readonly #retired: BoxCard[] = [];
  #live: Intent;
  /** Slots that are not free: those of ballots, and the one that the live intent names. */
  readonly #occupied: Set<number>;
  #failed: FailedCard | undefined;
  #busy = false;

  constructor(parts: BoxParts) {
    this.header = parts.header;
    this.#cards = parts.cards;
    this.#keys = parts.keys;
    this.#random = parts.random;
    this.#signer = parts.signer;
    this.#live = parts.live;
    this.#occupied = new Set(parts.openSlots);
    if (parts.live.slot !== undefined) this.#occupied.add(parts.live.slot);
  }

  /** Where the box stands; `generation` and `sheetsStored` are what the device anchors. */
  intent(): Intent {
    return this.#live;
  }

  /** Ballots that count. */
  count(): number {
    return this.#live.sheetsStored;
  }

  freeSlots(): number {
    return this.header.slotCount - this.#occupied.size;
  }

  /** The cards that hold everything so far. */
  cardsInUse(): readonly CardId[] {
    return this.#cards.map((card) => card.id);
  }

  /** The card that failed since the box was opened; casting is refused until it is replaced or given up. */
  failedCard(): FailedCard | undefined {
    return this.#failed;
  }

  /**
   * Stores a sheet up to *ready*. After a problem nothing counts: call `rollBack`, whatever it was.
   * Codes: `box-full`, `card-failed`, `not-idle`, `record-too-large`, `images-too-large`, and a store's own.
   */
  beginCast(sheet: SheetToStore): Promise<Result<void>> {
    return this.#alone(async () => {
      const refused = this.#whyNoCast();
      if (refused !== undefined) return err(refused);
      const slot = this.#drawFreeSlot();
      const sealed = sealSlot(sheet, slot, this.header, this.#keys, this.#signer, this.#random);
      if (!sealed.ok) return sealed;
      this.#occupied.add(slot);
      const step = { slot, slotSha256: toHex(sha256(sealed.value)), sheetsStored: this.#live.sheetsStored };
      const whole = this.#cards.length;
      const written =
        this.#stillWhole(whole, await this.#write({ kind: 'writing', ...step })) &&
        this.#stillWhole(whole, await this.#writeSlot(slot, sealed.value)) &&
        (await this.#readBack(slot, sealed.value)) &&
        this.#stillWhole(whole, await this.#write({ kind: 'ready', ...step }));
      return written ? ok(undefined) : err(must(this.#failed, 'a step fails only by a card').problem);
    });
  }

  /** The leading edge has covered the exit sensor: the ballot counts once this resolves well. */
  markPassed(): Promise<Result<void>> {
    return this.#alone(async () => {
      if (this.#live.kind === 'passed') return ok(undefined);
      if (this.#live.kind !== 'ready') return err(wrongStep('not-ready', 'no ballot is ready to be counted'));
      return this.#write({ ...this.#live, kind: 'passed', sheetsStored: this.#live.sheetsStored + 1 });
    });
  }

  /** The cast is finished: log line and counter know of it. */
  markIdle(): Promise<Result<void>> {
    return this.#alone(async () => {
      if (this.#live.kind === 'idle') return ok(undefined);
      if (this.#live.kind !== 'passed') {
        return err(wrongStep('not-passed', 'the ballot in the machine was not counted: roll it back'));
      }
      return this.#writeIdle();
    });
  }

  /** A power cut between the two idles left a cell that may still name the last slot. */
  forgetLastSlot(): Promise<Result<void>> {
    return this.#alone(async () => (this.#live.kind === 'idle' ? this.#writeOneIdle() : ok(undefined)));
  }

  /** Takes a ballot that was not counted out again, without a trace: fresh noise, the same on both cards. */
  rollBack(): Promise<Result<void>> {
    return this.#alone(async () => {
      const { kind, slot } = this.#live;
      if (kind === 'idle') return ok(undefined);
      if (kind === 'passed') return err(wrongStep('already-counted', 'this ballot was counted'));
      const at = must(slot, 'a live intent names a slot');
      const noise = await this.#writeSlot(at, this.#random.bytes(slotBytes(this.header)));
      if (!noise.ok) return noise;
      const idle = await this.#writeIdle();
      if (idle.ok) this.#occupied.delete(at);
      return idle;
    });
  }

  /** Every ballot that counts, verified, in the order of the random ids; compared card to card where there are two. */
  readAll(): AsyncIterable<Result<StoredBallot>> {
    const { kind, slot } = this.#live;
    const counted = [...this.#occupied].filter((one) => kind === 'passed' || one !== slot);
    return readBallots(this.#cards, this.header, this.#keys, counted);
  }

  /** The administrator's word: go on with the card that is left. It will never again follow the other one. */
  useOneCard(): Promise<Result<void>> {
    return this.#alone(async () => {
      if (this.#cards.length > 1) return err(wrongStep('two-cards', 'both cards are in use'));
      const stamped = this.#live.alone ? ok(undefined) : await this.#write(this.#live);
      if (stamped.ok) this.#failed = undefined;
      return stamped;
    });
  }

  /** A card was pulled out. The other one is told at once that it goes on alone, so that this one is out of date. */
  async cardRemoved(id: CardId): Promise<Result<void>> {
    const gone = this.#cards.find((card) => card.id === id);
    if (gone === undefined) return ok(undefined);
    return this.#alone(async () => {
      this.#dropFailed([{ card: gone, problem: problem('card-missing', gone.label, '', 'was taken out') }]);
      return this.#cards.length === 0 ? ok(undefined) : this.#write(this.#live);
    });
  }

  /** Fills a new card from the one that is left, checks it, and goes on with both. */
  replaceCard(
    id: CardId,
    store: FileStore,
    options: { readonly replace?: boolean; readonly onProgress?: (share: number) => void } = {},
  ): Promise<Result<void>> {
    return this.#alone(async () => {
      const [survivor, second] = this.#cards;
      if (survivor === undefined || second !== undefined || survivor.id === id) {
        return err(wrongStep('two-cards', 'no card of this box is missing there'));
      }
      if (this.#live.kind !== 'idle') return err(wrongStep('not-idle', 'a cast is under way'));
      const copied = await copyBox(survivor.file, store, this.header, options);
      if (!copied.ok) return copied;
      const card = { id, label: store.label, store, file: copied.value };
      this.#cards = id === 'a' ? [card, survivor] : [survivor, card];
      this.#failed = undefined;
      return this.#writeIdle();
    });
  }

  close(): Promise<void> {
    return closeCards([...this.#cards, ...this.#retired]);
  }

  #whyNoCast(): Problem | undefined {
    if (this.#failed !== undefined) {
      return problem(
        'card-failed',
        this.#failed.problem.where,
        '',
        'failed: no ballot is taken before it is replaced',
      );
    }
    if (this.#live.kind !== 'idle') return wrongStep('not-idle', 'the cast before is not finished');
    if (this.freeSlots() === 0) return problem('box-full', 'ballot box', '', 'has no free slot left');
    return undefined;
  }

  /** Uniform among the free slots, from the system's generator, without modulo bias. */
  #drawFreeSlot(): number {
    const free: number[] = [];
    for (let slot = 0; slot < this.header.slotCount; slot++) if (!this.#occupied.has(slot)) free.push(slot);
    return must(free[uniformBelow(free.length, this.#random)], 'a free slot was there');
  }

  /**
   * In both cells: after one idle alone the other cell would go on naming the slot of the last ballot, and who holds
   * the box key would know which one that was until somebody else votes; after closing, for good.
   */
  async #writeIdle(): Promise<Result<void>> {
    const idle = await this.#writeOneIdle();
    return idle.ok ? this.#writeOneIdle() : idle;
  }

  #writeOneIdle(): Promise<Result<void>> {
    return this.#write(idleIntent(0, this.#live.sheetsStored, false));
  }

  /**
   * The next intent, durable on every card in use. Where one card fails on the way, the other one is told at once that
   * it goes on alone: from then on the failed card, should it come back, is known to be out of date.
   */
  async #write(next: Omit<Intent, 'generation' | 'alone'>): Promise<Result<void>> {
    for (let round = 0; round <= 2; round++) {
      const inUse = this.#cards.length;
      const { kind, slot, slotSha256, sheetsStored } = next;
      const generation = this.#live.generation + 1;
      this.#live = { generation, kind, slot, slotSha256, sheetsStored, alone: inUse === 1 };
      const sealed = sealIntent(this.#live, this.#keys, this.#random);
      this.#dropFailed(await writeEach(this.#cards, intentCellAt(cellOf(this.#live)), sealed));
      if (this.#cards.length === inUse) return ok(undefined);
      if (this.#cards.length === 0) break;
    }
    return err(must(this.#failed, 'a card failed').problem);
  }

  async #writeSlot(slot: number, sealed: Uint8Array): Promise<Result<void>> {
    this.#dropFailed(await writeEach(this.#cards, slotAt(this.header, slot), sealed));
    return this.#cards.length > 0 ? ok(undefined) : err(must(this.#failed, 'a card failed').problem);
  }

  async #readBack(slot: number, sealed: Uint8Array): Promise<boolean> {
    const at = slotAt(this.header, slot);
    const backs = await Promise.all(this.#cards.map(({ file }) => file.read(at, sealed.length)));
    const failures = this.#cards.flatMap((card, i): readonly CardFailure[] => {
      const back = must(backs[i], 'an answer for each card');
      if (!back.ok) return [{ card, problem: back.error }];
      if (sameBytes(back.value, sealed)) return [];
      const reason = 'did not give back what was written';
      return [{ card, problem: problem('read-back-differs', card.label, '', reason) }];
    });
    this.#dropFailed(failures);
    return failures.length === 0;
  }

  /** True when a step went well and no card was lost in it. */
  #stillWhole(cardsBefore: number, step: Result<void>): boolean {
    return step.ok && this.#cards.length === cardsBefore;
  }

  #dropFailed(failures: readonly CardFailure[]): void {
    for (const { card, problem: why } of failures) {
      this.#cards = this.#cards.filter((one) => one !== card);
      this.#retired.push(card);
      this.#failed ??= { card: card.id, problem: why };
    }
  }

  /**
   * One operation at a time: the lane in front of the box sees to it. Without any card left every one fails, also a
   * repeated one: what the intent in memory says may be on no card. Opening the box anew finds out.
   */
  async #alone(work: () => Promise<Result<void>>): Promise<Result<void>> {
    assert(!this.#busy, 'the ballot box does one thing at a time');
    if (this.#cards.length === 0) return err(must(this.#failed, 'a card failed').problem);
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

/** A whole number, 0 ≤ n < limit, each equally likely: draws beyond the last whole multiple are drawn again. */
export function uniformBelow(limit: number, random: RandomSource): number {
  assert(Number.isInteger(limit) && limit > 0 && limit <= 0x1_0000_0000, `no such range: ${limit}`);
  const fair = 0x1_0000_0000 - (0x1_0000_0000 % limit);
  for (let tries = 0; tries < 128; tries++) {
    const bytes = random.bytes(4);
    const drawn = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (drawn < fair) return drawn % limit;
  }
  throw new RangeError('the random source does not work');
}

function wrongStep(code: string, reason: string): Problem {
  return problem(code, 'ballot box', '', reason);
}
