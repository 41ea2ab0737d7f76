/**
 * Sheets whose reading is known beforehand: the simulator tests the machine, not the reader, so a page carries a
 * number and this reader looks up what the real one would have said of it. Beside it stands, by the simulation's own
 * book, what each sheet's voter marked: the truth that records and tapes are held against.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert, must, ok } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import type { BallotLayout, SheetLayout } from '../../election-def/layout-types.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import type { EncodePage } from '../../firmware/ballot-box/fit-images.js';
import type { SheetReader } from '../../firmware/runtime/page-store.js';
import type { OvalReading, SheetResult, SideReading, Verdict, WriteInReading } from '../../vision/reading.js';

export const sheetKinds = [
  'clean',
  'overvote',
  'cross-endorsement',
  'ambiguous',
  'blank',
  'write-in',
  'written-without-a-mark',
  'unreadable',
  'test-ballot',
  'wrong-precinct',
  /** Long enough to be found out while it is drawn in. */
  'no-ballot',
] as const;
export type SheetKind = (typeof sheetKinds)[number];

export interface SimulatedSheet {
  readonly number: number;
  readonly sheet: Sheet;
  readonly kind: SheetKind;
  readonly precinctId: string;
  /** `contest/option` of what the voter marked, sorted. */
  readonly marked: readonly string[];
}

/** Pages of this size hold the number of a sheet in their first four pixels. */
const SIDE_PX = 4;
/** Enough lines for the machine to miss the timing marks. */
const NO_BALLOT_LINES = 1_000;

const PART_OF_A_PAGE: SheetResult = {
  kind: 'rejected',
  reject: { reason: 'image-too-small', detail: 'simulated' },
};
/** A stuck sensor may have the machine scan the lid, or begin in the middle of a sheet. */
const NO_SHEET: SheetResult = {
  kind: 'rejected',
  reject: { reason: 'no-timing-marks', detail: 'simulated' },
};

/** The image of a numbered page: its first pixels as they are. The simulation looks for them in the ballot box. */
export const encodeNumber: EncodePage = (page) => Promise.resolve(page.data.slice(0, 4));

export function numberInImage(image: Uint8Array): number {
  return new DataView(image.buffer, image.byteOffset, image.byteLength).getUint32(0);
}

export class KnownReadings {
  readonly #results: SheetResult[] = [];
  readonly #sheets: SimulatedSheet[] = [];
  readonly #numberOf = new Map<Sheet, number>();

  constructor(private readonly layouts: readonly BallotLayout[]) {}

  readonly reader: SheetReader = {
    // Of a sheet that passed only in part nobody can say what it is.
    read: (first) =>
      Promise.resolve(
        ok(
          first.heightPx < SIDE_PX ? PART_OF_A_PAGE : (this.#results[numberInImage(first.data)] ?? NO_SHEET),
        ),
      ),
    close: () => Promise.resolve(),
  };

  numbered(number: number): SimulatedSheet {
    return must(this.#sheets[number], `sheet ${number} of this simulation`);
  }

  of(sheet: Sheet): SimulatedSheet {
    return this.numbered(must(this.#numberOf.get(sheet), 'a sheet of this simulation'));
  }

  make(kind: SheetKind, random: SeededRandom): SimulatedSheet {
    const layout = random.pick(this.layouts);
    const number = this.#results.length;
    const verdicts = verdictsOf(must(layout.sheets[0], 'a first sheet'), kind, random);
    this.#results.push(readingOf(layout, kind, verdicts));
    const page = pageWith(number, kind === 'no-ballot' ? NO_BALLOT_LINES : SIDE_PX);
    const sheet = {
      label: `sheet ${number} (${kind})`,
      lengthMm: PAPER_HEIGHT_MM[layout.paper],
      first: page,
      second: page,
    };
    const marked = [...verdicts].filter(([, verdict]) => verdict === 'marked').map(([name]) => name);
    const made = { number, kind, sheet, precinctId: layout.precinctId, marked: marked.sort() };
    this.#sheets.push(made);
    this.#numberOf.set(sheet, number);
    return made;
  }
}

function readingOf(
  layout: BallotLayout,
  kind: SheetKind,
  verdicts: ReadonlyMap<string, Verdict>,
): SheetResult {
  if (kind === 'unreadable' || kind === 'no-ballot') {
    return { kind: 'rejected', reject: { reason: 'no-timing-marks', detail: 'simulated' } };
  }
  const sheet = must(layout.sheets[0], 'a first sheet');
  const written = kind === 'written-without-a-mark';
  return {
    kind: 'read',
    styleId: layout.styleId,
    precinctId: kind === 'wrong-precinct' ? 'elsewhere-1' : layout.precinctId,
    sheet: 1,
    test: kind === 'test-ballot',
    front: sideReading(layout, sheet, 'front', verdicts, written),
    back: sideReading(layout, sheet, 'back', verdicts, false),
    frontImage: 'first',
  };
}

/** New York's governor: two candidates there overvote, two lines of one cross-endorse. The rest is marked by chance. */
function verdictsOf(sheet: SheetLayout, kind: SheetKind, random: SeededRandom): ReadonlyMap<string, Verdict> {
  const optionsOf = (contestId: string): readonly string[] =>
    [...sheet.front.ovals, ...sheet.back.ovals]
      .filter((oval) => oval.contestId === contestId)
      .map((oval) => oval.optionId);
  const governor = optionsOf('governor');
  assert(governor.length >= 6, 'the New York sample has five lines for governor and a write-in');
  const marked = (...options: readonly string[]): Map<string, Verdict> =>
    new Map(options.map((optionId) => [`governor/${optionId}`, 'marked' as const]));
  const elsewhere = (verdicts: Map<string, Verdict>): Map<string, Verdict> => {
    const measure = optionsOf('proposal-1');
    if (random.chance(0.8)) verdicts.set(`proposal-1/${random.pick(measure)}`, 'marked');
    return verdicts;
  };
  switch (kind) {
    case 'clean':
    case 'test-ballot':
    case 'wrong-precinct':
    case 'written-without-a-mark':
      return elsewhere(marked(random.pick(governor.slice(0, 5))));
    case 'overvote':
      return elsewhere(marked('doyle-dem', 'brandt-rep'));
    case 'cross-endorsement':
      return elsewhere(marked('brandt-rep', 'brandt-con'));
    case 'ambiguous':
      return elsewhere(new Map([['governor/doyle-dem', 'ambiguous' as const]]));
    case 'write-in':
      return elsewhere(marked('write-in-1'));
    case 'blank':
    case 'unreadable':
    case 'no-ballot':
      return new Map();
  }
}

function pageWith(number: number, lines: number): GreyPage {
  const page = greyPage(SIDE_PX, lines, 200);
  new DataView(page.data.buffer).setUint32(0, number);
  return page;
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
  rim: 0,
  line: 0,
  spanMm: 0,
};

/** One side whose positions are judged as `verdicts` says; everything else is as on a clean sheet. */
export function sideReading(
  layout: BallotLayout,
  sheet: SheetLayout,
  side: 'front' | 'back',
  verdicts: ReadonlyMap<string, Verdict>,
  written: boolean,
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
      written: written && contestId === 'governor',
      corners: [corner, { xPx: 4, yPx: 0 }, { xPx: 4, yPx: 4 }, { xPx: 0, yPx: 4 }],
    })),
    faults: [],
  };
}
