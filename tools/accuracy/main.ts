/**
 * `make accuracy`: how often the reader is wrong, ambiguous or refuses, within the declared model of pens, paper and
 * scan heads (docs/formats/marked-sheets.md; the method is in docs/accuracy.md). `POSITIONS=30000000` is the full run,
 * `SEED=` another draw, `THREADS=` how many threads work; after `MINUTES=` no further positions are begun, and the
 * tables say how many there were. Prints the tables and writes `out/accuracy.json`. Ends with
 * code 1 where something is wrong that may never be.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import { Crew } from './crew.js';
import { ORDINARY_POSITIONS, planRun } from './plan.js';
import { failuresOf, reportOf } from './report.js';
import { ResultsKeeper } from './results.js';

const PROGRESS_EVERY_MS = 30_000;

async function main(): Promise<void> {
  const positions = wholeNumber('POSITIONS', ORDINARY_POSITIONS);
  const threads = wholeNumber('THREADS', 2);
  const seed = process.env['SEED'] ?? 'accuracy';
  const minutes = wholeNumber('MINUTES', 24 * 60);
  if (positions === undefined || threads === undefined || minutes === undefined) return;
  const clock = systemClock();
  const beganMs = clock.nowMs();
  const plan = planRun(positions, seed);
  const crew = await Crew.hire(threads);
  const keeper = new ResultsKeeper();
  let shownMs = beganMs;
  const run = (jobs: typeof plan.pages, what: string): Promise<void> =>
    crew.run(
      jobs,
      (done, left) => {
        keeper.add(done);
        if (clock.nowMs() - shownMs < PROGRESS_EVERY_MS) return;
        shownMs = clock.nowMs();
        process.stderr.write(`${what}: ${jobs.length - left} of ${jobs.length} jobs\n`);
      },
      () => what === 'positions' && clock.nowMs() - beganMs > minutes * 60_000,
    );
  try {
    await run(plan.pages, 'whole sheets');
    crew.share(keeper.residuals);
    await run(plan.others, 'sweeps and the rest');
    await run(plan.positions, 'positions');
  } finally {
    await crew.dismiss();
  }
  const { results } = keeper;
  const failures = failuresOf(results);
  const seconds = Math.round((clock.nowMs() - beganMs) / 1000);
  const about = { commit: commitId(), seed, positions, seconds, thresholds: defaultMarkThresholds, failures };
  mkdirSync('out', { recursive: true });
  writeFileSync('out/accuracy.json', `${JSON.stringify({ ...about, ...results }, undefined, 1)}\n`);
  process.stdout.write(`${reportOf(results)}\n\n`);
  process.stdout.write(`accuracy: seed ${seed}, commit ${about.commit}, ${seconds} s, `);
  process.stdout.write(failures.length === 0 ? 'nothing wrong\n' : `WRONG: ${failures.join('; ')}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

function wholeNumber(name: string, standard: number): number | undefined {
  const text = process.env[name] ?? `${standard}`;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`accuracy: ${name} is a whole number above 0, not "${text}"\n`);
  process.exitCode = 2;
  return undefined;
}

function commitId(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

await main();
