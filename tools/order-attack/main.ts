/**
 * `make order-attack`: can anybody tell the order in which ballots were cast? Elections on the real ballot box,
 * records, log and export, attacked from every side; then the same attacks on machines with a planted leak, each of
 * which must be found. Red when the honest machine gives anything away, or when a planted leak stays hidden.
 *
 *   ELECTIONS, BALLOTS   the honest machine; 1 election in EXPORT_EVERY is exported to a file system
 *   FOLDERS              elections on cards that are folders of a file system
 *   RENDERED             rendered sheets under a steady head, under a lamp that warms up, and under dust; 0 for none
 *   POWER=1              looks for the smallest share of each planted leak that is still found
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom } from '../../firmware/runtime/ports.js';
import { attackOnCardFolders } from './card-folder.js';
import { HONEST } from './plant.js';
import { plants, type PlantMaker } from './plants.js';
import { ageings, attackRendered, steady, type Ageing } from './rendered.js';
import { attackTable, describe, leaksIn } from './report.js';
import { attackElections } from './run-elections.js';
import { Tally, type Verdict } from './tally.js';

const OUT = fileURLToPath(new URL('../../../out/', import.meta.url));
const SHARES = [1, 0.3, 0.1, 0.03, 0.01] as const;

export interface OrderAttackWish {
  readonly elections: number;
  readonly ballots: number;
  readonly exportEvery: number;
  readonly folders: number;
  readonly folderBallots: number;
  readonly rendered: number;
  readonly plantElections: number;
  readonly plantBallots: number;
  readonly shares: readonly number[];
  readonly seed: string;
}

export interface Findings {
  readonly honest: readonly Verdict[];
  readonly plants: readonly PlantFinding[];
}

export interface PlantFinding {
  readonly plant: string;
  /** The smallest share of ballots in which the leak was at work and still found; none when it never was. */
  readonly smallestShare: number | undefined;
  readonly foundBy: string;
}

type Say = (line: string) => void;

export async function orderAttack(wish: OrderAttackWish, say: Say): Promise<Findings> {
  const tally = new Tally(systemRandom);
  const { elections, ballots, exportEvery, seed } = wish;
  const onElection = (done: number): void => {
    if (done % 50 === 0) say(`${done} elections of ${elections}`);
  };
  await attackElections({ elections, ballots, exportEvery, plant: HONEST, seed, onElection }, tally);
  for (let n = 0; n < wish.folders; n++) {
    await attackOnCardFolders(tally, `${seed}/folders/${n}`, wish.folderBallots);
  }
  if (wish.rendered > 0) await attackRendered(tally, `${seed}/steady`, wish.rendered, steady);
  const honest = tally.verdicts();
  say(attackTable(honest));
  for (const leak of leaksIn(honest)) say(`NOT CHANCE: ${describe(leak)}`);
  const findings: PlantFinding[] = [];
  for (const maker of plants) findings.push(note(await smallestFound(wish, maker), say));
  if (wish.rendered > 0) {
    for (const ageing of ageings) findings.push(note(await smallestAgeing(wish, ageing), say));
  }
  return { honest, plants: findings };
}

async function smallestFound(wish: OrderAttackWish, maker: PlantMaker): Promise<PlantFinding> {
  const { plantElections: elections, plantBallots: ballots, seed } = wish;
  return smallest(wish.shares, maker(1).name, async (share) => {
    const plant = maker(share);
    const exportEvery = plant.exported === undefined ? Infinity : 1;
    const tally = await attackElections({
      elections,
      ballots,
      exportEvery,
      plant,
      seed: `${seed}/${plant.name}`,
    });
    return tally.verdicts();
  });
}

async function smallestAgeing(wish: OrderAttackWish, make: (share: number) => Ageing): Promise<PlantFinding> {
  return smallest(wish.shares, make(1).name, async (share) => {
    const tally = new Tally(systemRandom);
    await attackRendered(tally, `${wish.seed}/${make(share).name}`, wish.rendered, make(share));
    return tally.verdicts();
  });
}

/** Goes down through the shares as long as the leak is found. */
async function smallest(
  shares: readonly number[],
  plant: string,
  attack: (share: number) => Promise<readonly Verdict[]>,
): Promise<PlantFinding> {
  let finding: PlantFinding = { plant, smallestShare: undefined, foundBy: '' };
  for (const share of shares) {
    const [first] = leaksIn(await attack(share));
    if (first === undefined) break;
    finding = { plant, smallestShare: share, foundBy: describe(first) };
  }
  return finding;
}

function note(finding: PlantFinding, say: Say): PlantFinding {
  const { plant, smallestShare, foundBy } = finding;
  say(smallestShare === undefined ? `NOT FOUND: ${plant}` : `| ${plant} | ${smallestShare} | ${foundBy} |`);
  return finding;
}

async function main(): Promise<void> {
  const number = (name: string, standard: number): number => Number(process.env[name] ?? standard);
  const clock = systemClock();
  const beganMs = clock.nowMs();
  const say: Say = (line) => void process.stdout.write(`${line}\n`);
  const wish: OrderAttackWish = {
    elections: number('ELECTIONS', 20),
    ballots: number('BALLOTS', 200),
    exportEvery: number('EXPORT_EVERY', 10),
    folders: number('FOLDERS', 1),
    folderBallots: number('FOLDER_BALLOTS', 60),
    rendered: number('RENDERED', 0),
    plantElections: number('PLANT_ELECTIONS', 4),
    plantBallots: number('PLANT_BALLOTS', 120),
    shares: number('POWER', 0) === 1 ? SHARES : [1],
    seed: process.env['SEED'] ?? 'order',
  };
  const findings = await orderAttack(wish, say);
  const leaks = leaksIn(findings.honest).length;
  const hidden = findings.plants.filter(({ smallestShare }) => smallestShare === undefined).length;
  mkdirSync(OUT, { recursive: true });
  writeFileSync(`${OUT}order-attack.json`, `${JSON.stringify({ wish, ...findings }, null, 1)}\n`);
  const seconds = Math.round((clock.nowMs() - beganMs) / 1000);
  say(
    `order attack: ${wish.elections} elections x ${wish.ballots} ballots, ${findings.honest.length} statistics, ` +
      `${leaks} beat chance; ${findings.plants.length} planted leaks, ${hidden} not found; ${seconds} s`,
  );
  process.exitCode = leaks + hidden > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
