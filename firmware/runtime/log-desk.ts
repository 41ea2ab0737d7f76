/**
 * The audit log as the runtime's desks use it: one place that appends, that knows how many casts are written since
 * the zero check, and that says what the device anchors.
 */
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { CardId, FileStore } from '../../drivers/ports.js';
import type { AuditLog, LogEvent } from '../audit-log/log.js';
import type { Anchor } from '../device-state/anchor.js';

export class LogDesk {
  constructor(private readonly log: AuditLog) {}

  async append(event: LogEvent): Promise<Result<void>> {
    const details = event.details === undefined || event.details === '' ? {} : { details: event.details };
    const role = event.role === undefined ? {} : { role: event.role };
    const written = await this.log.append({ code: event.code, ...role, ...details });
    return written.ok ? ok(undefined) : written;
  }

  /** `sheet-cast` lines since the polls opened. */
  casts(): number {
    return this.log.castsSinceZero;
  }

  /** Writes the line of the last cast, if it is not there yet. */
  async castsUpTo(count: number): Promise<Result<void>> {
    const missing = count - this.log.castsSinceZero;
    if (missing === 0) return ok(undefined);
    if (missing !== 1) {
      const reason = `has ${this.log.castsSinceZero} casts where the ballot box has ${count}`;
      return err(problem('count-differs', 'audit log', '', reason));
    }
    return this.append({ code: 'sheet-cast' });
  }

  /** What the device's anchor remembers of the log. */
  anchor(): Pick<Anchor, 'logEntries' | 'logHead'> {
    const { entries, hash } = this.log.head;
    return { logEntries: entries, logHead: hash };
  }

  /** Before a card's box is opened its copy of the log must be this log. */
  async complete(store: FileStore): Promise<Result<void>> {
    if (this.log.healthyCopies.includes(store.label)) return ok(undefined);
    return this.log.attach(store, 'complete');
  }

  /** A card was prepared afresh or filled from the other one: whatever log was on it goes. */
  replace(store: FileStore): Promise<Result<void>> {
    return this.log.attach(store, 'replace');
  }

  async cardFilled(card: CardId, store: FileStore): Promise<Result<void>> {
    const replaced = await this.replace(store);
    if (!replaced.ok) return replaced;
    return this.append({ code: 'card-filled', details: `memory card ${card.toUpperCase()}` });
  }

  cardRemoved(label: string): void {
    this.log.detach(label);
  }

  readAll(): Promise<Result<Uint8Array>> {
    return this.log.readAll();
  }
}
