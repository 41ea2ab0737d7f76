/**
 * The ballot box that is open in this machine, and what all desks of the box lane need to know about it: the cards it
 * lies on, how they are, and the counts that must agree.
 */
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import type { Cabinet, CardId, Clock, FileStore, RandomSource } from '../../drivers/ports.js';
import { type CardStores } from '../ballot-box/card.js';
import type { BallotBox } from '../ballot-box/box.js';
import type { DeviceIdentity } from '../device-state/identity.js';
import type { CardHealth, CardsHealth, CommandResult, Counts } from '../machine/input.js';
import type { ElectionPackage } from '../trust/election-package.js';
import type { AnchorKeeper } from './anchor-keeper.js';
import type { KeyDesk } from './key-desk.js';
import type { LoadedElectionKeeper } from './loaded-election-keeper.js';
import type { LogDesk } from './log-desk.js';
import type { PageStore } from './page-store.js';
import type { TapeDesk } from './tape-desk.js';

export interface BoxParts {
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
  readonly headBytes: number | undefined;
  readonly bodyBytes: number | undefined;
}

export class OpenBallotBox {
  box: BallotBox | undefined;

  constructor(readonly parts: BoxParts) {}

  async close(): Promise<void> {
    await this.box?.close();
    this.box = undefined;
  }

  stores(): CardStores {
    const { cards } = this.parts.cabinet;
    const [a, b] = [cards.a.store(), cards.b.store()];
    return { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) };
  }

  opened(): Result<BallotBox> {
    if (this.box !== undefined) return ok(this.box);
    return err(problem('box-closed', 'ballot box', '', 'is not open'));
  }

  election(): ElectionPackage {
    return must(this.parts.election, 'box commands come only with an election');
  }

  health(): CardsHealth {
    const { cards } = this.parts.cabinet;
    const failed = this.box?.failedCard()?.card;
    const inUse = this.box?.cardsInUse();
    const of = (card: CardId): CardHealth => {
      const store: FileStore | undefined = cards[card].store();
      if (store === undefined) return 'absent';
      if (inUse === undefined || inUse.includes(card)) return 'healthy';
      return failed === card ? 'failed' : 'to-be-filled';
    };
    return { a: of('a'), b: of('b') };
  }

  anyFailed(): boolean {
    return this.box?.failedCard() !== undefined;
  }

  onOneCard(): boolean {
    const { a, b } = this.health();
    return a !== 'healthy' || b !== 'healthy';
  }

  async counts(): Promise<Result<Counts>> {
    const { anchor, cabinet, log } = this.parts;
    const box = this.opened();
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
}

export async function plain(work: Promise<Result<void>>): Promise<Result<CommandResult>> {
  const done = await work;
  return done.ok ? ok({ of: 'plain' }) : done;
}
