import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { simulateDay } from '../../../tools/simulate/main.js';

const test = suite('simulated election days');

for (const seed of ['test-1', 'test-2', 'test-3']) {
  test(`the promises hold all day, seed ${seed}`, async () => {
    // A broken promise throws, with the story of what led to it.
    const day = await simulateDay(seed, 30, 'election-def/samples/dutchess-ny.json');
    assert.ok(day.fed >= 30 && day.counted > 0, JSON.stringify(day));
  });
}

test.run();
