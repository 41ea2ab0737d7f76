/**
 * Timing marks as a bad print or bad treatment leaves them: not printed, printed faint, cut in half, or smeared along
 * the feed while the toner was loose. Each is named by its edge and its place along it, counted from the left or from
 * the top of the page as printed; a corner is a mark of both its edges.
 */
import type { PaperSize } from '../../election-def/definition.js';
import { pageFrame, TIMING_MARK, timingMarkCentre } from '../../election-def/page-frame.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { assert } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { mmToPx, SCAN_DPI, type PointMm } from '../../ground/units.js';
import { copyOf, NO_PAPER, type PaperSheet } from './paper.js';

export type MarkEdge = 'top' | 'bottom' | 'left' | 'right';
export interface MarkPlace {
  readonly side: 'front' | 'back';
  readonly edge: MarkEdge;
  /** 0 is the corner at the left, or at the top. */
  readonly place: number;
}

export const markDamages = ['missing', 'faint', 'halved', 'smeared'] as const;
export type MarkDamage = (typeof markDamages)[number];

/** What is left of a faint mark's ink. */
const FAINT_INK: readonly [number, number] = [0.3, 0.45];
/** A smear reaches this far beyond the mark, up or down, and is so dark where it begins. */
const SMEAR_MM: readonly [number, number] = [2, 4];
const SMEAR_INK: readonly [number, number] = [0.4, 0.8];
/** Blur and antialiasing of the print go with the mark. */
const RIM_MM = 0.4;

export function damageMarks(
  sheet: PaperSheet,
  paper: PaperSize,
  marks: readonly MarkPlace[],
  damage: MarkDamage,
  random: SeededRandom,
): PaperSheet {
  const damaged = copyOf(sheet);
  for (const mark of marks) hit(damaged[mark.side], centreOf(paper, mark), damage, random);
  return damaged;
}

/** So many marks of an edge, drawn at random, of which no two are neighbours and none lies at or beside a corner. */
export function scatteredMarks(
  paper: PaperSize,
  edge: Omit<MarkPlace, 'place'>,
  count: number,
  random: SeededRandom,
): readonly MarkPlace[] {
  const free = marksOfEdge(paper, edge.edge) - 4;
  assert(2 * count - 1 <= free, 'so many marks cannot all stand apart');
  // Choose among fewer places, then open a gap behind each chosen one.
  const places = Array.from({ length: free - (count - 1) }, (_, i) => i);
  const chosen = random
    .shuffle(places)
    .slice(0, count)
    .sort((a, b) => a - b);
  return chosen.map((place, i) => ({ ...edge, place: place + i + 2 }));
}

export function marksOfEdge(paper: PaperSize, edge: MarkEdge): number {
  const { columns, rows } = pageFrame(paper);
  return edge === 'top' || edge === 'bottom' ? columns : rows;
}

function centreOf(paper: PaperSize, { edge, place }: MarkPlace): PointMm {
  const { columns, rows } = pageFrame(paper);
  assert(place >= 0 && place < marksOfEdge(paper, edge), `the ${edge} edge has no mark ${place}`);
  switch (edge) {
    case 'top':
      return timingMarkCentre(place, 0);
    case 'bottom':
      return timingMarkCentre(place, rows - 1);
    case 'left':
      return timingMarkCentre(0, place);
    case 'right':
      return timingMarkCentre(columns - 1, place);
  }
}

function hit(page: GreyPage, centre: PointMm, damage: MarkDamage, random: SeededRandom): void {
  const keeps = { missing: 0, faint: random.between(...FAINT_INK), halved: 0, smeared: 1 }[damage];
  const half = damage === 'halved' ? random.pick([-1, 1]) : 0;
  const smear =
    damage === 'smeared'
      ? { px: px(random.between(...SMEAR_MM)), ink: random.between(...SMEAR_INK) }
      : undefined;
  const way = random.pick([-1, 1]);
  const [cx, cy] = [px(centre.xMm), px(centre.yMm)];
  const halfWidth = px(TIMING_MARK.widthMm / 2 + RIM_MM);
  const halfHeight = px(TIMING_MARK.heightMm / 2 + RIM_MM);
  const reach = halfHeight + (smear?.px ?? 0);
  for (let y = Math.ceil(cy - reach); y <= cy + reach; y++) {
    for (let x = Math.ceil(cx - halfWidth); x <= cx + halfWidth; x++) {
      const i = y * page.widthPx + x;
      const grey = page.data[i] ?? NO_PAPER;
      if (grey === NO_PAPER) continue;
      const beyond = way * (y - cy) - halfHeight;
      const isMark = Math.abs(y - cy) <= halfHeight;
      if (isMark && (half === 0 || half * (x - cx) > 0))
        page.data[i] = Math.round(255 - (255 - grey) * keeps);
      const drag =
        smear === undefined || way * (y - cy) < 0 ? 0 : smear.ink * (1 - Math.max(0, beyond) / smear.px);
      if (drag > 0) page.data[i] = Math.max(1, Math.round((page.data[i] ?? 0) * (1 - drag)));
    }
  }
}

function px(mm: number): number {
  return mmToPx(mm, SCAN_DPI);
}
