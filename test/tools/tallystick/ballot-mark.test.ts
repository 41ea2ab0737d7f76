import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { buildElectionPackage } from '../../../firmware/trust/election-package.js';
import { ed25519Signer, sealKeyPair } from '../../../firmware/trust/keys.js';
import { describeProblem } from '../../../ground/result.js';
import { ballotMark } from '../../../tools/tallystick/ballot-mark.js';
import { readArguments, type VerbOutcome } from '../../../tools/tallystick/command.js';
import { samplePath } from '../../election-def/samples.js';
import { testAuthority } from '../../firmware/trust/support.js';

const test = suite('ballot mark');
const definition = samplePath('dutchess-ny');
let folder = '';

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballot-mark-'));
});
test.after(() => rm(folder, { recursive: true }));

async function mark(...words: readonly string[]): Promise<VerbOutcome> {
  const args = readArguments(ballotMark, words);
  if (!args.ok) return { kind: 'unusable', problems: [args.error] };
  return ballotMark.run(args.value);
}

async function complaint(...words: readonly string[]): Promise<string> {
  const outcome = await mark('--election', definition, '--out', join(folder, 'never'), ...words);
  if (outcome.kind !== 'unusable') return 'no complaint';
  return outcome.problems.map(describeProblem).join('\n');
}

test('marks, scans and writes two images and the truth about them', async () => {
  const out = join(folder, 'scans');
  const words = ['--mark', 'governor/doyle-dem=check', '--write-in', 'governor/write-in-1=Ana Ruíz'];
  const outcome = await mark('--election', definition, '--out', out, '--seed', 'a', ...words);
  assert.is(outcome.kind, 'done');
  assert.equal((await readdir(out)).sort(), ['first.png', 'second.png', 'truth.json']);
  for (const name of ['first.png', 'second.png']) {
    const { width, height, channels, density } = await sharp(join(out, name)).metadata();
    assert.equal(
      { width, height, channels, density },
      { width: 1728, height: 2896, channels: 1, density: 200 },
    );
  }
  const truth = truthSchema.parse(JSON.parse(await readFile(join(out, 'truth.json'), 'utf8')));
  assert.is(truth.format, 'tallystick-mark-truth/1');
  assert.equal(
    truth.marks.map(({ optionId, kind, writeIn }) => [optionId, kind, writeIn]),
    [
      ['doyle-dem', 'check', undefined],
      ['write-in-1', 'full', 'Ana Ruíz'],
    ],
  );
  assert.ok((truth.marks[0]?.ink.light ?? 0) > 0.1);
});

test('the same seed writes the same bytes', async () => {
  const files = async (out: string): Promise<Buffer[]> => {
    const words = ['--random', '--seed', 'twice', '--pen', 'pencil'];
    assert.is((await mark('--election', definition, '--out', join(folder, out), ...words)).kind, 'done');
    return Promise.all(
      ['first.png', 'second.png', 'truth.json'].map((name) => readFile(join(folder, out, name))),
    );
  };
  assert.equal(await files('one'), await files('two'));
});

test('a sheet fed foot first is the same sheet turned round', async () => {
  const pixels = async (orientation: string): Promise<Buffer> => {
    const out = join(folder, orientation);
    const words = ['--clean', '--orientation', orientation, '--mark', 'governor/doyle-dem'];
    assert.is((await mark('--election', definition, '--out', out, ...words)).kind, 'done');
    return sharp(join(out, 'first.png')).toColourspace('b-w').raw().toBuffer();
  };
  assert.equal(await pixels('front-foot-first'), (await pixels('front-head-first')).reverse());
});

test('a signed package serves as well, for the ballots of its polling place', async () => {
  const directory = join(folder, 'package');
  const { publicKey: sealPublicKey } = sealKeyPair(new Uint8Array(32).fill(11));
  const built = await buildElectionPackage(
    await testAuthority(),
    {
      definitionBytes: await readFile(definition),
      definitionName: 'dutchess-ny.json',
      mode: 'test',
      pollingPlaceId: 'rhinebeck-town-hall',
      securityKeys: [
        { serial: 'PW-1', role: 'poll-worker', party: 'dem', sealPublicKey },
        { serial: 'PW-2', role: 'poll-worker', party: 'rep', sealPublicKey },
        { serial: 'AD-1', role: 'administrator', sealPublicKey },
      ],
      devices: [{ serialNumber: 'TS-0001', publicKey: ed25519Signer(new Uint8Array(32).fill(6)).publicKey }],
    },
    directory,
  );
  assert.ok(built.ok);
  const words = ['--precinct', 'rhinebeck-1', '--mark', 'governor/doyle-dem'];
  const [fromPackage, fromFile] = [join(folder, 'by-package'), join(folder, 'by-file')];
  assert.is((await mark('--election', directory, '--out', fromPackage, ...words)).kind, 'done');
  assert.is((await mark('--election', definition, '--out', fromFile, ...words)).kind, 'done');
  assert.equal(await readFile(join(fromPackage, 'first.png')), await readFile(join(fromFile, 'first.png')));
});

test('what cannot be marked is said in a sentence', async () => {
  assert.match(await complaint('--mark', 'governor/oak'), /has no option "oak", but doyle-dem, /);
  assert.match(await complaint('--mark', 'mayor/oak'), /this ballot has no contest "mayor"/);
  assert.match(await complaint('--mark', 'governor'), /must be CONTEST\/OPTION/);
  assert.match(await complaint('--mark', 'governor/doyle-dem=blob'), /"blob" is none of full, overfull/);
  assert.match(
    await complaint('--mark', 'governor/doyle-dem', '--mark', 'governor/doyle-dem=x'),
    /a second time/,
  );
  assert.match(await complaint('--write-in', 'governor/doyle-dem=Ana'), /has no write-in box/);
  assert.match(await complaint('--write-in', 'governor/write-in-1=書'), /must be at most 60 letters/);
  assert.match(await complaint('--random', '--mark', 'governor/doyle-dem'), /cannot be given together/);
  const several = await complaint('--mark', 'governor/oak', '--mark', 'mayor/oak');
  assert.is(several.split('\n').length, 2, 'every problem at once');
});

test('wrong names of pen, orientation, style, precinct and sheet are named', async () => {
  assert.match(await complaint('--pen', 'crayon'), /--pen: "crayon" is none of ballpoint, marker, pencil/);
  assert.match(await complaint('--orientation', 'sideways'), /--orientation: "sideways" is none of/);
  assert.match(await complaint('--style', 'z', '--precinct', 'y'), /no ballot of style "z" and precinct "y"/);
  assert.match(await complaint('--sheet', '4'), /--sheet: "4": this ballot has sheets 1 to 1/);
});

test('an election that cannot be read, and a place that cannot be written, are problems', async () => {
  const outcome = await mark('--election', join(folder, 'none.json'), '--out', folder);
  assert.is(outcome.kind, 'unusable');
  const broken = join(folder, 'broken.json');
  await writeFile(broken, '{"format":');
  assert.is((await mark('--election', broken, '--out', folder)).kind, 'unusable');
  assert.is(
    (await mark('--election', dirname(fileURLToPath(import.meta.url)), '--out', folder)).kind,
    'unusable',
  );
  const refused = await mark('--election', definition, '--out', join(definition, 'below-a-file'));
  assert.is(refused.kind, 'unusable');
  assert.is((await mark('--out', folder)).kind, 'unusable');
});

const truthSchema = z.object({
  format: z.string(),
  marks: z.array(
    z.object({
      optionId: z.string(),
      kind: z.string(),
      writeIn: z.string().optional(),
      ink: z.object({ light: z.number(), dark: z.number() }),
    }),
  ),
});

test.run();
