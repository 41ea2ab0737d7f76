import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  decodeBallotCode,
  electionHash20,
  encodeBallotCode,
  sameBallotCode,
  type BallotCode,
} from '../../election-def/ballot-code.js';
import { fromHex } from '../../ground/bytes.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';

const test = suite('ballot code');

const example: BallotCode = {
  electionHash20: 0xabcde,
  styleNumber: 5,
  precinctNumber: 3,
  sheet: 2,
  side: 'back',
  test: true,
};

function randomCode(random: SeededRandom): BallotCode {
  return {
    electionHash20: random.integer(0, 0xfffff),
    styleNumber: random.integer(1, 1023),
    precinctNumber: random.integer(1, 1023),
    sheet: random.integer(1, 7),
    side: random.pick(['front', 'back'] as const),
    test: random.chance(0.5),
  };
}

function flip(cells: readonly boolean[], ...places: readonly number[]): readonly boolean[] {
  return cells.map((ink, i) => ink !== places.includes(i));
}

/** CRC-16/CCITT-FALSE over bytes, the textbook's table-free loop; its check value for "123456789" is 0x29b1. */
function crcOfBytes(bytes: readonly number[]): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

test('the cells are those of the documented order of fields', () => {
  const fields = '01' + '10101011110011011110' + '0000000101' + '0000000011' + '010' + '1' + '1' + '0';
  const bytes = fields.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  assert.is(crcOfBytes(Array.from('123456789', (c) => c.charCodeAt(0))), 0x29b1);
  const check = crcOfBytes(bytes).toString(2).padStart(16, '0');
  const cells = encodeBallotCode(example)
    .map((ink) => (ink ? '1' : '0'))
    .join('');
  assert.is(cells, `110${fields}${check}010`);
});

test('any code comes back as it was', () => {
  const seed = 'ballot-code/1';
  const random = seededRandom(seed);
  for (let round = 0; round < 2000; round++) {
    const code = randomCode(random);
    assert.equal(decodeBallotCode(encodeBallotCode(code)), code, `seed ${seed}, round ${round}`);
  }
});

test('no code can be read upside down', () => {
  const seed = 'ballot-code/2';
  const random = seededRandom(seed);
  for (let round = 0; round < 2000; round++) {
    const turned = [...encodeBallotCode(randomCode(random))].reverse();
    assert.is(decodeBallotCode(turned), undefined, `seed ${seed}, round ${round}`);
  }
});

test('up to three wrong cells are always noticed', () => {
  const cells = encodeBallotCode(example);
  for (let a = 0; a < cells.length; a++) {
    assert.is(decodeBallotCode(flip(cells, a)), undefined, `cell ${a}`);
    for (let b = a + 1; b < cells.length; b++) {
      assert.is(decodeBallotCode(flip(cells, a, b)), undefined, `cells ${a} and ${b}`);
      for (let c = b + 1; c < cells.length; c += 7) {
        assert.is(decodeBallotCode(flip(cells, a, b, c)), undefined, `cells ${a}, ${b} and ${c}`);
      }
    }
  }
});

test('a streak over up to sixteen neighbouring cells is always noticed', () => {
  const seed = 'ballot-code/3';
  const random = seededRandom(seed);
  for (let round = 0; round < 3000; round++) {
    const cells = encodeBallotCode(randomCode(random));
    const length = random.integer(1, 16);
    const start = random.integer(0, cells.length - length);
    const streak = Array.from({ length }, (_, i) => start + i).filter(() => random.chance(0.5));
    if (streak.length === 0) continue;
    assert.is(decodeBallotCode(flip(cells, ...streak)), undefined, `seed ${seed}, round ${round}`);
  }
});

test('a blank row, a black row and a row of another length are no code', () => {
  assert.is(decodeBallotCode(Array.from({ length: 70 }, () => false)), undefined);
  assert.is(decodeBallotCode(Array.from({ length: 70 }, () => true)), undefined);
  assert.is(decodeBallotCode(encodeBallotCode(example).slice(1)), undefined);
});

test('two codes are the same when every field is', () => {
  assert.ok(sameBallotCode(example, { ...example }));
  const others: readonly Partial<BallotCode>[] = [
    { electionHash20: 1 },
    { styleNumber: 6 },
    { precinctNumber: 4 },
    { sheet: 3 },
    { side: 'front' },
    { test: false },
  ];
  for (const other of others) assert.not.ok(sameBallotCode(example, { ...example, ...other }));
});

test('a number that does not fit its field is our own mistake and is asserted', () => {
  assert.throws(() => encodeBallotCode({ ...example, styleNumber: 1024 }), /does not fit/);
  assert.throws(() => encodeBallotCode({ ...example, sheet: 8 }), /does not fit/);
  assert.throws(() => encodeBallotCode({ ...example, precinctNumber: 1.5 }), /does not fit/);
});

test('the election is named by the first 20 bits of the digest', () => {
  const digest = fromHex('fedcba98'.padEnd(64, '0'), 'digest');
  assert.ok(digest.ok);
  assert.is(electionHash20(digest.value), 0xfedcb);
  assert.throws(() => electionHash20(new Uint8Array(31)), /32 bytes/);
});

test.run();
