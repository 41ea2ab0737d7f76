/**
 * `make powercut`: so many power cuts (`CUTS=`) on real ext4, the controls, killed processes (`KILLS=`) and sick media
 * (`ILL=` rounds of every sickness on every medium), from a seed (`SEED=`). Ends with status 1 when a ballot is lost,
 * doubled or half there, when the machine says what is not so, or when a control comes out whole.
 */

import { seededRandom } from '../../ground/seeded-random.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import { CONTROLS, cutControl, cutPower } from './campaign.js';
import { PLACES } from './cut.js';
import { killProcesses } from './killed.js';
import { blankImage } from './media.js';
import { imagesAtEnd, recordDay } from './recording.js';
import type { Tally } from './replay.js';
import { fallIll, SICKNESSES } from './sick-media.js';
import { inWorkshop } from './system.js';

const clock = systemClock();
const CONTROL_CUTS = 40;
const MOST_SHOWN = 10;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function number(name: string, standard: number): number {
  const value = Number(process.env[name] ?? standard);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number`);
  return value;
}

/** True when nothing is broken. */
function report(what: string, { cuts, said, broken }: Tally): boolean {
  const saidText = `said "counted" ${said.counted}, "not counted" ${said['not-counted']}, nothing ${said.nothing}`;
  say(`${what}: ${cuts}, broken ${broken.length}; ${saidText}`);
  for (const { cut, during, findings } of broken.slice(0, MOST_SHOWN)) {
    say(`  ${cut.seed} at moment ${cut.moment} (${during}): ${findings.join('; ')}`);
  }
  return broken.length === 0;
}

async function cuts(seed: string): Promise<boolean> {
  const beganMs = clock.nowMs();
  const rate = (done: number): string =>
    `${((done / (clock.nowMs() - beganMs)) * 60_000).toFixed(0)} a minute`;
  const tally = await inWorkshop((shop) =>
    cutPower(shop, number('CUTS', 1_000), seed, (soFar) =>
      say(`  ${soFar.cuts} cuts, ${soFar.broken.length} broken, ${rate(soFar.cuts)}`),
    ),
  );
  return report(`power cuts on ext4, ${rate(tally.cuts)}`, tally);
}

async function controls(seed: string): Promise<boolean> {
  let allFail = true;
  for (const [name, writing] of Object.entries(CONTROLS)) {
    const tally = await inWorkshop((shop) => cutControl(shop, name, writing, CONTROL_CUTS, seed));
    const fails = tally.broken.length > 0;
    say(`control "${name}": ${tally.cuts} cuts, broken ${tally.broken.length}${fails ? ', as it must' : ''}`);
    if (!fails) say('  THE CONTROL CAME OUT WHOLE: the rig does not see what it is there to see');
    allFail &&= fails;
  }
  return allFail;
}

async function kills(seed: string): Promise<boolean> {
  const tally = await inWorkshop((shop) => killProcesses(shop.folder, number('KILLS', 20), seed));
  return report('killed processes', tally);
}

async function sickMedia(seed: string): Promise<boolean> {
  const rounds = number('ILL', 2);
  let broken = 0;
  await inWorkshop(async (shop) => {
    const day = await recordDay(shop, blankImage(shop), { name: 'day', seed, ballots: 3 });
    const images = imagesAtEnd(day);
    for (let round = 0; round < rounds; round++) {
      for (const sickness of SICKNESSES) {
        for (const place of PLACES) {
          const name = `${sickness}-${place}-${round}`;
          const wish = { name, sickness, place, seed: `${seed}/${name}` };
          const { findings, during } = await fallIll(shop, day, images, wish);
          if (findings.length === 0) continue;
          broken += 1;
          say(`  ${name} (${during}): ${findings.join('; ')}`);
        }
      }
    }
  });
  say(`sick media: ${rounds * SICKNESSES.length * PLACES.length}, broken ${broken}`);
  return broken === 0;
}

async function main(): Promise<void> {
  const seed = process.env['SEED'] ?? `cuts-${seededRandom(clock.wallTime()).integer(1, 1_000_000)}`;
  say(`seed ${seed}`);
  const whole = [await cuts(seed), await controls(seed), await kills(seed), await sickMedia(seed)];
  process.exitCode = whole.every((each) => each) ? 0 : 1;
}

await main();
