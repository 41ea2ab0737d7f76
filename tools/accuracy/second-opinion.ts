/** Random sides with every kind of mark, read twice: by the reader and by the second opinion that shares no code. */
import { seededRandom } from '../../ground/seeded-random.js';
import { agreementOf, compareReadings } from '../../vision/cross-check/compare.js';
import { crossCheckSide } from '../../vision/cross-check/cross-check.js';
import { readSide } from '../../vision/read-side.js';
import { markSheet } from '../pen/marked-sheet.js';
import { randomSheet, type SampleElection } from './ballots.js';
import { drawKind } from './marks.js';

export interface SecondOpinionResult {
  readonly sides: number;
  readonly refused: number;
  readonly confirmed: number;
  readonly ambiguous: number;
  readonly unsure: number;
  readonly disagreements: readonly string[];
}

export async function askTwice(
  elections: readonly SampleElection[],
  seed: string,
  sheets: number,
): Promise<SecondOpinionResult> {
  const counts = { sides: 0, refused: 0, confirmed: 0, ambiguous: 0, unsure: 0 };
  const disagreements: string[] = [];
  for (let n = 0; n < sheets; n++) {
    const name = `${seed}/${n}`;
    const voter = await randomSheet(elections, drawKind, seededRandom(name));
    const { loaded, layouts, context } = voter.election;
    const { pen, orientation, conditions } = voter;
    const options = { pen, orientation, conditions, seed: name };
    const scan = markSheet(voter.clean, voter.sheet, voter.wishes, options);
    for (const page of [scan.first, scan.second]) {
      counts.sides++;
      const live = readSide(page, context);
      if (live.kind === 'rejected') {
        counts.refused++;
        continue;
      }
      const second = crossCheckSide(page, { layouts, electionHash20: loaded.hash20 });
      disagreements.push(...compareReadings(live, second).map(({ detail }) => `${name}: ${detail}`));
      const { confirmed, ambiguous, unsure } = agreementOf(live.reading, second);
      counts.confirmed += confirmed;
      counts.ambiguous += ambiguous;
      counts.unsure += unsure;
    }
  }
  return { ...counts, disagreements };
}
