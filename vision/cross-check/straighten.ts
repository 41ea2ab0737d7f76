/**
 * From a scan to the page as it was printed, by the textbook: binarise by Otsu's threshold, outline every dark shape,
 * keep those of a timing mark's size and proportions, lay the smallest rectangle around them, match them to the frame's
 * grid, fit a homography (RANSAC) and warp the page by it. What uneven feeding leaves is for `second-ovals.ts`.
 */
import { err, ok, type Result } from '../../ground/result.js';
import { mmToPx } from '../../ground/units.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { paperSizes, type PaperSize } from '../../election-def/definition.js';
import {
  pageFrame,
  timingMarks,
  TIMING_MARK,
  TIMING_PITCH_MM,
  type PageFrame,
} from '../../election-def/page-frame.js';
import { releasing, type Mat, type OpenCv } from './opencv.js';

/** Resolution of the straightened page. */
export const PX_PER_MM = 8;

/** More dark shapes than this are a picture; a full 22-inch side has some 15,000. */
const MOST_SHAPES = 60_000;
const MOST_BARS = 2_000;
/** Size of a bar against a timing mark, and how much of its rectangle it fills. */
const SIZE = { low: 0.7, high: 1.35 } as const;
const LEAST_FILLED = 0.78;
/** Neighbours stand one pitch apart, give or take this share. */
const PITCH_PLAY = 0.15;
/** A bar belongs to the grid's mark that is nearer than this share of the pitch. */
const MATCH_REACH = 0.35;
const RANSAC_MM = 0.6;
const LEAST_MATCHED = 0.75;

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface StraightPage {
  readonly frame: PageFrame;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Grey, row by row; still upside down if the scan was. */
  readonly data: Uint8Array;
}

/** The page as printed, or in words why it cannot be found. */
export function straighten(cv: OpenCv, page: GreyPage): Result<StraightPage, string> {
  return releasing((keep) => {
    const grey = keep(new cv.Mat(page.heightPx, page.widthPx, cv.CV_8UC1));
    grey.data.set(page.data);
    const bars = findBars(cv, grey, page.dpi);
    if (!bars.ok) return bars;
    const rough = roughFrame(cv, bars.value, page.dpi);
    if (!rough.ok) return rough;
    const { frame, corners } = rough.value;
    const marks = timingMarks(frame).map(({ xMm, yMm }): Point => ({ x: xMm, y: yMm }));
    const ends = outerCorners(frame);
    const first = keep(cv.getPerspectiveTransform(keep(points(cv, ends)), keep(points(cv, corners))));
    const matched = matchToGrid(marks, bars.value, first, mmToPx(TIMING_PITCH_MM * MATCH_REACH, page.dpi));
    if (matched.length < LEAST_MATCHED * marks.length) {
      return err(
        `only ${matched.length} of the ${marks.length} timing marks of ${frame.paper} paper were found`,
      );
    }
    const map = keep(
      cv.findHomography(
        keep(
          points(
            cv,
            matched.map(([, bar]) => bar),
          ),
        ),
        keep(
          points(
            cv,
            matched.map(([mark]) => ({ x: mark.x * PX_PER_MM, y: mark.y * PX_PER_MM })),
          ),
        ),
        cv.RANSAC,
        RANSAC_MM * PX_PER_MM,
      ),
    );
    if (map.rows !== 3) return err('no homography fits the timing marks');
    const widthPx = Math.round(frame.widthMm * PX_PER_MM);
    const heightPx = Math.round(frame.heightMm * PX_PER_MM);
    const straight = keep(new cv.Mat());
    const size = new cv.Size(widthPx, heightPx);
    cv.warpPerspective(grey, straight, map, size, cv.INTER_LINEAR, cv.BORDER_CONSTANT, new cv.Scalar(255));
    return ok({ frame, widthPx, heightPx, data: straight.data.slice() });
  });
}

/** Centres of all dark shapes that look like a timing mark. */
function findBars(cv: OpenCv, grey: Mat, dpi: number): Result<readonly Point[], string> {
  return releasing((keep) => {
    const binary = keep(new cv.Mat());
    cv.threshold(grey, binary, 0, 255, cv.THRESH_BINARY_INV + cv.THRESH_OTSU);
    const shapes = keep(new cv.MatVector());
    cv.findContours(binary, shapes, keep(new cv.Mat()), cv.RETR_LIST, cv.CHAIN_APPROX_SIMPLE);
    if (shapes.size() > MOST_SHAPES) return err(`${shapes.size()} dark shapes: a picture, not a ballot`);
    const bars: Point[] = [];
    for (let i = 0; i < shapes.size(); i++) {
      const bar = releasing((own) => barOf(cv, own(shapes.get(i)), dpi));
      if (bar !== undefined) bars.push(bar);
      if (bars.length > MOST_BARS) return err('more bars than any ballot has');
    }
    const inLine = bars.filter((bar) => bars.some((other) => areNeighbours(bar, other, dpi)));
    return inLine.length < 8
      ? err(`no timing marks: ${bars.length} bars, ${inLine.length} in line`)
      : ok(inLine);
  });
}

function barOf(cv: OpenCv, shape: Mat, dpi: number): Point | undefined {
  const width = mmToPx(TIMING_MARK.widthMm, dpi);
  const height = mmToPx(TIMING_MARK.heightMm, dpi);
  const box = cv.boundingRect(shape);
  if (box.width < width * SIZE.low || box.width > width * SIZE.high) return undefined;
  if (box.height < height * SIZE.low || box.height > 2 * height) return undefined;
  const { center, size } = cv.minAreaRect(shape);
  const long = Math.max(size.width, size.height) + 1;
  const short = Math.min(size.width, size.height) + 1;
  const fits = (px: number, nominal: number): boolean =>
    px >= nominal * SIZE.low && px <= nominal * SIZE.high;
  if (!fits(long, width) || !fits(short, height)) return undefined;
  return cv.contourArea(shape) >= LEAST_FILLED * (long - 1) * (short - 1) ? center : undefined;
}

function areNeighbours(a: Point, b: Point, dpi: number): boolean {
  const pitch = mmToPx(TIMING_PITCH_MM, dpi);
  const play = pitch * PITCH_PLAY;
  const dx = Math.abs(a.x - b.x);
  const dy = Math.abs(a.y - b.y);
  return (Math.abs(dx - pitch) < play && dy < play) || (Math.abs(dy - pitch) < play && dx < play);
}

/** The smallest rectangle around all bars, and the paper whose frame it is. */
function roughFrame(
  cv: OpenCv,
  bars: readonly Point[],
  dpi: number,
): Result<{ readonly frame: PageFrame; readonly corners: readonly Point[] }, string> {
  const box = releasing((keep) => cv.RotatedRect.points(cv.minAreaRect(keep(points(cv, bars)))));
  const by = (order: (p: Point) => number): Point =>
    box.reduce((best, p) => (order(p) < order(best) ? p : best));
  const corners = [by((p) => p.x + p.y), by((p) => p.y - p.x), by((p) => -p.x - p.y), by((p) => p.x - p.y)];
  const [topLeft, topRight, , bottomLeft] = corners;
  if (topLeft === undefined || topRight === undefined || bottomLeft === undefined) return err('no frame');
  const pitch = mmToPx(TIMING_PITCH_MM, dpi);
  const columns = Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y) / pitch + 1;
  const rows = Math.hypot(bottomLeft.x - topLeft.x, bottomLeft.y - topLeft.y) / pitch + 1;
  const paper = paperSizes.find((size: PaperSize) => {
    const frame = pageFrame(size);
    return Math.abs(rows - frame.rows) < 2.5 && Math.abs(columns - frame.columns) < 1.5;
  });
  return paper === undefined
    ? err(`the bars span ${columns.toFixed(1)} by ${rows.toFixed(1)} marks, which no paper has`)
    : ok({ frame: pageFrame(paper), corners });
}

function outerCorners(frame: PageFrame): readonly Point[] {
  const marks = timingMarks(frame);
  const xs = marks.map(({ xMm }) => xMm);
  const ys = marks.map(({ yMm }) => yMm);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

/** Each mark of the grid with the bar that lies where a first, rough map says it should. */
function matchToGrid(
  marks: readonly Point[],
  bars: readonly Point[],
  map: Mat,
  reachPx: number,
): readonly (readonly [Point, Point])[] {
  const m = map.data64F.slice();
  const at = (i: number): number => m[i] ?? 0;
  return marks.flatMap((mark) => {
    const w = at(6) * mark.x + at(7) * mark.y + at(8);
    const x = (at(0) * mark.x + at(1) * mark.y + at(2)) / w;
    const y = (at(3) * mark.x + at(4) * mark.y + at(5)) / w;
    const distance = (bar: Point): number => Math.hypot(bar.x - x, bar.y - y);
    const near = bars.filter((bar) => distance(bar) < reachPx).sort((a, b) => distance(a) - distance(b))[0];
    return near === undefined ? [] : [[mark, near] as const];
  });
}

function points(cv: OpenCv, of: readonly Point[]): Mat {
  return cv.matFromArray(
    of.length,
    1,
    cv.CV_32FC2,
    of.flatMap(({ x, y }) => [x, y]),
  );
}
