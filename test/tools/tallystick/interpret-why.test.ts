/** Asking `tallystick interpret` why: explanations, stage pictures, the second opinion, the thresholds in force. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../ground/bytes.js';
import type { GreyPage } from '../../../ground/grey-page.js';
import { must } from '../../../ground/result.js';
import type { PointPx } from '../../../ground/units.js';
import { ballotPdf } from '../../../election-def/ballot-pdf.js';
import type { ElectionDefinition } from '../../../election-def/definition.js';
import { layOutElection } from '../../../election-def/layout.js';
import { readDefinition, type LoadedDefinition } from '../../../election-def/load.js';
import { pngBytes } from '../../../tools/image-write.js';
import { markSheet } from '../../../tools/pen/marked-sheet.js';
import { photograph } from '../../../tools/pen/not-a-ballot.js';
import { perfectScan } from '../../../tools/pen/scan-conditions.js';
import type { MarkKind } from '../../../tools/pen/strokes.js';
import { rasterPdf } from '../../../tools/raster.js';
import { readArguments, type VerbOutcome } from '../../../tools/tallystick/command.js';
import { interpret } from '../../../tools/tallystick/interpret.js';
import type { CrossCheckedImage } from '../../../tools/tallystick/interpret-cross-check.js';
import { VERDICT_COLOUR, type Colour } from '../../../vision/draw.js';
import type { SideExplanation } from '../../../vision/explain.js';
import type { SideReading } from '../../../vision/reading.js';
import { sampleText, value } from '../../election-def/samples.js';
import { expectOk } from '../../firmware/trust/support.js';

/** The second opinion's thread runs from built files. */
const test = suite('tallystick interpret, asked why');

const folder = mkdtempSync(join(tmpdir(), 'tallystick-why-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** A sample election as a file, and a front of it with its third oval half filled, or marked otherwise. */
async function scanned(
  name: string,
  change: (definition: ElectionDefinition) => void,
  kind: MarkKind = 'half',
): Promise<{ election: string; image: string; marked: string; back: GreyPage }> {
  const definition = JSON.parse(sampleText('dutchess-ny')) as ElectionDefinition;
  change(definition);
  const bytes = utf8(JSON.stringify(definition));
  const election = join(folder, `${name}.json`);
  writeFileSync(election, bytes);
  const loaded: LoadedDefinition = value(readDefinition(bytes, name));
  const layout = must(value(layOutElection(loaded))[0], 'a layout');
  const sheet = must(layout.sheets[0], 'a sheet');
  const pages = expectOk(await rasterPdf(await ballotPdf(loaded, layout, { test: false }), 200, name));
  const { contestId, optionId } = must(sheet.front.ovals[2], 'an oval');
  const scan = markSheet(
    { front: must(pages[0], 'front'), back: must(pages[1], 'back') },
    sheet,
    [{ contestId, optionId, kind }],
    { pen: 'ballpoint', seed: name, orientation: 'front-head-first', conditions: perfectScan() },
  );
  const image = join(folder, `${name}.png`);
  writeFileSync(image, await pngBytes(scan.first));
  return { election, image, marked: `${contestId}: ${optionId}`, back: scan.second };
}

/** An election whose thresholds no county would set: hardly anything counts as a mark. */
function blind(definition: ElectionDefinition): void {
  Object.assign(definition.settings.markThresholds, {
    light: { blankBelow: 1, markedFrom: 1 },
    darkness: { blankBelow: 1, markedFrom: 1 },
    haloAmbiguousFrom: 1,
    rimAmbiguousFrom: 1,
    outlineLeast: 0,
  });
}

let usual: Awaited<ReturnType<typeof scanned>>;
test.before(async () => {
  usual = await scanned('usual', () => undefined);
});

async function run(...words: readonly string[]): Promise<VerbOutcome> {
  return interpret.run(expectOk(readArguments(interpret, words)));
}

function textOf(outcome: VerbOutcome): string {
  return outcome.kind === 'unusable' ? JSON.stringify(outcome.problems) : outcome.text;
}

function jsonOf(outcome: VerbOutcome): unknown {
  return JSON.parse(JSON.stringify(outcome.kind === 'unusable' ? outcome.problems : outcome.json));
}

/** The images' entries under `crossCheck`. */
function crossCheckOf(outcome: VerbOutcome): readonly CrossCheckedImage[] {
  return (jsonOf(outcome) as { crossCheck: readonly CrossCheckedImage[] }).crossCheck;
}

test('--explain says of every oval which feature against which threshold made it what it is', async () => {
  const outcome = await run('--election', usual.election, '--image', usual.image, '--explain');
  assert.is(outcome.kind, 'done');
  const text = textOf(outcome);
  assert.match(text, /the code was read at both ends, and they agree/);
  assert.match(
    text,
    new RegExp(`  ${usual.marked}\n    marked: a stroke in dark ink\n      [0-9.]+ % of its inside`),
  );
  const { explanations, side } = jsonOf(outcome) as {
    explanations: readonly (SideExplanation & { image: string })[];
    side: { reading: { ovals: readonly { verdict: string }[] } };
  };
  assert.equal(
    explanations[0]?.ovals.map(({ verdict }) => verdict),
    side.reading.ovals.map(({ verdict }) => verdict),
  );
  assert.is(explanations[0]?.image, 'usual.png');
});

test('of a sheet, explanations and pictures say what the sheet says: a faint mark is held against what lies behind', async () => {
  const bled = await scanned('bled', () => undefined, 'light-pencil');
  const alone = await run('--election', bled.election, '--image', bled.image);
  assert.match(textOf(alone), new RegExp(`  marked +${bled.marked}`), 'one side alone cannot know');
  const { side } = jsonOf(alone) as { side: { reading: SideReading } };
  const { centre } = must(side.reading.ovals[2], 'the marked oval');
  blot(bled.back, { xPx: bled.back.widthPx - 1 - centre.xPx, yPx: centre.yPx });
  const back = join(folder, 'bled-back.png');
  writeFileSync(back, await pngBytes(bled.back));
  const seen = join(folder, 'bled');
  const images = ['--image', bled.image, '--image', back];
  const outcome = await run('--election', bled.election, ...images, '--explain', '--debug', seen);
  assert.match(textOf(outcome), new RegExp(`  ambiguous +${bled.marked}`));
  assert.match(
    textOf(outcome),
    new RegExp(`  ${bled.marked}\n    ambiguous: a faint mark, but darker ink lies behind it`),
  );
  const picture = sharp(join(seen, '1-bled-6-verdicts.png'));
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const stripPx = info.height - bled.back.heightPx;
  const ringed = data.subarray(3 * stripPx * info.width);
  assert.ok(countOf(ringed, VERDICT_COLOUR.ambiguous) > 100, 'an orange ring on the page');
  assert.is(countOf(ringed, VERDICT_COLOUR.marked), 0);
});

/** Solid ink larger than an oval. */
function blot(page: GreyPage, centre: PointPx): void {
  for (let dy = -30; dy <= 30; dy++) {
    const start = Math.round(centre.yPx + dy) * page.widthPx + Math.round(centre.xPx);
    page.data.fill(0, start - 40, start + 40);
  }
}

function countOf(rgb: Uint8Array, colour: Colour): number {
  let count = 0;
  for (let i = 0; i < rgb.length; i += 3) if (colour.every((value, k) => rgb[i + k] === value)) count++;
  return count;
}

test('--debug writes the stages as numbered pictures with a legend above the page, also of a refused page', async () => {
  const seen = join(folder, 'seen');
  const photo = join(folder, 'photo.png');
  writeFileSync(photo, await pngBytes(photograph('a hill').front));
  await run('--election', usual.election, '--image', usual.image, '--debug', seen);
  assert.is((await run('--election', usual.election, '--image', photo, '--debug', seen)).kind, 'finding');
  assert.equal(readdirSync(seen).sort(), [
    'photo-1-levels.png',
    'photo-2-timing-marks.png',
    'usual-1-levels.png',
    'usual-2-timing-marks.png',
    'usual-3-code.png',
    'usual-4-page-map.png',
    'usual-5-ovals.png',
    'usual-6-verdicts.png',
  ]);
  const page = await sharp(usual.image).metadata();
  const picture = await sharp(join(seen, 'usual-6-verdicts.png')).metadata();
  assert.is(picture.width, page.width);
  assert.ok(picture.height > page.height + 100, 'a strip with title and legend');
  assert.not.ok(existsSync(join(seen, 'usual-7.png')));
});

test('--cross-check agrees on a plain ballot, and says on how much', async () => {
  const outcome = await run('--election', usual.election, '--image', usual.image, '--cross-check');
  assert.is(outcome.kind, 'done', textOf(outcome));
  assert.match(
    textOf(outcome),
    /Cross-check of usual.png: agrees on the code, the orientation and [0-9]+ ovals/,
  );
  const [check] = crossCheckOf(outcome);
  assert.equal(check?.findings, []);
  assert.ok((check?.agreement?.confirmed ?? 0) > 20);
});

test('--cross-check contradicts a reader that was set to see no marks: a finding that names the oval', async () => {
  const set = await scanned('blind', blind);
  const outcome = await run('--election', set.election, '--image', set.image, '--cross-check');
  assert.is(outcome.kind, 'finding', textOf(outcome));
  assert.match(textOf(outcome), /Cross-check of blind.png: FINDING/);
  assert.match(
    textOf(outcome),
    new RegExp(`${set.marked} is blank for the reader and marked for the second`),
  );
  const [check] = crossCheckOf(outcome);
  assert.equal(
    check?.findings.map(({ kind }) => kind),
    ['oval'],
  );
});

test('--thresholds prints what counts as a mark in this election, and takes no image', async () => {
  const outcome = await run('--election', usual.election, '--thresholds');
  assert.is(outcome.kind, 'done');
  assert.match(textOf(outcome), /^What counts as a mark in /);
  assert.match(textOf(outcome), / {2}- 16 % or more of its inside is darker than paper/);
  assert.match(textOf(outcome), / {2}spanMm\.markedFrom +1\.6 mm/);
  const json = jsonOf(outcome) as {
    format: string;
    thresholds: unknown;
    statement: { numbers: readonly unknown[] };
  };
  assert.is(json.format, 'tallystick-mark-statement/1');
  assert.is(json.statement.numbers.length, 12);
  const both = await run('--election', usual.election, '--thresholds', '--image', usual.image);
  assert.match(textOf(both), /not given with --thresholds/);
  const why = await run('--election', usual.election, '--thresholds', '--explain');
  assert.match(textOf(why), /--explain.*not given with --thresholds/);
  assert.match(textOf(await run('--election', usual.election)), /"--image","reason":"is missing"/);
});

test.run();
