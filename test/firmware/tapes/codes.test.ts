import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { qrModules } from '../../../drivers/tape-printer/job-bytes.js';
import { tapeCodes } from '../../../firmware/tapes/codes.js';
import { checkTape, openTape } from '../../../firmware/tapes/read-tape.js';
import { must, type Result } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { ed25519Signer } from '../../../firmware/trust/keys.js';
import { authority, dutchess, hard, sampleFacts, sha256, signed } from './sample-tapes.js';

const test = suite('codes of a tape');

const tape = signed(sampleFacts('results'));
const texts = tapeCodes(tape);

function problemOf(result: Result<unknown>): string {
  return result.ok ? 'none' : `${result.error.code} ${result.error.path} ${result.error.reason}`;
}

test('read in any order, and some of them twice, they give the same facts with a valid signature', () => {
  const random = seededRandom('order');
  for (let i = 0; i < 10; i++) {
    const read = openTape(random.shuffle([...texts, random.pick(texts)]), 'photograph');
    assert.ok(read.ok, problemOf(read));
    assert.equal(read.value.facts, tape.facts);
    assert.equal(read.value.canonical, tape.canonical);
    assert.ok(checkTape(read.value, authority.publicKey, 'photograph').ok);
  }
});

test('each is alphanumeric text of a code that fits the paper with modules of 5 dots', () => {
  const longest = [dutchess, hard].flatMap((election) => tapeCodes(signed(sampleFacts('results', election))));
  for (const text of longest) {
    assert.match(text, /^[0-9A-Z $%*+\-./:]+$/);
    assert.ok(must(qrModules(text), 'a code').length * 5 <= 576);
  }
});

test('a missing code is named', () => {
  assert.match(problemOf(openTape(texts.slice(0, -1), 'tape')), /code 3 of 3 is missing/);
  assert.match(problemOf(openTape([], 'tape')), /no code of a tape/);
});

test('a code from another tape is found', () => {
  const other = tapeCodes(signed(sampleFacts('results', dutchess, 'another day')));
  const mixed = [must(other[0], 'a code'), ...texts.slice(1)];
  assert.match(problemOf(openTape(mixed, 'tape')), /belongs to another tape/);
});

test('codes of two tapes do not go together even with their names forged', () => {
  const other = tapeCodes(signed(sampleFacts('results', dutchess, 'another day')));
  const name = /\/([0-9A-F]{12})\//;
  const set = must(name.exec(must(texts[0], 'a code'))?.[1], 'a set');
  const forged = must(other[1], 'a code').replace(name, `/${set}/`);
  const mixed = [must(texts[0], 'a code'), forged, ...texts.slice(2)];
  assert.match(problemOf(openTape(mixed, 'tape')), /do not belong together|damaged/);
});

test('a code that was read twice with different texts is refused', () => {
  const first = must(texts[0], 'a code');
  const changed = first.slice(0, -1) + (first.endsWith('0') ? '1' : '0');
  assert.match(problemOf(openTape([...texts, changed], 'tape')), /read twice and differs/);
});

test('text that is not a code of a tape is refused in words', () => {
  for (const text of [
    '',
    'HTTPS://EXAMPLE.ORG',
    'TSY1/2/1/0123456789AB/00',
    'TSY1/1/1/0123456789AB/',
    'TSY1/0/1/x/0',
  ]) {
    assert.match(problemOf(openTape([text], 'tape')), /bad-tape-codes/, text);
  }
});

test('a tape of a unit that the authority has not certified is not believed', () => {
  const stranger = ed25519Signer(sha256('a stranger'));
  const read = openTape(texts, 'tape');
  assert.ok(read.ok);
  assert.match(problemOf(checkTape(read.value, stranger.publicKey, 'tape')), /not-certified .*TSY-0042-NY/);
});

test('a tape signed with another key than the certified one is not believed', () => {
  const stranger = ed25519Signer(sha256('a stranger'));
  const read = openTape(texts, 'tape');
  assert.ok(read.ok);
  const forged = { ...read.value, signature: stranger.sign('tape', tape.canonical) };
  assert.match(problemOf(checkTape(forged, authority.publicKey, 'tape')), /signature-invalid/);
  const replaced = { ...forged, devicePublicKey: stranger.publicKey };
  assert.match(problemOf(checkTape(replaced, authority.publicKey, 'tape')), /not-certified/);
});

test('a signature of the same bytes for another purpose is not believed', () => {
  const read = openTape(texts, 'tape');
  assert.ok(read.ok);
  const device = ed25519Signer(sha256('the device of the tests'));
  const other = { ...read.value, signature: device.sign('anchor', tape.canonical) };
  assert.match(problemOf(checkTape(other, authority.publicKey, 'tape')), /signature-invalid/);
});

test.run();
