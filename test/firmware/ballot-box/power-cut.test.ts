/**
 * Power cuts at every operation of a cast, of rolling back and of recovery itself: whatever the cards kept of what was
 * not flushed, the box opens, and each ballot is there once or not at all, as the table of interruptions says.
 */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BallotBox } from '../../../firmware/ballot-box/box.js';
import { prepareBox } from '../../../firmware/ballot-box/prepare.js';
import type { SheetToStore } from '../../../firmware/ballot-box/slot.js';
import { seededRandom, type SeededRandom } from '../../../ground/seeded-random.js';
import {
  all,
  boxKey,
  castWhole,
  code,
  open,
  prepared,
  random,
  signer,
  someSheet,
  spec,
  twoCards,
  value,
  type Prepared,
} from './fixture.js';

const test = suite('ballot box under power cuts');
/** Different survivors of what was not flushed, at each operation. */
const VARIANTS = 5;
const MOST_OPERATIONS = 400;

/** Cuts the power of both cards as the n-th operation begins. */
function cutAt(cards: Prepared, n: number, chance: SeededRandom): () => boolean {
  let count = 0;
  for (const disk of cards.disks) {
    disk.onOperation(() => {
      count++;
      if (count === n) for (const each of cards.disks) each.cutPower(chance);
    });
  }
  return () => count >= n;
}

async function powerUp(cards: Prepared): Promise<void> {
  for (const disk of cards.disks) {
    disk.onOperation(() => undefined);
    await disk.powerUp();
  }
}

interface Master extends Prepared {
  /** Puts both cards back to what they were: one ballot cast, the box closed. */
  restore(): void;
  readonly first: SheetToStore;
}

async function master(): Promise<Master> {
  const cards = await prepared();
  const first = someSheet(seededRandom('first'));
  const { box } = value(await open(cards));
  await castWhole(box, first);
  await box.close();
  const copy = (from: string, to: string): void => {
    for (const card of ['a', 'b']) copyFileSync(join(cards.folder, card, from), join(cards.folder, card, to));
  };
  copy('ballots.box', 'master');
  return { ...cards, first, restore: () => copy('master', 'ballots.box') };
}

/** How far the machine got, as it may have told the voter. */
type Told = 'nothing' | 'passing' | 'counted' | 'not-counted';

/** What the machine does with what it finds: sheet.md's table. */
async function recover(
  cards: Prepared,
  told: Told,
  note: (told: Told) => void,
): Promise<BallotBox | undefined> {
  const opened = await open(cards);
  if (!opened.ok) {
    if (opened.error.code === 'power-off') return undefined;
    assert.unreachable(`${opened.error.where} ${opened.error.path}: ${opened.error.reason}`);
    return undefined;
  }
  const { box, intent } = opened.value;
  if (intent.kind === 'writing' || intent.kind === 'ready') {
    assert.is.not(told, 'counted', 'a ballot that was counted is no longer so');
    if ((await box.rollBack()).ok) note('not-counted');
    else return dropped(box);
  }
  if (intent.kind === 'passed') {
    assert.ok(told === 'passing' || told === 'counted', 'a ballot that was not counted has become counted');
    if ((await box.markIdle()).ok) note('counted');
    else return dropped(box);
  }
  return box;
}

async function dropped(box: BallotBox): Promise<undefined> {
  await box.close();
  return undefined;
}

async function checkContents(
  cards: Prepared,
  box: BallotBox,
  first: SheetToStore,
  second: SheetToStore,
  told: Told,
): Promise<void> {
  const stored = await all(box.readAll());
  const ids = stored.map((ballot) => ballot.record.id);
  const withSecond = [first, second].sort((x, y) => (x.record.id < y.record.id ? -1 : 1));
  const counted = ids.includes(second.record.id);
  if (told === 'counted') assert.ok(counted, 'the ballot that was counted is there');
  if (told === 'nothing' || told === 'not-counted') assert.not.ok(counted, 'no trace of the other');
  const wanted = counted ? withSecond : [first];
  assert.equal(
    stored.map(({ record, images, writeInCrops }) => ({ record, images, writeInCrops })),
    wanted,
  );
  assert.is(box.count(), wanted.length);
  assert.is(box.freeSlots(), 4 - wanted.length);
  await box.close();
  const [a, b] = ['a', 'b'].map((card) => readFileSync(join(cards.folder, card, 'ballots.box')));
  assert.ok(a !== undefined && b !== undefined && a.equals(b), 'both cards are identical again');
}

/** One life of the machine: opens, casts a second ballot or takes it back. */
async function life(
  cards: Prepared,
  second: SheetToStore,
  end: 'cast' | 'roll-back',
  note: (told: Told) => void,
): Promise<void> {
  const opened = await open(cards);
  if (!opened.ok) return;
  const { box } = opened.value;
  const step = async (work: Promise<{ ok: boolean }>): Promise<boolean> => (await work).ok;
  if (await step(box.beginCast(second))) {
    if (end === 'roll-back') {
      if (await step(box.rollBack())) note('not-counted');
    } else {
      note('passing');
      if (await step(box.markPassed())) {
        note('counted');
        await box.markIdle();
      }
    }
  }
  await box.close();
}

async function cutEverywhere(end: 'cast' | 'roll-back', secondCut: boolean): Promise<void> {
  const cards = await master();
  const second = someSheet(seededRandom(`second ${end}`));
  let operations = 0;
  for (let n = 1; n <= MOST_OPERATIONS && operations === 0; n++) {
    for (let variant = 0; variant < VARIANTS; variant++) {
      const seed = `${end} ${secondCut ? 'twice' : 'once'} ${n} ${variant}`;
      const chance = seededRandom(seed);
      try {
        const reached = await cutOnce(cards, second, end, n, chance, secondCut);
        if (!reached) operations = n - 1;
      } catch (thrown) {
        assert.unreachable(`seed "${seed}": ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
    }
  }
  assert.ok(operations > 20 && operations < MOST_OPERATIONS, `${operations} operations were cut`);
}

/** Returns whether the power was cut at all. */
async function cutOnce(
  cards: Master,
  second: SheetToStore,
  end: 'cast' | 'roll-back',
  n: number,
  chance: SeededRandom,
  secondCut: boolean,
): Promise<boolean> {
  cards.restore();
  let told: Told = 'nothing';
  const note = (next: Told): void => {
    told = next;
  };
  const wasCut = cutAt(cards, n, chance);
  await life(cards, second, end, note);
  const reached = wasCut();
  await powerUp(cards);
  for (let cuts = 0; secondCut && cuts < 3; cuts++) {
    cutAt(cards, chance.integer(1, 24), chance);
    const interrupted = await recover(cards, told, note);
    await interrupted?.close();
    await powerUp(cards);
  }
  const box = await recover(cards, told, note);
  assert.ok(box !== undefined);
  await checkContents(cards, box, cards.first, second, told);
  return reached;
}

test('a cut anywhere in a cast leaves the ballot counted or not counted, whole or gone', async () => {
  await cutEverywhere('cast', false);
});

test('a cut anywhere while a ballot is taken out again leaves nothing of it', async () => {
  await cutEverywhere('roll-back', false);
});

test('power may go again and again during recovery', async () => {
  await cutEverywhere('cast', true);
});

test('a cut while the cards are prepared leaves no half box behind', async () => {
  let complete = 0;
  let interrupted = 0;
  for (let n = 1; n <= 40; n++) {
    const cards = { ...twoCards(), boxId: '' };
    const chance = seededRandom(`prepare ${n}`);
    const stores = [cards.stores.a, cards.stores.b] as const;
    cutAt(cards, n, chance);
    const first = await prepareBox(stores, spec, boxKey, signer, random);
    await powerUp(cards);
    const again = await prepareBox(stores, spec, boxKey, signer, random);
    if (first.ok) complete++;
    else interrupted++;
    // A header is only there when everything else is.
    if (again.ok) await value(await open({ ...cards, boxId: again.value.boxId })).box.close();
    else assert.is(code(again), 'box-exists', `cut ${n}`);
  }
  assert.ok(complete > 0 && interrupted > 5);
});

test.run();
