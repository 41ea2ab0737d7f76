import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import { CARD_LIMIT_MS, timeLimited, withTimeLimit } from '../../../drivers/memory-card/time-limit.js';
import type { FileStore, MemoryCardSlot } from '../../../drivers/ports.js';
import { VirtualClock } from '../../../drivers/virtual/clock.js';
import { RealWork } from '../../../drivers/virtual/real-work.js';
import { virtualDisk, type VirtualDisk } from '../../../drivers/virtual/disk.js';
import { nextTurn } from '../../../firmware/runtime/ports.js';
import type { Result } from '../../../ground/result.js';

const test = suite('time limit of a card');
/** The host's disk takes no virtual time. */
const real = new RealWork();

function slowCard(): { clock: VirtualClock; disk: VirtualDisk; store: FileStore } {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-slow-'));
  const disk = virtualDisk(real.store(folderStore(folder, 'memory card A')), clock);
  return { clock, disk, store: timeLimited(disk.store, clock) };
}

/** Runs the clock until the operation has come to its end; says how long that took. */
async function ended<T>(clock: VirtualClock, work: Promise<T>): Promise<{ value: T; ms: number }> {
  const startMs = clock.nowMs();
  const at: { end: boolean } = { end: false };
  const isOver = (): boolean => at.end;
  void work.finally(() => (at.end = true));
  for (let steps = 0; steps < 1000 && !isOver(); steps++) {
    do {
      await real.idle();
      await nextTurn();
    } while (real.underWay);
    if (!isOver() && clock.nextDueMs() !== undefined) clock.runNext();
  }
  return { value: await work, ms: clock.nowMs() - startMs };
}

function code(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.error.code;
}

test('a card that is slow, but within its limit, serves, and no timer is left', async () => {
  const { clock, disk, store } = slowCard();
  disk.setDelay(CARD_LIMIT_MS - 1);
  assert.is(code((await ended(clock, store.write('a', new Uint8Array(9)))).value), 'ok');
  assert.is(code((await ended(clock, store.read('a', 100))).value), 'ok');
  const opened = (await ended(clock, store.openBlocks('b', 1000))).value;
  if (!opened.ok) throw new Error('a card that serves');
  assert.is(code((await ended(clock, opened.value.write(0, new Uint8Array(10)))).value), 'ok');
  assert.is(code((await ended(clock, opened.value.flush())).value), 'ok');
  await ended(clock, opened.value.close());
  assert.is(clock.nextDueMs(), undefined);
});

for (const [what, run] of [
  ['a whole file', (store: FileStore) => store.write('a', new Uint8Array(9))],
  ['a read', (store: FileStore) => store.read('a', 9)],
  ['an append', (store: FileStore) => store.append('a', new Uint8Array(9))],
  ['a list', (store: FileStore) => store.list()],
  ['a removal', (store: FileStore) => store.remove('a')],
] as const) {
  test(`${what} that is not answered in time fails then, and the card stays silent`, async () => {
    const { clock, disk, store } = slowCard();
    disk.setDelay(CARD_LIMIT_MS * 6);
    const { value, ms } = await ended<Result<unknown>>(clock, run(store));
    assert.is(code(value), 'too-slow');
    assert.is(ms, CARD_LIMIT_MS);
    disk.setDelay(0);
    assert.is(code(await store.read('a', 9)), 'too-slow', 'it does not come back by itself');
  });
}

test('a ballot box that is silent in the middle fails at every further step, and closing it does not wait', async () => {
  const { clock, disk, store } = slowCard();
  const opened = (await ended(clock, store.openBlocks('b', 1000))).value;
  if (!opened.ok) throw new Error('a card that serves');
  disk.setDelay(CARD_LIMIT_MS + 1);
  assert.is(code((await ended(clock, opened.value.flush())).value), 'too-slow');
  for (const again of [opened.value.read(0, 1), opened.value.write(0, new Uint8Array(1))])
    assert.is(code(await again), 'too-slow');
  await opened.value.close();
});

test('a new file of gigabytes may take as long as the slowest card needs for it', async () => {
  const { clock, disk, store } = slowCard();
  disk.setDelay(CARD_LIMIT_MS * 3);
  const opened = (await ended(clock, store.openBlocks('b', 40_000_000))).value;
  assert.is(code(opened), 'ok');
});

test('another card in the slot is not silent', async () => {
  const { clock, disk } = slowCard();
  const other = slowCard();
  const now: { store: FileStore | undefined } = { store: disk.store };
  let changed: (present: boolean) => void = () => undefined;
  const base: MemoryCardSlot = {
    id: 'a',
    store: () => now.store,
    onChange: (listener) => (changed = listener),
  };
  const slot = withTimeLimit(base, clock);
  const seen: boolean[] = [];
  slot.onChange((present) => seen.push(present));
  const first = slot.store();
  assert.is(slot.store(), first, 'one card, one store');
  disk.setDelay(CARD_LIMIT_MS + 1);
  if (first === undefined) throw new Error('a card is in');
  await ended(clock, first.list());
  now.store = undefined;
  changed(false);
  assert.is(slot.store(), undefined);
  now.store = other.disk.store;
  changed(true);
  const list = slot.store()?.list();
  assert.ok(list !== undefined && (await list).ok);
  // The silent card comes back into the slot: it gets its chance again.
  disk.setDelay(0);
  now.store = disk.store;
  changed(true);
  const again = slot.store()?.list();
  assert.ok(again !== undefined && (await again).ok);
  assert.equal(seen, [false, true, true]);
});

test.run();
