/**
 * The test runner: every `*.test.js` under `dist/test` in a process of its own with a time limit (uvu has none), two
 * at a time, fast folders first. Ends with one line: `N passed, N failed`.
 *
 *   node dist/test/run.js [part of a path …]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILE_LIMIT_MS = 480_000;
const PROCESSES = 2;
/** Folders in the order in which they run; what is not named here comes last. */
const FAST_FIRST = ['ground', 'election-def', 'drivers', 'firmware', 'vision', 'tools'];

interface FileOutcome {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly ms: number;
  readonly output: string;
}

const testRoot = fileURLToPath(new URL('.', import.meta.url));

function testFiles(filters: readonly string[]): readonly string[] {
  const rank = (file: string): number => {
    const place = FAST_FIRST.findIndex((folder) => file.startsWith(`${folder}/`));
    return place === -1 ? FAST_FIRST.length : place;
  };
  return readdirSync(testRoot, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

function runFile(file: string, folder: string): Promise<FileOutcome> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const child = spawn(process.execPath, ['--enable-source-maps', join(testRoot, file)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Whatever a test leaves in the temporary folder goes with the run.
      env: { ...process.env, TMPDIR: folder },
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      if (output.length < 200_000) output += chunk.toString('utf8');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, FILE_LIMIT_MS);
    child.on('close', (code) => {
      clearTimeout(limit);
      const count = (label: string): number =>
        Number(new RegExp(`${label}:\\s+(\\d+)`).exec(output)?.[1] ?? 0);
      const total = count('Total');
      const passed = count('Passed');
      const skipped = count('Skipped');
      if (timedOut) output += `\nstopped after ${FILE_LIMIT_MS / 1000} s`;
      if (total === 0) output += '\nno test ran in this file';
      if (skipped > 0) output += `\n${skipped} tests were skipped; none may be`;
      const broken = code !== 0 || timedOut || total === 0 || skipped > 0;
      const failed = broken ? Math.max(1, total - passed) : total - passed;
      resolve({ file, passed, failed, ms: performance.now() - startedMs, output });
    });
  });
}

async function main(): Promise<void> {
  const files = [...testFiles(process.argv.slice(2))];
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-test-'));
  let passed = 0;
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const outcome = await runFile(file, folder);
      passed += outcome.passed;
      failed += outcome.failed;
      const name = relative('.', outcome.file).replace(/\.js$/, '');
      console.log(
        `${outcome.failed === 0 ? ' ok ' : 'FAIL'} ${name} (${outcome.passed}, ${(outcome.ms / 1000).toFixed(1)} s)`,
      );
      if (outcome.failed > 0) console.log(outcome.output);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, worker));
  rmSync(folder, { recursive: true, force: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

await main();
