import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { mmToPx } from '../../ground/units.js';
import { TIMING_MARK } from '../../election-def/page-frame.js';
import { readSide } from '../../vision/read-side.js';
import type { StagePicture } from '../../vision/draw.js';
import { drawStages } from '../../vision/stage-pictures.js';
import { photograph } from '../../tools/pen/not-a-ballot.js';
import { paintPage, plainScan } from './paint-page.js';
import { contextOf, filled, sideOf } from './reading-bench.js';

const test = suite('pictures of the stages');

const context = contextOf('letter');
const front = sideOf('letter', 'front');

function painted(): GreyPage {
  return paintPage({ ...front, ink: [filled(front, 4)] }, plainScan('letter'), 'stages');
}

function stagesOf(page: GreyPage, read = context): readonly StagePicture[] {
  return drawStages(page, read, readSide(page, read));
}

function names(stages: readonly StagePicture[]): readonly string[] {
  return stages.map(({ name }) => name);
}

/** Pixels of a colour near a place. */
function count(
  stage: StagePicture,
  colour: readonly number[],
  xPx: number,
  yPx: number,
  reach: number,
): number {
  const { widthPx, rgb } = stage.picture;
  let hits = 0;
  for (let y = Math.round(yPx) - reach; y <= yPx + reach; y++) {
    for (let x = Math.round(xPx) - reach; x <= xPx + reach; x++) {
      if (colour.every((value, i) => rgb[3 * (y * widthPx + x) + i] === value)) hits++;
    }
  }
  return hits;
}

function colourOf(stage: StagePicture, text: string): readonly number[] {
  return must(
    stage.legend.find((line) => line.text === text),
    `no "${text}" in the legend of ${stage.name}`,
  ).colour;
}

function stage(stages: readonly StagePicture[], name: string): StagePicture {
  return must(
    stages.find((one) => one.name === name),
    name,
  );
}

test('a page that was read has a picture of each stage, as large as the page', () => {
  const page = painted();
  const stages = stagesOf(page);
  assert.equal(names(stages), ['levels', 'timing-marks', 'code', 'page-map', 'ovals', 'verdicts']);
  for (const { picture, title } of stages) {
    assert.is(picture.rgb.length, 3 * page.widthPx * page.heightPx, title);
  }
  assert.match(stage(stages, 'timing-marks').title, /32 by 42 marks, 0 interpolated: letter paper/);
  assert.match(stage(stages, 'code').title, /front of sheet 1, style 5, precinct 3.*both ends agree/);
});

test('the marked oval is ringed in the colour that the legend gives to marked ones, and no other', () => {
  const page = painted();
  const result = readSide(page, context);
  if (result.kind === 'rejected') throw new Error(result.reject.detail);
  const verdicts = stage(drawStages(page, context, result), 'verdicts');
  const marked = colourOf(verdicts, 'marked');
  result.reading.ovals.forEach(({ centre, verdict }) => {
    assert.is(count(verdicts, marked, centre.xPx, centre.yPx, 26) > 100, verdict === 'marked');
  });
  assert.match(verdicts.title, /^Verdicts: 1 marked, 0 ambiguous, /);
});

test('a timing mark that was painted over is shown as interpolated', () => {
  const page = painted();
  const stages = stagesOf(page);
  const clean = stage(stages, 'timing-marks');
  const missing = colourOf(clean, 'missing, interpolated');
  const everywhere = (one: StagePicture): number => {
    let hits = 0;
    for (let i = 0; i < one.picture.rgb.length; i += 3) {
      if (missing.every((value, k) => one.picture.rgb[i + k] === value)) hits++;
    }
    return hits;
  };
  assert.is(everywhere(clean), 0);
  const middle = Math.round(page.heightPx / 2);
  for (let y = middle - 25; y < middle + 25; y++)
    page.data.fill(240, y * page.widthPx, y * page.widthPx + 170);
  const damaged = stage(stagesOf(page), 'timing-marks');
  assert.match(damaged.title, /[1-2] interpolated/);
  assert.ok(everywhere(damaged) > 100);
});

test('only a bar that is no timing mark is boxed as one', () => {
  const page = painted();
  const stray = (): number => {
    const marks = stage(stagesOf(page), 'timing-marks');
    const colour = colourOf(marks, "bar of a mark's size that is none");
    return count(marks, colour, page.widthPx / 2, page.heightPx / 2, Math.floor(page.widthPx / 2) - 2);
  };
  assert.is(stray(), 0);
  const [x, y] = [Math.round(page.widthPx * 0.55), Math.round(page.heightPx * 0.9)];
  const [wide, high] = [mmToPx(TIMING_MARK.widthMm, page.dpi), mmToPx(TIMING_MARK.heightMm, page.dpi)];
  for (let row = y; row < y + Math.round(high); row++) {
    page.data.fill(20, row * page.widthPx + x, row * page.widthPx + x + Math.round(wide));
  }
  const marks = stage(stagesOf(page), 'timing-marks');
  assert.match(marks.title, /^Timing marks: 145 bars/);
  assert.ok(count(marks, colourOf(marks, "bar of a mark's size that is none"), x, y, 60) > 50);
});

test('a refused page has pictures as far as the reader came, and the last one says why it ended there', () => {
  const photo = stagesOf(photograph('a hill').front);
  assert.equal(names(photo), ['levels', 'timing-marks']);
  assert.match(photo.at(-1)?.title ?? '', /REFUSED HERE: no-timing-marks, /);
  assert.match(photo[0]?.title ?? '', /none of which showed a frame/);
  const blank = stagesOf(greyPage(1728, 2200, 200));
  assert.equal(names(blank), ['levels']);
  const foreign = stagesOf(painted(), { ...context, electionHash20: 1 });
  assert.equal(names(foreign), ['levels', 'timing-marks', 'code']);
  assert.match(foreign.at(-1)?.title ?? '', /REFUSED HERE: wrong-election/);
});

test.run();
