/**
 * Contests into columns, sides and sheets, in the order of the ballot. A contest stays whole: it is never split over
 * columns or pages (VVSG 2.0 7.3-B). Where a run of contests does not fill a side, its columns are made as even as
 * the order allows. A contest across the whole page closes the columns above it.
 */
import type { ContestBlock } from './layout-contest.js';

/** Free height on a side; sides count 0 front, 1 back of the first sheet, 2 front of the second … */
export interface FlowArea {
  readonly topMm: number;
  readonly bottomMm: number;
}

export interface FlowRules {
  readonly columns: number;
  readonly leftMm: number;
  readonly columnWidthMm: number;
  readonly gapMm: number;
  readonly maxSides: number;
  area(side: number): FlowArea;
}

export interface PlacedBlock {
  readonly block: ContestBlock;
  readonly side: number;
  readonly xMm: number;
  readonly yMm: number;
}

export type FlowResult =
  | { readonly kind: 'placed'; readonly blocks: readonly PlacedBlock[]; readonly sides: number }
  | { readonly kind: 'contest-too-tall'; readonly block: ContestBlock; readonly freeMm: number }
  | { readonly kind: 'too-many-sheets' };

/** Lengths are compared with this tolerance: half a hundredth of a millimetre is no difference on paper. */
const EPSILON_MM = 0.005;
const BALANCE_STEP_MM = 0.5;

export function flowContests(blocks: readonly ContestBlock[], rules: FlowRules): FlowResult {
  const placed: PlacedBlock[] = [];
  let side = 0;
  let topMm = rules.area(0).topMm;
  let next = 0;
  const turnTo = (newSide: number): void => {
    side = newSide;
    topMm = rules.area(side).topMm;
  };
  while (next < blocks.length && side < rules.maxSides) {
    const run = runFrom(blocks, next);
    const untouched = topMm === rules.area(side).topMm;
    if (run[0]?.contest.startsOn === 'back' && !(side % 2 === 1 && untouched)) {
      turnTo(side % 2 === 0 ? side + 1 : side + 2);
      continue;
    }
    const freeMm = rules.area(side).bottomMm - topMm;
    const columns = run[0]?.contest.fullWidth === true ? 1 : rules.columns;
    const count = fill(run, columns, freeMm, rules.gapMm).length;
    if (count === 0) {
      const block = blocks[next];
      if (block !== undefined && untouched && side > 1) return { kind: 'contest-too-tall', block, freeMm };
      turnTo(side + 1);
      continue;
    }
    const fitting = run.slice(0, count);
    const heightMm = evenHeight(fitting, columns, freeMm, rules.gapMm);
    for (const { block, column, yMm } of fill(fitting, columns, heightMm, rules.gapMm)) {
      const xMm = rules.leftMm + column * (rules.columnWidthMm + rules.gapMm);
      placed.push({ block, side, xMm, yMm: topMm + yMm });
    }
    next += count;
    topMm += heightMm + rules.gapMm;
  }
  if (next < blocks.length) return { kind: 'too-many-sheets' };
  return { kind: 'placed', blocks: placed, sides: side + 1 };
}

/** The contests from here on that flow together: one across the page, or those in columns up to a break. */
function runFrom(blocks: readonly ContestBlock[], start: number): readonly ContestBlock[] {
  if (blocks[start]?.contest.fullWidth === true) return blocks.slice(start, start + 1);
  const rest = blocks.slice(start + 1);
  const end = rest.findIndex(({ contest }) => contest.fullWidth === true || contest.startsOn !== undefined);
  return blocks.slice(start, end === -1 ? undefined : start + 1 + end);
}

interface ColumnPlace {
  readonly block: ContestBlock;
  readonly column: number;
  readonly yMm: number;
}

/** As many of the blocks, in order, as columns of this height take. */
function fill(
  blocks: readonly ContestBlock[],
  columns: number,
  heightMm: number,
  gapMm: number,
): readonly ColumnPlace[] {
  const places: ColumnPlace[] = [];
  let column = 0;
  let yMm = 0;
  for (const block of blocks) {
    if (yMm > 0 && yMm + block.heightMm > heightMm + EPSILON_MM) {
      column++;
      yMm = 0;
    }
    if (column >= columns || yMm + block.heightMm > heightMm + EPSILON_MM) break;
    places.push({ block, column, yMm });
    yMm += block.heightMm + gapMm;
  }
  return places;
}

/** The smallest column height, in steps, that still takes all these blocks. */
function evenHeight(blocks: readonly ContestBlock[], columns: number, mostMm: number, gapMm: number): number {
  const tallestMm = Math.max(...blocks.map((block) => block.heightMm));
  for (let heightMm = tallestMm; heightMm < mostMm; heightMm += BALANCE_STEP_MM) {
    const places = fill(blocks, columns, heightMm, gapMm);
    if (places.length === blocks.length)
      return Math.max(...places.map((place) => place.yMm + place.block.heightMm));
  }
  return mostMm;
}
