/** What the tests of this folder share: repeatable randomness, a cheap scrypt cost, fresh folders, an authority. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { fromHex } from '../../../ground/bytes.js';
import { describeProblem, type Problem, type Result } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import type { RandomSource } from '../../../drivers/ports.js';
import { makeAuthority, openAuthority, type Authority } from '../../../firmware/trust/authority.js';

export const CHEAP = { log2N: 4, r: 8, p: 1 } as const;
export const PASSPHRASE = 'a long passphrase';

export function testRandom(seed: string): RandomSource {
  const random = seededRandom(seed);
  return { bytes: (count) => Uint8Array.from({ length: count }, () => random.integer(0, 255)) };
}

export function hex(text: string): Uint8Array {
  return expectOk(fromHex(text.replace(/\s+/g, ''), 'test vector'));
}

export function expectOk<T>(result: Result<T, Problem | readonly Problem[]>): T {
  if (result.ok) return result.value;
  const problems = 'code' in result.error ? [result.error] : result.error;
  assert.unreachable(problems.map(describeProblem).join('\n'));
  throw new Error('not reached');
}

/** The code of the one problem, or of each. */
export function codesOf(result: Result<unknown, Problem | readonly Problem[]>): readonly string[] {
  if (result.ok) return ['ok'];
  return 'code' in result.error ? [result.error.code] : result.error.map((problem) => problem.code);
}

export async function testAuthority(seed = 'authority'): Promise<Authority> {
  const file = expectOk(await makeAuthority(PASSPHRASE, testRandom(seed), CHEAP));
  return expectOk(await openAuthority(file, PASSPHRASE));
}

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-trust-'));
  folders.push(folder);
  return folder;
}
