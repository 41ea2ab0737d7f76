/**
 * Sheets whose reading is known beforehand: the simulator tests the machine, not the reader, so a page carries a
 * number and this reader looks up what the real one would have said of it.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert, must, ok } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import type { BallotLayout, SheetLayout } from '../../election-def/layout-types.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import type { SheetReader } from '../../firmware/runtime/page-store.js';
import type { OvalReading, SheetResult, SideReading, Verdict, WriteInReading } from '../../vision/reading.js';

export type SheetKind =
  | 'clean'
  | 'overvote'
  | 'cross-endorsement'
  | 'ambiguous'
  | 'blank'
  | 'write-in'
  | 'unreadable'
  /** Long enough to be found out while it is drawn in. */
  | 'no-ballot';

export interface SimulatedSheet {
  readonly sheet: Sheet;
  readonly kind: SheetKind;
}

/** Pages of this size hold the number of a sheet in their first four pixels; big enough to be JPEGs. */
const SIDE_PX = 16;
/** Enough lines for the machine to miss the timing marks. */
const NO_BALLOT_LINES = 1_000;

export class KnownReadings {
  readonly #results: SheetResult[] = [];

  constructor(
    private readonly layouts: readonly BallotLayout[],
    private readonly random: SeededRandom,
  ) {}

  readonly reader: SheetReader = {
    read: (first) => Promise.resolve(ok(must(this.#results[numberOf(first)], 'a sheet of this simulation'))),
    close: () => Promise.resolve(),
  };

  make(kind: SheetKind): SimulatedSheet {
    const layout = this.random.pick(this.layouts);
    const number = this.#results.length;
    this.#results.push(this.#reading(layout, kind));
    const page = numbered(number, kind === 'no-ballot' ? NO_BALLOT_LINES : SIDE_PX);
    return {
      kind,
      sheet: {
        label: `sheet ${number} (${kind})`,
        lengthMm: PAPER_HEIGHT_MM[layout.paper],
        first: page,
        second: page,
      },
    };
  }

  #reading(layout: BallotLayout, kind: SheetKind): SheetResult {
    if (kind === 'unreadable' || kind === 'no-ballot') {
      return { kind: 'rejected', reject: { reason: 'no-timing-marks', detail: 'simulated' } };
    }
    const sheet = must(layout.sheets[0], 'a first sheet');
    const verdicts = this.#verdicts(sheet, kind);
    return {
      kind: 'read',
      styleId: layout.styleId,
      precinctId: layout.precinctId,
      sheet: 1,
      test: false,
      front: sideReading(layout, sheet, 'front', verdicts),
      back: sideReading(layout, sheet, 'back', verdicts),
      frontImage: 'first',
    };
  }

  /** New York's governor stands first on the sheet: two candidates there overvote, two lines of one cross-endorse. */
  #verdicts(sheet: SheetLayout, kind: SheetKind): ReadonlyMap<string, Verdict> {
    const governor = sheet.front.ovals
      .filter((oval) => oval.contestId === 'governor')
      .map((oval) => oval.optionId);
    assert(governor.length >= 6, 'the New York sample has five lines for governor and a write-in');
    const marked = (...options: readonly string[]): ReadonlyMap<string, Verdict> =>
      new Map(options.map((optionId) => [`governor/${optionId}`, 'marked' as const]));
    switch (kind) {
      case 'clean':
        return marked(this.random.pick(governor.slice(0, 5)));
      case 'overvote':
        return marked('doyle-dem', 'brandt-rep');
      case 'cross-endorsement':
        return marked('brandt-rep', 'brandt-con');
      case 'ambiguous':
        return new Map([['governor/doyle-dem', 'ambiguous' as const]]);
      case 'write-in':
        return marked('write-in-1');
      case 'blank':
      case 'unreadable':
      case 'no-ballot':
        return new Map();
    }
  }
}

function numbered(number: number, lines: number): GreyPage {
  const page = greyPage(SIDE_PX, lines, 200);
  new DataView(page.data.buffer).setUint32(0, number);
  return page;
}

function numberOf(page: GreyPage): number {
  return new DataView(page.data.buffer, page.data.byteOffset).getUint32(0);
}

/** What an empty oval scores. */
export const NO_INK: OvalReading['score'] = {
  light: 0,
  dark: 0,
  darkness: 0,
  density: 0,
  outline: 1,
  offsetXPx: 0,
  offsetYPx: 0,
  halo: 0,
  line: 0,
  spanMm: 0,
};

function sideReading(
  layout: BallotLayout,
  sheet: SheetLayout,
  side: 'front' | 'back',
  verdicts: ReadonlyMap<string, Verdict>,
): SideReading {
  const corner = { xPx: 0, yPx: 0 };
  return {
    code: {
      electionHash20: 0,
      styleNumber: layout.styleNumber,
      precinctNumber: layout.precinctNumber,
      sheet: 1,
      side,
      test: false,
    },
    orientation: 'upright',
    skewDegrees: 0,
    scaleAlong: 1,
    scaleAcross: 1,
    ovals: sheet[side].ovals.map(({ contestId, optionId }) => ({
      contestId,
      optionId,
      verdict: verdicts.get(`${contestId}/${optionId}`) ?? 'blank',
      score: NO_INK,
      centre: corner,
    })),
    writeIns: sheet[side].writeInBoxes.map(({ contestId, optionId }): WriteInReading => ({
      contestId,
      optionId,
      ink: 0,
      written: false,
      corners: [corner, { xPx: 8, yPx: 0 }, { xPx: 8, yPx: 8 }, { xPx: 0, yPx: 8 }],
    })),
    faults: [],
  };
}
