/** What a ballot says in English. */
import { must } from '../../ground/result.js';
import type { BallotWords } from './words.js';

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const numbers = 'ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE'.split(' ');

export const en: BallotWords = {
  officialBallot: 'OFFICIAL BALLOT',
  testBallot: 'TEST BALLOT',
  instructions: 'Instructions',
  howToMark: 'To vote, completely fill in the oval to the left of your choice, like this:',
  howTo: [
    'Use a pen with black or blue ink.',
    'To vote for a person who is not listed, write the name in a Write-in box and fill in the oval beside it.',
    'If you make a mistake, ask for a new ballot.',
    'Look at both sides of every sheet.',
  ],
  voteFor: (seats) => (seats === 1 ? 'Vote for ONE' : `Vote for any ${numbers[seats] ?? seats}`),
  ballotStyle: 'Ballot style',
  chooseOne: 'Choose ONE',
  writeIn: 'Write-in',
  turnOver: 'Vote both sides: turn this sheet over',
  continueOnSheet: (sheet) => `Continue on sheet ${sheet}`,
  blankSide: 'This side intentionally blank',
  page: (side, sheet, sheets) => `${side === 'front' ? 'Front' : 'Back'}, Sheet ${sheet} of ${sheets}`,
  ballotId: 'Ballot ID',
  date: (date) => {
    const [year = '', month = '', day = ''] = date.split('-');
    return `${must(months[Number(month) - 1], 'a month')} ${Number(day)}, ${year}`;
  },
};
