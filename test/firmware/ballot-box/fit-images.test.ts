import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fitImages } from '../../../firmware/ballot-box/fit-images.js';
import { encodePageJpeg } from '../../../firmware/runtime/image-encoding.js';
import { greyPage, type GreyPage } from '../../../ground/grey-page.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { code, value } from './fixture.js';

const test = suite('images that fit a slot');

/** A small page of noise: the hardest thing to make small. */
function noisyPage(seed: string): GreyPage {
  const random = seededRandom(seed);
  return greyPage(
    400,
    300,
    200,
    Uint8Array.from({ length: 400 * 300 }, () => random.integer(0, 255)),
  );
}

test('quality falls only as far as both sides need to fit together', async () => {
  const [front, back] = [noisyPage('front'), noisyPage('back')];
  const best = value(await fitImages(encodePageJpeg, front, back, [], 1_048_576));
  assert.is(best.quality, 85);
  const bestBytes = best.images.front.length + best.images.back.length;
  const less = value(await fitImages(encodePageJpeg, front, back, [], Math.round(bestBytes * 0.7)));
  assert.ok(less.quality < 85);
  assert.ok(less.images.front.length + less.images.back.length < bestBytes * 0.7);
  assert.is(code(await fitImages(encodePageJpeg, front, back, [], 4096)), 'images-too-large');
});

test('write-in pictures take their room from the pages', async () => {
  const [front, back] = [noisyPage('front'), noisyPage('back')];
  const best = value(await fitImages(encodePageJpeg, front, back, [], 1_048_576));
  const bodyBytes = best.images.front.length + best.images.back.length + 2000;
  const crop = { contestId: 'mayor', optionId: 'write-in-1', jpeg: new Uint8Array(4000) };
  assert.is(value(await fitImages(encodePageJpeg, front, back, [], bodyBytes)).quality, 85);
  assert.ok(value(await fitImages(encodePageJpeg, front, back, [crop], bodyBytes)).quality < 85);
});

test('an image is grey, has the scan’s resolution, and the same page gives the same bytes', async () => {
  const page = noisyPage('page');
  const jpeg = await encodePageJpeg(page, 85);
  assert.equal(await encodePageJpeg(page, 85), jpeg);
  const { format, channels, width, height, density, space } = await sharp(jpeg).metadata();
  assert.equal(
    { format, channels, width, height, density, space },
    { format: 'jpeg', channels: 1, width: 400, height: 300, density: 200, space: 'b-w' },
  );
});

test.run();
