/**
 * A strip of ovals, marked, under the scan head, and its ovals scored by the reader's own code. A strip has no frame
 * to be registered by: where its ovals are looked for is where they truly lie, plus an error drawn from those that
 * the reader made on whole pages under the same distribution of conditions (`pages.ts`).
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';
import type { MarkThresholds } from '../../election-def/mark-thresholds.js';
import { median } from '../../vision/edge-clusters.js';
import type { Kernels } from '../../vision/kernels/kernels.js';
import { scoreOvals } from '../../vision/ovals.js';
import type { PageLocator } from '../../vision/page-map.js';
import type { OvalScore, Verdict } from '../../vision/reading.js';
import { verdictOf } from '../../vision/verdict.js';
import { paperInImage, scanSide } from '../pen/degrade.js';
import type { ScanConditions } from '../pen/scan-conditions.js';
import type { Strip } from './lattice.js';

/** Errors of registration of one side: predicted less true place, in pixels, one for each oval that was looked at. */
export type SideResiduals = readonly PointPx[];

export interface JudgedOval {
  readonly verdict: Verdict;
  readonly score: OvalScore;
}

export interface StripReader {
  readonly strip: Strip;
  readonly kernels: Kernels;
  readonly thresholds: MarkThresholds;
  readonly residuals: readonly SideResiduals[];
}

/** `under` is what lies behind the strip and may show through. */
export function readStrip(
  reader: StripReader,
  paper: GreyPage,
  under: GreyPage,
  conditions: ScanConditions,
  seed: string,
): readonly JudgedOval[] {
  const { strip, kernels, thresholds } = reader;
  const feed = `${seed}/feed`;
  const image = scanSide(paper, under, conditions, seededRandom(`${seed}/head`), seededRandom(feed));
  const where = paperInImage(paper, conditions, seededRandom(feed));
  const map = new StripLocator(where, reader.residuals, seededRandom(`${seed}/registration`));
  const frame = { inkLevel: inkOf(image, strip, where), skewDegrees: conditions.skewDegrees };
  const placed = kernels.place(image);
  const side = { ovalXMm: strip.xMm, ovalYMm: strip.yMm };
  return scoreOvals(placed.page, frame, map, side, placed.kernels).map(({ score }) => ({
    score,
    verdict: verdictOf(score, thresholds),
  }));
}

class StripLocator implements PageLocator {
  xPx = 0;
  yPx = 0;
  readonly #errors: SideResiduals;

  constructor(
    private readonly where: (xPx: number, yPx: number) => PointPx,
    residuals: readonly SideResiduals[],
    private readonly random: SeededRandom,
  ) {
    this.#errors = random.pick(residuals);
  }

  locate(xMm: number, yMm: number): void {
    const place = this.where(mmToPx(xMm, SCAN_DPI), mmToPx(yMm, SCAN_DPI));
    const error = this.random.pick(this.#errors);
    this.xPx = place.xPx + error.xPx;
    this.yPx = place.yPx + error.yPx;
  }
}

/** As the reader takes it: the middle grey of all timing marks' centres. */
function inkOf(image: GreyPage, strip: Strip, where: (xPx: number, yPx: number) => PointPx): number {
  const greys = strip.timingMarks.map(({ xPx, yPx }) => {
    const place = where(xPx, yPx);
    return image.data[Math.round(place.yPx) * image.widthPx + Math.round(place.xPx)] ?? 0;
  });
  return median(greys);
}
