/** Folders for what programs write, on a real disk, and where none can be made. */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeProblem } from '../../ground/result.js';
import { makeFolder } from '../../tools/make-folder.js';

const test = suite('making a folder');

const folder = mkdtempSync(join(tmpdir(), 'tallystick-make-folder-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(path: string): Promise<string> {
  const made = await makeFolder(path);
  if (made.ok) throw new Error(`${path} was made`);
  return describeProblem(made.error);
}

test('a folder is made with those above it, and one that is there is left alone', async () => {
  const deep = join(folder, 'a/b/c');
  assert.ok((await makeFolder(deep)).ok);
  assert.ok(statSync(deep).isDirectory());
  writeFileSync(join(deep, 'kept'), '');
  assert.ok((await makeFolder(deep)).ok);
  assert.ok(existsSync(join(deep, 'kept')));
});

test('two that make the same folder at once both have it', async () => {
  const same = join(folder, 'same/deep');
  const made = await Promise.all([makeFolder(same), makeFolder(same), makeFolder(same)]);
  assert.ok(made.every(({ ok }) => ok));
});

test('a file in the way is named, whether it is the folder itself or above it', async () => {
  const file = join(folder, 'notes');
  writeFileSync(file, '');
  assert.is(await refusal(file), 'notes: is a file, not a folder');
  assert.is(await refusal(join(file, 'pictures')), 'pictures: notes is a file, not a folder');
});

/** Linux answers there that a folder which is there does not exist. */
test('a file system that makes no folders gets an answer, not a wait for ever', async () => {
  if (!existsSync('/proc/self')) return;
  assert.match(await refusal('/proc/pictures'), /^pictures: cannot be made \(E[A-Z]+\)$/);
});

test.run();
