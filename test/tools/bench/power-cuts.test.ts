/**
 * The plug is pulled at every disk operation of a cast, one run for each, with real files and torn writes; then the
 * machine starts again as inspectors start it. It must say the truth about the ballot each time: counted exactly when
 * *passed* had reached a card, and then the ballot is there once; otherwise it is not there and scans again.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Bench } from '../../../tools/bench/bench.js';
import { governor, openPolls, prepareCards, inSite, type TestSite } from './world.js';

const test = suite('power cuts in a cast');

/** Cuts at the n-th operation on one card after the sheet was read; false when the cast had fewer. */
async function castWithCut(site: TestSite, card: 'a' | 'b' | 'internal', n: number): Promise<boolean> {
  const { bench } = site;
  let operations = 0;
  let cut = false;
  bench.disks[card].onOperation(() => {
    if (cut || !bench.powered || !isCasting(bench)) return;
    operations += 1;
    if (operations < n) return;
    cut = true;
    bench.cutPower();
  });
  await bench.feed(await site.sheet(governor));
  bench.disks[card].onOperation(() => undefined);
  return cut;
}

function isCasting(bench: Bench): boolean {
  return ['storing', 'turning', 'driving', 'passing', 'leaving', 'ending'].includes(
    bench.runtime.state.path.at,
  );
}

for (const card of ['a', 'b', 'internal'] as const) {
  test(`at every operation on ${card === 'internal' ? 'the internal storage' : `memory card ${card}`}`, () =>
    inSite(`cut-${card}`, async (site) => {
      const { bench } = site;
      await prepareCards(site);
      await openPolls(site);
      let counted = 0;
      const rows = { counted: 0, notCounted: 0 };
      for (let n = 1; n < 40; n++) {
        const cut = await castWithCut(site, card, n);
        if (!cut) {
          assert.is(bench.runtime.state.counts?.slots, counted + 1, `operation ${n} comes after the cast`);
          assert.ok(rows.counted > 0 || card !== 'internal', 'some cuts came after the count');
          return;
        }
        await bench.start(site.democrat);
        await bench.untilAtRest();
        const text = bench.screenText();
        const says = text.includes('WAS counted')
          ? 'counted'
          : text.includes('NOT counted')
            ? 'notCounted'
            : 'nothing';
        const { counts, path } = bench.runtime.state;
        const where = `card ${card}, operation ${n}: ${says}`;
        if (says === 'nothing') {
          // The sheet is in the bin and everything was finished: nothing was left to say.
          assert.is(bench.cabinet.inPath().length, 0, where);
          counted += 1;
        } else {
          rows[says] += 1;
          if (says === 'counted') counted += 1;
        }
        assert.is(counts?.slots, counted, where);
        assert.equal([counts?.anchored, counts?.counted, counts?.logged], [counted, counted, counted], where);
        const { bins } = bench.cabinet;
        assert.is(bins.main.length + bins['write-in'].length, counted, `${where}: paper in the bins`);
        if (path.at === 'in-mouth') await bench.take();
        assert.is(bench.cabinet.inPath().length, 0, where);
        await bench.press('cancel');
        if (bench.runtime.state.counts?.freeSlots === 1) return;
      }
    }));
}

test.run();
