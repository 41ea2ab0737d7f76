import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { applyContestRules, optionIdsOf } from '../../election-def/contest-rules.js';
import type { CandidateContest, Contest, ElectionSettings } from '../../election-def/definition.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { at, loadSample } from './samples.js';

const test = suite('contest rules');
type Rule = ElectionSettings['crossEndorsementRule'];
const rules: readonly Rule[] = ['highest-line', 'candidate-only', 'overvote'];

/** Doyle and Brandt stand on two lines each, Okafor on one; one write-in line. */
const governor = at(loadSample('dutchess-ny').definition.contests, 0);
const council = at(loadSample('dutchess-ny').definition.contests, 4);
const proposal = at(loadSample('dutchess-ny').definition.contests, 6);

function outcome(contest: Contest, marked: readonly string[], rule: Rule = 'highest-line') {
  return applyContestRules(contest, optionIdsOf(contest), marked, rule);
}

test('one mark in a vote-for-one contest is one vote', () => {
  assert.equal(outcome(governor, ['brandt-con']), {
    contestId: 'governor',
    votes: ['brandt-con'],
    candidateOnlyVotes: [],
    overvoted: false,
    undervotes: 0,
    crossEndorsements: [],
    blank: false,
  });
});

test('a cross endorsement is pushed up to the highest-listed party line', () => {
  const result = outcome(governor, ['doyle-wor', 'doyle-dem']);
  assert.equal(result.votes, ['doyle-dem']);
  assert.is(result.overvoted, false);
  assert.equal(result.crossEndorsements, [{ candidateId: 'doyle', optionIds: ['doyle-dem', 'doyle-wor'] }]);
});

test('where the ballot prints the lines in another order, the line placed first there gets the vote', () => {
  const turned = [...optionIdsOf(governor)].reverse();
  const result = applyContestRules(governor, turned, ['doyle-dem', 'doyle-wor'], 'highest-line');
  assert.equal(result.votes, ['doyle-wor']);
});

test('under the candidate-only rule a cross endorsement is a vote for the candidate and for no line', () => {
  const result = outcome(governor, ['doyle-dem', 'doyle-wor'], 'candidate-only');
  assert.equal(result.votes, []);
  assert.equal(result.candidateOnlyVotes, ['doyle']);
  assert.is(result.undervotes, 0);
});

test('where each line counts as a selection, two lines of one candidate overvote a vote-for-one contest', () => {
  assert.is(outcome(governor, ['doyle-dem', 'doyle-wor'], 'overvote').overvoted, true);
});

test('an overvoted contest gives no vote to anybody, and no undervote', () => {
  const result = outcome(governor, ['doyle-dem', 'brandt-rep']);
  assert.is(result.overvoted, true);
  assert.equal(result.votes, []);
  assert.is(result.undervotes, 0);
});

test('two lines of one candidate and a second candidate fill a vote-for-two contest exactly', () => {
  const result = outcome(council, ['lyons-dem', 'lyons-wor', 'oreilly-rep']);
  assert.equal(result.votes, ['lyons-dem', 'oreilly-rep']);
  assert.is(result.undervotes, 0);
  assert.is(result.overvoted, false);
});

test('a write-in is a selection of its own beside any candidate', () => {
  assert.is(outcome(governor, ['doyle-dem', 'write-in-1']).overvoted, true);
  assert.equal(outcome(council, ['lyons-dem', 'write-in-2']).votes, ['lyons-dem', 'write-in-2']);
});

test('a blank contest undervotes by all its seats', () => {
  const result = outcome(council, []);
  assert.is(result.blank, true);
  assert.is(result.undervotes, 2);
});

test('yes and no together overvote a proposal', () => {
  assert.is(outcome(proposal, ['yes', 'no']).overvoted, true);
  assert.equal(outcome(proposal, ['no']).votes, ['no']);
});

test('a mark that the ballot does not have is our own mistake and is asserted', () => {
  assert.throws(() => outcome(governor, ['nobody']), /does not have/);
});

function randomContest(random: SeededRandom): CandidateContest {
  const candidateIds = Array.from({ length: random.integer(1, 5) }, (_, i) => `c${i}`);
  const lines = candidateIds.flatMap((id) =>
    Array.from({ length: random.integer(1, 3) }, (_, line) => ({ id: `${id}-${line}`, candidateId: id })),
  );
  const seats = random.integer(1, 4);
  return {
    id: 'office',
    title: 'Office',
    kind: 'candidate',
    seats,
    writeIns: random.integer(0, seats),
    candidates: candidateIds.map((id) => ({ id, name: id })),
    options: random.shuffle(lines),
  };
}

/**
 * The rules said over single options instead of groups. Two marked options are *rivals* when they are lines of one
 * candidate; a mark is *kept* when no rival is printed before it. Kept marks are the voter's selections.
 */
function bruteForce(
  contest: CandidateContest,
  order: readonly string[],
  marked: readonly string[],
  rule: Rule,
) {
  const candidate = (id: string): string =>
    contest.options.find((option) => option.id === id)?.candidateId ?? `alone ${id}`;
  const rivals = (id: string): readonly string[] =>
    marked.filter((other) => other !== id && candidate(other) === candidate(id));
  const kept = marked.filter((id) => rivals(id).every((rival) => order.indexOf(rival) > order.indexOf(id)));
  const selections = rule === 'overvote' ? marked.length : kept.length;
  const overvoted = selections > contest.seats;
  const votes = {
    'highest-line': kept,
    'candidate-only': marked.filter((id) => rivals(id).length === 0),
    overvote: marked,
  }[rule];
  const withRivals = kept.filter((id) => rivals(id).length > 0);
  return {
    votes: overvoted ? [] : votes,
    candidateOnly: overvoted || rule !== 'candidate-only' ? [] : withRivals.map(candidate),
    overvoted,
    undervotes: overvoted ? 0 : contest.seats - selections,
    crossEndorsed: withRivals.map(candidate),
    blank: marked.length === 0,
  };
}

test('on random contests the rules agree with a brute-force formulation', () => {
  const seed = 'contest-rules/1';
  const random = seededRandom(seed);
  for (let round = 0; round < 3000; round++) {
    const contest = randomContest(random);
    const order = random.shuffle(optionIdsOf(contest));
    const share = random.next();
    const marked = random.shuffle(order.filter(() => random.chance(share)));
    for (const rule of rules) {
      const said = applyContestRules(contest, order, marked, rule);
      const wanted = bruteForce(contest, order, marked, rule);
      const about = `seed ${seed}, round ${round}, ${rule}: ${JSON.stringify({ contest, order, marked })}`;
      assert.equal(new Set(said.votes), new Set(wanted.votes), about);
      assert.is(said.votes.length, wanted.votes.length, about);
      assert.equal(new Set(said.candidateOnlyVotes), new Set(wanted.candidateOnly), about);
      assert.is(said.overvoted, wanted.overvoted, about);
      assert.is(said.undervotes, wanted.undervotes, about);
      assert.is(said.blank, wanted.blank, about);
      assert.equal(
        new Set(said.crossEndorsements.map(({ candidateId }) => candidateId)),
        new Set(wanted.crossEndorsed),
        about,
      );
    }
  }
});

test('votes and undervotes of a contest that is not overvoted make up its seats', () => {
  const seed = 'contest-rules/2';
  const random = seededRandom(seed);
  for (let round = 0; round < 2000; round++) {
    const contest = randomContest(random);
    const order = optionIdsOf(contest);
    const marked = order.filter(() => random.chance(0.4));
    const rule = random.pick(rules);
    const said = applyContestRules(contest, order, marked, rule);
    const sum = said.votes.length + said.candidateOnlyVotes.length + said.undervotes;
    assert.is(sum, said.overvoted ? 0 : contest.seats, `seed ${seed}, round ${round}, ${rule}`);
  }
});

test.run();
