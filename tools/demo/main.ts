/**
 * `make demo`: two election days without hardware and without a display, from the authority's keys to signed tapes,
 * on the virtual cabinet with the same firmware as in a real one; then everything is verified from outside against the
 * truth that the script knows. Ends with `demo: N ballots, M checks, all agree`, and exit status 0 only then.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '../../ground/result.js';
import { readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import { layOutElection } from '../../election-def/layout.js';
import { softwareSha256 } from '../../firmware/runtime/software.js';
import { systemClock, systemRandom } from '../../firmware/runtime/ports.js';
import type { ElectionPackage } from '../../firmware/trust/election-package.js';
import { readingContext } from '../../vision/context.js';
import { startReader } from '../../vision/read-worker.js';
import { Bench } from '../bench/bench.js';
import { makeOffice, makePackage, makeSiteKeys, valueOf, type Office } from '../bench/office.js';
import { markedPaper, PrintedBallots } from '../bench/paper.js';
import { printedAccount, type Account } from './account.js';
import { Checks } from './checks.js';
import { coloradoDay } from './colorado.js';
import {
  abandonedBallot,
  cardPulledOut,
  cleanBallots,
  closeThePolls,
  jams,
  notForThisMachine,
  openThePolls,
  powerCuts,
  prepareCards,
  warnings,
  type Inspectors,
} from './new-york.js';
import { verifyFromOutside } from './outside.js';
import { writePictures } from './pictures.js';
import { PollSite } from './poll-site.js';
import type { World } from './world.js';

const SAMPLES = fileURLToPath(new URL('../../../election-def/samples/', import.meta.url));
const PICTURES = fileURLToPath(new URL('../../../out/demo/', import.meta.url));
/** Both sample elections are on 3 November 2026; the cards are prepared the day before. */
const DAY_BEFORE = '2026-11-02T14:00:00';
const SLOTS = 64;

interface Setting {
  readonly site: PollSite;
  readonly people: Inspectors;
  readonly loaded: LoadedDefinition;
  readonly packageFolder: string;
  readonly definitionBytes: Uint8Array;
  readonly protectiveAtStart: number;
}

async function main(): Promise<void> {
  const account = printedAccount((text) => void process.stdout.write(text), process.stdout.isTTY);
  const checks = new Checks();
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-demo-'));
  try {
    account.part('The authority builds and signs the packages of both elections');
    const office = await makeOffice(systemRandom);
    const newYork = await setUp('new-york', 'dutchess-ny', ['dem', 'rep'], office, folder, checks, account);
    const colorado = await setUp('colorado', 'boulder-co', ['dem', 'rep'], office, folder, checks, account);

    await newYorkDay(newYork, colorado);
    await coloradoDay(colorado.site, colorado.people);

    const pieces = {
      newYork: [
        { type: 'zero', copy: 1, whole: true },
        { type: 'results', copy: 1, whole: false },
        { type: 'results', copy: 1, whole: true },
        { type: 'results', copy: 2, whole: true },
      ],
      colorado: [
        { type: 'zero', copy: 1, whole: true },
        { type: 'results', copy: 1, whole: true },
        { type: 'results', copy: 2, whole: true },
      ],
    } as const;
    account.part('Everything is verified from outside');
    const worlds = [
      worldOf(newYork, office, pieces.newYork, [2, 1, 2]),
      worldOf(colorado, office, pieces.colorado, [0, 0, 0]),
    ];
    for (const world of worlds) await verifyFromOutside(world, checks);

    mkdirSync(PICTURES, { recursive: true });
    account.part('Pictures');
    for (const [i, world] of worlds.entries()) {
      for (const path of await writePictures(world, join(PICTURES, i === 0 ? 'new-york' : 'colorado'))) {
        process.stdout.write(`  ${path}\n`);
      }
    }
    const counted = [...newYork.site.counted, ...colorado.site.counted];
    conclude(checks, counted.filter(({ truth }) => truth.sheet === 1).length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function setUp(
  name: string,
  sample: string,
  parties: readonly [string, string],
  office: Office,
  folder: string,
  checks: Checks,
  account: Account,
): Promise<Setting> {
  const definitionBytes = new Uint8Array(readFileSync(join(SAMPLES, `${sample}.json`)));
  const loaded = valueOf(readDefinition(definitionBytes, `${sample}.json`));
  const layouts = valueOf(layOutElection(loaded));
  const protectiveAtStart = 1200;
  const bench = await Bench.set({
    folder: join(folder, name),
    startLocal: DAY_BEFORE,
    seed: `demo/${name}`,
    random: systemRandom,
    softwareSha256: valueOf(await softwareSha256()),
    slotCount: SLOTS,
    startReader: workerReader,
    protectiveCount: protectiveAtStart,
  });
  const [democrat, republican, administrator] = await makeSiteKeys(
    office,
    loaded.definition.id,
    parties,
    systemRandom,
  );
  const place = must(loaded.definition.pollingPlaces[0], 'a polling place');
  const packageFolder = await makePackage(office, bench.packages, {
    name,
    definitionBytes,
    mode: 'official',
    pollingPlaceId: place.id,
    keys: [democrat, republican, administrator],
    device: { serialNumber: bench.serialNumber, publicKey: await bench.makeDevice() },
  });
  checks.value(`${name}: the package is loaded`, await bench.load(packageFolder));
  const site = new PollSite(
    name,
    bench,
    loaded.definition,
    new PrintedBallots(loaded, layouts),
    checks,
    account,
  );
  site.say(`${loaded.definition.id}, official`, 'signed, loaded');
  return {
    site,
    people: { democrat, republican, administrator },
    loaded,
    packageFolder,
    definitionBytes,
    protectiveAtStart,
  };
}

/** The reader in its own thread, as in a cabinet; its time limits are the real clock's. */
async function workerReader({
  layouts,
  hash20,
  definition,
}: ElectionPackage): ReturnType<typeof startReader> {
  return startReader(readingContext(layouts, hash20, definition.settings.markThresholds), systemClock());
}

async function newYorkDay({ site, people }: Setting, colorado: Setting): Promise<void> {
  await prepareCards(site, people);
  await openThePolls(site, people);
  await cleanBallots(site);
  await warnings(site);
  const elsewhere = must(colorado.site.ballots.layouts[0], 'a ballot of the other election').precinctId;
  const wish = { precinctId: elsewhere, marks: [] };
  await notForThisMachine(site, await markedPaper(colorado.site.ballots, wish, 'demo/elsewhere'));
  await jams(site, people);
  await powerCuts(site, people);
  await abandonedBallot(site, people);
  await cardPulledOut(site, people);
  await closeThePolls(site, people);
}

function worldOf(
  setting: Setting,
  office: Office,
  pieces: World['pieces'],
  [emergency, abandoned, writeIns]: readonly [number, number, number],
): World {
  const { site, people, definitionBytes, packageFolder, protectiveAtStart } = setting;
  return {
    bench: site.bench,
    definitionBytes,
    packageFolder,
    authority: office.authority,
    passcodes: [people.democrat, people.republican, people.administrator].map((key) => key.passcode),
    fed: site.counted,
    protectiveAtStart,
    returned: site.returned,
    pieces,
    countedByHand: {
      unscannedEmergencyBallots: emergency,
      abandonedBallots: abandoned,
      writeInBallots: writeIns,
    },
  };
}

/** A ballot of two sheets is one ballot. */
function conclude(checks: Checks, ballots: number): void {
  for (const { name, detail } of checks.failures)
    process.stdout.write(`FAILED  ${name}\n        ${detail}\n`);
  const { count, failures } = checks;
  const verdict = failures.length === 0 ? 'all agree' : `${failures.length} DO NOT AGREE`;
  process.stdout.write(`\ndemo: ${ballots} ballots, ${count} checks, ${verdict}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

await main();
