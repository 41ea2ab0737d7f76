import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equalBytes } from '../../ground/bytes.js';
import { greyPage } from '../../ground/grey-page.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { jpegBytes, pngBytes } from '../../tools/image-write.js';

const test = suite('image files');
const random = seededRandom('pixels');
const page = greyPage(
  173,
  61,
  200,
  Uint8Array.from({ length: 173 * 61 }, () => random.integer(0, 255)),
);

test('a PNG keeps every pixel, in one channel, with its resolution', async () => {
  const file = await pngBytes(page);
  const { channels, density, width, height, format } = await sharp(file).metadata();
  assert.equal(
    { channels, density, width, height, format },
    { channels: 1, density: 200, width: 173, height: 61, format: 'png' },
  );
  const pixels = await sharp(file).toColourspace('b-w').raw().toBuffer();
  assert.ok(equalBytes(pixels, page.data));
});

test('a JPEG has one channel and resembles the page', async () => {
  const smooth = greyPage(
    64,
    64,
    300,
    Uint8Array.from({ length: 4096 }, (_, i) => 2 * (i % 64) + 60),
  );
  const file = await jpegBytes(smooth);
  const { channels, density, format } = await sharp(file).metadata();
  assert.equal({ channels, density, format }, { channels: 1, density: 300, format: 'jpeg' });
  const pixels = await sharp(file).toColourspace('b-w').raw().toBuffer();
  assert.ok(pixels.every((grey, i) => Math.abs(grey - (smooth.data[i] ?? 0)) <= 4));
  assert.ok((await jpegBytes(page, 30)).length < (await jpegBytes(page, 95)).length);
});

test.run();
