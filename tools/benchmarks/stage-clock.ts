/**
 * How long each kind of work takes inside of something larger: every operation of a file store and every signature is
 * timed on its way through. Two cards work at the same time, so what counts is how long any of them was at it.
 */
import { performance } from 'node:perf_hooks';
import type { BlockFile, FileStore } from '../../drivers/ports.js';
import type { Signer } from '../../firmware/trust/signing.js';

export type Stage = 'signing' | 'writing' | 'flushing' | 'reading back';

export class StageClock {
  #spent: Record<Stage, number> = zero();
  readonly #atIt: Record<Stage, number> = zero();
  readonly #since: Record<Stage, number> = zero();

  /** What was spent since the last call. */
  take(): Readonly<Record<Stage, number>> {
    const spent = this.#spent;
    this.#spent = zero();
    return spent;
  }

  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    if (this.#atIt[stage]++ === 0) this.#since[stage] = performance.now();
    try {
      return await work();
    } finally {
      if (--this.#atIt[stage] === 0) this.#spent[stage] += performance.now() - this.#since[stage];
    }
  }

  store(store: FileStore): FileStore {
    return {
      ...store,
      openBlocks: async (name, createBytes) => {
        const opened = await store.openBlocks(name, createBytes);
        return opened.ok ? { ok: true, value: this.#blocks(opened.value) } : opened;
      },
    };
  }

  #blocks(file: BlockFile): BlockFile {
    return {
      sizeBytes: file.sizeBytes,
      read: (at, length) => this.time('reading back', () => file.read(at, length)),
      write: (at, bytes) => this.time('writing', () => file.write(at, bytes)),
      flush: () => this.time('flushing', () => file.flush()),
      close: () => file.close(),
    };
  }

  signer(signer: Signer): Signer {
    return {
      publicKey: signer.publicKey,
      sign: (domain, message) => {
        const startMs = performance.now();
        const signature = signer.sign(domain, message);
        this.#spent.signing += performance.now() - startMs;
        return signature;
      },
    };
  }
}

function zero(): Record<Stage, number> {
  return { signing: 0, writing: 0, flushing: 0, 'reading back': 0 };
}
