/**
 * Everything that can be wrong with the memory cards, through the whole machine: what it says, that no ballot is lost
 * or counted twice, and how the administrator gets on.
 */
import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { VirtualDisk } from '../../../drivers/virtual/disk.js';
import { decodeHeader, encodeHeader, slotAt } from '../../../firmware/ballot-box/format.js';
import { ed25519Signer } from '../../../firmware/trust/keys.js';
import { valueOf } from '../../../tools/bench/office.js';
import { governor, inSite, openPolls, prepareCards, type TestSite } from './world.js';

const test = suite('card failures');

type Card = 'a' | 'b';
const both: readonly Card[] = ['a', 'b'];

/** Where the bench keeps the card that was made first for this slot. */
function folderOf({ bench }: TestSite, card: Card): string {
  const root = dirname(bench.exportFolder);
  const name = readdirSync(root).find((one) => one.startsWith(`card-${card}-`));
  return join(root, name ?? '');
}

function boxOf(site: TestSite, card: Card): string {
  return join(folderOf(site, card), 'ballots.box');
}

function keep(site: TestSite, name: string): void {
  for (const card of both)
    cpSync(folderOf(site, card), join(dirname(site.bench.exportFolder), name, card), { recursive: true });
}

function putBack(site: TestSite, name: string, cards: readonly Card[] = both): void {
  for (const card of cards) {
    const folder = folderOf(site, card);
    rmSync(folder, { recursive: true });
    cpSync(join(dirname(site.bench.exportFolder), name, card), folder, { recursive: true });
  }
}

function change(site: TestSite, card: Card, edit: (bytes: Buffer) => void): void {
  const bytes = readFileSync(boxOf(site, card));
  edit(bytes);
  writeFileSync(boxOf(site, card), bytes);
}

/** Power on, the administrator's key: what the Administration Menu says. Then the power goes again. */
async function saysAtStart(site: TestSite): Promise<string> {
  const { bench } = site;
  await bench.start(site.administrator);
  const text = bench.screenText();
  assert.is(bench.runtime.state.cards.box.is, 'refused', text);
  assert.not.ok(bench.screen.items.includes('open-polls'), 'nothing goes on with such cards');
  bench.cutPower();
  await bench.settle();
  return text;
}

async function administratorDoes({ bench }: TestSite, action: 'use-one-card' | 'fill-card-b'): Promise<void> {
  await bench.choose(action);
  await bench.press('yes');
  await bench.until('the menu', () => bench.screen.id === 'administration');
}

/** One slot that holds a ballot: the one whose bytes changed since the copy was made. */
function filledSlot(site: TestSite, before: string): number {
  const old = readFileSync(join(dirname(site.bench.exportFolder), before, 'a', 'ballots.box'));
  const now = readFileSync(boxOf(site, 'a'));
  const { header } = valueOf(decodeHeader(now, 'a'));
  for (let slot = 0; slot < header.slotCount; slot++) {
    const at = slotAt(header, slot);
    if (!old.subarray(at, at + 64).equals(now.subarray(at, at + 64))) return at;
  }
  throw new Error('no slot was filled');
}

test('cards that are not what they were when the power went are refused, each with its own sentence', () =>
  inSite('tampered', (site) =>
    inSite('elsewhere', async (elsewhere) => {
      const { bench } = site;
      await prepareCards(elsewhere);
      await prepareCards(site);
      await openPolls(site);
      await bench.settle();
      keep(site, 'before');
      await bench.feed(await site.sheet(governor));
      await bench.settle();
      bench.cutPower();
      await bench.settle();
      keep(site, 'good');
      const slot = filledSlot(site, 'before');
      const foreign = readFileSync(boxOf(elsewhere, 'b'));
      const { header } = valueOf(decodeHeader(readFileSync(boxOf(site, 'a')), 'a'));
      const forger = ed25519Signer(new Uint8Array(32).fill(66));
      const forged = valueOf(encodeHeader(header, (json) => forger.sign('box-header', json)));
      for (const [what, tamper, sentence] of [
        ['B is a blank card', () => rmSync(boxOf(site, 'b')), /memory card B holds no ballot box/],
        [
          'a bad block in the ballot on B',
          () => change(site, 'b', (bytes) => bytes.fill(0, slot, slot + 512)),
          /memory card B lacks a ballot that memory card A holds, or has it damaged/,
        ],
        [
          'a bad block in the ballot on both',
          () => both.forEach((card) => change(site, card, (bytes) => bytes.fill(0, slot, slot + 512))),
          /holds 0 ballots where its own account says 1|the last ballot that was counted is not there/,
        ],
        [
          'a bad block in the header of A',
          () => change(site, 'a', (bytes) => bytes.fill(255, 0, 512)),
          /memory card A is not that of a ballot box/,
        ],
        [
          'the account of B is damaged',
          () => change(site, 'b', (bytes) => bytes.fill(0, 16_384, 24_576)),
          /memory card B cannot be opened: damaged/,
        ],
        [
          'B is cut short',
          () => writeFileSync(boxOf(site, 'b'), readFileSync(boxOf(site, 'b')).subarray(0, -4096)),
          /memory card B has not the length that its header says/,
        ],
        [
          "B is another machine's",
          () => writeFileSync(boxOf(site, 'b'), foreign),
          /memory card B holds another ballot box than this device prepared/,
        ],
        [
          "both are another machine's",
          () => both.forEach((card) => writeFileSync(boxOf(site, card), foreign)),
          /memory card A holds another ballot box than this device prepared/,
        ],
        [
          'a box that somebody else signed',
          () => both.forEach((card) => change(site, card, (bytes) => bytes.set(forged))),
          /memory card A was not signed by this device, or was changed since/,
        ],
        [
          'B is an old copy',
          () => putBack(site, 'before', ['b']),
          /memory card B is an old copy: memory card A has gone on since/,
        ],
        [
          'both are old copies',
          () => putBack(site, 'before'),
          /ballot box is an old copy: this device has gone on since/,
        ],
      ] as const) {
        tamper();
        const said = await saysAtStart(site);
        assert.match(said, sentence, `${what}: ${said}`);
        putBack(site, 'good');
      }
      bench.cabinet.cards.b.pull();
      assert.match(await saysAtStart(site), /memory card B is not there/);
      bench.cabinet.cards.b.insert(bench.disks.b.store);
      // With the right cards back in nothing is lost.
      await bench.start(site.administrator);
      assert.is(bench.runtime.state.counts?.slots, 1);
      assert.equal(bench.runtime.state.cards.health, { a: 'healthy', b: 'healthy' });
    }),
  ));

test('one and the same card in both slots is no second copy', () =>
  inSite('same', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    const second = bench.disks.b;
    bench.cabinet.cards.b.pull();
    bench.cabinet.cards.b.insert(bench.disks.a.store);
    const said = await saysAtStart(site);
    assert.match(said, /is the same card as/);
    bench.cabinet.cards.b.pull();
    bench.cabinet.cards.b.insert(second.store);
    await openPolls(site);
  }));

test('a card that another program works on is not touched', () =>
  inSite('second-program', async (site) => {
    await prepareCards(site);
    const module = new URL('../../../drivers/memory-card/folder-store.js', import.meta.url).href;
    const script = `
      import { folderStore } from ${JSON.stringify(module)};
      const opened = await folderStore(${JSON.stringify(folderOf(site, 'b'))}, 'x').openBlocks('ballots.box');
      process.stdout.write(opened.ok ? 'held' : opened.error.code);
      setInterval(() => undefined, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const held = await new Promise((resolve) =>
      other.stdout.once('data', (text: Buffer) => resolve(text.toString())),
    );
    assert.is(held, 'held');
    const before = readFileSync(boxOf(site, 'b'));
    assert.match(await saysAtStart(site), /memory card B is in use: another program works on this medium/);
    assert.ok(before.equals(readFileSync(boxOf(site, 'b'))));
    const gone = new Promise((resolve) => other.once('close', resolve));
    other.kill('SIGKILL');
    await gone;
    await openPolls(site);
  }));

test('a card that fails gives the ballot back uncounted; one card serves, and a new one is filled from it', () =>
  inSite('fails', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    let counted = 0;
    for (const [what, fail] of [
      ['is write-protected', (disk: VirtualDisk) => disk.setReadOnly(true)],
      ['cannot flush', (disk: VirtualDisk) => disk.setBroken('flush')],
      ['gives read errors', (disk: VirtualDisk) => disk.setBroken('block-read')],
      ['gives write errors', (disk: VirtualDisk) => disk.setBroken('block-write')],
      ['does not answer', (disk: VirtualDisk) => disk.setDelay(60_000)],
    ] as const) {
      fail(bench.disks.b);
      await bench.feed(await site.sheet(governor));
      assert.match(bench.screenText(), /not counted/i, what);
      await bench.take();
      assert.is(bench.runtime.state.counts?.slots, counted, what);
      assert.is(bench.runtime.state.cards.health.b, 'failed', what);
      await bench.enter(site.administrator);
      await administratorDoes(site, 'use-one-card');
      await bench.press('cancel');
      await bench.feed(await site.sheet(governor));
      counted += 1;
      assert.is(bench.screen.id, 'cast', `${what}: voting goes on`);
      await bench.pullCard('b');
      await bench.insertCard('b', bench.newCard('b'));
      await bench.enter(site.administrator);
      await administratorDoes(site, 'fill-card-b');
      await bench.press('cancel');
      assert.equal(bench.runtime.state.cards.health, { a: 'healthy', b: 'healthy' }, what);
    }
    assert.is(bench.cabinet.bins.main.length, counted);
    assert.is(bench.runtime.state.counts?.slots, counted);
  }));

test('a card that takes a second for everything is slow, not broken', () =>
  inSite('slow', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    bench.disks.a.setDelay(1000);
    await bench.feed(await site.sheet(governor));
    assert.is(bench.screen.id, 'cast');
    assert.equal(bench.runtime.state.cards.health, { a: 'healthy', b: 'healthy' });
    // Slow when the machine starts as well: it waits for the card and comes up.
    bench.cutPower();
    valueOf(await bench.powerOn());
    assert.is(bench.screen.id, 'insert-key', bench.screenText());
  }));

test('a card without a free byte still takes ballots; its log is behind, and the machine says so', () =>
  inSite('full', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    bench.disks.b.setFull(true);
    await bench.feed(await site.sheet(governor));
    assert.is(bench.screen.id, 'cast', bench.screenText());
    assert.is(bench.runtime.state.counts?.slots, 1);
  }));

test.run();
