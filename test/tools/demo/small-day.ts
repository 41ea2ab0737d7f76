/**
 * A short election day on a bench, for tests of what comes after it: three ballots, one of them with a write-in, an
 * overvoted one that is taken back, and a roll of paper that ends within the first results tape.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../../ground/result.js';
import { readDefinition } from '../../../election-def/load.js';
import { systemRandom } from '../../../firmware/runtime/ports.js';
import { Bench } from '../../../tools/bench/bench.js';
import { makeOffice, makePackage, makeSiteKeys, valueOf } from '../../../tools/bench/office.js';
import { fedSheet, markedPaper, PrintedBallots } from '../../../tools/bench/paper.js';
import type { FedSheet, World } from '../../../tools/demo/world.js';
import type { MarkWish } from '../../../tools/pen/marked-sheet.js';

export const SLOTS = 8;
const PROTECTIVE_AT_START = 41;

interface Voter {
  readonly precinctId: string;
  readonly marks: readonly MarkWish[];
}

function full(contestId: string, optionId: string, writeIn?: string): MarkWish {
  return { contestId, optionId, kind: 'full', ...(writeIn === undefined ? {} : { writeIn }) };
}

const voters: readonly Voter[] = [
  { precinctId: 'rhinebeck-1', marks: [full('governor', 'doyle-dem'), full('proposal-1', 'yes')] },
  { precinctId: 'rhinebeck-3', marks: [full('governor', 'write-in-1', 'Ada Byron')] },
  {
    precinctId: 'rhinebeck-1',
    marks: [
      full('town-council', 'vanwyck-con'),
      full('town-council', 'lyons-dem'),
      full('governor', 'okafor-gre'),
    ],
  },
];

/** From the authority's key to the export; the power is off. */
export async function smallDay(): Promise<World & { readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-outside-'));
  const bench = await Bench.set({
    folder,
    startLocal: '2026-11-03T05:31:00',
    seed: 'small day',
    random: systemRandom,
    softwareSha256: 'ab'.repeat(32),
    slotCount: SLOTS,
    protectiveCount: PROTECTIVE_AT_START,
  });
  const sample = join(process.cwd(), 'election-def', 'samples', 'dutchess-ny.json');
  const definitionBytes = new Uint8Array(readFileSync(sample));
  const loaded = valueOf(readDefinition(definitionBytes, 'dutchess-ny.json'));
  const office = await makeOffice(systemRandom);
  const keys = await makeSiteKeys(office, loaded.definition.id, ['dem', 'rep'], systemRandom);
  const packageFolder = await makePackage(office, bench.packages, {
    name: 'new-york',
    definitionBytes,
    mode: 'official',
    pollingPlaceId: must(loaded.definition.pollingPlaces[0], 'a polling place').id,
    keys,
    device: { serialNumber: bench.serialNumber, publicKey: await bench.makeDevice() },
  });
  const { layouts } = valueOf(await bench.load(packageFolder));

  await bench.start(keys[2]);
  await bench.choose('prepare-cards');
  await bench.press('yes');
  await bench.until('the cards to be prepared', () => bench.screen.id === 'administration');
  await switchOff(bench);
  await bench.start(keys[0]);
  await bench.choose('open-polls');
  await bench.press('yes');
  await bench.presentKey(keys[1]);
  await bench.until('the zero tape', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('open polls', () => bench.screen.id === 'insert-ballot');

  const fed: FedSheet[] = [];
  const ballots = new PrintedBallots(loaded, layouts);
  for (const [i, voter] of voters.entries()) fed.push(await votes(bench, ballots, voter, i));

  await bench.presentKey(keys[0]);
  await bench.passcode(keys[0].passcode);
  await bench.choose('close-polls');
  await bench.press('yes');
  await bench.presentKey(keys[1]);
  bench.roll.failAfterDots(5_000, 'paper-out');
  for (const digits of ['2', '1', '1']) {
    await bench.digits(digits);
    await bench.press('enter');
  }
  await bench.until('the end of the paper', () => bench.screen.id === 'printer-stopped');
  bench.roll.refill();
  await bench.press('yes');
  await bench.until('the results tapes', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('the menu', () => bench.screen.id === 'administration');
  await bench.choose('export');
  await bench.press('yes');
  await bench.until('the export', () => bench.screen.id === 'administration');
  await switchOff(bench);
  return {
    folder,
    bench,
    definitionBytes,
    packageFolder,
    authority: office.authority,
    passcodes: keys.map(({ passcode }) => passcode),
    fed,
    protectiveAtStart: PROTECTIVE_AT_START,
    returned: 1,
    pieces: [
      { type: 'zero', copy: 1, whole: true },
      { type: 'results', copy: 1, whole: false },
      { type: 'results', copy: 1, whole: true },
      { type: 'results', copy: 2, whole: true },
    ],
    countedByHand: { unscannedEmergencyBallots: 2, abandonedBallots: 1, writeInBallots: 1 },
  };
}

async function votes(bench: Bench, ballots: PrintedBallots, voter: Voter, i: number): Promise<FedSheet> {
  const seed = `voter ${i + 1}`;
  const paper = await markedPaper(ballots, voter, seed);
  const sheet = fedSheet(paper, seed, i === 1 ? 'back-foot-first' : 'front-head-first', seed);
  await bench.feed(sheet);
  await bench.pass(7_000);
  const marks = voter.marks.map(({ contestId, optionId }) => ({ contestId, optionId }));
  const writtenIn = voter.marks
    .filter(({ writeIn }) => writeIn !== undefined)
    .map(({ contestId, optionId }) => ({ contestId, optionId }));
  if (i === 0) await overvotes(bench, ballots);
  return {
    sheet,
    truth: { label: seed, precinctId: voter.precinctId, sheet: 1, marks, writtenIn, counted: true },
  };
}

/** And takes the ballot back at the warning. */
async function overvotes(bench: Bench, ballots: PrintedBallots): Promise<void> {
  const marks = [full('governor', 'doyle-dem'), full('governor', 'brandt-rep')];
  const paper = await markedPaper(ballots, { precinctId: 'rhinebeck-2', marks }, 'overvoter');
  await bench.feed(fedSheet(paper, 'overvoted', 'front-head-first', 'overvoter'));
  await bench.press('return');
  await bench.untilAtRest();
  await bench.take();
}

async function switchOff(bench: Bench): Promise<void> {
  await bench.choose('power-down');
  await bench.press('yes');
  await bench.until('the power to go off', () => !bench.powered);
}
