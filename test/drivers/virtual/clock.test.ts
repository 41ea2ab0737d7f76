import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VirtualClock } from '../../../drivers/virtual/clock.js';
import { seededRandom } from '../../../ground/seeded-random.js';

const test = suite('virtual clock');

test('time stands until somebody runs the next timer', () => {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  const fired: string[] = [];
  clock.setTimer(200, () => fired.push('second'));
  clock.setTimer(100, () => fired.push('first'));
  clock.setTimer(200, () => fired.push('third'));
  assert.is(clock.nowMs(), 0);
  assert.is(clock.nextDueMs(), 100);
  assert.ok(clock.runNext());
  assert.is(clock.nowMs(), 100);
  assert.ok(clock.runNext());
  assert.ok(clock.runNext());
  assert.equal(fired, ['first', 'second', 'third']);
  assert.not.ok(clock.runNext());
  assert.is(clock.nextDueMs(), undefined);
  assert.is(clock.nowMs(), 200);
});

test('a cancelled timer never fires, and cancelling twice cancels no other', () => {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  const fired: number[] = [];
  const cancel = clock.setTimer(5, () => fired.push(5));
  clock.setTimer(5, () => fired.push(6));
  cancel();
  cancel();
  while (clock.runNext());
  assert.equal(fired, [6]);
});

test('a timer set for the past fires now, and time does not run backwards', () => {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  clock.setTimer(50, () => clock.setTimer(10, () => undefined));
  while (clock.runNext());
  assert.is(clock.nowMs(), 50);
});

test('any timers fire in the order of their times, equal ones in the order of setting', () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = seededRandom(`clock ${seed}`);
    const clock = new VirtualClock('2026-11-03T06:00:00');
    const fired: { atMs: number; order: number }[] = [];
    for (let order = 0; order < 60; order++) {
      const atMs = random.integer(0, 20);
      const cancel = clock.setTimer(atMs, () => fired.push({ atMs, order }));
      if (random.chance(0.2)) cancel();
    }
    while (clock.runNext());
    const sorted = [...fired].sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    assert.equal(fired, sorted, `seed ${seed}`);
  }
});

test('timers are bounded: a program that leaks them is stopped', () => {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  assert.throws(() => {
    for (let i = 0; i <= 4_096; i++) clock.setTimer(i, () => undefined);
  }, /more than 4096 timers/);
});

test('the wall shows start and elapsed time, over the end of a day, a leap day and a year', () => {
  for (const [start, hours, expected] of [
    ['2026-11-03T06:00:00', 15, '2026-11-03T21:00:00'],
    ['2026-11-03T20:30:15', 4, '2026-11-04T00:30:15'],
    ['2028-02-28T23:59:59', 1, '2028-02-29T00:59:59'],
    ['2027-02-28T23:59:59', 1, '2027-03-01T00:59:59'],
    ['2026-12-31T23:00:00', 2, '2027-01-01T01:00:00'],
  ] as const) {
    const clock = new VirtualClock(start);
    clock.setTimer(hours * 3_600_000, () => undefined);
    clock.runNext();
    assert.is(clock.wallTime(), expected);
  }
});

test('the calendar agrees with the system calendar on any day of four centuries', () => {
  const random = seededRandom('calendar');
  for (let round = 0; round < 2_000; round++) {
    const ms = Math.floor(random.between(Date.UTC(1900, 0, 1), Date.UTC(2299, 11, 31)) / 1_000) * 1_000;
    const local = new Date(ms).toISOString().slice(0, 19);
    assert.is(new VirtualClock(local).wallTime(), local);
    const days = random.integer(1, 4_000);
    const clock = new VirtualClock(local);
    clock.jumpWall(days * 86_400_000);
    assert.is(clock.wallTime(), new Date(ms + days * 86_400_000).toISOString().slice(0, 19));
  }
});

test('setting the wall clock or a jump of it leaves monotonic time alone', () => {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  clock.setTimer(60_000, () => undefined);
  clock.runNext();
  assert.ok(clock.setWallTime('2026-11-03T05:30:00').ok);
  assert.is(clock.wallTime(), '2026-11-03T05:30:00');
  clock.jumpWall(-3_600_000);
  assert.is(clock.wallTime(), '2026-11-03T04:30:00');
  assert.is(clock.nowMs(), 60_000);
});

test('a date that no calendar has is refused', () => {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  for (const bad of ['2026-02-29T00:00:00', '2026-13-01T00:00:00', '2026-11-03T24:00:00', '2026-11-03', '']) {
    const set = clock.setWallTime(bad);
    assert.ok(!set.ok && set.error.code === 'bad-time', bad);
  }
  assert.is(clock.wallTime(), '2026-11-03T06:00:00');
  assert.throws(() => new VirtualClock('2026-02-30T00:00:00'), /not a local date/);
});

test.run();
