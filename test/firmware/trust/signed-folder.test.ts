import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { toHex, utf8 } from '../../../ground/bytes.js';
import { describeProblem, type Problem, type Result } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { ed25519Signer } from '../../../firmware/trust/keys.js';
import {
  FIXED_TIME_SECONDS,
  openSignedFolder,
  writeSignedFolder,
  type SignedFolder,
} from '../../../firmware/trust/signed-folder.js';
import { sha256 } from '../../../firmware/trust/symmetric.js';
import { certifyDevice, isCertified } from '../../../firmware/trust/verify/device-certificate.js';
import { verifySignature } from '../../../firmware/trust/verify/signature.js';
import { codesOf, expectOk, freshFolder } from './support.js';

const test = suite('signed folder');
const LIMITS = { maxFiles: 10, maxFileBytes: 10_000, maxTotalBytes: 15_000 };
const signer = ed25519Signer(new Uint8Array(32).fill(1));
const random = seededRandom('signed folder');
const noise = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => random.integer(0, 255));

const FILES: readonly (readonly [string, Uint8Array])[] = [
  ['totals.json', utf8('{"ballots":3}')],
  ['images/b.jpeg', noise(3000)],
  ['images/a.jpeg', noise(2000)],
  ['empty.txt', new Uint8Array()],
];

async function written(): Promise<string> {
  const directory = join(freshFolder(), 'export');
  expectOk(await writeSignedFolder(directory, FILES, 'export', { mode: 'test' }, { signer }));
  return directory;
}

function open(directory: string): Promise<Result<SignedFolder, readonly Problem[]>> {
  return openSignedFolder(directory, 'export', LIMITS);
}

test('what was written is read back, with its fields and the digest that names it', async () => {
  const directory = await written();
  const folder = expectOk(await open(directory));
  for (const [name, bytes] of FILES) assert.equal(expectOk(await folder.read(name)), bytes, name);
  assert.equal(folder.manifest.fields, { mode: 'test' });
  assert.equal(folder.manifest.signer, signer.publicKey);
  assert.equal(
    folder.manifest.files.map((file) => file.name),
    ['empty.txt', 'images/a.jpeg', 'images/b.jpeg', 'totals.json'],
  );
  const manifest = new Uint8Array(readFileSync(join(directory, 'manifest.json')));
  assert.is(toHex(folder.manifestSha256), toHex(sha256(manifest)));
});

test('the signature is over the exact bytes of the manifest, for anyone to check', async () => {
  const directory = await written();
  const manifest = new Uint8Array(readFileSync(join(directory, 'manifest.json')));
  const signature = new Uint8Array(readFileSync(join(directory, 'manifest.sig')));
  assert.ok(verifySignature('export', signer.publicKey, manifest, signature));
});

test('every file and folder has the same time, and nothing is left beside it', async () => {
  const directory = await written();
  for (const name of ['', 'images', 'images/a.jpeg', 'totals.json', 'manifest.json', 'manifest.sig']) {
    assert.is(lstatSync(join(directory, name)).mtimeMs, FIXED_TIME_SECONDS * 1000, name);
  }
  assert.equal(readdirSync(join(directory, '..')), ['export']);
});

test('files may come one at a time', async () => {
  const directory = join(freshFolder(), 'export');
  async function* oneAtATime(): AsyncGenerator<readonly [string, Uint8Array]> {
    for (const file of FILES) yield await Promise.resolve(file);
  }
  expectOk(await writeSignedFolder(directory, oneAtATime(), 'export', {}, { signer }));
  expectOk(await open(directory));
});

test('a folder that is there already is never written over, and an unfinished one is no obstacle', async () => {
  const directory = await written();
  const again = await writeSignedFolder(directory, [], 'export', {}, { signer });
  assert.equal(codesOf(again), ['already-there']);
  expectOk(await open(directory));
  const parent = freshFolder();
  mkdirSync(join(parent, '.export.partial'));
  writeFileSync(join(parent, '.export.partial', 'half'), 'x');
  const fresh = join(parent, 'export');
  expectOk(await writeSignedFolder(fresh, FILES, 'export', {}, { signer }));
  expectOk(await open(fresh));
});

test('any single changed byte in any file is found', async () => {
  const directory = await written();
  const names = ['manifest.json', 'manifest.sig', ...FILES.map(([name]) => name)];
  for (const name of names) {
    const path = join(directory, name);
    const good = readFileSync(path);
    const step = good.length > 1000 ? 97 : 1;
    for (let i = 0; i < good.length; i += step) {
      const bad = Buffer.from(good);
      bad[i] = (bad[i] ?? 0) ^ (1 << random.integer(0, 7));
      writeFileSync(path, bad);
      const opened = await open(directory);
      assert.not.ok(opened.ok, `byte ${i} of ${name}`);
    }
    writeFileSync(path, good);
  }
  expectOk(await open(directory));
});

test('a file that is missing, added, longer or shorter has its own sentence', async () => {
  const cases: readonly [string, (directory: string) => void, string, RegExp][] = [
    ['missing', (d) => rmSync(join(d, 'totals.json')), 'missing', /totals\.json: is missing/],
    ['no signature', (d) => rmSync(join(d, 'manifest.sig')), 'missing', /manifest\.sig: is missing/],
    ['added', (d) => writeFileSync(join(d, 'run.sh'), ''), 'extra-file', /run\.sh: is not listed/],
    ['hidden', (d) => writeFileSync(join(d, 'images', '.x'), ''), 'extra-file', /images\/\.x: is not listed/],
    ['added folder', (d) => mkdirSync(join(d, 'more')), 'extra-file', /more: is a folder that is not listed/],
    [
      'longer',
      (d) => writeFileSync(join(d, 'totals.json'), '{"ballots":3} '),
      'too-large',
      /more than the 13/,
    ],
    ['shorter', (d) => writeFileSync(join(d, 'totals.json'), '{}'), 'size-differs', /2 bytes where 13/],
    ['changed', (d) => writeFileSync(join(d, 'totals.json'), '{"ballots":4}'), 'content-differs', /changed/],
  ];
  for (const [what, harm, code, sentence] of cases) {
    const directory = await written();
    harm(directory);
    const opened = await open(directory);
    assert.equal(codesOf(opened), [code], what);
    if (!opened.ok) assert.match(opened.error.map(describeProblem).join('\n'), sentence, what);
  }
});

test('a link in place of a file or a folder is refused, even when it leads to the right bytes', async () => {
  const directory = await written();
  renameSync(join(directory, 'totals.json'), join(directory, '..', 'totals.json'));
  symlinkSync('../totals.json', join(directory, 'totals.json'));
  assert.equal(codesOf(await open(directory)), ['not-a-file', 'not-a-file']);
  const other = await written();
  renameSync(join(other, 'images'), join(other, '..', 'images'));
  symlinkSync('../images', join(other, 'images'));
  assert.ok(codesOf(await open(other)).includes('not-a-file'));
});

test('a name that leads out of the folder can be neither written nor listed', async () => {
  for (const name of [
    '../x',
    'a/../../x',
    '/etc/x',
    '.hidden',
    'A.json',
    'a//b',
    'a/b/c/d',
    'manifest.json',
    '',
  ]) {
    const directory = join(freshFolder(), 'export');
    const files: readonly (readonly [string, Uint8Array])[] = [[name, utf8('x')]];
    assert.equal(
      codesOf(await writeSignedFolder(directory, files, 'export', {}, { signer })),
      ['bad-name'],
      name,
    );
    assert.equal(readdirSync(join(directory, '..')), [], name);
  }
  const directory = await written();
  writeFileSync(join(directory, '..', 'outside'), 'x');
  resign(directory, (text) => text.replace('"totals.json"', '"../outside"'));
  assert.equal(codesOf(await open(directory)), ['wrong-shape']);
});

/** Changes the manifest and signs it again: what a signer with a broken tool could publish. */
function resign(directory: string, change: (text: string) => string): void {
  const path = join(directory, 'manifest.json');
  const bytes = utf8(change(readFileSync(path, 'utf8')));
  writeFileSync(path, bytes);
  writeFileSync(join(directory, 'manifest.sig'), signer.sign('export', bytes));
}

test('a manifest of an old format, another kind, or a file listed twice is refused though its signature is good', async () => {
  const changes: readonly [(text: string) => string, string][] = [
    [(text) => text.replace('signed-folder/1', 'signed-folder/0'), 'wrong-shape'],
    [(text) => text.replace('"export"', '"package"'), 'folder-kind'],
    [(text) => text.replace('"images/b.jpeg"', '"images/a.jpeg"'), 'manifest-order'],
    [(text) => text.replace('"fields"', '"surprise"'), 'wrong-shape'],
    [(text) => text.replace('}', ''), 'not-json'],
  ];
  for (const [change, code] of changes) {
    const directory = await written();
    resign(directory, change);
    assert.equal(codesOf(await open(directory)), [code]);
  }
});

test('a signature by a stranger, or of another domain, is refused', async () => {
  const directory = await written();
  const manifest = new Uint8Array(readFileSync(join(directory, 'manifest.json')));
  const stranger = ed25519Signer(new Uint8Array(32).fill(2));
  writeFileSync(join(directory, 'manifest.sig'), stranger.sign('export', manifest));
  assert.equal(codesOf(await open(directory)), ['signature-invalid']);
  writeFileSync(join(directory, 'manifest.sig'), signer.sign('package', manifest));
  assert.equal(codesOf(await open(directory)), ['signature-invalid']);
});

test('more files or bytes than the reader allows are refused before they are read', async () => {
  const directory = await written();
  const withLimits = async (limits: Partial<typeof LIMITS>): Promise<readonly string[]> =>
    codesOf(await openSignedFolder(directory, 'export', { ...LIMITS, ...limits }));
  assert.equal(await withLimits({ maxFiles: 3 }), ['too-large']);
  assert.equal(await withLimits({ maxFileBytes: 2999 }), ['too-large']);
  assert.equal(await withLimits({ maxTotalBytes: 5012 }), ['too-large']);
  assert.equal(await withLimits({ maxTotalBytes: 5013 }), ['ok']);
});

test('a device that signs shows its certificate by the authority', async () => {
  const authority = ed25519Signer(new Uint8Array(32).fill(4));
  const certificate = certifyDevice(authority, {
    electionId: 'general',
    definitionSha256: new Uint8Array(32).fill(8),
    mode: 'official',
    serialNumber: 'TS-0001',
    publicKey: signer.publicKey,
  });
  const directory = join(freshFolder(), 'export');
  expectOk(await writeSignedFolder(directory, FILES, 'export', {}, { signer, certificate }));
  const read = expectOk(await open(directory)).manifest.certificate;
  assert.equal(read, certificate);
  assert.ok(read !== undefined && isCertified(read, authority.publicKey));
  assert.not.ok(isCertified(certificate, signer.publicKey));
  for (const change of [
    { electionId: 'primary' },
    { definitionSha256: new Uint8Array(32) },
    { mode: 'test' as const },
    { serialNumber: 'TS-0002' },
    { publicKey: authority.publicKey },
  ]) {
    assert.not.ok(isCertified({ ...certificate, ...change }, authority.publicKey));
  }
});

test.run();
