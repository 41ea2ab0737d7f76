/**
 * One sheet's journey as far as the decision, and the way back to the voter: drawn in, read, asked about, returned.
 * What happens once it is to be cast stands in `casting.ts`, what a start finds in the path in `recovery.ts`.
 * Steps are those of sheet.md's table; every wait has a bound in millimetres, kept by the motor's driver as well.
 */
import { decide, type GiveBack } from './adjudicate.js';
import type { Out } from './command.js';
import { castingStep, isCasting, startCasting } from './casting.js';
import type { Input } from './input.js';
import { whyNotReady } from './ready.js';
import { recover } from './recovery.js';
import { endsMove, moveOut, startReturning, tell } from './sheet-moves.js';
import { electionOf, ignored, type Ignored, type MachineState, type PathState } from './state.js';

/** @param view the whole machine before this input, with the sensors' latest levels */
export function pathStep(path: PathState, view: MachineState, input: Input, out: Out): PathState | Ignored {
  if (input.kind === 'box-opened') return recover(view, input.intent, out);
  if (isCasting(path)) return castingStep(path, view, input, out);
  switch (path.at) {
    case 'empty':
      return whileEmpty(path, view, input, out);
    case 'feeding':
      return whileFeeding(path, view, input, out);
    case 'to-hold':
      return whileGoingToHold(path, view, input, out);
    case 'reading':
      return whileReading(path, view, input, out);
    case 'asking':
      return whileAsking(path, view, input, out);
    case 'undoing':
      return whileUndoing(path, view, input, out);
    case 'returning':
      return whileReturning(path, view, input, out);
    case 'in-mouth':
      return whileInMouth(path, view, input, out);
    case 'jammed':
      return whileJammed(path, view, input, out);
    case 'undecided':
      return ignored('only the next start can say whether this sheet was counted');
  }
}

// ---- in --------------------------------------------------------------------------------------------------------

function whileEmpty(
  path: PathState & { at: 'empty' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  if (input.kind === 'sensor' && input.sensor === 'entry' && input.on) return drawIn(view, out);
  if (path.told !== undefined && input.kind === 'done' && input.id === path.told.until) {
    return { at: 'empty', told: undefined };
  }
  return ignored('no sheet in the path');
}

function drawIn(view: MachineState, out: Out): PathState | Ignored {
  const geometry = view.start?.geometry;
  if (geometry === undefined || whyNotReady(view).length > 0) return ignored('not ready to take a ballot');
  const capture = out.command({ lane: 'reader', kind: 'start-capture' });
  const move = out.command({
    lane: 'motor',
    kind: 'move',
    direction: 'in',
    distanceMm: geometry.longestSheetMm + geometry.entryToHoldMm,
  });
  return { at: 'feeding', capture, move, severalSheets: view.levels['multi-sheet'] };
}

type DrawnIn = PathState & { at: 'feeding' | 'to-hold' };

/** The reader would refuse this sheet for the same reason: it goes back before it is in. */
function onEarlyFault(
  path: DrawnIn,
  view: MachineState,
  input: Input & { kind: 'early-fault' },
  out: Out,
): PathState | Ignored {
  if (input.capture !== path.capture) return ignored('a fault of a sheet that is gone');
  out.command({ lane: 'motor', kind: 'stop-motor' });
  if (path.severalSheets) return returnSeveralSheets(view, out);
  return startReturning(view, { kind: 'unreadable', reason: input.reason }, out);
}

function returnSeveralSheets(view: MachineState, out: Out): PathState {
  out.log('multiple-sheets-detected');
  return startReturning(view, { kind: 'several-sheets' }, out);
}

function whileFeeding(path: DrawnIn, view: MachineState, input: Input, out: Out): PathState | Ignored {
  if (input.kind === 'sensor' && input.sensor === 'multi-sheet' && input.on)
    return { ...path, severalSheets: true };
  if (input.kind === 'sensor' && input.sensor === 'entry' && !input.on) {
    out.command({ lane: 'motor', kind: 'stop-motor' });
    const distanceMm = view.start?.geometry.entryToHoldMm ?? 0;
    const move = out.command({ lane: 'motor', kind: 'move', direction: 'in', distanceMm });
    return { ...path, at: 'to-hold', move };
  }
  if (input.kind === 'early-fault') return onEarlyFault(path, view, input, out);
  if (isCoverOpening(input)) {
    out.command({ lane: 'motor', kind: 'stop-motor' });
    return startReturning(view, { kind: 'jam' }, out);
  }
  if (endsMove(input, path.move)) {
    // The longest sheet would have passed the entry sensor by now.
    out.log('paper-jam');
    return startReturning(view, { kind: 'jam' }, out);
  }
  return ignored('the sheet is being drawn in');
}

function whileGoingToHold(path: DrawnIn, view: MachineState, input: Input, out: Out): PathState | Ignored {
  if (input.kind === 'sensor' && input.sensor === 'multi-sheet' && input.on)
    return { ...path, severalSheets: true };
  if (input.kind === 'early-fault') return onEarlyFault(path, view, input, out);
  if (!endsMove(input, path.move)) return ignored('the sheet goes to the hold point');
  if (input.kind === 'failed') {
    out.log('paper-jam');
    return startReturning(view, { kind: 'jam' }, out);
  }
  if (!view.levels.path && !view.levels.exit) {
    return pulledOut(view, out);
  }
  if (path.severalSheets) return returnSeveralSheets(view, out);
  return { at: 'reading', read: out.command({ lane: 'reader', kind: 'read-sheet' }) };
}

function whileReading(
  path: PathState & { at: 'reading' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  if (input.kind === 'early-fault') return ignored('the sheet is in: the reader says what it is');
  if (input.kind === 'failed' && input.id === path.read) {
    out.log('scan-head-failed', input.problem.code);
    return startReturning(view, { kind: 'scan-head-failed' }, out);
  }
  if (input.kind !== 'done' || input.id !== path.read || input.result.of !== 'read-sheet') {
    return ignored('the sheet is being read');
  }
  const election = electionOf(view);
  if (election === undefined) return ignored('no sheet is read without an election');
  const decision = decide(election, input.result.sheet);
  switch (decision.kind) {
    case 'cast':
      return startCasting(view, decision.bin, out);
    case 'ask':
      out.sound('warning');
      return {
        at: 'asking',
        held: { warnings: decision.warnings, bin: decision.bin, mayCast: true, page: 0 },
      };
    case 'give-back':
      return startReturning(view, decision.why, out);
  }
}

/** CAST or RETURN. Nothing else decides, and no time-out ever does. */
function whileAsking(
  path: PathState & { at: 'asking' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  if (input.kind === 'authorised' && input.action === 'cast-abandoned')
    return startCasting(view, path.held.bin, out);
  if (input.kind === 'sensor' && input.sensor === 'path' && !input.on && !view.levels.exit) {
    return pulledOut(view, out);
  }
  if (input.kind !== 'press' || view.menu.at !== 'closed') return ignored('the voter is being asked');
  switch (input.key) {
    case 'cast':
      return startCasting(view, path.held.bin, out);
    case 'return':
      return startReturning(view, { kind: 'voter-chose' }, out);
    case 'more':
      return { at: 'asking', held: { ...path.held, page: (path.held.page + 1) % path.held.warnings.length } };
    case 'cleared':
    case 'yes':
    case 'no':
    case 'plus':
    case 'minus':
    case 'done':
    case 'enter':
    case 'cancel':
      return ignored('only CAST, RETURN and MORE mean something here');
  }
}

/** It is in the voter's hand, and nothing of it was written. */
function pulledOut(view: MachineState, out: Out): PathState {
  out.command({ lane: 'reader', kind: 'forget-sheet' });
  out.log('sheet-returned');
  return tell(view, { counted: false, why: { kind: 'pulled-out' } }, out);
}

// ---- back ------------------------------------------------------------------------------------------------------

function whileUndoing(
  path: PathState & { at: 'undoing' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  const ended = (input.kind === 'done' || input.kind === 'failed') && input.id === path.rollBack;
  if (!ended) return ignored('the record is being taken back');
  // Not counted, even where no card took the noise: an intent that is not *passed* never counts.
  return startReturning(view, path.why, out);
}

function whileReturning(
  path: PathState & { at: 'returning' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  if (path.move === undefined) {
    // A second sheet stands in the mouth, or the cover is open: first that, then the sheet can come.
    const free = !view.levels['cover-open'] && !(view.levels.mouth && !view.levels.entry);
    if (input.kind === 'sensor' && free) return { ...path, move: moveOut(view, out) };
    return ignored('a second sheet stands in the mouth, or the cover is open');
  }
  if (isCoverOpening(input)) {
    out.command({ lane: 'motor', kind: 'stop-motor' });
    return { ...path, move: undefined };
  }
  const inside = view.levels.entry || view.levels.path || view.levels.exit;
  if (input.kind === 'sensor' && !input.on && !inside) {
    out.command({ lane: 'motor', kind: 'stop-motor' });
    return atMouth(view, path.why, out);
  }
  if (!endsMove(input, path.move)) return ignored('the sheet is on its way back');
  if (!inside) return atMouth(view, path.why, out);
  out.log('paper-jam');
  return { at: 'jammed', why: path.why };
}

function atMouth(view: MachineState, why: GiveBack, out: Out): PathState {
  return view.levels.mouth ? { at: 'in-mouth', why } : tell(view, { counted: false, why }, out);
}

function whileInMouth(
  path: PathState & { at: 'in-mouth' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  if (input.kind !== 'sensor') return ignored('the voter takes the sheet');
  if (input.sensor === 'mouth' && !input.on) return tell(view, { counted: false, why: path.why }, out);
  // Pushed in again without having been taken away: a new sheet, read anew.
  if (input.sensor === 'entry' && input.on) return drawIn(view, out);
  return ignored('the voter takes the sheet');
}

/** Not counted, and it does not come out by itself: hands take it, and an empty path is the way back to ready. */
function whileJammed(
  path: PathState & { at: 'jammed' },
  view: MachineState,
  input: Input,
  out: Out,
): PathState | Ignored {
  const { mouth, entry, path: middle, exit } = view.levels;
  if (input.kind !== 'sensor') return ignored('the sheet is stuck');
  if (entry || middle || exit) return ignored('the sheet is still inside');
  out.log('paper-jam-cleared');
  return mouth ? { at: 'in-mouth', why: path.why } : tell(view, { counted: false, why: path.why }, out);
}

function isCoverOpening(input: Input): boolean {
  return input.kind === 'sensor' && input.sensor === 'cover-open' && input.on;
}
