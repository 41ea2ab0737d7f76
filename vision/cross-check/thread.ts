/**
 * The second opinion in a thread of its own: nothing is loaded until the first side is asked about, and OpenCV's memory
 * goes with the thread. A thread that dies or takes too long is a problem for the caller; the next side gets a new one.
 */
import { Worker } from 'node:worker_threads';
import type { GreyPage } from '../../ground/grey-page.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { ElectionLayouts, SecondReading } from './reading.js';
import type { CrossCheckReply, CrossCheckRequest } from './thread-messages.js';

/** The part of the clock that is needed here; the machine's `Clock` is one. */
export interface CrossCheckClock {
  nowMs(): number;
  setTimer(atMs: number, due: () => void): () => void;
}

/** Loading takes about 1 s and a side 0.2 s; on the slowest computer meant ten times that. */
const LIMIT_MS = 30_000;
const WHERE = 'second reading';

export class CrossChecker {
  readonly #election: ElectionLayouts;
  readonly #clock: CrossCheckClock;
  #worker: Worker | undefined;
  #waiting: ((reply: Result<CrossCheckReply>) => void) | undefined;
  #nextId = 1;

  constructor(election: ElectionLayouts, clock: CrossCheckClock) {
    this.#election = election;
    this.#clock = clock;
  }

  /** One side at a time. Problem codes: `cross-check-busy`, `cross-check-timed-out`, `cross-check-failed`. */
  async read(page: GreyPage): Promise<Result<SecondReading>> {
    if (this.#waiting !== undefined) {
      return err(problem('cross-check-busy', WHERE, '', 'is still at the side before'));
    }
    const worker = this.#started();
    const request: CrossCheckRequest = { id: this.#nextId++, page };
    const answer = this.#wait();
    worker.postMessage(request);
    const reply = await answer;
    if (!reply.ok) return reply;
    if (reply.value.id === request.id) return ok(reply.value.reading);
    await this.close();
    return err(problem('cross-check-failed', WHERE, '', 'answered something that was not asked'));
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#answer(err(problem('cross-check-failed', WHERE, '', 'has been closed')));
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./thread-main.js', import.meta.url), { workerData: this.#election });
    worker.on('message', (reply: CrossCheckReply) => this.#answer(ok(reply)));
    worker.on('error', (error) => this.#fail(worker, `stopped with an error (${error.name})`));
    worker.on('exit', () => this.#fail(worker, 'stopped'));
    this.#worker = worker;
    return worker;
  }

  #wait(): Promise<Result<CrossCheckReply>> {
    return new Promise((resolve) => {
      const cancel = this.#clock.setTimer(this.#clock.nowMs() + LIMIT_MS, () => {
        const reason = `did not answer within ${LIMIT_MS / 1000} s`;
        this.#answer(err(problem('cross-check-timed-out', WHERE, '', reason)));
        void this.close();
      });
      this.#waiting = (reply) => {
        cancel();
        resolve(reply);
      };
    });
  }

  #answer(reply: Result<CrossCheckReply>): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(reply);
  }

  #fail(worker: Worker, how: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#answer(err(problem('cross-check-failed', WHERE, '', how)));
  }
}
