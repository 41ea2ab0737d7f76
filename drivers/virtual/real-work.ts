/**
 * Real work under virtual time: disks, worker threads and password hashing take real time of their own while the
 * virtual clock stands still. Whoever drives the clock asks here whether such work is under way, and moves time only
 * when there is none; so a simulated day is the same every time, however slow the computer is.
 */
import type { BlockFile, FileStore } from '../ports.js';

export class RealWork {
  #underWay = 0;
  #waiting: (() => void)[] = [];

  /** Runs something whose end does not come from the virtual clock. */
  async track<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  get underWay(): boolean {
    return this.#underWay > 0;
  }

  /** Resolves as soon as nothing is under way; new work may begin in the same turn. */
  idle(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The same store, with every operation tracked. */
  store(store: FileStore): FileStore {
    return {
      label: store.label,
      read: (name, maxBytes) => this.track(() => store.read(name, maxBytes)),
      write: (name, bytes) => this.track(() => store.write(name, bytes)),
      append: (name, bytes) => this.track(() => store.append(name, bytes)),
      list: () => this.track(() => store.list()),
      remove: (name) => this.track(() => store.remove(name)),
      openBlocks: async (name, createBytes) => {
        const opened = await this.track(() => store.openBlocks(name, createBytes));
        return opened.ok ? { ok: true, value: this.#blocks(opened.value) } : opened;
      },
    };
  }

  #blocks(file: BlockFile): BlockFile {
    return {
      sizeBytes: file.sizeBytes,
      read: (at, length) => this.track(() => file.read(at, length)),
      write: (at, bytes) => this.track(() => file.write(at, bytes)),
      flush: () => this.track(() => file.flush()),
      close: () => this.track(() => file.close()),
    };
  }
}
