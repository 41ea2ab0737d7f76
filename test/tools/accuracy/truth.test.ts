import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { greyPage, type GreyPage } from '../../../ground/grey-page.js';
import { isError, isVisible, measureInk, truthOf, type MeasuredInk } from '../../../tools/accuracy/truth.js';

const test = suite('truth of an oval');

const CENTRE = { xPx: 60, yPx: 60 };
const empty = (): GreyPage => greyPage(120, 120, 200);

/** Paper with a block of this grey, in pixels from the oval's centre. */
function inked(fromX: number, toX: number, fromY: number, toY: number, grey: number): MeasuredInk {
  const page = empty();
  for (let y = 60 + fromY; y < 60 + toY; y++) page.data.fill(grey, y * 120 + 60 + fromX, y * 120 + 60 + toX);
  return measureInk(page, empty(), CENTRE);
}

test('an oval filled with ink is a vote, an empty one is nothing', () => {
  assert.is(truthOf(inked(-40, 40, -40, 40, 30)), 'vote');
  assert.is(truthOf(inked(0, 0, 0, 0, 30)), 'nothing');
});

test('a fifth of the inside in dark ink is a vote, a little less has no truth', () => {
  assert.is(truthOf(inked(-40, -7, -40, 40, 30)), 'vote');
  assert.is(truthOf(inked(-40, -12, -40, 40, 30)), 'between');
});

test('light pencil over half of the inside is a vote, a smear over all of it is a smudge', () => {
  assert.is(truthOf(inked(-40, 2, -40, 40, 190)), 'vote');
  assert.is(truthOf(inked(-40, 40, -40, 40, 215)), 'smudge');
});

test('a dot of a third of a square millimetre is nothing that a person would call a mark', () => {
  const dot = inked(-2, 2, -2, 3, 30);
  assert.ok(Math.abs(dot.darkMm2 - 20 * 0.127 ** 2) < 0.01, `${dot.darkMm2} mm²`);
  assert.not.ok(isVisible(dot));
  assert.ok(isVisible(inked(-4, 4, -3, 3, 30)));
});

test('what is printed is no ink: only what is darker than the print counts', () => {
  const printed = empty();
  printed.data.fill(40);
  assert.is(measureInk(printed, printed, CENTRE).lightMm2, 0);
});

test('a vote called blank and no vote called marked are errors; ambiguous never is', () => {
  assert.ok(isError('vote', 'blank'));
  assert.ok(isError('nothing', 'marked'));
  assert.ok(isError('smudge', 'marked'));
  assert.not.ok(isError('between', 'marked'));
  assert.not.ok(isError('between', 'blank'));
  for (const truth of ['vote', 'nothing', 'smudge', 'between'] as const) {
    assert.not.ok(isError(truth, 'ambiguous'), truth);
  }
});

test.run();
