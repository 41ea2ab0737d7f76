import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ok } from '../../../ground/result.js';
import type { Sheet } from '../../../drivers/virtual/paper-path.js';
import { Day, type Defect } from '../../../tools/simulate/day.js';
import { planDay } from '../../../tools/simulate/plan.js';
import { openSite } from '../../../tools/simulate/site.js';

const test = suite('simulated election days');

test('the promises hold through days of every kind of trouble', async () => {
  const site = await openSite();
  const day = await Day.run(site, planDay('test-1', 300));
  assert.is(day.promises.broken?.message, undefined, day.story.slice(-12).join('\n'));
  site.leave();
});

/** What a promise says when this is wrong with the machine. */
async function brokenBy(defect: Defect): Promise<string> {
  const site = await openSite();
  try {
    const day = await Day.run(site, planDay('planted', 80), defect);
    return day.promises.broken?.message ?? 'nothing was found';
  } finally {
    site.leave();
  }
}

test('a counted sheet that falls beside the bins is missed', async () => {
  const found = await brokenBy({
    plant: ({ cabinet }) => {
      cabinet.bins.main.push = () => cabinet.bins.main.length;
    },
  });
  assert.match(found, /^1 are counted and 0 sheets lie in the bins/);
});

test('a gate that leads write-ins to the main bin is found out', async () => {
  const found = await brokenBy({
    plant: ({ cabinet }) => {
      const { main } = cabinet.bins;
      cabinet.bins['write-in'].push = (...sheets: Sheet[]) => main.push(...sheets);
    },
  });
  assert.match(found, /lies in the main bin, its record names the other/);
});

test('a protective counter that stands still stops the machine, and that is noticed', async () => {
  const found = await brokenBy({
    plant: ({ cabinet }) => {
      const { counter } = cabinet;
      const driver = counter.driver.bind(counter);
      counter.driver = (rail) => ({ ...driver(rail), raiseTo: () => Promise.resolve(ok(undefined)) });
    },
  });
  assert.match(found, /^the counts disagree: .*protective counter 0/);
});

test.run();
