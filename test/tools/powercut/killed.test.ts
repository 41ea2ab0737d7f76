import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { killProcesses } from '../../../tools/powercut/killed.js';
import { inWorkshop } from '../../../tools/powercut/system.js';

const test = suite('killed processes');

test('a process that is killed anywhere leaves every ballot that counted, once', async () => {
  const { cuts, broken } = await inWorkshop((shop) => killProcesses(shop.folder, 8, 'killed'));
  assert.is(cuts, 8);
  assert.equal(broken, []);
});

test.run();
