import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expectOk, freshFolder } from '../trust/support.js';
import { softwareSha256 } from '../../../firmware/runtime/software.js';

const test = suite('software digest');

/** The command in the module's header, as anybody would run it. */
const BY_HAND =
  "{ find dist/{ground,election-def,drivers,vision,firmware,tools} -type f -not -name '*.map' -not -name '*.d.ts'; " +
  'echo package-lock.json; } | LC_ALL=C sort | xargs sha256sum | sha256sum';

const FILES = {
  'package-lock.json': '{}',
  'dist/ground/bytes.js': 'a',
  'dist/ground/bytes.js.map': 'map',
  'dist/ground/bytes.d.ts': 'types',
  'dist/election-def/layout.js': 'b',
  'dist/drivers/virtual/disk.js': 'c',
  'dist/drivers/virtual.js': 'c2',
  'dist/vision/kernels/k.wasm': 'd',
  'dist/firmware/trust/keys.js': 'e',
  'dist/tools/demo/main.js': 'f',
  'dist/test/run.js': 'not part of the machine',
};

function installation(change: Readonly<Record<string, string>> = {}): string {
  const root = freshFolder();
  for (const [path, content] of Object.entries({ ...FILES, ...change })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

async function digest(root?: string): Promise<string> {
  return expectOk(await softwareSha256(root));
}

test('the digest is the one that sha256sum gives, wherever the software lies', async () => {
  const root = installation();
  const byHand = execFileSync('bash', ['-c', BY_HAND], { cwd: root, encoding: 'utf8' }).slice(0, 64);
  assert.is(await digest(root), byHand);
  assert.is(await digest(installation()), byHand);
});

test('the command in the documentation is the one that is tested', () => {
  const source = readFileSync('firmware/runtime/software.ts', 'utf8');
  const words = source
    .split('\n')
    .filter((line) => line.startsWith(' *'))
    .join(' ')
    .replaceAll(/[\s\\*]+/g, ' ');
  assert.ok(words.includes(BY_HAND.replaceAll(/[\s\\*]+/g, ' ')));
});

test('any change of what runs changes it, and a change of what does not run does not', async () => {
  const before = await digest(installation());
  for (const change of [
    { 'dist/firmware/trust/keys.js': 'E' },
    { 'dist/vision/kernels/k.wasm': 'D' },
    { 'dist/firmware/extra.js': '' },
    { 'package-lock.json': '{ }' },
  ]) {
    assert.is.not(await digest(installation(change)), before, JSON.stringify(change));
  }
  for (const change of [{ 'dist/test/run.js': 'changed' }, { 'dist/ground/bytes.js.map': 'changed' }]) {
    assert.is(await digest(installation(change)), before, JSON.stringify(change));
  }
});

test('software that is not whole has no digest', async () => {
  const root = installation();
  rmSync(join(root, 'dist/vision'), { recursive: true });
  const result = await softwareSha256(root);
  assert.ok(!result.ok && result.error.code === 'software-unreadable');
  const linked = installation({ 'dist/tools/odd name.js': '' });
  assert.not.ok((await softwareSha256(linked)).ok);
});

test('the software that runs finds itself', async () => {
  assert.match(await digest(), /^[0-9a-f]{64}$/);
});

test.run();
