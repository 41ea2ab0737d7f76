import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { textIn } from '../../../election-def/definition.js';
import { TAPE_COLUMNS } from '../../../drivers/ports.js';
import { checkPrintable } from '../../../drivers/tape-printer/code-page.js';
import { tapeText, verifyTapeText } from '../../../firmware/tapes/tape-text.js';
import { tapeJob } from '../../../firmware/tapes/tape.js';
import type { TapeFacts } from '../../../firmware/tapes/facts.js';
import { lengthOf } from '../../../firmware/tapes/lines.js';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { authority, boulder, dutchess, hard, LONG_NAME, sampleFacts, signed } from './sample-tapes.js';

const test = suite('what a tape says');

const FIRST = { copy: 1, reprint: false };

function textOf(facts: TapeFacts, issue = FIRST): string {
  return tapeText(tapeJob(signed(facts), issue));
}

/** The text without its line breaks and leading dots, so that a wrapped name is one string again. */
function flowing(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/- /g, '-');
}

test('a zero tape lists each district and every option with 0, and says that all counts are zero', () => {
  const facts = sampleFacts('zero');
  const text = textOf(facts);
  assert.match(text, /ZERO TAPE/);
  assert.match(text, /ALL COUNTS ARE ZERO/);
  for (const { name } of dutchess.precincts) {
    assert.ok(text.includes(`Election District: ${textIn(name, 'en')}\n`));
  }
  const counts = text.split('\n').filter((line) => / \.{2,} [0-9]+$/.test(line));
  const notZero = counts.filter((line) => !line.endsWith(' 0'));
  assert.equal(
    notZero.map((line) => line.replace(/ \.+ /, '=')),
    ['Opening number=1', 'Protective counter=10417'],
  );
  assert.ok(counts.length > 100);
});

test('a results tape gives each party line of a candidate and the total over the lines', () => {
  const facts = sampleFacts('results');
  const lines = textOf(facts).split('\n');
  const name = lines.findIndex((line) => line.includes('Kathleen M. Doyle'));
  const numbers = lines.slice(name + 1, name + 4).map((line) => Number(/[0-9]+$/.exec(line)?.[0]));
  assert.match(must(lines[name + 1], 'a line'), /^ {4}DEM \.+ [0-9]+$/);
  assert.match(must(lines[name + 3], 'a line'), /^ {4}Total \.+ [0-9]+$/);
  assert.is(must(numbers[0], 'DEM') + must(numbers[1], 'WOR'), numbers[2]);
});

test('the counters, the unit and the software are on every tape', () => {
  for (const facts of [sampleFacts('zero'), sampleFacts('results')]) {
    const text = textOf(facts);
    assert.match(text, /Unit serial number \.+ TSY-0042-NY\n/);
    assert.match(text, new RegExp(`Public counter \\(sheets cast\\) \\.+ ${facts.counters.sheets}\n`));
    assert.match(text, new RegExp(`Protective counter \\.+ ${facts.counters.protectiveNow}\n`));
    const digits = text.replace(/\s/g, '');
    assert.ok(digits.includes(facts.softwareSha256));
    assert.ok(digits.includes(facts.packageSha256));
    assert.ok(digits.includes(signed(facts).digest));
    assert.match(text, /Inspector +Party/);
    assert.match(text, /END OF (ZERO|RESULTS) TAPE\n$/);
  }
});

test('a test tape and a simulated one say so', () => {
  const text = textOf(sampleFacts('results', dutchess, 'a test', { mode: 'test', simulated: true }));
  assert.match(text, /TEST, NOT AN ELECTION/);
  assert.match(text, /SIMULATED/);
  assert.not.match(textOf(sampleFacts('results')), /SIMULATED|TEST,/);
});

test('what the inspectors counted by hand is printed, and a line to write on where they gave nothing', () => {
  const facts = sampleFacts('results', dutchess, 'hand', {
    reconciliation: { writeInBallots: 0, unscannedEmergencyBallots: 12, abandonedBallots: undefined },
  });
  const text = textOf(facts);
  assert.match(text, /Write-in ballots \.+ 0\n/);
  assert.match(text, /Unscanned emergency ballots \.+ 12\n/);
  assert.match(text, /Abandoned ballots \.+ _{8}\n/);
});

test('closing on one memory card is said', () => {
  assert.match(
    textOf(sampleFacts('results', dutchess, 'a', { closedOnOneCard: true })),
    /CLOSED ON ONE MEMORY CARD/,
  );
});

test('no line is longer than the paper, no number is cut, and everything can be printed', () => {
  for (let i = 0; i < 12; i++) {
    const seed = `widths ${i}`;
    const facts = sampleFacts(
      i % 2 === 0 ? 'results' : 'zero',
      must([dutchess, boulder, hard][i % 3], 'one'),
      seed,
    );
    const job = tapeJob(signed(facts), FIRST);
    for (const element of job.elements) {
      if (element.kind !== 'line') continue;
      const columns = element.wide === true ? TAPE_COLUMNS / 2 : TAPE_COLUMNS;
      assert.ok(lengthOf(element.text) <= columns, `${seed}: ${element.text}`);
      if (/ \.{2,} /.test(element.text)) assert.is(lengthOf(element.text), TAPE_COLUMNS, element.text);
    }
    assert.ok(checkPrintable(job, seed).ok, seed);
    const totals = facts.groups.flatMap((group) => group.contests.flatMap((c) => [...c.votes, c.undervotes]));
    const printed = new Set(tapeText(job).match(/[0-9]+$/gm));
    for (const total of totals) assert.ok(printed.has(String(total)), `${seed}: ${total} is not printed`);
  }
});

test('a name of 60 letters and Spanish letters are printed whole', () => {
  const text = flowing(textOf(sampleFacts('results', hard)));
  assert.ok(text.includes(LONG_NAME));
  assert.ok(text.includes('José Íñigo Peña de la Cruz y Núñez'));
  assert.ok(text.includes('¿Elección Especial? ¡Año Ñandú, Pingüino!'));
  assert.ok(text.includes('Ángela Güemes Sí'));
});

test('votes for a candidate on no line are printed and belong to the total', () => {
  const text = textOf(sampleFacts('results', hard));
  const block =
    /DEM \.+ ([0-9]+)\n.*WOR \.+ ([0-9]+)\n.*IND \.+ ([0-9]+)\n.*line \.+ ([0-9]+)\n.*Total \.+ ([0-9]+)\n/;
  const [, dem, wor, ind, none, total] = must(block.exec(text), 'a block').map(Number);
  assert.ok(must(none, 'a number') > 0);
  assert.is(must(dem, 'dem') + must(wor, 'wor') + must(ind, 'ind') + must(none, 'none'), total);
});

test('COPY 2 and REPRINT stand above the tape and change nothing that is signed', () => {
  const facts = sampleFacts('results');
  const plain = textOf(facts);
  assert.is(textOf(facts, { copy: 2, reprint: true }).split('\n').slice(2).join('\n'), plain);
  for (const issue of [FIRST, { copy: 2, reprint: false }, { copy: 12, reprint: true }]) {
    const checked = verifyTapeText(textOf(facts, issue), authority.publicKey, 'tape');
    assert.ok(checked.ok);
    assert.equal(checked.value.issue, issue);
    assert.equal(checked.value.tape.facts, facts);
  }
});

test('one changed character anywhere in the text is found', () => {
  const text = textOf(sampleFacts('results', hard), { copy: 2, reprint: false });
  for (let i = 0; i < 150; i++) {
    const seed = `tamper ${i}`;
    const random = seededRandom(seed);
    // Above the signed tape stands the number of the copy; blanks around it say nothing.
    const at = random.integer(text.indexOf('\n'), text.length - 1);
    const other = random.pick(['0', '7', 'x', ' ', '\n', '.'].filter((c) => c !== text[at]));
    const changed = text.slice(0, at) + other + text.slice(at + 1);
    const checked = verifyTapeText(changed, authority.publicKey, 'tape');
    assert.not.ok(checked.ok, `${seed}: ${JSON.stringify(text.slice(at - 20, at + 20))}`);
  }
});

test('a changed total is found, and its line is named', () => {
  const text = textOf(sampleFacts('results'));
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /DEM \.+ [0-9]+$/.test(line));
  lines[at] = must(lines[at], 'a line').replace(/[0-9]$/, (digit) => String((Number(digit) + 1) % 10));
  const checked = verifyTapeText(lines.join('\n'), authority.publicKey, 'tape');
  assert.not.ok(checked.ok);
  const problem = must(checked.ok ? undefined : checked.error, 'found');
  assert.is(problem.code, 'printed-differs');
  assert.is(problem.path, `line ${at + 1}`);
});

test('a tape whose end was torn off is found', () => {
  const text = textOf(sampleFacts('results'));
  const torn = text.slice(0, text.lastIndexOf('We, the inspectors'));
  assert.not.ok(verifyTapeText(torn, authority.publicKey, 'tape').ok);
});

test('nothing that shows the order of ballots is on a tape', () => {
  const one = sampleFacts('results', dutchess, 'order');
  const groups = one.groups.map((group) => Object.keys(group).sort().join());
  assert.equal([...new Set(groups)], ['ballots,blankSheets,contests,precincts,sheets']);
  assert.is(textOf(one), textOf(sampleFacts('results', dutchess, 'order')));
});

test.run();
