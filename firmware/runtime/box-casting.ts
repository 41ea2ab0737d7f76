/** One ballot into the box, step by step; each step is durable when it is answered, and may be repeated. */
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { BallotBox } from '../ballot-box/box.js';
import type { CommandResult } from '../machine/input.js';
import { sheetToStore } from './sheet-to-store.js';

import { type OpenBallotBox } from './open-ballot-box.js';

export class BoxCasting {
  constructor(private readonly at: OpenBallotBox) {}

  async store(bin: 'main' | 'write-in'): Promise<Result<CommandResult>> {
    const held = this.at.parts.pages.held();
    if (held === undefined) return err(problem('no-sheet', 'ballot box', '', 'there is no sheet to store'));
    const box = this.at.opened();
    if (!box.ok) return box;
    const { identity, random, cabinet } = this.at.parts;
    const context = {
      election: this.at.election(),
      deviceSerial: identity.serialNumber,
      simulated: cabinet.simulated,
      random,
    };
    const sheet = await this.at.parts.work(() => sheetToStore(held, bin, context));
    if (!sheet.ok) return sheet;
    const stored = await box.value.beginCast(sheet.value);
    return stored.ok || this.at.anyFailed() ? ok({ of: 'cards', cards: this.at.health() }) : stored;
  }

  async step(work: (box: BallotBox) => Promise<Result<void>>): Promise<Result<CommandResult>> {
    const box = this.at.opened();
    if (!box.ok) return box;
    const done = await work(box.value);
    return done.ok ? ok({ of: 'cards', cards: this.at.health() }) : done;
  }

  /** After *passed*: log line, anchor, protective counter; each looks first whether it knows already. */
  async finishCast(): Promise<Result<CommandResult>> {
    const { log, anchor, cabinet } = this.at.parts;
    const box = this.at.opened();
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
    const counts = await this.at.counts();
    return counts.ok ? ok({ of: 'finish-cast', counts: counts.value }) : counts;
  }
}
