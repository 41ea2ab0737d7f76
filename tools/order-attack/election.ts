/**
 * Elections for the order attack: a small contest, voters by chance, and the real code of record, ballot box and log
 * around them. A thousand ballots in a thousand elections leave no room for pixels: what a reader would say of a sheet
 * is drawn here, and rendered sheets are attacked elsewhere (`rendered.ts`).
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { utf8 } from '../../ground/bytes.js';
import { must } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { BallotLayout, SideLayout } from '../../election-def/layout-types.js';
import { layOutElection } from '../../election-def/layout.js';
import { readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import type { ReadSheet } from '../../firmware/records/build-record.js';
import type { OvalScore, SideReading } from '../../vision/reading.js';
import { valueOf } from '../bench/office.js';

const SAMPLE = fileURLToPath(new URL('../../../election-def/samples/dutchess-ny.json', import.meta.url));
/** One candidate contest with a write-in: a record that is short, and has everything. */
const CONTESTS = ['governor'];

export interface SmallElection {
  readonly loaded: LoadedDefinition;
  readonly bytes: Uint8Array;
  readonly layouts: readonly BallotLayout[];
  readonly precinctIds: readonly string[];
  readonly pollingPlaceId: string;
}

export function smallElection(): SmallElection {
  const whole = valueOf(readDefinition(new Uint8Array(readFileSync(SAMPLE)), 'dutchess-ny.json')).definition;
  const definition = {
    ...whole,
    contests: whole.contests.filter(({ id }) => CONTESTS.includes(id)),
    ballotStyles: whole.ballotStyles.map((style) => ({ ...style, contestIds: CONTESTS })),
  };
  const bytes = utf8(JSON.stringify(definition));
  const loaded = valueOf(readDefinition(bytes, 'small.json'));
  const place = must(loaded.definition.pollingPlaces[0], 'a polling place');
  return {
    loaded,
    bytes,
    layouts: valueOf(layOutElection(loaded)),
    precinctIds: place.precinctIds,
    pollingPlaceId: place.id,
  };
}

/** What the reader says of one voter's sheet: one candidate marked, or a write-in, or nothing. */
export function someReading(election: SmallElection, voter: SeededRandom): ReadSheet {
  const layout = voter.pick(election.layouts);
  const { front, back, sheet } = must(layout.sheets[0], 'a sheet');
  const options = [...front.ovals, ...back.ovals].map(({ optionId }) => optionId);
  const marked = voter.chance(0.95) ? voter.pick(options) : undefined;
  const side = (place: SideLayout): SideReading => sideOf(place, layout, sheet, marked, voter);
  return {
    kind: 'read',
    styleId: layout.styleId,
    precinctId: layout.precinctId,
    sheet,
    test: false,
    front: side(front),
    back: side(back),
    frontImage: 'first',
  };
}

function sideOf(
  place: SideLayout,
  layout: BallotLayout,
  sheet: number,
  marked: string | undefined,
  voter: SeededRandom,
): SideReading {
  const corner = { xPx: 0, yPx: 0 };
  return {
    code: {
      electionHash20: 0,
      styleNumber: layout.styleNumber,
      precinctNumber: layout.precinctNumber,
      sheet,
      side: place.side,
      test: false,
    },
    orientation: 'upright',
    skewDegrees: 0,
    scaleAlong: 1,
    scaleAcross: 1,
    ovals: place.ovals.map(({ contestId, optionId }) => ({
      contestId,
      optionId,
      verdict: optionId === marked ? ('marked' as const) : ('blank' as const),
      score: someScore(optionId === marked, voter),
      centre: corner,
    })),
    writeIns: place.writeInBoxes.map(({ contestId, optionId }) => ({
      contestId,
      optionId,
      ink: rounded(optionId === marked ? voter.between(0.03, 0.1) : voter.between(0, 0.002)),
      written: optionId === marked,
      corners: [corner, corner, corner, corner] as const,
    })),
    faults: [],
  };
}

function someScore(marked: boolean, voter: SeededRandom): OvalScore {
  const ink = marked ? voter.between(0.3, 0.9) : voter.between(0, 0.01);
  return {
    light: rounded(ink),
    dark: rounded(ink * voter.between(0.6, 0.9)),
    darkness: rounded(ink * voter.between(0.6, 0.8)),
    density: marked ? rounded(voter.between(0.6, 0.9)) : 0,
    spanMm: rounded(ink * 5),
    outline: rounded(voter.between(0.9, 1)),
    offsetXPx: rounded(voter.between(-1, 1)),
    offsetYPx: rounded(voter.between(-1, 1)),
    halo: rounded(voter.between(0, 0.05)),
    rim: rounded(voter.between(-0.02, 0.02)),
    line: 0,
  };
}

/** As fine as a measurement is, so that a record packs as it does in life. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
