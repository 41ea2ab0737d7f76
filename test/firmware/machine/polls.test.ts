import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { whyNotReady } from '../../../firmware/machine/ready.js';
import { Harness, openedMachine, poweredMachine, sampleElection, startFacts } from './harness.js';

const election = sampleElection('dutchess-ny');
const colorado = sampleElection('boulder-co');

const test = suite('polls and menus');

test('polls open only after the zero check, the zero tape and the answer that no more copies are wanted', () => {
  const machine = poweredMachine(election);
  assert.is(machine.state.menu.at, 'administration');
  machine.choose('open-polls').press('yes');
  assert.is(machine.state.menu.at, 'second-key');
  machine.key('poll-worker', 'rep').done('begin-opening');
  assert.ok(machine.open.some((c) => c.kind === 'print-tape' && c.tape === 'zero'));
  machine.done('print-tape').press('no').done('save-polls');
  assert.is(machine.state.polls.at, 'open');
  assert.is(machine.state.menu.at, 'closed', 'the display goes back to the voters');
  assert.equal(whyNotReady(machine.state), []);
});

test('a second key of the same party does not open the polls', () => {
  const machine = poweredMachine(election)
    .choose('open-polls')
    .press('yes')
    .key('poll-worker', 'dem', 'PW-9');
  assert.is(machine.state.menu.at, 'second-key');
  assert.is(machine.count('begin-opening'), 0);
});

test('where the election asks for one key, one key opens', () => {
  const machine = poweredMachine(colorado).choose('open-polls').press('yes');
  assert.ok(machine.has('begin-opening'));
});

test('a box that is not empty keeps the polls closed and says why', () => {
  const machine = poweredMachine(colorado)
    .choose('open-polls')
    .press('yes')
    .failed('begin-opening', 'not-zero');
  assert.is(machine.state.polls.at, 'not-opened');
  assert.is(machine.state.note, 'begin-opening failed');
  assert.ok(machine.all.some((c) => c.kind === 'log' && c.code === 'zero-check-failed'));
});

test('a tape that stops half-way is printed again from its start', () => {
  const machine = poweredMachine(colorado).choose('open-polls').press('yes').done('begin-opening');
  machine.failed('print-tape', 'paper-out');
  assert.not.ok(machine.has('print-tape'), 'it waits for paper');
  machine.press('yes');
  assert.ok(machine.open.some((c) => c.kind === 'print-tape' && c.copy === 1));
});

test('closing asks twice, takes the inspectors’ numbers and prints as many copies as the election wants', () => {
  const machine = openedMachine(election).key('poll-worker', 'dem');
  machine.tell({ kind: 'passcode-length', length: 8 }).press('enter');
  machine.done('try-passcode', { of: 'passcode', verdict: 'right' });
  machine.choose('close-polls').press('no');
  assert.is(machine.state.menu.at, 'administration', 'NO goes back');
  machine.choose('close-polls').press('yes').key('administrator', 'rep');
  assert.is(machine.state.menu.at, 'numbers');
  machine.tell({ kind: 'digit', digit: 1 }).tell({ kind: 'digit', digit: 2 }).press('enter');
  machine.tell({ kind: 'digit', digit: 3 }).press('enter', 'enter');
  const closing = machine.open.find((c) => c.kind === 'begin-closing');
  assert.equal(closing?.kind === 'begin-closing' && closing.numbers, {
    unscannedEmergencyBallots: 12,
    abandonedBallots: 3,
    writeInBallots: 0,
  });
  machine.done('begin-closing').done('print-tape').done('print-tape');
  assert.is(machine.all.filter((c) => c.kind === 'print-tape' && c.tape === 'results').length, 2);
  machine.press('yes').done('print-tape').press('no').done('finish-closing');
  assert.is(machine.state.polls.at, 'closed');
});

test('after a power cut while closing, the tapes come again and no ballot is taken', () => {
  const machine = poweredMachine(election, { polls: 'closing' });
  assert.ok(whyNotReady(machine.state).includes('polls-closed'));
  machine.choose('close-polls').press('yes').key('poll-worker', 'rep');
  assert.ok(machine.has('resume-closing'));
  assert.is(machine.count('begin-closing'), 0, 'the numbers are stored already');
});

test('a wrong passcode waits, and the wait grows outside of the machine', () => {
  const machine = new Harness()
    .tell({ kind: 'started', facts: startFacts(election) })
    .key('poll-worker', 'dem');
  machine.tell({ kind: 'passcode-length', length: 8 }).press('enter');
  machine.done('try-passcode', { of: 'passcode', verdict: 'wrong', waitMs: 10_000 });
  assert.ok(machine.open.some((c) => c.kind === 'timer' && c.afterMs === 10_000));
  machine.press('enter');
  assert.is(machine.count('try-passcode'), 1, 'nothing is tried while it waits');
  machine.done('timer');
  assert.is(machine.state.menu.at === 'passcode' && machine.state.menu.step.is, 'typing');
  assert.is(machine.state.power.at, 'locked');
});

test('after opening only an administrator may set the time', () => {
  const timeCheck = (role: 'poll-worker' | 'administrator'): Harness => {
    const machine = new Harness().tell({ kind: 'started', facts: startFacts(election, { polls: 'open' }) });
    machine.key(role, 'dem').tell({ kind: 'passcode-length', length: 8 }).press('enter');
    machine.done('try-passcode', { of: 'passcode', verdict: 'right' });
    return machine.done('read-time', { of: 'time', wallTime: '2026-11-03T05:40:00' }).press('no');
  };
  assert.is(timeCheck('poll-worker').state.menu.at, 'time-check');
  assert.is(timeCheck('administrator').state.menu.at, 'set-time');
});

test('a card that is pulled out stops the machine, and whatever comes back must be filled', () => {
  const machine = openedMachine(colorado).tell({ kind: 'card', card: 'b', present: false });
  assert.ok(machine.has('drop-card'));
  assert.ok(whyNotReady(machine.state).includes('memory-card-b'));
  machine.done('drop-card', { of: 'cards', cards: { a: 'healthy', b: 'absent' } });
  machine.tell({ kind: 'card', card: 'b', present: true });
  assert.is(machine.state.cards.health.b, 'to-be-filled');
  machine.key('administrator').tell({ kind: 'passcode-length', length: 8 }).press('enter');
  machine.done('try-passcode', { of: 'passcode', verdict: 'right' }).choose('fill-card-b').press('yes');
  assert.ok(machine.has('fill-card'));
});

test('a poll worker’s menu has nothing of the administrator’s', () => {
  const machine = openedMachine(colorado).tell({ kind: 'card', card: 'b', present: false });
  machine.tell({ kind: 'card', card: 'b', present: true }).key('poll-worker');
  machine.tell({ kind: 'passcode-length', length: 8 }).press('enter');
  machine.done('try-passcode', { of: 'passcode', verdict: 'right' }).choose('fill-card-b').press('yes');
  assert.not.ok(machine.has('fill-card'));
});

test.run();
