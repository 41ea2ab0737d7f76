import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../ground/bytes.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { takeArrayApart } from '../../../tools/verify/json-array.js';

const test = suite('a long array taken apart');

const apart = (text: string): { rest: unknown; items: unknown[] } | undefined => {
  const taken = takeArrayApart(utf8(text), 'CVR');
  if (taken === undefined) return undefined;
  const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
  return { rest: parse(taken.rest), items: taken.items.map(parse) };
};

test('whatever stands in its strings, items and rest are what JSON says', () => {
  const random = seededRandom('json array');
  const words = ['"', '\\', '\\"', '[', ']{', '},', '"CVR":[', 'é\u2028', '', '\\\\'];
  for (let round = 0; round < 300; round++) {
    const item = (): object => ({
      [random.pick(words)]: random.pick(words),
      list: [{ CVR: [{ deep: random.pick(words) }] }, random.integer(0, 9)],
    });
    const items = Array.from({ length: random.integer(0, 4) }, item);
    const before = { a: random.pick(words), [`${random.pick(words)}k`]: { CVR: [{}] }, s: 'CVR' };
    const report = { ...before, CVR: items, z: [random.pick(words)] };
    const text = JSON.stringify(report, null, random.pick([0, 1, 3]));
    assert.equal(apart(text), { rest: { ...report, CVR: [] }, items }, text);
  }
});

test('what is not an object with such an array of objects is none', () => {
  for (const text of [
    '',
    '[]',
    '{}',
    '{"CVR":{}}',
    '{"CVR":[1]}',
    '{"CVR":[{},]}',
    '{"CVR":[{}{}]}',
    '{"CVR":[,{}]}',
    '{"CVR":[{},,{}]}',
    '{"CVR":[{}',
    '{"CVR":[{"a":"}]',
    '{"a":{"CVR":[{}]}}',
    '{"CVR"',
    '"CVR',
  ]) {
    assert.is(takeArrayApart(utf8(text), 'CVR'), undefined, text);
  }
});

test.run();
