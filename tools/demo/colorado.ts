/**
 * A shorter day at a Colorado vote center: ballots of two sheets, English and Spanish on paper and display, contests
 * for two of four and three of seven, retention questions, and a warning for every undervote.
 */
import { seededRandom } from '../../ground/seeded-random.js';
import type { MarkWish } from '../pen/marked-sheet.js';
import { prepareCards, someoneVotes, type Inspectors } from './new-york.js';
import type { PollSite } from './poll-site.js';

const BOULDER = 'precinct-811';
const LYONS = 'precinct-902';

export async function coloradoDay(site: PollSite, people: Inspectors): Promise<void> {
  await prepareCards(site, people);
  await open(site, people);
  await voters(site);
  await close(site, people);
}

async function open(site: PollSite, people: Inspectors): Promise<void> {
  site.account.part('A vote center in Colorado opens');
  await site.waitUntil('06:40');
  await site.bench.start(people.democrat);
  await site.does('open-polls', people.republican);
  await site.untilScreen('more-copies');
  await site.bench.press('no');
  await site.untilScreen('insert-ballot');
  site.reads('the display speaks both languages', 'Inserte su boleta');
  site.shows('SYSTEM READY', 'insert-ballot');
}

async function voters(site: PollSite): Promise<void> {
  const random = seededRandom('demo/colorado/voters');
  for (const precinctId of [BOULDER, LYONS]) {
    for (const [i, sheet] of site.ballots.layoutOf(precinctId).sheets.entries()) {
      const marks = someoneVotes(site, precinctId, random, sheet.sheet);
      const ballot = await site.ballot(precinctId, marks, { sheet: sheet.sheet });
      const orientation = i === 0 ? 'front-head-first' : 'back-foot-first';
      await site.casts(`${site.precinctName(precinctId)}, sheet ${sheet.sheet}`, ballot, orientation);
    }
  }
  const marks = someoneVotes(site, LYONS, random);
  const oneLess = marks.filter((mark) => mark.contestId !== 'school-board');
  const undervoted = await site.ballot(LYONS, oneLess);
  await site.feed(undervoted);
  site.reads('an undervote', 'Votos sin usar');
  await site.answer('return');
  await site.getsBack('an undervote, RETURN', 'given-back-voter-chose');
  await site.castsAfterWarning('the same ballot again', undervoted, 'undervote');

  const four: readonly MarkWish[] = ['boyd', 'cardenas', 'dreyer', 'eastman'].map((optionId) => ({
    contestId: 'lyons-trustee',
    optionId,
    kind: 'full',
  }));
  const tooMany = await site.ballot(LYONS, [
    ...marks.filter((mark) => mark.contestId !== 'lyons-trustee'),
    ...four,
  ]);
  await site.castsAfterWarning('four marks where three may be elected', tooMany, 'overvote');
}

async function close(site: PollSite, people: Inspectors): Promise<void> {
  const { bench } = site;
  await site.waitUntil('19:01');
  await site.inspector(people.democrat);
  await site.does('close-polls');
  for (const digits of ['0', '0', '0']) {
    await bench.digits(digits);
    await bench.press('enter');
  }
  await site.untilScreen('more-copies');
  site.shows('two results tapes', 'more-copies');
  await bench.press('no');
  await site.untilScreen('administration');
  await site.does('export');
  await site.untilScreen('administration');
  await site.powerDown();
}
