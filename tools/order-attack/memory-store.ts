/** A medium in memory: what the ballot box and the log write to, where a thousand elections are to be quick. */
import { err, ok, type Result } from '../../ground/result.js';
import { storeProblem } from '../../drivers/memory-card/folder-store.js';
import type { BlockFile, FileStore } from '../../drivers/ports.js';

export class MemoryStore implements FileStore {
  readonly #files = new Map<string, Uint8Array>();
  /** Whole appends, joined when somebody reads. */
  readonly #appended = new Map<string, Uint8Array[]>();

  constructor(readonly label: string) {}

  /** The file's own bytes as they are now, not a copy. */
  bytes(name: string): Uint8Array | undefined {
    const parts = this.#appended.get(name);
    if (parts !== undefined) {
      this.#files.set(
        name,
        new Uint8Array(Buffer.concat([this.#files.get(name) ?? new Uint8Array(), ...parts])),
      );
      this.#appended.delete(name);
    }
    return this.#files.get(name);
  }

  read(name: string, maxBytes: number): Promise<Result<Uint8Array>> {
    const bytes = this.bytes(name);
    if (bytes === undefined) return Promise.resolve(err(storeProblem('missing', this.label, name)));
    if (bytes.length > maxBytes) return Promise.resolve(err(storeProblem('too-large', this.label, name)));
    return Promise.resolve(ok(bytes.slice()));
  }

  write(name: string, bytes: Uint8Array): Promise<Result<void>> {
    this.#appended.delete(name);
    this.#files.set(name, bytes.slice());
    return Promise.resolve(ok(undefined));
  }

  append(name: string, bytes: Uint8Array): Promise<Result<void>> {
    const parts = this.#appended.get(name);
    if (parts === undefined) this.#appended.set(name, [bytes.slice()]);
    else parts.push(bytes.slice());
    return Promise.resolve(ok(undefined));
  }

  openBlocks(name: string, createBytes?: number): Promise<Result<BlockFile>> {
    if (createBytes !== undefined) this.#files.set(name, new Uint8Array(createBytes));
    const bytes = this.bytes(name);
    return Promise.resolve(
      bytes === undefined ? err(storeProblem('missing', this.label, name)) : ok(blocksOf(bytes)),
    );
  }

  list(): Promise<Result<readonly string[]>> {
    return Promise.resolve(ok([...new Set([...this.#files.keys(), ...this.#appended.keys()])].sort()));
  }

  remove(name: string): Promise<Result<void>> {
    this.#files.delete(name);
    this.#appended.delete(name);
    return Promise.resolve(ok(undefined));
  }
}

function blocksOf(bytes: Uint8Array): BlockFile {
  return {
    sizeBytes: bytes.length,
    read: (at, length) => Promise.resolve(ok(bytes.slice(at, at + length))),
    write: (at, part) => {
      bytes.set(part, at);
      return Promise.resolve(ok(undefined));
    },
    flush: () => Promise.resolve(ok(undefined)),
    close: () => Promise.resolve(),
  };
}
