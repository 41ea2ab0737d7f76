/**
 * Plain TypeScript says what the kernels count; WebAssembly must say the same, bit for bit: on thousands of random
 * pages that look like nothing, and on printed, marked and scanned ballots. Runs from built files.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { greyPage, rotate180, type GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { benchPaper } from '../../tools/benchmarks/pages.js';
import { readingContext } from '../../vision/context.js';
import {
  candidateScratch,
  fractionColumns,
  wholeColumns,
  type PageKernels,
} from '../../vision/kernels/kernels.js';
import { LARGEST_PAGE_BYTES, SheetMemory } from '../../vision/kernels/memory.js';
import { plainKernels, plainPageKernels } from '../../vision/kernels/plain.js';
import { loadWasmKernels } from '../../vision/kernels/wasm.js';
import { ovalTemplate } from '../../vision/oval-template.js';
import { readSide } from '../../vision/read-side.js';
import { degradedScan, paintPage } from './paint-page.js';
import { contextOf, filled, sideOf } from './reading-bench.js';

const test = suite('the WebAssembly kernels');

const memory = new SheetMemory();
const loaded = loadWasmKernels(memory);
if (!loaded.ok) throw new Error(loaded.error.reason);
const wasm = loaded.value;

/** Paper, ink and noise in patches, bars and lines: everything that a run, a ring or an outline can meet. */
function randomPage(random: SeededRandom): GreyPage {
  const page = greyPage(
    random.integer(180, 420),
    random.integer(150, 330),
    random.pick([150, 200, 200, 240, 300]),
  );
  const paper = random.integer(150, 255);
  page.data.fill(paper);
  for (let shapes = random.integer(0, 60); shapes > 0; shapes--) {
    const grey = random.integer(0, 255);
    const width = random.pick([1, 3, 8, 25, 31, 37, 38, 44, 53, 56, 90]);
    const height = random.pick([1, 2, 5, 9, 12, 14, 19, 30]);
    const left = random.integer(-20, page.widthPx - 1);
    const top = random.integer(0, page.heightPx - 1);
    for (let y = top; y < Math.min(page.heightPx, top + height); y++) {
      const from = y * page.widthPx + Math.max(0, left);
      page.data.fill(grey, from, y * page.widthPx + Math.min(page.widthPx, Math.max(0, left + width)));
    }
  }
  for (let specks = random.integer(0, 4_000); specks > 0; specks--) {
    page.data[random.integer(0, page.data.length - 1)] = random.integer(0, 255);
  }
  return page;
}

/** Everything that the kernels say of a page, asked with random questions. */
function answers(page: GreyPage, kernels: PageKernels, random: SeededRandom): unknown {
  const greys = new Uint32Array(256);
  const samples = kernels.sampleGreys(page, random.integer(1, 9), random.integer(1, 7), greys);
  const found = candidateScratch();
  const widthPx = random.between(6, 40);
  const search = {
    inkBelow: random.integer(0, 255),
    shortest: Math.ceil(widthPx * 0.7),
    longest: Math.floor(widthPx * random.between(1, 2)),
    endPlay: random.between(1, 6),
    tallest: random.between(4, 30),
    widthPx,
    heightPx: random.between(4, 15),
    leastShare: random.between(0.2, 0.7),
    mostShare: random.between(1.4, 2),
  };
  kernels.findMarks(page, search, found);

  const means = new Float64Array(page.widthPx);
  const [fromX, toX] = [random.integer(0, 80), random.integer(90, page.widthPx - 1)];
  const across = { ax: random.between(-5, 30), bx: random.between(page.widthPx - 30, page.widthPx + 5) };
  const heights = { ay: random.between(-8, page.heightPx + 8), by: random.between(-8, page.heightPx + 8) };
  kernels.bandMeans(page, { ...across, ...heights, half: random.integer(0, 4), fromX, toX }, means);

  const corner = (): { xPx: number; yPx: number } => ({
    xPx: random.between(-9, page.widthPx + 9),
    yPx: random.between(-9, page.heightPx + 9),
  });
  const grid = { origin: corner(), right: corner(), below: corner() };
  const boxGreys = new Uint32Array(256);
  const size = { columns: random.integer(1, 60), rows: random.integer(1, 20) };
  const inBox = kernels.gridGreys(page, { ...grid, ...size }, boxGreys);

  return {
    samples,
    greys: [...greys],
    overflowed: found.overflowed,
    marks: [found.x, found.y, found.grey].map((all) => [...all.slice(0, found.count)]),
    means: [...means],
    inBox,
    boxGreys: [...boxGreys],
    ovals: measuredOvals(page, kernels, random),
  };
}

const OVALS = 4;

function measuredOvals(page: GreyPage, kernels: PageKernels, random: SeededRandom): readonly unknown[] {
  const table = kernels.ovals;
  table.count = OVALS;
  for (let i = 0; i < OVALS; i++) {
    table.predictedX[i] = random.between(0, page.widthPx);
    table.predictedY[i] = random.between(0, page.heightPx);
  }
  const ink = random.integer(0, 120);
  const search = {
    reach: random.integer(1, 7),
    unit: 1 / (48 * Math.max(40, 255 - ink)),
    distanceCost: 0.005,
    ink,
    leastRange: 40,
    lightStep: random.between(0.05, 0.3),
    darkStep: random.between(0.2, 0.6),
    paperRank: random.between(0.3, 0.95),
  };
  kernels.measureOvals(page, ovalTemplate(page.dpi, random.between(-3, 3)), search);
  return Array.from({ length: OVALS }, (_, i) =>
    // Nothing is said of an oval that leaves the image.
    table.inImage[i] === 1
      ? [...fractionColumns, ...wholeColumns].map((column) => table[column][i])
      : 'outside',
  );
}

const PAGES = 3_000;

test(`count the same as the plain ones on ${PAGES} random pages`, () => {
  let marks = 0;
  let ovals = 0;
  for (let round = 0; round < PAGES; round++) {
    const seed = `kernels ${round}`;
    const page = randomPage(seededRandom(seed));
    const placed = wasm.place(page);
    assert.is.not(placed.kernels, plainPageKernels, seed);
    const plain = answers(page, plainPageKernels, seededRandom(`${seed}/questions`)) as Said;
    const said = answers(placed.page, placed.kernels, seededRandom(`${seed}/questions`)) as Said;
    assert.is(JSON.stringify(said), JSON.stringify(plain), seed);
    marks += plain.marks[0]?.length ?? 0;
    ovals += plain.ovals.filter((oval) => oval !== 'outside').length;
  }
  // Nothing was equal because nothing was there.
  assert.ok(marks > PAGES / 5, `${marks} marks`);
  assert.ok(ovals > PAGES / 2, `${ovals} ovals`);
});

interface Said {
  readonly marks: readonly (readonly number[])[];
  readonly ovals: readonly unknown[];
}

test("give up at the same number of bars, and of bars of a mark's size", () => {
  for (const [heightPx, barHeight] of [
    [4400, 10],
    [1300, 12],
  ] as const) {
    const page = greyPage(1728, heightPx, 200);
    for (let y = 0; y < page.heightPx; y++) {
      if (y % 20 >= barHeight) continue;
      for (let x = 0; x < page.widthPx; x++) page.data[y * page.widthPx + x] = x % 40 < 30 ? 0 : 255;
    }
    const search = { inkBelow: 128, shortest: 26, longest: 54, endPlay: 4.3, tallest: 20 };
    const size = { widthPx: 30, heightPx: barHeight, leastShare: 0.68, mostShare: 1.42 };
    const [plain, said] = [candidateScratch(), candidateScratch()];
    plainPageKernels.findMarks(page, { ...search, ...size }, plain);
    const placed = wasm.place(page);
    placed.kernels.findMarks(placed.page, { ...search, ...size }, said);
    assert.is(plain.overflowed, true);
    assert.is(said.overflowed, true);
  }
});

test('read printed ballots of three lengths exactly as the plain ones do, to the last digit', async () => {
  for (const paper of ['letter', 'legal', '22-inch'] as const) {
    const { context, loaded: election, layouts, sheets } = await benchPaper(paper, 2, 'kernels');
    const { markThresholds } = election.definition.settings;
    const fast = readingContext(layouts, election.hash20, markThresholds, wasm);
    for (const page of sheets.flatMap(({ first, second }) => [first, second])) {
      for (const turned of [page, rotate180(page)]) {
        const plain = readSide(turned, context);
        assert.is(plain.kind, 'read', paper);
        assert.equal(readSide(turned, fast), plain, paper);
      }
    }
  }
});

test('read degraded pages, and refuse what is none, exactly as the plain ones do', () => {
  const what = sideOf('letter', 'front');
  const { layouts, electionHash20, thresholds } = contextOf('letter');
  const fast = readingContext(layouts, electionHash20, thresholds, wasm);
  const kinds = new Set<string>();
  for (let round = 0; round < 12; round++) {
    const seed = `kernels, degraded ${round}`;
    const random = seededRandom(seed);
    const page = paintPage({ ...what, ink: [filled(what, round)] }, degradedScan('letter', random), seed);
    if (round % 4 === 3) page.data.fill(200, 0, page.data.length / 3);
    const plain = readSide(page, contextOf('letter'));
    kinds.add(plain.kind);
    assert.equal(readSide(page, fast), plain, seed);
  }
  assert.equal([...kinds].sort(), ['read', 'rejected']);
});

test('leave a page that is too large or too fine to the plain ones', () => {
  const large = greyPage(2_600, Math.ceil(LARGEST_PAGE_BYTES / 2_600) + 1, 200);
  assert.is(wasm.place(large).kernels, plainPageKernels);
  assert.is(wasm.place(greyPage(300, 300, 600)).kernels, plainPageKernels);
});

test('read a page where it lies when it lies in their memory, and copy no other over it', () => {
  const page = memory.page('second', 400, 300, 200);
  page.data.fill(7);
  assert.is(wasm.place(page).page, page);
  const other = wasm.place(greyPage(400, 300, 200));
  assert.is(must(other.page.data[0], 'a pixel'), 255);
  assert.is(must(page.data[0], 'a pixel'), 7);
  assert.is(plainKernels.place(page).page, page);
});

test.run();
