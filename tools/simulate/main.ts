/**
 * `make simulate`: election days from seeds (`DAYS=`, `SHEETS=`, `SEED=`), until the number is reached or a promise is
 * broken. A failing seed prints what was broken, a story as short as it can be made, and the command that replays it.
 *
 * A long run in shares, on several cores or computers: `FIRST=` is the number of a share's first day, so `DAYS=100`
 * with `FIRST=0`, `FIRST=100`, … are days that no other share runs. What each prints at its end are sums, and the line
 * that begins with `share:` names its days; shares are added up number by number.
 */
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../firmware/runtime/ports.js';
import { Day, type DayResult } from './day.js';
import { planDay } from './plan.js';
import { openSite } from './site.js';
import { shrink } from './shrink.js';
import { Sum } from './summary.js';

async function main(): Promise<void> {
  const days = numberOf('DAYS', 20);
  const acts = numberOf('SHEETS', 300);
  const given = process.env['SEED'];
  const first = numberOf('FIRST', 0);
  const clock = systemClock();
  const beganMs = clock.nowMs();
  const sum = new Sum();
  const site = await openSite();
  try {
    for (let day = 0; day < days; day++) {
      const seed = given ?? `day-${first + day}`;
      const plan = planDay(seed, acts);
      const ran = await Day.run(site, plan);
      if (ran.promises.broken !== undefined) {
        const story = await shrink(site, plan, ran.promises.broken);
        process.stdout.write(`${story}\nreplay: SEED=${seed} SHEETS=${acts} make simulate\n`);
        process.exitCode = 1;
        return;
      }
      sum.add(ran.result());
      if (given !== undefined) break;
    }
  } finally {
    site.leave();
  }
  if (given === undefined)
    process.stdout.write(`share: days ${first} to ${first + days - 1}, ${acts} acts each\n`);
  process.stdout.write(sum.describe((clock.nowMs() - beganMs) / 1000, process.cpuUsage().user / 1e6));
}

function numberOf(name: string, standard: number): number {
  const text = process.env[name] ?? '';
  const value = text === '' ? standard : Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`${name} must be a whole number, not "${text}"\n`);
  process.exit(2);
}

export type { DayResult };

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
