/**
 * The reader in threads of its own, so that reading a sheet never holds up the machine: pages go over in shared memory,
 * one message there and one back. Where there are cores for it, the two sides of a sheet are read at the same time, each
 * by its own thread (`side-handover.ts`). If one of them dies or takes too long, both are given up: a problem for the
 * caller, who gives the sheet back; the next sheet gets new ones.
 */
import { availableParallelism } from 'node:os';
import { MessageChannel, Worker } from 'node:worker_threads';
import { err, ok, problem, type Result } from '../ground/result.js';
import type { GreyPage } from '../ground/grey-page.js';
import type { ReadingContext } from './context.js';
import type { Kernels } from './kernels/kernels.js';
import { SheetMemory } from './kernels/memory.js';
import { unpackSheet } from './packed-sheet.js';
import {
  shareSheet,
  type ReaderReply,
  type ReaderSetup,
  type ReadRequest,
  type SideRequest,
  type SideSetup,
  type ThreadSetup,
} from './read-worker-messages.js';
import type { SheetResult } from './reading.js';
import { handoverState } from './side-handover.js';
import { warmUp } from './warm-up.js';

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
  /** What the threads read with. */
  readonly kernels: Kernels['name'];
}

/** Reading takes some 10 ms; a thread that needs longer than this is not coming back. */
const READ_LIMIT_MS = 5_000;
/** Loading the program and reading the first pages, on the slowest computer meant. */
const START_LIMIT_MS = 20_000;

const WHERE = 'ballot reader';

/** What a sheet leaves behind dies young: with this room it is swept away in passing, seldom and in no time. */
export const YOUNG_GENERATION_MB = 32;

type Waiting = (reply: Result<ReaderReply>) => void;

export type ReaderThreads = 1 | 2;

/** @param threads two read the sides of a sheet at the same time, which only pays where each has a core */
export async function startReader(
  context: ReadingContext,
  clock: ReaderClock,
  threads: ReaderThreads = availableParallelism() > 1 ? 2 : 1,
): Promise<Result<SheetReader>> {
  const reader = new ThreadedReader(context, clock, threads);
  const started = await reader.start();
  return started.ok ? ok(reader) : started;
}

interface Workers {
  readonly sheets: Worker;
  readonly seconds: Worker | undefined;
}

class ThreadedReader implements SheetReader {
  readonly memory = new SheetMemory();
  kernels: Kernels['name'] = 'plain';
  readonly #context: ReadingContext;
  readonly #setup: ThreadSetup;
  readonly #clock: ReaderClock;
  readonly #threads: ReaderThreads;
  #workers: Workers | undefined;
  #waiting: Waiting | undefined;
  #nextId = 1;
  #busy = false;
  #closed = false;

  constructor(context: ReadingContext, clock: ReaderClock, threads: ReaderThreads) {
    const { layouts, electionHash20, thresholds } = context;
    this.#context = context;
    this.#setup = { layouts, electionHash20, thresholds, memory: this.memory.shared };
    this.#clock = clock;
    this.#threads = threads;
  }

  /** Both threads, and their own page read as any sheet is: so they are warm, and a reader that cannot read is none. */
  async start(): Promise<Result<void>> {
    const started = this.#wait(START_LIMIT_MS);
    this.#hire();
    const ready = await started;
    if (!ready.ok) return ready;
    let failed: Result<never> | undefined;
    const found = await warmUp(this.#context, async (first, second) => {
      const read = await this.#readSheet(first, second);
      if (read.ok) return read.value;
      failed = read;
      return undefined;
    });
    if (failed !== undefined) return failed;
    if (ready.value.kind === 'ready' && found === '') {
      this.kernels = ready.value.kernels;
      return ok(undefined);
    }
    await this.#drop();
    const why = ready.value.kind === 'ready' ? found : 'it answered out of turn';
    return err(problem('reader-failed', WHERE, '', `does not read its own test page: ${why}`));
  }

  #hire(): void {
    if (this.#threads === 1) {
      const setup: ReaderSetup = this.#setup;
      this.#workers = { sheets: this.#thread('./read-worker-main.js', setup), seconds: undefined };
      return;
    }
    const { port1, port2 } = new MessageChannel();
    const state = handoverState();
    const seconds: SideSetup = { ...this.#setup, handover: { port: port1, state } };
    const sheets: ReaderSetup = { ...this.#setup, handover: { port: port2, state } };
    this.#workers = {
      sheets: this.#thread('./read-worker-main.js', sheets),
      seconds: this.#thread('./side-worker-main.js', seconds),
    };
  }

  #thread(program: string, setup: ReaderSetup): Worker {
    const worker = new Worker(new URL(program, import.meta.url), {
      workerData: setup,
      transferList: setup.handover === undefined ? [] : [setup.handover.port],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    worker.on('message', (reply: ReaderReply) => this.#answer(ok(reply)));
    worker.on('error', (error) => this.#fail(worker, `stopped with an error (${error.name})`));
    worker.on('exit', () => this.#fail(worker, 'stopped'));
    return worker;
  }

  async read(first: GreyPage, second: GreyPage): Promise<Result<SheetResult>> {
    if (this.#closed) return err(problem('reader-closed', WHERE, '', 'has been closed'));
    if (this.#busy) return err(problem('reader-busy', WHERE, '', 'still reads another sheet'));
    this.#busy = true;
    try {
      const started = this.#workers === undefined ? await this.start() : ok(undefined);
      return started.ok ? await this.#readSheet(first, second) : started;
    } finally {
      this.#busy = false;
    }
  }

  async #readSheet(first: GreyPage, second: GreyPage): Promise<Result<SheetResult>> {
    const id = this.#nextId++;
    const shared = shareSheet(first, second, this.memory);
    const seconds = this.#workers?.seconds;
    // Two threads must not work in one side's memory.
    const apart = shared.first.pixels !== 'second' && shared.second.pixels !== 'first';
    const secondAside = seconds !== undefined && apart;
    const answer = this.#wait(READ_LIMIT_MS);
    if (secondAside) seconds.postMessage({ id, page: shared.second } satisfies SideRequest);
    this.#workers?.sheets.postMessage({ id, ...shared, secondAside } satisfies ReadRequest);
    const reply = await answer;
    if (!reply.ok) return reply;
    if (reply.value.kind === 'read' && reply.value.id === id) {
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
    if (worker !== this.#workers?.sheets && worker !== this.#workers?.seconds) return;
    void this.#drop();
    this.#answer(err(problem('reader-failed', WHERE, '', `${how}; the next sheet gets a new one`)));
  }

  async #drop(): Promise<void> {
    const workers = this.#workers;
    this.#workers = undefined;
    await Promise.all([workers?.sheets.terminate(), workers?.seconds?.terminate()]);
  }
}
