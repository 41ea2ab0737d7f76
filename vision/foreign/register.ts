/**
 * Lays a template on a scan exactly: from the coarse pose, the scan is drawn in the template's geometry, blocks of
 * print are found again on it, the best straight map through them is kept, and once more with smaller blocks at a
 * finer resolution. What the straight map leaves (uneven feeding) is a smooth field over the blocks around each point.
 * How many of the template's blocks were found where they should be says whether this is the template at all.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { mmToPx, type PointPx } from '../../ground/units.js';
import { apply, compose, fitAffine, moveBy, scaleBy, type Affine } from './affine.js';
import { inkImage, sampled, shrink, type InkImage } from './ink-image.js';
import { matchBlocks, type BlockMatch, type BlockSize } from './match-blocks.js';

/** Resolution of the second round; the first has half of it. */
const FINE_DPI = 100;
const WIDE_BLOCKS: BlockSize = { widthPx: 36, heightPx: 28, searchPx: 7 };
const FINE_BLOCKS: BlockSize = { widthPx: 40, heightPx: 30, searchPx: 4 };
/** Blocks less alike than this say nothing about where the page lies. */
const LEAST_LIKENESS = 0.4;
const WIDE_TOLERANCE_PX = 1.8;
const FINE_TOLERANCE_PX = 2;
/**
 * A block shows the same print when it is nearly as like as this scan's good blocks are: how like those are depends on
 * how well the sheet was printed and scanned.
 */
const GOOD_BLOCK_RANK = 0.75;
const NEARLY_AS_GOOD = 0.78;
const SAME_PRINT_AT_LEAST = 0.45;
/** A block must be where its neighbours say, within 0.4 mm. */
const FIELD_TOLERANCE_PX = 1.6;
/** The field is smooth over about this distance. */
const FIELD_MM = 16;
/** Weight of "no deviation" in it, in blocks. */
const FIELD_RESERVE = 0.3;
const TRIES = 120;

/** A template's print, ready to be looked for. */
export interface PrintedSide {
  readonly fine: InkImage;
  readonly wide: InkImage;
  /** 1 in those pixels of `fine` that a voter marks: they are left out of the comparison. */
  readonly voters: Uint8Array;
}

/** An oval of the template, in its pixels. */
export interface VotersPlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Left out around an oval. */
const VOTERS_MARGIN_MM = 0.8;

export interface Registration {
  /** From template pixels to scan pixels, straight. */
  readonly map: Affine;
  /** The same with what uneven feeding adds there. */
  locate(xPx: number, yPx: number): PointPx;
  /** Share of the template's blocks that show the same print in their place, 0 to 1. */
  readonly found: number;
  /** Mean likeness of all blocks, those in a wrong place counted 0. */
  readonly likeness: number;
  /** Share of the blocks around a point that were found; nothing where the template has none. */
  foundAround(xPx: number, yPx: number, withinMm: number): number | undefined;
}

export function printedSide(page: GreyPage, ovals: readonly VotersPlace[]): PrintedSide | undefined {
  const ink = inkImage(page, FINE_DPI);
  if (ink === undefined) return undefined;
  const widthPx = Math.round((page.widthPx / page.dpi) * FINE_DPI);
  const heightPx = Math.round((page.heightPx / page.dpi) * FINE_DPI);
  const fine = drawn(ink, fineToPage(page.dpi), widthPx, heightPx);
  const voters = new Uint8Array(fine.data.length);
  for (const oval of ovals) leaveOut(voters, fine, oval);
  return { fine, wide: shrink(fine, 2), voters };
}

function leaveOut(voters: Uint8Array, fine: InkImage, oval: VotersPlace): void {
  const middle = apply(inverse(fine.toSource), oval.x, oval.y);
  const margin = mmToPx(VOTERS_MARGIN_MM, FINE_DPI);
  const halfWidth = oval.w / 2 / fine.toSource.xx + margin;
  const halfHeight = oval.h / 2 / fine.toSource.xx + margin;
  const [left, right] = [
    Math.max(0, middle.xPx - halfWidth),
    Math.min(fine.widthPx - 1, middle.xPx + halfWidth),
  ];
  const [top, bottom] = [
    Math.max(0, middle.yPx - halfHeight),
    Math.min(fine.heightPx - 1, middle.yPx + halfHeight),
  ];
  for (let y = Math.floor(top); y <= bottom; y++) {
    voters.fill(1, y * fine.widthPx + Math.floor(left), y * fine.widthPx + Math.ceil(right) + 1);
  }
}

function without(image: InkImage, voters: Uint8Array): InkImage {
  return { ...image, data: image.data.map((ink, i) => (voters[i] === 1 ? 0 : ink)) };
}

/** Nothing when no straight map explains enough blocks. */
export function register(side: PrintedSide, scanInk: InkImage, coarse: Affine): Registration | undefined {
  const wideScan = shrink(scanInk, 2);
  const first = round(side.wide, wideScan, coarse, WIDE_BLOCKS, WIDE_TOLERANCE_PX);
  if (first === undefined) return undefined;
  const second = round(side.fine, scanInk, first.map, FINE_BLOCKS, FINE_TOLERANCE_PX, side.voters);
  if (second === undefined) return undefined;
  return laidOn(side.fine, second);
}

function fineToPage(dpi: number): Affine {
  const factor = dpi / FINE_DPI;
  return scaleBy(factor, (factor - 1) / 2, (factor - 1) / 2);
}

/** The image in a frame of which `toPage` leads to the pixels of the page that the image was made of. */
function drawn(ink: InkImage, toPage: Affine, widthPx: number, heightPx: number): InkImage {
  const { xx, x0, y0 } = ink.toSource;
  const toInk = compose(scaleBy(1 / xx, -x0 / xx, -y0 / xx), toPage);
  return { ...sampled(ink, toInk, widthPx, heightPx), toSource: toPage };
}

interface Round {
  readonly map: Affine;
  /** Where the scan was drawn for this round: from the side's frame to the scan. */
  readonly drawnBy: Affine;
  /** The better map in the side's own frame. */
  readonly correction: Affine;
  readonly blocks: readonly BlockMatch[];
}

function round(
  print: InkImage,
  scan: InkImage,
  map: Affine,
  size: BlockSize,
  tolerancePx: number,
  voters?: Uint8Array,
): Round | undefined {
  const drawnBy = compose(map, print.toSource);
  const seen = drawn(scan, drawnBy, print.widthPx, print.heightPx);
  const blocks =
    voters === undefined
      ? matchBlocks(print, seen, size)
      : matchBlocks(without(print, voters), without(seen, voters), size);
  const correction = robustMap(
    blocks.filter(({ likeness }) => likeness >= LEAST_LIKENESS),
    tolerancePx,
  );
  if (correction === undefined) return undefined;
  return { map: compose(compose(drawnBy, correction), inverse(print.toSource)), drawnBy, correction, blocks };
}

/** Frames are scaled and moved only. */
function inverse(frame: Affine): Affine {
  return scaleBy(1 / frame.xx, -frame.x0 / frame.xx, -frame.y0 / frame.xx);
}

const LEAST_AGREEING = 6;

/** The straight map that most blocks agree with: of many through three of them, the best; then fitted to all those. */
function robustMap(blocks: readonly BlockMatch[], tolerancePx: number): Affine | undefined {
  const random = seededRandom('robust map');
  const pairs = blocks.map((b) => ({
    from: { xPx: b.xPx, yPx: b.yPx },
    to: { xPx: b.xPx + b.dx, yPx: b.yPx + b.dy },
  }));
  const agreeing = (map: Affine): typeof pairs =>
    pairs.filter(({ from, to }) => {
      const there = apply(map, from.xPx, from.yPx);
      return Math.hypot(there.xPx - to.xPx, there.yPx - to.yPx) <= tolerancePx;
    });
  let best: typeof pairs = [];
  for (let i = 0; i < TRIES && pairs.length >= LEAST_AGREEING; i++) {
    const map = fitAffine([random.pick(pairs), random.pick(pairs), random.pick(pairs)]);
    if (map === undefined || !isNearlyIdentity(map)) continue;
    const agree = agreeing(map);
    if (agree.length > best.length) best = agree;
  }
  for (let i = 0; i < 3; i++) {
    const map = fitAffine(best);
    if (map === undefined) return undefined;
    best = agreeing(map);
  }
  return best.length < LEAST_AGREEING ? undefined : fitAffine(best);
}

/** The pose before was good to a few per cent; what would bend the page more is a chance agreement. */
function isNearlyIdentity({ xx, xy, yx, yy }: Affine): boolean {
  return Math.max(Math.abs(xx - 1), Math.abs(yy - 1), Math.abs(xy), Math.abs(yx)) < 0.05;
}

interface Deviation extends BlockMatch {
  /** Against the straight map, in the frame's pixels. */
  readonly offX: number;
  readonly offY: number;
}

function laidOn(print: InkImage, fine: Round): Registration {
  const deviations = fine.blocks.map((block): Deviation => {
    const straight = apply(fine.correction, block.xPx, block.yPx);
    return {
      ...block,
      offX: block.xPx + block.dx - straight.xPx,
      offY: block.yPx + block.dy - straight.yPx,
    };
  });
  const likenesses = deviations.map(({ likeness }) => likeness).sort((a, b) => a - b);
  const good = likenesses[Math.floor(GOOD_BLOCK_RANK * likenesses.length)] ?? 1;
  const leastLike = Math.max(SAME_PRINT_AT_LEAST, NEARLY_AS_GOOD * good);
  const same = deviations.filter(
    (d) => d.likeness >= leastLike && Math.hypot(d.offX, d.offY) <= 2 * FINE_TOLERANCE_PX,
  );
  const isInPlace = (block: Deviation): boolean => {
    if (!same.includes(block)) return false;
    const field = fieldAt(
      same.filter((other) => other !== block),
      block.xPx,
      block.yPx,
    );
    return Math.hypot(block.offX - field.xPx, block.offY - field.yPx) <= FIELD_TOLERANCE_PX;
  };
  const inPlace = new Set(deviations.filter(isInPlace));
  const anchors = [...inPlace];
  const toFrame = inverse(print.toSource);
  const near = (xPx: number, yPx: number, withinMm: number): readonly Deviation[] => {
    const at = apply(toFrame, xPx, yPx);
    const reach = mmToPx(withinMm, FINE_DPI);
    return deviations.filter((d) => Math.hypot(d.xPx - at.xPx, d.yPx - at.yPx) <= reach);
  };
  const all = Math.max(1, deviations.length);
  return {
    map: fine.map,
    locate: (xPx, yPx) => {
      const at = apply(toFrame, xPx, yPx);
      const field = fieldAt(anchors, at.xPx, at.yPx);
      const bent = compose(moveBy(field.xPx, field.yPx), fine.correction);
      const seen = apply(bent, at.xPx, at.yPx);
      return apply(fine.drawnBy, seen.xPx, seen.yPx);
    },
    found: inPlace.size / all,
    likeness: anchors.reduce((sum, block) => sum + block.likeness, 0) / all,
    foundAround: (xPx, yPx, withinMm) => {
      const around = near(xPx, yPx, withinMm);
      return around.length === 0 ? undefined : around.filter((d) => inPlace.has(d)).length / around.length;
    },
  };
}

/** Mean deviation of the blocks around, the nearer the weightier, drawn towards none where there are few. */
function fieldAt(blocks: readonly Deviation[], xPx: number, yPx: number): PointPx {
  const reach = mmToPx(FIELD_MM, FINE_DPI);
  let [weight, x, y] = [FIELD_RESERVE, 0, 0];
  for (const block of blocks) {
    const distance = ((block.xPx - xPx) ** 2 + (block.yPx - yPx) ** 2) / (2 * reach * reach);
    if (distance > 4.5) continue;
    const share = Math.exp(-distance);
    weight += share;
    x += share * block.offX;
    y += share * block.offY;
  }
  return { xPx: x / weight, yPx: y / weight };
}
