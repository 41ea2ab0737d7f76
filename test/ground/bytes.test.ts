import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  concat,
  equalBytes,
  frame,
  fromBase45,
  fromHex,
  fromUtf8,
  toBase45,
  toHex,
  u32,
  utf8,
} from '../../ground/bytes.js';
import { seededRandom } from '../../ground/seeded-random.js';

const test = suite('bytes');

test('base45 text is that of the standard', () => {
  // The examples of RFC 9285, section 4.
  assert.is(toBase45(utf8('AB')), 'BB8');
  assert.is(toBase45(utf8('Hello!!')), '%69 VD92EX0');
  assert.is(toBase45(utf8('base-45')), 'UJCLQE7W581');
  const back = fromBase45('QED8WEX0', 'a code');
  assert.ok(back.ok && equalBytes(back.value, utf8('ietf!')));
});

test('base45 text that stands for no bytes is refused', () => {
  for (const bad of ['GGW', ':::', 'a', 'AB8C', '::', 'ü12'])
    assert.not.ok(fromBase45(bad, 'a code').ok, bad);
});

test('any bytes survive hex and base45', () => {
  const random = seededRandom('bytes');
  for (let round = 0; round < 300; round++) {
    const bytes = Uint8Array.from({ length: random.integer(0, 60) }, () => random.integer(0, 255));
    const hex = fromHex(toHex(bytes), 'hex');
    const base45 = fromBase45(toBase45(bytes), 'base45');
    assert.ok(hex.ok && equalBytes(hex.value, bytes));
    assert.ok(base45.ok && equalBytes(base45.value, bytes));
  }
});

test('hex of half a byte or with other letters is refused', () => {
  assert.not.ok(fromHex('abc', 'x').ok);
  assert.not.ok(fromHex('AB', 'x').ok);
  assert.not.ok(fromHex('zz', 'x').ok);
});

test('bytes that are not UTF-8 are refused, not replaced', () => {
  const result = fromUtf8(Uint8Array.of(0xc3, 0x28), 'notes.txt');
  assert.not.ok(result.ok);
  if (!result.ok) assert.is(result.error.where, 'notes.txt');
});

test('framed fields cannot be shifted into one another', () => {
  assert.not.equal(frame(utf8('ab'), utf8('c')), frame(utf8('a'), utf8('bc')));
  assert.equal(frame(utf8('ab')), concat(u32(2), utf8('ab')));
});

test.run();
