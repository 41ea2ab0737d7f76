/**
 * Opening and closing the polls, and the tapes that belong to it (handbook pages 25 and 27): the zero check and the
 * zero tape before the first ballot, the results tapes after the last, and no way around either. A tape that was not
 * printed to its end is printed again from its start.
 */
import type { Out } from './command.js';
import type { Input, PollsMemory } from './input.js';
import { isPathFree } from './menu-items.js';
import {
  electionOf,
  ignored,
  type Ignored,
  type MachineState,
  type PollsState,
  type TapeRun,
} from './state.js';

export function pollsStep(
  polls: PollsState,
  view: MachineState,
  input: Input,
  out: Out,
): PollsState | Ignored {
  if (input.kind === 'started') return pollsAtStart(input.facts.election !== undefined, input.facts);
  if (input.kind === 'authorised' && !isPathFree(view)) return ignored('a sheet is still inside');
  if (input.kind === 'authorised' && input.action === 'print-copy') return startCopy(polls, out);
  switch (polls.at) {
    case 'no-election':
      return ignored('no election is loaded');
    case 'not-opened':
      return whileNotOpened(view, input, out);
    case 'zero-check':
      return whileZeroCheck(polls, input, out);
    case 'tapes':
      return whileTapes(polls, input, out);
    case 'saving':
      return whileSaving(polls, input, out);
    case 'open':
      return whileOpen(input, out);
    case 'paused':
      return whilePaused(input, out);
    case 'totalling':
      return whileTotalling(polls, view, input, out);
    case 'closing':
      // The power went while the results tapes were printed: they come again, from the same records.
      if (input.kind !== 'authorised' || input.action !== 'close-polls')
        return ignored('the polls are being closed');
      return {
        at: 'totalling',
        total: out.command({ lane: 'box', kind: 'resume-closing' }),
        from: 'closing',
      };
    case 'finishing':
      return whileFinishing(polls, input, out);
    case 'closed':
      return ignored('the polls are closed');
  }
}

function pollsAtStart(
  hasElection: boolean,
  facts: { polls: PollsMemory; electionRefused: string | undefined },
): PollsState {
  return hasElection ? fromMemory(facts.polls) : { at: 'no-election', refused: facts.electionRefused };
}

function fromMemory(memory: PollsMemory): PollsState {
  switch (memory) {
    case 'not-opened':
      return { at: 'not-opened' };
    case 'open':
      return { at: 'open' };
    case 'paused':
      return { at: 'paused' };
    case 'closing':
      return { at: 'closing' };
    case 'closed':
      return { at: 'closed' };
  }
}

// ---- opening ---------------------------------------------------------------------------------------------------

function whileNotOpened(view: MachineState, input: Input, out: Out): PollsState | Ignored {
  if (input.kind !== 'authorised' || input.action !== 'open-polls')
    return ignored('the polls are not opened yet');
  if (view.cards.box.is !== 'open') return ignored('no polls open without a ballot box');
  return { at: 'zero-check', check: out.command({ lane: 'box', kind: 'begin-opening' }) };
}

function whileZeroCheck(
  polls: PollsState & { at: 'zero-check' },
  input: Input,
  out: Out,
): PollsState | Ignored {
  if (input.kind === 'failed' && input.id === polls.check) {
    out.log('zero-check-failed', input.problem.code);
    out.sound('error');
    return { at: 'not-opened' };
  }
  if (input.kind !== 'done' || input.id !== polls.check) return ignored('the zero check is running');
  out.log('zero-check-passed');
  return startRun('zero', 'opening', 1, out);
}

// ---- tapes -----------------------------------------------------------------------------------------------------

function startRun(tape: TapeRun['tape'], purpose: TapeRun['purpose'], copies: number, out: Out): PollsState {
  const print = out.command({ lane: 'tape', kind: 'print-tape', tape, copy: 1 });
  return {
    at: 'tapes',
    run: { tape, purpose, copy: 1, automaticCopies: copies, step: { is: 'printing', print } },
  };
}

/** A copy after closing; the printing changes nothing. */
function startCopy(polls: PollsState, out: Out): PollsState | Ignored {
  if (polls.at !== 'closed') return ignored('copies of the results tape come after closing');
  return startRun('results', 'copy', 1, out);
}

function whileTapes(polls: PollsState & { at: 'tapes' }, input: Input, out: Out): PollsState | Ignored {
  const { run } = polls;
  switch (run.step.is) {
    case 'printing': {
      const id = run.step.print;
      if (input.kind === 'failed' && input.id === id) {
        out.log('tape-not-printed', input.problem.code);
        out.sound('error');
        return { at: 'tapes', run: { ...run, step: { is: 'printer-stopped', because: input.problem.code } } };
      }
      if (input.kind !== 'done' || input.id !== id) return ignored('a tape is being printed');
      if (run.copy < run.automaticCopies) return printCopy(run, run.copy + 1, out);
      return { at: 'tapes', run: { ...run, step: { is: 'more-copies' } } };
    }
    case 'printer-stopped':
      // New paper in, cover shut: the same copy from its start. A printer that is dead must not hold the machine.
      if (input.kind !== 'press') return ignored('the printer waits for paper');
      if (input.key === 'yes') return printCopy(run, run.copy, out);
      return input.key === 'no' || input.key === 'cancel' ? withoutThisCopy(run, out) : ignored('YES or NO');
    case 'more-copies':
      if (input.kind !== 'press') return ignored('more copies?');
      if (input.key === 'yes') return printCopy(run, run.copy + 1, out);
      return input.key === 'no' ? afterTapes(run, out) : ignored('YES or NO');
  }
}

/** A copy that nobody has to have is left out; a tape that must be printed leaves opening or closing undone. */
function withoutThisCopy(run: TapeRun, out: Out): PollsState {
  if (run.copy > run.automaticCopies) return afterTapes(run, out);
  switch (run.purpose) {
    case 'opening':
      return { at: 'not-opened' };
    case 'closing':
      return { at: 'closing' };
    case 'copy':
      return { at: 'closed' };
  }
}

function printCopy(run: TapeRun, copy: number, out: Out): PollsState {
  const print = out.command({ lane: 'tape', kind: 'print-tape', tape: run.tape, copy });
  return { at: 'tapes', run: { ...run, copy, step: { is: 'printing', print } } };
}

function afterTapes(run: TapeRun, out: Out): PollsState {
  switch (run.purpose) {
    case 'opening':
      return save('not-opened', 'open', out);
    case 'closing':
      return { at: 'finishing', finish: out.command({ lane: 'box', kind: 'finish-closing' }) };
    case 'copy':
      return { at: 'closed' };
  }
}

// ---- open, paused, closing -------------------------------------------------------------------------------------

function save(from: PollsMemory, as: PollsMemory, out: Out): PollsState {
  return { at: 'saving', from, as, save: out.command({ lane: 'box', kind: 'save-polls', polls: as }) };
}

function whileSaving(polls: PollsState & { at: 'saving' }, input: Input, out: Out): PollsState | Ignored {
  if (input.kind === 'failed' && input.id === polls.save) {
    // What cannot be remembered is not so: after the next start the polls are as they were.
    out.sound('error');
    return fromMemory(polls.from);
  }
  if (input.kind !== 'done' || input.id !== polls.save)
    return ignored('the state of the polls is being written');
  if (polls.as === 'open') out.log(polls.from === 'paused' ? 'polls-resumed' : 'polls-opened');
  if (polls.as === 'paused') out.log('polls-paused');
  return fromMemory(polls.as);
}

function whileOpen(input: Input, out: Out): PollsState | Ignored {
  if (input.kind !== 'authorised') return ignored('the polls are open');
  if (input.action === 'pause-polls') return save('open', 'paused', out);
  if (input.action === 'close-polls' && input.numbers !== undefined) {
    const total = out.command({ lane: 'box', kind: 'begin-closing', numbers: input.numbers });
    return { at: 'totalling', total, from: 'open' };
  }
  return ignored('not an action of open polls');
}

function whilePaused(input: Input, out: Out): PollsState | Ignored {
  if (input.kind !== 'authorised') return ignored('the polls are paused');
  if (input.action === 'resume-polls') return save('paused', 'open', out);
  if (input.action === 'close-polls' && input.numbers !== undefined) {
    const total = out.command({ lane: 'box', kind: 'begin-closing', numbers: input.numbers });
    return { at: 'totalling', total, from: 'paused' };
  }
  return ignored('not an action of paused polls');
}

function whileTotalling(
  polls: PollsState & { at: 'totalling' },
  view: MachineState,
  input: Input,
  out: Out,
): PollsState | Ignored {
  if (input.kind === 'failed' && input.id === polls.total) {
    out.log('closing-failed', input.problem.code);
    out.sound('error');
    return fromMemory(polls.from);
  }
  if (input.kind !== 'done' || input.id !== polls.total)
    return ignored('totals are being made from the records');
  return startRun('results', 'closing', automaticCopies(view), out);
}

function automaticCopies(view: MachineState): number {
  return electionOf(view)?.definition.settings.closingCopies ?? 1;
}

function whileFinishing(
  polls: PollsState & { at: 'finishing' },
  input: Input,
  out: Out,
): PollsState | Ignored {
  if (input.kind === 'failed' && input.id === polls.finish) {
    out.log('closing-failed', input.problem.code);
    out.sound('error');
    return { at: 'closing' };
  }
  if (input.kind !== 'done' || input.id !== polls.finish) return ignored('the closing is being written');
  return { at: 'closed' };
}
