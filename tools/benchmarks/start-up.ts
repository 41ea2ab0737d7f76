/**
 * How long the machine takes until it can be used again after a power cut with a day's ballots aboard, and how soon a
 * voter reads "successfully cast" when the ballot has left.
 */
import { rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { assert } from '../../ground/result.js';
import { step } from '../../firmware/machine/step.js';
import type { MachineState } from '../../firmware/machine/state.js';
import { screenModel } from '../../firmware/screens/model.js';
import { valueOf } from '../bench/office.js';
import { fullMachine, type FullMachine } from './full-machine.js';
import { row, timesOf, type Row } from './measure.js';

const CASTS = 100;

export async function benchStartUp(ballots: number): Promise<readonly Row[]> {
  const machine = await fullMachine(ballots, CASTS);
  try {
    const started = await startUp(machine, ballots);
    return [...started, ...(await castSome(machine))];
  } finally {
    rmSync(machine.folder, { recursive: true });
  }
}

/** The clock runs while the machine works, not while people reach for key, passcode and buttons. */
async function startUp({ bench, keys }: FullMachine, ballots: number): Promise<readonly Row[]> {
  const startMs = performance.now();
  valueOf(await bench.powerOn());
  const bootedMs = performance.now();
  await bench.enter(keys[0]);
  await bench.press('yes');
  await bench.until('the Administration Menu', () => bench.screen.id === 'administration');
  const readyMs = performance.now();
  const counts = bench.runtime.state.counts;
  assert(counts?.slots === ballots && counts.logged === ballots, 'all ballots are found again');
  const name = `start-up after a power cut, ${ballots} ballots aboard`;
  return [
    row(`${name}: until the security key is asked for`, 'ms', bootedMs - startMs),
    row(`${name}: ballot box opened, ballot under way given back`, 'ms', readyMs - bootedMs),
    row(`${name}: in all`, 'ms', readyMs - startMs),
  ];
}

/** The step of the machine for "the exit sensor is clear", and the screen that follows from it. */
async function castSome({ bench, sheet }: FullMachine): Promise<readonly Row[]> {
  await bench.press('done');
  await bench.until('voters’ display', () => bench.screen.id === 'insert-ballot');
  const times: number[] = [];
  let before: MachineState = bench.runtime.state;
  bench.runtime.watch((state, input) => {
    const isExitClear = input.kind === 'sensor' && input.sensor === 'exit' && !input.on;
    if (isExitClear && before.path.at === 'leaving') {
      const startMs = performance.now();
      const after = step(before, { atMs: 0, input });
      const { id } = screenModel(after.state);
      times.push(performance.now() - startMs);
      assert(id === 'cast', `the display says ${id} when the ballot has left`);
    }
    before = state;
  });
  for (let i = 0; i < CASTS; i++) {
    await bench.feed(sheet);
    await bench.pass(7000);
  }
  assert(times.length === CASTS, 'every ballot was cast');
  const { p50, p99 } = timesOf(times);
  return [
    row('exit sensor clear to "successfully cast" on the display, p50', 'ms', p50),
    row('exit sensor clear to "successfully cast" on the display, p99', 'ms', p99),
  ];
}
