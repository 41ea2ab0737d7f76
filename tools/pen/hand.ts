/**
 * A voter's hand at one oval: which pen it takes for a kind of mark, and how long it goes on. What comes out is ink on
 * transparent film; the kinds are in `strokes.ts` and `filling.ts`, the pens in `ink.ts`.
 */
import { must } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';
import { fillingStrokes, isFilling } from './filling.js';
import { inkFilm, pickHighlighter, pickLightPencil, pickPen, pickSmear } from './ink.js';
import type { InkFilm, Pen, Stroke } from './ink.js';
import { filmInk, missesOval } from './oval-ink.js';
import { gestureStrokes, moved, strayLine, type MarkKind } from './strokes.js';

/** The voter's hand on this sheet: one pen, one paper. */
export interface Hand {
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

/** The films of one mark, to be laid on the page one after the other; `ovals` are the centres of all on this side. */
export function markFilms(kind: MarkKind, centre: PointPx, ovals: readonly PointPx[], hand: Hand): InkFilm[] {
  const random = hand.random.fork(kind);
  const film = (strokes: readonly Stroke[], pen: Pen): InkFilm =>
    inkFilm(moved(strokes, centre), pen, hand.toothSeed, random.fork('skips'));
  const films: InkFilm[] = [];
  const pen = penFor(kind, hand.pen, random.fork('pen'));
  if (isFilling(kind)) films.push(filled(kind, pen, centre, film, random));
  if (kind === 'stray-line')
    films.push(inkFilm([missingLine(ovals, centre, pen, random)], pen, hand.toothSeed, random));
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
function missingLine(ovals: readonly PointPx[], centre: PointPx, pen: Pen, random: SeededRandom): Stroke {
  for (let attempt = 0; attempt < STRAY_TRIES; attempt++) {
    const [line = []] = moved([strayLine(random.fork(`try ${attempt}`))], centre);
    if (ovals.every((oval) => missesOval(line, oval, pen.radiusPx))) return line;
  }
  return [];
}
