import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeProblem } from '../../../ground/result.js';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import { AuditLog } from '../../../firmware/audit-log/log.js';
import { readIdentity } from '../../../firmware/device-state/identity.js';
import { openElectionPackage } from '../../../firmware/trust/election-package.js';
import { openSecurityKey, readSecurityKey } from '../../../firmware/trust/security-key.js';
import { expectOk } from '../../firmware/trust/support.js';
import { readArguments, type Verb, type VerbOutcome } from '../../../tools/tallystick/command.js';
import { electionBuild, electionCheck } from '../../../tools/tallystick/election.js';
import { keysAuthority, keysDevice, keysSecurityKey } from '../../../tools/tallystick/keys.js';
import { logShow, logVerify } from '../../../tools/tallystick/log.js';

const test = suite('the verbs of keys, election and log');

const folder = mkdtempSync(join(tmpdir(), 'tallystick-verbs-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const DEFINITION = 'election-def/samples/dutchess-ny.json';
const PASSPHRASE = 'a passphrase of some length';
const PASSCODES = { 'PW-1': '40719358', 'PW-2': '82039571', 'AD-1': '77053182' } as const;

function put(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}

/** Exit status and everything that is printed, as the command line would. */
async function call(verb: Verb, ...words: string[]): Promise<{ status: number; printed: string }> {
  const args = readArguments(verb, words);
  if (!args.ok) return { status: 2, printed: describeProblem(args.error) };
  const outcome: VerbOutcome = await verb.run(args.value);
  if (outcome.kind === 'unusable')
    return { status: 2, printed: outcome.problems.map(describeProblem).join('\n') };
  return {
    status: outcome.kind === 'done' ? 0 : 1,
    printed: `${outcome.text}\n${JSON.stringify(outcome.json)}`,
  };
}

const AUTHORITY = ['--authority', at('authority.key'), '--passphrase-file', at('passphrase')];

function securityKeyWords(serial: string, role: string, ...more: string[]): string[] {
  const election = ['--election', 'dutchess-2026-general', '--serial', serial, '--role', role, ...more];
  return [...AUTHORITY, ...election, '--passcode-file', at(`${serial}.code`), '--out', at(`${serial}.key`)];
}

function buildWords(mode: string, out: string, device: string, ...keys: string[]): string[] {
  const place = ['--definition', DEFINITION, '--mode', mode, '--polling-place', 'rhinebeck-town-hall'];
  const listed = keys.flatMap((serial) => ['--security-key', at(`${serial}.key`)]);
  return [...AUTHORITY, ...place, '--device', device, ...listed, '--out', at(out)];
}

test('from nothing to a package that the device loads and its inspectors open', async () => {
  put('passphrase', `${PASSPHRASE}\n`);
  const made = await call(keysAuthority, '--passphrase-file', at('passphrase'), '--out', at('authority.key'));
  assert.is(made.status, 0, made.printed);
  assert.not.ok(made.printed.includes(PASSPHRASE));
  assert.is(lstatSync(at('authority.key')).mode & 0o777, 0o600, 'for its owner alone');

  for (const [serial, passcode] of Object.entries(PASSCODES)) {
    put(`${serial}.code`, `${passcode}\n`);
    const role =
      serial === 'AD-1' ? ['administrator'] : ['poll-worker', '--party', serial === 'PW-1' ? 'dem' : 'rep'];
    const key = await call(keysSecurityKey, ...securityKeyWords(serial, ...(role as [string])));
    assert.is(key.status, 0, key.printed);
    assert.not.ok(key.printed.includes(passcode));
  }
  mkdirSync(at('internal'));
  const device = await call(keysDevice, '--storage', at('internal'), '--serial', 'TS-0001');
  assert.is(device.status, 0, device.printed);
  const [deviceWord = ''] = device.printed.split('\n');
  const again = await call(keysDevice, '--storage', at('internal'), '--serial', 'TS-0001');
  assert.is(again.printed, device.printed, 'the identity is made once');
  put('device', deviceWord);

  const built = await call(
    electionBuild,
    ...buildWords('official', 'package', deviceWord, 'PW-1', 'PW-2', 'AD-1'),
  );
  assert.is(built.status, 0, built.printed);
  const opened = expectOk(await openElectionPackage(at('package')));
  const identity = expectOk(await readIdentity(folderStore(at('internal'), 'internal storage'), 'TS-0001'));
  assert.equal(opened.devices[0]?.publicKey, identity.signer.publicKey);
  for (const [serial, passcode] of Object.entries(PASSCODES)) {
    const bytes = new Uint8Array(readFileSync(at(`${serial}.key`)));
    assert.ok(readSecurityKey(bytes, opened).ok, serial);
    assert.ok((await openSecurityKey(bytes, passcode)).ok, serial);
  }
});

test('a key that the next package leaves out is withdrawn', async () => {
  const device = readFileSync(at('device'), 'utf8');
  put('PW-3.code', '40719358');
  const words = securityKeyWords('PW-3', 'poll-worker', '--party', 'rep');
  assert.is((await call(keysSecurityKey, ...words)).status, 0);
  const built = await call(
    electionBuild,
    ...buildWords('official', 'second', device, 'PW-1', 'PW-3', 'AD-1'),
  );
  assert.is(built.status, 0, built.printed);
  const opened = expectOk(await openElectionPackage(at('second')));
  const judged = readSecurityKey(new Uint8Array(readFileSync(at('PW-2.key'))), opened);
  assert.ok(!judged.ok && judged.error.code === 'key-withdrawn');
});

test('nothing that is there is overwritten', async () => {
  const before = readFileSync(at('authority.key'));
  const made = await call(keysAuthority, '--passphrase-file', at('passphrase'), '--out', at('authority.key'));
  assert.is(made.status, 2);
  assert.match(made.printed, 'authority.key: is there already');
  assert.equal(readFileSync(at('authority.key')), before);
  const device = readFileSync(at('device'), 'utf8');
  const built = await call(
    electionBuild,
    ...buildWords('official', 'package', device, 'PW-1', 'PW-2', 'AD-1'),
  );
  assert.is(built.status, 2);
  assert.match(built.printed, 'package: is there already');
});

test('a wrong passphrase, a weak passcode, a foreign key and a bad call are refused in words', async () => {
  const device = readFileSync(at('device'), 'utf8');
  const good = buildWords('official', 'never', device, 'PW-1', 'PW-2', 'AD-1');
  put('wrong', 'another passphrase entirely');
  const wrong = await call(
    electionBuild,
    ...good.map((word) => (word === at('passphrase') ? at('wrong') : word)),
  );
  assert.match(wrong.printed, 'authority.key: does not open with this passphrase');
  put('X-1.code', '12345678');
  const weak = await call(keysSecurityKey, ...securityKeyWords('X-1', 'technician'));
  assert.match(weak.printed, 'must not count up or down');
  put('X-2.code', '40719358');
  const role = await call(keysSecurityKey, ...securityKeyWords('X-2', 'judge'));
  assert.match(role.printed, '"judge" is not one of poll-worker, administrator, technician');

  const foreignAuthority = ['--passphrase-file', at('passphrase'), '--out', at('foreign.key')];
  assert.is((await call(keysAuthority, ...foreignAuthority)).status, 0);
  const foreignWords = securityKeyWords('X-2', 'technician').map((word) =>
    word === at('authority.key') ? at('foreign.key') : word,
  );
  assert.is((await call(keysSecurityKey, ...foreignWords)).status, 0);
  const foreign = await call(
    electionBuild,
    ...buildWords('test', 'never', device, 'PW-1', 'PW-2', 'AD-1', 'X-2'),
  );
  assert.is(foreign.status, 2);
  assert.match(foreign.printed, "X-2.key: was not made by this election's authority");

  const mode = await call(electionBuild, ...good.map((word) => (word === 'official' ? 'practice' : word)));
  assert.match(mode.printed, '"practice" is neither test nor official');
  const badDevice = await call(
    electionBuild,
    ...buildWords('test', 'never', 'TS-0001=12', 'PW-1', 'PW-2', 'AD-1'),
  );
  assert.match(badDevice.printed, '--device: "TS-0001=12" is not SERIAL=PUBLICKEY');
  for (const outcome of [wrong, weak, role, mode, badDevice]) assert.is(outcome.status, 2);
});

test('an election that cannot be held with its keys is a finding', async () => {
  const device = readFileSync(at('device'), 'utf8');
  const built = await call(electionBuild, ...buildWords('official', 'never', device, 'PW-1', 'AD-1'));
  assert.is(built.status, 1);
  assert.match(built.printed, 'poll workers of two parties');
});

test('a definition is checked: nothing wrong, everything wrong, or not to be read', async () => {
  const fine = await call(electionCheck, DEFINITION);
  assert.is(fine.status, 0, fine.printed);
  assert.match(fine.printed, 'dutchess-ny.json: nothing wrong');
  const text = readFileSync(DEFINITION, 'utf8');
  const broken = await call(electionCheck, put('broken.json', text.replaceAll('"rhinebeck-2"', '"nowhere"')));
  assert.is(broken.status, 0, 'a consistent renaming is no fault');
  const bad = await call(electionCheck, put('bad.json', text.replace('"rhinebeck-2"', '"nowhere"')));
  assert.is(bad.status, 1);
  assert.match(bad.printed, 'bad.json');
  assert.is((await call(electionCheck, at('missing.json'))).status, 2);
});

test('a log is shown for people, and found whole or not', async () => {
  const internal = folderStore(at('internal'), 'internal storage');
  const { signer } = expectOk(await readIdentity(internal, 'TS-0001'));
  const clock = { wallTime: () => '2026-11-03T06:00:00' };
  const log = expectOk(
    await AuditLog.open({
      stores: [internal],
      signer,
      clock,
      serialNumber: 'TS-0001',
      simulated: true,
    }),
  );
  await log.append({ code: 'security-key-accepted', role: 'poll-worker', details: 'PW-1' });
  await log.append({ code: 'polls-opened', role: 'poll-worker' });
  const { entries, hash } = log.head;

  const path = at('internal/audit-log.jsonl');
  const shown = await call(logShow, path);
  assert.is(shown.status, 0);
  assert.match(shown.printed, /3 2026-11-03T06:00:00 {3}security-key-accepted: poll-worker, PW-1/);
  const words = [path, '--election', at('package'), '--device', 'TS-0001'];
  const whole = await call(logVerify, ...words, '--head', `${entries}:${hash}`);
  assert.is(whole.status, 0, whole.printed);
  assert.match(whole.printed, `whole, ${entries} entries`);
  const publicKey = readFileSync(at('device'), 'utf8').split('=')[1] ?? '';
  assert.is((await call(logVerify, path, '--device-key', publicKey)).status, 0);

  const cut = put('cut.jsonl', readFileSync(path, 'utf8').split('\n').slice(0, -2).join('\n') + '\n');
  assert.is((await call(logVerify, cut, '--device-key', publicKey)).status, 0, 'alone it looks whole');
  const found = await call(logVerify, cut, '--device-key', publicKey, '--head', `${entries}:${hash}`);
  assert.is(found.status, 1);
  assert.match(found.printed, 'its end was cut off');
  appendFileSync(cut, '{"seq":');
  assert.match((await call(logVerify, cut, '--device-key', publicKey)).printed, 'ends in half an entry');
  appendFileSync(cut, '\n');
  const notAll = await call(logShow, cut);
  assert.is(notAll.status, 1);
  assert.match(notAll.printed, `line ${entries}: is not an entry`);
});

test('a log cannot be verified without a key to verify it with', async () => {
  const path = at('internal/audit-log.jsonl');
  for (const words of [
    [path],
    [path, '--device-key', 'abc'],
    [path, '--election', at('package'), '--device', 'TS-0009'],
    [path, '--election', at('nowhere'), '--device', 'TS-0001'],
    [path, '--device-key', 'ab'.repeat(32), '--head', '3'],
    [at('nowhere'), '--device-key', 'ab'.repeat(32)],
  ]) {
    assert.is((await call(logVerify, ...words)).status, 2, words.join(' '));
  }
});

test('every verb says in its help what it takes and what its exit status means', () => {
  for (const verb of [
    electionCheck,
    electionBuild,
    keysAuthority,
    keysSecurityKey,
    keysDevice,
    logShow,
    logVerify,
  ]) {
    assert.ok(verb.help.startsWith(`tallystick ${verb.name}`), verb.name);
    for (const option of Object.keys(verb.options))
      assert.ok(verb.help.includes(`--${option}`), `${verb.name} ${option}`);
    assert.match(verb.help, 'Exit status: 0');
    assert.match(verb.help, 'Example:');
  }
});

test.run();
