import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PLACES } from '../../../tools/powercut/cut.js';
import { blankImage } from '../../../tools/powercut/media.js';
import { imagesAtEnd, recordDay } from '../../../tools/powercut/recording.js';
import { fallIll, SICKNESSES } from '../../../tools/powercut/sick-media.js';
import { inWorkshop } from '../../../tools/powercut/system.js';

const test = suite('sick media');

test('full, read-only or dead: the machine says the truth, and loses no ballot that counted', () =>
  inWorkshop(async (shop) => {
    const day = await recordDay(shop, blankImage(shop), { name: 'day', seed: 'sick', ballots: 3 });
    const images = imagesAtEnd(day);
    for (const sickness of SICKNESSES) {
      for (const place of PLACES) {
        const name = `${sickness}-${place}`;
        const { findings, during } = await fallIll(shop, day, images, { name, sickness, place, seed: name });
        assert.equal(findings, [], `${name}, ${during}`);
      }
    }
  }));

test.run();
