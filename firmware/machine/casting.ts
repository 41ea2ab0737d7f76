/**
 * From CAST to "Ballot successfully cast": steps 6 to 9 of sheet.md. The order is the promise: the record is on both
 * cards before the paper moves, and the paper stands still at the exit sensor, still gripped, until *passed* is on
 * the cards. So no sheet can fall into a bin uncounted, and none is counted that cannot be drawn back before.
 */
import type { Bin } from '../../drivers/ports.js';
import type { Out } from './command.js';
import type { CardsHealth, CommandId, CommandProblem, Input } from './input.js';
import { describeDisagreement } from './power.js';
import { endsMove, isHindrance, mayMove, startReturning, startUndoing, tell } from './sheet-moves.js';
import { ignored, type FinishState, type Ignored, type MachineState, type PathState } from './state.js';

type CastingState = Extract<
  PathState,
  { at: 'storing' | 'turning' | 'driving' | 'passing' | 'leaving' | 'jammed-counted' | 'ending' }
>;

export function isCasting(path: PathState): path is CastingState {
  switch (path.at) {
    case 'storing':
    case 'turning':
    case 'driving':
    case 'passing':
    case 'leaving':
    case 'jammed-counted':
    case 'ending':
      return true;
    case 'empty':
    case 'feeding':
    case 'to-hold':
    case 'reading':
    case 'asking':
    case 'undoing':
    case 'returning':
    case 'in-mouth':
    case 'jammed':
    case 'undecided':
      return false;
  }
}

/** Step 6: the record, with both images, on both cards. A card that failed since the sheet was taken stops it here. */
export function startCasting(view: MachineState, bin: Bin, out: Out): PathState {
  if (!cardsServe(view, view.cards.health)) return startReturning(view, { kind: 'card-failed' }, out);
  return { at: 'storing', bin, store: out.command({ lane: 'box', kind: 'store-sheet', bin }) };
}

export function castingStep(
  path: CastingState,
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  switch (path.at) {
    case 'storing':
      return whileStoring(path, view, input, out);
    case 'turning':
      return whileTurning(path, view, input, out);
    case 'driving':
      return whileDriving(path, view, input, out);
    case 'passing':
      return whilePassing(path, input, out);
    case 'leaving':
      return whileLeaving(path, view, input, out);
    case 'jammed-counted':
      return whileJammedCounted(path, view, input, out);
    case 'ending':
      return whileEnding(path, view, input, out);
  }
}

function whileStoring(
  path: CastingState & { at: 'storing' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  if (input.kind === 'failed' && input.id === path.store) return notStored(input.problem, out);
  if (input.kind !== 'done' || input.id !== path.store || input.result.of !== 'cards') {
    return ignored('the record is being stored');
  }
  if (!cardsServe(view, input.result.cards)) return startUndoing({ kind: 'card-failed' }, out);
  const turn = out.command({ lane: 'gate', kind: 'turn-gate', to: path.bin });
  return { at: 'turning', turn, bin: path.bin };
}

/** The cards are sound where only the images of this one sheet are too large. */
function notStored({ code }: CommandProblem, out: Out): PathState {
  if (code !== 'images-too-large') return startUndoing({ kind: 'card-failed' }, out);
  out.log('images-too-large');
  return startUndoing({ kind: 'images-too-large' }, out);
}

/** Step 7: only a gate whose switch has confirmed lets the motor drive. */
function whileTurning(
  path: CastingState & { at: 'turning' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  if (input.kind === 'failed' && input.id === path.turn) {
    out.log('diverter-gate-failed', input.problem.code);
    return startUndoing({ kind: 'gate-failed' }, out);
  }
  if (input.kind !== 'done' || input.id !== path.turn) return ignored('the gate is turning');
  return { at: 'driving', move: mayMove(view) ? driveToExit(view, out) : undefined };
}

function driveToExit(view: MachineState, out: Out): CommandId {
  const distanceMm = view.start?.geometry.holdToExitMm ?? 0;
  return out.command({ lane: 'motor', kind: 'move', direction: 'in', distanceMm });
}

function whileDriving(
  path: CastingState & { at: 'driving' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  if (input.kind === 'sensor' && input.sensor === 'exit' && input.on) {
    out.command({ lane: 'motor', kind: 'stop-motor' });
    return { at: 'passing', mark: out.command({ lane: 'box', kind: 'mark-passed' }) };
  }
  if (input.kind === 'sensor' && isHindrance(input.sensor)) {
    if (mayMove(view))
      return path.move === undefined ? { at: 'driving', move: driveToExit(view, out) } : path;
    out.command({ lane: 'motor', kind: 'stop-motor' });
    return { at: 'driving', move: undefined };
  }
  if (input.kind === 'sensor' && input.sensor === 'path' && !input.on && !view.levels.exit) {
    // Nothing lies in the path any more, and it did not leave by the exit.
    out.command({ lane: 'motor', kind: 'stop-motor' });
    return startUndoing({ kind: 'pulled-out' }, out);
  }
  if (!endsMove(input, path.move)) return ignored('the sheet is on its way to the exit');
  out.log('paper-jam');
  return startUndoing({ kind: 'jam' }, out);
}

/** Step 8. */
function whilePassing(path: CastingState & { at: 'passing' }, input: Input, out: Out): PathState | Ignored {
  if (input.kind === 'failed' && input.id === path.mark) {
    out.log('memory-cards-failed', input.problem.code);
    return { at: 'undecided' };
  }
  if (input.kind !== 'done' || input.id !== path.mark) return ignored('the count is being written');
  return finishCounted(out);
}

/**
 * The sheet counts: log line, anchor and counter. Only when all of them know it do the rollers drive it into its bin,
 * so that whatever fails in between, the next start finds the paper where the count is.
 */
export function finishCounted(out: Out): PathState {
  return { at: 'leaving', finish: out.command({ lane: 'box', kind: 'finish-cast' }), move: undefined };
}

/** Behind the exit sensor a sheet covers none and is still held: so the rollers always run to the end of their way. */
function driveOn(view: MachineState, out: Out): CommandId {
  const distanceMm = view.start?.geometry.exitClearMm ?? 0;
  return out.command({ lane: 'motor', kind: 'move', direction: 'in', distanceMm });
}

function whileLeaving(
  path: CastingState & { at: 'leaving' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  const finish = finishAfter(path.finish, input);
  if (input.kind === 'sensor' && isHindrance(input.sensor)) {
    if (mayMove(view)) {
      const waits = path.move === undefined && finish === 'finished';
      return waits ? { ...path, move: driveOn(view, out) } : path;
    }
    out.command({ lane: 'motor', kind: 'stop-motor' });
    return { ...path, move: undefined };
  }
  if (finish !== path.finish)
    return { ...path, finish, move: mayMove(view) ? driveOn(view, out) : undefined };
  if (!endsMove(input, path.move)) return ignored('the sheet is counted and leaves');
  if (view.levels.exit) {
    out.log('paper-jam');
    out.sound('error');
    return { at: 'jammed-counted', finish };
  }
  return closeIntent(out);
}

/**
 * Counted, but stuck. The inspectors drop the sheet into the ballot box by hand and press Cleared (handbook pages 9
 * and 26), with a security key.
 */
function whileJammedCounted(
  path: CastingState & { at: 'jammed-counted' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  const finish = finishAfter(path.finish, input);
  if (finish !== path.finish) return { at: 'jammed-counted', finish };
  if (input.kind !== 'authorised' || input.action !== 'jam-cleared')
    return ignored('a counted sheet is stuck');
  const { entry, path: middle, exit } = view.levels;
  if (entry || middle || exit) return ignored('the sheet is still inside');
  if (finish !== 'finished') return ignored('the count is still being finished');
  out.log('paper-jam-cleared');
  return closeIntent(out);
}

function closeIntent(out: Out): PathState {
  return { at: 'ending', mark: out.command({ lane: 'box', kind: 'mark-idle' }) };
}

/**
 * A finish that failed, or whose counts do not agree, halts the machine (`power.ts`) and is never finished: no paper
 * moves, *passed* stays live on the cards, and the next start does it again.
 */
function finishAfter(finish: FinishState, input: Input): FinishState {
  if (input.kind !== 'done' || input.id !== finish || input.result.of !== 'finish-cast') return finish;
  return describeDisagreement(input.result.counts) === undefined ? 'finished' : finish;
}

/** Step 9. */
function whileEnding(
  path: CastingState & { at: 'ending' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  if ((input.kind !== 'done' && input.kind !== 'failed') || input.id !== path.mark) {
    return ignored('the intent is being closed');
  }
  out.command({ lane: 'reader', kind: 'forget-sheet' });
  out.sound('cast');
  return tell(view, { counted: true, why: undefined }, out);
}

/** Both cards healthy, or the one with which the administrator went on. */
export function cardsServe(view: MachineState, health: CardsHealth): boolean {
  const healthy = [health.a, health.b].filter((h) => h === 'healthy').length;
  return healthy === 2 || (view.cards.oneCard && healthy === 1);
}
