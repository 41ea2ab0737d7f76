/** Ink that came through the paper is nobody's vote; a faint mark with print behind it is one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SHEET_WIDTH_MM } from '../../election-def/page-frame.js';
import { greyPage, rotate180, type GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { mmToPx, SCAN_DPI } from '../../ground/units.js';
import { bleedThrough } from '../../tools/pen/bleed.js';
import { fillingStrokes } from '../../tools/pen/filling.js';
import { inkFilm, layOn, pickPen } from '../../tools/pen/ink.js';
import { feedOrientations, type FeedOrientation } from '../../tools/pen/marked-sheet.js';
import { copyOf, type CleanSheet, type PaperSheet } from '../../tools/pen/paper.js';
import { moved } from '../../tools/pen/strokes.js';
import { explainOval } from '../../vision/explain.js';
import type { OvalReading, SheetResult } from '../../vision/reading.js';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import { everyFourth, marked, outcomeOf, printBallot, read, scanned, sheet } from './paper-bench.js';

const test = suite('ink from behind');
let clean: CleanSheet;

test.before(async () => {
  clean = await printBallot();
});

/** Marker scribbles on the back of the sheet that lie behind every second oval of the front, none of which was voted for. */
function scribbledBehind(
  paper: PaperSheet,
  seed: string,
): { paper: PaperSheet; behind: ReadonlySet<string> } {
  const random = seededRandom(`${seed}/scribbles`);
  const scribbled = copyOf(paper);
  const pen = pickPen('marker', random);
  const behind = new Set<string>();
  for (const oval of sheet.front.ovals.filter((_, i) => i % 4 === 3 || i % 4 === 0)) {
    const centre = {
      xPx: mmToPx(SHEET_WIDTH_MM - oval.xMm, SCAN_DPI),
      yPx: mmToPx(oval.yMm, SCAN_DPI),
    };
    const strokes = fillingStrokes('full', random.between(0.5, 1), pen.radiusPx, random);
    layOn(scribbled.back, inkFilm(moved(strokes, centre), pen, 7, random));
    behind.add(`${oval.contestId}/${oval.optionId}`);
  }
  assert.ok(behind.size >= 2);
  return { paper: scribbled, behind };
}

function frontOvals(result: SheetResult, hint: string): readonly OvalReading[] {
  if (result.kind === 'rejected') throw new Error(`${hint}: ${result.reject.detail}`);
  return result.front.ovals;
}

function bled(seed: string, share: number, orientation: FeedOrientation) {
  const voted = marked(clean, seed, 'marker');
  const scribbled = scribbledBehind(voted.paper, seed);
  const paper = bleedThrough(scribbled.paper, clean, share, seededRandom(seed));
  return { ...voted, behind: scribbled.behind, scan: scanned(paper, seed, {}, orientation) };
}

test('a marker that bleeds into the ovals behind it never votes there, whichever way the sheet goes in', () => {
  for (const [i, share] of [0.15, 0.3, 0.45, 0.6].entries()) {
    const seed = `bleed ${share}`;
    const { scan, behind, truth } = bled(seed, share, must(feedOrientations[i], 'a way to feed'));
    for (const oval of frontOvals(read(scan), seed)) {
      const name = `${oval.contestId}/${oval.optionId}`;
      const hint = `${seed} ${name} ${JSON.stringify(oval.score)}`;
      const voted = truth.some((one) => `${one.contestId}/${one.optionId}` === name);
      if (voted) assert.is(oval.verdict, 'marked', hint);
      else if (behind.has(name)) assert.is.not(oval.verdict, 'marked', hint);
      else assert.is(oval.verdict, 'blank', hint);
    }
  }
});

test('what came through would be a vote by itself: the other side is what tells, and the reading keeps it', () => {
  const { scan, behind } = bled('evidence', 0.5, 'front-head-first');
  const doubtful = frontOvals(read(scan), 'evidence').filter((oval) => oval.score.fromBehind !== undefined);
  assert.is(doubtful.length, behind.size);
  for (const oval of doubtful) {
    assert.ok(must(oval.score.fromBehind, 'measured') > 0.8, JSON.stringify(oval.score));
    const thisSideAlone = { ...oval.score, fromBehind: 0 };
    assert.is(explainOval(thisSideAlone, defaultMarkThresholds).verdict, 'marked');
    const why = explainOval(oval.score, defaultMarkThresholds);
    assert.is(why.verdict, oval.verdict);
    assert.match(why.conclusion, /^ambiguous: a faint mark, but darker ink lies behind it/);
  }
});

test('two images of which one is turned are held against each other all the same', () => {
  const { scan } = bled('turned', 0.5, 'front-head-first');
  const shares = (result: SheetResult): readonly (number | undefined)[] =>
    frontOvals(result, 'turned').map((oval) => oval.score.fromBehind);
  const straight = shares(read(scan));
  const turned = shares(read({ first: scan.first, second: rotate180(scan.second) }));
  straight.forEach((share, i) => {
    assert.is(share === undefined, turned[i] === undefined);
    if (share !== undefined) assert.ok(Math.abs(share - (turned[i] ?? 0)) < 0.1, `${share} ${turned[i]}`);
  });
});

test('two images of different resolutions are held against each other all the same', () => {
  // Thin strokes on both sides: where they do not lie behind each other is what a wrong scale would miss.
  const voted = marked(clean, 'two resolutions', 'pencil', everyFourth('x'));
  const paper = copyOf(voted.paper);
  const random = seededRandom('two resolutions');
  for (const oval of sheet.front.ovals) {
    const centre = { xPx: mmToPx(SHEET_WIDTH_MM - oval.xMm, SCAN_DPI), yPx: mmToPx(oval.yMm, SCAN_DPI) };
    for (const aside of [-8, 0, 8]) {
      const stroke = [-24, 24].map((y) => ({ xPx: centre.xPx + aside, yPx: centre.yPx + y, pressure: 1 }));
      layOn(paper.back, inkFilm([stroke], pickPen('ballpoint', random), 7, random));
    }
  }
  const scan = scanned(paper, 'two resolutions', {}, 'front-head-first');
  const doubled = greyPage(2 * scan.second.widthPx, 2 * scan.second.heightPx, 2 * scan.second.dpi);
  doubled.data.forEach((_, i) => {
    const [x, y] = [i % doubled.widthPx, Math.floor(i / doubled.widthPx)];
    doubled.data[i] = scan.second.data[(y >> 1) * scan.second.widthPx + (x >> 1)] ?? 0;
  });
  const shares = (second: GreyPage): readonly number[] =>
    frontOvals(read({ first: scan.first, second }), 'two resolutions').flatMap(({ score }) =>
      score.fromBehind === undefined ? [] : [score.fromBehind],
    );
  const [same, finer] = [shares(scan.second), shares(doubled)];
  assert.ok(same.length > 0);
  assert.is(finer.length, same.length);
  same.forEach((share, i) => {
    assert.ok(Math.abs(share - (finer[i] ?? 0)) < 0.02, `${share} ${finer[i]}`);
  });
});

test('a pencil mark with print or pencil behind it keeps its vote', () => {
  let compared = 0;
  for (const kind of ['full', 'pencil-line', 'x'] as const) {
    const seed = `pencil ${kind}`;
    const voted = marked(clean, seed, 'pencil', everyFourth(kind));
    const result = read(scanned(voted.paper, seed, { showThrough: 0.04 }));
    assert.is(outcomeOf(result, voted, seed), 'right');
    if (result.kind === 'rejected') continue;
    for (const { score } of [...result.front.ovals, ...result.back.ovals]) {
      if (score.fromBehind === undefined) continue;
      compared++;
      assert.ok(score.fromBehind < 0.7, `${seed}: ${score.fromBehind}`);
    }
  }
  assert.ok(compared > 10, `${compared} pencil marks were compared`);
});

test.run();
