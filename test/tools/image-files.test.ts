import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equalBytes } from '../../ground/bytes.js';
import { greyPage } from '../../ground/grey-page.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { readImageFile } from '../../tools/image-files.js';
import { jpegBytes, pngBytes } from '../../tools/image-write.js';

const test = suite('reading image files');

const folder = mkdtempSync(join(tmpdir(), 'tallystick-images-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const random = seededRandom('image files');
const page = greyPage(
  300,
  200,
  240,
  Uint8Array.from({ length: 60_000 }, () => random.integer(0, 255)),
);

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function codeOf(path: string): Promise<string> {
  const result = await readImageFile(path);
  if (result.ok) return 'read';
  assert.ok(result.error.reason.length > 5);
  assert.not.match(result.error.reason, /Error|at .*:\d+/);
  return result.error.code;
}

test('a grey PNG or TIFF comes back pixel by pixel, with its resolution', async () => {
  const png = await pngBytes(page);
  const tiff = await sharp(png).toColourspace('b-w').withDensity(240).tiff({ compression: 'lzw' }).toBuffer();
  for (const [name, bytes] of [
    ['a.png', png],
    ['a.tif', tiff],
  ] as const) {
    const read = await readImageFile(file(name, bytes));
    if (!read.ok) throw new Error(`${name}: ${read.error.reason}`);
    assert.equal([read.value.widthPx, read.value.heightPx, read.value.dpi], [300, 200, 240]);
    assert.ok(equalBytes(read.value.data, page.data), name);
  }
});

test('colour, transparency and JPEG become grey of one byte a pixel', async () => {
  const red = { width: 50, height: 40, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } } as const;
  const read = await readImageFile(file('clear.png', await sharp({ create: red }).png().toBuffer()));
  assert.ok(read.ok && read.value.data.every((grey) => grey === 255), 'transparent is paper');
  const jpeg = await readImageFile(file('a.jpg', await jpegBytes(page)));
  assert.ok(jpeg.ok && jpeg.value.data.length === 60_000);
});

test('a resolution that is missing or a program’s default is taken from the width', async () => {
  const wide = greyPage(1728, 20, 72);
  const read = await readImageFile(file('wide.png', await pngBytes(wide)));
  assert.is(read.ok && read.value.dpi, 200);
  const told = await readImageFile(join(folder, 'wide.png'), 150);
  assert.is(told.ok && told.value.dpi, 150);
});

test('what is no image file is refused with a sentence', async () => {
  mkdirSync(join(folder, 'directory.png'));
  assert.is(await codeOf(join(folder, 'nowhere.png')), 'missing');
  assert.is(await codeOf(join(folder, 'directory.png')), 'not-a-file');
  assert.is(await codeOf('/dev/zero'), 'not-a-file');
  assert.is(await codeOf(file('empty.png', new Uint8Array(0))), 'not-an-image');
  const noise = Uint8Array.from({ length: 5000 }, () => random.integer(0, 255));
  assert.is(await codeOf(file('noise.png', noise)), 'not-an-image');
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  assert.is(await codeOf(file('drawing.svg', svg)), 'not-an-image');
});

test('a file cut short is refused as damaged, at any length', async () => {
  for (const [name, bytes] of [
    ['cut.png', await pngBytes(page)],
    ['cut.jpg', await jpegBytes(page)],
  ] as const) {
    for (const share of [0.3, 0.6, 0.95]) {
      const code = await codeOf(file(name, bytes.subarray(0, Math.floor(bytes.length * share))));
      assert.ok(['image-damaged', 'not-an-image'].includes(code), `${name} ${share}: ${code}`);
    }
  }
});

test('a huge file and a huge picture are refused before they are read', async () => {
  const huge = file('huge.png', new Uint8Array(0));
  truncateSync(huge, 2 * 2 ** 30);
  assert.is(await codeOf(huge), 'too-large');
  const bomb = { width: 20_000, height: 20_000, channels: 3, background: 'white' } as const;
  const png = await sharp({ create: bomb, limitInputPixels: false }).png({ compressionLevel: 1 }).toBuffer();
  assert.is(await codeOf(file('bomb.png', png)), 'too-large');
});

test.run();
