/** What two cards may not be: old, foreign, forged, short of a ballot, one and the same; and cards that fail. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import {
  encodeHeader,
  decodeHeader,
  INTENT_AT,
  slotAt,
  WRAP_AREA_AT,
} from '../../../firmware/ballot-box/format.js';
import { checkAnchor } from '../../../firmware/ballot-box/intent.js';
import {
  destroyKeyWraps,
  readKeyWrap,
  unwrapForSecurityKey,
  wrapContext,
  wrapForSecurityKey,
} from '../../../firmware/ballot-box/key-wraps.js';
import { openBox, readBox } from '../../../firmware/ballot-box/open.js';
import { ed25519Signer, sealKeyPair } from '../../../firmware/trust/keys.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import {
  all,
  boxKey,
  castWhole,
  code,
  deviceSerial,
  electionId,
  expected,
  open,
  prepared,
  random,
  signer,
  SMALL,
  someSheet,
  spec,
  value,
  type Prepared,
} from './fixture.js';

const test = suite('what the ballot box refuses');
const sheets = seededRandom('refusals');

type Card = 'a' | 'b';
const both: readonly Card[] = ['a', 'b'];
const pathOf = (cards: Prepared, card: Card): string => join(cards.folder, card, 'ballots.box');

function keep(cards: Prepared, name: string): void {
  for (const card of both) copyFileSync(pathOf(cards, card), join(cards.folder, card, name));
}

function putBack(cards: Prepared, name: string, which: readonly Card[]): void {
  for (const card of which) copyFileSync(join(cards.folder, card, name), pathOf(cards, card));
}

function flip(cards: Prepared, which: readonly Card[], at: number, bit = 0): void {
  for (const card of which) {
    const bytes = readFileSync(pathOf(cards, card));
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    writeFileSync(pathOf(cards, card), bytes);
  }
}

/** A prepared box with so many ballots, closed, and what the device remembers of it. */
async function withBallots(
  count: number,
): Promise<Prepared & { anchor: { generation: number; sheets: number } }> {
  const cards = await prepared();
  const { box } = value(await open(cards));
  for (let i = 0; i < count; i++) await castWhole(box, someSheet(sheets));
  const anchor = { generation: box.intent().generation, sheets: box.count() };
  await box.close();
  return { ...cards, anchor };
}

async function castOneMore(cards: Prepared): Promise<{ generation: number; sheets: number }> {
  const { box } = value(await open(cards));
  await castWhole(box, someSheet(sheets));
  const anchor = { generation: box.intent().generation, sheets: box.count() };
  await box.close();
  return anchor;
}

test('an old copy of one card is refused by the other one', async () => {
  const cards = await withBallots(1);
  keep(cards, 'old');
  await castOneMore(cards);
  putBack(cards, 'old', ['b']);
  const opened = await open(cards);
  assert.is(code(opened), 'old-copy');
  if (!opened.ok) assert.is(opened.error.where, 'memory card B');
});

test('old copies of both cards are refused by what the device remembers', async () => {
  const cards = await withBallots(1);
  keep(cards, 'old');
  const anchor = await castOneMore(cards);
  putBack(cards, 'old', both);
  assert.is(code(await open(cards, anchor)), 'old-copy');
  // Without the device's memory nothing could tell.
  await value(await open(cards)).box.close();
});

test('a ballot taken out of both cards is missed, and out of one is missed there', async () => {
  const cards = await withBallots(2);
  const slots = await filledSlots(cards);
  flip(cards, both, slotAt(SMALL, slots[0] ?? 0) + 100);
  assert.is(code(await open(cards, cards.anchor)), 'ballot-missing');

  const others = await withBallots(2);
  const [slot = 0] = await filledSlots(others);
  flip(others, ['b'], slotAt(SMALL, slot) + 100);
  const opened = await open(others, others.anchor);
  assert.is(code(opened), 'ballot-missing');
  if (!opened.ok) assert.is(opened.error.where, 'memory card B');
});

/** Slots whose heads change nothing when left alone, found by asking the box what a flip would do. */
async function filledSlots(cards: Prepared): Promise<readonly number[]> {
  const found: number[] = [];
  for (let slot = 0; slot < 4; slot++) {
    const at = slotAt(SMALL, slot);
    flip(cards, both, at);
    const opened = await readBox(cards.stores, boxKey, expected(cards.boxId));
    if (!opened.ok) found.push(slot);
    else await opened.value.close();
    flip(cards, both, at);
  }
  return found;
}

test('the cards of another box, of another device, and a forged header are refused', async () => {
  const mine = await withBallots(1);
  const other = await prepared();
  assert.is(code(await openBox(other.stores, boxKey, expected(mine.boxId), { random, signer })), 'other-box');
  const elsewhere = { ...expected(mine.boxId), deviceSerial: 'TS-0002' };
  assert.is(code(await openBox(mine.stores, boxKey, elsewhere, { random, signer })), 'other-box');
  // One card of each: the second card is foreign.
  copyFileSync(pathOf(other, 'b'), pathOf(mine, 'b'));
  assert.is(code(await open(mine)), 'other-box');
  // A header made by somebody with another key.
  const forger = ed25519Signer(new Uint8Array(32).fill(66));
  const bytes = readFileSync(pathOf(mine, 'a'));
  const { header } = value(decodeHeader(bytes, 'a'));
  const forged = value(encodeHeader(header, (json) => forger.sign('box-header', json)));
  bytes.set(forged);
  for (const card of both) writeFileSync(pathOf(mine, card), bytes);
  assert.is(code(await open(mine)), 'header-forged');
});

test('the wrong box key opens nothing', async () => {
  const cards = await prepared();
  const wrong = new Uint8Array(32).fill(1);
  const opened = await openBox(cards.stores, wrong, expected(cards.boxId), { random, signer });
  assert.is(code(opened), 'intent-unreadable');
});

test('two slots that lead to one card are not two cards', async () => {
  const cards = await prepared();
  const twice = { a: cards.stores.a, b: folderStore(join(cards.folder, 'a'), 'memory card B') };
  const opened = await openBox(twice, boxKey, expected(cards.boxId), { random, signer });
  assert.is(code(opened), 'same-card');
});

test('a flipped bit anywhere on one card is found, or lies where nothing is kept', async () => {
  const cards = await withBallots(2);
  const chance = seededRandom('flips');
  const { header } = value(decodeHeader(readFileSync(pathOf(cards, 'a')), 'a'));
  const size = readFileSync(pathOf(cards, 'a')).length;
  const places = [0, 17, 40, WRAP_AREA_AT + 5, INTENT_AT + 9, INTENT_AT + 4096 + 9, size - 1];
  for (let i = 0; i < 120; i++) places.push(chance.integer(0, size - 1));
  for (const at of places) {
    const card = chance.pick(both);
    const bit = chance.integer(0, 7);
    flip(cards, [card], at, bit);
    const reader = await readBox(cards.stores, boxKey, expected(cards.boxId, cards.anchor));
    let found = !reader.ok;
    if (reader.ok) {
      for await (const ballot of reader.value.readAll()) found ||= !ballot.ok;
      const differences = value(await reader.value.compareWhole());
      // Wherever it was: comparing every byte sees it.
      assert.ok(differences.length > 0, `a flip at ${at} on card ${card} is not seen`);
      await reader.value.close();
    }
    if (!found) assert.ok(isUnused(header, at), `byte ${at} on card ${card} matters and was not found`);
    flip(cards, [card], at, bit);
  }
  await value(await open(cards, cards.anchor)).box.close();
});

/** Noise behind the header, key wrap cells, the intent before the live one, and bodies of free slots. */
function isUnused(header: { slotCount: number; headBytes: number; bodyBytes: number }, at: number): boolean {
  if (at < 24_576) return at > 700;
  const inSlot = (at - slotAt(header, 0)) % (header.headBytes + header.bodyBytes);
  return inSlot >= header.headBytes;
}

test('a flipped bit on both cards never changes a ballot unnoticed', async () => {
  const cards = await withBallots(3);
  const before = value(await readBox(cards.stores, boxKey, expected(cards.boxId)));
  const wanted = (await all(before.readAll())).map((ballot) => ballot.record.id);
  await before.close();
  const chance = seededRandom('double flips');
  const size = readFileSync(pathOf(cards, 'a')).length;
  for (let i = 0; i < 80; i++) {
    const at = chance.integer(0, size - 1);
    flip(cards, both, at);
    const reader = await readBox(cards.stores, boxKey, expected(cards.boxId, cards.anchor));
    if (reader.ok) {
      const ids: string[] = [];
      let complaints = 0;
      for await (const ballot of reader.value.readAll()) {
        if (ballot.ok) ids.push(ballot.value.record.id);
        else complaints++;
      }
      if (complaints === 0) assert.equal(ids, wanted, `a flip at ${at} went unnoticed`);
      await reader.value.close();
    }
    flip(cards, both, at);
  }
});

test('one card alone opens only when the administrator says so, and then never follows the other one', async () => {
  const cards = await withBallots(1);
  const alone = { a: cards.stores.a };
  const tools = { random, signer };
  assert.is(code(await openBox(alone, boxKey, expected(cards.boxId), tools)), 'card-missing');
  const single = value(await openBox(alone, boxKey, expected(cards.boxId), { ...tools, singleCard: true }));
  await castWhole(single.box, someSheet(sheets));
  await single.box.close();
  // After a power cut it needs no second word.
  const again = value(await openBox(alone, boxKey, expected(cards.boxId), tools));
  assert.is(again.box.count(), 2);
  await again.box.close();
  assert.is(code(await open(cards)), 'card-left-behind');
});

test('the card left behind is found even when it missed a single step', async () => {
  const cards = await withBallots(1);
  const single = value(
    await openBox({ b: cards.stores.b }, boxKey, expected(cards.boxId), { random, signer, singleCard: true }),
  );
  await single.box.close();
  const opened = await open(cards);
  assert.is(code(opened), 'card-left-behind');
  if (!opened.ok) assert.is(opened.error.where, 'memory card A');
});

test('a new card is filled from the survivor, checked, and takes part from then on', async () => {
  const cards = await withBallots(2);
  const single = value(
    await openBox({ a: cards.stores.a }, boxKey, expected(cards.boxId), { random, signer, singleCard: true }),
  );
  const { box } = single;
  // The old card B holds a box still: it is only overwritten when told so.
  assert.is(code(await box.replaceCard('b', cards.stores.b)), 'box-exists');
  const directory = join(cards.folder, 'new');
  mkdirSync(directory);
  value(await box.replaceCard('b', folderStore(directory, 'memory card B')));
  await castWhole(box, someSheet(sheets));
  assert.is((await all(box.readAll())).length, 3);
  await box.close();
  const a = readFileSync(pathOf(cards, 'a'));
  assert.ok(a.equals(readFileSync(join(directory, 'ballots.box'))));
});

for (const [what, fail] of [
  ['pulled out', (cards: Prepared) => cards.disks[1].pull(seededRandom('pull'))],
  ['write-protected', (cards: Prepared) => cards.disks[1].setReadOnly(true)],
  ['broken', (cards: Prepared) => cards.disks[1].setBroken('all')],
] as const) {
  test(`a card that is ${what} before a cast stops it with the ballot not counted`, async () => {
    const cards = await withBallots(1);
    const { box } = value(await open(cards));
    fail(cards);
    assert.is.not(code(await box.beginCast(someSheet(sheets))), 'ok');
    assert.is(box.failedCard()?.card, 'b');
    value(await box.rollBack());
    assert.is(box.count(), 1);
    assert.is((await all(box.readAll())).length, 1);
    assert.is(code(await box.beginCast(someSheet(sheets))), 'card-failed');
    await box.close();
  });

  test(`a card that is ${what} as the ballot passes leaves it counted on the other one`, async () => {
    const cards = await withBallots(1);
    const { box } = value(await open(cards));
    value(await box.beginCast(someSheet(sheets)));
    fail(cards);
    value(await box.markPassed());
    assert.is(box.failedCard()?.card, 'b');
    value(await box.markIdle());
    assert.is(box.count(), 2);
    assert.is(code(await box.beginCast(someSheet(sheets))), 'card-failed');
    value(await box.useOneCard());
    await castWhole(box, someSheet(sheets));
    assert.is((await all(box.readAll())).length, 3);
    await box.close();
    // The card that failed comes back: it is known to be out of date.
    cards.disks[1].setReadOnly(false);
    cards.disks[1].setBroken(undefined);
    await cards.disks[1].insert();
    assert.is(code(await open(cards)), 'card-left-behind');
  });
}

test('a card that is taken out and put back is out of date, whatever was under way', async () => {
  const cards = await withBallots(1);
  const { box } = value(await open(cards));
  value(await box.beginCast(someSheet(sheets)));
  value(await box.cardRemoved('a'));
  value(await box.cardRemoved('a'));
  assert.is(box.failedCard()?.problem.code, 'card-missing');
  value(await box.rollBack());
  assert.is(code(await box.beginCast(someSheet(sheets))), 'card-failed');
  assert.is(box.count(), 1);
  value(await box.cardRemoved('b'));
  assert.is(code(await box.markIdle()), 'card-missing');
  await box.close();
  const opened = await open(cards);
  assert.is(code(opened), 'card-left-behind');
  if (!opened.ok) assert.is(opened.error.where, 'memory card A');
});

test('both cards gone: the step fails, and recovery decides when they are back', async () => {
  const cards = await withBallots(1);
  const { box } = value(await open(cards));
  value(await box.beginCast(someSheet(sheets)));
  for (const disk of cards.disks) disk.pull(seededRandom('both'));
  for (let tries = 0; tries < 3; tries++) assert.is(code(await box.markPassed()), 'medium-missing');
  assert.is(code(await box.markIdle()), 'medium-missing');
  assert.is(code(await box.rollBack()), 'medium-missing');
  for await (const ballot of box.readAll()) assert.is(code(ballot), 'card-missing');
  await box.close();
  for (const disk of cards.disks) await disk.insert();
  const again = value(await open(cards));
  assert.ok(again.intent.kind === 'ready' || again.intent.kind === 'passed');
  await again.box.close();
});

test('a full card has room for the ballot all the same: its place was made before', async () => {
  const cards = await withBallots(0);
  const { box } = value(await open(cards));
  for (const disk of cards.disks) disk.setFull(true);
  await castWhole(box, someSheet(sheets));
  assert.is(box.count(), 1);
  await box.close();
});

test('the device’s own memory and the cards must agree, but for the last ballot that passed', () => {
  assert.equal(checkAnchor(5, { kind: 'idle' }, false, 5), { counted: 5, behind: 0 });
  assert.equal(checkAnchor(5, { kind: 'ready' }, true, 4), { counted: 4, behind: 0 });
  assert.equal(checkAnchor(4, { kind: 'writing' }, false, 4), { counted: 4, behind: 0 });
  assert.equal(checkAnchor(5, { kind: 'passed' }, true, 4), { counted: 5, behind: 1 });
  assert.equal(checkAnchor(5, { kind: 'passed' }, true, 5), { counted: 5, behind: 0 });
  for (const kind of ['idle', 'writing', 'ready', 'passed'] as const) {
    assert.is(checkAnchor(3, { kind }, false, 5), undefined);
    assert.is(checkAnchor(9, { kind }, false, 5), undefined);
  }
  assert.is(checkAnchor(5, { kind: 'idle' }, false, 4), undefined);
});

test('the box key opens with token, device and context together, and not after closing', async () => {
  const token = sealKeyPair(new Uint8Array(32).fill(21));
  const deviceSecret = new Uint8Array(32).fill(22);
  const context = wrapContext(electionId, deviceSerial, 'PW-1');
  const wrap = wrapForSecurityKey(boxKey, token.publicKey, deviceSecret, context, random);
  const keyWraps = { ...spec.keyWraps, securityKeys: [{ keySerial: 'PW-1', wrap }] };
  const cards = await prepared({ keyWraps });
  const kept = value(await readKeyWrap(cards.stores, 'PW-1'));
  assert.equal(value(unwrapForSecurityKey(kept, token.secretKey, deviceSecret, context)), boxKey);
  const wrong = new Uint8Array(32).fill(23);
  const elsewhere = wrapContext(electionId, 'TS-0002', 'PW-1');
  assert.not.ok(unwrapForSecurityKey(kept, wrong, deviceSecret, context).ok);
  assert.not.ok(unwrapForSecurityKey(kept, token.secretKey, wrong, context).ok);
  assert.not.ok(unwrapForSecurityKey(kept, token.secretKey, deviceSecret, elsewhere).ok);
  assert.is(code(await readKeyWrap(cards.stores, 'PW-2')), 'no-wrap');
  // One card's copy is damaged: the other one serves.
  flip(cards, ['a'], WRAP_AREA_AT + 3);
  assert.equal(value(await readKeyWrap(cards.stores, 'PW-1')), kept);

  const own = value(await open(cards));
  const { boxId } = own.header;
  await own.box.close();
  assert.is(
    value(await destroyKeyWraps(cards.stores, '0'.repeat(32), random)),
    0,
    'of another box nothing is touched',
  );
  assert.is(value(await destroyKeyWraps(cards.stores, boxId, random)), 2);
  assert.is(value(await destroyKeyWraps(cards.stores, boxId, random)), 2, 'and again');
  assert.is(code(await readKeyWrap(cards.stores, 'PW-1')), 'wrap-destroyed');
  for (const card of both) {
    assert.is(readFileSync(pathOf(cards, card)).indexOf(kept), -1, `card ${card} keeps no copy`);
  }
  await value(await open(cards)).box.close();
});

test.run();
