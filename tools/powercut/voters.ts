/** What happens on the recorded day: the polls open, and voters come with ballots of every kind. */
import { assert } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import type { Bench } from '../bench/bench.js';
import { valueOf } from '../bench/office.js';
import type { BallotKind } from './known-ballots.js';
import type { PollSite } from './site.js';
import type { Witness } from './witness.js';

const KINDS: readonly BallotKind[] = [
  'clean',
  'clean',
  'clean',
  'clean',
  'write-in',
  'overvote',
  'ambiguous',
];

/** From prepared device to SYSTEM READY. */
export async function openPolls(site: PollSite, bench: Bench): Promise<void> {
  const { democrat, republican, administrator } = site;
  await bench.start(administrator);
  await bench.choose('prepare-cards');
  await bench.press('yes');
  await bench.until('the cards', () => bench.screen.id === 'administration');
  await bench.press('cancel');
  await bench.enter(democrat);
  await bench.choose('open-polls');
  await bench.press('yes');
  await bench.presentKey(republican);
  await bench.until('the zero tape', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('SYSTEM READY', () => bench.screen.id === 'insert-ballot');
}

export interface VotersWish {
  /** The number of the first ballot. */
  readonly first: number;
  readonly ballots: number;
  readonly seed: string;
}

export async function voters(
  site: PollSite,
  bench: Bench,
  witness: Witness,
  wish: VotersWish,
): Promise<void> {
  const random = seededRandom(`${wish.seed}/voters`);
  for (let number = wish.first; number < wish.first + wish.ballots; number++) {
    await vote(site, bench, witness, number, random);
  }
}

/** The start after a power cut as inspectors do it, witnessed from the first moment on; then voters come again. */
export async function startAndVote(
  site: PollSite,
  bench: Bench,
  witness: Witness,
  wish: VotersWish,
): Promise<void> {
  witness.stand(bench);
  valueOf(await bench.powerOn());
  witness.follow(bench);
  await bench.enter(site.democrat);
  await bench.press('yes');
  await bench.until('the Administration Menu', () => bench.screen.id === 'administration');
  await bench.untilAtRest();
  await outOfPath(site, bench);
  if (bench.runtime.state.menu.at === 'administration') await bench.press('cancel');
  await voters(site, bench, witness, wish);
}

/**
 * A voter with the ballot of this number, from the mouth to the bin or back into the hand. Stops where the machine
 * does: in front of a machine that is not ready nobody feeds.
 */
async function vote(
  site: PollSite,
  bench: Bench,
  witness: Witness,
  number: number,
  random: SeededRandom,
): Promise<void> {
  if (bench.screen.audience !== 'voter' || bench.screen.id === 'not-ready') return;
  const kind = random.pick(KINDS);
  const { name, sheet } = site.ballots.make(number, kind);
  // One sheet in eight is jammed on its way out: it was written, and has to be taken back.
  if (random.chance(1 / 8)) bench.cabinet.jamAt(random.between(475, 635));
  witness.feeds({ number, kind, name });
  await bench.feed(sheet);
  if (bench.runtime.state.path.at === 'asking') {
    await bench.press(random.chance(0.7) ? 'cast' : 'return');
    await bench.untilAtRest();
  }
  await outOfPath(site, bench);
}

/** Hands take what was given back or is stuck, and drop what counts into the box. */
export async function outOfPath(site: PollSite, bench: Bench): Promise<void> {
  const at = bench.runtime.state.path.at;
  if (at === 'in-mouth') await bench.take();
  if (at === 'empty' && bench.cabinet.inPath().length > 0) {
    // Not even drawn in: the machine was not ready, and the voter takes the sheet out of the mouth.
    bench.cabinet.pullOut({ force: true });
    await bench.settle();
  }
  if (at !== 'jammed' && at !== 'jammed-counted') return;
  bench.cabinet.setCover('open');
  await bench.settle();
  const cleared = bench.cabinet.clearPath(at === 'jammed' ? 'hand' : 'main');
  assert(cleared.ok, 'the cover is open');
  bench.cabinet.setCover('closed');
  await bench.settle();
  if (at !== 'jammed-counted') return;
  if (bench.runtime.state.menu.at === 'administration') await bench.press('cancel');
  await bench.presentKey(site.administrator);
  await bench.press('cleared');
  await bench.untilAtRest();
}
