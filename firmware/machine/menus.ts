/**
 * What inspectors see and press, in the handbook's order (pages 20 to 30): security key, passcode, date and time,
 * Administration Menu, certain?, second key, numbers for reconciliation. Nothing here acts by itself: what was
 * authorised goes out as a signal to the region that acts.
 */
import type { Out } from './command.js';
import type { Input, ReconciliationNumbers } from './input.js';
import { administration, type MenuChange } from './menu-change.js';
import { menuItems } from './menu-items.js';
import { mayDo, mayDoWithKeyAlone, needsTwoKeys, type Action } from './roles.js';
import {
  electionOf,
  ignored,
  numberFields,
  type Ignored,
  type KeyHolder,
  type MachineState,
  type MenuState,
} from './state.js';
import { setTimeStep, startTimeCheck } from './menu-time.js';

/** Largest number an inspector may enter. */
const NUMBER_MAX = 9_999;

export function menuStep(menu: MenuState, view: MachineState, input: Input, out: Out): MenuChange | Ignored {
  if (input.kind === 'started') return { menu: { at: 'insert-key' } };
  if (input.kind === 'security-key') return keyPresented(menu, view, input.key, out);
  switch (menu.at) {
    case 'closed':
      return ignored('the display belongs to the voter');
    case 'insert-key':
      return ignored('waiting for a security key');
    case 'passcode':
      return whilePasscode(menu, view, input, out);
    case 'reading-time':
    case 'time-check':
    case 'set-time':
      return setTimeStep(menu, view, input, out);
    case 'administration':
      return whileAdministration(menu, view, input, out);
    case 'confirm':
      return whileConfirm(menu, view, input, out);
    case 'second-key':
      if (input.kind === 'press' && input.key === 'cancel') return administration(menu.key);
      return ignored('waiting for the second security key');
    case 'numbers':
      return whileNumbers(menu, input);
    case 'working':
      return ignored('at work');
    case 'abandoned':
      return whileAbandoned(menu, input);
    case 'jam':
      return whileJam(menu, input);
  }
}

// ---- keys and passcode -----------------------------------------------------------------------------------------

function keyPresented(
  menu: MenuState,
  view: MachineState,
  key: (Input & { kind: 'security-key' })['key'],
  out: Out,
): MenuChange | Ignored {
  // The key is pressed against the reader until it is accepted (handbook page 21); lifting it means nothing.
  if (key.is === 'absent') return ignored('the key was lifted');
  if (key.is === 'refused') {
    out.log('security-key-refused', key.reason);
    out.sound('error');
    return ignored('the security key was refused');
  }
  const holder: KeyHolder = { serial: key.serial, role: key.role, party: key.party };
  out.log('security-key-accepted', `security key ${key.serial}, ${key.role}`);
  out.sound('key');
  switch (menu.at) {
    case 'closed':
      return keyAtVotersDisplay(holder, view, out);
    case 'insert-key':
      return askPasscode(holder, out);
    case 'second-key':
      return secondKey(menu, holder, view);
    case 'abandoned':
      return { menu: secondAtAbandoned(menu, holder) };
    case 'passcode':
    case 'reading-time':
    case 'time-check':
    case 'set-time':
    case 'administration':
    case 'confirm':
    case 'numbers':
    case 'working':
    case 'jam':
      return ignored('a key is accepted already');
  }
}

function keyAtVotersDisplay(holder: KeyHolder, view: MachineState, out: Out): MenuChange {
  const { path } = view;
  if (path.at === 'jammed-counted' || path.at === 'jammed') return { menu: { at: 'jam', key: holder } };
  if (path.at === 'asking' && path.held.mayCast) {
    const twoKeys = needsSecondKey('cast-abandoned', view);
    return { menu: { at: 'abandoned', key: holder, bothKeys: !twoKeys, note: undefined } };
  }
  return askPasscode(holder, out);
}

function askPasscode(key: KeyHolder, out: Out): MenuChange {
  out.command({ lane: 'trust', kind: 'clear-passcode' });
  return { menu: { at: 'passcode', key, length: 0, step: { is: 'typing', before: 'nothing' } } };
}

function whilePasscode(
  menu: MenuState & { at: 'passcode' },
  view: MachineState,
  input: Input,
  out: Out,
): MenuChange | Ignored {
  const { step } = menu;
  switch (step.is) {
    case 'typing':
      if (input.kind === 'passcode-length') return { menu: { ...menu, length: input.length } };
      if (input.kind !== 'press') return ignored('the passcode is being typed');
      if (input.key === 'cancel') return { menu: leavePasscode(view) };
      if (input.key !== 'enter' || menu.length === 0) return ignored('digits, then enter');
      return {
        menu: {
          ...menu,
          step: {
            is: 'trying',
            try: out.command({ lane: 'trust', kind: 'try-passcode', serial: menu.key.serial }),
          },
        },
      };
    case 'trying':
      return passcodeTried(menu, step.try, view, input, out);
    case 'waiting':
      // Leaving the field shortens no wait: the key desk keeps it.
      if (input.kind === 'press' && input.key === 'cancel') return { menu: leavePasscode(view) };
      if (input.kind !== 'done' || input.id !== step.until) return ignored('the wait after a wrong passcode');
      return { menu: { ...menu, length: 0, step: { is: 'typing', before: 'wrong' } } };
  }
}

function leavePasscode(view: MachineState): MenuState {
  return view.power.at === 'locked' ? { at: 'insert-key' } : { at: 'closed' };
}

function passcodeTried(
  menu: MenuState & { at: 'passcode' },
  tried: number,
  view: MachineState,
  input: Input,
  out: Out,
): MenuChange | Ignored {
  if (input.kind === 'failed' && input.id === tried) {
    out.sound('error');
    return { menu: { ...menu, length: 0, step: { is: 'typing', before: 'not-tried' } } };
  }
  if (input.kind !== 'done' || input.id !== tried || input.result.of !== 'passcode') {
    return ignored('the passcode is being tried');
  }
  if (input.result.verdict === 'wrong') {
    const { waitMs } = input.result;
    out.log('passcode-wrong', `security key ${menu.key.serial}`);
    if (waitMs > 0) out.log('passcode-locked-out', `for ${Math.ceil(waitMs / 1000)} s`);
    out.sound('error');
    const until = out.command({ lane: 'timer', kind: 'timer', afterMs: waitMs });
    return { menu: { ...menu, length: 0, step: { is: 'waiting', until, waitMs } } };
  }
  out.log('passcode-right', `security key ${menu.key.serial}`);
  if (view.power.at !== 'locked') return administration(menu.key);
  return { ...startTimeCheck(menu.key, out), authorise: { action: 'power-on' } };
}

// ---- the Administration Menu -----------------------------------------------------------------------------------

function whileAdministration(
  menu: MenuState & { at: 'administration' },
  view: MachineState,
  input: Input,
  out: Out,
): MenuChange | Ignored {
  if (input.kind === 'press' && (input.key === 'cancel' || input.key === 'done')) {
    out.log('session-ended', `security key ${menu.key.serial}`);
    return { menu: { at: 'closed' } };
  }
  if (input.kind !== 'choose') return ignored('an item of the menu is chosen, or the menu is left');
  if (!menuItems(view, menu.key.role).includes(input.item)) return ignored('not an item of this menu now');
  return { menu: { at: 'confirm', key: menu.key, action: input.item } };
}

/** "Are you certain you wish to close polls?" */
function whileConfirm(
  menu: MenuState & { at: 'confirm' },
  view: MachineState,
  input: Input,
  out: Out,
): MenuChange | Ignored {
  if (input.kind !== 'press') return ignored('are you certain?');
  if (input.key === 'no' || input.key === 'cancel') return administration(menu.key);
  if (input.key !== 'yes') return ignored('YES or NO');
  if (menu.action === 'set-time') return startTimeCheck(menu.key, out);
  if (needsSecondKey(menu.action, view)) {
    return { menu: { at: 'second-key', key: menu.key, action: menu.action, note: undefined } };
  }
  return proceed(menu.key, menu.action, view);
}

function secondKey(
  menu: MenuState & { at: 'second-key' },
  second: KeyHolder,
  view: MachineState,
): MenuChange {
  if (!maySecond(menu.key, second, menu.action)) {
    return { menu: { ...menu, note: 'same-party' } };
  }
  return proceed(menu.key, menu.action, view);
}

/** Of another party, and of a role that may do this itself. */
function maySecond(first: KeyHolder, second: KeyHolder, action: Action): boolean {
  if (!mayDo(second.role, action)) return false;
  const bothHaveParties = first.party !== undefined && second.party !== undefined;
  return bothHaveParties && first.serial !== second.serial && first.party !== second.party;
}

export function needsSecondKey(action: Action, view: MachineState): boolean {
  const election = electionOf(view);
  return election !== undefined && needsTwoKeys(action, election.definition.settings);
}

function proceed(key: KeyHolder, action: Action, view: MachineState): MenuChange {
  // Where the power went during closing, the numbers are stored already.
  if (action !== 'close-polls' || view.polls.at === 'closing') return authorised(key, action);
  const entered = { unscannedEmergencyBallots: 0, abandonedBallots: 0, writeInBallots: 0 };
  return { menu: { at: 'numbers', key, field: numberFields[0], entered } };
}

function authorised(key: KeyHolder, action: Action, numbers?: ReconciliationNumbers): MenuChange {
  return {
    menu: { at: 'working', key, action },
    authorise: numbers === undefined ? { action } : { action, numbers },
  };
}

/** Ballots that the machine never saw, counted by hand; the tape prints them beside its own numbers. */
function whileNumbers(menu: MenuState & { at: 'numbers' }, input: Input): MenuChange | Ignored {
  const value = menu.entered[menu.field];
  const enter = (n: number): MenuChange => ({
    menu: { ...menu, entered: { ...menu.entered, [menu.field]: n } },
  });
  if (input.kind === 'digit') {
    const next = value * 10 + input.digit;
    return next <= NUMBER_MAX ? enter(next) : ignored('the number has no room for another digit');
  }
  if (input.kind !== 'press') return ignored('a number is being entered');
  if (input.key === 'cancel') return value > 0 ? enter(0) : administration(menu.key);
  if (input.key !== 'enter' && input.key !== 'done') return ignored('digits, then enter');
  const next = numberFields[numberFields.indexOf(menu.field) + 1];
  return next === undefined
    ? authorised(menu.key, 'close-polls', menu.entered)
    : { menu: { ...menu, field: next } };
}

/**
 * After every step, when all regions have answered: menus that only wait for another region see whether it is over.
 */
export function settleMenu(menu: MenuState, state: MachineState): MenuState {
  switch (menu.at) {
    case 'working':
      return afterWork(menu, state);
    case 'abandoned':
      return state.path.at === 'asking' ? menu : { at: 'closed' };
    case 'jam':
      return state.path.at === 'jammed-counted' || state.path.at === 'jammed' ? menu : { at: 'closed' };
    case 'closed':
    case 'insert-key':
    case 'passcode':
    case 'reading-time':
    case 'time-check':
    case 'set-time':
    case 'administration':
    case 'confirm':
    case 'second-key':
    case 'numbers':
      return menu;
  }
}

function afterWork(menu: MenuState & { at: 'working' }, state: MachineState): MenuState {
  const { polls, cards, power } = state;
  const busy =
    polls.at === 'zero-check' ||
    polls.at === 'tapes' ||
    polls.at === 'saving' ||
    polls.at === 'totalling' ||
    polls.at === 'finishing' ||
    cards.box.is === 'opening' ||
    cards.exporting !== undefined ||
    power.at === 'shutting-down';
  if (busy) return menu;
  // SYSTEM READY: the display goes back to the voters.
  const toVoters = polls.at === 'open' && (menu.action === 'open-polls' || menu.action === 'resume-polls');
  return toVoters ? { at: 'closed' } : { at: 'administration', key: menu.key, note: state.note };
}

// ---- at the sheet ----------------------------------------------------------------------------------------------

function secondAtAbandoned(menu: MenuState & { at: 'abandoned' }, second: KeyHolder): MenuState {
  if (menu.bothKeys) return menu;
  if (!maySecond(menu.key, second, 'cast-abandoned')) return { ...menu, note: 'same-party' };
  return { ...menu, bothKeys: true, note: undefined };
}

/** Cast without examining (handbook pages 9 and 26): this display names no contest. */
function whileAbandoned(menu: MenuState & { at: 'abandoned' }, input: Input): MenuChange | Ignored {
  if (input.kind !== 'press') return ignored('an inspector stands at an abandoned ballot');
  if (input.key === 'no' || input.key === 'cancel') return { menu: { at: 'closed' } };
  if (input.key !== 'yes' && input.key !== 'cast') return ignored('YES or NO');
  if (!menu.bothKeys || !mayDoWithKeyAlone(menu.key.role, 'cast-abandoned'))
    return ignored('a second security key is missing');
  return { menu: { at: 'closed' }, authorise: { action: 'cast-abandoned' } };
}

function whileJam(menu: MenuState & { at: 'jam' }, input: Input): MenuChange | Ignored {
  if (input.kind !== 'press') return ignored('an inspector stands at a jam');
  if (input.key === 'cancel') return { menu: { at: 'closed' } };
  if (input.key !== 'cleared' || !mayDoWithKeyAlone(menu.key.role, 'jam-cleared'))
    return ignored('Cleared, when it is cleared');
  return { menu, authorise: { action: 'jam-cleared' } };
}
