import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { encodeBallotCode } from '../../election-def/ballot-code.js';
import { ballotPdf } from '../../election-def/ballot-pdf.js';
import type { BallotLayout, SideLayout } from '../../election-def/layout-types.js';
import {
  CODE_CELL,
  codeCellCentre,
  OVAL,
  pageFrame,
  TIMING_MARK,
  timingMarks,
} from '../../election-def/page-frame.js';
import { equalBytes } from '../../ground/bytes.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { mmToPx, SCAN_DPI, type PointMm } from '../../ground/units.js';
import { rasterPdf } from '../../tools/raster.js';
import { at, layOutSample, sampleNames, sidesOf, type LaidOutSample } from './samples.js';

const test = suite('ballot pdf');
const samples = new Map(sampleNames.map((name) => [name, layOutSample(name)]));

/** Grey of all pixels whose centre lies within the ellipse or, for a box, the rectangle. */
function pixels(
  page: GreyPage,
  centre: PointMm,
  widthMm: number,
  heightMm: number,
  shape: 'box' | 'ellipse',
): readonly number[] {
  const [cx, cy, rx, ry] = [centre.xMm, centre.yMm, widthMm / 2, heightMm / 2].map((mm) =>
    mmToPx(mm, page.dpi),
  ) as [number, number, number, number];
  const found: number[] = [];
  for (let y = Math.ceil(cy - ry); y < cy + ry; y++) {
    for (let x = Math.ceil(cx - rx); x < cx + rx; x++) {
      const [dx, dy] = [(x + 0.5 - cx) / rx, (y + 0.5 - cy) / ry];
      const within = shape === 'box' ? Math.max(Math.abs(dx), Math.abs(dy)) <= 1 : Math.hypot(dx, dy) <= 1;
      if (within) found.push(page.data[y * page.widthPx + x] ?? 0);
    }
  }
  return found;
}

async function pagesOf({ loaded }: LaidOutSample, layout: BallotLayout, official = true) {
  const pdf = await ballotPdf(loaded, layout, { test: !official });
  const pages = await rasterPdf(pdf, SCAN_DPI, 'ballot.pdf');
  if (!pages.ok) throw new Error(pages.error.reason);
  return pages.value;
}

function checkFrame(page: GreyPage, layout: BallotLayout, cells: readonly boolean[], about: string): void {
  const frame = pageFrame(layout.paper);
  for (const mark of timingMarks(frame)) {
    const inner = pixels(page, mark, TIMING_MARK.widthMm - 0.3, TIMING_MARK.heightMm - 0.3, 'box');
    assert.ok(Math.max(...inner) < 40, `${about}: the mark at ${mark.xMm}, ${mark.yMm} is not solid`);
  }
  for (const end of ['top', 'bottom'] as const) {
    const read = cells.map((_, cell) => {
      const centre = codeCellCentre(frame, end, cell);
      const inner = pixels(page, centre, CODE_CELL.widthMm - 0.3, CODE_CELL.heightMm - 0.3, 'box');
      if (Math.max(...inner) < 40) return true;
      assert.ok(Math.min(...inner) > 230, `${about}: cell ${cell} at the ${end} is neither ink nor paper`);
      return false;
    });
    assert.equal(read, cells, `${about}, ${end}`);
  }
}

function checkVotingPositions(page: GreyPage, side: SideLayout, about: string): void {
  for (const oval of side.ovals) {
    const name = `${about}: ${oval.contestId} ${oval.optionId}`;
    const inside = pixels(page, oval, OVAL.widthMm - 1, OVAL.heightMm - 1, 'ellipse');
    assert.ok(inside.length > 400, name);
    assert.ok(Math.min(...inside) > 250, `${name} is not white inside`);
    const ink = [0.3, 5].map((widerMm) =>
      pixels(page, oval, OVAL.widthMm + widerMm, OVAL.heightMm + widerMm, 'ellipse').reduce(
        (sum, grey) => sum + (255 - grey) / 255,
        0,
      ),
    );
    const [outline = 0, withRing = 0] = ink;
    assert.ok(outline > 120 && outline < 320, `${name} has an outline of ${outline.toFixed(0)} pixels`);
    assert.ok(withRing - outline < 0.5, `${name} has ink around it`);
  }
  for (const box of side.writeInBoxes) {
    const centre = { xMm: box.xMm + box.widthMm / 2, yMm: box.yMm + box.heightMm / 2 };
    const inside = pixels(page, centre, box.widthMm - 0.4, box.heightMm - 0.4, 'box');
    assert.ok(Math.min(...inside) > 250, `${about}: the box of ${box.optionId} is not empty`);
  }
}

for (const [name, sample] of samples) {
  test(`${name}: marks, code, ovals and write-in boxes are on paper where the layout says`, async () => {
    for (const layout of sample.layouts) {
      const pages = await pagesOf(sample, layout);
      const sides = sidesOf(layout);
      assert.is(pages.length, sides.length);
      for (const [i, side] of sides.entries()) {
        const page = at(pages, i);
        const about = `${layout.styleId} ${layout.precinctId}, page ${i + 1}`;
        const { widthMm, heightMm } = pageFrame(layout.paper);
        assert.is(page.widthPx, Math.round(mmToPx(widthMm, SCAN_DPI)), about);
        assert.is(page.heightPx, Math.round(mmToPx(heightMm, SCAN_DPI)), about);
        const code = encodeBallotCode({
          electionHash20: sample.loaded.hash20,
          styleNumber: layout.styleNumber,
          precinctNumber: layout.precinctNumber,
          sheet: Math.floor(i / 2) + 1,
          side: i % 2 === 0 ? 'front' : 'back',
          test: false,
        });
        checkFrame(page, layout, code, about);
        checkVotingPositions(page, side, about);
      }
    }
  });
}

async function textsOf(pdf: Uint8Array): Promise<readonly string[]> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const texts = Array.from({ length: document.getPageCount() }, (_, i) =>
    document.getPage(i).getText().replace(/\s+/g, ' '),
  );
  document.destroy();
  library.destroy();
  return texts;
}

test('every text of the layout can be read out of the PDF, accents included', async () => {
  for (const { loaded, layouts } of samples.values()) {
    const layout = at(layouts, layouts.length - 1);
    const texts = await textsOf(await ballotPdf(loaded, layout, { test: false }));
    for (const [i, side] of sidesOf(layout).entries()) {
      for (const item of side.drawing) {
        if (item.kind !== 'text') continue;
        // PDFium takes a hyphen at a line's end for one that was put in to break the word.
        const line = item.text.replace(/-$/, '');
        assert.ok(at(texts, i).includes(line), item.text);
      }
    }
  }
});

test('a test ballot says so on every side, in every language, and in its code; an official one does not', async () => {
  const sample = samples.get('boulder-co');
  if (sample === undefined) throw new TypeError('the sample is there');
  const layout = at(sample.layouts, 0);
  const [forTest, official] = await Promise.all(
    [true, false].map(async (isTest) => textsOf(await ballotPdf(sample.loaded, layout, { test: isTest }))),
  );
  for (const text of forTest ?? []) {
    assert.match(text, /TEST BALLOT \/ BOLETA DE PRUEBA/);
    assert.not.match(text, /OFFICIAL/);
  }
  for (const text of official ?? []) {
    assert.match(text, /OFFICIAL BALLOT \/ BOLETA OFICIAL/);
    assert.not.match(text, /TEST|PRUEBA/);
  }
  assert.is(forTest?.length, 4);
  const code = encodeBallotCode({
    electionHash20: sample.loaded.hash20,
    styleNumber: layout.styleNumber,
    precinctNumber: layout.precinctNumber,
    sheet: 1,
    side: 'front',
    test: true,
  });
  checkFrame(at(await pagesOf(sample, layout, false), 0), layout, code, 'the test ballot');
});

test('the same ballot gives the same bytes', async () => {
  for (const { loaded, layouts } of samples.values()) {
    const twice = [0, 1].map(() => ballotPdf(loaded, at(layouts, 0), { test: false }));
    const [first, second] = await Promise.all(twice);
    assert.ok(first !== undefined && second !== undefined && equalBytes(first, second));
    assert.match(Buffer.from(first).toString('latin1'), /\(D:20261103000000Z\)/);
  }
});

test.run();
