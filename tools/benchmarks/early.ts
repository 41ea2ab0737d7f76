/**
 * How long a band holds up the machine while it is looked at for early faults: both sides, 64 lines. The bands of the
 * leading edge are searched for marks, the last of them is judged as well; those behind are only counted.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import type { ScannedSheet } from '../../drivers/ports.js';
import { EarlyFaults } from '../../vision/early-faults.js';
import { processorTime, row, timed, timesOf, type Row } from './measure.js';
import type { BenchPaper } from './pages.js';

const BAND_LINES = 64;
/** Those within the first 70 mm. */
const LEADING_BANDS = 9;
const ROUNDS = 60;

export function benchEarlyFaults({ paper, sheets }: BenchPaper): readonly Row[] {
  const early = new EarlyFaults({ beyondPaperMm: 30, longestPaperMm: PAPER_HEIGHT_MM[paper] });
  const bands = sheets.map(bandsOf);
  const clock = timesOfBands(early, bands, timed);
  const processor = timesOfBands(early, bands, processorTime);
  const rowsOf = (name: string, part: keyof BandTimes): readonly Row[] => [
    row(`early faults: ${name}, p50`, 'ms', timesOf(clock[part]).p50),
    row(`early faults: ${name}, p99 of processor time`, 'ms', timesOf(processor[part]).p99),
  ];
  return [
    ...rowsOf('a band of the leading edge', 'leading'),
    ...rowsOf('the band that is judged', 'judging'),
    ...rowsOf('a band behind it', 'behind'),
  ];
}

interface BandTimes {
  readonly leading: number[];
  readonly judging: number[];
  readonly behind: number[];
}

function timesOfBands(
  early: EarlyFaults,
  sheets: readonly (readonly ScannedSheet[])[],
  measure: (work: () => void) => number,
): BandTimes {
  const times: BandTimes = { leading: [], judging: [], behind: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const bands of sheets) {
      early.begin();
      bands.forEach(({ first, second }, i) => {
        const ms = measure(() => void early.take(first, second));
        if (i + 1 < LEADING_BANDS) times.leading.push(ms);
        else if (i + 1 === LEADING_BANDS) times.judging.push(ms);
        else times.behind.push(ms);
      });
    }
  }
  return times;
}

function bandsOf({ first, second }: ScannedSheet): readonly ScannedSheet[] {
  const bands: ScannedSheet[] = [];
  for (let line = 0; line < first.heightPx; line += BAND_LINES) {
    bands.push({ first: lines(first, line), second: lines(second, line) });
  }
  return bands;
}

function lines({ widthPx, heightPx, dpi, data }: GreyPage, from: number): GreyPage {
  const to = Math.min(heightPx, from + BAND_LINES);
  return greyPage(widthPx, to - from, dpi, data.subarray(from * widthPx, to * widthPx));
}
