import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments, type Verb } from '../../../tools/tallystick/command.js';
import { verbs } from '../../../tools/tallystick/main.js';
import { DEFINITION, freshFolder, tallystick } from './day.js';

const test = suite('tallystick, the program');

test('its help lists every verb once, on standard output', async () => {
  const { status, out, err } = await tallystick('--help');
  assert.is(status, 0);
  assert.is(err, '');
  const names = verbs.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  for (const name of names) assert.match(out, new RegExp(`^ {2}${name} {3}`, 'm'));
  assert.match(out, 'Exit status: 0 fine; 1 a finding; 2 the call or its input cannot be used; 70');
  assert.ok(out.split('\n').every((line) => line.length <= 120));
});

test('every verb has help with its options, an exit status and an example', async () => {
  for (const verb of verbs) {
    for (const call of [
      ['--help', ...verb.name.split(' ')],
      [...verb.name.split(' '), '-h'],
    ]) {
      const { status, out } = await tallystick(...call);
      assert.is(status, 0, verb.name);
      assert.ok(out.startsWith(`tallystick ${verb.name}`), verb.name);
      for (const option of [...Object.keys(verb.options), 'json']) {
        assert.match(out, `--${option}`, `${verb.name} ${option}`);
      }
      assert.match(out, 'Exit status: 0');
      assert.match(out, /Example:/);
    }
  }
});

test('a noun alone asks which verb, and its help lists its verbs', async () => {
  const asked = await tallystick('ballot');
  assert.is(asked.status, 2);
  assert.is(asked.err, 'tallystick: which of "ballot print", "ballot mark"? (see tallystick --help)\n');
  const { status, out } = await tallystick('keys', '--help');
  assert.is(status, 0);
  assert.is(out.trimEnd().split('\n').length, 3);
});

test('a call without a verb, with an unknown one, or with half of one is refused in a sentence', async () => {
  for (const [words, sentence] of [
    [[], 'a verb is missing'],
    [['--frobnicate'], '"--frobnicate" stands where a verb is wanted'],
    [['count'], 'there is no verb "count"'],
    [['log', 'burn'], '"log burn" is none of "log show", "log verify"'],
    [['verify', '--json', '--json'], '--json is given twice'],
  ] as const) {
    const { status, out, err } = await tallystick(...words);
    assert.is(status, 2, sentence);
    assert.match(`${out}${err}`.replaceAll('\\"', '"'), sentence);
  }
});

test('the version is that of package.json', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.equal(await tallystick('--version'), { status: 0, out: `tallystick ${version}\n`, err: '' });
  assert.equal(JSON.parse((await tallystick('--version', '--json')).out), { version });
});

test('problems go to standard error, one a line; with --json they are the answer', async () => {
  const words = await tallystick('verify', 'nowhere', 'nothing');
  assert.equal(words, {
    status: 2,
    out: '',
    err: 'tallystick: nowhere: does not exist\ntallystick: nothing: does not exist\n',
  });
  const { status, out, err } = await tallystick('verify', 'nowhere', '--json');
  assert.is(status, 2);
  assert.is(err, '');
  assert.equal(JSON.parse(out), {
    problems: [{ code: 'missing', where: 'nowhere', path: '', reason: 'does not exist' }],
  });
});

test('an error of the program itself is one sentence and exit 70', async () => {
  const verb = verbs.find(({ name }) => name === 'log show');
  assert.ok(verb);
  const broken: Verb = { ...verb, run: () => Promise.reject(new Error('the sky fell\nat once')) };
  const place = verbs.indexOf(verb);
  (verbs as Verb[])[place] = broken;
  try {
    const { status, err } = await tallystick('log', 'show', 'x');
    assert.is(status, 70);
    const lines = err.trimEnd().split('\n');
    assert.match(err, 'Error: the sky fell', 'the stack, because this test asks for it');
    assert.is(
      lines.at(-1),
      'tallystick: something is wrong in this program itself: the sky fell (TALLYSTICK_DEBUG=1 shows where)',
    );
  } finally {
    (verbs as Verb[])[place] = verb;
  }
});

const verb: Verb = {
  name: 'do',
  summary: 'does',
  help: 'tallystick do',
  options: {
    one: { type: 'string', required: true },
    many: { type: 'string', multiple: true },
    yes: { type: 'boolean' },
  },
  positionals: ['FIRST', 'MORE…'],
  run: () => Promise.reject(new Error('never run')),
};

test('arguments: options anywhere, values that look like options only with =, `--` ends them', () => {
  const read = readArguments(verb, ['a', '--one', '-', '--many=x', 'b', '--many', 'y', '--yes', '--', '--c']);
  assert.ok(read.ok, JSON.stringify(read));
  assert.equal(read.value.positionals, ['a', 'b', '--c']);
  assert.is(read.value.required('one'), '-');
  assert.equal(read.value.many('many'), ['x', 'y']);
  assert.is(read.value.flag('yes'), true);
  assert.is(read.value.one('absent'), undefined);
  const dash = readArguments(verb, ['a', 'b', '--one=-x']);
  assert.ok(dash.ok && dash.value.one('one') === '-x');
});

for (const [words, reason] of [
  [['a', 'b'], '--one is missing'],
  [['a', '--one', 'x'], 'FIRST MORE… is missing'],
  [['a', 'b', '--one', 'x', '--one', 'y'], '--one is given twice'],
  [['a', 'b', '--one', 'x', '--yes', '--yes'], '--yes is given twice'],
  [['a', 'b', '--one'], '--one needs a value'],
  [['a', 'b', '--one', '--yes'], '--one needs a value'],
  [['a', 'b', '--one='], '--one needs a value'],
  [['a', 'b', '--one', 'x', '--yes=no'], '--yes takes no value'],
  [['a', 'b', '--one', 'x', '--two'], 'there is no option --two'],
  [['a', 'b', '--one', 'x', '-o'], 'there is no option -o'],
  [['a', 'b', '--one', 'x', '--constructor'], 'there is no option --constructor'],
  [['a', '', '--one', 'x'], 'an argument is empty'],
] as const) {
  test(`arguments: ${words.join(' ')}: ${reason}`, () => {
    const read = readArguments(verb, words);
    assert.ok(!read.ok);
    assert.is(read.error.reason, `${reason} (see tallystick do --help)`);
  });
}

test('as a process: exit statuses, a link to it, and no stack trace when its reader goes away', async () => {
  // Compiled, or from its source where the tests run from theirs.
  const ending = import.meta.url.slice(-2);
  const program = fileURLToPath(new URL(`../../../tools/tallystick/main.${ending}`, import.meta.url));
  const link = join(freshFolder('link'), `tallystick.${ending}`);
  symlinkSync(program, link);
  const call = (...words: readonly string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [...process.execArgv, ...words], { encoding: 'utf8' });
  const help = call(link, '--help');
  assert.is(help.status, 0, String(help.stderr));
  assert.match(String(help.stdout), 'election check');
  assert.is(call(program, 'election', 'check', DEFINITION).status, 0);
  assert.is(call(program, 'verify', 'nowhere').status, 2);
  // As `| head` does: the reader goes away before anything is written.
  const child = spawn(process.execPath, [...process.execArgv, program, '--help']);
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const status = await new Promise((resolve) => child.on('close', resolve));
  assert.is(said, '');
  assert.is(status, 0);
});

test.run();
