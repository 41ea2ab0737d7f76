/**
 * The audit log as memory cards hold it: of one card, or the longer of two that say the same. Ballots do not wait for a
 * log: one that is not whole is left out, and what is wrong with it is said.
 */
import { bothCards, type CardStores } from '../firmware/ballot-box/card.js';
import { compareCopies, readCopy, type LogCopy } from '../firmware/audit-log/copies.js';
import { verifyLog } from '../firmware/audit-log/verify.js';
import type { LogEntry } from '../firmware/audit-log/chain.js';
import type { Problem } from '../ground/result.js';

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
  for (const { store } of bothCards(stores)) {
    const copy = await readCopy(store);
    if (!copy.ok) problems.push(copy.error);
    else if (copy.value.whole.length === 0) without.push(store.label);
    else {
      const wrong = verifyLog(copy.value.whole, devicePublicKey, copy.value.where).problems;
      if (wrong.length === 0) good.push(copy.value);
      else problems.push(...wrong);
    }
  }
  const compared = good.length === 0 ? undefined : compareCopies(good);
  if (compared?.ok === false) problems.push(...compared.error);
  const whole = compared?.ok === true ? compared.value.best.whole : new Uint8Array();
  const { entries } = verifyLog(whole, devicePublicKey, 'audit log');
  return { whole, entries, without, problems };
}
