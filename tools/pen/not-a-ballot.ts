/**
 * Things that people feed into a ballot scanner and that are no ballots: here a photograph, full of edges and tones
 * and without a single timing mark. (A blank sheet: `paper.ts`.)
 */
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { SCAN_DPI } from '../../ground/units.js';
import { blankPage, sheetOf, type PaperSheet } from './paper.js';

/** A photograph printed to the edges on the front of a letter sheet: sky, a sun, ranges of hills. */
export function photograph(seed: string): PaperSheet {
  const blank = blankPage(PAPER_HEIGHT_MM.letter);
  return sheetOf(landscape(seed, blank.widthPx, blank.heightPx), blank);
}

interface Range {
  readonly horizon: Float64Array;
  readonly grey: number;
}

function landscape(seed: string, widthPx: number, heightPx: number): GreyPage {
  const random = seededRandom(`${seed}/photograph`);
  const sun = { x: random.between(0.2, 0.8) * widthPx, y: random.between(0.1, 0.3) * heightPx };
  const sunPx = random.between(60, 120);
  const ranges = Array.from({ length: 4 }, (_, i): Range => {
    const waves = Array.from({ length: 6 }, (_, k) => ({
      rate: (random.between(0.6, 1.4) * 2 ** k * 4) / widthPx,
      phase: random.between(0, 2 * Math.PI),
      heightPx: 110 / 1.8 ** k,
    }));
    const base = heightPx * (0.42 + 0.14 * i);
    const horizon = Float64Array.from({ length: widthPx }, (_, x) =>
      waves.reduce((y, wave) => y + wave.heightPx * Math.sin(wave.rate * x + wave.phase), base),
    );
    return { horizon, grey: 175 - 42 * i };
  });
  const data = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const range = ranges.findLast((r) => y >= (r.horizon[x] ?? 0));
      const sky = 150 + (80 * y) / heightPx + (Math.hypot(x - sun.x, y - sun.y) < sunPx ? 60 : 0);
      const shade = range === undefined ? sky : range.grey - 0.03 * (y - (range.horizon[x] ?? 0));
      data[y * widthPx + x] = Math.max(1, Math.min(255, shade + 14 * (random.next() - 0.5)));
    }
  }
  return greyPage(widthPx, heightPx, SCAN_DPI, data);
}
