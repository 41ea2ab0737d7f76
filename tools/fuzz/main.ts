/**
 * `make fuzz`: `RUNS=` hostile inputs for each door or `FUZZ_SECONDS=` for all together, `SEED=`, `DOOR=` for one door
 * alone, `INPUT=` one file once more. Inputs that are findings are kept in `out/fuzz/`; once mended, they belong into
 * `test/corpus/<door>/` with their reason.
 */
import { mkdirSync, mkdtempSync, cpSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doors } from './doors.js';
import { fuzz, type DoorResult } from './fuzz.js';

const CORPUS = 'test/corpus';

async function main(): Promise<void> {
  const { FUZZ_SECONDS: seconds, RUNS: runs, SEED: seed = '1', DOOR: door, INPUT: input } = process.env;
  const corpus = input === undefined ? CORPUS : mkdtempSync(join(tmpdir(), 'tallystick-input-'));
  if (input !== undefined) {
    mkdirSync(join(corpus, door ?? ''));
    cpSync(input, join(corpus, door ?? '', 'input'));
  }
  const count = door === undefined ? doors.length : 1;
  const results = await fuzz(
    {
      corpus,
      seed,
      keep: 'out/fuzz',
      ...(seconds === undefined ? {} : { ms: (Number(seconds) * 1000) / count }),
      runs: input === undefined ? Number(runs ?? 1000) : 0,
      ...(door === undefined ? {} : { doors: [door] }),
    },
    print,
  );
  if (input !== undefined) rmSync(corpus, { recursive: true });
  const inputs = results.reduce((sum, one) => sum + one.corpus + one.runs, 0);
  const findings = results.flatMap((one) => one.findings).length;
  const ms = results.reduce((sum, one) => sum + one.ms, 0);
  console.log(
    `${inputs} inputs at ${results.length} doors, ${(ms / 1000).toFixed(0)} s, ${findings} findings`,
  );
  if (findings > 0) process.exitCode = 1;
}

function print(result: DoorResult): void {
  const { door, corpus, runs, slowestMs, peakBytes, findings } = result;
  console.log(
    `${door.padEnd(16)} ${corpus} of the corpus, ${runs} hostile; slowest ${slowestMs.toFixed(0)} ms, at most ${(peakBytes / 1e6).toFixed(0)} MB; ${findings.length} findings`,
  );
  for (const finding of findings) console.log(`  FINDING ${finding}`);
}

await main();
