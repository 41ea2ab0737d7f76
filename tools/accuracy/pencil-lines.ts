/**
 * The detectable mark of VVSG 2.0 1.1.6-H: a line 1 mm wide of a number 2 pencil. Across the oval in four directions,
 * under a lamp that is up to 15 % brighter or darker than the machine was set to. Always a vote.
 */
import { greyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';
import { inkFilm, layOn, pickPen, type InkFilm } from '../pen/ink.js';
import { randomScan, type ScanConditions } from '../pen/scan-conditions.js';
import { at, halfHeight, halfWidth, handLine } from '../pen/strokes.js';
import { readStrip, type StripReader } from './scanned-strip.js';
import type { Verdict } from '../../vision/reading.js';

export const DIRECTIONS = [0, 45, 90, 135] as const;
const GAIN = 0.15;

export type LineCounts = Record<string, Record<Verdict, number>>;

/** By direction in degrees. */
export function readPencilLines(reader: StripReader, seed: string, strips: number): LineCounts {
  const { strip } = reader;
  const random = seededRandom(seed);
  const counts: LineCounts = {};
  for (let n = 0; n < strips; n++) {
    const { widthPx, heightPx, dpi, data } = strip.clean;
    const paper = greyPage(widthPx, heightPx, dpi, data.slice());
    const directions = strip.centres.map(() => random.pick(DIRECTIONS));
    directions.forEach((degrees, i) => {
      layOn(paper, pencilLine(must(strip.centres[i], 'an oval'), degrees, random.fork(`${n}/${i}`)));
    });
    const judged = readStrip(reader, paper, strip.clean, underLamp(random), `${seed}/${n}`);
    judged.forEach(({ verdict }, i) => {
      const count = (counts[`${directions[i] ?? 0}`] ??= { blank: 0, ambiguous: 0, marked: 0 });
      count[verdict]++;
    });
  }
  return counts;
}

function pencilLine(centre: PointPx, degrees: number, random: SeededRandom): InkFilm {
  const angle = (degrees * Math.PI) / 180;
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const reach = 1 / Math.hypot(dx / halfWidth, dy / halfHeight);
  const end = (sign: number): PointPx => at(centre.xPx + sign * reach * dx, centre.yPx + sign * reach * dy);
  const stroke = handLine(end(-1), end(1), random, 0.5).map((point) => ({ ...point, pressure: 1 }));
  const pencil = {
    ...pickPen('pencil', random),
    radiusPx: mmToPx(0.5, SCAN_DPI),
    opacity: random.between(0.6, 0.75),
    grain: 0.22,
    skip: 0,
  };
  return inkFilm([stroke], pencil, random.integer(0, 0x7fffffff), random);
}

function underLamp(random: SeededRandom): ScanConditions {
  const conditions = randomScan(random);
  const gain = 1 + random.between(-GAIN, GAIN);
  return {
    ...conditions,
    paperLevel: Math.min(255, conditions.paperLevel * gain),
    inkLevel: conditions.inkLevel * gain,
  };
}
