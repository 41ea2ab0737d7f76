/**
 * How far each factor may go: one at a time from what is usual, out to twice the declared range and beyond, until a
 * sheet is refused, an oval is ambiguous, or (never, it is hoped) one is read wrong. And each pair of them together.
 * Random draws say what is usual; a sweep says where it ends.
 */
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { readSheet } from '../../vision/read-sheet.js';
import { feedOrientations, markPaper, scanSheet, type MarkWish } from '../pen/marked-sheet.js';
import { onPaper, type PaperSheet } from '../pen/paper.js';
import { perfectScan, type ScanConditions } from '../pen/scan-conditions.js';
import type { SampleElection } from './ballots.js';
import { INSTRUCTED } from './marks.js';
import { isError, measureInk, truthOf } from './truth.js';
import { mmToPx, SCAN_DPI } from '../../ground/units.js';

/** What a machine in order sees. */
const USUAL: ScanConditions = {
  ...perfectScan(),
  blurPx: 0.8,
  noiseSigma: 3,
  columnGainSigma: 0.006,
  textureSigma: 1,
  paperLevel: 235,
  inkLevel: 30,
};

export interface Factor {
  readonly name: string;
  readonly unit: string;
  /** Where the declared range ends (docs/formats/marked-sheets.md). */
  readonly declared: number;
  readonly step: number;
  readonly last: number;
  readonly set: (value: number) => Partial<ScanConditions>;
}

/** Both directions of a factor are factors of their own where they differ. */
export const FACTORS: readonly Factor[] = [
  factor('skew', 'degrees', 2, 0.25, 5, (v) => ({ skewDegrees: v })),
  factor('shear', 'degrees', 0.35, 0.1, 2, (v) => ({ shearDegrees: v })),
  factor('larger, both ways', '%', 0.6, 0.2, 5, (v) => ({ scaleX: 1 + v / 100, scaleY: 1 + v / 100 })),
  factor('smaller, both ways', '%', 0.6, 0.2, 5, (v) => ({ scaleX: 1 - v / 100, scaleY: 1 - v / 100 })),
  factor('longer along the feed', '%', 0.6, 0.2, 5, (v) => ({ scaleY: 1 + v / 100 })),
  factor('shorter along the feed', '%', 0.6, 0.2, 5, (v) => ({ scaleY: 1 - v / 100 })),
  factor('to the right', 'px', 5, 2, 60, (v) => ({ offsetPx: { xPx: v, yPx: 0 } })),
  factor('uneven feed', 'px', 2.5, 0.5, 20, (v) => ({ feedJitterPx: v, feedJitterCycles: 3 })),
  factor('blur', 'px sigma', 1.4, 0.2, 5, (v) => ({ blurPx: v })),
  factor('light across', 'levels', 18, 6, 120, (v) => ({ gradient: v })),
  factor('noise', 'levels sigma', 6, 2, 60, (v) => ({ noiseSigma: v })),
  factor('column gain', '% sigma', 0.6, 0.4, 12, (v) => ({ columnGainSigma: v / 100 })),
  factor('darker paper', 'levels below 250', 45, 15, 225, (v) => ({ paperLevel: 250 - v })),
  factor('paler ink', 'levels above 15', 45, 15, 220, (v) => ({ inkLevel: 15 + v })),
  factor('show-through', '% of ink', 4, 4, 80, (v) => ({ showThrough: v / 100 })),
];

function factor(
  name: string,
  unit: string,
  declared: number,
  step: number,
  last: number,
  set: Factor['set'],
): Factor {
  return { name, unit, declared, step, last, set };
}

export type Outcome = 'right' | 'ambiguous' | 'refused' | 'wrong';

export interface SweepResult {
  readonly name: string;
  readonly unit: string;
  readonly declared: number;
  /** Largest value tried. */
  readonly last: number;
  /** First value with such an outcome; nothing where there was none. */
  readonly firstAmbiguous: number | undefined;
  readonly firstRefused: number | undefined;
  readonly refusedAs: string;
  readonly firstWrong: number | undefined;
}

interface SweptSheet {
  readonly paper: PaperSheet;
  readonly judge: (scan: ReturnType<typeof scanSheet>) => { outcome: Outcome; as: string };
}

export async function sweepOne(
  elections: readonly SampleElection[],
  swept: Factor,
  seed: string,
  sheetsAValue: number,
): Promise<SweepResult> {
  const sheets = await Promise.all(
    Array.from({ length: sheetsAValue }, (_, n) => sheetToSweep(elections, `${seed}/${n}`)),
  );
  const first: Partial<Record<Outcome, number>> = {};
  let refusedAs = '';
  for (let n = 0; n * swept.step <= swept.last && first.wrong === undefined; n++) {
    const value = n * swept.step;
    for (const [i, sheet] of sheets.entries()) {
      const { outcome, as } = tryOne(sheet, { ...USUAL, ...swept.set(value) }, `${seed}/${i}/${n}`, i);
      first[outcome] ??= value;
      if (outcome === 'refused' && refusedAs === '') refusedAs = as;
    }
  }
  const { name, unit, declared, last } = swept;
  return {
    name,
    unit,
    declared,
    last,
    firstAmbiguous: first.ambiguous,
    firstRefused: first.refused,
    refusedAs,
    firstWrong: first.wrong,
  };
}

export interface PairResult {
  readonly names: readonly [string, string];
  /** Of both declared ranges at once. */
  readonly times: number;
  readonly outcome: Outcome;
}

/** Both factors at the end of their declared ranges, then at one and a half times and at twice that. */
export async function sweepPair(
  elections: readonly SampleElection[],
  pair: readonly [Factor, Factor],
  seed: string,
): Promise<readonly PairResult[]> {
  const sheet = await sheetToSweep(elections, seed);
  return [1, 1.5, 2].map((times) => {
    const conditions = { ...USUAL };
    for (const { set, declared } of pair) Object.assign(conditions, set(times * declared));
    const { outcome } = tryOne(sheet, conditions, `${seed}/${times}`, 1);
    return { names: [pair[0].name, pair[1].name], times, outcome };
  });
}

/** Every two factors that do not set the same thing. */
export function pairsOf(factors: readonly Factor[]): readonly (readonly [Factor, Factor])[] {
  return factors.flatMap((one, i) =>
    factors
      .slice(i + 1)
      .filter((other) => Object.keys(other.set(1)).every((key) => !(key in one.set(1))))
      .map((other) => [one, other] as const),
  );
}

function tryOne(
  sheet: SweptSheet,
  conditions: ScanConditions,
  seed: string,
  n: number,
): { outcome: Outcome; as: string } {
  const orientation = must(feedOrientations[n % feedOrientations.length], 'a way to feed');
  return sheet.judge(scanSheet(sheet.paper, { orientation, conditions, seed }));
}

/** A letter sheet, every third oval filled as told. */
async function sheetToSweep(elections: readonly SampleElection[], seed: string): Promise<SweptSheet> {
  const random = seededRandom(seed);
  const election = must(elections[0], 'a sample election');
  const layout = must(
    election.layouts.find(({ paper }) => paper === 'letter'),
    'a ballot on letter paper',
  );
  const sheet = must(layout.sheets[0], 'a sheet');
  const clean = await election.ballots.clean(layout.precinctId, sheet.sheet);
  const wishes = [...sheet.front.ovals, ...sheet.back.ovals]
    .filter((_, i) => i % 3 === 0)
    .map(({ contestId, optionId }): MarkWish => ({ contestId, optionId, kind: random.pick(INSTRUCTED) }));
  const { paper } = markPaper(clean, sheet, wishes, { pen: random.pick(['ballpoint', 'pencil']), seed });
  const printed = onPaper(clean);
  const judge: SweptSheet['judge'] = ({ first, second }) => {
    const result = readSheet(first, second, election.context);
    if (result.kind === 'rejected') return { outcome: 'refused', as: result.reject.reason };
    let outcome: Outcome = 'right';
    for (const side of ['front', 'back'] as const) {
      for (const [i, oval] of sheet[side].ovals.entries()) {
        const { verdict } = must(result[side].ovals[i], 'an oval of the layout was read');
        const centre = { xPx: mmToPx(oval.xMm, SCAN_DPI), yPx: mmToPx(oval.yMm, SCAN_DPI) };
        const truth = truthOf(measureInk(paper[side], printed[side], centre));
        if (isError(truth, verdict)) return { outcome: 'wrong', as: '' };
        if (verdict === 'ambiguous') outcome = 'ambiguous';
      }
    }
    return { outcome, as: '' };
  };
  return { paper, judge };
}
