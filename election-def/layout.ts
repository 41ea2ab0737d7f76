/**
 * Every ballot of an election, laid out: each style for each of its precincts. The same places serve printing,
 * marking and reading (`layout-types.ts`); a package carries them as a file, so that a machine never lays out.
 */
import { err, ok, problem, type Problem, type Result } from '../ground/result.js';
import type { ElectionDefinition } from './definition.js';
import { contestBlock, moveBlock, type ContestBlock } from './layout-contest.js';
import { flowContests, type PlacedBlock } from './layout-flow.js';
import {
  backHeader,
  blankSideNotice,
  footer,
  footerFits,
  footerTopMm,
  frontHeader,
  type PageSubject,
} from './layout-page.js';
import { moveItem, moveRect } from './layout-type.js';
import type { BallotLayout, SheetLayout, SideLayout } from './layout-types.js';
import type { LoadedDefinition } from './load.js';
import { pageFrame } from './page-frame.js';
import { ballotsOf, contestsOfStyle } from './styles.js';

export { layoutsFile, readLayouts } from './layout-file.js';

const GAP_MM = 3;
/** The ballot code has three bits for the sheet. */
const MAX_SHEETS = 7;

export function layOutElection(
  loaded: LoadedDefinition,
): Result<readonly BallotLayout[], readonly Problem[]> {
  const { definition } = loaded;
  const layouts: BallotLayout[] = [];
  const problems: Problem[] = [];
  const blocks = new Map<string, readonly ContestBlock[]>();
  for (const { style, precinct } of ballotsOf(definition)) {
    const known = blocks.get(style.id) ?? blocksOf(definition, style);
    blocks.set(style.id, known);
    const laidOut = layOutBallot({ definition, style, precinct }, known);
    if (laidOut.ok) layouts.push(laidOut.value);
    else if (
      !problems.some(({ path, reason }) => path === laidOut.error.path && reason === laidOut.error.reason)
    )
      problems.push(laidOut.error);
  }
  return problems.length > 0 ? err(problems) : ok(layouts);
}

function columnWidthMm(style: PageSubject['style']): number {
  return (pageFrame(style.paper).content.widthMm - (style.columns - 1) * GAP_MM) / style.columns;
}

function blocksOf(definition: ElectionDefinition, style: PageSubject['style']): readonly ContestBlock[] {
  const { content } = pageFrame(style.paper);
  return contestsOfStyle(definition, style).map((contest) =>
    contestBlock(
      definition,
      style,
      contest,
      contest.fullWidth === true ? content.widthMm : columnWidthMm(style),
    ),
  );
}

function layOutBallot(subject: PageSubject, blocks: readonly ContestBlock[]): Result<BallotLayout> {
  const { definition, style, precinct } = subject;
  const front = frontHeader(subject);
  const back = backHeader(subject);
  const flow = flowContests(blocks, {
    columns: style.columns,
    leftMm: pageFrame(style.paper).content.xMm,
    columnWidthMm: columnWidthMm(style),
    gapMm: GAP_MM,
    maxSides: 2 * MAX_SHEETS,
    area: (side) => ({
      topMm: (side % 2 === 0 ? front : back).edgeMm + GAP_MM,
      bottomMm: footerTopMm(style) - 1,
    }),
  });
  const stylePath = `ballotStyles[${definition.ballotStyles.indexOf(style)}]`;
  if (flow.kind === 'too-many-sheets') {
    return err(
      problem(
        'too-many-sheets',
        'layout',
        stylePath,
        `needs more than ${MAX_SHEETS} sheets of ${style.paper} paper`,
      ),
    );
  }
  if (flow.kind === 'contest-too-tall') {
    const { contest, heightMm } = flow.block;
    const path = `contests[${definition.contests.indexOf(contest)}]`;
    const reason = `is ${heightMm.toFixed(0)} mm high on style ${style.id}; a side of ${style.paper} paper has ${flow.freeMm.toFixed(0)} mm, and a contest is never split`;
    return err(problem('contest-does-not-fit', 'layout', path, reason));
  }
  const sheets = Array.from({ length: Math.ceil(flow.sides / 2) }, (_, i) => i + 1);
  if (!footerFits(subject)) {
    const path = `precincts[${definition.precincts.indexOf(precinct)}].name`;
    return err(problem('name-too-long', 'layout', path, `does not fit into the footer of style ${style.id}`));
  }
  return ok({
    styleId: style.id,
    styleNumber: style.number,
    precinctId: precinct.id,
    precinctNumber: precinct.number,
    ballotId: precinct.ballotId,
    paper: style.paper,
    languages: style.languages,
    sheets: sheets.map((sheet) => sheetOf(subject, flow.blocks, sheet, sheets.length)),
  });
}

function sheetOf(
  subject: PageSubject,
  placed: readonly PlacedBlock[],
  sheet: number,
  sheets: number,
): SheetLayout {
  const onSide = (side: number): readonly PlacedBlock[] => placed.filter((block) => block.side === side);
  const frontBlocks = onSide(2 * sheet - 2);
  const backBlocks = onSide(2 * sheet - 1);
  const page = { ...subject, sheet, sheets, backIsBlank: backBlocks.length === 0 };
  return {
    sheet,
    front: sideOf('front', frontBlocks, [
      ...frontHeader(subject).items,
      ...(frontBlocks.length === 0 ? blankSideNotice(subject.style) : []),
      ...footer({ ...page, side: 'front' }),
    ]),
    back: sideOf('back', backBlocks, [
      ...backHeader(subject).items,
      ...(backBlocks.length === 0 ? blankSideNotice(subject.style) : []),
      ...footer({ ...page, side: 'back' }),
    ]),
  };
}

function sideOf(
  side: SideLayout['side'],
  placed: readonly PlacedBlock[],
  furniture: SideLayout['drawing'],
): SideLayout {
  const blocks = placed.map(({ block, xMm, yMm }) => moveBlock(block, xMm, yMm));
  return {
    side,
    contests: placed.map(({ block, xMm, yMm }) => ({
      contestId: block.contest.id,
      ...moveRect({ xMm: 0, yMm: 0, widthMm: block.widthMm, heightMm: block.heightMm }, xMm, yMm),
    })),
    ovals: blocks.flatMap((block) => block.ovals),
    writeInBoxes: blocks.flatMap((block) => block.writeInBoxes),
    drawing: [...furniture.map((item) => moveItem(item, 0, 0)), ...blocks.flatMap((block) => block.drawing)],
  };
}
