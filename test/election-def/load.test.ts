import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHash } from 'node:crypto';
import { MAX_DEFINITION_BYTES, readDefinition } from '../../election-def/load.js';
import { utf8 } from '../../ground/bytes.js';
import { at, found, loadChanged, loadSample, sampleText, value } from './samples.js';

const test = suite('load');

function reasonOf(text: string): string {
  const result = readDefinition(utf8(text), 'x.json');
  return result.ok ? 'no problem' : result.error.map(({ path, reason }) => `${path}|${reason}`).join('; ');
}

test('a mistake in the JSON is named with line and column', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', '|line 1, column 1: the text ends too early'],
    ['{"a": 1,\n "b": tru}', '|line 2, column 7: a value is expected, not "t"'],
    ['{"a": 1\n "b": 2}', '|line 2, column 2: a comma or the closing } is expected'],
    ['{"a" 1}', '|line 1, column 6: a colon is expected after the key'],
    ["{'a': 1}", '|line 1, column 2: a key in double quotes is expected'],
    ['{"a": 1,}', '|line 1, column 9: a key in double quotes is expected'],
    ['[1, 2', '|line 1, column 6: a comma or the closing ] is expected'],
    ['[1,]', '|line 1, column 4: a value is expected, not "]"'],
    ['{"a": "x\ny"}', '|line 1, column 7: this string is not closed on its line, or has a wrong escape'],
    ['{"a": 01}', '|line 1, column 8: a comma or the closing } is expected'],
    ['{} {}', '|line 1, column 4: something follows the end of the value'],
    ['\ufeff{}', '|line 1, column 1: a value is expected, not "\ufeff"'],
    ['['.repeat(40), '|line 1, column 33: is nested deeper than 32 levels'],
  ];
  for (const [text, reason] of cases) assert.is(reasonOf(text), reason, text);
});

test('a key that stands twice in one object is refused, wherever it is', () => {
  assert.is(
    reasonOf('{"title": "A", "title": "B", "list": [{"x": 1, "x": 2}]}'),
    'title|stands a second time at line 1, column 16; list[0].x|stands a second time at line 1, column 48',
  );
});

test('text that every JSON parser takes is taken: escapes, numbers, space', () => {
  const text = sampleText('dutchess-ny');
  const escaped = text.replace('José', '\\u004aos\\u00e9').replaceAll('\n', '\r\n\t');
  const result = value(readDefinition(utf8(escaped), 'x.json'));
  assert.equal(result.definition, loadSample('dutchess-ny').definition);
});

test('a wrong shape is named field by field, all in one run', () => {
  const result = loadChanged((d) => {
    Object.assign(d, { title: 7, extra: true, date: '2026-02-30' });
    Object.assign(at(d.contests, 0), { seats: 1.5 });
    Object.assign(at(d.contests, 2), { kind: 'beauty' });
    Object.assign(at(d.precincts, 0), { ballotId: '12' });
    Object.assign(at(d.ballotStyles, 0), { paper: 'a4', columns: 9 });
    Object.assign(d.settings.markThresholds, { light: { blankBelow: 0.5, markedFrom: 0.1 } });
    Object.assign(d.settings.policy, { overvote: undefined });
  });
  assert.not.ok(result.ok);
  if (result.ok) return;
  const sentences = result.error.map(({ code, path, reason }) => `${code} ${path}: ${reason}`);
  assert.equal(sentences, [
    'wrong-shape title: must be a text of 1 to 200 characters, or one for each language: { "en": …, "es": … }',
    'wrong-shape date: must be a date, YYYY-MM-DD',
    'wrong-shape precincts[0].ballotId: must be four digits',
    'wrong-shape contests[0].seats: must be a whole number',
    'wrong-shape contests[2].kind: must be a contest of kind candidate, measure or retention',
    'wrong-shape ballotStyles[0].paper: must be one of: letter, legal, 17-inch, 19-inch, 22-inch',
    'wrong-shape ballotStyles[0].columns: must be at most 3',
    'wrong-shape settings.policy.overvote: must be one of: accept, warn, return',
    'wrong-shape settings.markThresholds.light: blankBelow must not exceed markedFrom',
    'wrong-shape : has unknown fields: extra',
  ]);
});

test('a missing field is called missing, an empty list and a long name by their limits', () => {
  const result = loadChanged((d) => {
    Object.assign(at(d.precincts, 0), { name: 'x'.repeat(201) });
    Object.assign(d, { contests: [], jurisdiction: undefined, ballotStyles: 'none' });
    Object.assign(at(d.parties, 0), { abbreviation: 'FAR-TOO-LONG-A-NAME', id: undefined });
  });
  assert.not.ok(result.ok);
  if (result.ok) return;
  const sentences = result.error.map(({ path, reason }) => `${path}: ${reason}`);
  assert.ok(sentences.includes('parties[0].id: is missing'), sentences.join('\n'));
  assert.ok(sentences.includes('parties[0].abbreviation: must have characters: at most 12'));
  assert.ok(sentences.includes('contests: must have entries: at least 1'));
  assert.ok(sentences.includes('ballotStyles: must be a list'));
});

test('what is no UTF-8, or larger than any definition, is refused', () => {
  assert.equal(found(readDefinition(Uint8Array.of(0x7b, 0xff, 0x7d), 'x.json')), ['not-utf8 ']);
  assert.equal(found(readDefinition(new Uint8Array(MAX_DEFINITION_BYTES + 1), 'x.json')), ['too-large ']);
});

test('the hash is that of the exact bytes, and the code carries its first 20 bits', () => {
  const text = sampleText('dutchess-ny');
  const loaded = loadSample('dutchess-ny');
  const hex = createHash('sha256').update(text).digest('hex');
  assert.is(loaded.sha256Hex, hex);
  assert.is(loaded.hash20, Number.parseInt(hex.slice(0, 5), 16));
  const reformatted = value(readDefinition(utf8(`${text}\n`), 'x.json'));
  assert.is.not(reformatted.sha256Hex, loaded.sha256Hex);
});

test.run();
