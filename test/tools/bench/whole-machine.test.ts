/** The whole machine as people meet it: the real firmware on the virtual cabinet, real paper images, real files. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { valueOf } from '../../../tools/bench/office.js';
import { closePolls, governor, inSite, openPolls, overvote, powerDown, prepareCards } from './world.js';

const test = suite('the whole machine');

test('a test election leaves nothing behind: the official one starts at zero, on the same cards', () =>
  inSite(
    'test-then-official',
    async (site) => {
      const { bench } = site;
      await prepareCards(site);
      await openPolls(site);
      assert.ok(bench.screen.status.testMode);
      await bench.feed(await site.sheet(governor, { test: true }));
      await bench.feed(await site.sheet(overvote));
      await bench.press('cast');
      await bench.untilAtRest();
      assert.is(bench.runtime.state.counts?.slots, 2);
      await closePolls(site);
      await powerDown(bench);

      await site.load('official', 'official');
      await prepareCards(site);
      await openPolls(site);
      assert.is(bench.runtime.state.counts?.slots, 0);
      assert.is(bench.runtime.state.counts?.protectiveCounter, 2, 'but the protective counter never falls');
      assert.not.ok(bench.screen.status.testMode);
      await bench.feed(await site.sheet(governor, { test: true }));
      assert.is(bench.screen.id, 'given-back-test-ballot');
    },
    'test',
  ));

test('cards with the ballots of an official election are never overwritten', () =>
  inSite('overwrite', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    await bench.feed(await site.sheet(governor));
    await closePolls(site);
    await powerDown(bench);
    await site.load('again', 'official');
    await bench.start(site.administrator);
    await bench.choose('prepare-cards');
    await bench.press('yes');
    await bench.until('the refusal', () => bench.screen.id === 'administration');
    assert.match(bench.screenText(), 'holds the ballot box of an official election');
  }));

test('wrong passcodes make the next try wait, longer each time, also after the power was off', () =>
  inSite('lock-out', async (site) => {
    const { bench } = site;
    valueOf(await bench.powerOn());
    await bench.presentKey(site.democrat);
    const waits: number[] = [];
    for (let tries = 0; tries < 5; tries++) {
      const beganMs = bench.clock.nowMs();
      await bench.passcode('50284917');
      await bench.until('the next try', () => bench.screen.keys.includes('enter'));
      waits.push(Math.round((bench.clock.nowMs() - beganMs) / 1000));
    }
    assert.equal(waits, [0, 0, 5, 10, 20]);
    bench.cutPower();
    valueOf(await bench.powerOn());
    await bench.presentKey(site.democrat);
    await bench.passcode(site.democrat.passcode);
    assert.match(bench.screenText(), 'Wait 20 seconds', 'pulling the plug saves no wait');
    await bench.until('the next try', () => bench.screen.keys.includes('enter'));
    await bench.passcode(site.democrat.passcode);
    await bench.until('the right passcode', () => bench.screen.id === 'time-check');
  }));

test('with one card lost for good, the administrator closes on the other, and the tape says so', () =>
  inSite('one-card', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    await bench.feed(await site.sheet(governor));
    await bench.pullCard('a');
    assert.is(bench.screen.id, 'cast', 'what was cast stays cast');
    await bench.enter(site.democrat);
    assert.not.ok(bench.screen.items.includes('use-one-card'), 'a poll worker may not decide that');
    await bench.press('cancel');
    await bench.enter(site.administrator);
    await bench.choose('use-one-card');
    await bench.press('yes');
    await bench.until('the menu', () => bench.screen.id === 'administration');
    await bench.press('cancel');
    await bench.feed(await site.sheet(governor));
    assert.is(bench.runtime.state.counts?.slots, 2, 'voting goes on');
    await closePolls(site);
    const text = valueOf(await bench.disks.internal.store.read('tape-results.txt', 1_000_000));
    assert.match(new TextDecoder().decode(text), /one memory card/i);
  }));

test('a copy of the results tape can still be printed after the power was off, and says that it is a reprint', () =>
  inSite('reprint', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    await bench.feed(await site.sheet(governor));
    await closePolls(site);
    await powerDown(bench);
    const before = bench.roll.pieces().length;
    await bench.start(site.democrat);
    assert.not.ok(bench.screen.items.includes('export'), 'the ballot box stays shut after closing');
    await bench.choose('print-copy');
    await bench.press('yes');
    await bench.until('the copy', () => bench.screen.id === 'more-copies');
    await bench.press('no');
    assert.is(bench.roll.pieces().length, before + 1);
    const reprint = bench.roll.pieces().at(-1);
    const first = bench.roll.pieces().at(-3);
    assert.ok(
      reprint?.cut && first?.cut && reprint.page.heightPx > first.page.heightPx,
      'it has a line more',
    );
  }));

test('a card that missed a ballot while it was out is refused until it is filled', () =>
  inSite('stale-card', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    await bench.pullCard('b');
    const stale = bench.disks.b;
    bench.cutPower();
    // Somebody puts the card back while the power is off.
    await bench.insertCard('b', stale);
    valueOf(await bench.powerOn());
    await bench.enter(site.administrator);
    await bench.press('yes');
    await bench.until('the menu', () => bench.screen.id === 'administration');
    assert.match(bench.screenText(), /card/);
    assert.is(bench.runtime.state.cards.box.is, 'refused');
    await bench.choose('use-one-card');
    await bench.press('yes');
    await bench.until('the box on the survivor', () => bench.screen.id === 'administration');
    await bench.choose('fill-card-b');
    await bench.press('yes');
    await bench.until('both cards', () => bench.runtime.state.cards.health.b === 'healthy');
    assert.equal(bench.runtime.state.cards.health, { a: 'healthy', b: 'healthy' });
  }));

test('a package that another authority made for another device is not loaded', () =>
  inSite('other-authority', async (site) => {
    await inSite('other-office', async (other) => {
      const loaded = await site.bench.load(`${other.bench.packages}/first`);
      assert.not.ok(loaded.ok);
    });
  }));

test.run();
