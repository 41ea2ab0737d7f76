/**
 * Under what conditions a scan head sees a sheet: geometry of the feed, light, optics and sensor. All lengths are
 * pixels at 200 dpi, all levels grey levels of 255. `randomScan` draws from the declared distribution of
 * docs/formats/marked-sheets.md; whoever sweeps one factor takes `perfectScan()` and changes that one.
 */
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { PointPx } from '../../ground/units.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';

export interface ScanConditions {
  /** Clockwise, as the upper head sees the sheet. */
  readonly skewDegrees: number;
  /** Lines lean by this against the feed: the two rollers pull unequally. */
  readonly shearDegrees: number;
  /** Across and along the feed; 1 is exact. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Of the sheet's centre against the image's. */
  readonly offsetPx: PointPx;
  /** Largest error of position along the feed, and how often the error swings over the sheet. */
  readonly feedJitterPx: number;
  readonly feedJitterCycles: number;
  /** Sigma of the optics' blur. */
  readonly blurPx: number;
  /** The light rises by this from the middle to the right edge, and falls as much to the left; likewise downwards. */
  readonly gradient: number;
  readonly gradientAlong: number;
  readonly noiseSigma: number;
  /** Relative, of each sensor column. */
  readonly columnGainSigma: number;
  /** Mottle of the paper itself, seen through the optics. */
  readonly textureSigma: number;
  readonly paperLevel: number;
  /** What full black becomes. */
  readonly inkLevel: number;
  /** What the head sees beside the sheet. */
  readonly surroundLevel: number;
  /** Share of the other side's ink that is seen through the paper. */
  readonly showThrough: number;
}

export function perfectScan(): ScanConditions {
  return {
    skewDegrees: 0,
    shearDegrees: 0,
    scaleX: 1,
    scaleY: 1,
    offsetPx: { xPx: 0, yPx: 0 },
    feedJitterPx: 0,
    feedJitterCycles: 1,
    blurPx: 0,
    gradient: 0,
    gradientAlong: 0,
    noiseSigma: 0,
    columnGainSigma: 0,
    textureSigma: 0,
    paperLevel: 255,
    inkLevel: 0,
    surroundLevel: 16,
    showThrough: 0,
  };
}

/** On letter paper; a longer sheet lies straighter between the guides, so that it leaves the head's width as little. */
const MAX_SKEW_DEGREES = 2;
/** Most heads see black rollers beside the paper, some a white plate. */
const DARK_SURROUND_SHARE = 0.6;

export function randomScan(random: SeededRandom, paperHeightMm = PAPER_HEIGHT_MM.letter): ScanConditions {
  const maxSkew = MAX_SKEW_DEGREES * (PAPER_HEIGHT_MM.letter / paperHeightMm);
  return {
    skewDegrees: random.between(-maxSkew, maxSkew),
    shearDegrees: random.between(-0.35, 0.35),
    scaleX: random.between(0.994, 1.006),
    scaleY: random.between(0.994, 1.006),
    offsetPx: { xPx: random.between(-5, 5), yPx: random.between(-5, 5) },
    feedJitterPx: random.between(0, 2.5),
    feedJitterCycles: random.between(1, 3),
    blurPx: random.between(0.5, 1.4),
    gradient: random.between(-18, 18),
    gradientAlong: random.between(-6, 6),
    noiseSigma: random.between(1.5, 6),
    columnGainSigma: 0.006,
    textureSigma: random.between(0, 2.5),
    paperLevel: random.between(205, 250),
    inkLevel: random.between(15, 60),
    surroundLevel: random.chance(DARK_SURROUND_SHARE) ? random.between(8, 40) : random.between(225, 252),
    showThrough: random.between(0, 0.04),
  };
}
