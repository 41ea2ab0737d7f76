/** A worker process under watch: each order ends with its report, or with the reason for which it was stopped. */
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../firmware/runtime/ports.js';
import type { Order, Report } from './worker.js';

/** For one input. The slowest good one (a page of 80 million pixels) takes 2 to 3 s on a loaded core. */
export const TIME_LIMIT_MS = 15_000;
/** All memory of the process; it has some 150 MB without any input, and 0.95 GB with a page of 80 million pixels. */
export const MEMORY_LIMIT_BYTES = 1_500_000_000;
const HEAP_MEGABYTES = 512;
const LOOK_EVERY_MS = 50;
const PAGE_BYTES = 4096;
const clock = systemClock();

export interface Watched {
  /** What is wrong; nothing when the door said something and the limits held. */
  readonly wrong: string | undefined;
  readonly ms: number;
  readonly peakBytes: number;
}

export class WatchedWorker {
  #child: ChildProcess | undefined;

  constructor(private readonly root: string) {}

  async run(order: Order): Promise<Watched> {
    const child = (this.#child ??= await this.#start());
    const startMs = clock.nowMs();
    let peakBytes = residentBytes(child);
    return new Promise((resolve) => {
      let cancel = (): void => undefined;
      const end = (wrong: string | undefined, isDead: boolean): void => {
        cancel();
        child.off('message', answered).off('exit', died);
        if (isDead) this.#child = undefined;
        peakBytes = Math.max(peakBytes, residentBytes(child));
        resolve({ wrong, ms: clock.nowMs() - startMs, peakBytes });
      };
      const answered = (report: Report): void => end(report.threw, false);
      const died = (code: number | null, signal: string | null): void =>
        end(`the process ended (${signal ?? code ?? ''})`, true);
      const look = (): void => {
        cancel = clock.setTimer(clock.nowMs() + LOOK_EVERY_MS, look);
        peakBytes = Math.max(peakBytes, residentBytes(child));
        const late = clock.nowMs() - startMs > TIME_LIMIT_MS;
        if (!late && peakBytes <= MEMORY_LIMIT_BYTES) return;
        child.off('exit', died);
        child.kill('SIGKILL');
        const large = `took more than ${MEMORY_LIMIT_BYTES} bytes of memory`;
        end(late ? `took longer than ${TIME_LIMIT_MS} ms` : large, true);
      };
      cancel = clock.setTimer(clock.nowMs() + LOOK_EVERY_MS, look);
      child.once('message', answered).once('exit', died);
      child.send(order);
    });
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #start(): Promise<ChildProcess> {
    const child = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), [this.root], {
      cwd: join(this.root, 'inside'),
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
      env: { ...process.env, TMPDIR: join(this.root, 'inside') },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    return new Promise((resolve, reject) => {
      child.once('message', () => resolve(child));
      child.once('exit', () => reject(new Error('the worker does not start')));
    });
  }
}

/** 0 once it is gone. */
function residentBytes({ pid = 0 }: ChildProcess): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0) * PAGE_BYTES;
  } catch {
    return 0;
  }
}
