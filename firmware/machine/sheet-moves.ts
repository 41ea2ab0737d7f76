/**
 * What several stages of a sheet's journey share: the way back to the voter, taking a record back first, and the
 * last word. Used by `paper-path.ts`, `casting.ts` and `recovery.ts`.
 */
import type { SensorName } from '../../drivers/ports.js';
import type { GiveBack } from './adjudicate.js';
import type { Out } from './command.js';
import type { Input } from './input.js';
import type { MachineState, PathState, Told } from './state.js';

/** How long the last word to a voter stays on the display when nobody feeds another sheet. */
const TOLD_MS = 6_000;

/** The slot goes back to noise first, so that nothing on the cards speaks of a sheet in the voter's hand. */
export function startUndoing(why: GiveBack, out: Out): PathState {
  return { at: 'undoing', rollBack: out.command({ lane: 'box', kind: 'roll-back' }), why };
}

export function startReturning(view: MachineState, why: GiveBack, out: Out): PathState {
  out.command({ lane: 'reader', kind: 'forget-sheet' });
  const { entry, path, exit } = view.levels;
  // After a power cut the sheet may be in somebody's hand already: nothing is returned then.
  if (why.kind !== 'power-cut' || entry || path || exit) out.log('sheet-returned');
  out.sound('error');
  const secondSheet = view.levels.mouth && !view.levels.entry;
  const hindered = secondSheet || view.levels['cover-open'];
  return { at: 'returning', why, move: hindered ? undefined : moveOut(view, out) };
}

export function moveOut(view: MachineState, out: Out): number {
  const distanceMm = view.start?.geometry.returnMm ?? 0;
  return out.command({ lane: 'motor', kind: 'move', direction: 'out', distanceMm });
}

/**
 * The path is free, and one of two sentences stands on the display: for a while before a voter, until the next sheet
 * where an inspector is at the menus (after a power cut) and must not miss it.
 */
export function tell(view: MachineState, what: Omit<Told, 'until'>, out: Out): PathState {
  const passing = view.menu.at === 'closed';
  const until = passing ? out.command({ lane: 'timer', kind: 'timer', afterMs: TOLD_MS }) : undefined;
  return { at: 'empty', told: { ...what, until } };
}

/** The motor stands because its distance is done (or it failed); a move that was stopped has a successor already. */
export function endsMove(input: Input, move: number | undefined): boolean {
  if (move === undefined) return false;
  if (input.kind === 'failed') return input.id === move;
  return (
    input.kind === 'done' && input.id === move && input.result.of === 'move' && input.result.end !== 'stopped'
  );
}

/** What stops the motor towards the bins: a second sheet, which must not be drawn after the first, and an open cover. */
export function isHindrance(sensor: SensorName): boolean {
  return sensor === 'mouth' || sensor === 'cover-open';
}

export function mayMove({ levels }: MachineState): boolean {
  return !levels.mouth && !levels['cover-open'];
}
