/**
 * A further sheet that sticks out from under the one that was read and shows no timing marks, or paper that is longer
 * than its ballot: the two look alike. Beyond one edge of the page paper goes on, and then ends, while beyond the
 * opposite edge there is no paper. It can be seen only where the head sees something darker than paper beside the
 * sheet; the multi-sheet sensor is the other guard.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { pageFrame, TIMING_PITCH_MM } from '../election-def/page-frame.js';
import type { PageMap } from './page-map.js';
import type { TimingFrame } from './timing-marks.js';

/** From where the page map cannot be wrong any more to the longest paper that a head could take in. */
const JUST_OUTSIDE_MM = 2.2;
const FURTHEST_MM = 300;
const STEP_MM = 1.5;
const INSIDE_MM = 3;
/** Of the places along an edge that lie in the image, so many must agree; and so many must lie in it. */
const AGREEING = 0.85;
const FEWEST_PLACES = 12;
/** Against the paper just inside, as a share of the ink range. */
const STILL_PAPER = 0.2;
const NO_PAPER = 0.4;

export type PageEdge = 'top' | 'bottom' | 'left' | 'right';
const OPPOSITE: Readonly<Record<PageEdge, PageEdge>> = {
  top: 'bottom',
  bottom: 'top',
  left: 'right',
  right: 'left',
};

/** The edge beyond which a second sheet was seen. */
export function findSecondSheet(page: GreyPage, frame: TimingFrame, map: PageMap): PageEdge | undefined {
  for (const edge of ['top', 'bottom', 'left', 'right'] as const) {
    const goesOn = share(page, frame, map, edge, JUST_OUTSIDE_MM, 'paper') >= AGREEING;
    const opposite = share(page, frame, map, OPPOSITE[edge], JUST_OUTSIDE_MM, 'none') >= AGREEING;
    if (!goesOn || !opposite) continue;
    for (let outMm = JUST_OUTSIDE_MM + STEP_MM; outMm <= FURTHEST_MM; outMm += STEP_MM) {
      if (share(page, frame, map, edge, outMm, 'none') >= AGREEING) return edge;
    }
  }
  return undefined;
}

/** Share of the places along an edge, that far outside, where there is paper, or none. */
function share(
  page: GreyPage,
  frame: TimingFrame,
  map: PageMap,
  edge: PageEdge,
  outMm: number,
  wanted: 'paper' | 'none',
): number {
  const { widthMm, heightMm } = pageFrame(frame.paper);
  const lengthMm = edge === 'top' || edge === 'bottom' ? widthMm : heightMm;
  let seen = 0;
  let agreeing = 0;
  for (
    let alongMm = 2 * TIMING_PITCH_MM;
    alongMm < lengthMm - 2 * TIMING_PITCH_MM;
    alongMm += TIMING_PITCH_MM
  ) {
    const inside = greyAt(page, map, edge, alongMm, -INSIDE_MM, widthMm, heightMm);
    const outside = greyAt(page, map, edge, alongMm, outMm, widthMm, heightMm);
    if (inside === undefined || outside === undefined) continue;
    seen++;
    const drop = (inside - outside) / Math.max(1, inside - frame.inkLevel);
    if (wanted === 'paper' ? Math.abs(drop) < STILL_PAPER : drop > NO_PAPER) agreeing++;
  }
  return seen < FEWEST_PLACES ? 0 : agreeing / seen;
}

/** Grey beside an edge of the page, `outMm` outside of it; nothing where the image ends. */
function greyAt(
  page: GreyPage,
  map: PageMap,
  edge: PageEdge,
  alongMm: number,
  outMm: number,
  widthMm: number,
  heightMm: number,
): number | undefined {
  switch (edge) {
    case 'top':
      map.locate(alongMm, -outMm);
      break;
    case 'bottom':
      map.locate(alongMm, heightMm + outMm);
      break;
    case 'left':
      map.locate(-outMm, alongMm);
      break;
    case 'right':
      map.locate(widthMm + outMm, alongMm);
      break;
  }
  const x = Math.round(map.xPx);
  const y = Math.round(map.yPx);
  if (x < 0 || y < 0 || x >= page.widthPx || y >= page.heightPx) return undefined;
  return page.data[y * page.widthPx + x];
}
