import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeTape, encodeTape } from '../../../firmware/tapes/canonical.js';
import { checkTape } from '../../../firmware/tapes/read-tape.js';
import { concat, toHex, utf8 } from '../../../ground/bytes.js';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { authority, boulder, dutchess, hard, sampleFacts, sha256, signed } from './sample-tapes.js';

const test = suite('the signed bytes of a tape');

test('one set of facts has one encoding, and it reads back as the same facts', () => {
  for (let i = 0; i < 20; i++) {
    const seed = `canonical ${i}`;
    const random = seededRandom(seed);
    const maybe = <T>(value: T): T | undefined => (random.chance(0.5) ? value : undefined);
    const facts = sampleFacts(
      random.pick(['zero', 'results']),
      random.pick([boulder, dutchess, hard]),
      seed,
      {
        mode: random.pick(['test', 'official']),
        simulated: random.chance(0.5),
        closedOnOneCard: random.chance(0.5),
        openingNumber: random.integer(1, 300),
        protectiveNow: random.integer(0, 2 ** 40),
        previousTape: maybe(toHex(sha256(seed))),
        reconciliation: {
          writeInBallots: maybe(random.pick([0, 1, 128])),
          unscannedEmergencyBallots: maybe(16_384),
          abandonedBallots: maybe(7),
        },
      },
    );
    const bytes = encodeTape(facts);
    const back = decodeTape(bytes);
    assert.ok(back.ok, seed);
    assert.equal(back.value, facts, seed);
    assert.equal(encodeTape(back.value), bytes, seed);
  }
});

test('the first bytes are as docs/formats/tapes.md says', () => {
  const facts = sampleFacts('results', dutchess, 'bytes', { mode: 'official', simulated: true });
  const bytes = encodeTape(facts);
  const expected = concat(
    utf8('TSYTAPE1'),
    Uint8Array.of(1, 1, 1, 0), // results, official, simulated, closed on two cards
    Uint8Array.of(facts.election.id.length),
    utf8(facts.election.id),
    Uint8Array.of('General Election'.length),
    utf8('General Election'),
  );
  assert.equal(bytes.subarray(0, expected.length), expected);
});

test('changing any one byte is found: it reads no more, or its signature fails', () => {
  const tape = signed(sampleFacts('results'));
  const random = seededRandom('one byte');
  let unreadable = 0;
  for (let at = 0; at < tape.canonical.length; at += random.integer(1, 30)) {
    const canonical = Uint8Array.from(tape.canonical);
    canonical[at] = must(canonical[at], 'a byte') ^ (1 << random.integer(0, 7));
    const facts = decodeTape(canonical);
    if (!facts.ok) {
      unreadable++;
      continue;
    }
    const checked = checkTape({ ...tape, canonical, facts: facts.value }, authority.publicKey, 'tape');
    assert.not.ok(checked.ok, `byte ${at}`);
  }
  assert.ok(unreadable > 0);
});

test('every shorter and every longer sequence of bytes is refused', () => {
  const bytes = encodeTape(sampleFacts('zero'));
  for (let length = 0; length < bytes.length; length += 7) {
    assert.not.ok(decodeTape(bytes.subarray(0, length)).ok, `${length} bytes`);
  }
  const longer = decodeTape(concat(bytes, Uint8Array.of(0)));
  assert.not.ok(longer.ok);
  assert.match(must(longer.ok ? undefined : longer.error, 'refused').reason, /after its end/);
});

test('a number written longer than need be is refused', () => {
  const facts = sampleFacts('zero');
  const bytes = encodeTape(facts);
  const mode = 9;
  const padded = concat(bytes.subarray(0, mode), Uint8Array.of(0x81, 0x00), bytes.subarray(mode + 1));
  const back = decodeTape(padded);
  assert.not.ok(back.ok);
  assert.match(must(back.ok ? undefined : back.error, 'refused').reason, /longer than need be/);
});

test('random bytes behind a good beginning never crash the reader', () => {
  for (let i = 0; i < 300; i++) {
    const random = seededRandom(`noise ${i}`);
    const noise = Uint8Array.from({ length: random.integer(0, 400) }, () => random.integer(0, 255));
    assert.not.ok(decodeTape(concat(utf8('TSYTAPE1'), noise)).ok, `noise ${i}`);
  }
});

test.run();
