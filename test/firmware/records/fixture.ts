/** The Dutchess sample election, and sheets of it as the reader would report them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutElection } from '../../../election-def/layout.js';
import type { BallotLayout, SideLayout } from '../../../election-def/layout-types.js';
import { readDefinition, type LoadedDefinition } from '../../../election-def/load.js';
import type { ElectionDefinition } from '../../../election-def/definition.js';
import { utf8 } from '../../../ground/bytes.js';
import { must } from '../../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../../ground/seeded-random.js';
import { buildRecord, printedOrder, type ReadSheet } from '../../../firmware/records/build-record.js';
import type { CastVoteRecord, ElectionMode } from '../../../firmware/records/record.js';
import type { OvalScore, SideReading } from '../../../vision/reading.js';

export interface SampleElection {
  readonly loaded: LoadedDefinition;
  readonly definition: ElectionDefinition;
  readonly layouts: readonly BallotLayout[];
  readonly precinctIds: readonly string[];
  readonly pollingPlaceId: string;
}

export const deviceSerial = 'TS-0001';

/** Tests run from the repository's root. */
function sampleBytes(): Uint8Array {
  return readFileSync(join(process.cwd(), 'election-def', 'samples', 'dutchess-ny.json'));
}

export function sampleElection(
  rule: ElectionDefinition['settings']['crossEndorsementRule'] = 'highest-line',
): SampleElection {
  const text = new TextDecoder().decode(sampleBytes());
  const bytes = utf8(
    text.replace('"crossEndorsementRule": "highest-line"', `"crossEndorsementRule": "${rule}"`),
  );
  const loaded = readDefinition(bytes, 'dutchess-ny.json');
  if (!loaded.ok) throw new Error(loaded.error[0]?.reason);
  const layouts = layOutElection(loaded.value);
  if (!layouts.ok) throw new Error(layouts.error[0]?.reason);
  const { definition } = loaded.value;
  const place = must(definition.pollingPlaces[0], 'the sample has a polling place');
  return {
    loaded: loaded.value,
    definition,
    layouts: layouts.value,
    precinctIds: place.precinctIds,
    pollingPlaceId: place.id,
  };
}

/** Marks as `contest/option`. */
export type Marks = ReadonlySet<string>;

/** Each option of the sheet marked with this chance. */
export function randomMarks(
  layout: BallotLayout,
  sheet: number,
  random: SeededRandom,
  chance: number,
): Marks {
  return new Set(
    printedOrder(layout, sheet).flatMap(({ contestId, optionIds }) =>
      optionIds.filter(() => random.chance(chance)).map((optionId) => `${contestId}/${optionId}`),
    ),
  );
}

function score(marked: boolean, random: SeededRandom): OvalScore {
  const ink = marked ? random.between(0.3, 0.9) : random.between(0, 0.01);
  return {
    light: ink,
    dark: ink * 0.8,
    darkness: ink * 0.7,
    density: marked ? 0.8 : 0,
    spanMm: ink * 5,
    outline: random.between(0.9, 1),
    offsetXPx: random.between(-2, 2),
    offsetYPx: random.between(-2, 2),
    halo: random.between(0, 0.05),
    rim: random.between(-0.02, 0.02),
    line: 0,
  };
}

function side(layout: BallotLayout, sheet: number, place: SideLayout, marks: Marks): SideReading {
  const random = seededRandom(`${layout.styleId} ${[...marks].join()}`);
  const isMarked = (at: { contestId: string; optionId: string }): boolean =>
    marks.has(`${at.contestId}/${at.optionId}`);
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
    ovals: place.ovals.map((oval) => ({
      contestId: oval.contestId,
      optionId: oval.optionId,
      verdict: isMarked(oval) ? 'marked' : 'blank',
      score: score(isMarked(oval), random),
      centre: { xPx: oval.xMm, yPx: oval.yMm },
    })),
    writeIns: place.writeInBoxes.map((box) => ({
      contestId: box.contestId,
      optionId: box.optionId,
      ink: isMarked(box) ? 0.06 : 0.001,
      written: isMarked(box),
      corners: [corner, corner, corner, corner],
    })),
    faults: [],
  };
}

export function readingOf(layout: BallotLayout, sheet: number, marks: Marks): ReadSheet {
  const places = must(
    layout.sheets.find((one) => one.sheet === sheet),
    'the sheet is laid out',
  );
  return {
    kind: 'read',
    styleId: layout.styleId,
    precinctId: layout.precinctId,
    sheet,
    test: false,
    front: side(layout, sheet, places.front, marks),
    back: side(layout, sheet, places.back, marks),
    frontImage: 'first',
  };
}

export function recordOf(
  election: SampleElection,
  layout: BallotLayout,
  marks: Marks,
  id: string,
  mode: ElectionMode = 'official',
  sheet = 1,
): CastVoteRecord {
  const writesIn = [...marks].some((mark) => mark.includes('/write-in-'));
  return buildRecord(
    readingOf(layout, sheet, marks),
    {
      definition: election.definition,
      definitionSha256: election.loaded.sha256Hex,
      layout,
      deviceSerial,
      mode,
      simulated: true,
    },
    writesIn ? 'write-in' : 'main',
    id,
  );
}

/** 32 hexadecimal digits, all different. */
export function someId(random: SeededRandom): string {
  return Array.from({ length: 32 }, () => random.integer(0, 15).toString(16)).join('');
}
