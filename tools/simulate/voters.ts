/** What people at a poll site do, one act at a time: most vote, some make mistakes, some make trouble. */
import { unreachable } from '../../ground/result.js';
import type { CardId } from '../../drivers/ports.js';
import type { Day } from './day.js';
import type { ActName } from './plan.js';

export async function performAct(day: Day, name: ActName): Promise<void> {
  const { bench, random, site } = day;
  switch (name) {
    case 'votes':
      return votes(day);
    case 'pushes-two-sheets': {
      const [one, two] = [day.nextSheet(random, 'clean'), day.nextSheet(random, 'clean')];
      if (day.feed(one, { together: two })) return bench.untilAtRest();
      day.toVoter([two]);
      return undefined;
    }
    case 'only-into-the-mouth':
      day.feed(day.nextSheet(random), { onlyIntoMouth: true });
      await bench.pass(random.integer(0, 9_000));
      return bench.settle();
    case 'feeds-too-early':
      await votes(day);
      day.feed(day.nextSheet(random));
      return bench.untilAtRest();
    case 'abandons-the-ballot':
      return abandons(day);
    case 'presses-anything':
      day.trouble.pressAnything(random);
      return bench.settle();
    case 'inspector-at-the-menu':
      await bench.presentKey(random.pick(site.allKeys));
      if (random.chance(0.5)) day.trouble.pressAnything(random);
      return bench.settle();
    case 'wrong-passcode':
      await bench.presentKey(site.keys.democrat);
      for (let tries = random.integer(1, 3); tries > 0; tries--) await bench.passcode('00000001');
      return bench.settle();
    case 'strange-key':
      return bench.presentKey(random.chance(0.5) ? site.strangersKey : { bytes: new Uint8Array(40) });
    case 'pauses':
      return pauses(day);
    case 'powers-down':
      await enter(day);
      await bench.choose('power-down');
      await bench.press('yes');
      return bench.until('power down', () => !bench.powered);
    case 'unplugs':
      if (random.chance(0.7)) day.feed(day.nextSheet(random));
      await bench.pass(random.integer(0, 6_000));
      day.unplug();
      return removeInTheDark(day);
    case 'swaps-a-card':
      return swaps(day, [random.pick(['a', 'b'] as const)]);
    case 'swaps-both-cards':
      return swaps(day, random.shuffle(['a', 'b'] as const));
    case 'opens-doors':
      bench.cabinet.setCover('open');
      await bench.pass(random.integer(0, 3_000));
      bench.cabinet.setBallotBoxDoor('open');
      await bench.settle();
      bench.cabinet.setCover('closed');
      bench.cabinet.setBallotBoxDoor('closed');
      return bench.settle();
    case 'drops-a-jam-into-the-bin':
      day.dropUncounted();
      return undefined;
    case 'keeps-a-counted-sheet':
      day.takeCounted();
      return undefined;
    default:
      return unreachable(name);
  }
}

async function votes(day: Day): Promise<void> {
  const { bench, random } = day;
  if (!day.feed(day.nextSheet(random))) return;
  await bench.untilAtRest();
  for (let presses = 0; presses < 3 && bench.running && bench.runtime.state.path.at === 'asking'; presses++) {
    await bench.press(random.pick(['cast', 'return', 'more']));
    await bench.untilAtRest();
  }
  if (bench.running && bench.runtime.state.path.at === 'in-mouth' && random.chance(0.9)) {
    const pulled = bench.cabinet.pullOut();
    if (pulled.ok) day.toVoter(pulled.value);
    await bench.settle();
  }
}

/** The voter leaves at the warning; two inspectors of different parties cast the sheet, or one gives it back. */
async function abandons(day: Day): Promise<void> {
  const { bench, random, site } = day;
  if (!day.feed(day.nextSheet(random, 'overvote'))) return;
  await bench.untilAtRest();
  await bench.pass(random.integer(0, 600_000));
  await bench.presentKey(site.keys.democrat);
  if (random.chance(0.7)) await bench.presentKey(site.keys.republican);
  await bench.press(random.chance(0.8) ? 'yes' : 'no');
  await bench.untilAtRest();
}

async function enter(day: Day): Promise<void> {
  const { bench, site } = day;
  await bench.presentKey(site.keys.democrat);
  await bench.passcode(site.keys.democrat.passcode);
  await bench.until('the menu', () => !bench.running || bench.screen.id === 'administration');
}

async function pauses(day: Day): Promise<void> {
  const { bench, random } = day;
  await enter(day);
  await bench.choose('pause-polls');
  await bench.press('yes');
  await bench.settle();
  await bench.press('cancel');
  if (random.chance(0.5)) day.feed(day.nextSheet(random));
  await bench.pass(60_000);
}

/** Without power somebody opens the cover, or pulls at what sticks out; the machine does not see it. */
async function removeInTheDark(day: Day): Promise<void> {
  const { bench, random } = day;
  const dice = random.next();
  if (dice < 0.4) {
    const pulled = bench.cabinet.pullOut();
    if (pulled.ok) day.tookOut(pulled.value, 'nobody-knows');
  } else if (dice < 0.7 && bench.cabinet.inPath().length > 0) {
    bench.cabinet.setCover('open');
    const cleared = bench.cabinet.clearPath('hand');
    bench.cabinet.setCover('closed');
    if (cleared.ok) day.tookOut(cleared.value, 'nobody-knows');
  }
  return Promise.resolve();
}

async function swaps(day: Day, cards: readonly CardId[]): Promise<void> {
  const { bench, random } = day;
  const blank = cards.length === 1 && random.chance(0.5);
  for (const card of cards) day.pullCard(card, cards.length > 1);
  await bench.settle();
  if (random.chance(0.3)) day.feed(day.nextSheet(random));
  await bench.pass(random.integer(0, 5_000));
  for (const card of cards) await day.putIn(card, blank && !day.mustHaveTheSame(card) ? 'blank' : 'same');
}
