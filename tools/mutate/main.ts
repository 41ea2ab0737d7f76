/**
 * `make mutate` (`MUTATIONS=`, `SEED=`): a real election day is run, then everything in it that is signed is changed,
 * one change at a time, and its verifier must find each; a change of what nobody signed is named with its reason. A
 * failure prints the command that replays it (`ONE="artefact:number"` with the same seed).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../firmware/runtime/ports.js';
import { artefactsOf, campaign, replay, type Row } from './campaign.js';
import { mutationDay } from './day.js';

async function main(): Promise<void> {
  const mutations = Number(process.env['MUTATIONS'] ?? 10_000);
  const seed = process.env['SEED'] ?? '1';
  if (!Number.isInteger(mutations) || mutations < 1 || mutations > 10_000_000) {
    console.error('MUTATIONS must be a whole number from 1 to 10000000');
    process.exitCode = 2;
    return;
  }
  const clock = systemClock();
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-mutate-'));
  try {
    const artefacts = artefactsOf(await mutationDay(folder));
    const one = process.env['ONE'];
    if (one !== undefined) {
      const [name = '', number = ''] = one.split(':');
      const artefact = artefacts.find((candidate) => candidate.name === name);
      if (artefact === undefined) throw new Error(`there is no artefact "${name}"`);
      console.log(await replay(artefact, seed, Number(number)));
      return;
    }
    const rows = await campaign(
      artefacts,
      mutations,
      seed,
      () => clock.nowMs(),
      (row) => print(row, seed),
    );
    const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
    const tried = sum((row) => row.tried);
    const found = sum((row) => row.found);
    const harmless = sum(harmlessOf);
    const seconds = sum((row) => row.ms) / 1000;
    console.log(
      `${tried} mutations: ${found} found, ${harmless} harmless, ${tried - found - harmless} not found; ${seconds.toFixed(0)} s`,
    );
    if (tried !== found + harmless) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function harmlessOf(row: Row): number {
  return [...row.harmless.values()].reduce((total, n) => total + n, 0);
}

function print(row: Row, seed: string): void {
  const each = (row.ms / row.tried).toFixed(1);
  console.log(
    `${row.name}: ${row.tried} tried, ${row.found} found, ${harmlessOf(row)} harmless (${each} ms each)`,
  );
  const often = [...row.how].sort(([, a], [, b]) => b - a);
  console.log(`    found by: ${often.map(([code, n]) => `${code} ${n}`).join(', ')}`);
  for (const [why, n] of row.harmless) console.log(`    harmless: ${n} × ${why}`);
  for (const failure of row.failures) console.log(`  FAILED: make mutate SEED=${seed} ${failure}`);
}

await main();
