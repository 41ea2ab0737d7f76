import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TAPE_COLUMNS, type TapeElement } from '../../../drivers/ports.js';
import { centred, entry, lengthOf, wrap } from '../../../firmware/tapes/lines.js';
import { seededRandom } from '../../../ground/seeded-random.js';

const test = suite('lines of a tape');

function texts(elements: readonly TapeElement[]): readonly string[] {
  return elements.map((element) => (element.kind === 'line' ? element.text : element.kind));
}

test('a number stands at the right edge, led there by dots', () => {
  assert.equal(texts(entry('Ballots', 539)), ['Ballots .................................... 539']);
});

test('a name that leaves no room for its number takes its last word to the next line', () => {
  assert.equal(texts(entry('Sage Bluebird-Carter / Owen Littlefield (UNI)', 28, { indent: 1 })), [
    ' Sage Bluebird-Carter / Owen Littlefield',
    '   (UNI) .................................... 28',
  ]);
});

test('the longest serial number has room beside its name', () => {
  const serial = 'A'.repeat(32);
  assert.equal(texts(entry('Unit serial number', serial)), ['Unit serial', `  number ...... ${serial}`]);
});

test('words that are longer than a line are broken, after a hyphen if they have one', () => {
  assert.equal(wrap('Montgomery-Featherstonehaugh', 20, 20), ['Montgomery-', 'Featherstonehaugh']);
  assert.equal(wrap('a'.repeat(25), 10, 8), ['a'.repeat(10), 'a'.repeat(8), 'a'.repeat(7)]);
});

test('wide text is centred in half the columns', () => {
  assert.equal(centred('ZERO TAPE', { wide: true }), [
    { kind: 'line', text: '       ZERO TAPE', wide: true },
  ]);
});

test('whatever the name and the number: lines fit, the number is whole, the name reads back, dots never stand alone', () => {
  for (let i = 0; i < 3_000; i++) {
    const seed = `entry ${i}`;
    const random = seededRandom(seed);
    const word = (): string => 'ñandú-x'.repeat(9).slice(0, random.integer(1, random.pick([8, 20, 60])));
    const label = Array.from({ length: random.integer(1, 8) }, word).join(' ');
    const value = random.integer(0, 10 ** random.integer(0, 9));
    const indent = random.pick([0, 1, 4]);
    const lines = texts(entry(label, value, { indent }));
    for (const line of lines) assert.ok(lengthOf(line) <= TAPE_COLUMNS, `${seed}: ${line}`);
    const last = lines.at(-1) ?? '';
    assert.is(lengthOf(last), TAPE_COLUMNS, `${seed}: ${last}`);
    assert.match(last, new RegExp(`\\S \\.{2,} ${value}$`), seed);
    const name = [...lines.slice(0, -1), last.replace(/ \.{2,} [0-9]+$/, '')].join('');
    assert.is(name.replace(/ /g, ''), label.replace(/ /g, ''), seed);
  }
});

test.run();
