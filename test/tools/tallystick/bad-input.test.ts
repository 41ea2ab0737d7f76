/**
 * Every verb of the real program with every kind of bad input in each place that takes a file: one clear sentence that
 * names the file, exit 2 (or 1 where it is a finding), no stack trace, and nothing written.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cpSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { toHex } from '../../../ground/bytes.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { systemRandom } from '../../../firmware/runtime/ports.js';
import { ed25519Signer, newSeed } from '../../../firmware/trust/keys.js';
import { makeOffice, makeSiteKeys } from '../../../tools/bench/office.js';
import { verbs } from '../../../tools/tallystick/main.js';
import { DEFINITION, electionDay, freshFolder, tallystick, type Day } from './day.js';

const test = suite('bad input, every verb');

let day: Day;
const folder = freshFolder('bad');
const at = (name: string): string => join(folder, name);
const PASSPHRASE = 'a bench has nothing to hide';

/** A call that works; `@name` stands for the file or folder of that name in `good`. */
interface GoodCall {
  readonly verb: string;
  readonly words: readonly string[];
  /** The words that name an input, and which of `good` they are. */
  readonly inputs: Readonly<Record<string, 'file' | 'folder' | 'either'>>;
}

const good: Record<string, string> = {};

const KEYS = '--authority @authority --passphrase-file @passphrase';
const calls: readonly GoodCall[] = [
  {
    verb: 'election check',
    words: ['@definition'],
    inputs: { '@definition': 'file' },
  },
  {
    verb: 'keys authority',
    words: ['--passphrase-file', '@passphrase', '--out', '@out'],
    inputs: { '@passphrase': 'file' },
  },
  {
    verb: 'keys security-key',
    words: [
      ...KEYS.split(' '),
      ...'--election dutchess-2026-general --serial X-1 --role technician --passcode-file @passcode --out @out'.split(
        ' ',
      ),
    ],
    inputs: { '@authority': 'file', '@passphrase': 'file', '@passcode': 'file' },
  },
  {
    verb: 'keys device',
    words: ['--storage', '@storage', '--serial', 'TS-0001'],
    inputs: { '@storage': 'folder' },
  },
  {
    verb: 'election build',
    words: [
      ...KEYS.split(' '),
      ...'--definition @definition --mode official --polling-place rhinebeck-town-hall --device @device'.split(
        ' ',
      ),
      ...'--security-key @key1 --security-key @key2 --security-key @key3 --out @out'.split(' '),
    ],
    inputs: { '@authority': 'file', '@passphrase': 'file', '@definition': 'file', '@key1': 'file' },
  },
  {
    verb: 'ballot print',
    words: ['--election', '@definition', '--precinct', 'rhinebeck-1', '--out', '@out'],
    inputs: { '@definition': 'file' },
  },
  {
    verb: 'ballot mark',
    words: ['--election', '@package', '--out', '@out', '--clean'],
    inputs: { '@package': 'either' },
  },
  {
    verb: 'interpret',
    words: ['--election', '@package', '--image', '@image', '--overlay', '@out'],
    inputs: { '@package': 'either', '@image': 'file' },
  },
  { verb: 'template find-ovals', words: ['@image'], inputs: { '@image': 'file' } },
  {
    verb: 'box check',
    words: ['@card', ...KEYS.split(' ')],
    inputs: { '@card': 'folder', '@authority': 'file', '@passphrase': 'file' },
  },
  {
    verb: 'box open',
    words: ['@card', ...KEYS.split(' '), '--out', '@out'],
    inputs: { '@card': 'folder', '@authority': 'file', '@passphrase': 'file' },
  },
  {
    verb: 'box export',
    words: ['@card', '--election', '@package', ...KEYS.split(' '), '--out', '@out'],
    inputs: { '@card': 'folder', '@package': 'folder', '@authority': 'file', '@passphrase': 'file' },
  },
  { verb: 'log show', words: ['@log'], inputs: { '@log': 'file' } },
  {
    verb: 'log verify',
    words: ['@log', '--election', '@package', '--device', 'TS-V-0001'],
    inputs: { '@log': 'file', '@package': 'folder' },
  },
  {
    verb: 'log export',
    words: ['@log', '--election', '@package', '--out', '@out'],
    inputs: { '@log': 'file', '@package': 'folder' },
  },
  {
    verb: 'recount',
    words: ['@card', '--tape', '@tape', '--election', '@package', ...KEYS.split(' ')],
    inputs: {
      '@card': 'folder',
      '@tape': 'file',
      '@package': 'folder',
      '@authority': 'file',
      '@passphrase': 'file',
    },
  },
  {
    verb: 'verify',
    words: ['@export', '@tape', '--authority', '@hex'],
    inputs: { '@export': 'either', '@tape': 'either', '@hex': 'either' },
  },
];

test.before(async () => {
  day = await electionDay();
  const { exportFolder, office, keys } = day;
  const put = (name: string, content: string | Uint8Array): string => {
    writeFileSync(at(name), content);
    return at(name);
  };
  mkdirSync(at('storage'));
  const [image = ''] = readdirSync(join(exportFolder, 'images'));
  cpSync(join(exportFolder, 'images', image), at('side.jpg'));
  Object.assign(good, {
    '@definition': DEFINITION,
    '@authority': put('authority.key', office.authorityFile),
    '@passphrase': put('passphrase', `${PASSPHRASE}\n`),
    '@passcode': put('passcode', '40719358\n'),
    '@storage': at('storage'),
    '@device': `TS-0001=${toHex(ed25519Signer(newSeed(systemRandom)).publicKey)}`,
    '@key1': put('key1', keys[0].bytes),
    '@key2': put('key2', keys[1].bytes),
    '@key3': put('key3', keys[2].bytes),
    '@package': day.packageFolder,
    '@image': at('side.jpg'),
    '@card': day.cards[0],
    '@log': join(exportFolder, 'log/audit-log.jsonl'),
    '@export': exportFolder,
    '@tape': join(exportFolder, 'tapes/results.txt'),
    '@hex': day.authority,
  });
});

function wordsOf(call: GoodCall, replace: Readonly<Record<string, string>> = {}): readonly string[] {
  const out = at('out');
  return [
    ...call.verb.split(' '),
    ...call.words.map((word) => (word === '@out' ? out : (replace[word] ?? good[word] ?? word))),
  ];
}

/** The whole promise, for one call that cannot be right. */
async function isRefused(words: readonly string[], names: string, label: string): Promise<void> {
  rmSync(at('out'), { recursive: true, force: true });
  const { status, out, err } = await tallystick(...words);
  const said = `${out}${err}`;
  assert.ok(status === 2 || status === 1, `${label}: exit ${status}: ${said.slice(0, 400)}`);
  assert.match(said, names, `${label}: does not name it: ${said.slice(0, 400)}`);
  assert.not.match(said, /^ {4}at |node:internal|\bundefined\b/m, `${label}: ${said.slice(0, 400)}`);
  if (status === 2) {
    assert.is(out, '', label);
    for (const line of err.trimEnd().split('\n')) assert.match(line, /^tallystick\b.*: .+/, label);
  }
  const left = existsSync(at('out'))
    ? statSync(at('out')).isDirectory()
      ? readdirSync(at('out'))
      : ['out']
    : [];
  assert.equal(left, [], `${label}: wrote ${left.join()}`);
}

test('the table has every verb, and each call is right before anything is bad about it', async () => {
  assert.equal(calls.map(({ verb }) => verb).sort(), verbs.map(({ name }) => name).sort());
  for (const call of calls) {
    rmSync(at('out'), { recursive: true, force: true });
    const { status, out, err } = await tallystick(...wordsOf(call));
    const expected = call.verb === 'interpret' ? [0, 1] : [0];
    assert.ok(expected.includes(status), `${call.verb}: exit ${status}: ${out}${err}`);
  }
});

const GIGABYTES_2 = 2 * 1024 ** 3;

interface Kind {
  readonly name: string;
  /** Makes the bad input at the path, from the good one. */
  readonly make: (path: string, from: string) => void;
  readonly instead: 'file' | 'folder' | 'any';
}

const random = seededRandom('noise');
const kinds: readonly Kind[] = [
  { name: 'missing', instead: 'any', make: () => undefined },
  { name: 'empty file', instead: 'file', make: (path) => writeFileSync(path, '') },
  { name: 'empty folder', instead: 'folder', make: (path) => mkdirSync(path) },
  { name: 'file instead of folder', instead: 'folder', make: (path) => writeFileSync(path, 'hello\n') },
  { name: 'folder instead of file', instead: 'file', make: (path) => mkdirSync(path) },
  {
    name: 'truncated',
    instead: 'file',
    make: (path, from) => {
      const bytes = readFileSync(from);
      writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
    },
  },
  {
    name: 'noise',
    instead: 'file',
    make: (path) =>
      writeFileSync(
        path,
        Uint8Array.from({ length: 3000 }, () => random.integer(0, 255)),
      ),
  },
  {
    name: 'two gigabytes',
    instead: 'any',
    make: (path) => {
      const file = openSync(path, 'w');
      ftruncateSync(file, GIGABYTES_2);
      closeSync(file);
    },
  },
  { name: 'a loop of links', instead: 'any', make: (path) => symlinkSync(basename(path), path) },
  { name: 'a link to nothing', instead: 'any', make: (path) => symlinkSync('nowhere', path) },
];

/** Half a passphrase or passcode is another one. */
const SECRETS = ['@passphrase', '@passcode'];

for (const call of calls) {
  for (const [input, takes] of Object.entries(call.inputs)) {
    test(`${call.verb}: ${input} that is missing, empty, cut, noise, endless, a loop or another kind of thing`, async () => {
      for (const kind of kinds) {
        if (kind.instead === 'file' && takes === 'folder') continue;
        if (kind.instead === 'folder' && takes === 'file') continue;
        // An empty folder is where a new device keeps its identity.
        if (input === '@storage' && kind.name === 'empty folder') continue;
        // With "keys authority" any text that is long enough is a passphrase.
        const isSecret = SECRETS.includes(input) && call.verb.startsWith('keys');
        if (isSecret && kind.name === 'truncated') continue;
        const path = at('bad-input');
        rmSync(path, { recursive: true, force: true });
        const from = good[input] ?? '';
        if (kind.name === 'truncated' && !statSync(from).isFile()) continue;
        kind.make(path, from);
        const startedMs = performance.now();
        const label = `${call.verb}, ${input}, ${kind.name}`;
        const isPassphrase = input === '@passphrase' || input === '@passcode';
        const names = isPassphrase && kind.name !== 'missing' ? '' : 'bad-input';
        await isRefused(wordsOf(call, { [input]: path }), names, label);
        const tookMs = performance.now() - startedMs;
        if (kind.name === 'two gigabytes') assert.ok(tookMs < 3000, `${label}: took ${tookMs} ms`);
      }
      rmSync(at('bad-input'), { recursive: true, force: true });
    });
  }

  test(`${call.verb}: an unknown option, one that is missing, and one that is given twice`, async () => {
    const verb = verbs.find(({ name }) => name === call.verb);
    assert.ok(verb);
    await isRefused([...wordsOf(call), '--frobnicate'], 'there is no option --frobnicate', call.verb);
    for (const [name, spec] of Object.entries(verb.options)) {
      const words = wordsOf(call);
      const place = words.indexOf(`--${name}`);
      if (place === -1) continue;
      if (spec.required === true) {
        const without = words.filter((word, i) => word !== `--${name}` && words[i - 1] !== `--${name}`);
        await isRefused(without, `--${name} is missing`, call.verb);
      }
      if (spec.multiple !== true) {
        const again = spec.type === 'string' ? [`--${name}`, words[place + 1] ?? ''] : [`--${name}`];
        await isRefused([...words, ...again], `--${name} is given twice`, call.verb);
      }
      if (spec.type === 'string') {
        await isRefused([...call.verb.split(' '), `--${name}`], `--${name} needs a value`, call.verb);
      }
    }
    // A positional in brackets may be left out.
    if (verb.positionals.some((name) => !name.startsWith('['))) {
      const bare = wordsOf({ ...call, words: call.words.slice(verb.positionals[0] === 'FILE…' ? 2 : 1) });
      await isRefused(bare, `${verb.positionals.join(' ')} is missing`, call.verb);
    }
  });
}

test('what belongs to another authority is refused or found, and named', async () => {
  const other = await makeOffice(systemRandom);
  const foreignKeys = await makeSiteKeys(other, 'dutchess-2026-general', ['dem', 'rep'], systemRandom);
  writeFileSync(at('foreign.authority'), other.authorityFile);
  writeFileSync(at('foreign.key'), foreignKeys[0].bytes);
  writeFileSync(at('foreign.hex'), toHex(other.authority.signer.publicKey));
  for (const [verb, input, path, sentence] of [
    ['election build', '@key1', 'foreign.key', 'foreign.key: was not made by this election'],
    ['box check', '@authority', 'foreign.authority', 'box key'],
    ['box open', '@authority', 'foreign.authority', 'box key'],
    ['box export', '@authority', 'foreign.authority', 'signed by another authority'],
    ['recount', '@authority', 'foreign.authority', 'box key'],
    ['verify', '@hex', 'foreign.hex', 'is not by the authority'],
  ] as const) {
    const call = calls.find((one) => one.verb === verb);
    assert.ok(call);
    await isRefused(wordsOf(call, { [input]: at(path) }), sentence, verb);
  }
});

test('what belongs to another election is refused or found, and named', async () => {
  const keys = await makeSiteKeys(day.office, 'another-election', ['dem', 'rep'], systemRandom);
  writeFileSync(at('elsewhere.key'), keys[0].bytes);
  const build = calls.find(({ verb }) => verb === 'election build');
  assert.ok(build);
  await isRefused(wordsOf(build, { '@key1': at('elsewhere.key') }), 'elsewhere.key', 'election build');
  const interpret = calls.find(({ verb }) => verb === 'interpret');
  assert.ok(interpret);
  const boulder = 'election-def/samples/boulder-co.json';
  rmSync(at('out'), { recursive: true, force: true });
  const { status, out } = await tallystick(...wordsOf(interpret, { '@package': boulder }));
  assert.is(status, 1, out);
  assert.match(out, 'Refused: ');
});

test('a folder to write into that is a file, or inside a file, is refused', async () => {
  writeFileSync(at('occupied'), 'x');
  for (const call of calls.filter(({ words }) => words.includes('@out'))) {
    for (const out of [at('occupied'), at('occupied/inside'), at('no/such/folder/out')]) {
      const isFixed = /^(keys|box|election build)/.test(call.verb);
      if (out.endsWith('folder/out') && !isFixed) {
        continue; // made if it is not there
      }
      const words = wordsOf(call).map((word) => (word === at('out') ? out : word));
      await isRefused(words, basename(out), `${call.verb} --out ${out}`);
      assert.is(readFileSync(at('occupied'), 'utf8'), 'x', call.verb);
    }
  }
});

test.run();
