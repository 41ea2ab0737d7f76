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

/**
 * Compares places of one side with the mirrored places of the other. A sheet filled in with pencil has a mark to compare
 * in every contest: the arrays are made once a side, and nothing is allocated for a mark.
 */
export class BehindLook {
  readonly #here: PlacedSide;
  readonly #behind: PlacedSide;
  readonly #template: OvalTemplate;
  readonly #map: PageMap;
  readonly #offsetsPx: readonly number[];
  /** The ink inside an oval: where each of its pixels has its mirrored one in `#square`, and how dark that must be. */
  readonly #mirrored: Int32Array;
  readonly #wanted: Float64Array;
  /** The same as a grey: not lighter than this, and -1 where not even black would do. */
  readonly #notLighter: Int16Array;
  /** Greys of the other side around a place, so many pixels to all four sides of it. */
  readonly #square: Uint8Array;
  readonly #reachPx: number;

  constructor(here: PlacedSide, behind: PlacedSide, template: OvalTemplate) {
    this.#here = here;
    this.#behind = behind;
    this.#template = template;
    this.#map = new PageMap(behind.frame, behind.orientation);
    this.#offsetsPx = MISREGISTERED_MM.map((mm) => mmToPx(mm, behind.page.dpi));
    this.#mirrored = new Int32Array(template.insideX.length);
    this.#wanted = new Float64Array(template.insideX.length);
    const outermost = Math.max(...template.insideX.map(Math.abs), ...template.insideY.map(Math.abs));
    // Two more, because three places are rounded.
    this.#reachPx = Math.ceil(outermost * this.#scale + Math.max(...this.#offsetsPx)) + 2;
    this.#notLighter = new Int16Array(template.insideX.length);
    this.#square = new Uint8Array((2 * this.#reachPx + 1) ** 2);
  }

  /** The two images may come from files of different resolutions. */
  get #scale(): number {
    return this.#behind.page.dpi / this.#here.page.dpi;
  }

  /**
   * Share of the ink inside an oval that has clearly darker ink behind it, at the best fit of the two sides.
   * @param centre of the oval in the image of this side; `printed` is its place on the page as printed
   */
  share(centre: { xPx: number; yPx: number }, printed: { xMm: number; yMm: number }): number {
    const inked = this.#takeInk(Math.round(centre.xPx), Math.round(centre.yPx));
    if (inked === 0) return 0;
    this.#map.locate(pageFrame(this.#here.frame.paper).widthMm - printed.xMm, printed.yMm);
    const { xPx, yPx } = this.#map;
    const [cx, cy] = [Math.round(xPx), Math.round(yPx)];
    const darkest = this.#takeSquare(cx, cy);
    const { page, frame } = this.#behind;
    // Mostly there is bare paper behind.
    if (this.#setGreys(inked, paperNear(page, cx, cy), frame.inkLevel) < darkest) return 0;
    let most = 0;
    for (const offX of this.#offsetsPx) {
      for (const offY of this.#offsetsPx) {
        const [aside, along] = [Math.round(xPx + offX) - cx, Math.round(yPx + offY) - cy];
        most = Math.max(most, this.#covered(inked, along * (2 * this.#reachPx + 1) + aside));
      }
    }
    return most / inked;
  }

  /** Takes in the pixels of the inside that are darker than paper, and says how many there are. */
  #takeInk(cx: number, cy: number): number {
    const { page, frame, orientation } = this.#here;
    const paper = paperNear(page, cx, cy);
    const range = Math.max(LEAST_RANGE, paper - frame.inkLevel);
    const { insideX, insideY } = this.#template;
    // The heads face each other: one image is the other's mirror image from left to right, if both lie the same way up.
    const turn = orientation === this.#behind.orientation ? this.#scale : -this.#scale;
    const [reach, row] = [this.#reachPx, 2 * this.#reachPx + 1];
    let inked = 0;
    for (let i = 0; i < insideX.length; i++) {
      const [dx, dy] = [insideX[i] ?? 0, insideY[i] ?? 0];
      const darkness = (paper - greyAt(page, cx + dx, cy + dy)) / range;
      if (darkness < LIGHT_STEP) continue;
      this.#mirrored[inked] = (reach + Math.round(turn * dy)) * row + reach - Math.round(turn * dx);
      this.#wanted[inked] = CLEARLY_DARKER * darkness;
      inked++;
    }
    return inked;
  }

  /** What is wanted as greys, where the other side has this paper and ink; the lightest of them. */
  #setGreys(inked: number, paper: number, ink: number): number {
    const range = Math.max(LEAST_RANGE, paper - ink);
    let lightest = -1;
    for (let i = 0; i < inked; i++) {
      const wanted = this.#wanted[i] ?? 0;
      let grey = Math.max(-1, Math.ceil(paper - wanted * range));
      // Rounded up, so that the comparison itself decides.
      while (grey >= 0 && (paper - grey) / range < wanted) grey--;
      this.#notLighter[i] = grey;
      if (grey > lightest) lightest = grey;
    }
    return lightest;
  }

  /** Takes in the other side around a place; its darkest grey. */
  #takeSquare(cx: number, cy: number): number {
    const { data, widthPx, heightPx } = this.#behind.page;
    const reach = this.#reachPx;
    const [left, top, size] = [cx - reach, cy - reach, 2 * reach + 1];
    const inImage = left >= 0 && top >= 0 && left + size <= widthPx && top + size <= heightPx;
    let darkest = 255;
    let at = 0;
    for (let y = top; y < top + size; y++) {
      for (let x = left; x < left + size; x++) {
        const grey = inImage ? (data[y * widthPx + x] ?? 255) : greyAt(this.#behind.page, x, y);
        this.#square[at++] = grey;
        if (grey < darkest) darkest = grey;
      }
    }
    return darkest;
  }

  /** How many pixels of the ink have clearly darker ink behind them, with the other side shifted by so many pixels. */
  #covered(inked: number, shift: number): number {
    const [mirrored, notLighter, square] = [this.#mirrored, this.#notLighter, this.#square];
    let covered = 0;
    for (let i = 0; i < inked; i++) {
      if ((square[(mirrored[i] ?? 0) + shift] ?? 255) <= (notLighter[i] ?? -1)) covered++;
    }
    return covered;
  }
}

const greys = new Uint32Array(256);

/** The grey of this rank among those around a place. */
function paperNear(page: GreyPage, cx: number, cy: number): number {
  const half = Math.round(mmToPx(PAPER_HALF_MM, page.dpi));
  greys.fill(0);
  let looked = 0;
  for (let y = cy - half; y <= cy + half; y += PAPER_STEP_PX) {
    for (let x = cx - half; x <= cx + half; x += PAPER_STEP_PX) {
      const grey = greyAt(page, x, y);
      greys[grey] = (greys[grey] ?? 0) + 1;
      looked++;
    }
  }
  let left = Math.floor(looked * PAPER_RANK);
  for (let grey = 0; grey < 255; grey++) {
    left -= greys[grey] ?? 0;
    if (left < 0) return grey;
  }
  return 255;
}

/** Outside of the image there is no ink. */
function greyAt(page: GreyPage, x: number, y: number): number {
  const inside = x >= 0 && y >= 0 && x < page.widthPx && y < page.heightPx;
  return inside ? (page.data[y * page.widthPx + x] ?? 255) : 255;
}
