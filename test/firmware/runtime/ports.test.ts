import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { zonedTime } from '../../../firmware/runtime/ports.js';

const test = suite('real clock');

const MOST_MS = 2000;

test('the time is the same moment in every zone, written as clocks go there', () => {
  for (const offset of ['-05:00', '+00:00', '+05:45', '-09:30', '+14:00']) {
    const time = zonedTime(offset);
    assert.match(time, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/);
    assert.ok(time.endsWith(offset));
    assert.ok(Math.abs(new Date(time).getTime() - Date.now()) < MOST_MS, time);
  }
});

test.run();
