/** Sheets that are no ballots of this election: stopped while they are drawn in, and given back before they are in. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../../ground/result.js';
import { PAPER_HEIGHT_MM } from '../../../election-def/page-frame.js';
import type { Sheet } from '../../../drivers/virtual/paper-path.js';
import { valueOf } from '../../../tools/bench/office.js';
import { fedSheet, markedPaper } from '../../../tools/bench/paper.js';
import { scanSheet } from '../../../tools/pen/marked-sheet.js';
import { photograph } from '../../../tools/pen/not-a-ballot.js';
import { blankSheet } from '../../../tools/pen/paper.js';
import { perfectScan } from '../../../tools/pen/scan-conditions.js';
import { printedOn } from '../../vision/printed-papers.js';
import { governor, inSite, openPolls, prepareCards, type TestSite } from './world.js';

const test = suite('early faults at the machine');

/** Fed, and the place where it stood when the motor turned back. */
async function stoppedAt(site: TestSite, sheet: Sheet): Promise<{ leading: number; trailing: number }> {
  const { bench } = site;
  valueOf(bench.cabinet.insert(sheet));
  await bench.until('the way back', () => bench.runtime.state.path.at === 'returning');
  const { leadingEdgeMm, trailingEdgeMm } = must(bench.cabinet.inPath()[0], 'the sheet is in the path');
  await bench.untilAtRest();
  assert.is(bench.runtime.state.path.at, 'in-mouth', `${sheet.label} lies in the voter's reach`);
  return { leading: Math.round(leadingEdgeMm), trailing: Math.round(trailingEdgeMm) };
}

test('no ballot, a photograph, a sheet askew: stopped 130 mm into the machine and given back uncounted', () =>
  inSite('early', async (site) => {
    const { bench, ballots } = site;
    await prepareCards(site);
    await openPolls(site);
    const paper = await markedPaper(ballots, { precinctId: 'rhinebeck-1', marks: governor }, 'askew');
    const conditions = { ...perfectScan(), skewDegrees: 5 };
    const askew = scanSheet(paper, { orientation: 'front-head-first', conditions, seed: 'askew' });
    const cases: readonly (readonly [Sheet, string])[] = [
      [fedSheet(blankSheet(), 'blank paper', 'front-head-first', 'blank'), 'This is not a ballot'],
      [fedSheet(photograph('holiday'), 'photograph', 'back-foot-first', 'photo'), 'This is not a ballot'],
      [{ label: 'askew', lengthMm: PAPER_HEIGHT_MM.legal, ...askew }, 'Feed it straight.'],
    ];
    for (const [sheet, words] of cases) {
      const where = await stoppedAt(site, sheet);
      const hint = `${sheet.label}: ${where.leading} mm, and ${where.trailing} mm outside`;
      assert.ok(where.leading <= 131 && where.trailing <= -149, hint);
      assert.is(bench.screen.id, 'given-back-unreadable');
      assert.match(bench.screenText(), words);
      assert.match(bench.screenText(), 'This ballot was NOT counted.');
      assert.is(await bench.take(), sheet);
    }
    await bench.feed(await site.sheet(governor));
    assert.is(bench.screen.id, 'cast', 'the next ballot is read as ever');
    assert.is(bench.runtime.state.counts?.counted, 1);
    assert.is(bench.cabinet.bins.main.length, 1);
  }));

test('a sheet longer than any ballot of the election is stopped before it is in', () =>
  inSite('too-long', async (site) => {
    const { bench } = site;
    await prepareCards(site);
    await openPolls(site);
    const printed = await printedOn('22-inch');
    const sheet = fedSheet(printed.paper(0), 'a long ballot', 'front-head-first', 'long');
    const where = await stoppedAt(site, sheet);
    assert.ok(where.trailing < 0, `it still lies in the mouth: ${where.trailing} mm`);
    assert.match(bench.screenText(), 'It does not have the size of a ballot of this election.');
    assert.is(await bench.take(), sheet);
    assert.is(bench.runtime.state.counts?.counted, 0);
  }));

test('a ballot whose images fit into no slot comes back with that reason, and nothing stays on the cards', () =>
  inSite(
    'small-slots',
    async (site) => {
      const { bench } = site;
      await prepareCards(site);
      await openPolls(site);
      await bench.feed(await site.sheet(governor));
      assert.is(bench.screen.id, 'given-back-images-too-large');
      assert.match(bench.screenText(), 'This ballot cannot be stored');
      assert.is(bench.runtime.state.counts?.slots, 0);
      assert.equal(bench.runtime.state.cards.health, { a: 'healthy', b: 'healthy' });
      await bench.take();
      await bench.pass(10_000);
      assert.is(bench.screen.id, 'insert-ballot', 'and the machine is ready for the next');
    },
    'official',
    65_536,
  ));

test.run();
