import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../../ground/result.js';
import { screenModel, screenText } from '../../../firmware/screens/model.js';
import {
  castThrough,
  countsAt,
  feedToHold,
  Harness,
  openBoxAnswer,
  openedMachine,
  read,
  sampleElection,
  sheetRead,
  startFacts,
} from './harness.js';

const election = sampleElection('dutchess-ny');
const clean = sheetRead(election, 'rhinebeck-1', { 'governor/doyle-dem': 'marked' });
const overvoted = sheetRead(election, 'rhinebeck-1', {
  'governor/doyle-dem': 'marked',
  'governor/brandt-rep': 'marked',
});
const bothCards = { of: 'cards', cards: { a: 'healthy', b: 'healthy' } } as const;

const test = suite('one sheet’s journey');

test('a clean ballot is stored on both cards before the paper moves, and counts at the exit sensor', () => {
  const machine = read(feedToHold(openedMachine(election)), clean);
  assert.is(machine.state.path.at, 'storing');
  assert.not.ok(machine.has('move'), 'no motor before the record is safe');
  machine.done('store-sheet', bothCards);
  assert.not.ok(machine.has('move'), 'no motor before the gate has confirmed');
  machine.done('turn-gate');
  assert.ok(machine.has('move'));
  machine.sensor('exit', true);
  assert.is(
    machine.all.filter((c) => c.kind === 'stop-motor').length,
    2,
    'the sheet stands while it is counted',
  );
  assert.ok(machine.has('mark-passed'));
  assert.not.ok(machine.has('finish-cast'), 'nothing is counted before passed is on the cards');
});

test('the voter reads that the ballot was cast only when it lies in the bin and the counts agree', () => {
  const machine = castThrough(read(feedToHold(openedMachine(election)), clean), countsAt(1));
  assert.equal(machine.state.path.at, 'empty');
  assert.ok(machine.state.path.at === 'empty' && machine.state.path.told?.counted);
  assert.is(machine.state.counts?.slots, 1);
  assert.is(machine.count('roll-back'), 0);
});

test('a marked write-in goes to the write-in bin, and so does writing without a mark', () => {
  for (const sheet of [
    sheetRead(election, 'rhinebeck-1', { 'governor/write-in-1': 'marked' }),
    sheetRead(
      election,
      'rhinebeck-1',
      { 'governor/doyle-dem': 'marked' },
      { written: ['town-council/write-in-1'] },
    ),
  ]) {
    const machine = read(feedToHold(openedMachine(election)), sheet);
    machine.done('store-sheet', bothCards);
    assert.ok(machine.open.some((c) => c.kind === 'turn-gate' && c.to === 'write-in'));
  }
});

test('an overvoted ballot is held, and RETURN gives it back uncounted', () => {
  const machine = read(feedToHold(openedMachine(election)), overvoted);
  assert.is(machine.state.path.at, 'asking');
  assert.is(machine.count('store-sheet'), 0, 'nothing of it is written before the voter decides');
  machine.press('return');
  assert.is(machine.state.path.at, 'returning');
  assert.ok(machine.all.some((c) => c.kind === 'move' && c.direction === 'out'));
  machine.sensor('entry', true).sensor('mouth', true).sensor('path', false).sensor('entry', false);
  assert.is(machine.state.path.at, 'in-mouth');
  machine.sensor('mouth', false);
  assert.ok(machine.state.path.at === 'empty' && machine.state.path.told?.counted === false);
  assert.is(machine.count('store-sheet'), 0);
});

test('an overvoted ballot is held, and CAST casts it', () => {
  const machine = read(feedToHold(openedMachine(election)), overvoted).press('cast');
  assert.is(machine.state.path.at, 'storing');
});

test('no time-out ever casts a held ballot', () => {
  const machine = read(feedToHold(openedMachine(election)), overvoted);
  for (const command of [...machine.open]) {
    machine.tell({ kind: 'done', id: command.id, result: { of: 'plain' } });
  }
  assert.is(machine.state.path.at, 'asking');
});

test('a ballot with an ambiguous mark is given back, always', () => {
  const sheet = sheetRead(election, 'rhinebeck-1', { 'governor/doyle-dem': 'ambiguous' });
  const machine = read(feedToHold(openedMachine(election)), sheet);
  assert.equal(machine.state.path.at === 'returning' && machine.state.path.why, {
    kind: 'ambiguous',
    contestIds: ['governor'],
  });
});

test('an inspector casts an abandoned overvote with two keys of different parties, without a contest on the display', () => {
  const machine = read(feedToHold(openedMachine(election)), overvoted);
  machine.key('poll-worker', 'dem', 'PW-1');
  assert.is(machine.state.menu.at, 'abandoned');
  machine.press('yes');
  assert.is(machine.state.path.at, 'asking', 'one key is not enough');
  machine.key('poll-worker', 'dem', 'PW-2').press('yes');
  assert.is(machine.state.path.at, 'asking', 'nor are two of one party');
  machine.key('poll-worker', 'rep', 'PW-3').press('yes');
  assert.is(machine.state.path.at, 'storing');
});

test('CAST at the panel does nothing while an inspector’s menu is on the display', () => {
  const machine = read(feedToHold(openedMachine(election)), overvoted).key('poll-worker', 'dem');
  machine.press('cast');
  assert.is(machine.state.path.at, 'asking');
});

test('two sheets at once are given back unread', () => {
  const machine = openedMachine(election)
    .sensor('mouth', true)
    .sensor('entry', true)
    .sensor('multi-sheet', true);
  machine.sensor('path', true).sensor('entry', false);
  machine.done('move', { of: 'move', end: 'stopped' }).done('move', { of: 'move', end: 'distance-reached' });
  assert.is(machine.count('read-sheet'), 0);
  assert.equal(machine.state.path.at === 'returning' && machine.state.path.why, { kind: 'several-sheets' });
});

/** A sheet that is being drawn in, and the command that began taking its lines. */
function feeding(): { machine: Harness; capture: number } {
  const machine = openedMachine(election);
  machine.sensor('mouth', true).sensor('entry', true);
  const capture = must(machine.all.findLast(({ kind }) => kind === 'start-capture')?.id, 'a capture');
  return { machine, capture };
}

test('a sheet that cannot be read stops while it is drawn in, and is given back with the reason', () => {
  const { machine, capture } = feeding();
  machine.tell({ kind: 'early-fault', capture, reason: 'too-much-skew' });
  assert.is(machine.state.path.at, 'returning');
  assert.is(machine.count('stop-motor'), 1);
  assert.is(machine.count('read-sheet'), 0);
  assert.is(machine.count('store-sheet'), 0);
  const move = must(
    machine.all.findLast(({ kind }) => kind === 'move'),
    'a move',
  );
  assert.is(move.kind === 'move' && move.direction, 'out');
  machine.sensor('entry', false);
  assert.is(machine.state.path.at, 'in-mouth');
  const early = screenText(screenModel(machine.state));
  const late = read(feedToHold(openedMachine(election)), {
    kind: 'rejected',
    reject: { reason: 'too-much-skew', detail: '' },
  });
  assert.is(early, screenText(screenModel(late.state)), 'the words of a refusal after reading');
});

test('between entry sensor and hold point a fault still gives the sheet back unread', () => {
  const { machine, capture } = feeding();
  machine.sensor('path', true).sensor('entry', false);
  assert.is(machine.state.path.at, 'to-hold');
  machine.tell({ kind: 'early-fault', capture, reason: 'wrong-size' });
  assert.is(machine.state.path.at, 'returning');
  assert.is(machine.count('read-sheet'), 0);
});

test('a fault of two sheets at once is told as two sheets', () => {
  const { machine, capture } = feeding();
  machine.sensor('multi-sheet', true).tell({ kind: 'early-fault', capture, reason: 'wrong-size' });
  assert.ok(machine.state.path.at === 'returning' && machine.state.path.why.kind === 'several-sheets');
});

test('a fault that comes late, or of a sheet that is gone, changes nothing and is ignored with a reason', () => {
  const late = feedToHold(openedMachine(election));
  const capture = must(late.all.findLast(({ kind }) => kind === 'start-capture')?.id, 'a capture');
  late.tell({ kind: 'early-fault', capture, reason: 'no-timing-marks' });
  assert.is(late.state.path.at, 'reading');
  assert.ok(late.ignored.includes('the sheet is in: the reader says what it is'));

  const next = feeding();
  next.machine.tell({ kind: 'early-fault', capture: next.capture - 1, reason: 'no-timing-marks' });
  assert.is(next.machine.state.path.at, 'feeding');
  assert.ok(next.machine.ignored.includes('a fault of a sheet that is gone'));

  const none = openedMachine(election).tell({ kind: 'early-fault', capture: 1, reason: 'no-timing-marks' });
  assert.is(none.state.path.at, 'empty');
  assert.ok(none.ignored.includes('no sheet in the path'));
});

test('a sheet that never leaves the entry sensor is a jam, drawn back and not counted', () => {
  const machine = openedMachine(election).sensor('mouth', true).sensor('entry', true).sensor('path', true);
  machine.done('move', { of: 'move', end: 'distance-reached' });
  assert.is(machine.state.path.at, 'returning');
  machine.done('move', { of: 'move', end: 'distance-reached' });
  assert.is(machine.state.path.at, 'jammed');
  machine.sensor('path', false).sensor('entry', false).sensor('mouth', false);
  assert.is(machine.state.path.at, 'empty', 'an empty path is the way back to ready');
});

test('a jam before the exit sensor takes the record back and gives the sheet back', () => {
  const machine = read(feedToHold(openedMachine(election)), clean);
  machine
    .done('store-sheet', bothCards)
    .done('turn-gate')
    .done('move', { of: 'move', end: 'distance-reached' });
  assert.is(machine.state.path.at, 'undoing');
  machine.done('roll-back', bothCards);
  assert.equal(machine.state.path.at === 'returning' && machine.state.path.why, { kind: 'jam' });
  assert.is(machine.count('mark-passed'), 0);
});

test('a jam after the exit sensor is counted, and waits for hands, a security key and Cleared', () => {
  const machine = read(feedToHold(openedMachine(election)), clean);
  machine.done('store-sheet', bothCards).done('turn-gate').sensor('exit', true);
  machine.done('move', { of: 'move', end: 'stopped' }).done('mark-passed', bothCards);
  assert.not.ok(machine.has('move'), 'the paper waits until log, anchor and counter know of it');
  machine.done('finish-cast', { of: 'finish-cast', counts: countsAt(1) });
  machine.done('move', { of: 'move', end: 'distance-reached' });
  assert.is(machine.state.path.at, 'jammed-counted');
  machine.press('cleared');
  assert.is(machine.state.path.at, 'jammed-counted', 'CLEARED needs a security key');
  machine.key('poll-worker', 'dem').press('cleared');
  assert.is(machine.state.path.at, 'jammed-counted', 'and an empty path');
  machine.sensor('exit', false).sensor('path', false).press('cleared');
  assert.is(machine.state.path.at, 'ending');
  machine.done('mark-idle', bothCards);
  assert.ok(machine.state.path.at === 'empty' && machine.state.path.told?.counted);
});

test('a gate that does not turn gives the sheet back, and nothing stays on the cards', () => {
  const machine = read(feedToHold(openedMachine(election)), clean);
  machine
    .done('store-sheet', bothCards)
    .failed('turn-gate', 'gate-not-confirmed')
    .done('roll-back', bothCards);
  assert.equal(machine.state.path.at === 'returning' && machine.state.path.why, { kind: 'gate-failed' });
});

test('a card that fails while the record is written gives the sheet back and stops the machine', () => {
  const machine = read(feedToHold(openedMachine(election)), clean);
  machine.done('store-sheet', { of: 'cards', cards: { a: 'healthy', b: 'failed' } });
  assert.is(machine.state.path.at, 'undoing');
  machine.done('roll-back', { of: 'cards', cards: { a: 'healthy', b: 'failed' } });
  assert.is(machine.state.cards.health.b, 'failed');
  machine.sensor('path', false).sensor('mouth', false);
  machine.sensor('entry', true);
  assert.not.equal(machine.state.path.at, 'feeding', 'no further ballot is taken');
});

test('a sheet whose images fit into no slot is given back with that reason, and the cards stay sound', () => {
  const machine = read(feedToHold(openedMachine(election)), clean).failed('store-sheet', 'images-too-large');
  assert.ok(machine.state.path.at === 'undoing' && machine.state.path.why.kind === 'images-too-large');
  assert.ok(machine.all.some((command) => command.kind === 'log' && command.code === 'images-too-large'));
  assert.is(machine.state.cards.health.a, 'healthy');
  machine.done('roll-back', bothCards);
  assert.is(machine.state.path.at, 'returning');
  assert.match(screenText(screenModel(machine.state)), 'The machine has no fault');
  assert.is(machine.count('mark-passed'), 0);
});

test('a second sheet in the mouth stops the motor until it is taken away', () => {
  const machine = read(feedToHold(openedMachine(election)), clean);
  machine.done('store-sheet', bothCards).sensor('mouth', true).done('turn-gate');
  assert.not.ok(machine.has('move'));
  machine.sensor('mouth', false);
  assert.ok(machine.has('move'));
  machine.sensor('mouth', true);
  assert.is(machine.all.at(-1)?.kind, 'stop-motor');
});

test('a sheet that is pulled out while it drives is not counted', () => {
  const machine = read(feedToHold(openedMachine(election)), clean);
  machine.done('store-sheet', bothCards).done('turn-gate').sensor('path', false);
  assert.is(machine.state.path.at, 'undoing');
});

test('counts that do not agree after a ballot halt the machine within that ballot', () => {
  const machine = read(feedToHold(openedMachine(election)), clean);
  machine.done('store-sheet', bothCards).done('turn-gate').sensor('exit', true);
  machine.done('move', { of: 'move', end: 'stopped' }).done('mark-passed', bothCards);
  const moves = machine.count('move');
  machine.done('finish-cast', { of: 'finish-cast', counts: { ...countsAt(1), counted: 2 } });
  assert.is(machine.state.power.at, 'halted');
  assert.is(machine.count('move'), moves, 'no paper moves while the counts do not agree');
  machine.sensor('mouth', true).sensor('entry', true);
  assert.is.not(machine.state.path.at, 'feeding');
});

test('after a power cut each row of the table says counted or not counted, and there is no fifth', () => {
  const restart = (
    intent: 'idle' | 'writing' | 'ready' | 'passed',
    where: 'path' | 'exit' | 'gone',
  ): Harness => {
    const levels = { ...startFacts(election).levels, path: where !== 'gone', exit: where === 'exit' };
    return new Harness()
      .tell({ kind: 'started', facts: startFacts(election, { polls: 'open', levels }) })
      .key('poll-worker', 'dem')
      .tell({ kind: 'passcode-length', length: 8 })
      .press('enter')
      .done('try-passcode', { of: 'passcode', verdict: 'right' })
      .done('open-box', openBoxAnswer(intent));
  };
  assert.is(restart('idle', 'path').state.path.at, 'returning');
  assert.is(restart('idle', 'gone').state.path.at, 'empty');
  assert.is(restart('writing', 'path').state.path.at, 'undoing');
  assert.is(restart('ready', 'exit').state.path.at, 'undoing');
  const gone = restart('ready', 'gone').done('roll-back', bothCards);
  assert.equal(gone.state.path.at === 'returning' && gone.state.path.why, { kind: 'power-cut' });
  assert.is(restart('passed', 'exit').state.path.at, 'leaving');
  assert.is(restart('passed', 'path').state.path.at, 'jammed-counted');
  const inBin = restart('passed', 'gone').done('finish-cast', { of: 'finish-cast', counts: countsAt(1) });
  assert.is(
    inBin.state.path.at,
    'leaving',
    'behind the exit sensor a sheet covers none: the rollers run all the same',
  );
  inBin.done('move', { of: 'move', end: 'distance-reached' });
  inBin.done('mark-idle', bothCards);
  assert.ok(inBin.state.path.at === 'empty' && inBin.state.path.told?.counted);
});

test('nothing moves before security key and passcode', () => {
  const machine = new Harness().tell({ kind: 'started', facts: startFacts(election, { polls: 'open' }) });
  machine.sensor('mouth', true).sensor('entry', true);
  assert.is(machine.count('move'), 0);
});

test.run();
