import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { charactersWithoutGlyph } from '../../election-def/font-glyphs.js';
import { textWidthMm, wrapText } from '../../election-def/text-measure.js';
import { seededRandom } from '../../ground/seeded-random.js';

const test = suite('text measure');

test('no line is wider than asked, and no letter is lost', () => {
  const seed = 'text-measure/1';
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const words = Array.from({ length: random.integer(1, 12) }, () =>
      Array.from({ length: random.integer(1, 25) }, () => random.pick(Array.from('abcdefWMñé-’'))).join(''),
    );
    const text = words.join(' ');
    const widthMm = random.between(12, 60);
    const lines = wrapText(text, 'bold', 11, widthMm);
    const about = `seed ${seed}, round ${round}: ${JSON.stringify(lines)}`;
    for (const line of lines) assert.ok(textWidthMm(line, 'bold', 11) <= widthMm, about);
    assert.is(lines.join('').replaceAll(' ', ''), words.join(''), about);
  }
});

test('lines break at spaces and after hyphens before they break inside a word', () => {
  const width = textWidthMm('Featherstonehaugh-', 'bold', 11) + 0.1;
  assert.equal(wrapText('Ann Featherstonehaugh-Vandenburgh', 'bold', 11, width), [
    'Ann',
    'Featherstonehaugh-',
    'Vandenburgh',
  ]);
  assert.equal(wrapText('one\ntwo', 'regular', 10, 100), ['one', 'two']);
});

test('bold is wider than regular, and width grows with the size', () => {
  assert.ok(textWidthMm('Governor', 'bold', 10) > textWidthMm('Governor', 'regular', 10));
  const ratio = textWidthMm('Governor', 'bold', 20) / textWidthMm('Governor', 'bold', 10);
  assert.ok(Math.abs(ratio - 2) < 1e-9);
});

test('the printed fonts have the letters of English and Spanish and no Chinese ones', () => {
  assert.equal(
    charactersWithoutGlyph('Ñandú, pingüino: ¿señal? ¡Sí! O’Reilly – 10 % “quoted” 120.º $\n'),
    [],
  );
  assert.equal(charactersWithoutGlyph('李 and 李 and → and \u0007'), ['李', '→', '\u0007']);
});

test.run();
