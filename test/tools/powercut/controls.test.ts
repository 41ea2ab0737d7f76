/** Careless machines must be caught, or the other cuts prove nothing. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONTROLS, cutControl } from '../../../tools/powercut/campaign.js';
import { inWorkshop } from '../../../tools/powercut/system.js';

const test = suite('controls of the power cuts');

for (const [name, writing] of Object.entries(CONTROLS)) {
  test(`a machine with ${name} does not come out whole`, async () => {
    const { broken } = await inWorkshop((shop) => cutControl(shop, name, writing, 30, 'control'));
    assert.ok(broken.length > 0, 'the rig sees it');
  });
}

test.run();
