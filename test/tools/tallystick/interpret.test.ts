import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../../ground/result.js';
import { greyPage } from '../../../ground/grey-page.js';
import { ballotPdf } from '../../../election-def/ballot-pdf.js';
import { buildElectionPackage, type PackageParts } from '../../../firmware/trust/election-package.js';
import { ed25519Signer, sealKeyPair } from '../../../firmware/trust/keys.js';
import { pngBytes } from '../../../tools/image-write.js';
import { markSheet } from '../../../tools/pen/marked-sheet.js';
import { perfectScan } from '../../../tools/pen/scan-conditions.js';
import { rasterPdf } from '../../../tools/raster.js';
import { readArguments, type VerbOutcome } from '../../../tools/tallystick/command.js';
import { interpret } from '../../../tools/tallystick/interpret.js';
import type { SheetResult } from '../../../vision/reading.js';
import { layOutSample, samplePath } from '../../election-def/samples.js';
import { expectOk, testAuthority } from '../../firmware/trust/support.js';

const test = suite('tallystick interpret');

const folder = mkdtempSync(join(tmpdir(), 'tallystick-interpret-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const front = join(folder, 'front.png');
const back = join(folder, 'back.png');
const election = samplePath('dutchess-ny');
const sample = layOutSample('dutchess-ny');
const layout = must(sample.layouts[0], 'a layout');
const sheet = must(layout.sheets[0], 'a sheet');
const wished = must(sheet.front.ovals[2], 'an oval');

test.before(async () => {
  const pages = expectOk(
    await rasterPdf(await ballotPdf(sample.loaded, layout, { test: false }), 200, 'ballot'),
  );
  const scan = markSheet(
    { front: must(pages[0], 'front'), back: must(pages[1], 'back') },
    sheet,
    [{ contestId: wished.contestId, optionId: wished.optionId, kind: 'full' }],
    { pen: 'ballpoint', seed: 'verb', orientation: 'front-foot-first', conditions: perfectScan() },
  );
  writeFileSync(front, await pngBytes(scan.first));
  writeFileSync(back, await pngBytes(scan.second));
});

async function run(...words: readonly string[]): Promise<VerbOutcome> {
  return interpret.run(expectOk(readArguments(interpret, words)));
}

interface InterpretationFile {
  readonly format: string;
  readonly images: readonly string[];
  readonly thresholds: unknown;
  readonly sheet: SheetResult;
}

test('a sheet is read against a definition, and the JSON holds everything', async () => {
  const outcome = await run('--election', election, '--image', back, '--image', front);
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  assert.match(outcome.text, new RegExp(`marked +${wished.contestId}: ${wished.optionId}`));
  const json = JSON.parse(JSON.stringify(outcome.json)) as InterpretationFile;
  assert.is(json.format, 'tallystick-interpretation/1');
  assert.equal(json.images, ['back.png', 'front.png']);
  assert.equal(json.thresholds, sample.loaded.definition.settings.markThresholds);
  if (json.sheet.kind !== 'read') throw new Error(json.sheet.reject.detail);
  assert.is(json.sheet.frontImage, 'second');
  assert.is(json.sheet.precinctId, layout.precinctId);
  const marked = json.sheet.front.ovals.filter((oval) => oval.verdict === 'marked');
  assert.equal(
    marked.map((oval) => oval.optionId),
    [wished.optionId],
  );
});

test('one image alone is read as a side, against a signed package', async () => {
  const directory = join(folder, 'package');
  const { publicKey: sealPublicKey } = sealKeyPair(new Uint8Array(32).fill(11));
  const parts: PackageParts = {
    definitionBytes: new Uint8Array(readFileSync(election)),
    definitionName: 'dutchess-ny.json',
    mode: 'official',
    pollingPlaceId: 'rhinebeck-town-hall',
    securityKeys: [
      { serial: 'PW-1', role: 'poll-worker', party: 'dem', sealPublicKey },
      { serial: 'PW-2', role: 'poll-worker', party: 'rep', sealPublicKey },
      { serial: 'AD-1', role: 'administrator', sealPublicKey },
    ],
    devices: [{ serialNumber: 'TS-0001', publicKey: ed25519Signer(new Uint8Array(32).fill(6)).publicKey }],
  };
  const built = await buildElectionPackage(await testAuthority(), parts, directory);
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  const outcome = await run('--election', directory, '--image', front);
  assert.is(outcome.kind, 'done', JSON.stringify(outcome).slice(0, 300));
  assert.match(outcome.kind === 'done' ? outcome.text : '', /^front of sheet 1, .*rotated-180/);
  writeFileSync(join(directory, 'definition.json'), 'changed');
  assert.is((await run('--election', directory, '--image', front)).kind, 'unusable');
});

test('overlays are written beside the result', async () => {
  const seen = join(folder, 'seen');
  const outcome = await run('--election', election, '--image', front, '--image', back, '--overlay', seen);
  assert.is(outcome.kind, 'done');
  for (const name of ['1-front-overlay.png', '2-back-overlay.png'])
    assert.ok(existsSync(join(seen, name)), name);
});

test('a refused image is a finding with its sentence; an unusable input is a problem with its name', async () => {
  const blank = join(folder, 'blank.png');
  writeFileSync(blank, await pngBytes(greyPage(1728, 2800, 200)));
  const refused = await run('--election', election, '--image', blank);
  assert.is(refused.kind, 'finding');
  assert.match(refused.kind === 'finding' ? refused.text : '', /Refused: No timing marks were found/);
  const same = await run('--election', election, '--image', front, '--image', front);
  assert.match(same.kind === 'finding' ? same.text : '', /two sides do not belong to one sheet/);
  for (const words of [
    ['--election', join(folder, 'nowhere.json'), '--image', front],
    ['--election', front, '--image', front],
    ['--election', election, '--image', join(folder, 'nowhere.png')],
    ['--election', election, '--image', front, '--dpi', 'many'],
    ['--election', election, '--image', front, '--image', back, '--image', front],
    ['--election', election, '--image', front, '--overlay', join(front, 'inside-a-file')],
  ]) {
    const outcome = await run(...words);
    assert.is(outcome.kind, 'unusable', words.join(' '));
  }
});

test.run();
