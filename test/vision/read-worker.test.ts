import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { greyPage } from '../../ground/grey-page.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import { readSheet } from '../../vision/read-sheet.js';
import { startReader, type ReaderClock, type SheetReader } from '../../vision/read-worker.js';
import { paintPage, plainScan } from './paint-page.js';
import { contextOf, filled, sideOf } from './reading-bench.js';

/** The thread runs from built files. */
const test = suite('the reader in its thread');

const front = sideOf('letter', 'front');
const back = sideOf('letter', 'back');
const first = paintPage({ ...front, ink: [filled(front, 4)] }, plainScan('letter'), 'front');
const second = paintPage({ ...back, ink: [filled(back, 9)] }, plainScan('letter'), 'back');
const context = contextOf('letter');

async function start(clock: ReaderClock = systemClock(), threads: 1 | 2 = 2): Promise<SheetReader> {
  const started = await startReader(context, clock, threads);
  if (!started.ok) throw new Error(started.error.reason);
  return started.value;
}

test('is built before it is tested', () => {
  for (const program of ['read-worker-main.js', 'side-worker-main.js']) {
    assert.ok(existsSync(fileURLToPath(new URL(`../../vision/${program}`, import.meta.url))));
  }
});

for (const threads of [1, 2] as const) {
  test(`says exactly what the reader says here, whatever the two sides are, with ${threads} of them`, async () => {
    const reader = await start(systemClock(), threads);
    const blank = greyPage(first.widthPx, first.heightPx, first.dpi);
    for (const [one, two] of [
      [first, second],
      [second, first],
      [first, blank],
      [blank, second],
      [blank, blank],
      [first, first],
      [first, second],
    ] as const) {
      assert.equal(await reader.read(one, two), { ok: true, value: readSheet(one, two, context) });
    }
    await reader.close();
  });
}

test('says exactly what the reader says here, from copied and from shared memory', async () => {
  const reader = await start();
  const expected = readSheet(first, second, context);
  const shared = [first, second].map((page) => {
    const data = new Uint8Array(new SharedArrayBuffer(page.data.length + 64), 64);
    data.set(page.data);
    return greyPage(page.widthPx, page.heightPx, page.dpi, data);
  });
  assert.equal(await reader.read(first, second), { ok: true, value: expected });
  const again = await reader.read(shared[0] ?? first, shared[1] ?? second);
  assert.equal(again, { ok: true, value: expected });
  await reader.close();
});

test('reads with WebAssembly where there is SIMD, and without a copy what lies in its own memory', async () => {
  const reader = await start();
  assert.is(reader.kernels, 'wasm');
  const expected = readSheet(first, second, context);
  const inPlace = (slot: 'first' | 'second', page: typeof first): typeof first => {
    const there = reader.memory.page(slot, page.widthPx, page.heightPx, page.dpi);
    there.data.set(page.data);
    return there;
  };
  const [one, two] = [inPlace('first', first), inPlace('second', second)];
  assert.equal(await reader.read(one, two), { ok: true, value: expected });
  // The same two given the other way round, and one of them from elsewhere: neither may spoil the other.
  const turned = readSheet(second, first, context);
  assert.equal(await reader.read(two, one), { ok: true, value: turned });
  assert.equal(await reader.read(second, one), { ok: true, value: turned });
  assert.is(Buffer.compare(one.data, first.data), 0);
  await reader.close();
});

test('answers one sheet at a time, and none after it is closed', async () => {
  const reader = await start();
  const one = reader.read(first, second);
  const two = await reader.read(first, second);
  assert.is(!two.ok && two.error.code, 'reader-busy');
  assert.ok((await one).ok);
  const last = reader.read(first, second);
  await reader.close();
  const outcomes = [await last, await reader.read(first, second)];
  for (const outcome of outcomes) assert.is(!outcome.ok && outcome.error.code, 'reader-closed');
});

test('a page that breaks the thread is a problem, and the next sheet is read', async () => {
  const reader = await start();
  // A page whose pixels are not there: nothing that a scan head delivers, but it must not end the machine.
  const broken = { widthPx: 5000, heightPx: 5000, dpi: 200, data: first.data };
  for (const [one, two] of [
    [broken, second],
    [first, broken],
  ] as const) {
    const outcome = await reader.read(one, two);
    assert.is(!outcome.ok && outcome.error.code, 'reader-failed');
    assert.ok((await reader.read(first, second)).ok);
  }
  await reader.close();
});

test('a sheet that lies in its memory is read by new threads as by the old ones', async () => {
  const reader = await start();
  const broken = { widthPx: 5000, heightPx: 5000, dpi: 200, data: first.data };
  assert.not.ok((await reader.read(broken, second)).ok);
  const lying = (side: 'first' | 'second', page: typeof first): typeof first => {
    const there = reader.memory.page(side, page.widthPx, page.heightPx, page.dpi);
    there.data.set(page.data);
    return there;
  };
  const [one, two] = [lying('first', first), lying('second', second)];
  assert.equal(await reader.read(one, two), { ok: true, value: readSheet(first, second, context) });
  await reader.close();
});

test('a thread that does not answer in time is given up, and the next sheet is read', async () => {
  const real = systemClock();
  let hurry = false;
  const clock: ReaderClock = {
    nowMs: () => real.nowMs(),
    setTimer: (atMs, due) => real.setTimer(hurry ? 0 : atMs, due),
  };
  const reader = await start(clock);
  hurry = true;
  const outcome = await reader.read(first, second);
  assert.is(!outcome.ok && outcome.error.code, 'reader-timed-out');
  hurry = false;
  assert.ok((await reader.read(first, second)).ok);
  await reader.close();
});

test.run();
