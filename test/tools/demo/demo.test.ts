/** The demo as a newcomer runs it: the built program, both election days, every check. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const PROGRAM = fileURLToPath(new URL('../../../tools/demo/main.js', import.meta.url));

const test = suite('the demo');

test('ends with all checks in agreement, and with exit status 0', () => {
  const run = spawnSync(process.execPath, [PROGRAM], { encoding: 'utf8', timeout: 400_000 });
  assert.is(run.status, 0, `${run.stdout.slice(-3_000)}\n${run.stderr.slice(-2_000)}`);
  const last = run.stdout.trim().split('\n').at(-1) ?? '';
  const [, ballots, checks] = /^demo: (\d+) ballots, (\d+) checks, all agree$/.exec(last) ?? [];
  assert.ok(Number(ballots) >= 30, last);
  assert.ok(Number(checks) >= 1_000, last);
  assert.is(run.stderr, '', 'nothing is complained about');
});

test.run();
