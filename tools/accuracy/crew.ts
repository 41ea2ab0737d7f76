/** Threads that work through a list of jobs, one job each at a time. */
import { Worker } from 'node:worker_threads';
import { assert } from '../../ground/result.js';
import type { Done, FromThread, Job, ToThread } from './job.js';
import type { SideResiduals } from './scanned-strip.js';

export class Crew {
  private constructor(private readonly workers: readonly Worker[]) {}

  static async hire(threads: number): Promise<Crew> {
    const workers = Array.from(
      { length: threads },
      () => new Worker(new URL('./thread.js', import.meta.url)),
    );
    const crew = new Crew(workers);
    for (const message of await Promise.all(workers.map((worker) => crew.#next(worker)))) {
      assert(message.kind === 'ready', 'a thread says first that it is ready');
    }
    return crew;
  }

  share(residuals: readonly SideResiduals[]): void {
    for (const worker of this.workers)
      worker.postMessage({ kind: 'residuals', residuals } satisfies ToThread);
  }

  /** Stops at the first job that fails; begins none once it is `late`. */
  async run(
    jobs: readonly Job[],
    done: (done: Done, left: number) => void,
    late: () => boolean = () => false,
  ): Promise<void> {
    const queue = [...jobs];
    const work = async (worker: Worker): Promise<void> => {
      for (let job = queue.shift(); job !== undefined && !late(); job = queue.shift()) {
        const answer = this.#next(worker);
        worker.postMessage({ kind: 'job', job } satisfies ToThread);
        const message = await answer;
        if (message.kind === 'failed') throw new Error(`${JSON.stringify(job)}: ${message.why}`);
        if (message.kind === 'done') done(message.done, queue.length);
      }
    };
    await Promise.all(this.workers.map(work));
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  #next(worker: Worker): Promise<FromThread> {
    return new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (message: FromThread) => {
        worker.off('error', reject);
        resolve(message);
      });
    });
  }
}
