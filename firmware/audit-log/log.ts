/**
 * The audit log: append-only, chained and signed, in three copies (the device's own storage and both memory cards)
 * with identical bytes. An entry is written when it is durable on every healthy copy; a copy that fails is left behind
 * and said so. At start-up the copies are compared: one that only lacks the end is completed from a longer one, two
 * that say different things are refused, and an end that was cut off all of them is found by the anchor in the device.
 * It cannot be switched off (VVSG 2.0, 11.1-C); its order is its own, never the clock's.
 */
import { fromHex, toHex, utf8 } from '../../ground/bytes.js';
import { err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { Clock, FileStore } from '../../drivers/ports.js';
import type { KeyRole } from '../trust/security-key.js';
import type { Signer } from '../trust/signing.js';
import { chainEntry, type LogHead, type NewEntry } from './chain.js';
import { compareCopies, LOG_NAME, readCopy, type LogCopy } from './copies.js';
import { CHECKPOINT_EVERY, checkpointAfter, type EventCode } from './events.js';
import { MAX_LOG_BYTES, verifyLogInTurns, type LogFindings } from './verify.js';

export interface LogEvent {
  readonly code: EventCode;
  /** Whose security key it was, where somebody did it. */
  readonly role?: KeyRole;
  /** At most 200 characters. Never a selection, a passcode, or anything about a voter. */
  readonly details?: string;
}

export interface AuditLogOptions {
  /** The device's own storage first, then the memory cards that are in. */
  readonly stores: readonly FileStore[];
  readonly signer: Signer;
  readonly clock: Pick<Clock, 'wallTime'>;
  readonly serialNumber: string;
  /** A virtual cabinet's log says so in its first entry. */
  readonly simulated: boolean;
  /** How far the log had come when the device last anchored it. */
  readonly anchor?: LogHead;
  /** Lets others have their turn while a long log is checked; without it that takes as long as it takes. */
  readonly breathe?: () => Promise<void>;
}

const MAX_WAITING = 256;

export class AuditLog {
  #head: LogHead;
  #sizeBytes: number;
  #castsSinceZero: number;
  readonly #wasShutDown: boolean;
  #copies: readonly FileStore[];
  #lost: readonly Problem[] = [];
  #waiting = 0;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: AuditLogOptions,
    copies: readonly FileStore[],
    findings: LogFindings,
  ) {
    this.#copies = copies;
    this.#head = findings.head;
    this.#sizeBytes = findings.wholeBytes;
    const last = findings.entries.findLast(({ code }) => !code.startsWith('log-'));
    this.#wasShutDown = last === undefined || last.code === 'power-down';
    const zero = findings.entries.findLastIndex((entry) => beginsCounting(entry.code));
    this.#castsSinceZero = findings.entries
      .slice(zero + 1)
      .filter((entry) => entry.code === 'sheet-cast').length;
  }

  /** Compares the copies, completes what is behind, and begins a new log where there is none. */
  static async open(options: AuditLogOptions): Promise<Result<AuditLog, readonly Problem[]>> {
    const copies: LogCopy[] = [];
    const lost: Problem[] = [];
    for (const store of options.stores) {
      const copy = await readCopy(store);
      if (copy.ok) copies.push(copy.value);
      else lost.push(copy.error);
    }
    if (copies.length === 0) {
      return err([...lost, problem('log-unwritable', 'audit log', '', 'no copy can be read or written')]);
    }
    const compared = compareCopies(copies);
    if (!compared.ok) return compared;
    const { best, behind } = compared.value;
    const { signer, anchor, breathe = (): Promise<void> => Promise.resolve() } = options;
    const findings = await verifyLogInTurns(best.whole, signer.publicKey, best.where, anchor, breathe);
    if (findings.problems.length > 0) return err(findings.problems);

    const log = new AuditLog(
      options,
      copies.map((copy) => copy.store),
      findings,
    );
    log.#lost = lost;
    for (const copy of behind) {
      const written = await copy.store.write(LOG_NAME, best.whole);
      if (!written.ok) log.#leaveBehind(copy.store, written.error);
    }
    const begun = await log.#begin(behind);
    return begun.ok ? ok(log) : err([begun.error]);
  }

  get head(): LogHead {
    return this.#head;
  }

  /** Whether the machine was shut down, or is new: the last entry that is not the log's own says so. */
  get wasShutDown(): boolean {
    return this.#wasShutDown;
  }

  /** `sheet-cast` entries since the last zero check, or since a new ballot box was made. */
  get castsSinceZero(): number {
    return this.#castsSinceZero;
  }

  /** Labels of the copies that are written. */
  get healthyCopies(): readonly string[] {
    return this.#copies.map((store) => store.label);
  }

  /** Why the others are not. */
  get lostCopies(): readonly Problem[] {
    return this.#lost;
  }

  /**
   * Resolves when the entry is durable on every copy that is still healthy. An error means that no copy could be
   * written any more, and then the machine has to stop. Entries keep the order of the calls.
   */
  append(event: LogEvent): Promise<Result<LogHead>> {
    return this.#inTurn(() => this.#write(event));
  }

  /**
   * Takes a copy on: one that only lacks the end is completed; one that says something else is refused, except when
   * the card was prepared afresh and what stood there before goes (`replace`).
   */
  attach(store: FileStore, how: 'complete' | 'replace'): Promise<Result<void>> {
    return this.#inTurn(() => this.#attach(store, how));
  }

  /** The card is out. */
  detach(label: string): void {
    this.#copies = this.#copies.filter((store) => store.label !== label);
  }

  /** The whole log as it stands, for export. */
  readAll(): Promise<Result<Uint8Array>> {
    return this.#inTurn(() => this.#readAll());
  }

  async #begin(behind: readonly LogCopy[]): Promise<Result<void>> {
    if (this.#head.entries === 0) {
      const kind = this.options.simulated ? 'SIMULATED cabinet' : 'device';
      const started = await this.append({
        code: 'log-started',
        details: `${kind} ${this.options.serialNumber}`,
      });
      return started.ok ? ok(undefined) : started;
    }
    for (const { store } of behind) {
      const healed = await this.append({ code: 'log-copy-healed', details: store.label });
      if (!healed.ok) return healed;
    }
    return ok(undefined);
  }

  async #write(event: LogEvent): Promise<Result<LogHead>> {
    const time = this.options.clock.wallTime();
    const lines: string[] = [];
    const chain = (entry: NewEntry): void => {
      const chained = chainEntry(head, entry);
      lines.push(chained.line);
      head = chained.head;
    };
    let head = this.#head;
    chain({ time, ...event });
    if (checkpointAfter.includes(event.code) || head.entries % CHECKPOINT_EVERY === 0) {
      chain({ time, code: 'log-checkpoint', signature: this.#sign(head) });
    }
    const bytes = utf8(lines.map((line) => `${line}\n`).join(''));
    if (this.#sizeBytes + bytes.length > MAX_LOG_BYTES) {
      return err(problem('log-full', 'audit log', '', 'has no room for another entry'));
    }
    const before = this.#copies;
    const written = await this.#appendEverywhere(bytes);
    if (!written.ok) return written;
    this.#head = head;
    this.#sizeBytes += bytes.length;
    if (event.code === 'sheet-cast') this.#castsSinceZero += 1;
    if (beginsCounting(event.code)) this.#castsSinceZero = 0;
    for (const store of before.filter((copy) => !this.#copies.includes(copy))) {
      const said = await this.#write({ code: 'log-copy-failed', details: store.label });
      if (!said.ok) return said;
    }
    return ok(this.#head);
  }

  #sign(head: LogHead): string {
    const hash = fromHex(head.hash, 'log head');
    const bytes = must(hash.ok ? hash.value : undefined, 'a hash is hexadecimal');
    return toHex(this.options.signer.sign('log-checkpoint', bytes));
  }

  async #appendEverywhere(bytes: Uint8Array): Promise<Result<void>> {
    const stores = this.#copies;
    const answers = await Promise.all(stores.map((store) => store.append(LOG_NAME, bytes)));
    for (const [i, answer] of answers.entries()) {
      if (!answer.ok) this.#leaveBehind(must(stores[i], 'an answer for each store'), answer.error);
    }
    if (answers.some((answer) => answer.ok)) return ok(undefined);
    return err(problem('log-unwritable', 'audit log', '', 'no copy can be written any more'));
  }

  #leaveBehind(store: FileStore, why: Problem): void {
    this.#copies = this.#copies.filter((kept) => kept !== store);
    this.#lost = [...this.#lost.filter(({ where }) => where !== why.where), why];
  }

  async #attach(store: FileStore, how: 'complete' | 'replace'): Promise<Result<void>> {
    const own = await this.#readAll();
    if (!own.ok) return own;
    if (how === 'complete') {
      const copy = await readCopy(store);
      if (!copy.ok) return copy;
      const mine: LogCopy = { store, where: 'audit log', whole: own.value, torn: false };
      const compared = compareCopies([mine, copy.value]);
      if (!compared.ok) return err(must(compared.error[0], 'a refusal has a reason'));
      if (compared.value.best !== mine) {
        return err(problem('log-diverged', copy.value.where, '', 'is longer than the log of this machine'));
      }
    }
    const written = await store.write(LOG_NAME, own.value);
    if (!written.ok) return written;
    this.#copies = [...this.#copies.filter(({ label }) => label !== store.label), store];
    this.#lost = this.#lost.filter(({ where }) => !where.startsWith(store.label));
    return ok(undefined);
  }

  async #readAll(): Promise<Result<Uint8Array>> {
    for (const store of this.#copies) {
      const read = await store.read(LOG_NAME, MAX_LOG_BYTES);
      if (read.ok && read.value.length === this.#sizeBytes) return read;
      const reason = 'does not hold what was written to it';
      this.#leaveBehind(store, read.ok ? problem('log-copy-changed', store.label, '', reason) : read.error);
    }
    return err(problem('log-unwritable', 'audit log', '', 'no copy can be read any more'));
  }

  #inTurn<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    if (this.#waiting >= MAX_WAITING) {
      return Promise.resolve(err(problem('log-busy', 'audit log', '', 'has too many entries waiting')));
    }
    this.#waiting += 1;
    const turn = this.#tail.then(work).finally(() => (this.#waiting -= 1));
    this.#tail = turn;
    return turn;
  }
}

/** A new ballot box is empty, and a zero check has just found that everything is. */
function beginsCounting(code: EventCode): boolean {
  return code === 'zero-check-passed' || code === 'cards-prepared';
}
