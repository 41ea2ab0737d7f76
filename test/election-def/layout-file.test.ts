import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { layoutsFile, readLayouts } from '../../election-def/layout.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import { utf8 } from '../../ground/bytes.js';
import { at, found, layOutSample, loadSample, sampleNames, value } from './samples.js';

const test = suite('layout file');

for (const name of sampleNames) {
  test(`${name}: layouts come back from their file exactly as they were`, () => {
    const { loaded, layouts } = layOutSample(name);
    assert.equal(value(readLayouts(layoutsFile(loaded, layouts), 'layouts.json', loaded)), layouts);
  });
}

const { loaded, layouts } = layOutSample('dutchess-ny');

/** The file after a change of its first layout. */
function changed(change: (layout: BallotLayout) => void): Uint8Array {
  const copy = structuredClone(layouts);
  change(at(copy, 0));
  return layoutsFile(loaded, copy);
}

test('layouts of another definition are refused where the definition is known', () => {
  const other = loadSample('boulder-co');
  assert.equal(found(readLayouts(layoutsFile(loaded, layouts), 'layouts.json', other)), [
    'other-definition definitionSha256',
  ]);
});

test('an oval outside its page is refused', () => {
  const file = changed((layout) => {
    Object.assign(at(at(layout.sheets, 0).front.ovals, 3), { xMm: 215 });
  });
  assert.equal(found(readLayouts(file, 'layouts.json')), ['off-the-page layouts[0].sheets[0].front']);
});

test('sheets that are not numbered from one on are refused', () => {
  const file = changed((layout) => Object.assign(at(layout.sheets, 0), { sheet: 2 }));
  assert.equal(found(readLayouts(file, 'layouts.json')), ['wrong-sheet layouts[0].sheets[0].sheet']);
});

test('a front that calls itself a back, a negative place and an unknown item are named', () => {
  const file = changed((layout) => {
    const { front } = at(layout.sheets, 0);
    Object.assign(front, { side: 'back' });
    Object.assign(at(front.ovals, 0), { yMm: -1 });
    Object.assign(at(front.drawing, 0), { kind: 'picture' });
  });
  assert.equal(found(readLayouts(file, 'layouts.json')), [
    'wrong-shape layouts[0].sheets[0].front.side',
    'wrong-shape layouts[0].sheets[0].front.ovals[0].yMm',
    'wrong-shape layouts[0].sheets[0].front.drawing[0].kind',
  ]);
});

test('text that is no JSON is refused with its place', () => {
  const result = readLayouts(utf8('{"format": '), 'layouts.json');
  assert.equal(found(result), ['not-json ']);
});

test.run();
