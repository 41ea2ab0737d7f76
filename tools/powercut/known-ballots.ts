/**
 * Ballots that can be told apart by their votes, so that after a cut the rig can say which of them are in the box. The
 * rig tests storage, not the reader: a page carries its number and the reading is looked up.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert, must, ok } from '../../ground/result.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import type { BallotLayout, SheetLayout } from '../../election-def/layout-types.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import type { SheetReader } from '../../firmware/runtime/page-store.js';
import { sideReading } from '../simulate/known-sheets.js';
import type { SheetResult, Verdict } from '../../vision/reading.js';

export type BallotKind = 'clean' | 'write-in' | 'overvote' | 'ambiguous';

export interface KnownBallot {
  readonly number: number;
  /** Its marked positions: what is recorded of it, and of no other. */
  readonly name: string;
  readonly sheet: Sheet;
}

/** The contest whose marks make the kind; all others make the number. */
const KIND_CONTEST = 'governor';
const SIDE_PX = 16;

export class KnownBallots {
  readonly #results = new Map<number, SheetResult>();

  constructor(private readonly layout: BallotLayout) {}

  readonly reader: SheetReader = {
    read: (first) => Promise.resolve(ok(must(this.#results.get(numberOf(first)), 'a ballot of this rig'))),
    close: () => Promise.resolve(),
  };

  /** The same number and kind make the same ballot, in any process. */
  make(number: number, kind: BallotKind): KnownBallot {
    const { layout } = this;
    const sheet = must(layout.sheets[0], 'a first sheet');
    const verdicts = new Map([...kindMarks(sheet, kind), ...numberMarks(sheet, number)]);
    this.#results.set(number, {
      kind: 'read',
      styleId: layout.styleId,
      precinctId: layout.precinctId,
      sheet: 1,
      test: false,
      front: sideReading(layout, sheet, 'front', verdicts, false),
      back: sideReading(layout, sheet, 'back', verdicts, false),
      frontImage: 'first',
    });
    const page = numbered(number);
    const lengthMm = PAPER_HEIGHT_MM[layout.paper];
    const name = [...verdicts.keys()].sort().join(' ');
    return {
      number,
      name,
      sheet: { label: `ballot ${number} (${kind})`, lengthMm, first: page, second: page },
    };
  }
}

/** The name of the ballot that this record is of. */
export function nameOfRecord(record: CastVoteRecord): string {
  return record.contests
    .flatMap(({ contestId, positions }) =>
      positions
        .filter(({ verdict }) => verdict === 'marked')
        .map(({ optionId }) => `${contestId}/${optionId}`),
    )
    .sort()
    .join(' ');
}

function kindMarks(sheet: SheetLayout, kind: BallotKind): readonly (readonly [string, Verdict])[] {
  const options = optionsOf(sheet, KIND_CONTEST);
  assert(options.length >= 3, 'the first contest has three candidates');
  const mark = (option: string, verdict: Verdict = 'marked') =>
    [`${KIND_CONTEST}/${option}`, verdict] as const;
  switch (kind) {
    case 'clean':
      return [mark('doyle-dem')];
    case 'write-in':
      return [mark('write-in-1')];
    case 'overvote':
      return [mark('doyle-dem'), mark('brandt-rep')];
    case 'ambiguous':
      return [mark('doyle-dem', 'ambiguous')];
  }
}

/** One mark or none in each other contest, like digits of a number. */
function numberMarks(sheet: SheetLayout, number: number): readonly (readonly [string, Verdict])[] {
  const contests = new Set([...sheet.front.ovals, ...sheet.back.ovals].map((oval) => oval.contestId));
  contests.delete(KIND_CONTEST);
  const marks: (readonly [string, Verdict])[] = [];
  let rest = number;
  for (const contest of contests) {
    const options = optionsOf(sheet, contest).filter((option) => !option.startsWith('write-in'));
    const digit = rest % (options.length + 1);
    rest = Math.floor(rest / (options.length + 1));
    const option = options[digit - 1];
    if (option !== undefined) marks.push([`${contest}/${option}`, 'marked']);
  }
  assert(rest === 0, `there are not so many different ballots: ${number}`);
  return marks;
}

function optionsOf(sheet: SheetLayout, contestId: string): readonly string[] {
  return [...sheet.front.ovals, ...sheet.back.ovals]
    .filter((oval) => oval.contestId === contestId)
    .map((oval) => oval.optionId);
}

function numbered(number: number): GreyPage {
  const page = greyPage(SIDE_PX, SIDE_PX, 200);
  new DataView(page.data.buffer).setUint32(0, number);
  return page;
}

function numberOf(page: GreyPage): number {
  return new DataView(page.data.buffer, page.data.byteOffset).getUint32(0);
}
