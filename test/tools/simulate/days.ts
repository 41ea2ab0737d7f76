/**
 * The share of the simulation that every `make test` runs: days that `make simulate` would run too, split over files
 * so that two of them run at a time. A day that breaks a promise says how it is run again.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Day } from '../../../tools/simulate/day.js';
import { planDay } from '../../../tools/simulate/plan.js';
import { openSite } from '../../../tools/simulate/site.js';

const ACTS = 300;
/** A voter that takes a ballot back, or a day that is stopped early, feeds less; fewer would be another simulation. */
const FEWEST_SHEETS_A_DAY = 250;

export function testDays(first: number, days: number): void {
  const test = suite(`simulated election days ${first} to ${first + days - 1}`);
  test(`the promises hold through ${days} days with every kind of trouble`, async () => {
    const site = await openSite();
    let fed = 0;
    try {
      for (let number = first; number < first + days; number++) {
        const seed = `day-${number}`;
        const day = await Day.run(site, planDay(seed, ACTS));
        const story = [...day.story.slice(-12), `replay: SEED=${seed} SHEETS=${ACTS} make simulate`];
        assert.is(day.promises.broken?.message, undefined, story.join('\n'));
        fed += day.result().fed;
      }
    } finally {
      site.leave();
    }
    assert.ok(fed >= days * FEWEST_SHEETS_A_DAY, `only ${fed} sheets were fed`);
  });
  test.run();
}
