/**
 * The reader against the second opinion, on printed sides of both sample elections with every kind of mark, under
 * random conditions. CROSS_CHECK_SIDES asks for more sides than the ordinary run reads.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GreyPage } from '../../../ground/grey-page.js';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { ballotPdf } from '../../../election-def/ballot-pdf.js';
import type { BallotLayout } from '../../../election-def/layout-types.js';
import { defaultMarkThresholds } from '../../../election-def/mark-thresholds.js';
import { PAPER_HEIGHT_MM } from '../../../election-def/page-frame.js';
import { penNames } from '../../../tools/pen/ink.js';
import {
  feedOrientations,
  markPaper,
  markSheet,
  scanSheet,
  type MarkWish,
} from '../../../tools/pen/marked-sheet.js';
import { photograph } from '../../../tools/pen/not-a-ballot.js';
import { fold } from '../../../tools/pen/paper-damage.js';
import { randomScan } from '../../../tools/pen/scan-conditions.js';
import { markKinds } from '../../../tools/pen/strokes.js';
import { rasterPdf } from '../../../tools/raster.js';
import { readingContext } from '../../../vision/context.js';
import { agreementOf, compareReadings } from '../../../vision/cross-check/compare.js';
import { crossCheckSide } from '../../../vision/cross-check/cross-check.js';
import { openCv } from '../../../vision/cross-check/opencv.js';
import { readSide } from '../../../vision/read-side.js';
import type { OvalReading, SideReading, SideResult } from '../../../vision/reading.js';
import { layOutSample, sampleNames } from '../../election-def/samples.js';

const test = suite('the second opinion');

const ORDINARY_SIDES = 60;
const SIDES = Math.max(ORDINARY_SIDES, Number(process.env['CROSS_CHECK_SIDES'] ?? 0));

const samples = sampleNames.map((name) => {
  const { loaded, layouts } = layOutSample(name);
  const context = readingContext(layouts, loaded.hash20, defaultMarkThresholds);
  return { name, loaded, layouts, context, election: { layouts, electionHash20: loaded.hash20 } };
});
type Sample = (typeof samples)[number];

const printed = new Map<BallotLayout, readonly GreyPage[]>();
async function pagesOf(sample: Sample, layout: BallotLayout): Promise<readonly GreyPage[]> {
  const known = printed.get(layout);
  if (known !== undefined) return known;
  const pages = await rasterPdf(await ballotPdf(sample.loaded, layout, { test: false }), 200, layout.styleId);
  if (!pages.ok) throw new Error(pages.error.reason);
  printed.set(layout, pages.value);
  return pages.value;
}

/** Both sides of one random sheet, with about a quarter of its ovals marked in some way. */
async function randomSheet(sample: Sample, seed: string): Promise<readonly GreyPage[]> {
  const random = seededRandom(seed);
  const layout = random.pick(sample.layouts);
  const pages = await pagesOf(sample, layout);
  const s = random.integer(0, layout.sheets.length - 1);
  const sheet = must(layout.sheets[s], 'a sheet');
  const wishes = [...sheet.front.ovals, ...sheet.back.ovals]
    .filter(() => random.chance(0.25))
    .map(({ contestId, optionId }): MarkWish => ({ contestId, optionId, kind: random.pick(markKinds) }));
  const clean = { front: must(pages[2 * s], 'front'), back: must(pages[2 * s + 1], 'back') };
  const scan = markSheet(clean, sheet, wishes, {
    pen: random.pick(penNames),
    seed,
    orientation: random.pick(feedOrientations),
    conditions: randomScan(random, PAPER_HEIGHT_MM[layout.paper]),
  });
  return [scan.first, scan.second];
}

test(`agrees with the reader on every oval that is not ambiguous, on ${SIDES} random sides`, async () => {
  const disagreements: string[] = [];
  const counts = { confirmed: 0, ambiguous: 0, unsure: 0 };
  let spentMs = 0;
  for (let sheet = 0; 2 * sheet < SIDES; sheet++) {
    const sample = must(samples[sheet % samples.length], 'a sample');
    const seed = `cross-check ${sample.name} ${sheet}`;
    for (const page of await randomSheet(sample, seed)) {
      const live = readSide(page, sample.context);
      if (live.kind === 'rejected') throw new Error(`${seed}: ${live.reject.reason}, ${live.reject.detail}`);
      const startMs = performance.now();
      const second = crossCheckSide(page, sample.election);
      spentMs += performance.now() - startMs;
      disagreements.push(...compareReadings(live, second).map(({ detail }) => `${seed}: ${detail}`));
      const { confirmed, ambiguous, unsure } = agreementOf(live.reading, second);
      counts.confirmed += confirmed;
      counts.ambiguous += ambiguous;
      counts.unsure += unsure;
    }
  }
  assert.equal(disagreements, []);
  const clear = counts.confirmed + counts.unsure;
  assert.ok(counts.confirmed > SIDES * 5, `${counts.confirmed} ovals confirmed`);
  assert.ok(counts.unsure <= clear * 0.03, `unsure of ${counts.unsure} of ${clear} ovals`);
  console.log(`${SIDES} sides: ${JSON.stringify(counts)}, ${(spentMs / SIDES).toFixed(0)} ms a side`);
});

test('a fold through empty ovals is no contradiction: the reader takes it away, the second opinion is unsure', async () => {
  const disagreements: string[] = [];
  let unsure = 0;
  for (let sheet = 0; sheet < 6; sheet++) {
    const sample = must(samples[sheet % samples.length], 'a sample');
    const seed = `folded ${sample.name} ${sheet}`;
    const random = seededRandom(seed);
    const layout = random.pick(sample.layouts);
    const pages = await pagesOf(sample, layout);
    const places = must(layout.sheets[0], 'a sheet');
    const clean = { front: must(pages[0], 'front'), back: must(pages[1], 'back') };
    let { paper } = markPaper(clean, places, [], { pen: 'ballpoint', seed });
    for (let n = 0; n < 3; n++) {
      const atMm = random.pick(places.front.ovals).yMm + random.between(-1, 1);
      const slantDegrees = random.between(-1, 1);
      paper = fold(
        paper,
        { direction: 'across', atMm, slantDegrees, strength: random.between(0.5, 1) },
        random,
      );
    }
    const orientation = random.pick(feedOrientations);
    const conditions = randomScan(random, PAPER_HEIGHT_MM[layout.paper]);
    const scan = scanSheet(paper, { seed, orientation, conditions });
    for (const page of [scan.first, scan.second]) {
      const live = readSide(page, sample.context);
      if (live.kind === 'rejected') throw new Error(`${seed}: ${live.reject.reason}, ${live.reject.detail}`);
      const second = crossCheckSide(page, sample.election);
      disagreements.push(...compareReadings(live, second).map(({ detail }) => `${seed}: ${detail}`));
      unsure += agreementOf(live.reading, second).unsure;
    }
  }
  assert.equal(disagreements, []);
  assert.ok(unsure > 0, 'a fold went through an oval');
});

const sample = must(samples[0], 'a sample');
let page: GreyPage;
let reading: SideReading;
test.before(async () => {
  for (let n = 0; n < 10; n++) {
    page = must((await randomSheet(sample, `planted ${n}`))[0], 'a page');
    const live = readSide(page, sample.context);
    if (live.kind === 'rejected') throw new Error(live.reject.detail);
    reading = live.reading;
    const verdicts = new Set(reading.ovals.map(({ verdict }) => verdict));
    if (verdicts.has('blank') && verdicts.has('marked')) return;
  }
  throw new Error('no page with blank and marked ovals');
});

function altered(change: Partial<SideReading>): SideResult {
  return { kind: 'read', reading: { ...reading, ...change } };
}

test('a verdict of the reader that was turned round by hand is found, and named', () => {
  const second = crossCheckSide(page, sample.election);
  assert.equal(compareReadings(altered({}), second), []);
  for (const [was, becomes] of [
    ['blank', 'marked'],
    ['marked', 'blank'],
  ] as const) {
    const target = must(
      reading.ovals.find((oval) => oval.verdict === was),
      `an oval that is ${was}`,
    );
    const turnedRound = (oval: OvalReading): OvalReading =>
      oval === target ? { ...oval, verdict: becomes } : oval;
    const [finding, ...more] = compareReadings(altered({ ovals: reading.ovals.map(turnedRound) }), second);
    assert.is(finding?.kind, 'oval');
    assert.is(finding?.contestId, target.contestId);
    assert.is(finding?.optionId, target.optionId);
    assert.equal(more, []);
  }
});

test('another code, another way up, and an oval too few are findings; an ambiguous oval is none', () => {
  const second = crossCheckSide(page, sample.election);
  const kinds = (live: SideResult): readonly string[] =>
    compareReadings(live, second).map(({ kind }) => kind);
  assert.equal(kinds(altered({ code: { ...reading.code, test: !reading.code.test } })), ['code']);
  const orientation = reading.orientation === 'upright' ? 'rotated-180' : 'upright';
  assert.equal(kinds(altered({ orientation })), ['orientation']);
  assert.equal(kinds(altered({ ovals: reading.ovals.slice(1) })), ['ovals-missing']);
  const ambiguous = reading.ovals.map((oval): OvalReading => ({ ...oval, verdict: 'ambiguous' }));
  assert.equal(kinds(altered({ ovals: ambiguous })), []);
});

test('a photograph and a ballot of another election are rejected in words, and that is a finding against a reader that read them', async () => {
  const picture = crossCheckSide(photograph('a hill').front, sample.election);
  assert.match(picture.kind === 'rejected' ? picture.reason : '', /dark shapes|timing marks|bars/);
  assert.equal(
    compareReadings(altered({}), picture).map(({ kind }) => kind),
    ['refused-by-second'],
  );
  const other = must((await randomSheet(must(samples[1], 'another'), 'foreign'))[0], 'a page');
  const foreign = crossCheckSide(other, sample.election);
  assert.is(foreign.kind === 'rejected' && foreign.reason, 'the ballot code names another election');
});

test('shares nothing with the reader but the vocabulary', () => {
  const folder = fileURLToPath(new URL('../../../vision/cross-check/', import.meta.url));
  const sources = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'));
  assert.ok(sources.length >= 8, sources.join(' '));
  for (const name of sources) {
    const text = readFileSync(join(folder, name), 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:from|import\() ?'([^']+)'/g)) {
      const allowed = /^(node:|\.\/|\.\.\/\.\.\/(ground|election-def)\/|\.\.\/reading\.js$)/.test(path);
      assert.ok(allowed, `${name} imports ${path}`);
    }
  }
});

test('loading OpenCV leaves no listener behind, and reading no memory', () => {
  const cv = openCv();
  assert.is(process.listenerCount('uncaughtException'), 0);
  assert.is(process.listenerCount('unhandledRejection'), 0);
  crossCheckSide(page, sample.election);
  const { length } = (cv as unknown as { readonly HEAPU8: Uint8Array }).HEAPU8;
  for (let i = 0; i < 5; i++) crossCheckSide(page, sample.election);
  assert.is((cv as unknown as { readonly HEAPU8: Uint8Array }).HEAPU8.length, length);
});

test.run();
