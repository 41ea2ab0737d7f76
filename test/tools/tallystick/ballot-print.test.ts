import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ballotPrint } from '../../../tools/tallystick/ballot-print.js';
import { readArguments, type VerbOutcome } from '../../../tools/tallystick/command.js';
import { samplePath, sampleText } from '../../election-def/samples.js';

const test = suite('ballot print');
let folder = '';

test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-print-'));
});
test.after.each(() => {
  rmSync(folder, { recursive: true });
});

async function print(...words: readonly string[]): Promise<VerbOutcome> {
  const args = readArguments(ballotPrint, words);
  if (!args.ok) return { kind: 'unusable', problems: [args.error] };
  return ballotPrint.run(args.value);
}

/** `code path: reason` of the problems of a call that could not be used. */
function refusal(outcome: VerbOutcome): string {
  if (outcome.kind !== 'unusable') return outcome.kind;
  return outcome.problems.map(({ code, path, reason }) => `${code} ${path}: ${reason}`).join('; ');
}

const election = samplePath('dutchess-ny');

test('one PDF is written for each ballot, and its path printed', async () => {
  const out = join(folder, 'ballots');
  const outcome = await print('--election', election, '--out', out);
  assert.is(outcome.kind, 'done');
  const names = [
    'dutchess-2026-general-town-and-village-rhinebeck-3.pdf',
    'dutchess-2026-general-town-rhinebeck-1.pdf',
    'dutchess-2026-general-town-rhinebeck-2.pdf',
  ];
  assert.equal(readdirSync(out).sort(), names);
  for (const name of names) {
    assert.is(readFileSync(join(out, name)).toString('latin1', 0, 5), '%PDF-');
    assert.ok(outcome.kind === 'done' && outcome.text.includes(join(out, name)), name);
  }
});

test('style, precinct and test ballots can be chosen', async () => {
  const outcome = await print('--election', election, '--out', folder, '--precinct', 'rhinebeck-2', '--test');
  assert.equal(outcome, {
    kind: 'done',
    text: `${join(folder, 'dutchess-2026-general-town-rhinebeck-2-test.pdf')}  (1 sheet)`,
    json: {
      test: true,
      ballots: [
        {
          style: 'town',
          precinct: 'rhinebeck-2',
          sheets: 1,
          path: join(folder, 'dutchess-2026-general-town-rhinebeck-2-test.pdf'),
        },
      ],
    },
  });
  await print('--election', election, '--out', folder, '--style', 'town-and-village');
  assert.is(readdirSync(folder).length, 2);
});

test('an unknown style or precinct, or a pair that does not belong together, is refused', async () => {
  const call = ['--election', election, '--out', folder];
  assert.match(refusal(await print(...call, '--style', 'x')), /unknown-style --style: has no ballot style x/);
  assert.match(refusal(await print(...call, '--precinct', 'x')), /unknown-precinct/);
  const pair = await print(...call, '--style', 'town', '--precinct', 'rhinebeck-3');
  assert.match(refusal(pair), /no-such-ballot .*style town is not that of precinct rhinebeck-3/);
  assert.equal(readdirSync(folder), []);
});

test('an older PDF is replaced, and a file that is none is left alone', async () => {
  const call = ['--election', election, '--out', folder, '--precinct', 'rhinebeck-1'];
  const path = join(folder, 'dutchess-2026-general-town-rhinebeck-1.pdf');
  writeFileSync(path, '%PDF-1.3 an old one');
  assert.is((await print(...call)).kind, 'done');
  assert.ok(readFileSync(path).length > 10_000);
  writeFileSync(path, 'my diary');
  assert.match(refusal(await print(...call)), /not-a-pdf .*is no PDF; it is left alone/);
  assert.is(readFileSync(path, 'utf8'), 'my diary');
  assert.is(readdirSync(folder).length, 1, 'nothing half-written stays behind');
});

test('a definition with mistakes is a finding that lists them all', async () => {
  const broken = join(folder, 'broken.json');
  writeFileSync(
    broken,
    sampleText('dutchess-ny').replace('"seats": 2', '"seats": 9').replace('"Green"', '"绿"'),
  );
  const outcome = await print('--election', broken, '--out', folder);
  assert.is(outcome.kind, 'finding');
  if (outcome.kind !== 'finding') return;
  assert.match(outcome.text, /broken\.json, contests\[4\]\.seats: 9 are to be elected/);
  assert.match(outcome.text, /broken\.json, parties\[5\]\.name: the printed font has no 绿/);
});

test('a definition that is not there, and a folder that cannot be made, are named', async () => {
  const missing = join(folder, 'none.json');
  assert.match(refusal(await print('--election', missing, '--out', folder)), /missing/);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const outcome = await print('--election', election, '--out', join(file, 'sub'));
  assert.match(refusal(outcome), /file is a file, not a folder/);
});

test('the help names every option', () => {
  for (const option of Object.keys(ballotPrint.options)) assert.match(ballotPrint.help, `--${option}`);
});

test.run();
