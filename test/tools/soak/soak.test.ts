import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MachineState } from '../../../firmware/machine/state.js';
import { growth, heapOf, type Sample } from '../../../tools/soak/memory.js';
import { soak, type SoakResult, type SoakWish } from '../../../tools/soak/soak.js';

const test = suite('a soak');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** One short day after another; how much a program of a few seconds still grows by itself is not asked. */
function shortSoak(hours: number, dayHours: number, watcher?: SoakWish['watcher']): Promise<SoakResult> {
  const wish = { hours, dayHours, seed: 'test', collect };
  return soak(watcher === undefined ? wish : { ...wish, watcher });
}

const heapGrowth = ({ samples }: SoakResult): number =>
  growth(samples.slice(samples.length >> 2), heapOf).percent;

test('after each of two days the tape agrees with the count by hand', async () => {
  const { fed, days, differences, closingsThatAgree } = await shortSoak(0.2, 0.1);
  assert.equal(
    { fed, days, differences, closingsThatAgree },
    { fed: 72, days: 2, differences: [], closingsThatAgree: 2 },
  );
});

test('states of the machine that somebody keeps are found as growth', async () => {
  const healthy = heapGrowth(await shortSoak(0.8, 0.8));
  const kept: MachineState[] = [];
  const leaking = heapGrowth(await shortSoak(0.8, 0.8, (state) => kept.push(state)));
  assert.ok(kept.length > 5_000, `${kept.length}`);
  assert.ok(
    leaking > 2 && leaking > 3 * healthy,
    `leaking ${leaking.toFixed(1)} %, healthy ${healthy.toFixed(1)} %`,
  );
});

test('a step that takes long is found as a long turn of the voting', async () => {
  let steps = 0;
  const { turns } = await shortSoak(0.1, 0.1, ({ path }) => {
    if (path.at !== 'reading' || ++steps !== 10) return;
    const began = process.cpuUsage().user;
    while (process.cpuUsage().user - began < 400_000);
  });
  assert.ok(turns.longestMs.voting >= 400, `${turns.longestMs.voting}`);
  assert.ok(turns.longestMs.voting > turns.longestMs.closing);
});

test('what grows within the days and is lost again between them is seen within the days', () => {
  const samples = [1, 2, 3, 4].flatMap((day) =>
    Array.from({ length: 10 }, (_, n): Sample => {
      const hours = (day - 1) * 10 + n;
      return { day, hours, heapBytes: 1_000_000 + 10_000 * n, residentBytes: 0 };
    }),
  );
  const { percent, withinDayPercent } = growth(samples, heapOf);
  assert.ok(withinDayPercent > 8 && withinDayPercent < 9, `${withinDayPercent}`);
  assert.ok(percent < withinDayPercent / 3, `${percent}`);
});

test.run();
