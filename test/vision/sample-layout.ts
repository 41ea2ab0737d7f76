/** A ballot layout made by hand for the tests of `vision`: columns of ovals, and one write-in a column. */
import type { BallotLayout, OvalPlace, SideLayout, WriteInPlace } from '../../election-def/layout-types.js';
import type { PaperSize } from '../../election-def/definition.js';
import type { BallotCode } from '../../election-def/ballot-code.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';

export const TEST_HASH20 = 0xabcde;

export function sampleLayout(paper: PaperSize): BallotLayout {
  return {
    styleId: `style-${paper}`,
    styleNumber: 5,
    precinctId: 'north',
    precinctNumber: 3,
    ballotId: '1234',
    paper,
    languages: ['en'],
    sheets: [{ sheet: 1, front: sampleSide('front', paper), back: sampleSide('back', paper) }],
  };
}

export function sampleCode(side: 'front' | 'back'): BallotCode {
  return { electionHash20: TEST_HASH20, styleNumber: 5, precinctNumber: 3, sheet: 1, side, test: false };
}

function sampleSide(side: 'front' | 'back', paper: PaperSize): SideLayout {
  const ovals: OvalPlace[] = [];
  const writeInBoxes: WriteInPlace[] = [];
  const rows = Math.floor((PAPER_HEIGHT_MM[paper] - 60) / 8.5);
  for (let column = 0; column < 4; column++) {
    const contestId = `contest-${side}-${column + 1}`;
    const xMm = 22 + column * 46;
    for (let row = 0; row < rows; row++) {
      const optionId = row === rows - 1 ? 'write-in-1' : `option-${row + 1}`;
      const yMm = 26 + row * 8.5 + (column % 2) * 1.7;
      ovals.push({ contestId, optionId, xMm, yMm });
      if (row === rows - 1) {
        writeInBoxes.push({ contestId, optionId, xMm: xMm + 5, yMm: yMm - 3.5, widthMm: 34, heightMm: 7 });
      }
    }
  }
  return { side, contests: [], ovals, writeInBoxes, drawing: [] };
}
