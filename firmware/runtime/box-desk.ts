/**
 * The box lane: what the machine wishes of the ballot box, the anchors, the counters and the export, done step by
 * step. Each command is durable when it is answered, and may be repeated after whatever interrupted it.
 */
import { err, must, ok, problem, unreachable, type Result } from '../../ground/result.js';
import type { Cabinet, CardId, Clock, FileStore, RandomSource } from '../../drivers/ports.js';
import { openCard, readHeader, type CardStores } from '../ballot-box/card.js';
import type { BallotBox } from '../ballot-box/box.js';
import {
  destroyKeyWraps,
  readKeyWrap,
  unwrapForSecurityKey,
  wrapContext,
  wrapForSecurityKey,
} from '../ballot-box/key-wraps.js';
import { openBox } from '../ballot-box/open.js';
import { prepareBox } from '../ballot-box/prepare.js';
import type { DeviceIdentity } from '../device-state/identity.js';
import type { Command } from '../machine/command.js';
import type { CardHealth, CardsHealth, CommandResult, Counts } from '../machine/input.js';
import { mayDo } from '../machine/roles.js';
import type { CastVoteRecord } from '../records/record.js';
import { computeTotals } from '../records/totals.js';
import type { Totals } from '../records/totals-types.js';
import type { ElectionPackage } from '../trust/election-package.js';
import { sealFor } from '../trust/keys.js';
import type { AnchorKeeper } from './anchor-keeper.js';
import type { KeyDesk } from './key-desk.js';
import type { LoadedElectionKeeper } from './loaded-election-keeper.js';
import type { LogDesk } from './log-desk.js';
import type { PageStore } from './page-store.js';
import { sheetToStore } from './sheet-to-store.js';
import type { TapeDesk } from './tape-desk.js';
import { writeExport } from './write-export.js';

export type BoxCommand = Extract<Command, { lane: 'box' }>;

export interface BoxDeskParts {
  readonly cabinet: Cabinet;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly identity: DeviceIdentity;
  readonly election: ElectionPackage | undefined;
  readonly loaded: LoadedElectionKeeper;
  readonly anchor: AnchorKeeper;
  readonly log: LogDesk;
  readonly keys: KeyDesk;
  readonly pages: PageStore;
  readonly tapes: TapeDesk;
  /** Runs what takes real time of its own. */
  readonly work: <T>(work: () => Promise<T>) => Promise<T>;
  /** Slots of a box that is prepared here; the box's own default when not given. */
  readonly slotCount: number | undefined;
  readonly bodyBytes: number | undefined;
}

export class BoxDesk {
  #box: BallotBox | undefined;
  /** Cards that the box does not use though they are in: they wait to be filled. */
  readonly #strangers = new Set<CardId>();

  constructor(private readonly parts: BoxDeskParts) {}

  async execute(command: BoxCommand): Promise<Result<CommandResult>> {
    switch (command.kind) {
      case 'open-box':
        return this.#open(this.#stores(), false);
      case 'use-one-card':
        return this.#useOneCard();
      case 'prepare-cards':
        return this.#prepare();
      case 'fill-card':
        return this.#fill(command.card);
      case 'drop-card':
        return this.#drop(command.card);
      case 'store-sheet':
        return this.#store(command.bin);
      case 'mark-passed':
        return this.#step((box) => box.markPassed());
      case 'finish-cast':
        return this.#finishCast();
      case 'mark-idle':
        return this.#step((box) => box.markIdle());
      case 'roll-back':
        return this.#step((box) => box.rollBack());
      case 'begin-opening':
        return this.#beginOpening();
      case 'save-polls':
        return plain(this.parts.anchor.update(() => ({ polls: command.polls })));
      case 'begin-closing':
        return this.#beginClosing(command.numbers);
      case 'resume-closing':
        return plain(this.#makeResultsTape(await this.#totals()));
      case 'finish-closing':
        return this.#finishClosing();
      case 'export':
        return this.#export();
      default:
        return unreachable(command);
    }
  }

  async close(): Promise<void> {
    await this.#box?.close();
    this.#box = undefined;
  }

  // ---- opening the box -----------------------------------------------------------------------------------------

  #stores(): CardStores {
    const { cards } = this.parts.cabinet;
    const [a, b] = [cards.a.store(), cards.b.store()];
    return { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) };
  }

  async #boxKey(stores: CardStores): Promise<Result<Uint8Array>> {
    const { keys, identity } = this.parts;
    const opened = keys.opened();
    if (opened === undefined)
      return err(problem('no-key', 'ballot box', '', 'needs a security key and its passcode'));
    const { serial } = opened.identity;
    const wrap = await readKeyWrap(stores, serial);
    if (!wrap.ok) return wrap;
    const context = wrapContext(this.#election().definition.id, identity.serialNumber, serial);
    return unwrapForSecurityKey(wrap.value, opened.tokenSecret, identity.boxSecret, context);
  }

  async #open(stores: CardStores, singleCard: boolean): Promise<Result<CommandResult>> {
    const { loaded, identity, anchor, random } = this.parts;
    await this.close();
    const boxId = loaded.now?.boxId;
    if (boxId === undefined) {
      return err(problem('no-box', 'ballot box', '', 'was not prepared yet: prepare the memory cards'));
    }
    for (const store of Object.values(stores) as readonly FileStore[]) {
      const complete = await this.parts.log.complete(store);
      if (!complete.ok) return complete;
    }
    const boxKey = await this.#boxKey(stores);
    if (!boxKey.ok) return boxKey;
    const { boxGeneration, ballots } = anchor.now;
    const expected = {
      boxId,
      deviceSerial: identity.serialNumber,
      devicePublicKey: identity.signer.publicKey,
      anchor: { generation: boxGeneration, sheets: ballots },
    };
    const opened = await openBox(stores, boxKey.value, expected, {
      random,
      signer: identity.signer,
      singleCard,
    });
    if (!opened.ok) return opened;
    this.#box = opened.value.box;
    return this.#opened(opened.value.intent.kind);
  }

  async #opened(intent: 'idle' | 'writing' | 'ready' | 'passed'): Promise<Result<CommandResult>> {
    const counts = await this.#counts();
    return counts.ok ? ok({ of: 'open-box', intent, counts: counts.value, cards: this.#health() }) : counts;
  }

  /** With both cards in and the comparison refused, whichever holds this device's box by itself. */
  async #useOneCard(): Promise<Result<CommandResult>> {
    if (this.#box !== undefined) {
      const box = this.#box;
      const alone = await box.useOneCard();
      return alone.ok ? this.#opened(box.intent().kind) : alone;
    }
    let last: Result<CommandResult> = err(problem('card-missing', 'ballot box', '', 'no memory card is in'));
    for (const card of ['a', 'b'] as const) {
      const store = this.parts.cabinet.cards[card].store();
      if (store === undefined) continue;
      last = await this.#open({ [card]: store }, true);
      if (!last.ok) continue;
      this.#strangers.add(card === 'a' ? 'b' : 'a');
      const intent = last.value.of === 'open-box' ? last.value.intent : 'idle';
      return this.#opened(intent);
    }
    return last;
  }

  async #fill(card: CardId): Promise<Result<CommandResult>> {
    const store = this.parts.cabinet.cards[card].store();
    if (store === undefined)
      return err(problem('card-missing', `memory card ${card.toUpperCase()}`, '', 'is not in'));
    const box = this.#openBox();
    if (!box.ok) return box;
    const filled = await box.value.replaceCard(card, store, { replace: true });
    if (!filled.ok) return filled;
    this.#strangers.delete(card);
    const told = await this.parts.log.cardFilled(card, store);
    return told.ok ? this.#opened(box.value.intent().kind) : told;
  }

  /** A card left its slot: whatever comes into it next has to be filled before it counts again. */
  async #drop(card: CardId): Promise<Result<CommandResult>> {
    this.#strangers.add(card);
    this.parts.log.cardRemoved(`memory card ${card.toUpperCase()}`);
    const dropped = this.#box === undefined ? ok(undefined) : await this.#box.cardRemoved(card);
    return dropped.ok ? ok({ of: 'cards', cards: this.#health() }) : dropped;
  }

  // ---- preparing -----------------------------------------------------------------------------------------------

  async #prepare(): Promise<Result<CommandResult>> {
    const { random, identity, loaded, anchor, slotCount, bodyBytes, cabinet } = this.parts;
    const stores = this.#stores();
    if (stores.a === undefined || stores.b === undefined) {
      return err(problem('card-missing', 'ballot box', '', 'needs two memory cards to be prepared'));
    }
    const election = this.#election();
    for (const store of [stores.a, stores.b]) {
      const mayGo = await this.#mayBeOverwritten(store);
      if (!mayGo.ok) return mayGo;
    }
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
        ...(bodyBytes === undefined ? {} : { bodyBytes }),
        keyWraps: this.#wraps(boxKey, election),
      },
      boxKey,
      identity.signer,
      random,
      { replace: true },
    );
    if (!prepared.ok) return prepared;
    const { boxId } = prepared.value;
    const counter = await cabinet.counter.read();
    if (!counter.ok) return counter;
    const anchored = await anchor.update(() => ({
      boxId,
      boxGeneration: 0,
      ballots: 0,
      counterAtOpening: counter.value,
    }));
    if (!anchored.ok) return anchored;
    for (const store of [stores.a, stores.b]) {
      const replaced = await this.parts.log.replace(store);
      if (!replaced.ok) return replaced;
    }
    const logged = await this.parts.log.append({ code: 'cards-prepared', details: `ballot box ${boxId}` });
    if (!logged.ok) return logged;
    this.#strangers.clear();
    const pinned = await loaded.pinBox(boxId);
    return pinned.ok ? this.#open(stores, false) : pinned;
  }

  /**
   * A blank card, a test's ballot box, or this device's own box while nothing was cast into it. An official box with
   * ballots, or one that this device cannot judge, is never overwritten here.
   */
  async #mayBeOverwritten(store: FileStore): Promise<Result<void>> {
    const { loaded, anchor } = this.parts;
    const file = await openCard(store);
    if (!file.ok) return file.error.code === 'missing' ? ok(undefined) : file;
    try {
      const signed = await readHeader(file.value, store.label);
      if (!signed.ok) return ok(undefined);
      const { mode, boxId } = signed.value.header;
      const ownAndEmpty = boxId === loaded.now?.boxId && anchor.now.ballots === 0;
      if (mode === 'test' || ownAndEmpty) return ok(undefined);
      const reason = 'holds the ballot box of an official election: use another card';
      return err(problem('official-box', store.label, '', reason));
    } finally {
      await file.value.close();
    }
  }

  /** For the authority, and for every key of the package that may open polls. */
  #wraps(boxKey: Uint8Array, election: ElectionPackage): Parameters<typeof prepareBox>[1]['keyWraps'] {
    const { random, identity } = this.parts;
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

  // ---- casting -------------------------------------------------------------------------------------------------

  async #store(bin: 'main' | 'write-in'): Promise<Result<CommandResult>> {
    const held = this.parts.pages.held();
    if (held === undefined) return err(problem('no-sheet', 'ballot box', '', 'there is no sheet to store'));
    const box = this.#openBox();
    if (!box.ok) return box;
    const { identity, random, cabinet } = this.parts;
    const context = {
      election: this.#election(),
      deviceSerial: identity.serialNumber,
      simulated: cabinet.simulated,
      random,
    };
    const sheet = await this.parts.work(() => sheetToStore(held, bin, box.value.header, context));
    if (!sheet.ok) return sheet;
    const stored = await box.value.beginCast(sheet.value);
    return stored.ok || this.#anyFailed() ? ok({ of: 'cards', cards: this.#health() }) : stored;
  }

  async #step(work: (box: BallotBox) => Promise<Result<void>>): Promise<Result<CommandResult>> {
    const box = this.#openBox();
    if (!box.ok) return box;
    const done = await work(box.value);
    return done.ok ? ok({ of: 'cards', cards: this.#health() }) : done;
  }

  /** After *passed*: log line, anchor, protective counter; each looks first whether it knows already. */
  async #finishCast(): Promise<Result<CommandResult>> {
    const { log, anchor, cabinet } = this.parts;
    const box = this.#openBox();
    if (!box.ok) return box;
    const count = box.value.count();
    const logged = await log.castsUpTo(count);
    if (!logged.ok) return logged;
    const anchored = await anchor.update(() => ({
      boxGeneration: box.value.intent().generation,
      ballots: count,
      ...log.anchor(),
    }));
    if (!anchored.ok) return anchored;
    const counted = await cabinet.counter.raiseTo(anchor.now.counterAtOpening + count);
    if (!counted.ok) return counted;
    const counts = await this.#counts();
    return counts.ok ? ok({ of: 'finish-cast', counts: counts.value }) : counts;
  }

  // ---- opening and closing the polls ---------------------------------------------------------------------------

  /** No ballot in the box, none in the anchor, none in the log: then the polls may open (VVSG 2.0 1.1.3-B). */
  async #beginOpening(): Promise<Result<CommandResult>> {
    const { anchor, cabinet, tapes } = this.parts;
    const counts = await this.#counts();
    if (!counts.ok) return counts;
    const { slots, anchored, logged } = counts.value;
    if (slots !== 0 || anchored !== 0 || logged !== 0) {
      const reason = `is not empty: ballot box ${slots}, anchor ${anchored}, audit log ${logged}`;
      return err(problem('not-zero', 'ballot box', '', reason));
    }
    const counter = await cabinet.counter.read();
    if (!counter.ok) return counter;
    const opening = await anchor.update((now) => ({
      openings: now.openings + 1,
      counterAtOpening: counter.value,
    }));
    if (!opening.ok) return opening;
    return plain(tapes.make('zero', await this.#totals(), false));
  }

  async #beginClosing(
    numbers: NonNullable<AnchorKeeper['now']['reconciliation']>,
  ): Promise<Result<CommandResult>> {
    const totals = await this.#totals();
    if (!totals.ok) return totals;
    const closing = await this.parts.anchor.update((now) => ({
      polls: 'closing',
      closings: now.closings + 1,
      reconciliation: numbers,
    }));
    if (!closing.ok) return closing;
    return plain(this.#makeResultsTape(totals));
  }

  /** Also after a power cut in the middle of the tapes: the same numbers, from the same records. */
  #makeResultsTape(totals: Result<Totals>): Promise<Result<void>> {
    return this.parts.tapes.make('results', totals, this.#onOneCard());
  }

  async #finishClosing(): Promise<Result<CommandResult>> {
    const { random, anchor } = this.parts;
    const destroyed = await destroyKeyWraps(this.#stores(), random);
    if (!destroyed.ok) return destroyed;
    return plain(anchor.update(() => ({ polls: 'closed', ...this.parts.log.anchor() })));
  }

  async #export(): Promise<Result<CommandResult>> {
    const box = this.#openBox();
    if (!box.ok) return box;
    const totals = await this.#totals();
    if (!totals.ok) return totals;
    const what = { ...this.parts, election: this.#election(), box: box.value, totals: totals.value };
    return plain(this.parts.work(() => writeExport(what)));
  }

  /** Never from a running counter: always from the sealed records, each verified. */
  async #totals(): Promise<Result<Totals>> {
    const box = this.#openBox();
    if (!box.ok) return box;
    const records: CastVoteRecord[] = [];
    for await (const ballot of box.value.readAll()) {
      if (!ballot.ok) return ballot;
      records.push(ballot.value.record);
    }
    const { definition, precinctIds, layouts } = this.#election();
    const totals = computeTotals({ definition, layouts }, precinctIds, records);
    if (!totals.ok) return totals;
    if (totals.value.sheets === box.value.count()) return totals;
    const reason = `holds ${totals.value.sheets} records where it counts ${box.value.count()} sheets`;
    return err(problem('count-differs', 'ballot box', '', reason));
  }

  // ---- shared --------------------------------------------------------------------------------------------------

  async #counts(): Promise<Result<Counts>> {
    const { anchor, cabinet, log } = this.parts;
    const box = this.#openBox();
    if (!box.ok) return box;
    const counter = await cabinet.counter.read();
    if (!counter.ok) return counter;
    return ok({
      slots: box.value.count(),
      anchored: anchor.now.ballots,
      counted: counter.value - anchor.now.counterAtOpening,
      logged: log.casts(),
      protectiveCounter: counter.value,
      freeSlots: box.value.freeSlots(),
    });
  }

  #openBox(): Result<BallotBox> {
    if (this.#box !== undefined) return ok(this.#box);
    return err(problem('box-closed', 'ballot box', '', 'is not open'));
  }

  #election(): ElectionPackage {
    return must(this.parts.election, 'box commands come only with an election');
  }

  #anyFailed(): boolean {
    return this.#box?.failedCard() !== undefined;
  }

  #onOneCard(): boolean {
    const { a, b } = this.#health();
    return a !== 'healthy' || b !== 'healthy';
  }

  #health(): CardsHealth {
    const { cards } = this.parts.cabinet;
    const failed = this.#box?.failedCard()?.card;
    const of = (card: CardId): CardHealth => {
      const store: FileStore | undefined = cards[card].store();
      if (store === undefined) return 'absent';
      if (this.#strangers.has(card)) return 'to-be-filled';
      return failed === card ? 'failed' : 'healthy';
    };
    return { a: of('a'), b: of('b') };
  }
}

async function plain(work: Promise<Result<void>>): Promise<Result<CommandResult>> {
  const done = await work;
  return done.ok ? ok({ of: 'plain' }) : done;
}
