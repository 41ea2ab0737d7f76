/**
 * The audit log read line by line as it is written, by somebody who looks for what must never stand in it: anything of
 * a vote, a style, a record, a secret; and who counts the casts on his own.
 */
import type { MemoryStore } from '../../drivers/virtual/memory-store.js';
import { LOG_NAME } from '../../firmware/audit-log/copies.js';

/** Everything that a line about a sheet may hold: when, what, and its place in the chain. */
const BARE_KEYS = 'seq,time,code,group,severity,disposition,prev,hash';

export class LogAudit {
  #casts = 0;
  #at = 0;
  readonly #counts = new Map<string, number>();

  constructor(
    /** Every medium that has a copy; the longest one is the log, and the others are its beginning. */
    private readonly media: () => readonly MemoryStore[],
    /** What may stand in no line. */
    private readonly forbidden: readonly string[],
    private readonly broken: (promise: string) => void,
  ) {}

  /** `sheet-cast` lines since the last zero check. */
  casts(): number {
    this.#look();
    return this.#casts;
  }

  /** How often each event was written. */
  counts(): ReadonlyMap<string, number> {
    this.#look();
    return this.#counts;
  }

  #look(): void {
    const log = this.#longest();
    if (log === undefined || log.length === this.#at) return;
    // A torn last line is taken back at the next start, and then written anew.
    const end = log.lastIndexOf(10) + 1;
    if (end < this.#at) {
      this.broken('the audit log became shorter');
      this.#at = end;
    }
    const lines = Buffer.from(log.buffer, log.byteOffset + this.#at, end - this.#at).toString('utf8');
    this.#at = end;
    for (const line of lines.split('\n')) if (line !== '') this.#line(line);
  }

  #longest(): Uint8Array | undefined {
    let longest: Uint8Array | undefined;
    for (const medium of this.media()) {
      const log = medium.peek(LOG_NAME);
      if (log !== undefined && log.length > (longest?.length ?? 0)) longest = log;
    }
    return longest;
  }

  #line(line: string): void {
    const entry = JSON.parse(line) as Readonly<Record<string, string>>;
    const code = entry['code'] ?? '';
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    if (code === 'zero-check-passed' || code === 'cards-prepared') this.#casts = 0;
    if (code === 'sheet-cast') this.#casts += 1;
    if (code === 'sheet-cast' || code === 'sheet-returned') {
      const keys = Object.keys(entry).join();
      if (keys !== BARE_KEYS) this.broken(`a log line about a sheet holds ${keys}`);
    }
    const details = entry['details'];
    const leak = details === undefined ? undefined : this.forbidden.find((text) => details.includes(text));
    if (leak !== undefined) this.broken(`the audit log says "${leak}" in: ${details ?? ''}`);
  }
}
