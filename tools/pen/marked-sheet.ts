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
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { mmToPx, SCAN_DPI, type PointMm, type PointPx } from '../../ground/units.js';
import { scanSide } from './degrade.js';
import { writing } from './handwriting.js';
import { inkFilm, layOn, pickHighlighter, pickLightPencil, pickPen, pickSmear } from './ink.js';
import type { InkFilm, Pen, PenName, Stroke } from './ink.js';
import { filmInk, missesOval, ovalInk, type OvalInk } from './oval-ink.js';
import { onPaper, type CleanSheet, type PaperSheet } from './paper.js';
import type { ScanConditions } from './scan-conditions.js';
import { fillingStrokes, isFilling } from './filling.js';
import { gestureStrokes, moved, strayLine, type MarkKind } from './strokes.js';

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
  readonly pen: PenName;
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
  const pen = pickPen(options.pen, random);
  const toothSeed = random.integer(0, 0x7fffffff);
  const paper = onPaper(clean);
  for (const wish of wishes) {
    const { side, oval } = findOval(layout, wish);
    const hand: Hand = { pen, toothSeed, random: random.fork(`${wish.contestId}/${wish.optionId}`) };
    for (const film of markFilms(wish.kind, oval, side, hand)) layOn(paper[side.side], film);
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
  const below: ScanConditions = {
    ...conditions,
    skewDegrees: -conditions.skewDegrees,
    shearDegrees: -conditions.shearDegrees,
    offsetPx: { xPx: -conditions.offsetPx.xPx, yPx: conditions.offsetPx.yPx },
  };
  const feed = `${seed}/feed`;
  return {
    first: scanSide(up, down, conditions, seededRandom(`${seed}/upper-head`), seededRandom(feed)),
    second: scanSide(down, up, below, seededRandom(`${seed}/lower-head`), seededRandom(feed)),
  };
}

/** The voter's hand on this sheet: one pen, one paper. */
interface Hand {
  readonly pen: Pen;
  readonly toothSeed: number;
  readonly random: SeededRandom;
}

/** How much of the oval a filling kind covers, as `light` share. */
const FILL_TARGET: Readonly<Partial<Record<MarkKind, readonly [number, number]>>> = {
  full: [0.82, 0.99],
  overfull: [0.985, 1],
  half: [0.42, 0.58],
  edge: [0.13, 0.25],
  'light-pencil': [0.65, 0.95],
  erasure: [0.7, 0.95],
  'crossed-out': [0.8, 0.99],
};
/** What an eraser leaves of a pencil's density. */
const ERASED_TO: readonly [number, number] = [0.05, 0.15];

function markFilms(kind: MarkKind, oval: OvalPlace, side: SideLayout, hand: Hand): InkFilm[] {
  const centre = toPx(oval);
  const random = hand.random.fork(kind);
  const film = (strokes: readonly Stroke[], pen: Pen): InkFilm =>
    inkFilm(moved(strokes, centre), pen, hand.toothSeed, random.fork('skips'));
  const films: InkFilm[] = [];
  const pen = penFor(kind, hand.pen, random.fork('pen'));
  if (isFilling(kind)) films.push(filled(kind, pen, centre, film, random));
  if (kind === 'stray-line')
    films.push(inkFilm([missingLine(side, centre, pen, random)], pen, hand.toothSeed, random));
  const gesture = gestureStrokes(kind, random.fork('gesture'));
  if (gesture.length > 0) films.push(film(gesture, kind === 'erasure' ? pickSmear(random) : pen));
  return films;
}

/** The voter's pen, but where the kind itself says what was drawn with. */
function penFor(kind: MarkKind, own: Pen, random: SeededRandom): Pen {
  switch (kind) {
    case 'light-pencil':
      return pickLightPencil(random);
    case 'pencil-line':
      // VVSG 2.0 1.1.6-H: a line 1 mm wide of a number 2 pencil, as dark as practical.
      return {
        ...pickPen('pencil', random),
        radiusPx: mmToPx(0.5, SCAN_DPI),
        opacity: random.between(0.6, 0.75),
        grain: 0.22,
        skip: 0,
      };
    case 'highlighter':
      return pickHighlighter(random);
    case 'smudge':
      return pickSmear(random);
    case 'erasure': {
      const pencil = pickPen('pencil', random);
      return { ...pencil, opacity: pencil.opacity * random.between(...ERASED_TO) };
    }
    case 'dot':
      return { ...own, radiusPx: Math.min(own.radiusPx, random.between(1.4, 2.2)) };
    case 'fleck':
      return { ...own, radiusPx: random.between(0.5, 1.3), opacity: random.between(0.3, 0.9), skip: 0 };
    default:
      return own;
  }
}

/** Marks on until the oval's inside has the share of ink that this voter is after, within 1 % of the inside. */
function filled(
  kind: MarkKind,
  pen: Pen,
  centre: PointPx,
  film: (strokes: readonly Stroke[], pen: Pen) => InkFilm,
  random: SeededRandom,
): InkFilm {
  const target = random.between(...must(FILL_TARGET[kind], `${kind} has no target`));
  const tryFill = (fill: number): { film: InkFilm; short: number } => {
    const made = film(fillingStrokes(kind, fill, pen.radiusPx, random.fork('hand')), pen);
    // What an eraser has thinned is still judged by where the pencil went.
    const seen =
      kind === 'erasure'
        ? film(fillingStrokes(kind, fill, pen.radiusPx, random.fork('hand')), { ...pen, opacity: 0.6 })
        : made;
    return { film: made, short: target - filmInk(seen, centre).light };
  };
  let best = tryFill(1);
  let [low, high] = [0, 1];
  for (let step = 0; step < 10 && Math.abs(best.short) > 0.01; step++) {
    const middle = (low + high) / 2;
    const next = tryFill(middle);
    if (next.short > 0) low = middle;
    else high = middle;
    if (Math.abs(next.short) < Math.abs(best.short)) best = next;
  }
  return best.film;
}

const STRAY_TRIES = 60;

/** A line near the oval that misses it and every other one on this side. */
function missingLine(side: SideLayout, centre: PointPx, pen: Pen, random: SeededRandom): Stroke {
  const ovals = side.ovals.map(toPx);
  for (let attempt = 0; attempt < STRAY_TRIES; attempt++) {
    const [line = []] = moved([strayLine(random.fork(`try ${attempt}`))], centre);
    if (ovals.every((oval) => missesOval(line, oval, pen.radiusPx))) return line;
  }
  return [];
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
