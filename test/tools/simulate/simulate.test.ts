import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Day } from '../../../tools/simulate/day.js';
import { planDay } from '../../../tools/simulate/plan.js';
import { openSite } from '../../../tools/simulate/site.js';

const test = suite('simulated election days');

test('the promises hold through days of every kind of trouble', async () => {
  const site = await openSite();
  const day = await Day.run(site, planDay('test-1', 300));
  assert.is(day.promises.broken?.message, undefined, day.story.slice(-12).join('\n'));
  site.leave();
});

test.run();
