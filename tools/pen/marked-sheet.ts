/**
 * A voter's sheet, marked and scanned: clean pages, a layout and wishes in, the two images of a scanner with two
 * heads out, and with them the truth. Truth is the ink measured in each oval on the marked paper, not the kind of
 * mark that was wished for.
 *
 * Two steps, for whoever wants to damage the paper in between (`paper-damage.ts`): `markPaper`, then `scanSheet`.
 * The model and its distributions: docs/formats/marked-sheets.md. The same seed gives the same pixels.
 */
import type { OvalPlace, SheetLayout, SideLayout, WriteInPlace } from '../../election-def/layout-types.js';
import { rotate180, type GreyPage } from '../../ground/grey-page.js';
import { assert, must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { mmToPx, SCAN_DPI, type PointMm, type PointPx } from '../../ground/units.js';
import { scanSide } from './degrade.js';
import { writing } from './handwriting.js';
import { markFilms, type Hand } from './hand.js';
import { inkFilm, layOn, pickPen, type InkFilm, type Pen, type PenName } from './ink.js';
import { ovalInk, type OvalInk } from './oval-ink.js';
import { onPaper, type CleanSheet, type PaperSheet } from './paper.js';
import type { ScanConditions } from './scan-conditions.js';
import { moved, type MarkKind } from './strokes.js';

export interface MarkWish {
  readonly contestId: string;
  readonly optionId: string;
  /** `none` writes into the write-in box and leaves the oval alone. */
  readonly kind: MarkKind;
  /** For a write-in: the name, written into the box beside the oval. */
  readonly writeIn?: string;
}

/** How the sheet enters: which side is up, and which end goes first. */
export type FeedOrientation = 'front-head-first' | 'front-foot-first' | 'back-head-first' | 'back-foot-first';
export const feedOrientations: readonly FeedOrientation[] = [
  'front-head-first',
  'front-foot-first',
  'back-head-first',
  'back-foot-first',
];

export interface PenOptions {
  /** One of the kinds of pens, of which the seed picks one; or this very pen (`ink-colours.ts`). */
  readonly pen: PenName | Pen;
  readonly seed: string;
}

export interface ScanOptions {
  readonly orientation: FeedOrientation;
  readonly conditions: ScanConditions;
  readonly seed: string;
}

export interface OvalTruth {
  readonly contestId: string;
  readonly optionId: string;
  readonly side: 'front' | 'back';
  /** Measured on the marked paper: shares of the oval's inside. */
  readonly ink: OvalInk;
}

export interface MarkTruth extends OvalTruth {
  readonly kind: MarkKind;
  readonly writeIn?: string;
}

export interface MarkedPaper {
  readonly paper: PaperSheet;
  /** One for each wish, in their order. */
  readonly truth: readonly MarkTruth[];
  /** Every oval that nobody wished to mark; a stroke that went too far may have touched it. */
  readonly others: readonly OvalTruth[];
}

/** What the upper head and the lower head deliver. */
export interface ScannedSheet {
  readonly first: GreyPage;
  readonly second: GreyPage;
}

export type MarkedScan = ScannedSheet & Omit<MarkedPaper, 'paper'>;

/** `clean` is the sheet as printed, at 200 dpi. Every wish must name an oval of this sheet. */
export function markSheet(
  clean: CleanSheet,
  layout: SheetLayout,
  wishes: readonly MarkWish[],
  options: PenOptions & ScanOptions,
): MarkedScan {
  const { paper, truth, others } = markPaper(clean, layout, wishes, options);
  return { ...scanSheet(paper, options), truth, others };
}

export function markPaper(
  clean: CleanSheet,
  layout: SheetLayout,
  wishes: readonly MarkWish[],
  options: PenOptions,
): MarkedPaper {
  const random = seededRandom(`${options.seed}/pen`);
  const pen = typeof options.pen === 'string' ? pickPen(options.pen, random) : options.pen;
  const toothSeed = random.integer(0, 0x7fffffff);
  const paper = onPaper(clean);
  for (const wish of wishes) {
    const { side, oval } = findOval(layout, wish);
    const hand: Hand = { pen, toothSeed, random: random.fork(`${wish.contestId}/${wish.optionId}`) };
    for (const film of markFilms(wish.kind, toPx(oval), side.ovals.map(toPx), hand)) {
      layOn(paper[side.side], film);
    }
    if (wish.writeIn !== undefined) layOn(paper[side.side], writeInFilm(wish, side, wish.writeIn, hand));
  }
  const measure = (side: SideLayout, oval: OvalPlace): OvalTruth => ({
    contestId: oval.contestId,
    optionId: oval.optionId,
    side: side.side,
    ink: ovalInk(paper[side.side], toPx(oval)),
  });
  const truth = wishes.map((wish): MarkTruth => {
    const { side, oval } = findOval(layout, wish);
    return {
      ...measure(side, oval),
      kind: wish.kind,
      ...(wish.writeIn === undefined ? {} : { writeIn: wish.writeIn }),
    };
  });
  const others = [layout.front, layout.back].flatMap((side) =>
    side.ovals.filter((oval) => !wishes.some((wish) => isAt(wish, oval))).map((oval) => measure(side, oval)),
  );
  return { paper, truth, others };
}

/**
 * Two heads face each other; the upper one delivers the first image. The sheet's leading edge is the top of both
 * images and both are readable, not mirrored. So a sheet fed foot first has both images turned by 180 degrees, and
 * a sheet fed back up swaps first and second. The lower head looks from below: what is skewed clockwise for the one
 * is skewed anticlockwise for the other; feed errors are common to both, light and sensor are each head's own.
 */
export function scanSheet(paper: PaperSheet, options: ScanOptions): ScannedSheet {
  const { orientation, conditions, seed } = options;
  const turn = orientation.endsWith('foot-first') ? rotate180 : (page: GreyPage) => page;
  const [front, back] = [turn(paper.front), turn(paper.back)];
  const [up, down] = orientation.startsWith('front') ? [front, back] : [back, front];
  const below = seenFromBelow(conditions);
  const feed = `${seed}/feed`;
  return {
    first: scanSide(up, down, conditions, seededRandom(`${seed}/upper-head`), seededRandom(feed)),
    second: scanSide(down, up, below, seededRandom(`${seed}/lower-head`), seededRandom(feed)),
  };
}

/** The same feeding as the lower head sees it. */
export function seenFromBelow(conditions: ScanConditions): ScanConditions {
  return {
    ...conditions,
    skewDegrees: -conditions.skewDegrees,
    shearDegrees: -conditions.shearDegrees,
    offsetPx: { xPx: -conditions.offsetPx.xPx, yPx: conditions.offsetPx.yPx },
  };
}

function writeInFilm(wish: MarkWish, side: SideLayout, text: string, hand: Hand): InkFilm {
  const box: WriteInPlace = must(
    side.writeInBoxes.find((place) => isAt(wish, place)),
    `${wish.contestId}/${wish.optionId} has no write-in box`,
  );
  const corner = toPx(box);
  const random = hand.random.fork('writing');
  const strokes = writing(text, mmToPx(box.widthMm, SCAN_DPI), mmToPx(box.heightMm, SCAN_DPI), random);
  const pen = { ...hand.pen, radiusPx: Math.min(hand.pen.radiusPx, 3.2) };
  return inkFilm(moved(strokes, corner), pen, hand.toothSeed, random.fork('skips'));
}

function findOval(layout: SheetLayout, wish: MarkWish): { side: SideLayout; oval: OvalPlace } {
  for (const side of [layout.front, layout.back]) {
    const oval = side.ovals.find((place) => isAt(wish, place));
    if (oval !== undefined) return { side, oval };
  }
  assert(false, `sheet ${layout.sheet} has no oval ${wish.contestId}/${wish.optionId}`);
}

function isAt(wish: MarkWish, place: { readonly contestId: string; readonly optionId: string }): boolean {
  return wish.contestId === place.contestId && wish.optionId === place.optionId;
}

function toPx(point: PointMm): PointPx {
  return { xPx: mmToPx(point.xMm, SCAN_DPI), yPx: mmToPx(point.yMm, SCAN_DPI) };
}
