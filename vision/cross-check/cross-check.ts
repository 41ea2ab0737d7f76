/**
 * A second opinion on a side, read by the textbook and by other means than the reader's: for tests, for logic and
 * accuracy testing, and for sampled or refused sheets; never between a voter and the bin. Nothing of the reader's code
 * is used here, only its vocabulary, the layout and what is printed on every page (`election-def/page-frame.ts`).
 */
import type { GreyPage } from '../../ground/grey-page.js';
import type { BallotCode } from '../../election-def/ballot-code.js';
import type { SideLayout } from '../../election-def/layout-types.js';
import { openCv } from './opencv.js';
import type { ElectionLayouts, SecondReading } from './reading.js';
import { readSecondCode } from './second-code.js';
import { readOvals } from './second-ovals.js';
import { straighten, type StraightPage } from './straighten.js';

/** Takes some 200 ms, and half a second more the first time. */
export function crossCheckSide(page: GreyPage, election: ElectionLayouts): SecondReading {
  const cv = openCv();
  const straight = straighten(cv, page);
  if (!straight.ok) return { kind: 'rejected', reason: straight.error };
  const coded = readSecondCode(straight.value);
  if (!coded.ok) return { kind: 'rejected', reason: coded.error };
  const { code, orientation, ink } = coded.value;
  if (code.electionHash20 !== election.electionHash20) {
    return { kind: 'rejected', reason: 'the ballot code names another election' };
  }
  const side = sideOf(election, code, straight.value);
  if (side === undefined) return { kind: 'rejected', reason: 'the election has no such ballot' };
  const upright = orientation === 'upright' ? straight.value : turned(straight.value);
  return { kind: 'read', code, orientation, ovals: readOvals(cv, upright, side.ovals, ink) };
}

function sideOf(election: ElectionLayouts, code: BallotCode, page: StraightPage): SideLayout | undefined {
  const layout = election.layouts.find(
    ({ styleNumber, precinctNumber, paper }) =>
      styleNumber === code.styleNumber &&
      precinctNumber === code.precinctNumber &&
      paper === page.frame.paper,
  );
  return layout?.sheets.find(({ sheet }) => sheet === code.sheet)?.[code.side];
}

function turned(page: StraightPage): StraightPage {
  return { ...page, data: page.data.slice().reverse() };
}
