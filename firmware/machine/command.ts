/**
 * Everything the machine can wish for. Each command has an id and a lane: first in, first out in a lane, one
 * outstanding, and exactly one final input (`done` or `failed`) for each id. `stop-motor` passes everything and has
 * no answer: the move it stops answers.
 */
import type { Bin, CardId, SoundName } from '../../drivers/ports.js';
import type { EventCode } from '../audit-log/events.js';
import type { CommandId, PollsMemory, ReconciliationNumbers } from './input.js';

export type Lane =
  'motor' | 'gate' | 'reader' | 'trust' | 'box' | 'log' | 'tape' | 'sound' | 'clock' | 'timer' | 'power';

export type Wish =
  // motor and gate
  | {
      readonly lane: 'motor';
      readonly kind: 'move';
      readonly direction: 'in' | 'out';
      readonly distanceMm: number;
    }
  | { readonly lane: 'motor'; readonly kind: 'stop-motor' }
  | { readonly lane: 'gate'; readonly kind: 'turn-gate'; readonly to: Bin }
  // reader: pages stay in the runtime's page store
  | { readonly lane: 'reader'; readonly kind: 'start-capture' }
  | { readonly lane: 'reader'; readonly kind: 'read-sheet' }
  | { readonly lane: 'reader'; readonly kind: 'forget-sheet' }
  // trust
  | { readonly lane: 'trust'; readonly kind: 'try-passcode'; readonly serial: string }
  | { readonly lane: 'trust'; readonly kind: 'clear-passcode' }
  // box: every step is durable on the cards when it is done, and may be repeated without harm
  | { readonly lane: 'box'; readonly kind: 'open-box' }
  | { readonly lane: 'box'; readonly kind: 'store-sheet'; readonly bin: Bin }
  | { readonly lane: 'box'; readonly kind: 'mark-passed' }
  | { readonly lane: 'box'; readonly kind: 'finish-cast' }
  | { readonly lane: 'box'; readonly kind: 'mark-idle' }
  | { readonly lane: 'box'; readonly kind: 'roll-back' }
  | { readonly lane: 'box'; readonly kind: 'prepare-cards' }
  | { readonly lane: 'box'; readonly kind: 'fill-card'; readonly card: CardId }
  | { readonly lane: 'box'; readonly kind: 'use-one-card' }
  | { readonly lane: 'box'; readonly kind: 'drop-card'; readonly card: CardId }
  | { readonly lane: 'box'; readonly kind: 'begin-opening' }
  | { readonly lane: 'box'; readonly kind: 'begin-closing'; readonly numbers: ReconciliationNumbers }
  | { readonly lane: 'box'; readonly kind: 'resume-closing' }
  | { readonly lane: 'box'; readonly kind: 'finish-closing' }
  | { readonly lane: 'box'; readonly kind: 'save-polls'; readonly polls: PollsMemory }
  | { readonly lane: 'box'; readonly kind: 'export' }
  // the rest
  | { readonly lane: 'log'; readonly kind: 'log'; readonly code: EventCode; readonly details: string }
  | {
      readonly lane: 'tape';
      readonly kind: 'print-tape';
      readonly tape: 'zero' | 'results';
      readonly copy: number;
    }
  | { readonly lane: 'sound'; readonly kind: 'sound'; readonly sound: SoundName }
  | { readonly lane: 'clock'; readonly kind: 'read-time' }
  | { readonly lane: 'clock'; readonly kind: 'set-time'; readonly wallTime: string }
  | { readonly lane: 'timer'; readonly kind: 'timer'; readonly afterMs: number }
  | { readonly lane: 'power'; readonly kind: 'power-down' };

export type Command = Wish & { readonly id: CommandId };

/** Collects what one step wishes; gives the ids. */
export interface Out {
  command(wish: Wish): CommandId;
  log(code: EventCode, details?: string): void;
  sound(sound: SoundName): void;
}
