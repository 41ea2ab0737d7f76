/**
 * Did the ink in an oval come through the paper? A broad marker on one side bleeds, and heavy print shows through thin
 * paper: what is then seen here is fainter than what lies at the mirrored place of the other side, pixel by pixel.
 * Nobody can tell such ink from a faint mark made over it, so it is measured as evidence and judged in `verdict.ts`.
 */
import type { GreyPage } from '../ground/grey-page.js';
import { mmToPx } from '../ground/units.js';
import { pageFrame } from '../election-def/page-frame.js';
import { LIGHT_STEP } from './ovals.js';
import type { OvalTemplate } from './oval-template.js';
import { PageMap } from './page-map.js';
import type { Orientation } from './reading.js';
import type { TimingFrame } from './timing-marks.js';

/** Ink behind is clearly darker when it is so many times as dark as the ink here: bleeding thins it by half or more. */
const CLEARLY_DARKER = 1.5;
/** The two sides of a sheet are not printed exactly back to back: offsets that are tried, in both directions. */
const MISREGISTERED_MM = [-0.8, -0.4, 0, 0.4, 0.8] as const;
/** Paper is this bright share of a square around the oval, looked at in every fourth row and column. */
const PAPER_RANK = 0.9;
const PAPER_HALF_MM = 6;
const PAPER_STEP_PX = 4;
const LEAST_RANGE = 40;

/** One side of a sheet as it was read. */
export interface PlacedSide {
  readonly page: GreyPage;
  readonly frame: TimingFrame;
  readonly orientation: Orientation;
}

/** Compares places of one side with the mirrored places of the other. */
export class BehindLook {
  readonly #here: PlacedSide;
  readonly #behind: PlacedSide;
  readonly #template: OvalTemplate;
  readonly #map: PageMap;

  constructor(here: PlacedSide, behind: PlacedSide, template: OvalTemplate) {
    this.#here = here;
    this.#behind = behind;
    this.#template = template;
    this.#map = new PageMap(behind.frame, behind.orientation);
  }

  /**
   * Share of the ink inside an oval that has clearly darker ink behind it, at the best fit of the two sides.
   * @param centre of the oval in the image of this side; `printed` is its place on the page as printed
   */
  share(centre: { xPx: number; yPx: number }, printed: { xMm: number; yMm: number }): number {
    const { page } = this.#here;
    const ink = this.#inkInside(Math.round(centre.xPx), Math.round(centre.yPx));
    if (ink.length === 0) return 0;
    this.#map.locate(pageFrame(this.#here.frame.paper).widthMm - printed.xMm, printed.yMm);
    const { xPx, yPx } = this.#map;
    const paper = paperNear(this.#behind.page, xPx, yPx);
    const range = Math.max(LEAST_RANGE, paper - this.#behind.frame.inkLevel);
    let most = 0;
    for (const offX of MISREGISTERED_MM) {
      for (const offY of MISREGISTERED_MM) {
        const x = Math.round(xPx + mmToPx(offX, page.dpi));
        const y = Math.round(yPx + mmToPx(offY, page.dpi));
        most = Math.max(most, this.#covered(ink, x, y, paper, range));
      }
    }
    return most / ink.length;
  }

  /** Pixels of the inside that are darker than paper, and how dark each is. */
  #inkInside(cx: number, cy: number): readonly { dx: number; dy: number; darkness: number }[] {
    const { page, frame } = this.#here;
    const paper = paperNear(page, cx, cy);
    const range = Math.max(LEAST_RANGE, paper - frame.inkLevel);
    const { insideX, insideY } = this.#template;
    const ink: { dx: number; dy: number; darkness: number }[] = [];
    for (let i = 0; i < insideX.length; i++) {
      const [dx, dy] = [insideX[i] ?? 0, insideY[i] ?? 0];
      const darkness = (paper - greyAt(page, cx + dx, cy + dy)) / range;
      if (darkness >= LIGHT_STEP) ink.push({ dx, dy, darkness });
    }
    return ink;
  }

  /** How many of these pixels have clearly darker ink behind them, when the mirrored centre lies at `x`, `y`. */
  #covered(
    ink: readonly { dx: number; dy: number; darkness: number }[],
    x: number,
    y: number,
    paper: number,
    range: number,
  ): number {
    // The heads face each other: one image is the other's mirror image from left to right, if both lie the same way up.
    const turn = this.#here.orientation === this.#behind.orientation ? 1 : -1;
    let covered = 0;
    for (const { dx, dy, darkness } of ink) {
      const behind = (paper - greyAt(this.#behind.page, x - turn * dx, y + turn * dy)) / range;
      if (behind >= CLEARLY_DARKER * darkness) covered++;
    }
    return covered;
  }
}

function paperNear(page: GreyPage, xPx: number, yPx: number): number {
  const half = Math.round(mmToPx(PAPER_HALF_MM, page.dpi));
  const [cx, cy] = [Math.round(xPx), Math.round(yPx)];
  const greys: number[] = [];
  for (let y = cy - half; y <= cy + half; y += PAPER_STEP_PX) {
    for (let x = cx - half; x <= cx + half; x += PAPER_STEP_PX) greys.push(greyAt(page, x, y));
  }
  greys.sort((a, b) => a - b);
  return greys[Math.floor(greys.length * PAPER_RANK)] ?? 255;
}

/** Outside of the image there is no ink. */
function greyAt(page: GreyPage, x: number, y: number): number {
  const inside = x >= 0 && y >= 0 && x < page.widthPx && y < page.heightPx;
  return inside ? (page.data[y * page.widthPx + x] ?? 255) : 255;
}
