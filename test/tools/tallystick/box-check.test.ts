import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../../ground/bytes.js';
import { boxCheck } from '../../../tools/tallystick/box-check.js';
import { readArguments, type VerbOutcome } from '../../../tools/tallystick/command.js';
import { signer, value } from '../../firmware/ballot-box/fixture.js';
import { boxOffice, withKey, type BoxOffice } from './box-office.js';

const test = suite('tallystick box check');

async function check(
  office: BoxOffice,
  cards: readonly ('a' | 'b')[],
  ...more: string[]
): Promise<VerbOutcome> {
  const words = [...cards.map((card) => join(office.folder, card)), ...more];
  return boxCheck.run(value(readArguments(boxCheck, words)));
}

function textOf(outcome: VerbOutcome): string {
  return outcome.kind === 'unusable' ? outcome.problems.map((one) => one.code).join() : outcome.text;
}

test('two good cards are the same, and the office finds every ballot in them', async () => {
  const office = await boxOffice();
  const plain = await check(office, ['a', 'b'], '--device-key', toHex(signer.publicKey));
  assert.is(plain.kind, 'done');
  assert.ok(textOf(plain).includes('both cards hold the same bytes'));
  assert.not.ok(textOf(plain).includes('ballots verified'));
  const opened = await check(office, ['a', 'b'], ...withKey(office));
  assert.is(opened.kind, 'done', textOf(opened));
  assert.ok(textOf(opened).includes('2 ballots verified'));
  const alone = await check(office, ['b'], ...withKey(office));
  assert.is(alone.kind, 'done', textOf(alone));
});

test('a changed byte is a finding that says where', async () => {
  const office = await boxOffice();
  const path = join(office.folder, 'b', 'ballots.box');
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const outcome = await check(office, ['a', 'b']);
  assert.is(outcome.kind, 'finding');
  assert.ok(textOf(outcome).includes('the cards differ: slot 3'));
});

test('one card given twice is no second card, by whatever path', async () => {
  const office = await boxOffice();
  assert.is(textOf(await check(office, ['a'], join(office.folder, 'b', '..', 'a'))), 'usage');
});

test('a box of another device is a finding', async () => {
  const office = await boxOffice();
  const outcome = await check(office, ['a'], '--device-key', '11'.repeat(32));
  assert.is(outcome.kind, 'finding');
  assert.ok(textOf(outcome).includes('was not signed by this device'));
});

test('a wrong passphrase, a folder without a box, and a bad key are told apart', async () => {
  const office = await boxOffice();
  writeFileSync(office.passphrasePath, 'another passphrase\n');
  assert.is(textOf(await check(office, ['a'], ...withKey(office))), 'wrong-passphrase');
  assert.is(textOf(await check(office, ['a'], '--authority', office.authorityPath)), 'usage');
  assert.is(textOf(await check(office, ['a'], '--device-key', 'xyz')), 'usage');
  const empty = { ...office, folder: mkdtempSync(join(tmpdir(), 'tallystick-empty-')) };
  assert.is(textOf(await check(empty, ['a'])), 'medium-missing');
});

test.run();
