import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes, toHex, utf8 } from '../../../ground/bytes.js';
import { describeProblem } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import type { Authority } from '../../../firmware/trust/authority.js';
import {
  buildElectionPackage,
  deviceCertificate,
  openElectionPackage,
  type PackageParts,
} from '../../../firmware/trust/election-package.js';
import { ed25519Signer, sealKeyPair } from '../../../firmware/trust/keys.js';
import type { ManifestFields } from '../../../firmware/trust/manifest.js';
import { openSignedFolder, writeSignedFolder } from '../../../firmware/trust/signed-folder.js';
import { sha256 } from '../../../firmware/trust/symmetric.js';
import { isCertified } from '../../../firmware/trust/verify/device-certificate.js';
import { codesOf, expectOk, freshFolder, testAuthority } from './support.js';

const test = suite('election package');

/** Tests run from the root of the repository. */
const definitionBytes = new Uint8Array(readFileSync('election-def/samples/dutchess-ny.json'));
const device = ed25519Signer(new Uint8Array(32).fill(6));
const authority: Authority = await testAuthority();

const { publicKey: sealPublicKey } = sealKeyPair(new Uint8Array(32).fill(11));

const PARTS: PackageParts = {
  definitionBytes,
  definitionName: 'dutchess-ny.json',
  mode: 'official',
  pollingPlaceId: 'rhinebeck-town-hall',
  securityKeys: [
    { serial: 'PW-1', role: 'poll-worker', party: 'dem', sealPublicKey },
    { serial: 'PW-2', role: 'poll-worker', party: 'rep', sealPublicKey },
    { serial: 'AD-1', role: 'administrator', sealPublicKey },
  ],
  devices: [{ serialNumber: 'TS-0001', publicKey: device.publicKey }],
};

/** The sample under another title. */
function withTitle(title: string): Uint8Array {
  const definition = JSON.parse(Buffer.from(definitionBytes).toString('utf8')) as object;
  return utf8(JSON.stringify({ ...definition, title }));
}

async function built(parts: Partial<PackageParts> = {}, by = authority): Promise<string> {
  const directory = join(freshFolder(), 'package');
  expectOk(await buildElectionPackage(by, { ...PARTS, ...parts }, directory));
  return directory;
}

const sample = await built();

function copyOfSample(): string {
  const directory = join(freshFolder(), 'package');
  cpSync(sample, directory, { recursive: true });
  return directory;
}

test('a machine gets from a package what the authority put into it', async () => {
  const opened = expectOk(await openElectionPackage(sample, authority.signer.publicKey));
  assert.ok(equalBytes(opened.definitionBytes, definitionBytes));
  assert.is(opened.definitionSha256, toHex(sha256(definitionBytes)));
  assert.is(opened.hash20, Number.parseInt(opened.definitionSha256.slice(0, 5), 16));
  assert.is(opened.definition.id, 'dutchess-2026-general');
  assert.is(opened.mode, 'official');
  assert.is(opened.pollingPlaceId, 'rhinebeck-town-hall');
  assert.equal(opened.precinctIds, ['rhinebeck-1', 'rhinebeck-2', 'rhinebeck-3']);
  assert.equal(
    opened.layouts.map((layout) => layout.precinctId),
    opened.precinctIds,
  );
  assert.equal(opened.securityKeys, PARTS.securityKeys);
  assert.equal(opened.authority.signPublicKey, authority.signer.publicKey);
  assert.equal(opened.authority.sealPublicKey, authority.sealKeys.publicKey);
  const manifest = new Uint8Array(readFileSync(join(sample, 'manifest.json')));
  assert.is(opened.packageSha256, toHex(sha256(manifest)));
});

test("a listed device finds its certificate, good with the authority's public key alone", async () => {
  const opened = expectOk(await openElectionPackage(sample));
  const certificate = expectOk(deviceCertificate(opened, 'TS-0001', device.publicKey));
  assert.ok(isCertified(certificate, authority.signer.publicKey));
  assert.is(certificate.mode, 'official');
  const unknown = deviceCertificate(opened, 'TS-0002', device.publicKey);
  assert.equal(codesOf(unknown), ['device-not-listed']);
  const otherKey = deviceCertificate(opened, 'TS-0001', authority.signer.publicKey);
  assert.equal(codesOf(otherKey), ['device-key-differs']);
});

test('the same parts always give the same package', async () => {
  const again = expectOk(await openElectionPackage(await built()));
  assert.is(again.packageSha256, expectOk(await openElectionPackage(sample)).packageSha256);
  const forTests = expectOk(await openElectionPackage(await built({ mode: 'test' })));
  assert.is.not(forTests.packageSha256, again.packageSha256);
  assert.is(forTests.mode, 'test');
});

test('any single changed byte is found, wherever it is', async () => {
  const directory = copyOfSample();
  const random = seededRandom('package');
  for (const name of ['manifest.json', 'manifest.sig', 'definition.json', 'layouts.json']) {
    const path = join(directory, name);
    const good = readFileSync(path);
    const places =
      good.length <= 64
        ? Array.from(good, (_, i) => i)
        : [0, good.length - 1, ...Array.from({ length: 60 }, () => random.integer(0, good.length - 1))];
    for (const at of places) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 << random.integer(0, 7));
      writeFileSync(path, bad);
      assert.not.ok((await openElectionPackage(directory)).ok, `byte ${at} of ${name}`);
    }
    writeFileSync(path, good);
  }
  expectOk(await openElectionPackage(directory));
});

test('a package of another authority is refused by a device that belongs to one', async () => {
  const foreign = await built({}, await testAuthority('a stranger'));
  expectOk(await openElectionPackage(foreign));
  const refused = await openElectionPackage(foreign, authority.signer.publicKey);
  assert.equal(codesOf(refused), ['other-authority']);
});

/** A package as a signer with a broken tool could publish it: some fields changed, signed again. */
async function resigned(
  change: (fields: ManifestFields) => ManifestFields,
  changeFiles: (files: Map<string, Uint8Array>) => void = () => undefined,
  by = authority.signer,
): Promise<string> {
  const limits = { maxFiles: 10, maxFileBytes: 1e8, maxTotalBytes: 1e8 };
  const folder = expectOk(await openSignedFolder(sample, 'package', limits));
  const files = new Map<string, Uint8Array>();
  for (const { name } of folder.manifest.files) files.set(name, expectOk(await folder.read(name)));
  changeFiles(files);
  const directory = join(freshFolder(), 'package');
  const fields = change(folder.manifest.fields);
  expectOk(await writeSignedFolder(directory, files, 'package', fields, { signer: by }));
  return directory;
}

test('what does not fit together is refused with its reason, though the signature is good', async () => {
  const twoSpaces = utf8(`${new TextDecoder().decode(definitionBytes)} `);
  const cases: readonly [Promise<string>, readonly string[]][] = [
    [resigned((fields) => ({ ...fields, definitionSha256: '00'.repeat(32) })), ['hash-differs']],
    [
      resigned(
        (fields) => fields,
        (files) => files.set('definition.json', twoSpaces),
      ),
      ['other-definition'],
    ],
    [
      resigned((fields) => ({ ...fields, pollingPlaceId: 'elsewhere' })),
      ['unknown-polling-place', 'layouts-differ'],
    ],
    // A device's certificate holds for one mode: a package cannot be turned from test to official.
    [resigned((fields) => ({ ...fields, mode: 'test' })), ['certificate-invalid']],
    [
      resigned((fields) => ({ ...fields, securityKeys: [] })),
      ['keys-missing', 'keys-missing', 'keys-missing'],
    ],
    [resigned((fields) => ({ ...fields, devices: [] })), ['no-device']],
    [
      resigned((fields) => ({
        ...fields,
        authority: { signPublicKey: toHex(authority.signer.publicKey), sealPublicKey: '00'.repeat(32) },
      })),
      ['bad-key'],
    ],
    [resigned((fields) => ({ ...fields, surprise: 1 })), ['wrong-shape']],
    [
      resigned(
        (fields) => fields,
        (files) => files.set('more.json', utf8('{}')),
      ),
      ['too-large'],
    ],
    [
      resigned(
        (fields) => fields,
        (files) => files.delete('layouts.json'),
      ),
      ['package-files'],
    ],
    [
      resigned(
        (fields) => fields,
        () => undefined,
        device,
      ),
      ['other-signer'],
    ],
  ];
  for (const [directory, codes] of cases) {
    assert.equal(codesOf(await openElectionPackage(await directory)), codes);
  }
});

test('a package with which the election could not be held is not built', async () => {
  const cases: readonly [Partial<PackageParts>, RegExp][] = [
    [{ pollingPlaceId: 'elsewhere' }, /"elsewhere" is not a polling place/],
    [{ devices: [] }, /must list a device/],
    [{ definitionBytes: withTitle('Budget \u2212 5') }, /tape/],
    [{ devices: [...PARTS.devices, ...PARTS.devices] }, /lists TS-0001 again/],
    [{ devices: [{ serialNumber: 'TS-1', publicKey: new Uint8Array(31) }] }, /must have 32 bytes/],
    [{ securityKeys: PARTS.securityKeys.slice(0, 2) }, /must list an administrator/],
    [{ securityKeys: PARTS.securityKeys.slice(2) }, /must list a poll worker/],
    [{ securityKeys: PARTS.securityKeys.slice(1) }, /poll workers of two parties/],
    [
      {
        securityKeys: [
          ...PARTS.securityKeys,
          { serial: 'X', role: 'technician', party: 'whigs', sealPublicKey },
        ],
      },
      /"whigs" is not a party/,
    ],
    [
      { securityKeys: [...PARTS.securityKeys, { serial: 'PW-1', role: 'technician', sealPublicKey }] },
      /lists PW-1 again/,
    ],
    [
      { securityKeys: PARTS.securityKeys.map((key) => ({ ...key, sealPublicKey: new Uint8Array(32) })) },
      /must be an X25519 public key/,
    ],
    [{ definitionBytes: utf8('{') }, /dutchess-ny\.json: line 1/],
  ];
  for (const [parts, sentence] of cases) {
    const directory = join(freshFolder(), 'package');
    const result = await buildElectionPackage(authority, { ...PARTS, ...parts }, directory);
    assert.not.ok(result.ok);
    if (!result.ok) assert.match(result.error.map(describeProblem).join('\n'), sentence);
  }
});

test.run();
