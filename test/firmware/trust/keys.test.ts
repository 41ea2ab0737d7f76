import nacl from 'tweetnacl';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrivateKey, sign } from 'node:crypto';
import { concat, toHex, utf8 } from '../../../ground/bytes.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import {
  ed25519Signer,
  isSealPublicKey,
  newSeed,
  openSealed,
  sealFor,
  sealKeyPair,
  verifySignature,
} from '../../../firmware/trust/keys.js';
import { equalInConstantTime, hkdfSha256, seal, sha256, unseal } from '../../../firmware/trust/symmetric.js';
import {
  signedMessage,
  verifySignature as verifyWithTweetnacl,
} from '../../../firmware/trust/verify/signature.js';
import { codesOf, expectOk, hex, testRandom } from './support.js';

const test = suite('keys');

/** RFC 8032, section 7.1, tests 1 to 3: secret, public key, message, signature. */
const RFC_8032 = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

test('a public key is that of RFC 8032, and both libraries sign as RFC 8032 does', () => {
  for (const [secret, publicKey, message, signature] of RFC_8032) {
    assert.is(toHex(ed25519Signer(hex(secret)).publicKey), publicKey);
    const ours = nacl.sign.keyPair.fromSeed(hex(secret));
    assert.is(toHex(nacl.sign.detached(hex(message), ours.secretKey)), signature);
    const pkcs8 = concat(hex('302e020100300506032b657004220420'), hex(secret));
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    assert.is(toHex(new Uint8Array(sign(null, hex(message), key))), signature);
  }
});

test("a signature by Node's library is the one tweetnacl makes, and both find it good", () => {
  const random = seededRandom('signatures');
  for (let round = 0; round < 25; round++) {
    const seed = Uint8Array.from({ length: 32 }, () => random.integer(0, 255));
    const message = Uint8Array.from({ length: random.integer(0, 300) }, () => random.integer(0, 255));
    const signer = ed25519Signer(seed);
    const signature = signer.sign('tape', message);
    const twin = nacl.sign.keyPair.fromSeed(seed);
    assert.equal(signature, nacl.sign.detached(signedMessage('tape', message), twin.secretKey));
    assert.ok(verifySignature('tape', signer.publicKey, message, signature), `round ${round}`);
    assert.ok(verifyWithTweetnacl('tape', signer.publicKey, message, signature), `round ${round}`);
  }
});

test('both ways of checking refuse every signature in which one bit is changed', () => {
  const signer = ed25519Signer(new Uint8Array(32).fill(7));
  const message = utf8('three copies');
  const signature = signer.sign('export', message);
  for (let bit = 0; bit < 512; bit += 3) {
    const changed = Uint8Array.from(signature);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.not.ok(verifySignature('export', signer.publicKey, message, changed), `bit ${bit}`);
    assert.not.ok(verifyWithTweetnacl('export', signer.publicKey, message, changed), `bit ${bit}`);
  }
});

test('both ways of checking refuse the second form of a good signature', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const signer = ed25519Signer(new Uint8Array(32).fill(3));
  const signature = signer.sign('tape', utf8('totals'));
  let scalar = order;
  for (let i = 63; i >= 32; i--) scalar += BigInt(signature[i] ?? 0) << BigInt(8 * (i - 32));
  const second = Uint8Array.from(signature);
  for (let i = 32; i < 64; i++) second[i] = Number((scalar >> BigInt(8 * (i - 32))) & 255n);
  const bare = signedMessage('tape', utf8('totals'));
  assert.ok(nacl.sign.detached.verify(bare, second, signer.publicKey), 'tweetnacl alone would take it');
  assert.not.ok(verifySignature('tape', signer.publicKey, utf8('totals'), second));
  assert.not.ok(verifyWithTweetnacl('tape', signer.publicKey, utf8('totals'), second));
});

test('a signature on one thing is never one on another', () => {
  const signer = ed25519Signer(new Uint8Array(32).fill(9));
  const signature = signer.sign('anchor', utf8('12 ballots'));
  for (const check of [verifySignature, verifyWithTweetnacl]) {
    assert.ok(check('anchor', signer.publicKey, utf8('12 ballots'), signature));
    assert.not.ok(check('tape', signer.publicKey, utf8('12 ballots'), signature));
    assert.not.ok(check('anchor', signer.publicKey, utf8('13 ballots'), signature));
    assert.not.ok(check('anchor', signer.publicKey.subarray(1), utf8('12 ballots'), signature));
    assert.not.ok(check('anchor', signer.publicKey, utf8('12 ballots'), signature.subarray(1)));
  }
});

test('HKDF gives the keys of RFC 5869', () => {
  const ikm = new Uint8Array(22).fill(0x0b);
  const first = hkdfSha256(ikm, hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9'), 42);
  assert.is(
    toHex(first),
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
  const counting = (from: number): Uint8Array => Uint8Array.from({ length: 80 }, (_, i) => from + i);
  const second = hkdfSha256(counting(0x00), counting(0x60), counting(0xb0), 82);
  assert.is(
    toHex(second),
    'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  );
});

test('SHA-256 and X25519 give what FIPS 180 and RFC 7748 say', () => {
  assert.is(
    toHex(sha256(utf8('a'), utf8('bc'))),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  const alice = sealKeyPair(hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'));
  const bob = sealKeyPair(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'));
  assert.is(toHex(alice.publicKey), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
  assert.is(toHex(bob.publicKey), 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
});

test('what is sealed opens with its key and context alone, and no changed byte gets through', () => {
  const random = testRandom('sealed');
  const key = random.bytes(32);
  const sealed = seal(key, utf8('a head'), utf8('slot 7'), random);
  assert.equal(expectOk(unseal(key, sealed, utf8('slot 7'), 'slot')), utf8('a head'));
  assert.equal(codesOf(unseal(key, sealed, utf8('slot 8'), 'slot')), ['seal-broken']);
  assert.equal(codesOf(unseal(random.bytes(32), sealed, utf8('slot 7'), 'slot')), ['seal-broken']);
  assert.equal(codesOf(unseal(key, sealed.subarray(0, 20), utf8('slot 7'), 'slot')), ['seal-broken']);
  for (let i = 0; i < sealed.length; i++) {
    const changed = sealed.map((byte, at) => (at === i ? byte ^ 1 : byte));
    assert.equal(codesOf(unseal(key, changed, utf8('slot 7'), 'slot')), ['seal-broken'], `byte ${i}`);
  }
});

test('a message sealed for the authority opens with its secret alone, and looks new each time', () => {
  const random = testRandom('sealed for');
  const authority = sealKeyPair(newSeed(random));
  const stranger = sealKeyPair(newSeed(random));
  const first = sealFor(authority.publicKey, utf8('box key'), utf8('box 1'), random);
  const second = sealFor(authority.publicKey, utf8('box key'), utf8('box 1'), random);
  assert.not.equal(first, second);
  for (const sealed of [first, second]) {
    assert.equal(expectOk(openSealed(authority, sealed, utf8('box 1'), 'wrap')), utf8('box key'));
    assert.equal(codesOf(openSealed(stranger, sealed, utf8('box 1'), 'wrap')), ['seal-broken']);
    assert.equal(codesOf(openSealed(authority, sealed, utf8('box 2'), 'wrap')), ['seal-broken']);
    assert.equal(codesOf(openSealed(authority, sealed.subarray(0, 59), utf8('box 1'), 'wrap')), [
      'seal-broken',
    ]);
  }
  for (let i = 0; i < first.length; i++) {
    const changed = first.map((byte, at) => (at === i ? byte ^ 1 : byte));
    assert.equal(
      codesOf(openSealed(authority, changed, utf8('box 1'), 'wrap')),
      ['seal-broken'],
      `byte ${i}`,
    );
  }
});

test('a public key of small order cannot be sealed for', () => {
  assert.not.ok(isSealPublicKey(new Uint8Array(32)));
  assert.not.ok(isSealPublicKey(Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))));
  assert.not.ok(isSealPublicKey(new Uint8Array(31).fill(9)));
  assert.ok(isSealPublicKey(sealKeyPair(new Uint8Array(32).fill(5)).publicKey));
});

test('the comparison for secrets tells equal from unequal', () => {
  assert.ok(equalInConstantTime(utf8('same'), utf8('same')));
  assert.not.ok(equalInConstantTime(utf8('same'), utf8('some')));
  assert.not.ok(equalInConstantTime(utf8('same'), utf8('sam')));
});

test.run();
