/** What an election office takes out of memory cards to look at: a whole box, and what is left of a damaged one. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { INTENT_AT, INTENT_CELL_BYTES } from '../../../firmware/ballot-box/format.js';
import type { SheetToStore } from '../../../firmware/ballot-box/slot.js';
import { FIXED_TIME_SECONDS } from '../../../firmware/trust/signed-folder.js';
import { toHex } from '../../../ground/bytes.js';
import { must } from '../../../ground/result.js';
import { SMALL, signer } from '../../firmware/ballot-box/fixture.js';
import { boxFile, boxOffice, castAlone, flip, slotOf, withKey, type BoxOffice } from './box-office.js';
import { tallystick, type Printed } from './day.js';

const test = suite('tallystick box open');

const fresh = (): string => join(mkdtempSync(join(tmpdir(), 'tallystick-open-')), 'ballots');

function boxOpen(
  office: BoxOffice,
  cards: readonly ('a' | 'b')[],
  out: string,
  ...more: readonly string[]
): Promise<Printed> {
  const paths = cards.map((card) => join(office.folder, card));
  return tallystick('box', 'open', ...paths, '--out', out, ...withKey(office), ...more);
}

/** These ballots and nothing else, with the bytes that were cast. */
function holds(out: string, sheets: readonly SheetToStore[]): void {
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const expected = new Map<string, Uint8Array>();
  for (const { record, images, writeInCrops } of sheets) {
    expected.set(`records/${record.id}.json`, Buffer.from(JSON.stringify(record)));
    expected.set(`images/${record.id}-front.jpg`, Buffer.from(images.front));
    expected.set(`images/${record.id}-back.jpg`, Buffer.from(images.back));
    for (const [i, { jpeg }] of writeInCrops.entries()) {
      expected.set(`images/${record.id}-written-${i + 1}.jpg`, Buffer.from(jpeg));
    }
  }
  const names = files.map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1)).sort();
  assert.equal(names, [...expected.keys()].sort());
  for (const [name, bytes] of expected) {
    assert.equal(readFileSync(join(out, name)), bytes, name);
    assert.is(statSync(join(out, name)).mtimeMs, FIXED_TIME_SECONDS * 1000, name);
  }
}

test('every ballot comes out as it was cast, from both cards or from either, and tells no time', async () => {
  const office = await boxOffice();
  for (const cards of [['a', 'b'], ['a'], ['b']] as const) {
    const out = fresh();
    const printed = await boxOpen(office, cards, out, '--device-key', toHex(signer.publicKey));
    assert.is(printed.status, 0, `${printed.out}${printed.err}`);
    assert.match(
      printed.out,
      /2 ballots written, each as its device signed it; the folder itself is not signed/,
    );
    assert.match(printed.out, /no ballot was under way/);
    holds(out, office.cast);
  }
});

test('a ballot under way is written when it had passed, and left out when it had not', async () => {
  for (const [last, sentence] of [
    ['ready', /had not passed into its bin and does not count/],
    ['passed', /had passed into its bin and counts/],
  ] as const) {
    const office = await boxOffice(last);
    const out = fresh();
    const printed = await boxOpen(office, ['a', 'b'], out);
    assert.is(printed.status, 0, `${printed.out}${printed.err}`);
    assert.match(printed.out, sentence);
    assert.is(office.cast.length, last === 'passed' ? 3 : 2);
    holds(out, office.cast);
  }
});

test('a ballot whose images are damaged is named with card and slot, and the others are written', async () => {
  const office = await boxOffice();
  const { record } = must(office.cast[0], 'a sheet');
  const { slot, at } = slotOf(office, record.id);
  flip(boxFile(office, 'a'), at + SMALL.headBytes + 100);
  const out = fresh();
  const alone = await boxOpen(office, ['a'], out);
  assert.is(alone.status, 1, alone.out);
  assert.match(
    alone.out,
    new RegExp(`WRONG {2}a, slot ${slot}: holds a ballot whose images cannot be opened`),
  );
  assert.match(alone.out, /1 ballot written/);
  holds(out, office.cast.slice(1));
  // The other card has it whole.
  const both = fresh();
  const printed = await boxOpen(office, ['a', 'b'], both);
  assert.is(printed.status, 1, printed.out);
  assert.match(printed.out, new RegExp(`a, slot ${slot}: `));
  holds(both, office.cast);
});

test('a ballot whose head is damaged looks like a free slot: the count finds it, and so does the other card', async () => {
  const office = await boxOffice();
  const { record } = must(office.cast[1], 'a sheet');
  const { slot, at } = slotOf(office, record.id);
  flip(boxFile(office, 'b'), at + 100);
  const out = fresh();
  const alone = await boxOpen(office, ['b'], out);
  assert.is(alone.status, 1, alone.out);
  assert.match(alone.out, /has 1 ballots that verify where its own account says 2/);
  holds(out, office.cast.slice(0, 1));
  const both = fresh();
  const printed = await boxOpen(office, ['a', 'b'], both);
  assert.is(printed.status, 1, printed.out);
  assert.match(printed.out, new RegExp(`b, slot ${slot}: lacks a ballot that a holds, or has it damaged`));
  holds(both, office.cast);
});

test('when no intent can be opened the ballots are still written, and it is said that one may not count', async () => {
  const office = await boxOffice();
  for (const cell of [0, 1]) flip(boxFile(office, 'a'), INTENT_AT + cell * INTENT_CELL_BYTES + 50);
  const out = fresh();
  const printed = await boxOpen(office, ['a'], out);
  assert.is(printed.status, 1, printed.out);
  assert.match(printed.out, /no card tells whether a ballot was under way: one of these may not count/);
  assert.match(printed.out, /a, intent: cannot be opened/);
  holds(out, office.cast);
});

const inOrder = (sheets: readonly SheetToStore[]): readonly SheetToStore[] =>
  [...sheets].sort((x, y) => (x.record.id < y.record.id ? -1 : 1));

test('beside a card that was left behind, every ballot of the one that went on alone is written', async () => {
  const office = await boxOffice();
  const later = await castAlone(office, 'a');
  const out = fresh();
  const printed = await boxOpen(office, ['a', 'b'], out);
  assert.is(printed.status, 1, printed.out);
  assert.match(printed.out, /b, intent: was out of use while a went on alone/);
  holds(out, inOrder([...office.cast, later]));
});

test('of two cards that each went on alone every ballot is written, and it is said that they disagree', async () => {
  const office = await boxOffice();
  const later = [await castAlone(office, 'a'), await castAlone(office, 'b')];
  const out = fresh();
  const printed = await boxOpen(office, ['a', 'b'], out);
  assert.is(printed.status, 1, printed.out);
  assert.match(printed.out, /intent: has another history than|went on alone/);
  assert.match(printed.out, /has 4 ballots that verify where its own account says 3/);
  holds(out, inOrder([...office.cast, ...later]));
});

test('cards of two boxes are never mixed', async () => {
  const [office, other] = [await boxOffice(), await boxOffice()];
  writeFileSync(boxFile(office, 'b'), readFileSync(boxFile(other, 'b')));
  const out = fresh();
  const mixed = await boxOpen(office, ['a', 'b'], out);
  assert.is(mixed.status, 2);
  assert.match(mixed.err, /has another header than the other card/);
  assert.not.ok(existsSync(out));
});

test('a box that another device signed is a finding, and none of its ballots is written', async () => {
  const office = await boxOffice();
  const out = fresh();
  const printed = await boxOpen(office, ['a'], out, '--device-key', '11'.repeat(32));
  assert.is(printed.status, 1, printed.out);
  assert.match(printed.out, /a, header: was not signed by this device/);
  assert.match(printed.out, /a, slot \d: holds a ballot that this device did not sign/);
  assert.match(printed.out, /0 ballots written/);
});

test('a folder that is there, a wrong passphrase, a card without a box and a card twice: nothing is written', async () => {
  const office = await boxOffice();
  const there = fresh();
  mkdirSync(there);
  const empty = join(office.folder, 'empty');
  mkdirSync(empty);
  for (const [printed, what] of [
    [await boxOpen(office, ['a'], there), /ballots: is there already/],
    [await boxOpen(office, ['a'], join(there, 'no', 'parent')), /parent: could not be written/],
    [await boxOpen(office, ['a', 'a'], fresh()), /one and the same card/],
    [
      await tallystick('box', 'open', empty, '--out', fresh(), ...withKey(office)),
      /empty.*holds no ballot box/,
    ],
  ] as const) {
    assert.is(printed.status, 2, printed.out);
    assert.match(printed.err, what);
  }
  assert.equal(readdirSync(there), []);
  writeFileSync(office.passphrasePath, 'another passphrase\n');
  const wrong = await boxOpen(office, ['a'], fresh());
  assert.is(wrong.status, 2);
  assert.match(wrong.err, /does not open with this passphrase/);
});

test('nothing is written on the cards, whatever is wrong with them', async () => {
  const office = await boxOffice('ready');
  flip(boxFile(office, 'b'), INTENT_AT + 50);
  const before = (['a', 'b'] as const).map((card) => readFileSync(boxFile(office, card)));
  await boxOpen(office, ['a', 'b'], fresh());
  for (const [i, card] of (['a', 'b'] as const).entries()) {
    assert.equal(readFileSync(boxFile(office, card)), before[i]);
    assert.equal(readdirSync(join(office.folder, card)), ['ballots.box']);
  }
});

test.run();
