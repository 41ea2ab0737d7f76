import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import type { BlockFile, Clock, FileStore } from '../../../drivers/ports.js';
import { VirtualClock } from '../../../drivers/virtual/clock.js';
import { virtualDisk, type VirtualDisk } from '../../../drivers/virtual/disk.js';
import { MemoryStore } from '../../../drivers/virtual/memory-store.js';
import { utf8 } from '../../../ground/bytes.js';
import { describeProblem, type Result } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';

const test = suite('virtual disk');

/** A clock that only moves when a timer is set: each is due at once, and remembered. */
function eagerClock(): Clock & { readonly waitedMs: number[] } {
  const waitedMs: number[] = [];
  return {
    waitedMs,
    nowMs: () => 0,
    setTimer: (atMs, due) => {
      waitedMs.push(atMs);
      queueMicrotask(due);
      return () => undefined;
    },
    wallTime: () => '2026-11-03T06:00:00',
    setWallTime: () => ({ ok: true, value: undefined }),
  };
}

function fresh(): { disk: VirtualDisk; medium: FileStore; clock: ReturnType<typeof eagerClock> } {
  const medium = folderStore(mkdtempSync(join(tmpdir(), 'tallystick-disk-')), 'memory card A');
  const clock = eagerClock();
  return { disk: virtualDisk(medium, clock, false), medium, clock };
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(describeProblem(result.error));
  return result.value;
}

function code(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.error.code;
}

async function onMedium(medium: FileStore, length: number): Promise<Uint8Array> {
  const file = value(await medium.openBlocks('box'));
  const bytes = value(await file.read(0, length));
  await file.close();
  return bytes;
}

async function filled(disk: VirtualDisk, sizeBytes: number, byte: number): Promise<BlockFile> {
  const file = value(await disk.store.openBlocks('box', sizeBytes));
  value(await file.write(0, new Uint8Array(sizeBytes).fill(byte)));
  value(await file.flush());
  return file;
}

test('what is written reads back at once, and reaches the medium with the flush', async () => {
  const { disk, medium } = fresh();
  const file = await filled(disk, 2048, 1);
  value(await file.write(100, utf8('new')));
  assert.equal(value(await file.read(99, 5)), Uint8Array.of(1, ...utf8('new'), 1));
  assert.equal((await onMedium(medium, 2048)).subarray(100, 103), new Uint8Array(3).fill(1));
  value(await file.flush());
  assert.equal((await onMedium(medium, 2048)).subarray(100, 103), utf8('new'));
  await file.close();
});

test('a power cut keeps what was flushed, and any part of what was not', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const { disk, medium } = fresh();
    const file = await filled(disk, 2048, 1);
    value(await file.write(512, new Uint8Array(1024).fill(2)));
    value(await file.write(1024, new Uint8Array(512).fill(3)));
    disk.cutPower(seededRandom(`cut ${seed}`));
    assert.is(code(await file.flush()), 'power-off');
    assert.is(code(await disk.store.read('box', 4096)), 'power-off');
    await disk.powerUp();
    const bytes = await onMedium(medium, 2048);
    assert.equal(
      bytes.subarray(0, 512),
      new Uint8Array(512).fill(1),
      `seed ${seed}: outside of what was written`,
    );
    assert.equal(
      bytes.subarray(1536),
      new Uint8Array(512).fill(1),
      `seed ${seed}: outside of what was written`,
    );
    seen.add([bytes[512], bytes[1023], bytes[1024], bytes[1535]].join());
    await file.close();
  }
  // All of it, nothing of it, the later write without the earlier, the earlier without the later …
  for (const outcome of ['1,1,1,1', '2,2,3,3', '2,2,1,1', '1,1,3,3', '2,2,2,2']) {
    assert.ok(seen.has(outcome), `${outcome} among ${[...seen].join(' | ')}`);
  }
  assert.ok(
    [...seen].some((outcome) => outcome.startsWith('2,1')),
    'a torn sector now and then',
  );
});

test('a cut during a whole-file write leaves the old file or the new one', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const { disk } = fresh();
    value(await disk.store.write('state', utf8('old')));
    disk.onOperation(() => disk.cutPower(seededRandom(`file ${seed}`)));
    assert.is(code(await disk.store.write('state', utf8('new'))), 'power-off');
    disk.onOperation(() => undefined);
    await disk.powerUp();
    seen.add(new TextDecoder().decode(value(await disk.store.read('state', 10))));
  }
  assert.equal([...seen].sort(), ['new', 'old']);
});

test('a cut during an append leaves a beginning of it', async () => {
  const lengths = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const { disk } = fresh();
    value(await disk.store.append('log', utf8('line 1\n')));
    disk.onOperation(() => disk.cutPower(seededRandom(`append ${seed}`)));
    assert.is(code(await disk.store.append('log', utf8('line 2\n'))), 'power-off');
    disk.onOperation(() => undefined);
    await disk.powerUp();
    const text = new TextDecoder().decode(value(await disk.store.read('log', 100)));
    assert.ok('line 1\nline 2\n'.startsWith(text) && text.startsWith('line 1\n'));
    lengths.add(text.length);
  }
  assert.ok(lengths.size > 3);
});

test('a card that was pulled out is missing, and files that were open on it stay dead', async () => {
  const { disk } = fresh();
  const file = await filled(disk, 1024, 1);
  disk.pull(seededRandom('pull'));
  assert.is(code(await disk.store.list()), 'medium-missing');
  assert.is(code(await file.read(0, 1)), 'medium-missing');
  await disk.insert();
  assert.is(code(await file.read(0, 1)), 'medium-missing');
  assert.is(code(await file.write(0, utf8('x'))), 'medium-missing');
  assert.is(code(await file.flush()), 'medium-missing');
  const again = value(await disk.store.openBlocks('box'));
  assert.equal(value(await again.read(0, 1)), Uint8Array.of(1));
  await again.close();
  await file.close();
});

test('a write-protected, a full and a dying card fail as such', async () => {
  const { disk } = fresh();
  const file = await filled(disk, 1024, 1);
  disk.setReadOnly(true);
  assert.is(code(await disk.store.write('x', utf8('x'))), 'read-only');
  assert.is(code(await file.write(0, utf8('x'))), 'read-only');
  assert.is(code(await file.read(0, 1)), 'ok');
  disk.setReadOnly(false);
  disk.setFull(true);
  assert.is(code(await disk.store.append('x', utf8('x'))), 'full');
  assert.is(code(await disk.store.openBlocks('y', 100)), 'full');
  assert.is(code(await file.write(0, utf8('x'))), 'ok');
  disk.setFull(false);
  disk.setBroken('flush');
  assert.is(code(await file.flush()), 'medium-failed');
  assert.is(code(await file.read(0, 1)), 'ok');
  disk.setBroken('all');
  assert.is(code(await disk.store.list()), 'medium-failed');
  disk.setBroken(undefined);
  assert.is(code(await file.flush()), 'ok');
  await file.close();
});

test('a slow card takes its time for every operation', async () => {
  const { disk, clock } = fresh();
  disk.setDelay(250);
  value(await disk.store.write('x', utf8('x')));
  value(await disk.store.read('x', 10));
  assert.equal(clock.waitedMs, [250, 250]);
});

test('what a slow card was asked for before a power cut is not done after it', async () => {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  const disk = virtualDisk(new MemoryStore('memory card A'), clock);
  value(await disk.store.append('log', utf8('line 1\n')));
  disk.setDelay(250);
  const asked = disk.store.append('log', utf8('line 2\n'));
  disk.cutPower(seededRandom('while it waited'));
  await disk.powerUp();
  clock.runNext();
  assert.is(code(await asked), 'power-off');
  disk.setDelay(0);
  assert.equal(value(await disk.store.read('log', 100)), utf8('line 1\n'));
});

test.run();
