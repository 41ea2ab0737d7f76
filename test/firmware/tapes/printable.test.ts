import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unprintableTexts } from '../../../firmware/tapes/printable.js';
import { must } from '../../../ground/result.js';
import { boulder, dutchess, hard } from './sample-tapes.js';

const test = suite('printable tapes');

test('English and Spanish elections can be printed', () => {
  for (const election of [dutchess, boulder, hard]) {
    assert.equal(unprintableTexts(election, 'definition.json'), []);
  }
});

test('a letter that the printer does not have is named, with where it stands', () => {
  const first = must(dutchess.precincts[0], 'a precinct');
  const changed = {
    ...dutchess,
    title: 'Wybory w Łodzi',
    precincts: [{ ...first, name: '第一' }, ...dutchess.precincts.slice(1)],
  };
  const found = unprintableTexts(changed, 'definition.json');
  assert.equal(
    found.map(({ code, path }) => [code, path]),
    [
      ['not-printable', 'title'],
      ['not-printable', 'precincts[0].name'],
    ],
  );
  assert.match(must(found[0], 'a problem').reason, /does not have Ł, which stands in "Wybory w Łodzi"/);
});

test('an accent that stands apart from its letter is no reason', () => {
  assert.equal(unprintableTexts({ ...dutchess, title: 'Elección'.normalize('NFD') }, 'definition.json'), []);
});

test.run();
