/** Trouble that a machine must come out of by itself, or with its administrator; each once found by reading or running. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { valueOf } from '../../../tools/bench/office.js';
import { closePolls, governor, inSite, openPolls, powerDown, prepareCards, type TestSite } from './world.js';

const test = suite('trouble');

async function administratorDoes(
  site: TestSite,
  action: Parameters<TestSite['bench']['choose']>[0],
): Promise<void> {
  const { bench, administrator } = site;
  await bench.enter(administrator);
  await bench.choose(action);
  await bench.press('yes');
  await bench.until('the administrator’s work', () => bench.screen.id === 'administration');
}

test('a counter that is silent once halts the machine, and the next start finishes the count', () =>
  inSite('counter', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    bench.cabinet.counter.failing = true;
    valueOf(bench.cabinet.insert(await site.sheet(governor)));
    await bench.until('the halt', () => bench.runtime.state.power.at === 'halted');
    await bench.pass(5_000);
    assert.is(bench.cabinet.bins.main.length, 0, 'the sheet waits at the exit until everything knows of it');
    bench.cabinet.counter.failing = false;
    bench.cutPower();
    await bench.start(site.democrat);
    await bench.untilAtRest();
    assert.match(bench.screenText(), 'WAS counted');
    assert.is(bench.runtime.state.counts?.counted, 1);
    assert.is(bench.cabinet.bins.main.length, 1);
    await bench.press('cancel');
    await bench.feed(await site.sheet(governor));
    assert.is(bench.screen.id, 'cast');
  }));

test('a right passcode is not called wrong when the device’s own storage fails', () =>
  inSite('passcode-storage', async (site) => {
    const { bench, administrator } = site;
    valueOf(await bench.powerOn());
    bench.disks.internal.setFull(true);
    await bench.presentKey(administrator);
    await bench.passcode(administrator.passcode);
    assert.match(bench.screenText(), 'The passcode was not tried: the device’s own storage failed.');
    assert.not.match(bench.screenText(), 'wrong');
    bench.disks.internal.setFull(false);
    await bench.passcode(administrator.passcode);
    assert.is(bench.screen.id, 'time-check');
  }));

test('a power cut while the cards are prepared leaves cards that can be prepared again', () =>
  inSite('prepare-cut', async (site) => {
    const { bench } = site;
    for (const operations of [2, 9, 20]) {
      await bench.start(site.administrator);
      let left = operations;
      bench.disks.b.onOperation(() => {
        left -= 1;
        if (left === 0) bench.cutPower();
      });
      if (bench.screen.items.includes('prepare-cards')) await bench.choose('prepare-cards');
      await bench.press('yes');
      await bench.until('the cut, or the end', () => !bench.powered || bench.screen.id === 'administration');
      bench.disks.b.onOperation(() => undefined);
      if (bench.powered) bench.cutPower();
    }
    await bench.start(site.administrator);
    if (bench.screen.items.includes('prepare-cards')) {
      await bench.choose('prepare-cards');
      await bench.press('yes');
      await bench.until('the cards', () => bench.screen.id === 'administration');
    }
    await powerDown(bench);
    await openPolls(site);
  }));

test('the official box of another machine is neither overwritten nor robbed of its keys', () =>
  inSite('own', (site) =>
    inSite('strange', async (strange) => {
      await prepareCards(strange);
      await openPolls(strange);
      await strange.bench.feed(await strange.sheet(governor));
      const before = valueOf(await strange.bench.disks.a.store.read('ballots.box', 64 * 1024 * 1024));

      const { bench } = site;
      await prepareCards(site);
      await openPolls(site);
      const card = bench.newCard('b');
      valueOf(await card.store.write('ballots.box', before));
      await bench.pullCard('b');
      await bench.insertCard('b', card);
      await administratorDoes(site, 'fill-card-b');
      assert.match(bench.screenText(), 'holds the ballot box of an official election');
      await bench.choose('use-one-card');
      await bench.press('yes');
      await bench.until('one card', () => bench.screen.id === 'administration');
      await bench.press('cancel');
      await closePolls(site);
      assert.is(bench.runtime.state.polls.at, 'closed', 'closing does not wait for a card that is not ours');
      await bench.settle();
      assert.equal(valueOf(await card.store.read('ballots.box', 64 * 1024 * 1024)), before);
    }),
  ));

test('a printer that is dead at closing does not hold the machine: the closing goes on another day', () =>
  inSite('dead-printer', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    await bench.feed(await site.sheet(governor));
    await bench.enter(site.democrat);
    await bench.choose('close-polls');
    await bench.press('yes');
    await bench.presentKey(site.republican);
    bench.roll.failAfterDots(500, 'unplugged');
    await bench.press('enter', 'enter', 'enter');
    await bench.until('the printer to stop', () => bench.screen.id === 'printer-stopped');
    const kept = valueOf(await bench.disks.internal.store.read('tape-results.txt', 1_000_000));
    await bench.press('cancel');
    await bench.until('the menu', () => bench.screen.id === 'administration');
    await powerDown(bench);
    bench.roll.repair();
    await bench.start(site.republican);
    await bench.choose('close-polls');
    await bench.press('yes');
    await bench.presentKey(site.democrat);
    await bench.until('the tapes', () => bench.screen.id === 'more-copies');
    await bench.press('no');
    await bench.until('the end', () => bench.runtime.state.polls.at === 'closed');
    const again = valueOf(await bench.disks.internal.store.read('tape-results.txt', 1_000_000));
    assert.equal(again, kept, 'it is the tape that was made when the polls closed');
  }));

test('the passcode of one key opens nothing for another key that was presented before it', () =>
  inSite('key-swap', async (site) => {
    const { bench } = site;
    valueOf(await bench.powerOn());
    await bench.presentKey(site.administrator);
    await bench.presentKey(site.democrat);
    await bench.passcode(site.democrat.passcode);
    assert.match(bench.screenText(), 'That passcode was wrong.');
    assert.is(bench.runtime.state.power.at, 'locked');
  }));

test('a sheet that was pushed in before the machine was ready is drawn in when it is', () =>
  inSite('early-sheet', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    await bench.enter(site.democrat);
    valueOf(bench.cabinet.insert(await site.sheet(governor)));
    await bench.settle();
    assert.is(bench.runtime.state.path.at, 'empty', 'an inspector is at the menu');
    await bench.press('cancel');
    await bench.untilAtRest();
    assert.is(bench.screen.id, 'cast');
  }));

test('opening the cover stops the paper, and closing it lets it go on', () =>
  inSite('cover', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    valueOf(bench.cabinet.insert(await site.sheet(governor)));
    await bench.until('the drive out', () => bench.runtime.state.path.at === 'driving');
    bench.cabinet.setCover('open');
    await bench.pass(20_000);
    assert.is(bench.runtime.state.path.at, 'driving');
    assert.is(bench.cabinet.bins.main.length, 0);
    bench.cabinet.setCover('closed');
    await bench.untilAtRest();
    assert.is(bench.cabinet.bins.main.length, 1);
  }));

test.run();
