/** Two programs and one card: another process of this computer holds it, or lets it go by dying. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import { describeProblem, type Result } from '../../../ground/result.js';

const test = suite('one program on one card');
const FILE = 'ballots.box';
const storeModule = new URL('../../../drivers/memory-card/folder-store.js', import.meta.url).href;

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(describeProblem(result.error));
  return result.value;
}

function card(): string {
  return mkdtempSync(join(tmpdir(), 'tallystick-held-'));
}

/** A program that has the box file on this card open, until it is killed. */
async function otherProgram(folder: string): Promise<ChildProcess> {
  const script = `
    import { folderStore } from ${JSON.stringify(storeModule)};
    const opened = await folderStore(${JSON.stringify(folder)}, 'x').openBlocks('${FILE}', 4096);
    process.stdout.write(opened.ok ? 'held' : opened.error.code);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const said = await new Promise<string>((resolve) => {
    child.stdout.once('data', (text: Buffer) => resolve(text.toString()));
  });
  assert.is(said, 'held');
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
}

test('a second program is refused, in words, and leaves nothing on the card', async () => {
  const folder = card();
  const other = await otherProgram(folder);
  const before = readdirSync(folder);
  const opened = await folderStore(folder, 'memory card A').openBlocks(FILE);
  const said = opened.ok ? '' : describeProblem(opened.error);
  assert.is(said, 'memory card A, ballots.box: is in use: another program works on this medium');
  assert.is.not((await folderStore(folder, 'memory card A').openBlocks('other.box', 4096)).ok, true);
  assert.equal(readdirSync(folder), before);
  await killed(other);
});

test('a program that was killed holds nothing any more: no stale lock is left by a crash', async () => {
  const folder = card();
  await killed(await otherProgram(folder));
  await value(await folderStore(folder, 'memory card A').openBlocks(FILE)).close();
  assert.equal(readdirSync(folder), [FILE]);
});

test('the same card by another path is the same card', async () => {
  const folder = card();
  mkdirSync(join(folder, 'inside'));
  const other = await otherProgram(folder);
  const opened = await folderStore(join(folder, 'inside', '..'), 'memory card B').openBlocks(FILE);
  assert.is(opened.ok ? 'ok' : opened.error.code, 'in-use');
  await killed(other);
});

test('within one program the files of a card share the hold, and the last one lets it go', async () => {
  const folder = card();
  const store = folderStore(folder, 'memory card A');
  const first = value(await store.openBlocks(FILE, 4096));
  const second = value(await store.openBlocks(FILE));
  await first.close();
  await first.close();
  // Still held by the second.
  const script = `
    import { folderStore } from ${JSON.stringify(storeModule)};
    const opened = await folderStore(${JSON.stringify(folder)}, 'x').openBlocks('${FILE}');
    process.stdout.write(opened.ok ? 'held' : opened.error.code);
    process.exit(0);`;
  const ask = (): Promise<string> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
      let said = '';
      child.stdout.on('data', (text: Buffer) => (said += text.toString()));
      child.once('close', () => resolve(said));
    });
  assert.is(await ask(), 'in-use');
  await second.close();
  assert.is(await ask(), 'held');
});

test('a file that cannot be opened holds nothing', async () => {
  const folder = card();
  const store = folderStore(folder, 'memory card A');
  assert.is((await store.openBlocks('missing.box')).ok, false);
  await killed(await otherProgram(folder));
});

test('a write-protected card is held as well', async () => {
  const folder = card();
  await killed(await otherProgram(folder));
  chmodSync(folder, 0o500);
  const store = folderStore(folder, 'memory card A');
  await value(await store.openBlocks(FILE)).close();
  chmodSync(folder, 0o700);
});

test.run();
