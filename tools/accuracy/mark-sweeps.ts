/**
 * How faint and how small a mark may be: ovals filled with pencil of ever less density, and filled ever less far. Of
 * each value some hundred ovals under random conditions, and what became of them.
 */
import { greyPage } from '../../ground/grey-page.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import type { PointPx } from '../../ground/units.js';
import type { Verdict } from '../../vision/reading.js';
import { fillingStrokes } from '../pen/filling.js';
import { inkFilm, layOn, pickPen, type InkFilm, type Pen } from '../pen/ink.js';
import { filmInk } from '../pen/oval-ink.js';
import { randomScan } from '../pen/scan-conditions.js';
import { moved } from '../pen/strokes.js';
import { readStrip, type StripReader } from './scanned-strip.js';

export interface MarkSweepRow {
  readonly value: number;
  readonly verdicts: Record<Verdict, number>;
}

export interface MarkSweep {
  readonly name: string;
  readonly rows: readonly MarkSweepRow[];
}

const DENSITIES = [0.6, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.175, 0.15, 0.125, 0.1, 0.075, 0.05];
const COVERAGES = [0.9, 0.7, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.125, 0.1, 0.075, 0.05, 0.025, 0];

/** A whole oval filled in pencil; the value is what share of light a stroke takes away. */
export function sweepDensity(reader: StripReader, seed: string): MarkSweep {
  const rows = DENSITIES.map((value) => ({
    value,
    verdicts: readMarks(reader, `${seed}/${value}`, (centre, random) => {
      const pencil = { ...pickPen('pencil', random), opacity: value };
      return inkFilm(
        moved(fillingStrokes('full', 0.9, pencil.radiusPx, random), centre),
        pencil,
        random.integer(0, 0x7fffffff),
        random,
      );
    }),
  }));
  return { name: 'density of a filled oval, pencil', rows };
}

/** A hand that fills from one side with a ballpoint, and stops; the value is the measured share of the inside. */
export function sweepCoverage(reader: StripReader, seed: string): MarkSweep {
  const rows = COVERAGES.map((value) => ({
    value,
    verdicts: readMarks(reader, `${seed}/${value}`, (centre, random) =>
      value === 0 ? undefined : coveredTo(value, pickPen('ballpoint', random), centre, random),
    ),
  }));
  return { name: 'share of the oval covered, ballpoint', rows };
}

const SEARCH_STEPS = 12;

function coveredTo(share: number, pen: Pen, centre: PointPx, random: SeededRandom): InkFilm {
  const film = (fill: number): InkFilm =>
    inkFilm(
      moved(fillingStrokes('edge', fill, pen.radiusPx, random.fork('hand')), centre),
      pen,
      1,
      random.fork('skips'),
    );
  let [low, high] = [0, 1];
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const middle = (low + high) / 2;
    if (filmInk(film(middle), centre).light < share) low = middle;
    else high = middle;
  }
  return film(high);
}

function readMarks(
  reader: StripReader,
  seed: string,
  mark: (centre: PointPx, random: SeededRandom) => InkFilm | undefined,
): Record<Verdict, number> {
  const { strip } = reader;
  const { widthPx, heightPx, dpi, data } = strip.clean;
  const random = seededRandom(seed);
  const paper = greyPage(widthPx, heightPx, dpi, data.slice());
  strip.centres.forEach((centre, i) => {
    const film = mark(centre, random.fork(`${i}`));
    if (film !== undefined) layOn(paper, film);
  });
  const verdicts: Record<Verdict, number> = { blank: 0, ambiguous: 0, marked: 0 };
  for (const { verdict } of readStrip(reader, paper, strip.clean, randomScan(random), seed)) {
    verdicts[verdict]++;
  }
  return verdicts;
}
