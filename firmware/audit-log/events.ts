/**
 * Everything that this machine writes down, as one table: the code of each event, the group it belongs to, how severe
 * it is and whether it stands for a success or a failure. The codes are ours, as NIST SP 1500-101 leaves them to the
 * maker; the groups and their names are those of VVSG 2.0, table 15-1, as NIST's own sample log abbreviates them.
 *
 * What is never written: selections, style, bin or reason of a sheet, anything about a voter. A cast and a return
 * have one fixed shape each: the time and nothing else (VVSG 2.0, 10.2.4-B and 15.1-C).
 */
export const eventGroups = {
  'GSF-EEM': 'Device generated error and exception messages',
  'GSF-CSSM': 'Critical system status messages',
  'GSF-NCSM': 'Non-critical status messages',
  'GSF-EOI': 'Events that require election official intervention',
  'GSF-SCS': 'Changes to system configuration settings',
  'AAC-ARE': 'Authentication related events',
} as const;
export type EventGroup = keyof typeof eventGroups;

export const severities = ['info', 'warning', 'error'] as const;
export type Severity = (typeof severities)[number];

export const dispositions = ['success', 'failure', 'na'] as const;
export type Disposition = (typeof dispositions)[number];

export interface EventKind {
  readonly group: EventGroup;
  readonly severity: Severity;
  readonly disposition: Disposition;
  /** For the documentation that SP 1500-101 asks for. */
  readonly meaning: string;
}

function event(group: EventGroup, severity: Severity, disposition: Disposition, meaning: string): EventKind {
  return { group, severity, disposition, meaning };
}

export const events = {
  // the log itself
  'log-started': event('GSF-NCSM', 'info', 'success', 'A new log begins; the details name the device'),
  'log-checkpoint': event('GSF-NCSM', 'info', 'success', 'The device signs all entries before this one'),
  'log-copy-healed': event('GSF-EOI', 'warning', 'success', 'A copy of the log was behind and was completed'),
  'log-copy-failed': event('GSF-EEM', 'error', 'failure', 'A copy of the log can no longer be written'),
  // power and start-up
  'power-on': event('GSF-NCSM', 'info', 'success', 'The machine was started'),
  'power-lost': event(
    'GSF-CSSM',
    'warning',
    'na',
    'The machine had not been shut down before this start: the power was cut',
  ),
  'power-down': event('GSF-NCSM', 'info', 'success', 'The machine was shut down by an inspector'),
  'mains-lost': event('GSF-CSSM', 'warning', 'na', 'The machine runs on its battery'),
  'mains-restored': event('GSF-NCSM', 'info', 'na', 'The machine runs on mains power again'),
  'battery-low': event('GSF-CSSM', 'warning', 'na', 'The battery will soon be empty'),
  'software-identified': event('GSF-NCSM', 'info', 'success', 'The digest of the installed software'),
  'start-up-check-passed': event('GSF-NCSM', 'info', 'success', 'A check at start-up found nothing wrong'),
  'start-up-check-failed': event('GSF-CSSM', 'error', 'failure', 'A check at start-up found something wrong'),
  'recovered-counted': event(
    'GSF-EOI',
    'warning',
    'success',
    'After an interruption: the sheet in the machine was counted',
  ),
  'recovered-not-counted': event(
    'GSF-EOI',
    'warning',
    'success',
    'After an interruption: the sheet in the machine was not counted',
  ),
  'machine-stopped': event('GSF-CSSM', 'error', 'failure', 'The machine stopped itself; the details say why'),
  // people
  'security-key-accepted': event('AAC-ARE', 'info', 'success', 'A valid security key was presented'),
  'security-key-refused': event('AAC-ARE', 'warning', 'failure', 'A security key was refused'),
  'passcode-right': event('AAC-ARE', 'info', 'success', 'The right passcode was entered'),
  'passcode-wrong': event('AAC-ARE', 'warning', 'failure', 'A wrong passcode was entered'),
  'passcode-locked-out': event(
    'AAC-ARE',
    'warning',
    'failure',
    'After wrong passcodes no more are taken for a while',
  ),
  'action-authorised': event(
    'AAC-ARE',
    'info',
    'success',
    'An action of the menu was authorised; which, and with whose security key',
  ),
  'session-ended': event('AAC-ARE', 'info', 'na', 'An inspector left the menu'),
  // clock and configuration
  'time-confirmed': event('GSF-NCSM', 'info', 'success', 'Inspectors found date and time right'),
  'time-changed': event('GSF-SCS', 'warning', 'success', 'Inspectors set date and time; old and new'),
  'election-loaded': event('GSF-SCS', 'info', 'success', 'An election package was loaded; its digest'),
  'election-refused': event(
    'GSF-SCS',
    'error',
    'failure',
    'An election package was refused; the details say why',
  ),
  'authority-pinned': event('GSF-SCS', 'info', 'success', 'From now on the device belongs to one authority'),
  // memory cards and the ballot box on them
  'cards-prepared': event('GSF-SCS', 'info', 'success', 'A new ballot box was made on the memory cards'),
  'card-inserted': event('GSF-NCSM', 'info', 'na', 'A memory card was put in'),
  'card-removed': event('GSF-EOI', 'warning', 'na', 'A memory card was taken out'),
  'card-failed': event('GSF-EOI', 'error', 'failure', 'A memory card failed or disagrees with the other'),
  'card-filled': event('GSF-EOI', 'warning', 'success', 'A memory card was filled from the other one'),
  'one-card-in-use': event(
    'GSF-EOI',
    'warning',
    'success',
    'An administrator lets the machine go on with one card',
  ),
  'memory-cards-failed': event('GSF-CSSM', 'error', 'failure', 'Neither memory card can be written'),
  'ballot-box-opened': event('GSF-NCSM', 'info', 'success', 'The ballot box was found in order'),
  'ballot-box-refused': event(
    'GSF-CSSM',
    'error',
    'failure',
    'The ballot box was refused; the details say why',
  ),
  'key-wraps-destroyed': event(
    'GSF-SCS',
    'info',
    'success',
    'No security key opens the ballot box any more, only the authority',
  ),
  'counts-disagree': event('GSF-CSSM', 'error', 'failure', 'Counter, records and log do not agree'),
  // polls
  'zero-check-passed': event('GSF-NCSM', 'info', 'success', 'Every total is zero'),
  'zero-check-failed': event('GSF-CSSM', 'error', 'failure', 'Polls could not open: a total is not zero'),
  'polls-opened': event('GSF-NCSM', 'info', 'success', 'The polls were opened'),
  'polls-paused': event('GSF-NCSM', 'info', 'success', 'Casting was paused'),
  'polls-resumed': event('GSF-NCSM', 'info', 'success', 'Casting was resumed'),
  'polls-closed': event('GSF-NCSM', 'info', 'success', 'The polls were closed'),
  'polls-reopened': event('GSF-EOI', 'warning', 'success', 'An administrator opened closed polls again'),
  'closing-failed': event(
    'GSF-EOI',
    'error',
    'failure',
    'The polls could not be closed; the details say why',
  ),
  // sheets
  'sheet-cast': event('GSF-NCSM', 'info', 'success', 'A sheet was cast'),
  'sheet-returned': event('GSF-NCSM', 'info', 'na', 'A sheet was given back'),
  'abandoned-ballot-authorised': event(
    'GSF-EOI',
    'warning',
    'success',
    'Inspectors may cast a sheet left behind',
  ),
  'multiple-sheets-detected': event('GSF-EEM', 'warning', 'na', 'More than one sheet was fed at once'),
  'paper-jam': event('GSF-EEM', 'warning', 'failure', 'Paper does not move as it should'),
  'paper-jam-cleared': event('GSF-EOI', 'info', 'success', 'The paper path is clear again'),
  'bin-full': event('GSF-EOI', 'warning', 'na', 'A bin of the ballot box is full'),
  'scan-head-failed': event('GSF-EEM', 'error', 'failure', 'The scan head gave no image'),
  'images-too-large': event(
    'GSF-EEM',
    'warning',
    'failure',
    'The images of a sheet do not fit into a slot of the ballot box; it was given back',
  ),
  'diverter-gate-failed': event(
    'GSF-EEM',
    'error',
    'failure',
    'The diverter gate did not reach its position',
  ),
  // doors
  'cover-opened': event('GSF-EOI', 'warning', 'na', 'The cover was opened'),
  'cover-closed': event('GSF-NCSM', 'info', 'na', 'The cover was closed'),
  'ballot-box-door-opened': event('GSF-EOI', 'warning', 'na', 'The ballot box door was opened'),
  'ballot-box-door-closed': event('GSF-NCSM', 'info', 'na', 'The ballot box door was closed'),
  // tapes and exports
  'tape-printed': event('GSF-NCSM', 'info', 'success', 'A tape was printed; which, and its number'),
  'tape-not-printed': event('GSF-EEM', 'warning', 'failure', 'A tape could not be printed'),
  'printer-paper-low': event('GSF-NCSM', 'warning', 'na', 'The tape printer is running out of paper'),
  'printer-paper-out': event('GSF-EEM', 'warning', 'failure', 'The tape printer is out of paper'),
  'printer-cover-open': event('GSF-EEM', 'warning', 'failure', "The tape printer's cover is open"),
  'printer-failed': event('GSF-EEM', 'error', 'failure', 'The tape printer does not answer'),
  'export-written': event('GSF-NCSM', 'info', 'success', 'Records, totals and log were exported'),
  'export-failed': event('GSF-EEM', 'error', 'failure', 'An export could not be written'),
  'diagnostics-run': event('GSF-NCSM', 'info', 'success', 'A technician ran a diagnostic'),
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventCode = keyof typeof events;

export function isEventCode(code: string): code is EventCode {
  return Object.hasOwn(events, code);
}

/** These say nothing but when: no role, no details, whatever a caller gives. */
export const bareEvents: readonly EventCode[] = ['sheet-cast', 'sheet-returned'];

/** After each of these the device signs the log, beside every hundredth entry. */
export const checkpointAfter: readonly EventCode[] = [
  'log-started',
  'power-on',
  'power-down',
  'zero-check-passed',
  'polls-opened',
  'polls-paused',
  'polls-resumed',
  'polls-closed',
  'polls-reopened',
  'export-written',
];
export const CHECKPOINT_EVERY = 100;
