import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import { utf8 } from '../../../ground/bytes.js';
import { describeProblem, type Result } from '../../../ground/result.js';

const test = suite('folder store');

function fresh(): { folder: string; store: ReturnType<typeof folderStore> } {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-store-'));
  return { folder, store: folderStore(folder, 'memory card A') };
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(describeProblem(result.error));
  return result.value;
}

function code(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.error.code;
}

test('a file is replaced whole, and nothing else is left in the folder', async () => {
  const { folder, store } = fresh();
  value(await store.write('state.json', utf8('one')));
  value(await store.write('state.json', utf8('two')));
  assert.equal(value(await store.read('state.json', 100)), utf8('two'));
  assert.equal(readdirSync(folder), ['state.json']);
});

test('lines are added at the end', async () => {
  const { store } = fresh();
  value(await store.append('log.txt', utf8('a\n')));
  value(await store.append('log.txt', utf8('b\n')));
  assert.equal(value(await store.read('log.txt', 100)), utf8('a\nb\n'));
});

test('a file that is longer than it may be is not read', async () => {
  const { store } = fresh();
  value(await store.write('big', new Uint8Array(101)));
  assert.is(code(await store.read('big', 100)), 'too-large');
  assert.is(value(await store.read('big', 101)).length, 101);
});

test('a block file has a fixed size and keeps what is written where it was written', async () => {
  const { store } = fresh();
  const blocks = value(await store.openBlocks('ballots.box', 1000));
  assert.is(blocks.sizeBytes, 1000);
  value(await blocks.write(500, utf8('here')));
  value(await blocks.flush());
  assert.equal(value(await blocks.read(500, 4)), utf8('here'));
  assert.equal(value(await blocks.read(496, 4)), new Uint8Array(4));
  assert.is(code(await blocks.write(998, utf8('over'))), 'out-of-range');
  assert.is(code(await blocks.read(-1, 4)), 'out-of-range');
  assert.is(code(await blocks.read(999, 2)), 'out-of-range');
  await blocks.close();
  const again = value(await store.openBlocks('ballots.box'));
  assert.equal(value(await again.read(500, 4)), utf8('here'));
  await again.close();
  assert.is(code(await store.openBlocks('ballots.box', 1000)), 'exists');
});

test('what is missing, a folder, or a link is not taken for a file', async () => {
  const { folder, store } = fresh();
  mkdirSync(join(folder, 'folder'));
  symlinkSync('/etc/hostname', join(folder, 'link'));
  for (const work of [store.read('none', 10), store.openBlocks('none'), store.remove('none')]) {
    assert.is(code(await work), 'missing');
  }
  assert.is(code(await store.read('folder', 10)), 'not-a-file');
  assert.is(code(await store.write('folder', utf8('x'))), 'not-a-file');
  assert.is(code(await store.append('folder', utf8('x'))), 'not-a-file');
  assert.is(code(await store.openBlocks('folder')), 'not-a-file');
  assert.is(code(await store.remove('folder')), 'not-a-file');
  assert.is(code(await store.read('link', 1000)), 'not-a-file');
  assert.is(code(await store.append('link', utf8('x'))), 'not-a-file');
});

test('names that could leave the folder or hide in it are refused', async () => {
  const { folder, store } = fresh();
  for (const name of ['', '.', '..', '../x', 'a/b', '.hidden', '~tmp', 'Capital', 'a b', 'x'.repeat(65)]) {
    assert.is(code(await store.write(name, utf8('x'))), 'bad-name', name);
    assert.is(code(await store.read(name, 10)), 'bad-name', name);
  }
  assert.equal(readdirSync(folder), []);
});

test('a torn temporary file is neither listed nor read, and is written over', async () => {
  const { folder, store } = fresh();
  value(await store.write('state.json', utf8('whole')));
  writeFileSync(join(folder, '~state.json'), 'to');
  assert.equal(value(await store.list()), ['state.json']);
  assert.equal(value(await store.read('state.json', 10)), utf8('whole'));
  value(await store.write('state.json', utf8('next')));
  assert.not.ok(existsSync(join(folder, '~state.json')));
});

test('a card that is taken out is called missing, not a missing file', async () => {
  const { folder, store } = fresh();
  value(await store.write('state.json', utf8('x')));
  rmSync(folder, { recursive: true });
  assert.is(code(await store.read('state.json', 10)), 'medium-missing');
  assert.is(code(await store.write('state.json', utf8('x'))), 'medium-missing');
  assert.is(code(await store.append('state.json', utf8('x'))), 'medium-missing');
  assert.is(code(await store.openBlocks('b', 10)), 'medium-missing');
  assert.is(code(await store.list()), 'medium-missing');
});

test('a device is not taken for a file, and nothing hangs on it', async () => {
  const devices = folderStore('/dev', 'devices');
  for (const work of [
    devices.read('zero', 10),
    devices.append('full', utf8('x')),
    devices.write('null', utf8('x')),
    devices.openBlocks('zero'),
  ]) {
    assert.is(code(await work), 'not-a-file');
  }
});

test('a write-protected file is called read-only and can still be read', async () => {
  const { folder, store } = fresh();
  value(await store.write('ballots.box', utf8('content')));
  chmodSync(join(folder, 'ballots.box'), 0o444);
  chmodSync(folder, 0o555);
  const isRoot = process.getuid?.() === 0;
  const blocks = value(await store.openBlocks('ballots.box'));
  assert.equal(value(await blocks.read(0, 7)), utf8('content'));
  // Root may write anywhere; everybody else is told that the medium is write-protected.
  assert.is(code(await blocks.write(0, utf8('x'))), isRoot ? 'ok' : 'read-only');
  await blocks.close();
  assert.is(code(await store.write('other', utf8('x'))), isRoot ? 'ok' : 'read-only');
  chmodSync(folder, 0o755);
});

test.run();
