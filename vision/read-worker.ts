/**
 * The reader in a thread of its own, so that reading a sheet never holds up the machine: pages go over in shared
 * memory, one message there and one back. A thread that dies or takes too long is a problem for the caller, who gives
 * the sheet back; the next sheet gets a new thread.
 */
import { Worker } from 'node:worker_threads';
import { err, ok, problem, type Result } from '../ground/result.js';
import type { GreyPage } from '../ground/grey-page.js';
import type { ReadingContext } from './context.js';
import type { Kernels } from './kernels/kernels.js';
import { SheetMemory } from './kernels/memory.js';
import { unpackSheet } from './packed-sheet.js';
import { shareSheet, type ReaderReply, type ReaderSetup, type ReadRequest } from './read-worker-messages.js';
import type { SheetResult } from './reading.js';

/** The part of the clock that is needed here; the machine's `Clock` is one. */
export interface ReaderClock {
  nowMs(): number;
  setTimer(atMs: number, due: () => void): () => void;
}

export interface SheetReader {
  /** One sheet at a time. Problem codes: `reader-busy`, `reader-timed-out`, `reader-failed`, `reader-closed`. */
  read(first: GreyPage, second: GreyPage): Promise<Result<SheetResult>>;
  close(): Promise<void>;
  /** Where lines can be written as they come, so that a sheet need not be copied to be read. */
  readonly memory: SheetMemory;
  /** What the thread reads with. */
  readonly kernels: Kernels['name'];
}

/** Reading takes some 10 ms; a thread that needs longer than this is not coming back. */
const READ_LIMIT_MS = 5_000;
/** Loading the program and reading the first pages, on the slowest computer meant. */
const START_LIMIT_MS = 20_000;

/** What a sheet leaves behind dies young: with this room it is swept away in passing, seldom and in no time. */
export const YOUNG_GENERATION_MB = 32;

const WHERE = 'ballot reader';

type Waiting = (reply: Result<ReaderReply>) => void;

export async function startReader(context: ReadingContext, clock: ReaderClock): Promise<Result<SheetReader>> {
  const thread = new ReaderThread(context, clock);
  const started = await thread.start();
  return started.ok ? ok(thread) : started;
}

function setupOf(context: ReadingContext, memory: SheetMemory): ReaderSetup {
  const { layouts, electionHash20, thresholds } = context;
  return { layouts, electionHash20, thresholds, memory: memory.memory };
}

class ReaderThread implements SheetReader {
  readonly memory = new SheetMemory();
  kernels: Kernels['name'] = 'plain';
  readonly #context: ReadingContext;
  readonly #setup: ReaderSetup;
  readonly #clock: ReaderClock;
  #worker: Worker | undefined;
  #waiting: Waiting | undefined;
  #nextId = 1;
  #closed = false;

  constructor(context: ReadingContext, clock: ReaderClock) {
    this.#context = context;
    this.#setup = setupOf(context, this.memory);
    this.#clock = clock;
  }

  async start(): Promise<Result<void>> {
    const worker = new Worker(new URL('./read-worker-main.js', import.meta.url), {
      workerData: this.#setup,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker = worker;
    worker.on('message', (reply: ReaderReply) => this.#answer(ok(reply)));
    worker.on('error', (error) => this.#fail(worker, `stopped with an error (${error.name})`));
    worker.on('exit', () => this.#fail(worker, 'stopped'));
    const ready = await this.#wait(START_LIMIT_MS);
    if (!ready.ok) return ready;
    if (ready.value.kind === 'ready' && ready.value.selfTest === '') {
      this.kernels = ready.value.kernels;
      return ok(undefined);
    }
    const found = ready.value.kind === 'ready' ? ready.value.selfTest : 'it answered out of turn';
    await this.#drop();
    return err(problem('reader-failed', WHERE, '', `does not read its own test page: ${found}`));
  }

  async read(first: GreyPage, second: GreyPage): Promise<Result<SheetResult>> {
    if (this.#closed) return err(problem('reader-closed', WHERE, '', 'has been closed'));
    if (this.#waiting !== undefined)
      return err(problem('reader-busy', WHERE, '', 'still reads another sheet'));
    if (this.#worker === undefined) {
      const started = await this.start();
      if (!started.ok) return started;
    }
    const request: ReadRequest = { id: this.#nextId++, ...shareSheet(first, second, this.memory) };
    const answer = this.#wait(READ_LIMIT_MS);
    this.#worker?.postMessage(request);
    const reply = await answer;
    if (!reply.ok) return reply;
    if (reply.value.kind === 'read' && reply.value.id === request.id) {
      return ok(unpackSheet(reply.value.result, this.#context));
    }
    await this.#drop();
    return err(problem('reader-failed', WHERE, '', 'answered something that was not asked'));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#answer(err(problem('reader-closed', WHERE, '', 'has been closed')));
    await this.#drop();
  }

  /** The next reply, or the problem that comes instead. */
  #wait(limitMs: number): Promise<Result<ReaderReply>> {
    return new Promise((resolve) => {
      const cancel = this.#clock.setTimer(this.#clock.nowMs() + limitMs, () => {
        this.#answer(
          err(problem('reader-timed-out', WHERE, '', `did not answer within ${limitMs / 1000} s`)),
        );
        void this.#drop();
      });
      this.#waiting = (reply) => {
        cancel();
        resolve(reply);
      };
    });
  }

  #answer(reply: Result<ReaderReply>): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(reply);
  }

  #fail(worker: Worker, how: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#answer(err(problem('reader-failed', WHERE, '', `${how}; the next sheet gets a new one`)));
  }

  async #drop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}
