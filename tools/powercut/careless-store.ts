/**
 * Stores that break the rules on purpose: controls that the rig must catch, or it proves nothing. One takes every flush
 * for done without asking the medium; the other replaces files by renaming a file that was never flushed.
 */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '../../ground/result.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import type { FileStore } from '../../drivers/ports.js';

/**
 * How a folder is written to. A control's way begins to be careless when `begun` says so, so that the day can begin.
 */
export type Writing = (directory: string, label: string, begun: () => boolean) => FileStore;

/** Whole files are renamed into place, and neither they nor their folder are flushed. */
export const renamingWithoutFlush: Writing = (directory, label, begun) => {
  const careful = folderStore(directory, label);
  return {
    ...careful,
    write: (name, bytes) => (begun() ? renameInto(directory, name, bytes) : careful.write(name, bytes)),
  };
};

/** Nothing that is written to a file is flushed. */
export const neverFlushing: Writing = (directory, label, begun) => {
  const careful = folderStore(directory, label);
  return {
    ...renamingWithoutFlush(directory, label, begun),
    append: (name, bytes) => {
      if (!begun()) return careful.append(name, bytes);
      appendFileSync(join(directory, name), bytes);
      return Promise.resolve(ok(undefined));
    },
    openBlocks: async (name, createBytes) => {
      const opened = await careful.openBlocks(name, createBytes);
      if (!opened.ok) return opened;
      const file = opened.value;
      return ok({ ...file, flush: () => (begun() ? Promise.resolve(ok(undefined)) : file.flush()) });
    },
  };
};

function renameInto(directory: string, name: string, bytes: Uint8Array): Promise<Result<void>> {
  const temporary = join(directory, `~${name}`);
  writeFileSync(temporary, bytes);
  renameSync(temporary, join(directory, name));
  return Promise.resolve(ok(undefined));
}
