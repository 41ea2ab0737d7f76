/**
 * Marks for positions by the million. Drawing one takes a third of a millisecond and more, scanning a position a
 * twentieth of that; so a mark is drawn once and used several times, at other places, on other sheets, under other
 * light. How many were drawn is counted and stated beside the positions.
 */
import { assert } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { PointPx } from '../../ground/units.js';
import { markFilms } from '../pen/hand.js';
import { penNames, pickPen, type InkFilm } from '../pen/ink.js';
import type { MarkKind } from '../pen/strokes.js';

const POOL = 64;
/** Share of marks that are drawn afresh, once a kind's pool is full. */
const FRESH = 0.03;

interface Drawn {
  readonly films: readonly InkFilm[];
  readonly centre: PointPx;
}

export class FilmPool {
  drawn = 0;
  readonly #pools = new Map<MarkKind, Drawn[]>();

  /** @param spacing of the lattice of ovals, so that a stray line can miss its neighbours too */
  constructor(
    private readonly random: SeededRandom,
    private readonly spacing: PointPx,
  ) {}

  /** A mark of this kind around a place, to be laid on the page. */
  at(kind: MarkKind, place: PointPx): readonly InkFilm[] {
    const { films, centre } = this.#any(kind);
    const dx = Math.round(place.xPx - centre.xPx);
    const dy = Math.round(place.yPx - centre.yPx);
    return films.map((film) => ({ ...film, leftPx: film.leftPx + dx, topPx: film.topPx + dy }));
  }

  #any(kind: MarkKind): Drawn {
    const pool = this.#pools.get(kind) ?? [];
    this.#pools.set(kind, pool);
    const full = pool.length === POOL;
    if (full && !this.random.chance(FRESH)) return this.random.pick(pool);
    const drawn = this.#draw(kind);
    pool[full ? this.random.integer(0, POOL - 1) : pool.length] = drawn;
    return drawn;
  }

  #draw(kind: MarkKind): Drawn {
    assert(kind !== 'none', 'no mark needs no film');
    const random = this.random.fork(`mark ${this.drawn++}`);
    const centre = { xPx: 200 + random.next(), yPx: 200 + random.next() };
    const hand = {
      pen: pickPen(random.pick(penNames), random),
      toothSeed: random.integer(0, 0x7fffffff),
      random,
    };
    return { films: markFilms(kind, centre, this.#neighbours(centre), hand), centre };
  }

  #neighbours({ xPx, yPx }: PointPx): readonly PointPx[] {
    const steps = [-2, -1, 0, 1, 2];
    return steps.flatMap((row) =>
      steps.map((column) => ({ xPx: xPx + column * this.spacing.xPx, yPx: yPx + row * this.spacing.yPx })),
    );
  }
}
