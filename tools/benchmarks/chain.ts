/**
 * The baseline, frozen: how a side is read by the textbook with OpenCV (npm `opencv-wasm` 4.3). Otsu's threshold over
 * the page, connected components with statistics, a bilinear perspective warp of the whole page, and 250 template
 * matches of an oval with a search of 8 pixels to each side. It decides nothing; it only costs what this route costs.
 * Counted is its processor time: on a busy computer the clock would make a long run look longer than a short one.
 */
import { createRequire } from 'node:module';
import type { GreyPage } from '../../ground/grey-page.js';
import { processorTime } from './measure.js';

interface Mat {
  readonly data: Uint8Array;
  roi(rect: unknown): Mat;
  delete(): void;
}

interface Cv {
  readonly Mat: new (rows?: number, columns?: number, type?: number) => Mat;
  readonly Size: new (width: number, height: number) => unknown;
  readonly Rect: new (x: number, y: number, width: number, height: number) => unknown;
  readonly Point: new (x: number, y: number) => unknown;
  readonly Scalar: new (...values: number[]) => unknown;
  readonly CV_8UC1: number;
  readonly CV_32S: number;
  readonly CV_32FC2: number;
  readonly THRESH_BINARY_INV: number;
  readonly THRESH_OTSU: number;
  readonly INTER_LINEAR: number;
  readonly BORDER_REPLICATE: number;
  readonly TM_CCOEFF_NORMED: number;
  threshold(from: Mat, to: Mat, level: number, most: number, kind: number): number;
  connectedComponentsWithStats(
    from: Mat,
    labels: Mat,
    stats: Mat,
    centroids: Mat,
    connectivity: number,
    type: number,
  ): number;
  matFromArray(rows: number, columns: number, type: number, values: readonly number[]): Mat;
  getPerspectiveTransform(from: Mat, to: Mat): Mat;
  warpPerspective(
    from: Mat,
    to: Mat,
    map: Mat,
    size: unknown,
    how: number,
    border: number,
    fill: unknown,
  ): void;
  ellipse(
    on: Mat,
    centre: unknown,
    axes: unknown,
    angle: number,
    from: number,
    to: number,
    ink: unknown,
    thickness: number,
  ): void;
  matchTemplate(image: Mat, template: Mat, result: Mat, method: number): void;
  minMaxLoc(from: Mat): { readonly maxVal: number };
}

const MATCHES = 250;
const OVAL_PX = { width: 40, height: 26 } as const;
const SEARCH_PX = 8;
const COLUMNS = 10;

export interface ChainTimes {
  readonly withWarp: number;
  readonly withoutWarp: number;
}

/** The chain, ready to run; loads OpenCV and takes off the error listeners that it puts on the whole process. */
export function openChain(): (page: GreyPage) => ChainTimes {
  const cv = loadOpenCv();
  const oval = new cv.Mat(OVAL_PX.height, OVAL_PX.width, cv.CV_8UC1);
  oval.data.fill(255);
  const [halfWidth, halfHeight] = [OVAL_PX.width / 2, OVAL_PX.height / 2];
  const axes = new cv.Size(halfWidth - 2, halfHeight - 2);
  cv.ellipse(oval, new cv.Point(halfWidth, halfHeight), axes, 0, 0, 360, new cv.Scalar(0, 0, 0, 255), 2);
  return (page) => runChain(cv, page, oval);
}

function runChain(cv: Cv, page: GreyPage, oval: Mat): ChainTimes {
  const { widthPx, heightPx } = page;
  const grey = new cv.Mat(heightPx, widthPx, cv.CV_8UC1);
  grey.data.set(page.data);
  const [ink, labels, stats, centroids] = [new cv.Mat(), new cv.Mat(), new cv.Mat(), new cv.Mat()];
  const [straight, match] = [new cv.Mat(), new cv.Mat()];
  // A degree askew, as a scanned sheet is.
  const from = [30, 0, widthPx, 30, widthPx - 30, heightPx, 0, heightPx - 30];
  const to = [0, 0, widthPx, 0, widthPx, heightPx, 0, heightPx];
  const [fromMat, toMat] = [cv.matFromArray(4, 1, cv.CV_32FC2, from), cv.matFromArray(4, 1, cv.CV_32FC2, to)];
  const map = cv.getPerspectiveTransform(fromMat, toMat);
  const size = new cv.Size(widthPx, heightPx);

  const find = processorTime(() => {
    cv.threshold(grey, ink, 0, 255, cv.THRESH_BINARY_INV + cv.THRESH_OTSU);
    cv.connectedComponentsWithStats(ink, labels, stats, centroids, 8, cv.CV_32S);
  });
  const warp = processorTime(() => {
    cv.warpPerspective(
      grey,
      straight,
      map,
      size,
      cv.INTER_LINEAR,
      cv.BORDER_REPLICATE,
      new cv.Scalar(0, 0, 0, 0),
    );
  });
  const matching = processorTime(() => {
    for (let i = 0; i < MATCHES; i++) matchOne(cv, straight, i, page, oval, match);
  });
  for (const mat of [grey, ink, labels, stats, centroids, straight, match, fromMat, toMat, map]) mat.delete();
  return { withWarp: find + warp + matching, withoutWarp: find + matching };
}

/** At a place of its own, evenly spread over the page. */
function matchOne(cv: Cv, image: Mat, i: number, page: GreyPage, oval: Mat, match: Mat): void {
  const width = OVAL_PX.width + 2 * SEARCH_PX;
  const height = OVAL_PX.height + 2 * SEARCH_PX;
  const rows = MATCHES / COLUMNS;
  const x = Math.floor(((i % COLUMNS) + 0.5) * (page.widthPx / COLUMNS) - width / 2);
  const y = Math.floor((Math.floor(i / COLUMNS) + 0.5) * (page.heightPx / rows) - height / 2);
  const place = image.roi(new cv.Rect(x, y, width, height));
  cv.matchTemplate(place, oval, match, cv.TM_CCOEFF_NORMED);
  cv.minMaxLoc(match);
  place.delete();
}

function loadOpenCv(): Cv {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.rawListeners(event)));
  const { cv } = createRequire(import.meta.url)('opencv-wasm') as { readonly cv: Cv };
  events.forEach((event, i) => {
    for (const listener of process.rawListeners(event)) {
      if (before[i]?.has(listener) === false) process.off(event, listener as (...args: unknown[]) => void);
    }
  });
  return cv;
}
