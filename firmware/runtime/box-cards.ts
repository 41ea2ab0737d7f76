/**
 * The ballot box and its two memory cards: opened with the box key that a security key gives, prepared for an
 * election, filled from the survivor, or continued on one card.
 */
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { CardId, FileStore } from '../../drivers/ports.js';
import { closeCards, openCard, openCards, readHeader, type CardStores } from '../ballot-box/card.js';
import {
  readKeyWrap,
  unwrapForSecurityKey,
  wrapContext,
  wrapForSecurityKey,
} from '../ballot-box/key-wraps.js';
import { openBox, readBox, recogniseBox, type ExpectedBox } from '../ballot-box/open.js';
import { newBoxId, prepareBox } from '../ballot-box/prepare.js';
import type { CommandResult } from '../machine/input.js';
import { mayDo } from '../machine/roles.js';
import type { ElectionPackage } from '../trust/election-package.js';
import { sealFor } from '../trust/keys.js';

import { type OpenBallotBox } from './open-ballot-box.js';

export class BoxCards {
  constructor(private readonly at: OpenBallotBox) {}

  /** Both cards are held from the first look on, so that no other program works on them in between. */
  async open(stores: CardStores, singleCard: boolean): Promise<Result<CommandResult>> {
    await this.at.close();
    const expected = this.#expected();
    if (!expected.ok) return expected;
    const held = await openCards(stores);
    if (!held.ok) return held;
    try {
      const recognised = await recogniseBox(held.value, expected.value);
      if (!recognised.ok) return recognised;
      return await this.#openHeld(stores, singleCard, expected.value);
    } finally {
      await closeCards(held.value);
    }
  }

  async #openHeld(
    stores: CardStores,
    singleCard: boolean,
    expected: ExpectedBox,
  ): Promise<Result<CommandResult>> {
    const { identity, random } = this.at.parts;
    for (const store of Object.values(stores) as readonly FileStore[]) {
      const complete = await this.at.parts.log.complete(store);
      if (!complete.ok) return complete;
    }
    const boxKey = await this.#boxKey(stores);
    if (!boxKey.ok) return boxKey;
    const opened = await openBox(stores, boxKey.value, expected, {
      random,
      signer: identity.signer,
      singleCard,
    });
    if (!opened.ok) return opened;
    this.at.box = opened.value.box;
    return this.#opened(opened.value.intent.kind);
  }

  /** With both cards in and the comparison refused, whichever holds this device's box by itself. */
  async useOneCard(): Promise<Result<CommandResult>> {
    if (this.at.box !== undefined) {
      const box = this.at.box;
      const alone = await box.useOneCard();
      return alone.ok ? this.#opened(box.intent().kind) : alone;
    }
    const best = await this.#furthestCard();
    return best.ok ? this.open(best.value, true) : best;
  }

  /** Of two cards that each hold this device's box by themselves, the one on which it went further. */
  async #furthestCard(): Promise<Result<CardStores>> {
    let why: Result<never> = err(problem('card-missing', 'ballot box', '', 'no memory card is in'));
    let best: { readonly stores: CardStores; readonly generation: number } | undefined;
    for (const card of ['a', 'b'] as const) {
      const store = this.at.parts.cabinet.cards[card].store();
      if (store === undefined) continue;
      const stores: CardStores = { [card]: store };
      const generation = await this.#generationOn(stores);
      if (!generation.ok) why = generation;
      else if (best === undefined || generation.value > best.generation) {
        best = { stores, generation: generation.value };
      }
    }
    return best === undefined ? why : ok(best.stores);
  }

  async #generationOn(stores: CardStores): Promise<Result<number>> {
    const expected = this.#expected();
    if (!expected.ok) return expected;
    const boxKey = await this.#boxKey(stores);
    if (!boxKey.ok) return boxKey;
    const box = await readBox(stores, boxKey.value, expected.value);
    if (!box.ok) return box;
    await box.value.close();
    return ok(box.value.intent.generation);
  }

  async fill(card: CardId): Promise<Result<CommandResult>> {
    const store = this.at.parts.cabinet.cards[card].store();
    if (store === undefined)
      return err(problem('card-missing', `memory card ${card.toUpperCase()}`, '', 'is not in'));
    const box = this.at.opened();
    if (!box.ok) return box;
    const mayGo = await this.#mayBeOverwritten(store, (boxId) => boxId === box.value.header.boxId);
    if (!mayGo.ok) return mayGo;
    const filled = await box.value.replaceCard(card, store, { replace: true });
    if (!filled.ok) return filled;
    const told = await this.at.parts.log.cardFilled(card, store);
    return told.ok ? this.#opened(box.value.intent().kind) : told;
  }

  /** A card left its slot: whatever comes into it next has to be filled before it counts again. */
  async drop(card: CardId): Promise<Result<CommandResult>> {
    this.at.parts.log.cardRemoved(`memory card ${card.toUpperCase()}`);
    const dropped = this.at.box === undefined ? ok(undefined) : await this.at.box.cardRemoved(card);
    return dropped.ok ? ok({ of: 'cards', cards: this.at.health() }) : dropped;
  }

  /** What this device knows of its box, apart from the cards. */
  #expected(): Result<ExpectedBox> {
    const { loaded, identity, anchor } = this.at.parts;
    const boxId = loaded.now?.boxId;
    if (boxId === undefined) {
      return err(problem('no-box', 'ballot box', '', 'was not prepared yet: prepare the memory cards'));
    }
    const { boxGeneration, ballots } = anchor.now;
    return ok({
      boxId,
      deviceSerial: identity.serialNumber,
      devicePublicKey: identity.signer.publicKey,
      anchor: { generation: boxGeneration, sheets: ballots },
    });
  }

  async #boxKey(stores: CardStores): Promise<Result<Uint8Array>> {
    const { keys, identity } = this.at.parts;
    const opened = keys.opened();
    if (opened === undefined)
      return err(problem('no-key', 'ballot box', '', 'needs a security key and its passcode'));
    const { serial } = opened.identity;
    const wrap = await readKeyWrap(stores, serial);
    if (!wrap.ok) return wrap;
    const context = wrapContext(this.at.election().definition.id, identity.serialNumber, serial);
    return unwrapForSecurityKey(wrap.value, opened.tokenSecret, identity.boxSecret, context);
  }

  async #opened(intent: 'idle' | 'writing' | 'ready' | 'passed'): Promise<Result<CommandResult>> {
    const counts = await this.at.counts();
    return counts.ok ? ok({ of: 'open-box', intent, counts: counts.value, cards: this.at.health() }) : counts;
  }

  async prepare(): Promise<Result<CommandResult>> {
    const { random, identity, slotCount, headBytes, bodyBytes, cabinet } = this.at.parts;
    const stores = this.at.stores();
    if (stores.a === undefined || stores.b === undefined) {
      return err(problem('card-missing', 'ballot box', '', 'needs two memory cards to be prepared'));
    }
    const election = this.at.election();
    for (const store of [stores.a, stores.b]) {
      const mayGo = await this.#mayBeOverwritten(store, (boxId) => this.#isOwnAndUnused(boxId));
      if (!mayGo.ok) return mayGo;
    }
    const boxId = newBoxId(random);
    const pinned = await this.#pin(boxId);
    if (!pinned.ok) return pinned;
    const boxKey = random.bytes(32);
    const prepared = await prepareBox(
      [stores.a, stores.b],
      {
        electionId: election.definition.id,
        definitionSha256: election.definitionSha256,
        deviceSerial: identity.serialNumber,
        devicePublicKey: identity.signer.publicKey,
        mode: election.mode,
        simulated: cabinet.simulated,
        ...(slotCount === undefined ? {} : { slotCount }),
        ...(headBytes === undefined ? {} : { headBytes }),
        ...(bodyBytes === undefined ? {} : { bodyBytes }),
        keyWraps: this.#wraps(boxKey, election),
      },
      boxKey,
      identity.signer,
      random,
      { replace: true, boxId },
    );
    if (!prepared.ok) return prepared;
    for (const store of [stores.a, stores.b]) {
      const replaced = await this.at.parts.log.replace(store);
      if (!replaced.ok) return replaced;
    }
    const logged = await this.at.parts.log.append({ code: 'cards-prepared', details: `ballot box ${boxId}` });
    if (!logged.ok) return logged;
    return this.open(stores, false);
  }

  /** Before a byte is on the cards the device knows which box is its own, so that a cut leaves nothing strange. */
  async #pin(boxId: string): Promise<Result<void>> {
    const { cabinet, anchor, loaded } = this.at.parts;
    const counter = await cabinet.counter.read();
    if (!counter.ok) return counter;
    const fresh = { boxId, boxGeneration: 0, ballots: 0, counterAtOpening: counter.value };
    const anchored = await anchor.update(() => fresh);
    return anchored.ok ? loaded.pinBox(boxId) : anchored;
  }

  /** Pinned here, and the polls were never opened with it: also what an interrupted preparation left behind. */
  #isOwnAndUnused(boxId: string): boolean {
    const { loaded, anchor } = this.at.parts;
    const { now } = anchor;
    return boxId === loaded.now?.boxId && boxId === now.boxId && now.openings === 0 && now.ballots === 0;
  }

  /** A blank card, a test's ballot box, or a box that may go; any other official box is never overwritten here. */
  async #mayBeOverwritten(store: FileStore, mayGo: (boxId: string) => boolean): Promise<Result<void>> {
    const file = await openCard(store);
    if (!file.ok) return file.error.code === 'missing' ? ok(undefined) : file;
    try {
      const signed = await readHeader(file.value, store.label);
      if (!signed.ok) return ok(undefined);
      const { mode, boxId } = signed.value.header;
      if (mode === 'test' || mayGo(boxId)) return ok(undefined);
      const reason = 'holds the ballot box of an official election: use another card';
      return err(problem('official-box', store.label, '', reason));
    } finally {
      await file.value.close();
    }
  }

  /** For the authority, and for every key of the package that may open polls. */
  #wraps(boxKey: Uint8Array, election: ElectionPackage): Parameters<typeof prepareBox>[1]['keyWraps'] {
    const { random, identity } = this.at.parts;
    const context = (serial: string): Uint8Array =>
      wrapContext(election.definition.id, identity.serialNumber, serial);
    return {
      authority: sealFor(election.authority.sealPublicKey, boxKey, context('authority'), random),
      securityKeys: election.securityKeys
        .filter((key) => mayDo(key.role, 'open-polls'))
        .map(({ serial, sealPublicKey }) => ({
          keySerial: serial,
          wrap: wrapForSecurityKey(boxKey, sealPublicKey, identity.boxSecret, context(serial), random),
        })),
    };
  }
}
