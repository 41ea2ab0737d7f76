import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { initialState } from '../../../firmware/machine/state.js';
import { screenModel, screenText } from '../../../firmware/screens/model.js';
import { english } from '../../../firmware/screens/words/en.js';
import { spanish } from '../../../firmware/screens/words/es.js';
import type { Words } from '../../../firmware/screens/words/words.js';
import {
  feedToHold,
  Harness,
  openedMachine,
  read,
  sampleElection,
  sheetRead,
  startFacts,
} from '../machine/harness.js';

const newYork = sampleElection('dutchess-ny');
const colorado = sampleElection('boulder-co');

const test = suite('the display');

test('an overvote names the contest, what will happen and what can be done, with RETURN first', () => {
  const marks = { 'governor/doyle-dem': 'marked', 'governor/okafor-gre': 'marked' } as const;
  const machine = read(feedToHold(openedMachine(newYork)), sheetRead(newYork, 'rhinebeck-1', marks));
  const model = screenModel(machine.state);
  assert.equal(model.keys, ['return', 'cast'], 'giving back is the easy choice');
  const text = screenText(model);
  for (const words of [
    'Governor and Lieutenant Governor',
    'marked 2 choices',
    'only 1',
    'no vote in this contest',
  ]) {
    assert.match(text, words);
  }
});

test('a cross endorsement names the candidate and where the one vote goes', () => {
  const marks = { 'governor/brandt-rep': 'marked', 'governor/brandt-con': 'marked' } as const;
  const machine = read(feedToHold(openedMachine(newYork)), sheetRead(newYork, 'rhinebeck-1', marks));
  const text = screenText(screenModel(machine.state));
  assert.match(text, 'Marcus J. Brandt');
  assert.match(text, 'one vote, on the line that is highest on the ballot');
});

test('several warnings are shown one after the other, and MORE goes round', () => {
  const marks = {
    'governor/doyle-dem': 'marked',
    'governor/okafor-gre': 'marked',
    'proposal-1/yes': 'marked',
    'proposal-1/no': 'marked',
  } as const;
  const machine = read(feedToHold(openedMachine(newYork)), sheetRead(newYork, 'rhinebeck-1', marks));
  const first = screenText(screenModel(machine.state));
  assert.match(first, 'Message 1 of 2');
  machine.press('more');
  assert.match(screenText(screenModel(machine.state)), 'Proposal Number One');
  machine.press('more');
  assert.is(screenText(screenModel(machine.state)), first);
});

test('an election in two languages speaks both on every display', () => {
  const model = screenModel(openedMachine(colorado).state);
  assert.equal(
    model.content.map(({ language, title }) => [language, title]),
    [
      ['en', 'Insert your ballot'],
      ['es', 'Inserte su boleta'],
    ],
  );
});

test('a sheet that waits for the open cover is told of the cover, and not of another sheet', () => {
  const machine = openedMachine(newYork).sensor('mouth', true).sensor('entry', true);
  machine.sensor('cover-open', true);
  const text = screenText(screenModel(machine.state));
  assert.match(text, english.notReady('cover-open'));
  assert.not.match(text, english.secondSheet);
  assert.match(text, english.notCounted);
});

test('a passcode shows how long it is, and no digit', () => {
  const machine = new Harness()
    .tell({ kind: 'started', facts: startFacts(newYork) })
    .key('poll-worker', 'dem');
  machine.tell({ kind: 'passcode-length', length: 5 });
  const text = screenText(screenModel(machine.state));
  assert.match(text, '*****');
  assert.not.match(text, /[0-9]/);
});

test('what keeps the machine from taking ballots is said, each reason by itself', () => {
  const machine = openedMachine(newYork)
    .sensor('cover-open', true)
    .tell({ kind: 'card', card: 'a', present: false });
  const text = screenText(screenModel(machine.state));
  assert.match(text, english.notReady('cover-open'));
  assert.match(text, english.notReady('memory-card-a'));
});

/** What voters read, without names: every sentence of its own. */
function votersSentences(w: Words): readonly string[] {
  const sayings = [
    w.insertBallot,
    w.reading,
    w.casting,
    w.cast,
    w.takeBallot,
    w.overvote('Sheriff', 2, 1),
    w.crossEndorsement('Sheriff', ['Ann Lee'], 'highest-line'),
    w.crossEndorsement('Sheriff', ['Ann Lee'], 'candidate-only'),
    w.undervote('Sheriff', 1, 2),
    w.blankBallot,
    w.ambiguous(['Sheriff']),
    w.notCastable(['Sheriff']),
    w.youPressedReturn,
    w.wrongPrecinct,
    w.testBallot,
    w.severalSheets,
    w.pulledOut,
    w.paperStopped,
    w.imagesTooLarge,
    w.machineFault,
    w.powerCut,
  ];
  return [...sayings.flatMap((s) => [s.title, ...s.lines]), ...w.castOrReturn, w.notCounted, w.counted];
}

/** Flesch-Kincaid grade, syllables counted as groups of vowels. */
function grade(sentences: readonly string[]): number {
  const words = sentences.flatMap((sentence) => sentence.match(/[\p{L}']+/gu) ?? []);
  const ends = sentences.reduce(
    (sum, sentence) => sum + Math.max(1, (sentence.match(/[.!?](\s|$)/g) ?? []).length),
    0,
  );
  const syllables = words.reduce(
    (sum, word) => sum + Math.max(1, (word.match(/[aeiouy]+/gi) ?? []).length),
    0,
  );
  return 0.39 * (words.length / ends) + 11.8 * (syllables / words.length) - 15.59;
}

test('voters read sentences of at most eighth grade', () => {
  const found = grade(votersSentences(english));
  assert.ok(found <= 8, `grade ${found.toFixed(1)}`);
});

test('no sentence of one language was left in the other', () => {
  const same = votersSentences(english).filter(
    (sentence) => sentence.length > 12 && votersSentences(spanish).includes(sentence),
  );
  assert.equal(same, []);
});

test('a ballot that is counted and has left is said to be cast while the rollers run on', () => {
  const leaving = (finish: number | 'finished', exit: boolean): string => {
    const state = initialState();
    return screenModel({
      ...state,
      power: { at: 'on' },
      menu: { at: 'closed' },
      levels: { ...state.levels, exit },
      path: { at: 'leaving', finish, move: 7 },
    }).id;
  };
  assert.is(leaving('finished', false), 'cast');
  assert.is(leaving('finished', true), 'casting', 'still at the exit sensor');
  assert.is(leaving(6, false), 'casting', 'the count is not finished');
});

test.run();
