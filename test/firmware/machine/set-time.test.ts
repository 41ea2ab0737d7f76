import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changed } from '../../../firmware/machine/menu-time.js';
import { timeFields } from '../../../firmware/machine/state.js';
import { seededRandom } from '../../../ground/seeded-random.js';

const test = suite('setting the time');

test('each field goes up and down and round within its range', () => {
  assert.is(changed('2026-11-03T05:59:41', 'minute', 1), '2026-11-03T05:00:00');
  assert.is(changed('2026-11-03T00:10:00', 'hour', -1), '2026-11-03T23:10:00');
  assert.is(changed('2026-12-03T05:10:00', 'month', 1), '2026-01-03T05:10:00');
  assert.is(changed('2026-11-30T05:10:00', 'day', 1), '2026-11-01T05:10:00');
  assert.is(changed('2099-11-30T05:10:00', 'year', 1), '2020-11-30T05:10:00');
});

test('the day never exceeds its month', () => {
  assert.is(changed('2026-03-31T05:10:00', 'month', -1), '2026-02-28T05:10:00');
  assert.is(changed('2028-03-31T05:10:00', 'month', -1), '2028-02-29T05:10:00');
  assert.is(changed('2028-02-29T05:10:00', 'year', 1), '2029-02-28T05:10:00');
});

test('whatever is pressed, it stays a date that the calendar has', () => {
  const seed = 'set-time';
  const random = seededRandom(seed);
  let time = '2026-11-03T05:40:00';
  for (let i = 0; i < 3000; i++) {
    time = changed(time, random.pick(timeFields), random.chance(0.5) ? 1 : -1);
    const date = new Date(`${time}Z`);
    assert.is(date.toISOString().slice(0, 19), time, `seed ${seed}, press ${i}`);
  }
});

test.run();
