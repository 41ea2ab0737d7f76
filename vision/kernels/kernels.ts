/**
 * The few inner loops in which a side's time is spent, as one interface with two implementations: `plain.ts`, plain
 * TypeScript, is the definition; `kernels.as`, WebAssembly with SIMD, must give the same numbers, bit for bit. What
 * the numbers mean is decided by the stages that call; a kernel only counts and compares.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import type { PointPx } from '../../ground/units.js';
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
  /** Solid bars of a timing mark's size, measured to a part of a pixel. */
  findMarks(page: GreyPage, search: MarkSearch, found: MarkCandidates): void;
  /** Mean of each column over the lines around a straight line across the page. */
  bandMeans(page: GreyPage, band: Band, means: Float64Array): void;
  /** Counts the greys at the points of a grid; returns how many of them lie in the image. */
  gridGreys(page: GreyPage, grid: Grid, histogram: Uint32Array): number;
  /** What `measureOvals` is asked and what it answers; until the next page. */
  readonly ovals: OvalTable;
  /** For each oval of the table: where its printed outline is, and the ink in and around it. */
  measureOvals(page: GreyPage, template: OvalTemplate, search: OvalSearch): void;
}

// ---- marks -----------------------------------------------------------------------------------------------------

/** All in pixels; `inkBelow` is a grey level. */
export interface MarkSearch {
  readonly inkBelow: number;
  /** Accepted lengths of a run of ink. */
  readonly shortest: number;
  readonly longest: number;
  /** How far the ends of joined runs may differ. */
  readonly endPlay: number;
  /** Highest bar of joined runs. */
  readonly tallest: number;
  /** The printed mark, and which share of its size is accepted once its edges have been measured. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly leastShare: number;
  readonly mostShare: number;
}

/** More bars than this are a picture or noise; of a ballot's text some hundred pass for bars at first. */
export const MOST_BARS = 8192;
/** More than this of a mark's size are not a ballot either; a 22-inch ballot has 232. */
export const MOST_CANDIDATES = 1500;

export interface MarkCandidates {
  count: number;
  /** True when there were more bars, or more candidates, than fit. */
  overflowed: boolean;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Grey at the centre. */
  readonly grey: Uint8Array;
}

export function candidateScratch(): MarkCandidates {
  return {
    count: 0,
    overflowed: false,
    x: new Float64Array(MOST_CANDIDATES),
    y: new Float64Array(MOST_CANDIDATES),
    grey: new Uint8Array(MOST_CANDIDATES),
  };
}

// ---- bands and grids -------------------------------------------------------------------------------------------

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

/** A parallelogram of `columns + 1` by `rows + 1` points from one corner to its two neighbours. */
export interface Grid {
  readonly origin: PointPx;
  readonly right: PointPx;
  readonly below: PointPx;
  readonly columns: number;
  readonly rows: number;
}

// ---- ovals -----------------------------------------------------------------------------------------------------

export interface OvalSearch {
  /** Furthest place in either direction, in pixels, that is looked at first. */
  readonly reach: number;
  /** What one grey level of contrast is worth, and what a pixel of distance costs, squared. */
  readonly unit: number;
  readonly distanceCost: number;
  /** Grey of the timing marks. */
  readonly ink: number;
  /** The ink range is never taken for less. */
  readonly leastRange: number;
  /** Darker than paper by these shares of the ink range is light, is dark. */
  readonly lightStep: number;
  readonly darkStep: number;
  /** Paper is the mean of the ring without what is darker, by the light step, than its pixel of this rank. */
  readonly paperRank: number;
}

/** So many are measured in one go. */
export const MOST_OVALS = 500;

/** Columns of whole numbers in an `OvalTable`. */
export const wholeColumns = [
  'inImage',
  'x',
  'y',
  'contrast',
  'ringDark',
  'light',
  'dark',
  'drop',
  'weight',
  'sumX',
  'sumY',
  'sumXX',
  'sumYY',
  'sumXY',
  'rimGrey',
] as const;
type WholeColumn = (typeof wholeColumns)[number];
/** And of fractions. */
export const fractionColumns = ['predictedX', 'predictedY', 'paper'] as const;
type FractionColumn = (typeof fractionColumns)[number];

/**
 * One row for each oval, one array for each column, so that a side with many ovals makes no garbage.
 *
 *   predictedX, predictedY   asked: where the oval should be
 *   inImage                  1 where the search stays in the image; else the rest of the row says nothing
 *   x, y, contrast           the place found; the greys just outside of the outline less those on it
 *   paper, ringDark          mean grey of the paper around; how many pixels of the ring are darker by the light step
 *   light, dark              pixels inside that are darker than paper by either step
 *   drop                     sum over the inside of paper less grey
 *   weight, sumX … sumXY     sum of that drop over the light pixels alone, and its moments
 *   rimGrey                  sum of grey over the rim: the printed outline and a little on both sides
 */
export interface OvalTable
  extends Readonly<Record<WholeColumn, Int32Array>>, Readonly<Record<FractionColumn, Float64Array>> {
  count: number;
}

/** @param buffer where the columns lie one after the other, fractions first */
export function ovalTable(buffer: ArrayBufferLike, offset: number): OvalTable {
  let at = offset;
  const take = (bytes: number): number => (at += bytes) - bytes;
  const fractions = fractionColumns.map((name) => [
    name,
    new Float64Array(buffer, take(8 * MOST_OVALS), MOST_OVALS),
  ]);
  const whole = wholeColumns.map((name) => [name, new Int32Array(buffer, take(4 * MOST_OVALS), MOST_OVALS)]);
  return { count: 0, ...Object.fromEntries([...fractions, ...whole]) } as OvalTable;
}

export const OVAL_TABLE_BYTES = MOST_OVALS * (8 * fractionColumns.length + 4 * wholeColumns.length);

/** Grey levels, whole numbers. */
export interface InkLevels {
  paper: number;
  lightBelow: number;
  darkBelow: number;
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
