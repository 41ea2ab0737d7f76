/** What opening and closing the polls do to box, anchor and tapes, and the export afterwards. */
import { err, problem, type Result } from '../../ground/result.js';
import { destroyKeyWraps } from '../ballot-box/key-wraps.js';
import type { CommandResult } from '../machine/input.js';
import type { CastVoteRecord } from '../records/record.js';
import { computeTotals } from '../records/totals.js';
import type { Totals } from '../records/totals-types.js';
import type { AnchorKeeper } from './anchor-keeper.js';
import { writeExport } from './write-export.js';

import { plain, type OpenBallotBox } from './open-ballot-box.js';

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
    const opening = await anchor.update((now) => ({
      openings: now.openings + 1,
      counterAtOpening: counter.value,
    }));
    if (!opening.ok) return opening;
    return plain(tapes.make('zero', await this.#totals(), false));
  }

  async beginClosing(
    numbers: NonNullable<AnchorKeeper['now']['reconciliation']>,
  ): Promise<Result<CommandResult>> {
    const totals = await this.#totals();
    if (!totals.ok) return totals;
    const closing = await this.at.parts.anchor.update((now) => ({
      polls: 'closing',
      closings: now.closings + 1,
      reconciliation: numbers,
    }));
    if (!closing.ok) return closing;
    return plain(this.#makeResultsTape(totals));
  }

  /** After a power cut in the middle of the tapes: the same numbers, from the same records. */
  async resumeClosing(): Promise<Result<CommandResult>> {
    return plain(this.#makeResultsTape(await this.#totals()));
  }

  #makeResultsTape(totals: Result<Totals>): Promise<Result<void>> {
    return this.at.parts.tapes.make('results', totals, this.at.onOneCard());
  }

  async finishClosing(): Promise<Result<CommandResult>> {
    const { random, anchor } = this.at.parts;
    const destroyed = await destroyKeyWraps(this.at.stores(), random);
    if (!destroyed.ok) return destroyed;
    return plain(anchor.update(() => ({ polls: 'closed', ...this.at.parts.log.anchor() })));
  }

  async export(): Promise<Result<CommandResult>> {
    const box = this.at.opened();
    if (!box.ok) return box;
    const totals = await this.#totals();
    if (!totals.ok) return totals;
    const what = { ...this.at.parts, election: this.at.election(), box: box.value, totals: totals.value };
    return plain(this.at.parts.work(() => writeExport(what)));
  }

  /** Never from a running counter: always from the sealed records, each verified. */
  async #totals(): Promise<Result<Totals>> {
    const box = this.at.opened();
    if (!box.ok) return box;
    const records: CastVoteRecord[] = [];
    for await (const ballot of box.value.readAll()) {
      if (!ballot.ok) return ballot;
      records.push(ballot.value.record);
    }
    const { definition, precinctIds, layouts } = this.at.election();
    const totals = computeTotals({ definition, layouts }, precinctIds, records);
    if (!totals.ok) return totals;
    if (totals.value.sheets === box.value.count()) return totals;
    const reason = `holds ${totals.value.sheets} records where it counts ${box.value.count()} sheets`;
    return err(problem('count-differs', 'ballot box', '', reason));
  }
}
