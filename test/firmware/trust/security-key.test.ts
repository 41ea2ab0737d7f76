import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex, utf8 } from '../../../ground/bytes.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import {
  makeAuthority,
  openAuthority,
  publicKeysOf,
  readAuthorityPublicKeys,
} from '../../../firmware/trust/authority.js';
import { sealKeyPair } from '../../../firmware/trust/keys.js';
import { checkNewPasscode, waitAfterWrongTriesMs } from '../../../firmware/trust/passcode.js';
import { hashInBackground, hashInStep } from '../../../firmware/trust/password.js';
import {
  listingOf,
  makeSecurityKey,
  MAX_SECURITY_KEY_BYTES,
  openSecurityKey,
  readSecurityKey,
  type KeyJudge,
  type ListedSecurityKey,
  type NewSecurityKey,
} from '../../../firmware/trust/security-key.js';
import { CHEAP, codesOf, expectOk, hex, PASSPHRASE, testAuthority, testRandom } from './support.js';

const test = suite('security key');
const authority = await testAuthority();
const PASSCODE = '40719358';
const HOLDER: NewSecurityKey = {
  serial: 'PW-1',
  role: 'poll-worker',
  party: 'dem',
  electionId: 'general',
};
const ADMINISTRATOR: NewSecurityKey = { serial: 'AD-1', role: 'administrator', electionId: 'general' };

async function key(holder = HOLDER, seed = 'key', by = authority): Promise<Uint8Array> {
  return expectOk(await makeSecurityKey(by, holder, PASSCODE, testRandom(seed), CHEAP));
}

/** As the package lists it. */
function listed(bytes: Uint8Array): ListedSecurityKey {
  const { serial, role, party, sealPublicKey } = expectOk(listingOf(bytes));
  return { serial, role, sealPublicKey, ...(party === undefined ? {} : { party }) };
}

const JUDGE: KeyJudge = {
  definition: { id: 'general' },
  authority: publicKeysOf(authority),
  securityKeys: [listed(await key()), listed(await key(ADMINISTRATOR, 'admin'))],
};

test('a key says whose it is, and gives its secret for its passcode alone', async () => {
  const bytes = await key();
  const { sealPublicKey, ...holder } = expectOk(readSecurityKey(bytes, JUDGE));
  assert.equal(holder, HOLDER);
  const secret = expectOk(await openSecurityKey(bytes, PASSCODE));
  assert.is(secret.length, 32);
  assert.equal(expectOk(await openSecurityKey(bytes, PASSCODE, hashInStep)), secret);
  for (const wrong of ['40719359', '4071935', '407193580', '']) {
    assert.equal(codesOf(await openSecurityKey(bytes, wrong)), ['passcode-wrong'], wrong);
  }
  assert.not.ok(toHex(bytes).includes(toHex(secret)), 'the secret lies sealed');
  assert.equal(sealKeyPair(secret).publicKey, sealPublicKey, 'what is sealed for the key, its secret opens');
  const administrator = expectOk(readSecurityKey(await key(ADMINISTRATOR, 'admin'), JUDGE));
  assert.is(administrator.role, 'administrator');
  assert.is(administrator.party, undefined);
});

test('two keys never share a secret', async () => {
  const first = expectOk(await openSecurityKey(await key(HOLDER, 'first'), PASSCODE));
  const second = expectOk(await openSecurityKey(await key(HOLDER, 'second'), PASSCODE));
  assert.not.equal(first, second);
});

test('the longest key fits into a 1-Wire memory of 512 bytes', async () => {
  const longest: NewSecurityKey = {
    serial: 'A'.repeat(24),
    role: 'administrator',
    party: 'p'.repeat(48),
    electionId: 'e'.repeat(48),
  };
  assert.ok((await key(longest)).length <= MAX_SECURITY_KEY_BYTES);
});

test('a key that was withdrawn, or whose role or party the list does not bear out, is refused', async () => {
  const bytes = await key();
  const judgedBy = (securityKeys: KeyJudge['securityKeys']): readonly string[] =>
    codesOf(readSecurityKey(bytes, { ...JUDGE, securityKeys }));
  const own = listed(bytes);
  assert.equal(judgedBy([own]), ['ok']);
  const noParty = { serial: own.serial, role: own.role, sealPublicKey: own.sealPublicKey };
  const others: readonly KeyJudge['securityKeys'][] = [
    [],
    [{ ...own, serial: 'PW-2' }],
    [{ ...own, role: 'technician' }],
    [{ ...own, party: 'rep' }],
    [noParty],
    [{ ...own, sealPublicKey: listed(await key(HOLDER, 'lost before')).sealPublicKey }],
  ];
  for (const list of others) assert.equal(judgedBy(list), ['key-withdrawn']);
});

test('a key of another election or another authority is refused', async () => {
  const other = await key({ ...HOLDER, electionId: 'primary' });
  assert.equal(codesOf(readSecurityKey(other, JUDGE)), ['key-other-election']);
  const foreign = await key(HOLDER, 'key', await testAuthority('a stranger'));
  assert.equal(codesOf(readSecurityKey(foreign, JUDGE)), ['key-not-certified']);
});

test('no byte of a key can be changed, and no part of one key put into another', async () => {
  const bytes = await key();
  const random = seededRandom('security key');
  for (let i = 0; i < bytes.length; i++) {
    const changed = bytes.map((byte, at) => (at === i ? byte ^ (1 << random.integer(0, 7)) : byte));
    assert.not.ok(readSecurityKey(changed, JUDGE).ok, `byte ${i}`);
  }
  // Somebody's own sealed secret in an administrator's key: the certificate covers the secret too.
  const administrator = await key(ADMINISTRATOR, 'admin');
  const own = await key(ADMINISTRATOR, 'own');
  const mixed = Uint8Array.from([...own.subarray(0, -64), ...administrator.subarray(-64)]);
  assert.equal(codesOf(readSecurityKey(mixed, JUDGE)), ['key-not-certified']);
});

test('bytes that are no key are said to be none', async () => {
  const bytes = await key();
  const random = seededRandom('no key');
  const noise = Uint8Array.from({ length: 300 }, () => random.integer(0, 255));
  const tooLong = new Uint8Array(600);
  tooLong.set(bytes);
  for (const none of [new Uint8Array(), utf8('TSK1'), noise, tooLong, bytes.subarray(0, -1)]) {
    assert.equal(codesOf(readSecurityKey(none, JUDGE)), ['not-a-security-key']);
    assert.equal(codesOf(await openSecurityKey(none, PASSCODE)), ['not-a-security-key']);
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.not.ok(readSecurityKey(bytes.subarray(0, length), JUDGE).ok, `${length} bytes`);
  }
});

test('weak passcodes are refused when a key is made, and the reason does not repeat them', async () => {
  const weak = [
    ...['1234567', '12345678901234567', '4071935a', '', '4071 9358'],
    ...['11111111', '12121212', '12312312', '12341234'],
    ...['12345678', '23456789', '98765432', '78901234', '02468024', '36925814'],
    ...['20261103', '11032026', '03112026', '19870506', '9311220264'],
  ];
  for (const passcode of weak) {
    const made = await makeSecurityKey(authority, HOLDER, passcode, testRandom('weak'), CHEAP);
    assert.equal(codesOf(made), ['passcode-weak'], passcode);
    if (!made.ok && passcode !== '') assert.not.ok(made.error.reason.includes(passcode));
  }
  for (const passcode of ['40719358', '8203957146', '7705318264']) {
    assert.ok(checkNewPasscode(passcode).ok, passcode);
  }
});

test('a key with a serial number, party or election that cannot be is not made', async () => {
  const make = async (change: Partial<NewSecurityKey>): Promise<readonly string[]> =>
    codesOf(await makeSecurityKey(authority, { ...HOLDER, ...change }, PASSCODE, testRandom('x'), CHEAP));
  assert.equal(await make({ serial: 'pw 1' }), ['bad-serial']);
  assert.equal(await make({ party: 'Dem' }), ['bad-party']);
  assert.equal(await make({ electionId: '' }), ['bad-election']);
});

test('the wait after wrong passcodes never falls, doubles, and ends at an hour', () => {
  const waits = Array.from({ length: 20 }, (_, tries) => waitAfterWrongTriesMs(tries));
  assert.equal(waits.slice(0, 6), [0, 0, 0, 5_000, 10_000, 20_000]);
  for (let i = 1; i < waits.length; i++) assert.ok((waits[i] ?? 0) >= (waits[i - 1] ?? 0));
  assert.is(waitAfterWrongTriesMs(1_000_000), 3_600_000);
});

test('scrypt gives the key of RFC 7914, in step and in the background', async () => {
  const expected = 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162';
  for (const hash of [hashInStep, hashInBackground]) {
    const derived = await hash('password', utf8('NaCl'), { log2N: 10, r: 8, p: 16 });
    assert.equal(derived, hex(expected));
  }
});

test('an authority opens with its passphrase alone, and its public keys are for everybody', async () => {
  const file = expectOk(await makeAuthority(PASSPHRASE, testRandom('new authority'), CHEAP));
  const opened = expectOk(await openAuthority(file, PASSPHRASE));
  assert.equal(expectOk(readAuthorityPublicKeys(file, 'authority.key')), publicKeysOf(opened));
  assert.equal(codesOf(await openAuthority(file, 'another passphrase')), ['wrong-passphrase']);
  const text = new TextDecoder().decode(file);
  assert.not.ok(text.includes(toHex(opened.sealKeys.secretKey)));
  const short = await makeAuthority('eleven char', testRandom('short'), CHEAP);
  assert.equal(codesOf(short), ['passphrase-weak']);
});

test('an authority file in which a public key was exchanged does not open', async () => {
  const file = expectOk(await makeAuthority(PASSPHRASE, testRandom('mine'), CHEAP));
  const other = await testAuthority('other');
  const { sealPublicKey } = expectOk(readAuthorityPublicKeys(file, 'authority.key'));
  const text = new TextDecoder().decode(file);
  const exchanged = utf8(text.replace(toHex(sealPublicKey), toHex(other.sealKeys.publicKey)));
  assert.equal(codesOf(await openAuthority(exchanged, PASSPHRASE)), ['wrong-passphrase']);
});

test('a file that asks for all the memory there is, or is no authority, is refused at once', async () => {
  const file = expectOk(await makeAuthority(PASSPHRASE, testRandom('costly'), CHEAP));
  const text = new TextDecoder().decode(file);
  const costly = text.replace(/"sealedSecrets": "04/, '"sealedSecrets": "1f');
  assert.is.not(costly, text);
  assert.equal(codesOf(await openAuthority(utf8(costly), PASSPHRASE)), ['wrong-passphrase']);
  const old = text.replace('authority/1', 'authority/0');
  assert.equal(codesOf(await openAuthority(utf8(old), PASSPHRASE)), ['wrong-shape']);
  assert.equal(codesOf(await openAuthority(new Uint8Array(5000), PASSPHRASE)), ['too-large']);
});

test.run();
