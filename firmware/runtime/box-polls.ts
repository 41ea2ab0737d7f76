/** What opening and closing the polls do to box, anchor and tapes, and the export afterwards. */
import { err, ok, problem, type Result } from '../../ground/result.js';
import { destroyKeyWraps } from '../ballot-box/key-wraps.js';
import type { CommandResult } from '../machine/input.js';
import { startTally } from '../records/totals.js';
import type { Totals } from '../records/totals-types.js';
import type { AnchorKeeper } from './anchor-keeper.js';
import { writeExport } from './write-export.js';

import { plain, type OpenBallotBox } from './open-ballot-box.js';

type Numbers = NonNullable<AnchorKeeper['now']['reconciliation']>;

export class BoxPolls {
  constructor(private readonly at: OpenBallotBox) {}

  /** No ballot in the box, none in the anchor, none in the log: then the polls may open (VVSG 2.0 1.1.3-B). */
  async beginOpening(): Promise<Result<CommandResult>> {
    const { anchor, cabinet, tapes } = this.at.parts;
    const counts = await this.at.counts();
    if (!counts.ok) return counts;
    const { slots, anchored, logged } = counts.value;
    if (slots !== 0 || anchored !== 0 || logged !== 0) {
      const reason = `is not empty: ballot box ${slots}, anchor ${anchored}, audit log ${logged}`;
      return err(problem('not-zero', 'ballot box', '', reason));
    }
    const counter = await cabinet.counter.read();
    if (!counter.ok) return counter;
    const { openings, closings } = anchor.now;
    const numbers = { openings: openings + 1, closings, counterAtOpening: counter.value };
    const made = await tapes.make('zero', await this.#totals(), { ...numbers, closedOnOneCard: false });
    return made.ok ? plain(anchor.update(() => ({ ...numbers, previousTape: made.value }))) : made;
  }

  /** The tape is made and kept first; then one anchor says that the closing has begun, its numbers and its tape. */
  async beginClosing(reconciliation: Numbers): Promise<Result<CommandResult>> {
    const { anchor } = this.at.parts;
    const closings = anchor.now.closings + 1;
    const made = await this.#makeResultsTape(closings, reconciliation);
    if (!made.ok) return made;
    const { log } = this.at.parts;
    return plain(
      anchor.update(() => ({
        polls: 'closing',
        closings,
        reconciliation,
        previousTape: made.value,
        ...log.anchor(),
      })),
    );
  }

  /** After a power cut in the middle of the tapes: the very tape that was made, if it was kept whole. */
  async resumeClosing(): Promise<Result<CommandResult>> {
    const { tapes, anchor } = this.at.parts;
    const { previousTape, closings, reconciliation } = anchor.now;
    if (previousTape !== undefined && (await tapes.takeUp('results', previousTape)))
      return ok({ of: 'plain' });
    const made = await this.#makeResultsTape(closings, reconciliation);
    return made.ok ? plain(anchor.update(() => ({ previousTape: made.value }))) : made;
  }

  async #makeResultsTape(closings: number, reconciliation: Numbers | undefined): Promise<Result<string>> {
    const { tapes, anchor } = this.at.parts;
    const { openings, counterAtOpening } = anchor.now;
    return tapes.make('results', await this.#totals(), {
      openings,
      closings,
      counterAtOpening,
      closedOnOneCard: this.at.onOneCard(),
      ...(reconciliation === undefined ? {} : { reconciliation }),
    });
  }

  /** First it is so, then the wraps go; a start that finds the polls closed lets them go again (`boot.ts`). */
  async finishClosing(): Promise<Result<CommandResult>> {
    const { random, anchor, log } = this.at.parts;
    const box = this.at.opened();
    if (!box.ok) return box;
    const inUse = box.value.cardsInUse().length;
    const logged = await log.append({ code: 'polls-closed' });
    if (!logged.ok) return logged;
    const closed = await anchor.update(() => ({ polls: 'closed', ...log.anchor() }));
    if (!closed.ok) return closed;
    const destroyed = await destroyKeyWraps(this.at.stores(), box.value.header.boxId, random);
    if (destroyed.ok && destroyed.value >= inUse) return plain(log.append({ code: 'key-wraps-destroyed' }));
    const details = 'key wraps were not destroyed on every card: keep the cards apart from the security keys';
    return plain(log.append({ code: 'card-failed', details }));
  }

  async export(): Promise<Result<CommandResult>> {
    const box = this.at.opened();
    if (!box.ok) return box;
    const totals = await this.#totals();
    if (!totals.ok) return totals;
    const what = { ...this.at.parts, election: this.at.election(), box: box.value, totals: totals.value };
    return plain(this.at.parts.work(() => writeExport(what)));
  }

  /**
   * Never from a running counter: always from the sealed records, each verified, and counted as it is read, so that
   * between two of them the machine hears what is new.
   */
  async #totals(): Promise<Result<Totals>> {
    const box = this.at.opened();
    if (!box.ok) return box;
    const { definition, precinctIds, layouts } = this.at.election();
    const tally = startTally({ definition, layouts }, precinctIds);
    for await (const ballot of box.value.readAll()) {
      const added = ballot.ok ? tally.add(ballot.value.record) : ballot;
      if (!added.ok) return added;
    }
    const totals = tally.totals();
    if (totals.sheets === box.value.count()) return ok(totals);
    const reason = `holds ${totals.sheets} records where it counts ${box.value.count()} sheets`;
    return err(problem('count-differs', 'ballot box', '', reason));
  }
}
