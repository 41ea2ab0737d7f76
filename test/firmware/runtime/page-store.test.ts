/** A sheet's way from the scan head's lines to the reader's thread. The thread runs from built files. */
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { greyPage } from '../../../ground/grey-page.js';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import type { ScanHead } from '../../../drivers/ports.js';
import type { Sheet } from '../../../drivers/virtual/paper-path.js';
import { PowerRail } from '../../../drivers/virtual/power.js';
import { VirtualScanHead } from '../../../drivers/virtual/scan-head.js';
import { encodePageJpeg } from '../../../firmware/runtime/image-encoding.js';
import { PageStore } from '../../../firmware/runtime/page-store.js';
import { systemClock } from '../../../firmware/runtime/ports.js';
import { readSheet } from '../../../vision/read-sheet.js';
import { startReader } from '../../../vision/read-worker.js';
import { paintPage, plainScan } from '../../vision/paint-page.js';
import { contextOf, filled, sideOf } from '../../vision/reading-bench.js';

const test = suite('the page store');

const HEAD_MM = 40;
const context = contextOf('letter');
const started = await startReader(context, systemClock());
if (!started.ok) throw new Error(started.error.reason);
const reader = started.value;

function sheetWith(oval: number): Sheet {
  const [front, back] = [sideOf('letter', 'front'), sideOf('letter', 'back')];
  const first = paintPage({ ...front, ink: [filled(front, oval)] }, plainScan('letter'), `front ${oval}`);
  const second = paintPage({ ...back, ink: [filled(back, oval + 1)] }, plainScan('letter'), `back ${oval}`);
  return { label: `oval ${oval}`, lengthMm: 279.4, first, second };
}

function headAndStore(bodyBytes?: number): { head: VirtualScanHead; store: PageStore } {
  const head = new VirtualScanHead(HEAD_MM);
  const store = new PageStore(
    head.driver(new PowerRail(systemClock())),
    () => reader,
    undefined,
    () => bodyBytes,
    encodePageJpeg,
  );
  return { head, store };
}

function noFault(): void {
  throw new Error('nobody looks for early faults here');
}

/** Past the head in uneven steps, so far. */
function feed(head: VirtualScanHead, sheet: Sheet, seed: string, toMm = HEAD_MM + sheet.lengthMm + 5): void {
  const random = seededRandom(seed);
  let leadingMm = 0;
  while (leadingMm < toMm) {
    const nextMm = Math.min(toMm, leadingMm + random.between(0.02, 60));
    head.advanced(sheet, leadingMm, nextMm);
    leadingMm = nextMm;
  }
}

test('a sheet fed in uneven steps is read where its lines were written, as if it had been given whole', async () => {
  for (const [round, oval] of [3, 8, 20].entries()) {
    const { head, store } = headAndStore();
    const sheet = sheetWith(oval);
    store.startCapture(noFault);
    feed(head, sheet, `feed ${round}`);
    const result = await store.read();
    assert.equal(result, { ok: true, value: readSheet(sheet.first, sheet.second, context) });
    const { pages } = must(store.held(), 'the sheet is held');
    assert.is(reader.memory.sideOf(pages.first), 'first', 'nothing was copied at the end');
    assert.is(reader.memory.sideOf(pages.second), 'second');
    assert.is(Buffer.compare(pages.first.data, sheet.first.data), 0);
    assert.is(Buffer.compare(pages.second.data, sheet.second.data), 0);
  }
});

test('a sheet that stopped half-way and went on is still one page', async () => {
  const { head, store } = headAndStore();
  const sheet = sheetWith(5);
  store.startCapture(noFault);
  feed(head, sheet, 'first half', 120);
  head.advanced(sheet, 120, HEAD_MM + sheet.lengthMm);
  const result = await store.read();
  assert.equal(result, { ok: true, value: readSheet(sheet.first, sheet.second, context) });
});

test('of a sheet that did not pass whole, only the lines that passed are read', async () => {
  const { head, store } = headAndStore();
  const sheet = sheetWith(5);
  store.startCapture(noFault);
  feed(head, sheet, 'pulled out', 150);
  const result = await store.read();
  assert.is(result.ok && result.value.kind === 'rejected' && result.value.reject.reason, 'image-too-small');
  const { first } = must(store.held(), 'the sheet is held').pages;
  assert.is(first.heightPx, Math.floor((sheet.first.heightPx * (150 - HEAD_MM)) / sheet.lengthMm));
  assert.is(Buffer.compare(first.data, sheet.first.data.subarray(0, first.data.length)), 0);
});

test('two sheets that pass together are read as the head saw them at the end, not as the lines came', async () => {
  const { head, store } = headAndStore();
  const [upper, lower] = [sheetWith(2), sheetWith(9)];
  store.startCapture(noFault);
  for (let mm = 0; mm < HEAD_MM + upper.lengthMm; mm += 10) {
    head.advanced(upper, mm, mm + 10);
    head.advanced(lower, mm, mm + 10);
  }
  const result = await store.read();
  assert.equal(result, { ok: true, value: readSheet(upper.first, lower.second, context) });
  const { pages } = must(store.held(), 'the sheet is held');
  assert.is(Buffer.compare(pages.second.data, lower.second.data), 0);
});

test('a head that gives no bands, or other ones than its page, is read all the same', async () => {
  const sheet = sheetWith(6);
  const { first, second } = sheet;
  const row = { ...first, heightPx: 1, data: first.data.subarray(0, first.widthPx) };
  const heads: ScanHead[] = [
    {
      capture: () => ({
        finish: () => Promise.resolve({ ok: true, value: { first, second } }),
        abort: () => undefined,
      }),
    },
    {
      capture: (onBand) => {
        onBand?.({ first: row, second: row });
        const value = { first, second, givenInBands: true };
        return { finish: () => Promise.resolve({ ok: true, value }), abort: () => undefined };
      },
    },
    {
      capture: (onBand) => {
        for (let line = 0; line < 6_000; line++) onBand?.({ first: row, second: row });
        const value = { first, second, givenInBands: true };
        return { finish: () => Promise.resolve({ ok: true, value }), abort: () => undefined };
      },
    },
  ];
  for (const head of heads) {
    const store = new PageStore(
      head,
      () => reader,
      undefined,
      () => undefined,
      encodePageJpeg,
    );
    store.startCapture(noFault);
    assert.equal(await store.read(), { ok: true, value: readSheet(first, second, context) });
    assert.is(must(store.held(), 'the sheet is held').pages.first.data, first.data);
  }
});

test('is empty again when it is told to forget, and has nothing to read without a capture', async () => {
  const { head, store } = headAndStore();
  store.startCapture(noFault);
  feed(head, sheetWith(4), 'forgotten');
  store.forget();
  const result = await store.read();
  assert.is(!result.ok && result.error.code, 'nothing-scanned');
  assert.is(store.held(), undefined);
});

test('what will be stored of a sheet is begun when it is read, and goes with the sheet', async () => {
  const { head, store } = headAndStore(1_015_808);
  store.startCapture(noFault);
  const sheet = sheetWith(4);
  feed(head, sheet, 'pictures');
  await store.read();
  const pictures = await must(must(store.held(), 'the sheet is held').pictures, 'its pictures are begun');
  assert.ok(pictures.ok);
  const { width, height } = await sharp(pictures.value.images.front).metadata();
  assert.equal([width, height], [sheet.first.widthPx, sheet.first.heightPx]);
  store.forget();
  assert.is(store.held(), undefined);
});

test('pictures that do not fit are said when the sheet is stored, not before', async () => {
  const { head, store } = headAndStore(4096);
  store.startCapture(noFault);
  feed(head, sheetWith(4), 'no room');
  const result = await store.read();
  assert.ok(result.ok);
  const pictures = await must(must(store.held(), 'the sheet is held').pictures, 'its pictures are begun');
  assert.is(!pictures.ok && pictures.error.code, 'images-too-large');
});

test('a sheet that could not be read, or without an open ballot box, has no pictures', async () => {
  const { head, store } = headAndStore();
  store.startCapture(noFault);
  feed(head, sheetWith(4), 'no box');
  await store.read();
  assert.is(must(store.held(), 'the sheet is held').pictures, undefined);
  const withBox = headAndStore(1_015_808);
  const blank = greyPage(1600, 2000, 200);
  withBox.store.startCapture(noFault);
  feed(withBox.head, { label: 'white', lengthMm: 254, first: blank, second: blank }, 'white');
  const refused = await withBox.store.read();
  assert.is(refused.ok && refused.value.kind, 'rejected');
  assert.is(must(withBox.store.held(), 'the sheet is held').pictures, undefined);
});

test.after(() => reader.close());
test.run();
