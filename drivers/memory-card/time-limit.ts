/**
 * A memory card that does not answer is a card that failed. Every operation has a limit; one that passes it makes the
 * card silent for good, until another one is put in: a write that comes through late must not be followed by others.
 */
import { err, ok, type Result } from '../../ground/result.js';
import type { BlockFile, Clock, FileStore, MemoryCardSlot } from '../ports.js';
import { storeProblem } from './folder-store.js';

/** A voter stands in front of it; a healthy card flushes a ballot (1 MiB) in well under a second. */
export const CARD_LIMIT_MS = 10_000;
/** A FAT file system fills a new file with zeros; the slowest cards take a second for so much. */
const SLOWEST_CREATION_BYTES_PER_S = 1_000_000;

/** The slot with every card in it limited. */
export function withTimeLimit(slot: MemoryCardSlot, clock: Clock): MemoryCardSlot {
  let limited: { readonly base: FileStore; readonly store: FileStore } | undefined;
  return {
    id: slot.id,
    store: () => {
      const base = slot.store();
      if (base === undefined) return undefined;
      if (limited?.base !== base) limited = { base, store: timeLimited(base, clock) };
      return limited.store;
    },
    onChange: (listener) =>
      slot.onChange((present) => {
        limited = undefined;
        listener(present);
      }),
  };
}

export function timeLimited(base: FileStore, clock: Clock, limitMs = CARD_LIMIT_MS): FileStore {
  const { label } = base;
  let silent = false;

  /** What comes after the limit is given to `late`. */
  function within<T>(
    name: string,
    work: () => Promise<Result<T>>,
    allowedMs = limitMs,
    late: (result: Result<T>) => void = () => undefined,
  ): Promise<Result<T>> {
    if (silent) return Promise.resolve(err(storeProblem('too-slow', label, name)));
    return new Promise((resolve, reject) => {
      let over = false;
      const cancel = clock.setTimer(clock.nowMs() + allowedMs, () => {
        over = true;
        silent = true;
        resolve(err(storeProblem('too-slow', label, name)));
      });
      work().then((result) => {
        cancel();
        if (over) late(result);
        else resolve(result);
      }, reject);
    });
  }

  const limitedFile = (name: string, file: BlockFile): BlockFile => ({
    sizeBytes: file.sizeBytes,
    read: (at, length) => within(name, () => file.read(at, length)),
    write: (at, bytes) => within(name, () => file.write(at, bytes)),
    flush: () => within(name, () => file.flush()),
    // Nobody waits for the end of a file on a silent card.
    close: async () => {
      if (silent) void file.close();
      else await within(name, () => file.close().then(() => ok(undefined)));
    },
  });

  return {
    label,
    read: (name, maxBytes) => within(name, () => base.read(name, maxBytes)),
    write: (name, bytes) => within(name, () => base.write(name, bytes)),
    append: (name, bytes) => within(name, () => base.append(name, bytes)),
    list: () => within('', () => base.list()),
    remove: (name) => within(name, () => base.remove(name)),
    openBlocks: async (name, createBytes) => {
      const creationMs = ((createBytes ?? 0) / SLOWEST_CREATION_BYTES_PER_S) * 1000;
      const opened = await within(
        name,
        () => base.openBlocks(name, createBytes),
        limitMs + creationMs,
        (late) => {
          if (late.ok) void late.value.close();
        },
      );
      return opened.ok ? ok(limitedFile(name, opened.value)) : opened;
    },
  };
}
