import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '../../../ground/bytes.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import { readAnchor, writeAnchor, type Anchor } from '../../../firmware/device-state/anchor.js';
import { makeIdentity, pinAuthority, readIdentity } from '../../../firmware/device-state/identity.js';
import { readLoadedElection, writeLoadedElection } from '../../../firmware/device-state/loaded-election.js';
import { openPasscodeTries } from '../../../firmware/device-state/passcode-tries.js';
import { ed25519Signer, verifySignature } from '../../../firmware/trust/keys.js';
import { codesOf, expectOk, freshFolder, testRandom } from '../trust/support.js';

const test = suite('device state');
const SERIAL = 'TS-0001';
const DIGEST = 'ab'.repeat(32);

const ANCHOR: Anchor = {
  anchorNumber: 12,
  boxId: 'cd'.repeat(16),
  boxGeneration: 31,
  ballots: 10,
  logEntries: 44,
  logHead: DIGEST,
  counterAtOpening: 1200,
  openings: 1,
  closings: 0,
  previousTape: DIGEST,
  polls: 'open',
};

test('a device is made once, and is the same after every start', async () => {
  const internal = folderStore(freshFolder(), 'internal storage');
  assert.equal(codesOf(await readIdentity(internal, SERIAL)), ['missing']);
  const made = expectOk(await makeIdentity(internal, SERIAL, testRandom('device')));
  const again = expectOk(await readIdentity(internal, SERIAL));
  assert.equal(again.signer.publicKey, made.signer.publicKey);
  assert.equal(again.boxSecret, made.boxSecret);
  const signature = made.signer.sign('tape', utf8('totals'));
  assert.ok(verifySignature('tape', again.signer.publicKey, utf8('totals'), signature));
  assert.equal(codesOf(await makeIdentity(internal, SERIAL, testRandom('other'))), ['already-there']);
  assert.equal(codesOf(await readIdentity(internal, 'TS-0002')), ['other-device']);
});

test('a device with a serial number that no plate has is refused', async () => {
  const internal = folderStore(freshFolder(), 'internal storage');
  assert.equal(codesOf(await makeIdentity(internal, 'a b', testRandom('device'))), ['bad-serial']);
});

test('a device belongs to one authority, once and for all', async () => {
  const internal = folderStore(freshFolder(), 'internal storage');
  const made = expectOk(await makeIdentity(internal, SERIAL, testRandom('device')));
  assert.is(made.authorityPublicKey, undefined);
  const authority = ed25519Signer(new Uint8Array(32).fill(1)).publicKey;
  expectOk(await pinAuthority(internal, authority));
  expectOk(await pinAuthority(internal, authority));
  const pinned = expectOk(await readIdentity(internal, SERIAL));
  assert.equal(pinned.authorityPublicKey, authority);
  assert.equal(pinned.signer.publicKey, made.signer.publicKey);
  const other = ed25519Signer(new Uint8Array(32).fill(2)).publicKey;
  assert.equal(codesOf(await pinAuthority(internal, other)), ['other-authority']);
});

test('the loaded election and the anchor are remembered as they were written', async () => {
  const internal = folderStore(freshFolder(), 'internal storage');
  const { signer } = expectOk(await makeIdentity(internal, SERIAL, testRandom('device')));
  assert.is(expectOk(await readLoadedElection(internal)), undefined);
  assert.is(expectOk(await readAnchor(internal, signer.publicKey)), undefined);
  const loaded = { packageSha256: DIGEST, directoryName: 'general-2026', mode: 'official' as const };
  expectOk(await writeLoadedElection(internal, loaded));
  assert.equal(expectOk(await readLoadedElection(internal)), loaded);
  expectOk(await writeLoadedElection(internal, { ...loaded, boxId: 'cd'.repeat(16) }));
  assert.is(expectOk(await readLoadedElection(internal))?.boxId, 'cd'.repeat(16));
  expectOk(await writeAnchor(internal, signer, ANCHOR));
  assert.equal(expectOk(await readAnchor(internal, signer.publicKey)), ANCHOR);
});

test('an anchor of another device is refused, though its file is whole', async () => {
  const internal = folderStore(freshFolder(), 'internal storage');
  const stranger = ed25519Signer(new Uint8Array(32).fill(3));
  expectOk(await writeAnchor(internal, stranger, ANCHOR));
  const own = ed25519Signer(new Uint8Array(32).fill(4));
  assert.equal(codesOf(await readAnchor(internal, own.publicKey)), ['signature-invalid']);
});

test('whatever byte of the device state is damaged, it is said and never taken for a default', async () => {
  const folder = freshFolder();
  const internal = folderStore(folder, 'internal storage');
  const { signer } = expectOk(await makeIdentity(internal, SERIAL, testRandom('device')));
  expectOk(await writeAnchor(internal, signer, ANCHOR));
  expectOk(await writeLoadedElection(internal, { packageSha256: DIGEST, directoryName: 'g', mode: 'test' }));
  const tries = expectOk(await openPasscodeTries(internal, 0));
  expectOk(await tries.trying('PW-1', 0));
  const readers = {
    'device-identity': () => readIdentity(internal, SERIAL),
    anchor: () => readAnchor(internal, signer.publicKey),
    'loaded-election': () => readLoadedElection(internal),
    'passcode-tries': () => openPasscodeTries(internal, 0),
  };
  assert.equal(readdirSync(folder).sort(), Object.keys(readers).sort());
  const random = seededRandom('damage');
  for (const [name, read] of Object.entries(readers)) {
    const path = join(folder, name);
    const good = readFileSync(path);
    for (let i = 0; i < good.length; i++) {
      const bad = Buffer.from(good);
      bad[i] = (bad[i] ?? 0) ^ (1 << random.integer(0, 7));
      writeFileSync(path, bad);
      const result = await read();
      assert.not.ok(result.ok, `byte ${i} of ${name}`);
      if (!result.ok) assert.match(result.error.where, 'internal storage');
    }
    for (const length of [0, 1, good.length - 1]) {
      writeFileSync(path, good.subarray(0, length));
      assert.not.ok((await read()).ok, `${name} cut to ${length} bytes`);
    }
    writeFileSync(path, good);
    assert.ok((await read()).ok, name);
  }
});

test('state in the form of another version is said to be that', async () => {
  const folder = freshFolder();
  const internal = folderStore(folder, 'internal storage');
  const tries = expectOk(await openPasscodeTries(internal, 0));
  expectOk(await tries.trying('PW-1', 0));
  const text = readFileSync(join(folder, 'passcode-tries'), 'utf8');
  const json = text.split('\n')[1] ?? '';
  const { createHash } = await import('node:crypto');
  const head = `tallystick-passcode-tries/9\n${json}\n`;
  const digest = createHash('sha256').update(head).digest('hex');
  writeFileSync(join(folder, 'passcode-tries'), `${head}${digest}\n`);
  assert.equal(codesOf(await openPasscodeTries(internal, 0)), ['state-format']);
});

test('after two wrong passcodes people wait, longer each time, and a right one ends it', async () => {
  const internal = folderStore(freshFolder(), 'internal storage');
  const tries = expectOk(await openPasscodeTries(internal, 0));
  const waits: number[] = [];
  for (let i = 0; i < 6; i++) {
    expectOk(await tries.trying('PW-1', 1000));
    waits.push(tries.waitMs('PW-1', 1000));
  }
  assert.equal(waits, [0, 0, 5_000, 10_000, 20_000, 40_000]);
  assert.is(tries.wrongInARow('PW-1'), 6);
  assert.is(tries.waitMs('PW-1', 31_000), 10_000);
  assert.is(tries.waitMs('PW-1', 41_000), 0);
  expectOk(await tries.right('PW-1'));
  assert.is(tries.waitMs('PW-1', 1000), 0);
  assert.is(tries.wrongInARow('PW-1'), 0);
});

test('changing keys does not help: the device counts as well, and each key keeps its own count', async () => {
  const internal = folderStore(freshFolder(), 'internal storage');
  const tries = expectOk(await openPasscodeTries(internal, 0));
  for (const serial of ['PW-1', 'PW-2', 'PW-3']) expectOk(await tries.trying(serial, 0));
  assert.is(tries.waitMs('PW-4', 0), 5_000);
  for (let i = 0; i < 3; i++) expectOk(await tries.trying('PW-1', 10_000));
  expectOk(await tries.right('PW-2'));
  assert.is(tries.waitMs('PW-2', 10_000), 0);
  assert.is(tries.waitMs('PW-1', 10_000), 10_000);
});

test('pulling the plug neither saves a try nor shortens the wait', async () => {
  const internal = folderStore(freshFolder(), 'internal storage');
  const first = expectOk(await openPasscodeTries(internal, 0));
  for (let i = 0; i < 5; i++) expectOk(await first.trying('PW-1', 500));
  const restarted = expectOk(await openPasscodeTries(internal, 90_000));
  assert.is(restarted.wrongInARow('PW-1'), 5);
  assert.is(restarted.waitMs('PW-1', 90_000), 20_000);
  assert.is(restarted.waitMs('PW-9', 90_000), 20_000);
  expectOk(await restarted.trying('PW-1', 120_000));
  assert.is(restarted.waitMs('PW-1', 120_000), 40_000);
});

test.run();
