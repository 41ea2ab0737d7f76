/**
 * The export of a small election day made once more by the authority from the memory cards: the same records and the
 * same totals as the machine's own, believed by `tallystick verify` and by nobody's hand but the authority's.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readExport } from '../../../firmware/records/read-export.js';
import { systemRandom } from '../../../firmware/runtime/ports.js';
import { writeSignedFolder, type FolderSigner } from '../../../firmware/trust/signed-folder.js';
import { certifyDevice, type DeviceCertificate } from '../../../firmware/trust/verify/device-certificate.js';
import { ed25519Signer, newSeed } from '../../../firmware/trust/keys.js';
import type { Signer } from '../../../firmware/trust/signing.js';
import { toHex, utf8 } from '../../../ground/bytes.js';
import { must } from '../../../ground/result.js';
import { makeOffice, makePackage, valueOf } from '../../../tools/bench/office.js';
import { copyOf, DEFINITION, electionDay, freshFolder, tallystick, type Day, type Printed } from './day.js';

const test = suite('tallystick box export');

let day: Day;
/** The authority's export of the whole day, from both cards. */
let made: string;
/** Both cards as they were when the polls were still open. */
let noon: readonly [string, string];
const folder = freshFolder('box-export');
let copies = 0;
const at = (name: string): string => join(folder, name);
const fresh = (name: string): string => {
  mkdirSync(at(`${(copies += 1)}`));
  return at(`${copies}/${name}`);
};

test.before(async () => {
  noon = [at('noon-a'), at('noon-b')];
  day = await electionDay((where) => {
    copyOf(join(where, 'card-a-1'), noon[0]);
    copyOf(join(where, 'card-b-2'), noon[1]);
  });
  writeFileSync(at('authority.key'), day.office.authorityFile);
  writeFileSync(at('passphrase'), 'a bench has nothing to hide\n');
  made = at('made');
  const { status, out, err } = await boxExport(day.cards, made);
  assert.is(status, 0, `${out}${err}`);
});

function boxExport(cards: readonly string[], out: string, ...words: readonly string[]): Promise<Printed> {
  const key = ['--authority', at('authority.key'), '--passphrase-file', at('passphrase')];
  const call = ['box', 'export', ...cards, ...key, '--out', out, ...words];
  return tallystick(...call, ...(words.includes('--election') ? [] : ['--election', day.packageFolder]));
}

const verify = (...words: readonly string[]): Promise<Printed> =>
  tallystick('verify', ...words, '--authority', day.authority);

async function isFound(what: RegExp, ...words: readonly string[]): Promise<void> {
  const { status, out, err } = await verify(...words);
  assert.is(status, 1, `${what} ${out} ${err}`);
  assert.match(out, what);
}

function filesIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

test('every record, image, list and total is byte for byte that of the machine’s own export; the tapes are missing', () => {
  const own = filesIn(day.exportFolder).filter((name) => !name.startsWith('tapes/'));
  assert.equal(filesIn(made), own);
  // Who signed, when the report was made and by whom, and a log that has gone on since.
  const others = /^(manifest\.(json|sig)|cvr\.json|log\/.*)$/;
  const same = own.filter((name) => !others.test(name));
  assert.ok(same.length >= 4 * 3 + 3);
  for (const name of same) {
    assert.equal(readFileSync(join(made, name)), readFileSync(join(day.exportFolder, name)), name);
  }
  const cvr = (root: string): string => readFileSync(join(root, 'cvr.json'), 'utf8');
  const ofDevice = cvr(made)
    .replace('. Made by the authority from the memory cards of the device', '')
    .replace(/"GeneratedDate":"[^"]+"/, '');
  assert.is(ofDevice, cvr(day.exportFolder).replace(/"GeneratedDate":"[^"]+"/, ''));
});

test('verify says that all is right, and that the authority made it from the cards of the unit', async () => {
  const { status, out, err } = await verify(day.packageFolder, made);
  assert.is(status, 0, `${out}${err}`);
  for (const sentence of [
    /made from the memory cards of unit TS-V-0001 by the authority, which signed it/,
    /4 records, each with its images as the device signed it when it was cast/,
    /totals: 4 sheets \(3 main bin, 1 write-in bin\), 4 ballots; added up again from the marks/,
    /cvr\.json \(SP 1500-103\) names the same records/,
    /every file has the same time/,
    /event-log\.json \(SP 1500-101\) has the same entries/,
    /the log has 4 casts, as many as there are records/,
    /that no ballot was left out is shown by the results tape alone, which was not given/,
  ]) {
    assert.match(out, sentence);
  }
  const tape = join(day.exportFolder, 'tapes/results.txt');
  const together = await verify(day.packageFolder, made, tape, day.exportFolder);
  assert.is(together.status, 0, together.out);
  assert.match(together.out, /the results tape shows what the records add up to, in every contest/);
  assert.not.match(together.out, /which was not given/);
});

test('without --authority it says which key signed, and believes nobody', async () => {
  const { status, out } = await tallystick('verify', made);
  assert.is(status, 0, out);
  assert.match(out, /Authority: NOT CHECKED/);
  assert.match(out, /made from the memory cards of unit TS-V-0001 and signed by the key/);
});

test('either card alone gives the same, and the result says that it was one card', async () => {
  for (const card of day.cards) {
    const out = fresh('export');
    const printed = await boxExport([card], out);
    assert.is(printed.status, 0, `${printed.out}${printed.err}`);
    assert.match(printed.out, /one card: if the machine went on without it/);
    assert.equal(readFileSync(join(out, 'ballots.json')), readFileSync(join(made, 'ballots.json')));
    assert.is((await verify(day.packageFolder, out)).status, 0);
  }
});

test('a recount takes it as it takes the machine’s own', async () => {
  const tape = join(day.exportFolder, 'tapes/results.txt');
  const { status, out, err } = await tallystick(
    ...['recount', made, '--tape', tape, '--authority', day.authority],
  );
  assert.is(status, 0, `${out}${err}`);
});

test('a machine that died before closing: the export is right, and it is said that the polls were not closed', async () => {
  const out = fresh('export');
  const printed = await boxExport(noon, out);
  assert.is(printed.status, 0, `${printed.out}${printed.err}`);
  assert.match(printed.out, /no ballot was under way/);
  assert.match(printed.out, /the audit log does not end with closed polls/);
  assert.equal(readFileSync(join(out, 'totals.json')), readFileSync(join(made, 'totals.json')));
  const verified = await verify(day.packageFolder, out);
  assert.is(verified.status, 0, `${verified.out}${verified.err}`);
  assert.match(verified.out, /log\/audit-log\.jsonl does not end with closed polls/);
});

test('nothing is written on the cards', async () => {
  const before = day.cards.map((card) => readFileSync(join(card, 'ballots.box')));
  const names = day.cards.map((card) => readdirSync(card));
  assert.is((await boxExport(day.cards, fresh('export'))).status, 0);
  for (const [i, card] of day.cards.entries()) {
    assert.equal(readdirSync(card), names[i]);
    assert.equal(readFileSync(join(card, 'ballots.box')), before[i]);
  }
});

test('cards without a log give an export without one, and it is said', async () => {
  const cards = day.cards.map((card) => copyOf(card, fresh('card')));
  for (const card of cards) rmSync(join(card, 'audit-log.jsonl'));
  const out = fresh('export');
  const printed = await boxExport(cards, out);
  assert.is(printed.status, 0, `${printed.out}${printed.err}`);
  assert.match(printed.out, /the export has no audit log/);
  assert.is((await verify(day.packageFolder, out)).status, 0);
});

test('a log that was changed on one card is found, the other card’s is taken; changed on both, it is left out', async () => {
  const cards = day.cards.map((card) => copyOf(card, fresh('card')));
  const change = (card: string): void => {
    const path = join(card, 'audit-log.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"polls-opened"', '"polls-closed"'));
  };
  change(must(cards[0], 'card a'));
  const one = fresh('export');
  const first = await boxExport(cards, one);
  assert.is(first.status, 1, `${first.out}${first.err}`);
  assert.match(first.out, /WRONG {2}card\/audit-log\.jsonl, line \d+/);
  assert.is((await verify(day.packageFolder, one)).status, 0);
  change(must(cards[1], 'card b'));
  const none = fresh('export');
  const second = await boxExport(cards, none);
  assert.is(second.status, 1, second.out);
  assert.match(second.out, /the export has no audit log/);
  assert.not.ok(existsSync(join(none, 'log')));
  assert.is((await verify(day.packageFolder, none)).status, 0);
});

test('a damaged ballot, another election’s package, another authority’s key: nothing is made', async () => {
  const damaged = copyOf(day.cards[0], fresh('damaged'));
  const path = join(damaged, 'ballots.box');
  const bytes = readFileSync(path);
  // Every slot's body, so that no ballot's images open.
  for (let at = 24_576 + 500_000; at < bytes.length; at += 1_048_576) bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const other = await makeOffice(systemRandom);
  writeFileSync(at('other.key'), other.authorityFile);
  const definitionBytes = new Uint8Array(readFileSync(DEFINITION));
  const packageWith = (name: string, mode: 'test' | 'official', serialNumber: string): Promise<string> =>
    makePackage(day.office, folder, {
      ...{ name, mode, definitionBytes, pollingPlaceId: 'rhinebeck-town-hall', keys: day.keys },
      device: { serialNumber, publicKey: day.device.publicKey },
    });
  const test = await packageWith('test-package', 'test', 'TS-V-0001');
  const elsewhere = await packageWith('other-device', 'official', 'TS-V-0009');
  for (const [cards, words, what] of [
    [[damaged], [], /damaged, slot \d: holds a ballot whose images cannot be opened/],
    [[day.cards[0], damaged], [], /differs from damaged in a ballot/],
    [day.cards, ['--election', test], /holds a ballot box of mode official, and the package is test/],
    [day.cards, ['--election', elsewhere], /ballot box of TS-V-0001, which the package does not list/],
    [[day.cards[0], day.cards[0]], [], /one and the same card/],
  ] as const) {
    const out = fresh('export');
    const { status, err } = await boxExport(cards, out, ...words);
    assert.is(status, 2, err);
    assert.match(err, what);
    assert.equal(readdirSync(join(out, '..')), [], 'nothing is left, not even half');
  }
  const { status, err } = await tallystick(
    ...['box', 'export', ...day.cards, '--election', day.packageFolder, '--out', fresh('export')],
    ...['--authority', at('other.key'), '--passphrase-file', at('passphrase')],
  );
  assert.is(status, 2);
  assert.match(err, /is signed by another authority than the one whose key was given/);
});

// ---- forgers -------------------------------------------------------------------------------------------------

interface Forgery {
  readonly signer: Signer;
  readonly certificate?: DeviceCertificate | undefined;
  readonly files?: (files: Map<string, Uint8Array>) => void;
  readonly sheets?: number;
}

/** The authority's export once more, changed, and signed by whoever can. */
async function forged(forgery: Forgery): Promise<string> {
  const exported = valueOf(await readExport(made));
  const files = new Map<string, Uint8Array>();
  for (const { name } of exported.manifest.files) files.set(name, valueOf(await exported.read(name)));
  forgery.files?.(files);
  const { fields } = exported.manifest;
  const certificate = 'certificate' in forgery ? forgery.certificate : exported.manifest.certificate;
  const by: FolderSigner = { signer: forgery.signer, ...(certificate === undefined ? {} : { certificate }) };
  const directory = fresh('export');
  const sheets = forgery.sheets === undefined ? {} : { sheets: forgery.sheets };
  valueOf(await writeSignedFolder(directory, files, 'export', { ...fields, ...sheets }, by));
  return directory;
}

async function statement(): Promise<DeviceCertificate> {
  const { manifest } = valueOf(await readExport(made));
  return must(manifest.certificate, 'a certificate');
}

const NEITHER =
  /names a device key that neither signed this export nor is certified by the key that signed it/;

test('nobody but the authority or the device makes an export that is believed', async () => {
  const thief = ed25519Signer(newSeed(systemRandom));
  const real = await statement();
  // With the true certificate, and no key that it knows.
  await isFound(NEITHER, await forged({ signer: thief }));
  await isFound(NEITHER, await forged({ signer: thief, certificate: undefined }));
  // An authority of one's own, which certifies the true device.
  const own = certifyDevice(thief, real);
  const byOwn = await forged({ signer: thief, certificate: own });
  await isFound(/signer: is not the authority: the key [0-9a-f ]+… signed an export/, byOwn);
  const recount = await tallystick(
    ...['recount', byOwn, '--tape', join(day.exportFolder, 'tapes/results.txt')],
    ...['--authority', day.authority],
  );
  assert.is(recount.status, 1, recount.out);
  assert.match(recount.out, /the authority did not sign it/);
  // A package among the files is enough to find it.
  const { status, out } = await tallystick('verify', day.packageFolder, byOwn);
  assert.is(status, 1, out);
  // Another device that the authority certified signs this device's ballots as if it were the authority.
  await isFound(
    /is not the authority/,
    await forged({ signer: thief, certificate: certifyDevice(thief, real) }),
  );
  // The device whose certificate it is, for another device's ballots.
  const rename = (files: Map<string, Uint8Array>): void => {
    const list = new TextDecoder().decode(must(files.get('ballots.json'), 'the list'));
    files.set('ballots.json', utf8(list.replace(toHex(day.device.publicKey), toHex(thief.publicKey))));
  };
  await isFound(NEITHER, await forged({ signer: day.device, files: rename }));
  await isFound(
    /certificate: is for another election, mode, unit or key/,
    await forged({ signer: thief, files: rename }),
  );
});

test('the authority’s own signature does not make up for the certificate or the signature of a device', async () => {
  const { signer } = day.office.authority;
  const thief = ed25519Signer(newSeed(systemRandom));
  const real = await statement();
  await isFound(NEITHER, await forged({ signer, certificate: undefined }));
  const otherKey = certifyDevice(signer, { ...real, publicKey: thief.publicKey });
  await isFound(NEITHER, await forged({ signer, certificate: otherKey }));
  const otherUnit = certifyDevice(signer, { ...real, serialNumber: 'TS-V-0009' });
  await isFound(
    /certificate: is for another election, mode, unit/,
    await forged({ signer, certificate: otherUnit }),
  );
  const inTest = certifyDevice(signer, { ...real, mode: 'test' });
  await isFound(
    /certificate: is for another election, mode, unit/,
    await forged({ signer, certificate: inTest }),
  );
  const [name = ''] = filesIn(made).filter((file) => file.startsWith('records/'));
  const change = (files: Map<string, Uint8Array>): void => {
    const text = new TextDecoder().decode(must(files.get(name), name));
    files.set(name, utf8(text.replace('"simulated":true', '"simulated":false')));
  };
  await isFound(/is not as the device signed it when it was cast/, await forged({ signer, files: change }));
});

test('an authority that leaves a ballot out is found by the log, and by the results tape where the log is cut too', async () => {
  const { signer } = day.office.authority;
  const id = must(
    filesIn(made).find((file) => file.startsWith('records/')),
    'a record',
  ).slice(8, 40);
  const remove = (files: Map<string, Uint8Array>): void => {
    for (const name of [...files.keys()].filter((file) => file.includes(id))) files.delete(name);
    const list = JSON.parse(new TextDecoder().decode(must(files.get('ballots.json'), 'the list'))) as {
      ballots: { id: string }[];
    };
    const ballots = list.ballots.filter((ballot) => ballot.id !== id);
    files.set('ballots.json', utf8(`${JSON.stringify({ ...list, ballots })}\n`));
  };
  const less = await forged({ signer, sheets: 3, files: remove });
  await isFound(/has 4 casts where export has 3 records/, less);
  const withoutLog = await forged({
    signer,
    sheets: 3,
    files: (files) => {
      remove(files);
      for (const name of [...files.keys()].filter((file) => file.startsWith('log/'))) files.delete(name);
    },
  });
  await isFound(/results\.txt/, withoutLog, join(day.exportFolder, 'tapes/results.txt'));
  await isFound(/totals\.json/, withoutLog);
});

test('a removed, a changed and an added file are found, as in any export', async () => {
  const [record = ''] = filesIn(made).filter((file) => file.startsWith('records/'));
  for (const [change, what] of [
    [(root: string) => rmSync(join(root, record)), /is missing|does not exist/],
    [(root: string) => writeFileSync(join(root, 'cvr.json'), '{}'), /cvr\.json: has/],
    [(root: string) => writeFileSync(join(root, 'more.txt'), 'x'), /more\.txt: is not listed/],
  ] as const) {
    const copy = copyOf(made, fresh('export'));
    change(copy);
    await isFound(what, copy);
  }
});

test.run();
