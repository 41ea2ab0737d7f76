/**
 * `make simulate`: election days from seeds (`DAYS=`, `SEED=`, `SHEETS=`), until the number is reached or a promise is
 * broken; a failing seed prints its story and the command that replays it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, ok } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { readDefinition } from '../../election-def/load.js';
import { systemClock, systemRandom } from '../../firmware/runtime/ports.js';
import { Bench } from '../bench/bench.js';
import { makeOffice, makePackage, makeSiteKeys, valueOf } from '../bench/office.js';
import { SimulatedDay, type DayResult } from './day.js';
import { KnownReadings } from './read-cards.js';

const SAMPLE = fileURLToPath(new URL('../../../election-def/samples/dutchess-ny.json', import.meta.url));

/** Runs one day; throws with the day's story when a promise is broken. */
export async function simulateDay(seed: string, sheets: number, sample = SAMPLE): Promise<DayResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-simulate-'));
  const definitionBytes = new Uint8Array(readFileSync(sample));
  const loaded = valueOf(readDefinition(definitionBytes, 'dutchess-ny.json'));
  const known: { readings?: KnownReadings } = {};
  const bench = await Bench.set({
    folder,
    startLocal: '2026-11-03T05:31:00',
    seed,
    random: systemRandom,
    softwareSha256: '0'.repeat(64),
    slotCount: sheets + 2,
    bodyBytes: 8_192,
    startReader: () => Promise.resolve(ok(must(known.readings, 'readings').reader)),
  });
  const office = await makeOffice(systemRandom);
  const [democrat, republican, administrator] = await makeSiteKeys(
    office,
    loaded.definition.id,
    ['dem', 'rep'],
    systemRandom,
  );
  const packageFolder = await makePackage(office, bench.packages, {
    name: 'simulated',
    definitionBytes,
    mode: 'official',
    pollingPlaceId: must(loaded.definition.pollingPlaces[0], 'a polling place').id,
    keys: [democrat, republican, administrator],
    device: { serialNumber: bench.serialNumber, publicKey: await bench.makeDevice() },
  });
  const election = valueOf(await bench.load(packageFolder));
  const readings = new KnownReadings(election.layouts, seededRandom(`${seed}/readings`));
  known.readings = readings;
  const day = new SimulatedDay({
    seed,
    bench,
    readings,
    keys: { democrat, republican, administrator },
    sheets,
  });
  try {
    return await day.run();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(`seed ${seed}: ${why}\n  ${day.story.join('\n  ')}`, { cause: thrown });
  } finally {
    if (bench.powered) bench.cutPower();
    await bench.settle();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const number = (name: string, standard: number): number => Number(process.env[name] ?? standard);
  const days = number('DAYS', 20);
  const sheets = number('SHEETS', 60);
  const first = process.env['SEED'];
  const clock = systemClock();
  const beganMs = clock.nowMs();
  const total = { fed: 0, counted: 0, powerCuts: 0 };
  for (let day = 0; day < days; day++) {
    const seed = first ?? `day-${day}`;
    try {
      const result = await simulateDay(seed, sheets);
      total.fed += result.fed;
      total.counted += result.counted;
      total.powerCuts += result.powerCuts;
    } catch (thrown) {
      process.stdout.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
      process.stdout.write(`replay: SEED=${seed} SHEETS=${sheets} DAYS=1 make simulate\n`);
      process.exitCode = 1;
      return;
    }
    if (first !== undefined) break;
  }
  const seconds = (clock.nowMs() - beganMs) / 1000;
  process.stdout.write(
    `simulate: ${total.fed} sheets fed, ${total.counted} counted, ${total.powerCuts} power cuts, ` +
      `no promise broken, ${(total.fed / seconds).toFixed(0)} sheets/s\n`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
