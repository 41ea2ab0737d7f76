/** English. */
import type { RejectReason } from '../../../vision/reading.js';
import type { Saying, Words } from './words.js';

const list = (names: readonly string[]): string => names.map((name) => `  - ${name}`).join('\n');
const some = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);

function unreadable(reason: RejectReason): Saying {
  const title = 'This ballot cannot be read';
  const askInspector = 'Ask an inspector for help.';
  switch (reason) {
    case 'wrong-election':
      return { title: 'Wrong election', lines: ['This ballot is not for this election.', askInspector] };
    case 'unknown-ballot-style':
      return {
        title: 'Unknown ballot',
        lines: ['This machine does not have this kind of ballot.', askInspector],
      };
    case 'several-sheets':
      return { title: 'More than one sheet', lines: ['Feed one sheet at a time.'] };
    case 'too-much-skew':
      return { title, lines: ['It went in at an angle.', 'Feed it straight.'] };
    case 'streak-on-a-target':
      return {
        title,
        lines: ['There is a streak across the ballot. The scanner may need cleaning.', askInspector],
      };
    case 'timing-marks-damaged':
      return { title, lines: ['The black marks along the edge are torn, covered or missing.', askInspector] };
    case 'wrong-scale':
    case 'wrong-size':
      return { title, lines: ['It does not have the size of a ballot of this election.', askInspector] };
    case 'image-too-small':
    case 'no-timing-marks':
      return {
        title: 'This is not a ballot',
        lines: ['No ballot of this election was found on this sheet.', askInspector],
      };
    case 'code-unreadable':
    case 'codes-differ':
    case 'sides-do-not-match':
      return { title, lines: ['Its printed code cannot be read for certain.', askInspector] };
  }
}

export const english: Words = {
  keys: {
    cast: 'CAST',
    return: 'RETURN',
    more: 'MORE',
    cleared: 'CLEARED',
    yes: 'YES',
    no: 'NO',
    plus: '+++',
    minus: '---',
    done: 'DONE',
    enter: 'ENTER',
    cancel: 'CANCEL',
  },
  insertBallot: { title: 'Insert your ballot', lines: ['Either side up, either end first.'] },
  reading: { title: 'Reading your ballot', lines: ['Please wait.'] },
  casting: {
    title: 'Casting your ballot',
    lines: ['Please wait until you read "Ballot successfully cast".'],
  },
  cast: { title: 'Ballot successfully cast', lines: ['Your ballot was counted. Thank you for voting.'] },
  takeBallot: { title: 'Take your ballot', lines: [] },
  notCounted: 'This ballot was NOT counted. Scan it again.',
  counted: 'This ballot WAS counted. Do not scan it again.',
  overvote: (contest, marked, seats) => ({
    title: `Overvote: ${contest}`,
    lines: [
      `You marked ${some(marked, 'choice', 'choices')}. You may mark only ${seats}.`,
      `If you press CAST, no vote in this contest will count.`,
    ],
  }),
  crossEndorsement: (contest, candidates, rule) => ({
    title: `Cross endorsement: ${contest}`,
    lines: [
      'You marked the same candidate on more than one party line:',
      list(candidates),
      rule === 'highest-line'
        ? 'If you press CAST, the candidate gets one vote, on the line that is highest on the ballot.'
        : 'If you press CAST, the candidate gets one vote, and no party line gets it.',
    ],
  }),
  undervote: (contest, unused, seats) => ({
    title: `Undervote: ${contest}`,
    lines: [
      `You may mark ${some(seats, 'choice', 'choices')}. You have ${unused} left.`,
      'You do not have to use them all.',
    ],
  }),
  blankBallot: {
    title: 'Blank ballot',
    lines: [
      'No mark was found on either side of this sheet.',
      'If you press CAST, no vote on it will count.',
    ],
  },
  castOrReturn: [
    'Press RETURN to get your ballot back and correct it or ask for a new one.',
    'Press CAST to cast it as it is. All your other votes will count.',
  ],
  morePages: (page, pages) => `Message ${page} of ${pages}. Press MORE for the next.`,
  ambiguous: (contests) => ({
    title: 'Ambiguous mark',
    lines: [
      'A mark is not clear in:',
      list(contests),
      'Fill in the oval completely, then insert your ballot again, another way round.',
    ],
  }),
  notCastable: (contests) => ({
    title: 'This ballot cannot be cast like this',
    lines: ['There is a mistake in:', list(contests), 'Ask an inspector for a new ballot.'],
  }),
  youPressedReturn: { title: 'Take your ballot', lines: ['You pressed RETURN.'] },
  unreadable,
  wrongPrecinct: {
    title: 'Wrong polling place',
    lines: [
      'This ballot belongs to a district that does not vote on this machine.',
      'Ask an inspector for help.',
    ],
  },
  testBallot: {
    title: 'Test ballot',
    lines: ['This ballot is for tests only.', 'Ask an inspector for help.'],
  },
  severalSheets: { title: 'More than one sheet', lines: ['Feed one sheet at a time.'] },
  pulledOut: { title: 'The ballot was pulled out', lines: ['Insert it again and let go of it.'] },
  paperStopped: { title: 'The paper stopped', lines: ['Your ballot is coming back.'] },
  imagesTooLarge: {
    title: 'This ballot cannot be stored',
    lines: [
      'The pictures of it take up too much room. The machine has no fault.',
      'Ask an inspector for a new ballot.',
    ],
  },
  machineFault: { title: 'The machine has a fault', lines: ['Tell an inspector.'] },
  powerCut: { title: 'The power was off', lines: ['A ballot was in the machine.'] },
  secondSheet: 'Another sheet is in the slot. Take it away first.',
  jamNotCounted: {
    title: 'Paper jam',
    lines: [
      'The ballot is between the slot and the scanner.',
      'Pull it out of the scanner and scan it again.',
    ],
  },
  jamCounted: {
    title: 'Paper jam',
    lines: [
      'The ballot is at the exit, above the ballot box.',
      'Open the ballot box door, pull the ballot out carefully and drop it into the ballot box.',
      'Press your security key, then press CLEARED.',
    ],
  },
  undecided: {
    title: 'Both memory cards failed',
    lines: [
      'Leave the ballot where it is.',
      'Turn the power off and on: the machine will then say if this ballot was counted.',
    ],
  },
  insertKey: {
    title: 'Security key',
    lines: ['Press your security key on the reader until it is accepted.'],
  },
  enterPasscode: { title: 'Enter passcode', lines: ['Type your passcode, then press ENTER.'] },
  wrongPasscode: 'That passcode was wrong.',
  passcodeNotTried: 'The passcode was not tried: the device’s own storage failed.',
  waitSeconds: (seconds) => `Wait ${seconds} seconds before the next try.`,
  timeCheck: { title: 'Are date and time correct?', lines: [] },
  setTime: (field) => ({ title: `Set ${field}`, lines: ['Press +++ or ---, then DONE.'] }),
  administration: 'Administration Menu',
  ballotsCast: 'Ballots cast',
  role: (role) =>
    ({ 'poll-worker': 'Poll Worker', administrator: 'Administrator', technician: 'Technician' })[role],
  action: (action) =>
    ({
      'power-on': 'Power On',
      'set-time': 'Set Date and Time',
      'open-polls': 'Open Polls',
      'pause-polls': 'Pause Polls',
      'resume-polls': 'Resume Polls',
      'close-polls': 'Close Polls',
      'print-copy': 'Print Copy of Results Tape',
      'cast-abandoned': 'Cast Abandoned Ballot',
      'jam-cleared': 'Jam Cleared',
      'prepare-cards': 'Prepare Memory Cards',
      'fill-card-a': 'Fill Memory Card A from Card B',
      'fill-card-b': 'Fill Memory Card B from Card A',
      'use-one-card': 'Go On with One Memory Card',
      export: 'Export Election',
      'power-down': 'Power Down',
    })[action],
  certain: (action) => ({ title: 'Are you certain?', lines: [`You chose: ${english.action(action)}.`] }),
  secondKey: {
    title: 'Second security key',
    lines: ['An inspector of the other party presses a security key.'],
  },
  sameParty: 'That key cannot stand second here: it must be of another party, and may do this itself.',
  number: (field) =>
    ({
      unscannedEmergencyBallots: {
        title: 'Unscanned emergency ballots',
        lines: ['How many are in the Unscanned Emergency Ballots envelope?'],
      },
      abandonedBallots: {
        title: 'Abandoned ballots',
        lines: ['How many are in the Abandoned Ballot Envelope?'],
      },
      writeInBallots: {
        title: 'Write-in ballots',
        lines: ['How many are in the write-in bin? Enter 0 if you count them later.'],
      },
    })[field],
  working: { title: 'Please wait', lines: [] },
  printing: (tape, copy) => ({
    title: tape === 'zero' ? 'Zero tape is printing' : 'Poll is being closed: results tape is printing',
    lines: [`Copy ${copy}.`],
  }),
  printerStopped: (code) => ({
    title: code === 'paper-out' ? 'The printer is out of paper' : 'The printer has stopped',
    lines: [
      code === 'cover-open' ? 'Close the printer cover.' : 'Put in a new roll and close the cover.',
      'This copy will be printed again from its start. Throw the torn piece away.',
      'Press YES when the printer is ready, or CANCEL to stop printing.',
    ],
  }),
  moreCopies: { title: 'Do you want more copies?', lines: [] },
  abandoned: {
    title: 'Abandoned ballot',
    lines: [
      'Has the voter left the poll site?',
      'The ballot will be cast without being examined.',
      'YES casts it. NO goes back to the voter.',
    ],
  },
  abandonedSecondKey: {
    title: 'Abandoned ballot',
    lines: ['An inspector of the other party presses a security key.'],
  },
  pressCleared: 'Press CLEARED when the path is empty.',
  notReady: (reason) =>
    ({
      'power-locked': 'Security key and passcode are needed.',
      halted: 'The machine has stopped itself.',
      'shutting-down': 'Shutting down.',
      'no-election': 'No election is loaded.',
      'polls-not-open': 'The polls are not open.',
      'polls-paused': 'The polls are paused.',
      'polls-closed': 'The polls are closed.',
      'ballot-box-not-open': 'The ballot box on the memory cards is not open.',
      'ballot-box-full': 'The ballot box on the memory cards is full.',
      'memory-card-a': 'Memory card A is missing or has failed.',
      'memory-card-b': 'Memory card B is missing or has failed.',
      'cover-open': 'The scanner cover is open.',
      'ballot-box-door-open': 'The ballot box door is open.',
      'sheet-inside': 'A sheet is in the machine.',
      'inspector-at-work': 'An inspector is at the menu.',
    })[reason],
  notReadyTitle: 'Please wait: not ready for ballots',
  halted: {
    title: 'STOP. Call the Board of Elections',
    lines: [
      'The counts inside this machine do not agree. No ballot is taken any more.',
      'Use the emergency ballot box.',
    ],
  },
  shuttingDown: { title: 'Shutting down', lines: [] },
  testMode: 'TEST MODE',
  simulated: 'SIMULATED',
};
