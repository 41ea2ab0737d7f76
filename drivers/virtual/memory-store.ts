/**
 * A medium that lies in memory alone: what `folderStore` is for a real card, without a file system under it. The
 * simulator lays it beneath a virtual disk, where a day has some ten thousand writes; and whoever audits a simulated
 * day reads the bytes from here, without asking the program that wrote them. Problem codes are those of `folderStore`.
 */
import { assert, err, ok, type Result } from '../../ground/result.js';
import { storeProblem } from '../memory-card/folder-store.js';
import type { BlockFile, FileStore } from '../ports.js';

const NAME = /^[a-z0-9-][a-z0-9.-]{0,63}$/;
/** What a simulated card holds at most; beyond it is a leak, not a day. */
const MOST_BYTES = 512 * 1024 * 1024;

/** A stretch of a file that was written. */
export interface Written {
  readonly name: string;
  readonly at: number;
  readonly length: number;
}

export class MemoryStore implements FileStore {
  readonly #files = new Map<string, StoredFile>();
  #watcher: (written: Written) => void = () => undefined;

  constructor(readonly label: string) {}

  /** The same files on another medium, as they are now. */
  copy(label = this.label): MemoryStore {
    const copied = new MemoryStore(label);
    for (const [name, file] of this.#files) copied.#files.set(name, new StoredFile(file.bytes()));
    return copied;
  }

  /** Called after every write, with what was written. One watcher. */
  onWritten(watcher: (written: Written) => void): void {
    this.#watcher = watcher;
  }

  /** What it takes of this computer's memory. */
  get roomBytes(): number {
    let sum = 0;
    for (const file of this.#files.values()) sum += file.roomBytes;
    return sum;
  }

  names(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  /** The bytes as they lie there: to look at, never to change. */
  peek(name: string): Uint8Array | undefined {
    return this.#files.get(name)?.bytes();
  }

  read(name: string, maxBytes: number): Promise<Result<Uint8Array>> {
    const file = this.#files.get(name);
    if (file === undefined) return this.#problem('missing', name);
    if (file.length > maxBytes) return this.#problem('too-large', name);
    return done(file.bytes().slice());
  }

  write(name: string, bytes: Uint8Array): Promise<Result<void>> {
    if (!NAME.test(name)) return this.#problem('bad-name', name);
    this.#files.set(name, new StoredFile(bytes));
    this.#watcher({ name, at: 0, length: bytes.length });
    return done(undefined);
  }

  append(name: string, bytes: Uint8Array): Promise<Result<void>> {
    if (!NAME.test(name)) return this.#problem('bad-name', name);
    const file = this.#files.get(name) ?? new StoredFile(new Uint8Array(0));
    this.#files.set(name, file);
    const at = file.length;
    file.append(bytes);
    this.#watcher({ name, at, length: bytes.length });
    return done(undefined);
  }

  openBlocks(name: string, createBytes?: number): Promise<Result<BlockFile>> {
    if (!NAME.test(name)) return this.#problem('bad-name', name);
    if (createBytes !== undefined) {
      if (this.#files.has(name)) return this.#problem('exists', name);
      assert(createBytes > 0 && createBytes <= MOST_BYTES, `not a file size: ${createBytes}`);
      this.#files.set(name, new StoredFile(new Uint8Array(createBytes)));
    }
    const file = this.#files.get(name);
    return file === undefined ? this.#problem('missing', name) : done(this.#blocks(name, file));
  }

  list(): Promise<Result<readonly string[]>> {
    return done(this.names());
  }

  remove(name: string): Promise<Result<void>> {
    return this.#files.delete(name) ? done(undefined) : this.#problem('missing', name);
  }

  #blocks(name: string, file: StoredFile): BlockFile {
    const { length: sizeBytes } = file;
    const outside = (at: number, length: number): boolean => at < 0 || at + length > sizeBytes;
    return {
      sizeBytes,
      read: (at, length) =>
        outside(at, length) ? this.#problem('out-of-range', name) : done(file.bytes().slice(at, at + length)),
      write: (at, bytes) => {
        if (outside(at, bytes.length)) return this.#problem('out-of-range', name);
        file.bytes().set(bytes, at);
        this.#watcher({ name, at, length: bytes.length });
        return done(undefined);
      },
      flush: () => done(undefined),
      close: () => Promise.resolve(),
    };
  }

  #problem(code: Parameters<typeof storeProblem>[0], name: string): Promise<Result<never>> {
    return Promise.resolve(err(storeProblem(code, this.label, name)));
  }
}

/** Bytes that can grow at their end without being copied each time. */
class StoredFile {
  #room: Uint8Array;
  #length: number;

  constructor(bytes: Uint8Array) {
    this.#room = bytes.slice();
    this.#length = bytes.length;
  }

  get length(): number {
    return this.#length;
  }

  get roomBytes(): number {
    return this.#room.length;
  }

  bytes(): Uint8Array {
    return this.#room.subarray(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    assert(needed <= MOST_BYTES, 'a simulated medium is full beyond reason');
    if (needed > this.#room.length) {
      const room = new Uint8Array(Math.max(needed, 2 * this.#room.length, 4096));
      room.set(this.bytes());
      this.#room = room;
    }
    this.#room.set(bytes, this.#length);
    this.#length = needed;
  }
}

function done<T>(value: T): Promise<Result<T>> {
  return Promise.resolve(ok(value));
}
