/**
 * Small cells: where few people of a precinct voted, its totals would tell how they voted (five ballots, all for one
 * candidate). Such precincts are counted together on the tape; the detail stays sealed in the ballot box.
 *
 * The smallest precinct is joined with the next smallest until every group has `minimum` ballots or one group is
 * left; between equals the election's order decides. A precinct in which nobody voted tells nothing and stands alone.
 */
import { must } from '../../ground/result.js';
import type { PrecinctTotals, Totals } from '../records/totals-types.js';

/** @returns groups in the election's order, each with its precincts in that order */
export function joinSmallPrecincts(totals: Totals, minimum: number): readonly (readonly PrecinctTotals[])[] {
  const order = totals.precincts;
  const place = (group: readonly PrecinctTotals[]): number => order.indexOf(must(group[0], 'no empty group'));
  const empty = order.filter((p) => p.ballots === 0 && p.sheets.every((n) => n === 0)).map((p) => [p]);
  let groups: PrecinctTotals[][] = order.filter((p) => !empty.some(([e]) => e === p)).map((p) => [p]);
  while (groups.length > 1) {
    const [smallest, next, ...others] = groups.toSorted(
      (a, b) => ballotsOf(a) - ballotsOf(b) || place(a) - place(b),
    );
    if (smallest === undefined || next === undefined || ballotsOf(smallest) >= minimum) break;
    const joined = [...smallest, ...next].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    groups = [joined, ...others];
  }
  return [...groups, ...empty].sort((a, b) => place(a) - place(b));
}

function ballotsOf(group: readonly PrecinctTotals[]): number {
  return group.reduce((sum, precinct) => sum + precinct.ballots, 0);
}
