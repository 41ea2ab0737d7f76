import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { paperSizes, type ElectionDefinition } from '../../election-def/definition.js';
import { layOutElection } from '../../election-def/layout.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { layoutFaults } from './layout-oracle.js';
import { at, found, layOutSample, loadChanged, sampleNames, sidesOf, value } from './samples.js';

const test = suite('layout');
const newYork = layOutSample('dutchess-ny');
const colorado = layOutSample('boulder-co');

for (const name of sampleNames) {
  const { loaded, layouts } = name === 'dutchess-ny' ? newYork : colorado;
  test(`${name}: every option has its oval, nothing overlaps, and ovals keep clear of other ink`, () => {
    assert.ok(layouts.length >= 2);
    for (const layout of layouts) assert.equal(layoutFaults(loaded, layout), []);
  });
}

test('the samples have the sheets that they are meant to show', () => {
  const sheets = [...newYork.layouts, ...colorado.layouts].map(
    ({ precinctId, paper, sheets: { length } }) => `${precinctId} ${paper} ${length}`,
  );
  assert.equal(sheets, [
    'rhinebeck-1 legal 1',
    'rhinebeck-2 legal 1',
    'rhinebeck-3 legal 1',
    'precinct-811 letter 2',
    'precinct-902 legal 1',
  ]);
});

test('propositions that start on the back stand there and nowhere else', () => {
  for (const layout of newYork.layouts) {
    const back = at(layout.sheets, 0).back.contests.map(({ contestId }) => contestId);
    assert.equal(back, ['proposal-1', 'proposition-library']);
  }
});

test('a contest that starts on the back goes to the next sheet when this back is begun', () => {
  const loaded = value(
    loadChanged((d) => {
      Object.assign(at(d.contests, 7), { startsOn: 'back' });
    }),
  );
  const layout = at(value(layOutElection(loaded)), 0);
  const places = sidesOf(layout).map((side) => side.contests.map(({ contestId }) => contestId).at(-1));
  assert.equal(places, ['town-council', 'proposal-1', undefined, 'proposition-library']);
  const blank = at(layout.sheets, 1).front.drawing.some(
    (item) => item.kind === 'text' && item.text === 'This side intentionally blank',
  );
  assert.ok(blank, 'the front between them says that it is blank on purpose');
});

test('the Ballot ID stands at the bottom right, next to the Election District', () => {
  for (const side of newYork.layouts.flatMap(sidesOf)) {
    const texts = side.drawing.filter((item) => item.kind === 'text');
    const id = texts.filter(({ text }) => text.startsWith('Ballot ID'));
    assert.is(id.length, 1);
    const line = texts.filter(({ baselineMm }) => baselineMm === at(id, 0).baselineMm);
    const rightmost = [...line].sort((a, b) => b.xMm - a.xMm);
    assert.match(at(rightmost, 0).text, /^Ballot ID 010[123]$/);
    assert.match(at(rightmost, 1).text, /^Town of Rhinebeck [123]/);
    assert.ok(Math.max(...texts.map(({ baselineMm }) => baselineMm)) === at(id, 0).baselineMm);
  }
});

test('a bilingual ballot says everything in both languages, and a single-language ballot in one', () => {
  const words = (layout: (typeof newYork.layouts)[number]): string =>
    sidesOf(layout)
      .flatMap((side) => side.drawing)
      .map((item) => (item.kind === 'text' ? item.text : ''))
      .join(' ');
  const both = words(at(colorado.layouts, 0));
  for (const part of [
    'completely fill in the oval',
    'rellene por completo el óvalo',
    'Vote for any TWO / Vote por un máximo de DOS',
    'Write-in / Voto por escrito',
    'Democratic / Demócrata',
    'Enmienda A',
    'Continue on sheet 2 / Continúe en la hoja 2',
    '3 de noviembre de 2026',
  ]) {
    assert.ok(both.includes(part), part);
  }
  assert.not.match(words(at(newYork.layouts, 0)), /óvalo|Boleta|noviembre/);
});

test('a rotated contest is printed in the order of its style', () => {
  const order = (index: number): readonly string[] =>
    sidesOf(at(colorado.layouts, index))
      .flatMap(({ ovals }) => ovals)
      .filter(({ contestId }) => contestId === 'school-board')
      .map(({ optionId }) => optionId);
  assert.equal(order(0).slice(0, 4), ['sorensen', 'whitehorse', 'abernathy', 'quinones']);
  assert.equal(order(1).slice(0, 4), ['abernathy', 'quinones', 'sorensen', 'whitehorse']);
});

test('the same definition is laid out the same way twice', () => {
  assert.equal(layOutSample('dutchess-ny').layouts, newYork.layouts);
});

test('a contest higher than a page is a problem that names it', () => {
  const loaded = value(
    loadChanged((d) => {
      const contest = at(d.contests, 4);
      if (contest.kind !== 'candidate') throw new TypeError('the council is voted for');
      for (let i = 0; i < 40; i++) {
        contest.candidates.push({ id: `extra-${i}`, name: `Extra Candidate ${i}` });
        contest.options.push({ id: `extra-${i}`, candidateId: `extra-${i}` });
      }
    }),
  );
  const result = layOutElection(loaded);
  assert.equal(
    found(result),
    Array.from({ length: 2 }, () => 'contest-does-not-fit contests[4]'),
    'once for each style, however many precincts it has',
  );
  if (!result.ok)
    assert.match(at(result.error, 0).reason, /^is \d+ mm high on style town; a side of legal paper/);
});

test('a ballot of more than seven sheets is a problem that names the style', () => {
  const loaded = value(
    loadChanged((d) => {
      const proposal = at(d.contests, 6);
      for (let i = 0; i < 8; i++) {
        d.contests.push({ ...structuredClone(proposal), id: `more-${i}` });
        at(d.ballotStyles, 0).contestIds.push(`more-${i}`);
      }
    }),
  );
  assert.equal(found(layOutElection(loaded)), ['too-many-sheets ballotStyles[0]']);
});

test('a precinct name that leaves no room for the Ballot ID is a problem', () => {
  const loaded = value(loadChanged((d) => (at(d.precincts, 1).name = 'Very Long Name '.repeat(9).trim())));
  assert.equal(found(layOutElection(loaded)), ['name-too-long precincts[1].name']);
});

function randomName(random: SeededRandom, longest: number): string {
  const words = Array.from({ length: random.integer(1, 6) }, () =>
    Array.from({ length: random.integer(1, 14) }, () => random.pick(Array.from('aeimnorstuvMWÑÉjgy-’')))
      .join('')
      .replace(/^-+$/, 'o'),
  );
  return words.join(' ').slice(0, longest).trim() || 'X';
}

function randomise(d: ElectionDefinition, random: SeededRandom): void {
  for (const contest of d.contests) {
    contest.title = randomName(random, 60);
    if (random.chance(0.3)) contest.fullWidth = random.chance(0.5);
    if (contest.kind !== 'candidate') {
      contest.text = Array.from({ length: random.integer(1, 12) }, () => randomName(random, 80)).join(' ');
      continue;
    }
    contest.writeIns = random.integer(0, contest.seats);
    contest.candidates.forEach((candidate, i) => {
      candidate.name = `${randomName(random, 76)} ${i}`;
    });
  }
  for (const style of d.ballotStyles) {
    style.paper = random.pick(paperSizes);
    style.columns = random.integer(1, 3);
    style.contestIds = random.shuffle(style.contestIds);
  }
  d.title = randomName(random, 150);
  for (const precinct of d.precincts) precinct.name = randomName(random, 40);
}

test('random elections on every paper keep all distances, or say why they cannot be laid out', () => {
  const seed = 'layout/1';
  const random = seededRandom(seed);
  let laidOut = 0;
  for (let round = 0; round < 30; round++) {
    const loaded = value(loadChanged((d) => randomise(d, random)));
    const result = layOutElection(loaded);
    if (!result.ok) {
      assert.match(found(result).join(), /contest-does-not-fit/, `seed ${seed}, round ${round}`);
      continue;
    }
    laidOut++;
    for (const layout of result.value) {
      assert.equal(layoutFaults(loaded, layout), [], `seed ${seed}, round ${round}`);
    }
  }
  assert.ok(laidOut > 15, `only ${laidOut} of 30 could be laid out`);
});

test.run();
