/**
 * The audit log as memory cards hold it: of one card, or the longer of two that say the same. Ballots do not wait for a
 * log: one that is not whole is left out, and what is wrong with it is said.
 */
import { bothCards, type CardStores } from '../firmware/ballot-box/card.js';
import { compareCopies, readCopy, type LogCopy } from '../firmware/audit-log/copies.js';
import { verifyLog } from '../firmware/audit-log/verify.js';
import type { LogEntry } from '../firmware/audit-log/chain.js';
import { must, type Problem } from '../ground/result.js';

export interface LogOnCards {
  /** Its whole lines; empty when no card holds a log that is whole. */
  readonly whole: Uint8Array;
  readonly entries: readonly LogEntry[];
  /** Cards without a log. */
  readonly without: readonly string[];
  readonly problems: readonly Problem[];
}

export async function logOnCards(stores: CardStores, devicePublicKey: Uint8Array): Promise<LogOnCards> {
  const problems: Problem[] = [];
  const without: string[] = [];
  const good: LogCopy[] = [];
  const entriesOf = new Map<LogCopy, readonly LogEntry[]>();
  for (const { store } of bothCards(stores)) {
    const copy = await readCopy(store);
    if (!copy.ok) problems.push(copy.error);
    else if (copy.value.whole.length === 0) without.push(store.label);
    else {
      const { entries, problems: wrong } = verifyLog(copy.value.whole, devicePublicKey, copy.value.where);
      if (wrong.length === 0) {
        good.push(copy.value);
        entriesOf.set(copy.value, entries);
      } else problems.push(...wrong);
    }
  }
  const compared = good.length === 0 ? undefined : compareCopies(good);
  if (compared?.ok === false) problems.push(...compared.error);
  const best = compared?.ok === true ? compared.value.best : undefined;
  if (best === undefined) return { whole: new Uint8Array(), entries: [], without, problems };
  return { whole: best.whole, entries: must(entriesOf.get(best), 'a good copy was read'), without, problems };
}
