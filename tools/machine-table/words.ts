/** What each state of the machine means, in words for whoever trains inspectors or tests the machine in a laboratory. */
import type { MachineState, MenuState, TapeRun } from '../../firmware/machine/state.js';
import type { Region } from '../../firmware/machine/step.js';

export const regionWords: Readonly<Record<Region, { readonly title: string; readonly file: string }>> = {
  power: { title: 'Power', file: 'firmware/machine/power.ts' },
  polls: {
    title: 'Polls, with the tapes that belong to opening and closing',
    file: 'firmware/machine/polls.ts',
  },
  cards: { title: 'Memory cards and the ballot box on them', file: 'firmware/machine/cards.ts' },
  path: { title: 'The sheet', file: 'firmware/machine/paper-path.ts, casting.ts, recovery.ts' },
  menu: { title: 'Inspectors’ display', file: 'firmware/machine/menus.ts, menu-time.ts' },
};

type TapeStep = TapeRun['step']['is'];
type PasscodeStep = Extract<MenuState, { at: 'passcode' }>['step']['is'];
type At<R extends 'power' | 'polls' | 'path' | 'menu'> = MachineState[R]['at'];

const power: Readonly<Record<At<'power'>, string>> = {
  off: 'No program runs yet.',
  locked: 'On; nothing moves before a security key and its passcode.',
  on: 'In use.',
  'shutting-down': 'An inspector chose Power Down.',
  halted: 'Something that must never be is so. STOP. Call the Board of Elections.',
};

const polls: Readonly<Record<Exclude<At<'polls'>, 'tapes'> | `tapes: ${TapeStep}`, string>> = {
  'no-election': 'No election is loaded, or the one in memory was refused.',
  'not-opened': 'Before opening.',
  'zero-check': 'The machine looks whether everything is zero.',
  'tapes: printing': 'A tape comes out.',
  'tapes: printer-stopped': 'The printer stopped: the same copy comes again from its start, or not at all.',
  'tapes: more-copies': '"Do you want more copies?"',
  saving: 'The state of the polls is written into the device.',
  open: 'Voters can cast.',
  paused: 'An inspector paused casting.',
  totalling: 'Totals are made from the records.',
  closing: 'No more ballots; the results tapes are not all printed.',
  finishing: 'The closing is written down.',
  closed: 'Over. Copies and the export can be made.',
};

const path: Readonly<Record<At<'path'>, string>> = {
  empty: 'No sheet; the last word to a voter may still stand on the display.',
  feeding: 'A sheet is drawn in and scanned.',
  'to-hold': 'Its end has passed the head; it goes to the hold point.',
  reading: 'It stands at the hold point and is read.',
  asking: 'The voter is warned: CAST or RETURN.',
  storing: 'The record goes onto the cards. Not counted yet.',
  turning: 'The gate turns to the bin. Not counted yet.',
  driving: 'The sheet goes to the exit sensor. Not counted yet.',
  passing: 'It stands at the exit sensor; the count is being written.',
  leaving: 'Counted. Log, anchor and counter learn of it; then it goes into its bin.',
  'jammed-counted': 'Counted, and stuck: inspectors drop it into the ballot box and press CLEARED.',
  ending: 'It is in its bin; the intent is closed.',
  undoing: 'Not counted: the slot goes back to noise.',
  returning: 'Not counted: the sheet comes back.',
  'in-mouth': 'Not counted: it lies in the mouth, for its voter to take.',
  jammed: 'Not counted, and stuck: hands take it out.',
  undecided:
    'Nothing can be written and a sheet stands at the exit: power off and on, then the machine says.',
};

const menu: Readonly<Record<Exclude<At<'menu'>, 'passcode'> | `passcode: ${PasscodeStep}`, string>> = {
  closed: 'The display belongs to the voter.',
  'insert-key': 'A security key is asked for.',
  'passcode: typing': 'Its passcode is typed.',
  'passcode: trying': 'The passcode is tried.',
  'passcode: waiting': 'The wait after a wrong passcode.',
  'reading-time': 'The clock is read.',
  'time-check': '"Are date and time correct?"',
  'set-time': 'Date and time, field by field.',
  administration: 'The Administration Menu.',
  confirm: '"Are you certain?"',
  'second-key': 'A key of another party is asked for.',
  numbers: 'What inspectors counted by hand, before closing.',
  working: 'The machine works; please wait.',
  abandoned: 'An inspector stands at a sheet that its voter left; no contest is named.',
  jam: 'An inspector stands at a jam.',
};

const cards: Readonly<Record<MachineState['cards']['box']['is'], string>> = {
  closed: 'The ballot box is not open.',
  opening: 'It is being opened, prepared, filled or continued on one card.',
  open: 'Ballots can be stored.',
  refused: 'What the comparison of the cards found forbids to open it.',
};

/** Every state of every region, in the order of the tables. */
export const stateWords: Readonly<Record<Region, Readonly<Record<string, string>>>> = {
  power,
  polls,
  cards,
  path,
  menu,
};
