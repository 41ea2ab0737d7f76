/**
 * `tallystick verify` on an export of a whole county's day, made for the purpose: the program as people start it, in a
 * process of its own on one core.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { assert } from '../../ground/result.js';
import { makeBigExport } from './big-export.js';
import { row, type Row } from './measure.js';
import type { BenchPaper } from './pages.js';

const PROGRAM = fileURLToPath(new URL('../tallystick/main.js', import.meta.url));

export async function benchVerify(paper: BenchPaper, ballots: number): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-export-'));
  try {
    const directory = join(folder, 'export');
    const { imageBytes } = await makeBigExport(directory, paper, ballots);
    const startMs = performance.now();
    const ran = spawnSync('taskset', ['-c', '0', process.execPath, PROGRAM, 'verify', directory]);
    const tookMs = performance.now() - startMs;
    assert(
      ran.status === 0,
      `verify answers ${String(ran.status)}: ${String(ran.stdout)}${String(ran.stderr)}`,
    );
    return [
      row(`verify an export of ${ballots} ballots with images, one core`, 'ms', tookMs),
      row(`images of that export`, 'MB', imageBytes / 1e6),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
