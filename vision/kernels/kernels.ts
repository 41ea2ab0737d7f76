/**
 * The few inner loops in which a side's time is spent, as one interface with two implementations: `plain.ts`, plain
 * TypeScript, is the definition; `kernels.as`, WebAssembly with SIMD, must give the same numbers, bit for bit. What
 * the numbers mean is decided by the stages that call; a kernel only counts and compares.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import type { OvalTemplate } from '../oval-template.js';

export interface Kernels {
  readonly name: 'plain' | 'wasm';
  /**
   * These kernels for one page: they may copy it to where they can reach it, and may leave an unusual page to the
   * plain ones. A page that was placed is valid until the next one is.
   */
  place(page: GreyPage): PlacedPage;
}

export interface PlacedPage {
  readonly page: GreyPage;
  readonly kernels: PageKernels;
}

export interface PageKernels {
  /** Counts the greys of one pixel in `rowStep * columnStep`; returns how many were counted. */
  sampleGreys(page: GreyPage, rowStep: number, columnStep: number, histogram: Uint32Array): number;
  /** Runs of ink of an acceptable length that lie over each other, joined to bars. */
  findBars(page: GreyPage, search: BarSearch, bars: Bars): void;
  /** Mean of each column over the lines around a straight line across the page. */
  bandMeans(page: GreyPage, band: Band, means: Float64Array): void;
  /** The place of the printed outline: every second place first, then the places around the best. */
  findOutline(page: GreyPage, template: OvalTemplate, search: OutlineSearch, place: OutlinePlace): void;
  /** Counts the greys of the ring around an oval. */
  ringGreys(page: GreyPage, template: OvalTemplate, x: number, y: number, histogram: Uint32Array): void;
  /** Counts and moments of the ink inside an oval. */
  insideSums(
    page: GreyPage,
    template: OvalTemplate,
    x: number,
    y: number,
    at: InkLevels,
    sums: InkSums,
  ): void;
}

/** All in pixels; `inkBelow` is a grey level. */
export interface BarSearch {
  readonly inkBelow: number;
  readonly shortest: number;
  readonly longest: number;
  /** How far the ends of joined runs may differ. */
  readonly endPlay: number;
  readonly tallest: number;
}

/** More bars than this are a picture or noise; of a ballot's text some hundred pass for bars at first. */
export const MOST_BARS = 8192;

/** In the order in which they end on the way down the page; coordinates of the first and last pixel. */
export interface Bars {
  count: number;
  /** True when there were more than fit. */
  overflowed: boolean;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly firstRow: Int32Array;
  readonly lastRow: Int32Array;
}

export function barScratch(): Bars {
  return {
    count: 0,
    overflowed: false,
    left: new Int32Array(MOST_BARS),
    right: new Int32Array(MOST_BARS),
    firstRow: new Int32Array(MOST_BARS),
    lastRow: new Int32Array(MOST_BARS),
  };
}

/** Columns `fromX` to `toX` of the lines up to `half` away from the line through two points. */
export interface Band {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  readonly half: number;
  readonly fromX: number;
  readonly toX: number;
}

export interface OutlineSearch {
  readonly x: number;
  readonly y: number;
  /** Furthest place in either direction that is looked at first. */
  readonly reach: number;
  /** What one grey level of contrast is worth, and what a pixel of distance costs, squared. */
  readonly unit: number;
  readonly distanceCost: number;
}

export interface OutlinePlace {
  x: number;
  y: number;
  /** Sum of the greys just outside less the sum of those on the outline. */
  contrast: number;
}

/** Grey levels, whole numbers. */
export interface InkLevels {
  readonly paper: number;
  readonly lightBelow: number;
  readonly darkBelow: number;
}

/** Sums over the inside of an oval; whole numbers. Moments are weighted by the drop below paper. */
export interface InkSums {
  pixels: number;
  light: number;
  dark: number;
  drop: number;
  weight: number;
  x: number;
  y: number;
  xx: number;
  yy: number;
  xy: number;
}

export function inkSums(): InkSums {
  return { pixels: 0, light: 0, dark: 0, drop: 0, weight: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };
}
