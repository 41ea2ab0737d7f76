/**
 * A failing day made shorter: acts and faults are left out, half of them, then smaller parts, as long as a promise of
 * the same kind stays broken. What is left is told as a story.
 */
import { must } from '../../ground/result.js';
import { Day } from './day.js';
import type { DayPlan, PlannedFault } from './plan.js';
import type { BrokenPromise } from './promises.js';
import type { Site } from './site.js';

/** A shorter story is worth a minute, not an evening. */
const RUNS_MAX = 400;
const STORY_LINES = 30;

type Piece =
  | { readonly of: 'acts'; readonly number: number }
  | { readonly of: 'opening' | 'closing'; readonly fault: PlannedFault }
  | { readonly of: 'fault'; readonly number: number; readonly fault: PlannedFault };

export async function shrink(site: Site, plan: DayPlan, broken: BrokenPromise): Promise<string> {
  let best = plan;
  let bestDay: Day | undefined;
  let runs = 0;
  const stillFails = async (candidate: DayPlan): Promise<boolean> => {
    if (runs === RUNS_MAX) return false;
    runs += 1;
    const day = await Day.run(site, candidate);
    if (day.promises.broken === undefined || kindOf(day.promises.broken) !== kindOf(broken)) return false;
    [best, bestDay] = [candidate, day];
    return true;
  };
  await stillFails(plan);
  for (let size = piecesOf(best).length >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from < piecesOf(best).length;) {
      const pieces = piecesOf(best);
      if (!(await stillFails(without(best, pieces.slice(from, from + size))))) from += size;
    }
  }
  return tell(plan, best, bestDay, broken);
}

/** The sentence without its numbers: the same promise, whatever sheet it was. */
function kindOf(broken: BrokenPromise): string {
  return broken.message.replaceAll(/\d+/g, '#').slice(0, 40);
}

function piecesOf({ acts, opening, closing }: DayPlan): readonly Piece[] {
  return [
    ...acts.map(({ number }): Piece => ({ of: 'acts', number })),
    ...acts.flatMap(({ number, faults }) => faults.map((fault): Piece => ({ of: 'fault', number, fault }))),
    ...opening.map((fault): Piece => ({ of: 'opening', fault })),
    ...closing.map((fault): Piece => ({ of: 'closing', fault })),
  ];
}

function without(plan: DayPlan, pieces: readonly Piece[]): DayPlan {
  const left = (of: 'opening' | 'closing', faults: readonly PlannedFault[]): readonly PlannedFault[] =>
    faults.filter((fault) => !pieces.some((piece) => piece.of === of && piece.fault === fault));
  return {
    ...plan,
    opening: left('opening', plan.opening),
    closing: left('closing', plan.closing),
    acts: plan.acts
      .filter(({ number }) => !pieces.some((piece) => piece.of === 'acts' && piece.number === number))
      .map((act) => ({
        ...act,
        faults: act.faults.filter(
          (fault) => !pieces.some((p) => p.of === 'fault' && p.number === act.number && p.fault === fault),
        ),
      })),
  };
}

function tell(plan: DayPlan, best: DayPlan, day: Day | undefined, broken: BrokenPromise): string {
  const shown = day ?? undefined;
  const lines = shown === undefined ? [] : shown.story.slice(-STORY_LINES);
  return [
    `a promise was broken: ${must(shown?.promises.broken ?? broken, 'a broken promise').message}`,
    `in ${best.acts.length} of ${plan.acts.length} acts:`,
    ...lines.map((line) => `  ${line}`),
    ...(shown === undefined
      ? ['  (the same day did not fail again: that is a defect of the simulator)']
      : []),
  ].join('\n');
}
