/** A poll site for tests: the New York sample on a bench with a small box, its keys, and a way to vote. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDefinition, type LoadedDefinition } from '../../../election-def/load.js';
import { must } from '../../../ground/result.js';
import type { ElectionMode } from '../../../firmware/records/record.js';
import { systemRandom } from '../../../firmware/runtime/ports.js';
import type { ElectionPackage } from '../../../firmware/trust/election-package.js';
import { Bench } from '../../../tools/bench/bench.js';
import {
  makeOffice,
  makePackage,
  makeSiteKeys,
  valueOf,
  type KeyOfSite,
  type Office,
} from '../../../tools/bench/office.js';
import { fedSheet, markedPaper, PrintedBallots, type VotersWish } from '../../../tools/bench/paper.js';
import type { Sheet } from '../../../drivers/virtual/paper-path.js';
import type { MarkWish } from '../../../tools/pen/marked-sheet.js';

export interface TestSite {
  readonly bench: Bench;
  readonly office: Office;
  readonly loaded: LoadedDefinition;
  readonly election: ElectionPackage;
  readonly ballots: PrintedBallots;
  readonly democrat: KeyOfSite;
  readonly republican: KeyOfSite;
  readonly administrator: KeyOfSite;
  /** Builds, signs and loads another package of the same election for the same device. */
  load(name: string, mode: ElectionMode): Promise<ElectionPackage>;
  sheet(marks: readonly MarkWish[], wish?: Partial<VotersWish>): Promise<Sheet>;
  /** The lights go out, and nothing stays on the disk. */
  leave(): Promise<void>;
}

async function testSite(seed: string, mode: ElectionMode, bodyBytes: number | undefined): Promise<TestSite> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-site-'));
  const definitionBytes = new Uint8Array(readFileSync('election-def/samples/dutchess-ny.json'));
  const loaded = valueOf(readDefinition(definitionBytes, 'dutchess-ny.json'));
  const bench = await Bench.set({
    folder,
    startLocal: '2026-11-03T05:31:00',
    seed,
    random: systemRandom,
    softwareSha256: 'ab'.repeat(32),
    slotCount: 10,
    ...(bodyBytes === undefined ? {} : { bodyBytes }),
  });
  const office = await makeOffice(systemRandom);
  const keys = await makeSiteKeys(office, loaded.definition.id, ['dem', 'rep'], systemRandom);
  const publicKey = await bench.makeDevice();
  const place = must(loaded.definition.pollingPlaces[0], 'a polling place');
  const load = async (name: string, packageMode: ElectionMode): Promise<ElectionPackage> => {
    const packageFolder = await makePackage(office, bench.packages, {
      name,
      definitionBytes,
      mode: packageMode,
      pollingPlaceId: place.id,
      keys,
      device: { serialNumber: bench.serialNumber, publicKey },
    });
    return valueOf(await bench.load(packageFolder));
  };
  const election = await load('first', mode);
  const ballots = new PrintedBallots(loaded, election.layouts);
  let serial = 0;
  return {
    bench,
    office,
    loaded,
    election,
    ballots,
    democrat: keys[0],
    republican: keys[1],
    administrator: keys[2],
    load,
    sheet: async (marks, wish = {}) => {
      serial += 1;
      const paper = await markedPaper(
        ballots,
        { precinctId: 'rhinebeck-1', marks, ...wish },
        `${seed}/${serial}`,
      );
      return fedSheet(paper, `sheet ${serial}`, 'front-head-first', `${seed}/${serial}`);
    },
    leave: async () => {
      if (bench.powered) bench.cutPower();
      await bench.settle();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Runs something in a poll site of its own.
 * @param bodyBytes room for the images of a sheet, where the box is not to have its usual one
 */
export async function inSite(
  seed: string,
  run: (site: TestSite) => Promise<void>,
  mode: ElectionMode = 'official',
  bodyBytes?: number,
): Promise<void> {
  const site = await testSite(seed, mode, bodyBytes);
  try {
    await run(site);
  } finally {
    await site.leave();
  }
}

export const governor: readonly MarkWish[] = [{ contestId: 'governor', optionId: 'doyle-dem', kind: 'full' }];
export const overvote: readonly MarkWish[] = [
  ...governor,
  { contestId: 'governor', optionId: 'brandt-rep', kind: 'full' },
];

export async function prepareCards({ bench, administrator }: TestSite): Promise<void> {
  await bench.start(administrator);
  await bench.choose('prepare-cards');
  await bench.press('yes');
  await bench.until('the cards to be prepared', () => bench.screen.id === 'administration');
  await powerDown(bench);
}

export async function openPolls({ bench, democrat, republican }: TestSite): Promise<void> {
  await bench.start(democrat);
  await bench.choose('open-polls');
  await bench.press('yes');
  await bench.presentKey(republican);
  await bench.until('the zero tape', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('SYSTEM READY', () => bench.screen.id === 'insert-ballot');
}

/** From the voters' display to the end of the results tapes. */
export async function closePolls({ bench, democrat, republican }: TestSite): Promise<void> {
  await bench.enter(democrat);
  await bench.choose('close-polls');
  await bench.press('yes');
  await bench.presentKey(republican);
  await bench.press('enter', 'enter', 'enter');
  await bench.until('the results tapes', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('the end of closing', () => bench.screen.id === 'administration');
}

export async function powerDown(bench: Bench): Promise<void> {
  await bench.choose('power-down');
  await bench.press('yes');
  await bench.until('power down', () => !bench.powered);
}
