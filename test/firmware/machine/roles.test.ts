import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  actions,
  mayDo,
  needsTwoKeys,
  proofFor,
  type Action,
  type Role,
} from '../../../firmware/machine/roles.js';
import { sampleElection } from './harness.js';

const test = suite('roles');

/** The table as the design of trust gives it, written out by hand: p(oll worker), a(dministrator), t(echnician). */
const expected: Readonly<Record<Action, readonly [who: string, proof: 'key' | 'key-and-passcode']>> = {
  'power-on': ['pat', 'key-and-passcode'],
  'set-time': ['pa', 'key-and-passcode'],
  'open-polls': ['pa', 'key-and-passcode'],
  'pause-polls': ['pa', 'key-and-passcode'],
  'resume-polls': ['pa', 'key-and-passcode'],
  'close-polls': ['pa', 'key-and-passcode'],
  'print-copy': ['pa', 'key-and-passcode'],
  'cast-abandoned': ['pa', 'key'],
  'jam-cleared': ['pat', 'key'],
  'prepare-cards': ['a', 'key-and-passcode'],
  'fill-card-a': ['a', 'key-and-passcode'],
  'fill-card-b': ['a', 'key-and-passcode'],
  'use-one-card': ['a', 'key-and-passcode'],
  export: ['pa', 'key-and-passcode'],
  'power-down': ['pat', 'key-and-passcode'],
};
const letters: Readonly<Record<Role, string>> = { 'poll-worker': 'p', administrator: 'a', technician: 't' };

test('every cell of the table is as designed', () => {
  assert.is(actions.length, Object.keys(expected).length);
  for (const action of actions) {
    const [who, proof] = expected[action];
    assert.is(proofFor(action), proof, action);
    for (const role of ['poll-worker', 'administrator', 'technician'] as const) {
      assert.is(mayDo(role, action), who.includes(letters[role]), `${role} ${action}`);
    }
  }
});

test('two keys are asked for where the election says so, and nowhere else', () => {
  const { settings } = sampleElection('boulder-co').definition;
  const both = { ...settings, twoKeys: { openPolls: true, closePolls: true, abandonedBallot: true } };
  const none = { ...settings, twoKeys: { openPolls: false, closePolls: false, abandonedBallot: false } };
  const two = actions.filter((action) => needsTwoKeys(action, both));
  assert.equal(two, ['open-polls', 'close-polls', 'cast-abandoned']);
  assert.equal(
    actions.filter((action) => needsTwoKeys(action, none)),
    [],
  );
});

test.run();
