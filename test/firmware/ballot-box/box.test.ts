import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { uniformBelow } from '../../../firmware/ballot-box/box.js';
import { boxKeys, INTENT_CELL_BYTES, intentCellAt } from '../../../firmware/ballot-box/format.js';
import { cellOf, openIntent, type Intent } from '../../../firmware/ballot-box/intent.js';
import { prepareBox } from '../../../firmware/ballot-box/prepare.js';
import { readBox } from '../../../firmware/ballot-box/open.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import {
  all,
  boxKey,
  castWhole,
  code,
  deviceSerial,
  expected,
  open,
  prepared,
  random,
  seededBytes,
  signer,
  someSheet,
  spec,
  value,
  type Prepared,
} from './fixture.js';

const test = suite('ballot box');
const sheets = seededRandom('sheets');

function fileOf(cards: Prepared, card: 'a' | 'b'): Buffer {
  return readFileSync(join(cards.folder, card, 'ballots.box'));
}

test('what goes in comes out once, unchanged, whatever the order', async () => {
  const cards = await prepared();
  const { box } = value(await open(cards));
  const cast = [1, 2, 3].map(() => someSheet(sheets));
  for (const sheet of cast) await castWhole(box, sheet);
  assert.is(box.count(), 3);
  assert.is(box.freeSlots(), 1);
  const stored = await all(box.readAll());
  const byId = [...cast].sort((x, y) => (x.record.id < y.record.id ? -1 : 1));
  assert.equal(
    stored.map(({ record, images, writeInCrops }) => ({ record, images, writeInCrops })),
    byId,
  );
  await box.close();
  const again = value(await readBox(cards.stores, boxKey, expected(cards.boxId)));
  assert.is((await all(again.readAll())).length, 3);
  await again.close();
});

test('both cards are identical, byte for byte, when prepared and after every step', async () => {
  const cards = await prepared();
  const same = (): void => assert.ok(fileOf(cards, 'a').equals(fileOf(cards, 'b')));
  same();
  const { box } = value(await open(cards));
  value(await box.beginCast(someSheet(sheets)));
  same();
  value(await box.rollBack());
  same();
  await castWhole(box, someSheet(sheets));
  same();
  await box.close();
});

/** What each intent cell of card A says to somebody who has the box key. */
function intents(cards: Prepared): readonly (Intent | undefined)[] {
  const keys = boxKeys(boxKey, cards.boxId, deviceSerial);
  const file = fileOf(cards, 'a');
  return [0, 1].map((cell) => {
    const at = intentCellAt(cell);
    return openIntent(file.subarray(at, at + INTENT_CELL_BYTES), cell, keys);
  });
}

test('once a cast is over no cell names a slot, so that nobody can tell whose ballot lay on top', async () => {
  const cards = await prepared();
  const { box } = value(await open(cards));
  for (let cast = 0; cast < 2; cast++) {
    await castWhole(box, someSheet(sheets));
    assert.equal(
      intents(cards).map((intent) => [intent?.kind, intent?.slot]),
      [
        ['idle', undefined],
        ['idle', undefined],
      ],
    );
  }
  await box.close();
});

test('a power cut between the two idles leaves a cell that names the last slot, until the box is opened', async () => {
  const cards = await prepared();
  const { box } = value(await open(cards));
  value(await box.beginCast(someSheet(sheets)));
  value(await box.markPassed());
  const passed = fileOf(cards, 'a');
  value(await box.markIdle());
  await box.close();
  const cell = intentCellAt(cellOf(box.intent()));
  for (const card of ['a', 'b'] as const) {
    const file = fileOf(cards, card);
    passed.copy(file, cell, cell, cell + INTENT_CELL_BYTES);
    writeFileSync(join(cards.folder, card, 'ballots.box'), file);
  }
  assert.ok(intents(cards).some((intent) => intent?.kind === 'passed'));
  const { box: again } = value(await open(cards));
  assert.is(again.count(), 1);
  assert.ok(intents(cards).every((intent) => intent?.kind === 'idle'));
  assert.ok(fileOf(cards, 'a').equals(fileOf(cards, 'b')));
  await again.close();
});

test('a ballot that is rolled back was never there', async () => {
  const cards = await prepared();
  const { box } = value(await open(cards));
  const before = fileOf(cards, 'a');
  value(await box.beginCast(someSheet(sheets)));
  assert.is(box.count(), 0);
  value(await box.rollBack());
  assert.is(box.freeSlots(), 4);
  assert.equal(await all(box.readAll()), []);
  // The noise in its slot is fresh: nothing of the ballot and nothing of what was there before is left.
  assert.not.ok(before.equals(fileOf(cards, 'a')));
  await box.close();
});

test('steps out of order are refused, and repeated steps do nothing', async () => {
  const cards = await prepared();
  const { box } = value(await open(cards));
  assert.is(code(await box.markPassed()), 'not-ready');
  value(await box.markIdle());
  value(await box.rollBack());
  value(await box.beginCast(someSheet(sheets)));
  assert.is(code(await box.beginCast(someSheet(sheets))), 'not-idle');
  assert.is(code(await box.markIdle()), 'not-passed');
  value(await box.markPassed());
  value(await box.markPassed());
  assert.is(box.count(), 1);
  assert.is(code(await box.rollBack()), 'already-counted');
  value(await box.markIdle());
  value(await box.markIdle());
  assert.is((await all(box.readAll())).length, 1);
  await box.close();
});

test('a full box says so before anything is written', async () => {
  const cards = await prepared();
  const { box } = value(await open(cards));
  for (let i = 0; i < 4; i++) await castWhole(box, someSheet(sheets));
  const before = fileOf(cards, 'a');
  assert.is(code(await box.beginCast(someSheet(sheets))), 'box-full');
  assert.ok(before.equals(fileOf(cards, 'a')));
  assert.is((await all(box.readAll())).length, 4);
  await box.close();
});

test('images that do not fit are refused before anything is written', async () => {
  const cards = await prepared();
  const { box } = value(await open(cards));
  const before = fileOf(cards, 'a');
  assert.is(code(await box.beginCast(someSheet(sheets, 5000))), 'images-too-large');
  assert.ok(before.equals(fileOf(cards, 'a')));
  value(await box.rollBack());
  await castWhole(box, someSheet(sheets));
  await box.close();
});

test('the file shows nothing but noise after its header, empty or full', async () => {
  const cards = await prepared({ slotCount: 16 });
  const { box } = value(await open(cards));
  const noise = (): Buffer => fileOf(cards, 'a').subarray(8192);
  assertLooksRandom(noise());
  for (let i = 0; i < 16; i++) await castWhole(box, someSheet(sheets));
  assertLooksRandom(noise());
  // Also each part of a slot for itself, where zeros of the padding would show.
  for (let at = 0; at + 4096 <= noise().length; at += 4096)
    assertLooksRandom(noise().subarray(at, at + 4096));
  await box.close();
});

/** Chi-square of the byte histogram: 255 degrees of freedom, here within seven standard deviations. */
function assertLooksRandom(bytes: Uint8Array): void {
  const histogram = new Array<number>(256).fill(0);
  for (const byte of bytes) histogram[byte] = (histogram[byte] ?? 0) + 1;
  const mean = bytes.length / 256;
  const chiSquare = histogram.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  const sigma = Math.sqrt(2 * 255);
  assert.ok(Math.abs(chiSquare - 255) < 7 * sigma, `chi-square ${chiSquare.toFixed(1)} of 255 expected`);
}

test('slots are drawn evenly, and every slot can be the first', () => {
  const seen = new Map<number, number>();
  const source = seededBytes('slots');
  const draws = 6000;
  for (let i = 0; i < draws; i++) {
    const slot = uniformBelow(6, source);
    seen.set(slot, (seen.get(slot) ?? 0) + 1);
  }
  assert.is(seen.size, 6);
  for (const [slot, count] of seen) {
    assert.ok(Math.abs(count - draws / 6) < 5 * Math.sqrt(draws / 6), `slot ${slot}: ${count} of ${draws}`);
  }
});

test('a card that holds a ballot box is not overwritten unless told so', async () => {
  const cards = await prepared();
  const stores = [cards.stores.a, cards.stores.b] as const;
  assert.is(code(await prepareBox(stores, spec, boxKey, signer, random)), 'box-exists');
  const other = value(await prepareBox(stores, spec, boxKey, signer, random, { replace: true }));
  assert.is.not(other.boxId, cards.boxId);
  assert.is(code(await open(cards)), 'other-box');
});

test('preparing reports its progress up to the end', async () => {
  const cards = await prepared();
  const shares: number[] = [];
  value(
    await prepareBox([cards.stores.a, cards.stores.b], spec, boxKey, signer, random, {
      replace: true,
      onProgress: (share) => {
        shares.push(share);
      },
    }),
  );
  assert.is(shares.at(-1), 1);
  assert.equal(
    shares,
    [...shares].sort((x, y) => x - y),
  );
});

test.run();
