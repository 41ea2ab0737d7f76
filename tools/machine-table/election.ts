/** The election and the sheets with which the machine is explored: the New York sample, and one sheet of each kind. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { pathGeometry, readCabinetFile, shippedCabinetFile } from '../../drivers/cabinet-file.js';
import { readDefinition } from '../../election-def/load.js';
import { layOutElection } from '../../election-def/layout.js';
import type { ElectionFacts } from '../../firmware/machine/input.js';
import { initialState } from '../../firmware/machine/state.js';
import type { SheetResult } from '../../vision/reading.js';
import { valueOf } from '../bench/office.js';
import { KnownReadings, sheetKinds } from '../simulate/known-sheets.js';
import type { Explored } from './explore.js';

const SAMPLE = fileURLToPath(new URL('../../../election-def/samples/dutchess-ny.json', import.meta.url));

export async function sampleParts(): Promise<Explored> {
  const cabinet = valueOf(await readCabinetFile(shippedCabinetFile('virtual')));
  const election = electionFacts();
  return {
    sheets: await oneOfEachKind(election),
    startFacts: (polls, change = {}) => ({
      serialNumber: cabinet.serialNumber,
      simulated: true,
      geometry: pathGeometry(cabinet.path),
      election,
      electionRefused: undefined,
      polls,
      levels: initialState().levels,
      cardsPresent: { a: true, b: true },
      ...change,
    }),
  };
}

function electionFacts(): ElectionFacts {
  const loaded = valueOf(readDefinition(new Uint8Array(readFileSync(SAMPLE)), 'dutchess-ny'));
  const place = must(loaded.definition.pollingPlaces[0], 'a polling place');
  return {
    definition: loaded.definition,
    mode: 'official',
    pollingPlaceId: place.id,
    precinctIds: place.precinctIds,
    layouts: valueOf(layOutElection(loaded)),
  };
}

async function oneOfEachKind({ layouts }: ElectionFacts): Promise<readonly SheetResult[]> {
  const known = new KnownReadings(layouts);
  const random = seededRandom('machine table');
  const results: SheetResult[] = [];
  for (const kind of sheetKinds) {
    const { sheet } = known.make(kind, random);
    const read = await known.reader.read(sheet.first, sheet.second);
    results.push(valueOf(read));
  }
  return results;
}
