/**
 * What is wrong with a side that could be read all the same, and the faults that cannot be lived with: a second sheet
 * that sticks out, and a streak over an oval, because nobody can say what lies under it.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { err, ok, type Result } from '../ground/result.js';
import { mmToPx, pxToMm } from '../ground/units.js';
import { OVAL, pageFrame, TIMING_PITCH_MM } from '../election-def/page-frame.js';
import type { SideContext } from './context.js';
import type { PageKernels } from './kernels/kernels.js';
import type { ScoredOval } from './ovals.js';
import type { PageMap } from './page-map.js';
import type { Fault, Reject } from './reading.js';
import { reject } from './rejects.js';
import { findSecondSheet } from './second-sheet.js';
import { findStreaks, MOST_STREAKS, type Streak } from './streaks.js';
import type { TimingFrame } from './timing-marks.js';

/** How close a streak may come to an oval's outline. */
const STREAK_CLEARANCE_MM = 0.5;
/** Paper is looked for this far inside its printed edges; so many neighbouring places without it are a tear. */
const TEAR_INSIDE_MM = 3;
const FEWEST_TORN = 2;
/** Grey levels: what is nowhere brighter than ink by so much is no paper. */
const NO_PAPER_ABOVE_INK = 60;

export function findFaults(
  page: GreyPage,
  frame: TimingFrame,
  map: PageMap,
  side: SideContext,
  ovals: readonly ScoredOval[],
  kernels: PageKernels,
): Result<readonly Fault[], Reject> {
  const second = findSecondSheet(page, frame, map);
  if (second !== undefined) {
    return err(
      reject(
        'several-sheets',
        `paper goes on beyond the ${second} edge of the page: a second sheet, or a longer one`,
      ),
    );
  }
  const faults: Fault[] = [];
  const { streaks, more } = findStreaks(page, frame, map, kernels);
  for (const streak of streaks) {
    const where = `${streak.polarity} streak ${mm(streak.fromXPx, page)} mm from the image's left edge`;
    if (ovals.some((oval) => touches(streak, oval, page.dpi))) {
      return err(reject('streak-on-a-target', `${where} runs over an oval`));
    }
    faults.push({ kind: 'streak', detail: `${where}, ${mm(streak.toYPx - streak.fromYPx, page)} mm long` });
  }
  if (more) {
    return err(
      reject('streak-on-a-target', `more than ${MOST_STREAKS} streaks: one of them may run over an oval`),
    );
  }
  const folds = ovals.filter((oval) => oval.score.withoutLine !== undefined);
  if (folds.length > 0) {
    const rows = [...new Set(folds.map((oval) => mm(oval.centre.yPx, page)))].slice(0, 8).join(', ');
    faults.push({
      kind: 'fold',
      detail: `a thin line runs through ${folds.length} oval(s), ${rows} mm from the image's top edge`,
    });
  }
  const torn = tornPlaces(page, frame, map, side);
  if (torn >= FEWEST_TORN) {
    faults.push({
      kind: 'torn-edge',
      detail: `paper is missing along ${(torn * TIMING_PITCH_MM).toFixed(0)} mm`,
    });
  }
  if (frame.interpolated > 0) {
    faults.push({
      kind: 'timing-marks-interpolated',
      detail: `${frame.interpolated} timing mark(s) were not found and have been interpolated`,
    });
  }
  return ok(faults);
}

function mm(px: number, page: GreyPage): string {
  return pxToMm(px, page.dpi).toFixed(0);
}

function touches(streak: Streak, { centre }: ScoredOval, dpi: number): boolean {
  const halfWidth = mmToPx(OVAL.widthMm / 2 + STREAK_CLEARANCE_MM, dpi);
  const halfHeight = mmToPx(OVAL.heightMm / 2 + STREAK_CLEARANCE_MM, dpi);
  return (
    streak.toXPx >= centre.xPx - halfWidth &&
    streak.fromXPx <= centre.xPx + halfWidth &&
    streak.toYPx >= centre.yPx - halfHeight &&
    streak.fromYPx <= centre.yPx + halfHeight
  );
}

/** Places just inside the paper's edges, one a pitch, where there is something as dark as no paper is. */
function tornPlaces(page: GreyPage, frame: TimingFrame, map: PageMap, side: SideContext): number {
  const { widthMm, heightMm } = pageFrame(side.layout.paper);
  let torn = 0;
  const look = (xMm: number, yMm: number): void => {
    map.locate(xMm, yMm);
    const x = Math.round(map.xPx);
    const y = Math.round(map.yPx);
    if (x < 1 || y < 1 || x >= page.widthPx - 1 || y >= page.heightPx - 1) return;
    let brightest = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        brightest = Math.max(brightest, page.data[(y + dy) * page.widthPx + x + dx] ?? 255);
      }
    }
    if (brightest < frame.inkLevel + NO_PAPER_ABOVE_INK) torn++;
  };
  for (let xMm = TEAR_INSIDE_MM; xMm <= widthMm - TEAR_INSIDE_MM; xMm += TIMING_PITCH_MM) {
    look(xMm, TEAR_INSIDE_MM);
    look(xMm, heightMm - TEAR_INSIDE_MM);
  }
  for (let yMm = TEAR_INSIDE_MM; yMm <= heightMm - TEAR_INSIDE_MM; yMm += TIMING_PITCH_MM) {
    look(TEAR_INSIDE_MM, yMm);
    look(widthMm - TEAR_INSIDE_MM, yMm);
  }
  return torn;
}
