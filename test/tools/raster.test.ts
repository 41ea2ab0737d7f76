import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../ground/bytes.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { mmToPoints, mmToPx } from '../../ground/units.js';
import { PAPER_HEIGHT_MM, SHEET_WIDTH_MM } from '../../election-def/page-frame.js';
import { rasterPdf } from '../../tools/raster.js';
import { pdfBytes } from './pen/fixture.js';

const test = suite('raster');

async function raster(pdf: Uint8Array, dpi = 200): Promise<readonly GreyPage[]> {
  const pages = await rasterPdf(pdf, dpi, 'ballot.pdf');
  if (!pages.ok) throw new Error(pages.error.reason);
  return pages.value;
}

async function problemCode(pdf: Uint8Array, dpi = 200): Promise<string> {
  const pages = await rasterPdf(pdf, dpi, 'ballot.pdf');
  if (pages.ok) return 'none';
  assert.is(pages.error.where, 'ballot.pdf');
  return pages.error.code;
}

const onePage = (size: [number, number]) => pdfBytes({ size, margin: 0 }, () => undefined);

test('every paper size becomes exactly its number of pixels, white', async () => {
  for (const heightMm of Object.values(PAPER_HEIGHT_MM)) {
    const [page] = await raster(await onePage([mmToPoints(SHEET_WIDTH_MM), mmToPoints(heightMm)]));
    assert.equal([page?.widthPx, page?.heightPx, page?.dpi], [1700, Math.round(mmToPx(heightMm, 200)), 200]);
    assert.ok(page?.data.every((grey) => grey === 255));
  }
});

test('what is printed at a place is drawn at that place, in its grey', async () => {
  const pdf = await pdfBytes({ size: 'LETTER', margin: 0 }, (page) => {
    page.rect(72, 144, 36, 18).fill('black');
    page.rect(300, 144, 36, 18).fill('#808080');
  });
  const [page] = await raster(pdf);
  const grey = (x: number, y: number): number => page?.data[y * 1700 + x] ?? -1;
  assert.equal(
    [grey(200, 400), grey(299, 449), grey(198, 400), grey(200, 398), grey(301, 420)],
    [0, 0, 255, 255, 255],
  );
  assert.ok(Math.abs(grey(880, 420) - 128) <= 2);
});

test('pages come in their order, at the resolution that was asked for', async () => {
  const pdf = await pdfBytes({ size: 'LETTER', margin: 0 }, (page) => {
    page.addPage({ size: 'LEGAL', margin: 0 }).rect(0, 0, 612, 1008).fill('black');
  });
  const pages = await raster(pdf, 100);
  assert.equal(
    pages.map((page) => [page.widthPx, page.heightPx, page.data[5]]),
    [
      [850, 1100, 255],
      [850, 1400, 0],
    ],
  );
});

test('what is no PDF, or a damaged one, is a named problem', async () => {
  assert.is(await problemCode(new Uint8Array(0)), 'pdf-unreadable');
  assert.is(await problemCode(utf8('GIF89a and so on')), 'pdf-unreadable');
  const whole = await onePage([612, 792]);
  assert.is(await problemCode(whole.subarray(0, 40)), 'pdf-unreadable');
});

test('a PDF under a password is a problem of its own', async () => {
  const locked = await pdfBytes({ size: 'LETTER', userPassword: 'open' }, (page) => page.text('secret'));
  assert.is(await problemCode(locked), 'pdf-encrypted');
});

test('more pages or larger pages than a ballot can have are refused before they are drawn', async () => {
  const many = await pdfBytes({ size: 'A7' }, (page) => {
    for (let i = 0; i < 64; i++) page.addPage();
  });
  assert.is(await problemCode(many), 'pdf-page-count');
  assert.is(await problemCode(await onePage([14000, 14000]), 200), 'pdf-page-too-large');
  assert.is(await problemCode(new Uint8Array(64 * 2 ** 20 + 1)), 'pdf-too-large');
});

test('damaged bytes give a picture or a problem, never a crash', async () => {
  const whole = await pdfBytes({ size: 'LETTER', compress: false }, (page) => page.text('General Election'));
  for (let i = 0; i < 40; i++) {
    const damaged = whole.slice();
    const at = Math.floor((i * whole.length) / 40);
    damaged.fill(0x39, at, at + 12);
    const result = await rasterPdf(damaged, 72, 'ballot.pdf');
    assert.ok(result.ok ? result.value.length === 1 : result.error.code.startsWith('pdf-'), `at byte ${at}`);
  }
});

test('rastering again and again does not pile up memory', async () => {
  const pdf = await onePage([612, 792]);
  await raster(pdf);
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 25; i++) await raster(pdf);
  const grownMb = (process.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(grownMb < 400, `${grownMb.toFixed(0)} MB more`);
});

test.run();
