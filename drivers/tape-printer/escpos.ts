/**
 * The tape printer: any ESC/POS printer for 80 mm paper with 576 dots. Done means printed: after each chunk the
 * printer is asked for its paper status in line (GS r 1), which it answers only when everything before it has been
 * worked off; while the answer is awaited, the real-time status (DLE EOT) tells why it may not come. After a failure
 * the printer's buffer is emptied (DLE DC4), so that the rest of a dead job does not come out of the new roll.
 * Sources: Epson's ESC/POS command reference, DLE EOT, DLE DC4 function 8, GS r.
 *
 * node-thermal-printer makes the bytes, but its interfaces are not used: they resolve when the bytes are handed over,
 * close the connection before the printer can answer, and reject a missing device with the string "Printer Error".
 */
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { Clock, TapeJob, TapePrinter } from '../ports.js';
import { jobChunks } from './job-bytes.js';
import type { PrinterConnection, PrinterLink } from './link.js';

export interface PrinterLimits {
  /** A real-time status is answered within this. */
  readonly statusMs: number;
  /** How long to wait for a chunk before asking what holds it up. */
  readonly askAfterMs: number;
  /** A chunk that takes longer has failed; a hand's length of paper takes one second. */
  readonly chunkMs: number;
}

export const PRINTER_LIMITS: PrinterLimits = { statusMs: 1_000, askAfterMs: 500, chunkMs: 20_000 };

type PrinterClock = Pick<Clock, 'nowMs' | 'setTimer'>;
type PaperState = 'ready' | 'paper-low';

const GS_R_PAPER = Uint8Array.of(0x1d, 0x72, 1);
const dleEot = (n: number): Uint8Array => Uint8Array.of(0x10, 0x04, n);
const DLE_DC4_EMPTY_BUFFER = Uint8Array.of(0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8);

export function openTapePrinter(
  link: PrinterLink,
  clock: PrinterClock,
  limits: PrinterLimits = PRINTER_LIMITS,
): TapePrinter {
  let last: Promise<unknown> = Promise.resolve();
  /** One connection at a time; whoever comes second waits. */
  const inTurn = <T>(use: (talk: Conversation) => Promise<Result<T>>): Promise<Result<T>> => {
    const turn = last.then(() => withConversation(link, clock, limits, use));
    last = turn;
    return turn;
  };
  return {
    status: () => inTurn((talk) => talk.health()),
    print: async (job: TapeJob) => {
      const chunks = jobChunks(job, link.label);
      return chunks.ok ? inTurn((talk) => printChunks(talk, chunks.value)) : chunks;
    },
  };
}

async function printChunks(talk: Conversation, chunks: readonly Uint8Array[]): Promise<Result<void>> {
  const before = await talk.health();
  if (!before.ok) return before;
  for (const chunk of chunks) {
    const printed = await talk.printChunk(chunk);
    if (!printed.ok) {
      await talk.write(DLE_DC4_EMPTY_BUFFER);
      return printed;
    }
  }
  const after = await talk.health();
  return after.ok ? ok(undefined) : after;
}

async function withConversation<T>(
  link: PrinterLink,
  clock: PrinterClock,
  limits: PrinterLimits,
  use: (talk: Conversation) => Promise<Result<T>>,
): Promise<Result<T>> {
  const connection = await link.connect();
  if (!connection.ok) return connection;
  const result = await use(new Conversation(link.label, connection.value, clock, limits));
  connection.value.close();
  return result;
}

type ReplyKind = 'real-time' | 'in-line';

/** Told apart by the bits that the manufacturer fixed: 0xx1xx10 and 0xx0xxxx. */
function replyKind(byte: number): ReplyKind | undefined {
  if ((byte & 0x93) === 0x12) return 'real-time';
  return (byte & 0x90) === 0 ? 'in-line' : undefined;
}

class Conversation {
  readonly #arrived: Record<ReplyKind, number[]> = { 'real-time': [], 'in-line': [] };
  #wake: () => void = () => undefined;

  constructor(
    readonly label: string,
    readonly connection: PrinterConnection,
    readonly clock: PrinterClock,
    readonly limits: PrinterLimits,
  ) {
    connection.onBytes((bytes) => {
      for (const byte of bytes) {
        const kind = replyKind(byte);
        if (kind !== undefined) this.#arrived[kind].push(byte);
      }
      this.#wake();
    });
  }

  write(bytes: Uint8Array): Promise<Result<void>> {
    return this.connection.write(bytes);
  }

  /** Cover, paper and errors; problem codes `cover-open`, `paper-out`, `printer-failed`. */
  async health(): Promise<Result<PaperState>> {
    const offline = await this.#ask(2);
    if (!offline.ok) return offline;
    if ((offline.value & 0x04) !== 0) return err(this.#problem('cover-open', 'its cover is open'));
    const paper = await this.#ask(4);
    if (!paper.ok) return paper;
    if ((paper.value & 0x60) !== 0 || (offline.value & 0x20) !== 0) {
      return err(this.#problem('paper-out', 'it is out of paper'));
    }
    if ((offline.value & 0x40) !== 0) {
      const cause = await this.#ask(3);
      if (!cause.ok) return cause;
      if ((cause.value & 0x08) !== 0) return err(this.#problem('printer-failed', 'its cutter is stuck'));
      // A hot print head (bit 6) recovers by itself; a job waits for it as long as a chunk may take.
      if ((cause.value & 0x20) !== 0) return err(this.#problem('printer-failed', 'it reports a defect'));
    }
    return ok((paper.value & 0x0c) === 0 ? 'ready' : 'paper-low');
  }

  /** Resolves when the printer has worked the chunk off. */
  async printChunk(chunk: Uint8Array): Promise<Result<void>> {
    this.#arrived['in-line'].length = 0;
    const written = await this.write(chunk);
    if (!written.ok) return written;
    const asked = await this.write(GS_R_PAPER);
    if (!asked.ok) return asked;
    const deadlineMs = this.clock.nowMs() + this.limits.chunkMs;
    while (this.clock.nowMs() < deadlineMs) {
      if ((await this.#reply('in-line', this.limits.askAfterMs)) !== undefined) return ok(undefined);
      const health = await this.health();
      if (!health.ok) return health;
    }
    return err(this.#problem('printer-failed', 'it has stopped in the middle of a tape'));
  }

  async #ask(what: number): Promise<Result<number>> {
    this.#arrived['real-time'].length = 0;
    const written = await this.write(dleEot(what));
    if (!written.ok) return written;
    const reply = await this.#reply('real-time', this.limits.statusMs);
    return reply === undefined ? err(this.#problem('printer-failed', 'it does not answer')) : ok(reply);
  }

  async #reply(kind: ReplyKind, limitMs: number): Promise<number | undefined> {
    const deadlineMs = this.clock.nowMs() + limitMs;
    while (this.#arrived[kind].length === 0 && this.clock.nowMs() < deadlineMs) {
      await new Promise<void>((resolve) => {
        const cancel = this.clock.setTimer(deadlineMs, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    }
    return this.#arrived[kind].shift();
  }

  #problem(code: string, reason: string): Problem {
    return problem(code, this.label, '', reason);
  }
}
