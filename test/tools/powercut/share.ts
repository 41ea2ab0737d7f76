/** A fifth of the cuts that every run of the tests makes; five files, so that each ends within its time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cutPower } from '../../../tools/powercut/campaign.js';
import { inWorkshop } from '../../../tools/powercut/system.js';

const CUTS = 200;

export function holdsUnderCuts(seed: string): void {
  const test = suite('power cuts on ext4');
  test(`${CUTS} cuts, seed ${seed}: no ballot is lost, doubled or half there, and the display is true`, async () => {
    const { cuts, said, broken } = await inWorkshop((shop) => cutPower(shop, CUTS, seed));
    assert.is(cuts, CUTS);
    assert.equal(broken, []);
    assert.ok(said.counted > 0 && said['not-counted'] > 0, 'cuts came on both sides of the count');
  });
  test.run();
}
