/**
 * A memory card that can fail, around a store that does not: pulled out, write-protected, full, slow, dying, and
 * above all cut off from power. What a program wrote but did not flush is held back here; a power cut keeps any part
 * of it, sector by sector, in any combination and order, now and then with a torn sector, as flash does.
 *
 * For the virtual cabinet, the simulator and the tests of everything that must survive.
 */
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { BlockFile, Clock, FileStore } from '../ports.js';
import { storeProblem } from '../memory-card/folder-store.js';

/** The unit that a medium usually writes whole. */
const SECTOR_BYTES = 512;
/** One sector in so many is itself torn, at a byte. */
const TORN_SECTOR_CHANCE = 0.05;

export type DiskOperation = 'read' | 'write' | 'append' | 'block-read' | 'block-write' | 'flush' | 'remove';

export interface VirtualDisk {
  readonly store: FileStore;
  /** Called as each operation begins; a test may cut the power from in here. */
  onOperation(watcher: (operation: DiskOperation, name: string) => void): void;
  /** Takes the card out, or puts it back; unflushed writes are lost like in a power cut. */
  pull(random: SeededRandom): void;
  insert(): Promise<void>;
  setReadOnly(readOnly: boolean): void;
  /** No byte more may be allocated: whole files, appends, new block files. */
  setFull(full: boolean): void;
  /** Every operation takes so long. */
  setDelay(delayMs: number): void;
  /** Operations of this kind fail from now on; none with `undefined`. */
  setBroken(operation: DiskOperation | 'all' | undefined): void;
  /** Power goes: nothing works until `powerUp`, and of what was not flushed any part is lost. */
  cutPower(random: SeededRandom): void;
  powerUp(): Promise<void>;
}

interface Write {
  readonly at: number;
  readonly bytes: Uint8Array;
}

interface HeldFile {
  readonly base: BlockFile;
  pending: Write[];
}

/**
 * @param base where the bytes really lie, usually a `folderStore`
 * @param clock for `setDelay`
 * @param flushBase whether a flush also flushes the base: true for a cabinet that outlives this process
 * @param holdBack false where the base is a real medium with a real power cut of its own: writes go straight to it
 */
export function virtualDisk(base: FileStore, clock: Clock, flushBase = true, holdBack = true): VirtualDisk {
  const files = new Set<HeldFile>();
  let watcher: (operation: DiskOperation, name: string) => void = () => undefined;
  let state: 'on' | 'off' | 'pulled' = 'on';
  let readOnly = false;
  let full = false;
  let delayMs = 0;
  let broken: DiskOperation | 'all' | undefined;
  let cutRandom: SeededRandom | undefined;
  /** Counts removals and power cuts: a file opened before one is dead after it. */
  let life = 0;
  /** Bytes that a cut lets through, on their way to the base. */
  let settling: Promise<void> = Promise.resolve();

  /** Begins an operation: slow, watched, and refused when the card cannot do it. */
  async function begin(operation: DiskOperation, name: string): Promise<Result<void>> {
    const begun = life;
    if (delayMs > 0) {
      await new Promise<void>((resolve) => clock.setTimer(clock.nowMs() + delayMs, resolve));
    }
    // What was asked of it before its power went, or before it was pulled, is not done when it is back.
    if (life !== begun && state === 'on') return err(problem('power-off', base.label, name, 'had no power'));
    if (state === 'on') watcher(operation, name);
    return availability(operation, name);
  }

  function availability(operation: DiskOperation, name: string): Result<void> {
    if (state === 'off') return err(problem('power-off', base.label, name, 'has no power'));
    if (state === 'pulled') return err(storeProblem('medium-missing', base.label, name));
    if (broken === 'all' || broken === operation) {
      return err(storeProblem('medium-failed', base.label, name));
    }
    const writes = operation !== 'read' && operation !== 'block-read' && operation !== 'flush';
    if (readOnly && writes) return err(storeProblem('read-only', base.label, name));
    if (full && (operation === 'write' || operation === 'append')) {
      return err(storeProblem('full', base.label, name));
    }
    return ok(undefined);
  }

  /** Keeps a random part of everything that is held back, and forgets the rest. */
  function loseUnflushed(random: SeededRandom): void {
    cutRandom = random;
    life++;
    for (const file of files) {
      const survivors = random.shuffle(file.pending.flatMap((write) => survivingSectors(write, random)));
      file.pending = [];
      settling = settling.then(async () => {
        for (const { at, bytes } of survivors) mustWork(await file.base.write(at, bytes));
        await file.base.close();
      });
    }
    // Whoever held them open is dead, or holds a card that is out.
    files.clear();
  }

  function hold(name: string, file: HeldFile): BlockFile {
    files.add(file);
    const born = life;
    const dead = (): boolean => life !== born && state === 'on';
    const gone = err(storeProblem('medium-missing', base.label, name));
    return {
      sizeBytes: file.base.sizeBytes,
      read: async (at, length) => {
        const may = await begin('block-read', name);
        if (!may.ok) return may;
        if (dead()) return gone;
        const bytes = await file.base.read(at, length);
        if (!bytes.ok) return bytes;
        for (const write of file.pending) overlay(bytes.value, at, write);
        return bytes;
      },
      write: async (at, bytes) => {
        if (at < 0 || at + bytes.length > file.base.sizeBytes) {
          return err(storeProblem('out-of-range', base.label, name));
        }
        const write = { at, bytes: bytes.slice() };
        const may = availability('block-write', name);
        if (!may.ok) return may;
        if (dead()) return gone;
        if (!holdBack) {
          const begun = await begin('block-write', name);
          return begun.ok ? file.base.write(at, bytes) : begun;
        }
        // Held back before it is watched, so that a power cut during this write may tear it.
        file.pending.push(write);
        return begin('block-write', name);
      },
      flush: async () => {
        const may = await begin('flush', name);
        if (!may.ok) return may;
        if (dead()) return gone;
        const { pending } = file;
        file.pending = [];
        for (const { at, bytes } of pending) {
          const written = await file.base.write(at, bytes);
          if (!written.ok) return written;
        }
        return flushBase ? file.base.flush() : ok(undefined);
      },
      close: async () => {
        if (!files.delete(file)) return;
        await settling;
        for (const { at, bytes } of file.pending) mustWork(await file.base.write(at, bytes));
        file.pending = [];
        await file.base.close();
      },
    };
  }

  /** Whole-file operations are durable or not done; a power cut during one decides which. */
  async function wholeFile(
    operation: 'write' | 'append' | 'remove',
    name: string,
    work: (share: number) => Promise<Result<void>>,
  ): Promise<Result<void>> {
    const before = state;
    const may = await begin(operation, name);
    if (may.ok) return work(1);
    if (before === 'on' && state === 'off' && cutRandom !== undefined) {
      const share = cutRandom.next();
      settling = settling.then(async () => {
        await work(share);
      });
    }
    return may;
  }

  const store: FileStore = {
    label: base.label,
    read: async (name, maxBytes) => {
      const may = await begin('read', name);
      return may.ok ? base.read(name, maxBytes) : may;
    },
    write: (name, bytes) =>
      wholeFile('write', name, (share) =>
        share < 0.5 ? Promise.resolve(ok(undefined)) : base.write(name, bytes),
      ),
    append: (name, bytes) =>
      wholeFile('append', name, (share) => {
        const kept = bytes.subarray(0, Math.round(share * bytes.length));
        return kept.length === 0 ? Promise.resolve(ok(undefined)) : base.append(name, kept);
      }),
    openBlocks: async (name, createBytes) => {
      const may = await begin(createBytes === undefined ? 'block-read' : 'write', name);
      if (!may.ok) return may;
      const born = life;
      const opened = await base.openBlocks(name, createBytes);
      if (!opened.ok) return opened;
      if (life === born) return ok(hold(name, { base: opened.value, pending: [] }));
      // The power went, or the card came out, while it was being opened.
      await opened.value.close();
      return err(storeProblem('medium-missing', base.label, name));
    },
    list: async () => {
      const may = await begin('read', '');
      return may.ok ? base.list() : may;
    },
    remove: (name) =>
      wholeFile('remove', name, (share) =>
        share < 0.5 ? Promise.resolve(ok(undefined)) : base.remove(name),
      ),
  };

  return {
    store,
    onOperation: (next) => {
      watcher = next;
    },
    pull: (random) => {
      state = 'pulled';
      loseUnflushed(random);
    },
    insert: async () => {
      await settling;
      if (state === 'pulled') state = 'on';
    },
    setReadOnly: (value) => {
      readOnly = value;
    },
    setFull: (value) => {
      full = value;
    },
    setDelay: (value) => {
      assert(value >= 0, 'a delay cannot be negative');
      delayMs = value;
    },
    setBroken: (operation) => {
      broken = operation;
    },
    cutPower: (random) => {
      if (state === 'off') return;
      state = 'off';
      loseUnflushed(random);
    },
    powerUp: async () => {
      await settling;
      if (state === 'off') state = 'on';
    },
  };
}

/** The sectors of one write that reached the medium: all, none, or any of them, one in twenty torn. */
function survivingSectors(write: Write, random: SeededRandom): readonly Write[] {
  const keepChance = random.pick([0, 1, 0.1, 0.5, 0.9]);
  const kept: Write[] = [];
  const end = write.at + write.bytes.length;
  for (let from = write.at; from < end;) {
    const to = Math.min(end, (Math.floor(from / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    if (random.chance(keepChance)) {
      const until = random.chance(TORN_SECTOR_CHANCE) ? random.integer(from, to) : to;
      kept.push({ at: from, bytes: write.bytes.slice(from - write.at, until - write.at) });
    }
    from = to;
  }
  return kept;
}

/** Puts the part of `write` that lies inside `bytes` (read from `at`) on top. */
function overlay(bytes: Uint8Array, at: number, write: Write): void {
  const from = Math.max(at, write.at);
  const to = Math.min(at + bytes.length, write.at + write.bytes.length);
  if (from < to) bytes.set(write.bytes.subarray(from - write.at, to - write.at), from - at);
}

function mustWork(result: Result<void>): void {
  assert(result.ok, 'the store under a virtual disk failed');
}
