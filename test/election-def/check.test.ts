import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CandidateContest, ElectionDefinition } from '../../election-def/definition.js';
import { at, found, loadChanged, loadSample, sampleNames } from './samples.js';

const test = suite('check');

/** Contests of the New York sample by place: 0 governor, 1 attorney general, 6 the first proposal. */
function candidates(definition: ElectionDefinition, index: number): CandidateContest {
  const contest = at(definition.contests, index);
  if (contest.kind !== 'candidate') throw new TypeError(`contest ${index} has no candidates`);
  return contest;
}

const breaches: readonly {
  readonly title: string;
  readonly change: (d: ElectionDefinition) => void;
  readonly found: readonly string[];
}[] = [
  {
    title: 'two precincts with one id',
    change: (d) => (at(d.precincts, 1).id = 'rhinebeck-1'),
    found: [
      'duplicate-id precincts[1].id',
      'unknown-reference pollingPlaces[0].precinctIds[1]',
      'unknown-reference ballotStyles[0].precinctIds[1]',
    ],
  },
  {
    title: 'two contests with one id',
    change: (d) => d.contests.push(structuredClone(at(d.contests, 0))),
    found: ['duplicate-id contests[8].id'],
  },
  {
    title: 'two parties with one id',
    change: (d) => d.parties.push({ id: 'dem', name: 'Democrats', abbreviation: 'D' }),
    found: ['duplicate-id parties[7].id'],
  },
  {
    title: 'two polling places with one id',
    change: (d) => d.pollingPlaces.push(structuredClone(at(d.pollingPlaces, 0))),
    found: ['duplicate-id pollingPlaces[1].id'],
  },
  {
    title: 'two styles with one number',
    change: (d) => (at(d.ballotStyles, 1).number = 1),
    found: ['duplicate-number ballotStyles[1].number'],
  },
  {
    title: 'two styles with one id',
    change: (d) => (at(d.ballotStyles, 1).id = 'town'),
    found: ['duplicate-id ballotStyles[1].id'],
  },
  {
    title: 'two precincts with one number',
    change: (d) => (at(d.precincts, 2).number = 1),
    found: ['duplicate-number precincts[2].number'],
  },
  {
    title: 'two precincts with one Ballot ID',
    change: (d) => (at(d.precincts, 2).ballotId = '0102'),
    found: ['duplicate-ballot-id precincts[2].ballotId'],
  },
  {
    title: 'a language named twice',
    change: (d) => {
      d.languages = ['en', 'en'];
      at(d.ballotStyles, 0).languages = ['en', 'en'];
    },
    found: ['duplicate-language languages[1]', 'duplicate-language ballotStyles[0].languages[1]'],
  },
  {
    title: 'a style in a language that the election does not have',
    change: (d) => (at(d.ballotStyles, 0).languages = ['en', 'es']),
    found: ['unknown-reference ballotStyles[0].languages[1]'],
  },
  {
    title: 'an option for an unknown candidate',
    change: (d) => (at(candidates(d, 1).options, 4).candidateId = 'nobody'),
    found: ['unknown-reference contests[1].options[4].candidateId'],
  },
  {
    title: 'an option on an unknown party line',
    change: (d) => (at(candidates(d, 1).options, 4).partyId = 'whig'),
    found: ['unknown-reference contests[1].options[4].partyId'],
  },
  {
    title: 'a candidate on no line',
    change: (d) => candidates(d, 1).candidates.push({ id: 'lonely', name: 'Lou Lonely' }),
    found: ['candidate-on-no-line contests[1].candidates[2]'],
  },
  {
    title: 'a candidate listed twice',
    change: (d) => candidates(d, 1).candidates.push({ id: 'hartwell', name: 'Deborah L. Hartwell' }),
    found: ['duplicate-id contests[1].candidates[2].id'],
  },
  {
    title: 'two options with one id',
    change: (d) => (at(candidates(d, 1).options, 2).id = 'hartwell-rep'),
    found: ['duplicate-id contests[1].options[2].id'],
  },
  {
    title: 'an option that takes the name of a write-in line',
    change: (d) => (at(candidates(d, 1).options, 2).id = 'write-in-1'),
    found: ['reserved-id contests[1].options[2].id'],
  },
  {
    title: 'the same candidate twice on one party line',
    change: (d) => (at(candidates(d, 1).options, 2).partyId = 'rep'),
    found: ['same-label contests[1].options[2]'],
  },
  {
    title: 'two choices that read the same',
    change: (d) => at(d.contests, 6).options.push({ id: 'again', label: 'Yes' } as never),
    found: ['same-label contests[6].options[2]'],
  },
  {
    title: 'more write-in lines than seats',
    change: (d) => (candidates(d, 1).writeIns = 2),
    found: ['too-many-write-ins contests[1].writeIns'],
  },
  {
    title: 'more seats than anybody could fill',
    change: (d) => (candidates(d, 1).seats = 4),
    found: ['too-many-seats contests[1].seats'],
  },
  {
    title: 'a contest on no style',
    change: (d) => at(d.ballotStyles, 1).contestIds.splice(5, 1),
    found: ['contest-on-no-style contests[5]'],
  },
  {
    title: 'a style with an unknown contest and one twice',
    change: (d) => at(d.ballotStyles, 1).contestIds.push('mayor', 'governor'),
    found: [
      'unknown-reference ballotStyles[1].contestIds[8]',
      'duplicate-reference ballotStyles[1].contestIds[9]',
    ],
  },
  {
    title: 'a precinct on no style',
    change: (d) => at(d.ballotStyles, 0).precinctIds.pop(),
    found: ['precinct-on-no-style precincts[1]'],
  },
  {
    title: 'a precinct that votes nowhere, and one that votes there twice',
    change: (d) => (at(d.pollingPlaces, 0).precinctIds = ['rhinebeck-1', 'rhinebeck-2', 'rhinebeck-2']),
    found: ['duplicate-reference pollingPlaces[0].precinctIds[2]', 'precinct-without-place precincts[2]'],
  },
  {
    title: 'a rotation that forgets an option',
    change: (d) => (at(d.ballotStyles, 0).optionOrder = { 'proposal-1': ['no'] }),
    found: ['not-a-permutation ballotStyles[0].optionOrder.proposal-1'],
  },
  {
    title: 'a rotation that names an option twice',
    change: (d) => (at(d.ballotStyles, 0).optionOrder = { 'proposal-1': ['no', 'no'] }),
    found: ['not-a-permutation ballotStyles[0].optionOrder.proposal-1'],
  },
  {
    title: 'a rotation of a contest that the style does not print',
    change: (d) => (at(d.ballotStyles, 0).optionOrder = { 'village-trustee': ['x'] }),
    found: ['unknown-reference ballotStyles[0].optionOrder.village-trustee'],
  },
  {
    title: 'a character that the printed font does not have',
    change: (d) => (at(candidates(d, 1).candidates, 0).name = 'José 李 Peña'),
    found: ['no-glyph contests[1].candidates[0].name'],
  },
  {
    title: 'a control character',
    change: (d) => (at(d.contests, 6).title = 'Proposal\u0007'),
    found: ['no-glyph contests[6].title'],
  },
  { title: 'a blank text', change: (d) => (d.title = '  '), found: ['blank-text title'] },
];

for (const breach of breaches) {
  test(`${breach.title} is named with its field`, () => {
    assert.equal(found(loadChanged(breach.change)), breach.found);
  });
}

test('a text is asked for in every language of the styles that print it, and in no other', () => {
  const result = loadChanged((d) => {
    const english = { en: 'English only' };
    d.title = english;
    d.precinctTerm = english;
    at(d.parties, 0).name = english;
    at(d.contests, 0).title = english;
    at(d.contests, 3).subtitle = english;
    at(d.pollingPlaces, 0).name = english;
    at(d.precincts, 1).name = english;
    // The Lyons style alone prints trustees; in English only, nothing is missing there.
    at(d.ballotStyles, 1).languages = ['en'];
    at(d.contests, 5).title = english;
  }, 'boulder-co');
  assert.equal(found(result), [
    'missing-language title',
    'missing-language precinctTerm',
    'missing-language pollingPlaces[0].name',
    'missing-language parties[0].name',
    'missing-language contests[0].title',
    'missing-language contests[3].subtitle',
  ]);
});

test('all breaches come in one run', () => {
  const chosen = breaches.filter(({ title }) => /one number|more seats|blank text|font|forgets/.test(title));
  const result = loadChanged((d) => {
    for (const breach of chosen) breach.change(d);
  });
  const wanted = chosen.flatMap((breach) => breach.found);
  assert.is(chosen.length, 6);
  assert.equal([...found(result)].sort(), [...wanted].sort());
});

test('every problem names the file and says in words what is wrong', () => {
  const result = loadChanged((d) => (at(d.ballotStyles, 1).number = 1));
  assert.not.ok(result.ok);
  if (result.ok) return;
  assert.equal(result.error, [
    {
      code: 'duplicate-number',
      where: 'changed.json',
      path: 'ballotStyles[1].number',
      reason: 'the number 1 stands already at ballotStyles[0].number',
    },
  ]);
});

test('more ballots than a package may carry are refused', () => {
  const result = loadChanged((d) => {
    d.precincts = Array.from({ length: 1000 }, (_, i) => ({
      ...at(d.precincts, 0),
      id: `p-${i}`,
      number: i + 1,
      ballotId: String(i).padStart(4, '0'),
    }));
    const ids = d.precincts.map(({ id }) => id);
    at(d.pollingPlaces, 0).precinctIds = ids;
    d.ballotStyles = Array.from({ length: 6 }, (_, i) => ({
      ...at(d.ballotStyles, 1),
      id: `s-${i}`,
      number: i + 1,
      precinctIds: ids,
    }));
  });
  assert.equal(found(result), ['too-many-ballots ballotStyles']);
});

for (const name of sampleNames) {
  test(`the sample ${name} has no problem`, () => {
    assert.is(loadSample(name).sha256Hex.length, 64);
  });
}

test.run();
