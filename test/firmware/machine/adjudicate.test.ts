import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decide } from '../../../firmware/machine/adjudicate.js';
import type { ElectionFacts } from '../../../firmware/machine/input.js';
import { sampleElection, sheetRead } from './harness.js';

const election = sampleElection('dutchess-ny');
const withPolicy = (policy: Partial<ElectionFacts['definition']['settings']['policy']>): ElectionFacts => ({
  ...election,
  definition: {
    ...election.definition,
    settings: {
      ...election.definition.settings,
      policy: { ...election.definition.settings.policy, ...policy },
    },
  },
});

const test = suite('adjudication');

test('two lines of one candidate are a cross endorsement, not an overvote', () => {
  const sheet = sheetRead(election, 'rhinebeck-2', {
    'governor/doyle-dem': 'marked',
    'governor/doyle-wor': 'marked',
  });
  assert.equal(decide(election, sheet), {
    kind: 'ask',
    warnings: [{ kind: 'cross-endorsement', contestId: 'governor', candidateIds: ['doyle'] }],
    bin: 'main',
  });
});

test('two candidates for one seat are an overvote that says how many were marked', () => {
  const sheet = sheetRead(election, 'rhinebeck-2', {
    'governor/doyle-dem': 'marked',
    'governor/brandt-con': 'marked',
  });
  const decision = decide(election, sheet);
  assert.equal(decision.kind === 'ask' && decision.warnings, [
    { kind: 'overvote', contestId: 'governor', marked: 2, seats: 1 },
  ]);
});

test('a sheet without any mark is a blank ballot and nothing else', () => {
  const decision = decide(withPolicy({ undervote: 'warn' }), sheetRead(election, 'rhinebeck-1', {}));
  assert.equal(decision.kind === 'ask' && decision.warnings, [{ kind: 'blank-ballot' }]);
});

test('an undervote warns only where the election asks for it', () => {
  const sheet = sheetRead(election, 'rhinebeck-1', { 'governor/doyle-dem': 'marked' });
  assert.is(decide(election, sheet).kind, 'cast');
  const decision = decide(withPolicy({ undervote: 'warn' }), sheet);
  const contestIds =
    decision.kind === 'ask' ? decision.warnings.map((w) => 'contestId' in w && w.contestId) : [];
  assert.ok(contestIds.includes('attorney-general'));
  assert.not.ok(contestIds.includes('governor'), 'a contest that was used up has none');
});

test('an overvote that the election never takes is given back without CAST', () => {
  const sheet = sheetRead(election, 'rhinebeck-1', {
    'governor/doyle-dem': 'marked',
    'governor/brandt-con': 'marked',
  });
  const decision = decide(withPolicy({ overvote: 'return' }), sheet);
  assert.ok(decision.kind === 'give-back' && decision.why.kind === 'not-castable');
});

test('an ambiguous mark goes before every other message, and only its contests are named', () => {
  const sheet = sheetRead(election, 'rhinebeck-1', {
    'governor/doyle-dem': 'marked',
    'governor/brandt-con': 'marked',
    'town-council/lyons-dem': 'ambiguous',
  });
  assert.equal(decide(election, sheet), {
    kind: 'give-back',
    why: { kind: 'ambiguous', contestIds: ['town-council'] },
  });
});

test('a test ballot is given back in an official election and taken in a test', () => {
  const sheet = sheetRead(election, 'rhinebeck-1', { 'governor/doyle-dem': 'marked' }, { test: true });
  assert.equal(decide(election, sheet), { kind: 'give-back', why: { kind: 'test-ballot' } });
  assert.is(decide({ ...election, mode: 'test' }, sheet).kind, 'cast');
});

test('a ballot of a precinct that does not vote here is given back', () => {
  const elsewhere = { ...election, precinctIds: ['rhinebeck-2'] };
  const sheet = sheetRead(election, 'rhinebeck-1', { 'governor/doyle-dem': 'marked' });
  assert.equal(decide(elsewhere, sheet), { kind: 'give-back', why: { kind: 'wrong-precinct' } });
});

test('a sheet that could not be read is given back with the reader’s reason', () => {
  const sheet = { kind: 'rejected', reject: { reason: 'wrong-election', detail: '' } } as const;
  assert.equal(decide(election, sheet), {
    kind: 'give-back',
    why: { kind: 'unreadable', reason: 'wrong-election' },
  });
});

test.run();
