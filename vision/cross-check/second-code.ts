/** The ballot code of a straightened page, from the middles of its cells, and whether the page stands on its head. */
import { err, ok, type Result } from '../../ground/result.js';
import { decodeBallotCode, sameBallotCode, type BallotCode } from '../../election-def/ballot-code.js';
import { CODE_CELLS, codeCellCentre } from '../../election-def/page-frame.js';
import type { Orientation } from '../reading.js';
import { PX_PER_MM, type StraightPage } from './straighten.js';

/** Half of what is sampled of a cell, each way. */
const HALF_MM = { x: 0.4, y: 0.5 } as const;
/** Ink and paper levels of a row: its darkest and its brightest cells but a few. */
const RANK = 0.1;

export interface SecondCode {
  readonly code: BallotCode;
  readonly orientation: Orientation;
  /** Grey of printed ink, from the code's own cells. */
  readonly ink: number;
}

export function readSecondCode(page: StraightPage): Result<SecondCode, string> {
  const readings = (['top', 'bottom'] as const).flatMap((end) => {
    const greys = Array.from({ length: CODE_CELLS }, (_, cell) => {
      const { xMm, yMm } = codeCellCentre(page.frame, end, cell);
      return meanGrey(page, xMm, yMm);
    });
    const sorted = [...greys].sort((a, b) => a - b);
    const ink = sorted[Math.floor(CODE_CELLS * RANK)] ?? 0;
    const paper = sorted[Math.ceil(CODE_CELLS * (1 - RANK)) - 1] ?? 255;
    const cells = greys.map((grey) => grey < (ink + paper) / 2);
    const found: SecondCode[] = [];
    const upright = decodeBallotCode(cells);
    if (upright !== undefined) found.push({ code: upright, orientation: 'upright', ink });
    const turned = decodeBallotCode([...cells].reverse());
    if (turned !== undefined) found.push({ code: turned, orientation: 'rotated-180', ink });
    return found;
  });
  const [first, ...others] = readings;
  if (first === undefined) return err('the ballot code cannot be read at either end');
  const agree = others.every(
    (other) => sameBallotCode(other.code, first.code) && other.orientation === first.orientation,
  );
  return agree ? ok(first) : err('the ballot codes at the two ends differ');
}

function meanGrey(page: StraightPage, xMm: number, yMm: number): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.round((yMm - HALF_MM.y) * PX_PER_MM); y <= (yMm + HALF_MM.y) * PX_PER_MM; y++) {
    for (let x = Math.round((xMm - HALF_MM.x) * PX_PER_MM); x <= (xMm + HALF_MM.x) * PX_PER_MM; x++) {
      sum += page.data[y * page.widthPx + x] ?? 255;
      count++;
    }
  }
  return sum / count;
}
