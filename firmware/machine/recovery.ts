/**
 * The one table for every interruption: what the intent on the cards says about the sheet that was in the machine
 * when it stopped, and what follows. There is no fifth row, and nobody has to guess.
 */
import { unreachable } from '../../ground/result.js';
import type { Out } from './command.js';
import { finishCounted } from './casting.js';
import type { IntentFound } from './input.js';
import { startReturning, startUndoing } from './sheet-moves.js';
import type { MachineState, PathState } from './state.js';

export function recover(view: MachineState, intent: IntentFound, out: Out): PathState {
  const { levels } = view;
  const sheetInside = levels.entry || levels.path || levels.exit;
  switch (intent) {
    case 'idle':
      // Not counted: draw it back, say so. A sheet that only stands in the mouth is in somebody's hand.
      if (!sheetInside) return { at: 'empty', told: undefined };
      out.log('recovered-not-counted');
      return startReturning(view, { kind: 'power-cut' }, out);
    case 'writing':
    case 'ready':
      // Not counted, wherever the sheet is: slot back to noise, say so, scan it again.
      out.log('recovered-not-counted');
      return startUndoing({ kind: 'power-cut' }, out);
    case 'passed':
      // Counted: finish log and counter; drive the sheet on, or an inspector drops it into the box and presses Cleared.
      out.log('recovered-counted');
      if (levels.exit || !sheetInside) return finishCounted(out);
      out.sound('error');
      return { at: 'jammed-counted', finish: out.command({ lane: 'box', kind: 'finish-cast' }) };
    default:
      return unreachable(intent);
  }
}
