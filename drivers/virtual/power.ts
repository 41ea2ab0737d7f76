/**
 * What a power cut means for a program: it stops in the middle of a line. Everything that a running program holds of
 * the cabinet hangs on one rail. When the rail is cut, its timers are dropped, its listeners are forgotten, and every
 * promise it gave stays pending for ever, so that nothing of the dead program runs on and nothing more reaches a
 * card. The next program gets a rail of its own.
 */
import { err, ok, type Result } from '../../ground/result.js';
import { storeProblem } from '../memory-card/folder-store.js';
import type { BlockFile, Clock, FileStore } from '../ports.js';

export class PowerRail {
  /** The program's clock: its timers die with the rail. */
  readonly clock: Clock;
  readonly #pending = new Set<() => void>();
  #on = true;

  constructor(clock: Clock) {
    this.clock = {
      nowMs: () => clock.nowMs(),
      wallTime: () => clock.wallTime(),
      setWallTime: (local) => clock.setWallTime(local),
      setTimer: (atMs, due) => this.#setTimer(clock, atMs, due),
    };
  }

  get on(): boolean {
    return this.#on;
  }

  cut(): void {
    this.#on = false;
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }

  /** Runs `work` if there is power, and hands on what comes of it if there still is. */
  whilePowered<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#on) return;
      work().then(
        (value) => {
          if (this.#on) resolve(value);
        },
        (cause: unknown) => {
          if (this.#on) reject(cause instanceof Error ? cause : new Error(String(cause)));
        },
      );
    });
  }

  /** Resolves after so many milliseconds. */
  delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimer(this.clock.nowMs() + ms, resolve);
    });
  }

  #setTimer(clock: Clock, atMs: number, due: () => void): () => void {
    if (!this.#on) return () => undefined;
    const cancel = clock.setTimer(atMs, () => {
      this.#pending.delete(cancel);
      due();
    });
    this.#pending.add(cancel);
    return () => {
      this.#pending.delete(cancel);
      cancel();
    };
  }
}

/** A medium as the running program sees it: dead with the rail, `medium-missing` once it has been pulled. */
export function attachedStore(store: FileStore, rail: PowerRail, present: () => boolean): FileStore {
  const guarded = <T>(name: string, work: () => Promise<Result<T>>): Promise<Result<T>> => {
    const gone = err(storeProblem('medium-missing', store.label, name));
    return rail.whilePowered(async () => {
      if (!present()) return gone;
      const result = await work();
      return present() ? result : gone;
    });
  };
  const attachedBlocks = (name: string, file: BlockFile): BlockFile => ({
    sizeBytes: file.sizeBytes,
    read: (at, length) => guarded(name, () => file.read(at, length)),
    write: (at, bytes) => guarded(name, () => file.write(at, bytes)),
    flush: () => guarded(name, () => file.flush()),
    close: () => rail.whilePowered(() => file.close()),
  });
  return {
    label: store.label,
    read: (name, maxBytes) => guarded(name, () => store.read(name, maxBytes)),
    write: (name, bytes) => guarded(name, () => store.write(name, bytes)),
    append: (name, bytes) => guarded(name, () => store.append(name, bytes)),
    list: () => guarded('', () => store.list()),
    remove: (name) => guarded(name, () => store.remove(name)),
    openBlocks: (name, createBytes) =>
      guarded(name, async () => {
        const opened = await store.openBlocks(name, createBytes);
        return opened.ok ? ok(attachedBlocks(name, opened.value)) : opened;
      }),
  };
}
