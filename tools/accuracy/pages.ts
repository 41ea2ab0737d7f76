/**
 * Whole sheets, printed, marked, fed any way round and read as the machine reads them. Three kinds of voters: those
 * who fill the oval as told, those who make other votes, and all kinds of marks at once. The second fruit of these
 * sheets are the errors of registration, from which `scanned-strip.ts` draws.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';
import { must } from '../../ground/result.js';
import type { OvalPlace } from '../../election-def/layout-types.js';
import { readSheet } from '../../vision/read-sheet.js';
import type { OvalReading, SheetResult } from '../../vision/reading.js';
import { paperInImage } from '../pen/degrade.js';
import { markPaper, scanSheet, seenFromBelow } from '../pen/marked-sheet.js';
import { onPaper, type PaperSheet } from '../pen/paper.js';
import type { MarkKind } from '../pen/strokes.js';
import { randomSheet, type SampleElection, type VotersSheet } from './ballots.js';
import { drawKind, INSTRUCTED, ODD } from './marks.js';
import type { SideResiduals } from './scanned-strip.js';
import { TallyKeeper, type Tally } from './tally.js';
import { measureInk } from './truth.js';

export const voterGroups = ['instructed', 'odd marks', 'every kind'] as const;
export type VoterGroup = (typeof voterGroups)[number];

export interface PagesResult {
  readonly group: VoterGroup;
  readonly sheets: number;
  readonly refused: number;
  /** Sheets with an ambiguous oval. */
  readonly ambiguous: number;
  readonly refusals: readonly string[];
  readonly tally: Tally;
  readonly residuals: readonly SideResiduals[];
}

export async function readPages(
  elections: readonly SampleElection[],
  group: VoterGroup,
  seed: string,
  sheets: number,
): Promise<PagesResult> {
  const keeper = new TallyKeeper();
  const residuals: SideResiduals[] = [];
  const refusals: string[] = [];
  let ambiguous = 0;
  for (let n = 0; n < sheets; n++) {
    const name = `${seed}/${n}`;
    const voter = await randomSheet(elections, kindsOf(group), seededRandom(name));
    const { paper, result } = readOne(voter, name);
    if (result.kind === 'rejected') {
      refusals.push(`${name}: ${result.reject.reason}, ${result.reject.detail}`);
      continue;
    }
    if ([...result.front.ovals, ...result.back.ovals].some(({ verdict }) => verdict === 'ambiguous'))
      ambiguous++;
    count(keeper, voter, paper, result, name);
    residuals.push(...residualsOf(voter, paper, result, name));
  }
  const { length: refused } = refusals;
  return {
    group,
    sheets,
    refused,
    ambiguous,
    refusals: refusals.slice(0, 20),
    tally: keeper.tally,
    residuals,
  };
}

function kindsOf(group: VoterGroup): (random: SeededRandom) => MarkKind {
  switch (group) {
    case 'instructed':
      return (random) => random.pick(INSTRUCTED);
    case 'odd marks':
      return (random) => random.pick(ODD);
    case 'every kind':
      return drawKind;
  }
}

function readOne(voter: VotersSheet, seed: string): { paper: PaperSheet; result: SheetResult } {
  const { clean, sheet, wishes, pen, orientation, conditions, election } = voter;
  const { paper } = markPaper(clean, sheet, wishes, { pen, seed });
  const { first, second } = scanSheet(paper, { orientation, conditions, seed });
  return { paper, result: readSheet(first, second, election.context) };
}

type Read = Extract<SheetResult, { kind: 'read' }>;

function count(keeper: TallyKeeper, voter: VotersSheet, paper: PaperSheet, read: Read, seed: string): void {
  const clean = onPaper(voter.clean);
  const kinds = new Map(voter.wishes.map((wish) => [`${wish.contestId}/${wish.optionId}`, wish.kind]));
  for (const side of ['front', 'back'] as const) {
    voter.sheet[side].ovals.forEach((oval, i) => {
      const { verdict, score } = ovalAt(read, side, i);
      const kind = kinds.get(`${oval.contestId}/${oval.optionId}`) ?? 'none';
      keeper.add(
        `${seed}/${side}`,
        i,
        kind,
        measureInk(paper[side], clean[side], toPx(oval)),
        verdict,
        score,
      );
    });
  }
}

function ovalAt(read: Read, side: 'front' | 'back', i: number): OvalReading {
  return must(read[side].ovals[i], 'an oval of the layout was read');
}

/** Predicted less true place of every oval, each side apart. */
function residualsOf(
  voter: VotersSheet,
  paper: PaperSheet,
  read: Read,
  seed: string,
): readonly SideResiduals[] {
  const { orientation, conditions, sheet } = voter;
  const upFirst = orientation.startsWith('front') ? 'front' : 'back';
  return (['front', 'back'] as const).map((side) => {
    const page = paper[side];
    const where = paperInImage(
      page,
      side === upFirst ? conditions : seenFromBelow(conditions),
      seededRandom(`${seed}/feed`),
    );
    return sheet[side].ovals.map((oval, i) => {
      const truth = where(...asItLies(toPx(oval), page, orientation.endsWith('foot-first')));
      const { centre, score } = ovalAt(read, side, i);
      return {
        xPx: centre.xPx - score.offsetXPx - truth.xPx,
        yPx: centre.yPx - score.offsetYPx - truth.yPx,
      };
    });
  });
}

function asItLies({ xPx, yPx }: PointPx, page: GreyPage, turned: boolean): [number, number] {
  return turned ? [page.widthPx - xPx, page.heightPx - yPx] : [xPx, yPx];
}

function toPx({ xMm, yMm }: OvalPlace): PointPx {
  return { xPx: mmToPx(xMm, SCAN_DPI), yPx: mmToPx(yMm, SCAN_DPI) };
}
