/**
 * How long the program goes without looking up. A turn is everything between two looks of the event loop at what is
 * new; while it lasts no sensor is heard. Measured is the processor time that a turn takes, not the time on the wall:
 * on a computer with other work the wall says how long others were served. The time of helper threads (collector,
 * compiler) counts as if it were the turn's own, so what is measured is never too little.
 */
import type { BlockFile, FileStore } from '../../drivers/ports.js';
import { nextTurn } from '../../firmware/runtime/ports.js';

/** A part of a day, each with a longest turn of its own. */
export type Part = 'start' | 'voting' | 'closing';

export class Turns {
  readonly longestMs: Record<Part, number> = { start: 0, voting: 0, closing: 0 };
  count = 0;
  #part: Part = 'start';
  #sinceMs = usedMs();
  #over = false;

  /** Measures until `stop`. */
  async watch(): Promise<void> {
    this.skip();
    while (!this.#over) {
      await nextTurn();
      const nowMs = usedMs();
      this.longestMs[this.#part] = Math.max(this.longestMs[this.#part], nowMs - this.#sinceMs);
      this.#sinceMs = nowMs;
      this.count += 1;
    }
  }

  /** What was done in this turn up to now was the measuring itself. */
  skip(): void {
    this.#sinceMs = usedMs();
  }

  enter(part: Part): void {
    this.#part = part;
  }

  stop(): void {
    this.#over = true;
  }
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A medium in memory that answers in a later turn, as every real one does. */
export function inTurns(store: FileStore): FileStore {
  return {
    label: store.label,
    read: (name, maxBytes) => later(() => store.read(name, maxBytes)),
    write: (name, bytes) => later(() => store.write(name, bytes)),
    append: (name, bytes) => later(() => store.append(name, bytes)),
    list: () => later(() => store.list()),
    remove: (name) => later(() => store.remove(name)),
    openBlocks: async (name, createBytes) => {
      const opened = await later(() => store.openBlocks(name, createBytes));
      return opened.ok ? { ok: true, value: blocksInTurns(opened.value) } : opened;
    },
  };
}

function blocksInTurns(file: BlockFile): BlockFile {
  return {
    sizeBytes: file.sizeBytes,
    read: (at, length) => later(() => file.read(at, length)),
    write: (at, bytes) => later(() => file.write(at, bytes)),
    flush: () => later(() => file.flush()),
    close: () => later(() => file.close()),
  };
}

async function later<T>(work: () => Promise<T>): Promise<T> {
  await nextTurn();
  return work();
}
