/**
 * `make soak`: so many simulated hours (`HOURS=`, `SEED=`) with 360 sheets each, in one process. Asked: objects in
 * use that grow by less than 5 %, over all of it and within a day; no turn of the event loop above 250 ms while people vote;
 * every closing agrees with the count by hand. Ends with status 1 when one of them is not so.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../firmware/runtime/ports.js';
import { growth, heapOf, residentOf, type Growth } from './memory.js';
import { soak, type SoakResult } from './soak.js';

const OUT = fileURLToPath(new URL('../../../out/', import.meta.url));
const MOST_GROWTH_PERCENT = 5;
const LONGEST_TURN_MS = 250;
/** A long day without a night: eight of them are 200 hours. */
const DAY_HOURS = 25;
/** Code is compiled and tables are filled; at most the first day. */
const WARM_UP_HOURS = 10;
const MIB = 1024 * 1024;

async function main(): Promise<void> {
  const hours = Number(process.env['HOURS'] ?? 200);
  const seed = process.env['SEED'] ?? 'soak';
  const collect = globalThis.gc;
  if (collect === undefined || !(hours > 0)) {
    process.stderr.write('run by `make soak`, with HOURS= a number above 0\n');
    process.exit(2);
  }
  const clock = systemClock();
  const beganMs = clock.nowMs();
  const onDay = (day: number, { fed }: SoakResult): void => {
    const seconds = ((clock.nowMs() - beganMs) / 1000).toFixed(0);
    process.stdout.write(`day ${day}: ${fed} sheets so far, ${seconds} s\n`);
  };
  const result = await soak({ hours, dayHours: DAY_HOURS, seed, collect: () => collect(), onDay });
  const warmUpHours = Math.min(WARM_UP_HOURS, hours / 4);
  const warm = result.samples.filter((sample) => sample.hours > warmUpHours);
  const heap = growth(warm, heapOf);
  const resident = growth(warm, residentOf);
  const { longestMs } = result.turns;
  const wrong = [
    ...grown('heap', heap),
    ...(longestMs.voting > LONGEST_TURN_MS ? [`a turn of ${longestMs.voting.toFixed(0)} ms`] : []),
    ...result.differences,
  ];
  process.stdout.write(
    `soak: seed ${seed}, ${hours} hours, ${result.days} days, ${result.fed} sheets fed, ${result.counted} counted; ` +
      `${result.closingsThatAgree} of ${result.days} closings agree in every number\n` +
      `memory after ${warmUpHours} hours of warm-up, ${warm.length} samples:\n` +
      `${row('heap', heap)}${row('resident', resident)}` +
      `longest turn, processor time: voting ${longestMs.voting.toFixed(0)} ms, ` +
      `start ${longestMs.start.toFixed(0)} ms, closing ${longestMs.closing.toFixed(0)} ms; ` +
      `${result.turns.count} turns\n` +
      wrong.map((what) => `NOT AS ASKED: ${what}\n`).join(''),
  );
  mkdirSync(OUT, { recursive: true });
  const { days, fed, counted, closingsThatAgree, differences, samples } = result;
  const written = { seed, hours, days, fed, counted, closingsThatAgree, differences };
  const measured = { warmUpHours, heap, resident, longestTurnMs: longestMs, samples };
  writeFileSync(join(OUT, 'soak.json'), `${JSON.stringify({ ...written, ...measured }, null, 1)}\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

function grown(what: string, { percent, withinDayPercent }: Growth): readonly string[] {
  const most = Math.max(percent, withinDayPercent);
  return most >= MOST_GROWTH_PERCENT ? [`the ${what} grows by ${most.toFixed(1)} %`] : [];
}

function row(what: string, { firstBytes, lastBytes, percent, withinDayPercent }: Growth): string {
  const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`.padStart(10);
  const share = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(2)} %`;
  return `  ${what.padEnd(9)}${mib(firstBytes)} → ${mib(lastBytes)}  ${share(percent)}; within a day ${share(withinDayPercent)}\n`;
}

await main();
