/**
 * Election day at a New York poll site, as the handbook of Dutchess County orders it, with everything going wrong that
 * can: the script, in the order of the clock.
 */
import { must } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import type { KeyOfSite } from '../bench/office.js';
import { feedOrientations, type MarkWish } from '../pen/marked-sheet.js';
import type { MarkKind } from '../pen/strokes.js';
import type { PenName } from '../pen/ink.js';
import { photograph } from '../pen/not-a-ballot.js';
import { tearCorner } from '../pen/paper-damage.js';
import type { PaperSheet } from '../pen/paper.js';
import { cleanPaper, type PollSite } from './poll-site.js';

export interface Inspectors {
  readonly democrat: KeyOfSite;
  readonly republican: KeyOfSite;
  readonly administrator: KeyOfSite;
}

const ED1 = 'rhinebeck-1';
const ED2 = 'rhinebeck-2';
const ED3 = 'rhinebeck-3';

const fill = (contestId: string, optionId: string, kind: MarkKind = 'full'): MarkWish => ({
  contestId,
  optionId,
  kind,
});

/** Governor on two lines of one candidate: one vote, to the line that is higher. */
const crossEndorsed = [
  fill('governor', 'brandt-rep'),
  fill('governor', 'brandt-con'),
  fill('proposal-1', 'yes'),
];
const overvoted = [
  fill('governor', 'doyle-dem'),
  fill('governor', 'brandt-rep', 'x'),
  fill('town-council', 'lyons-dem'),
];

/** The office prepares the cards the day before. */
export async function prepareCards(site: PollSite, people: Inspectors): Promise<void> {
  site.account.part('The day before: the Board of Elections prepares the memory cards');
  await site.bench.start(people.administrator);
  site.shows('the administrator starts the machine', 'administration');
  await site.does('prepare-cards');
  await site.untilScreen('administration');
  site.reads('the cards are prepared', 'Ballots cast: 0');
  site.say('two memory cards with identical bytes', 'prepared');
  await site.powerDown();
}

export async function openThePolls(site: PollSite, people: Inspectors): Promise<void> {
  const { bench, checks } = site;
  site.account.part('Opening the polls (handbook pages 20 to 26)');
  await site.waitUntil('05:31');
  const on = await bench.powerOn();
  checks.check('the machine starts', on.ok);
  site.shows('power on', 'insert-key');
  await bench.presentKey(people.democrat);
  site.shows('the security key is accepted', 'passcode');
  await bench.passcode('11112222');
  site.reads('a wrong passcode', 'That passcode was wrong.');
  site.say('a wrong passcode', 'refused and logged');
  await site.untilScreen('passcode');
  await bench.until('the passcode field', () => bench.screen.keys.includes('enter'));
  await bench.passcode(people.democrat.passcode);
  await site.untilScreen('time-check');
  site.shows('the right passcode', 'time-check');
  await bench.press('yes');
  site.reads('date and time are confirmed', 'Ballots cast: 0');
  await site.does('open-polls', people.republican);
  await site.untilScreen('more-copies');
  site.shows('the zero tape is printed, both inspectors sign', 'more-copies');
  await bench.press('no');
  await site.untilScreen('insert-ballot');
  site.shows('SYSTEM READY', 'insert-ballot');
}

/** Clean ballots of every Election District, fed in all four ways, with different pens and kinds of mark. */
export async function cleanBallots(site: PollSite): Promise<void> {
  site.account.part('Voters come');
  await site.waitUntil('06:00');
  const random = seededRandom('demo/new-york/voters');
  for (const precinctId of [ED1, ED2, ED3]) {
    for (const orientation of feedOrientations) {
      const pen: PenName = random.pick(['ballpoint', 'marker', 'pencil'] as const);
      const marks = someoneVotes(site, precinctId, random);
      const ballot = await site.ballot(precinctId, marks, { pen });
      await site.casts(
        `${site.precinctName(precinctId)}, ${orientation.replaceAll('-', ' ')}, ${pen}`,
        ballot,
        orientation,
      );
    }
  }
}

/** One selection too few or just enough in every contest, one line a candidate: nothing to warn about. */
export function someoneVotes(
  site: PollSite,
  precinctId: string,
  random: SeededRandom,
  sheet = 1,
): readonly MarkWish[] {
  const layout = site.ballots.sheetLayout(precinctId, sheet);
  const contestIds = [
    ...new Set([...layout.front.ovals, ...layout.back.ovals].map((oval) => oval.contestId)),
  ];
  return contestIds.flatMap((contestId): MarkWish[] => {
    const contest = must(
      site.definition.contests.find((c) => c.id === contestId),
      'a contest of the ballot',
    );
    const kind = (): MarkKind => random.pick(['full', 'full', 'full', 'overfull', 'x', 'check'] as const);
    if (contest.kind !== 'candidate') return [fill(contestId, random.pick(contest.options).id, kind())];
    const candidates = random.shuffle(contest.candidates).slice(0, contest.seats);
    return candidates.map((candidate) => {
      const lines = contest.options.filter((option) => option.candidateId === candidate.id);
      return fill(contestId, random.pick(lines).id, kind());
    });
  });
}

export async function warnings(site: PollSite): Promise<void> {
  site.account.part('Overvote, cross endorsement, ambiguous mark, blank ballot (handbook pages 10 to 12)');
  await site.castsAfterWarning('an overvote', await site.ballot(ED1, overvoted), 'overvote');
  const mistaken = await site.ballot(ED2, overvoted);
  await site.returnsAfterWarning('another overvote', mistaken, 'overvote');
  await site.casts(
    'that voter with a new ballot',
    await site.ballot(ED2, [fill('governor', 'doyle-dem'), fill('town-council', 'lyons-dem')]),
  );
  await site.castsAfterWarning(
    'a cross endorsement',
    await site.ballot(ED1, crossEndorsed),
    'cross-endorsement',
  );
  await site.returnsAfterWarning('another one', await site.ballot(ED3, crossEndorsed), 'cross-endorsement');

  const hesitant = await site.ballot(ED2, [
    fill('governor', 'okafor-gre', 'smudge'),
    fill('state-senator', 'serrano-con'),
  ]);
  await site.isGivenBack('an ambiguous mark', hesitant, 'given-back-ambiguous');
  const corrected = site.correct(hesitant, [fill('governor', 'okafor-gre')]);
  await site.casts('the same ballot, corrected, another way round', corrected, 'back-foot-first');

  await site.castsAfterWarning('a blank ballot', await site.blank(ED3), 'blank-ballot');
  await site.returnsAfterWarning('another blank ballot', await site.blank(ED1), 'blank-ballot');
  const named = {
    contestId: 'state-senator',
    optionId: 'write-in-1',
    kind: 'full',
    writeIn: 'Pat Doe',
  } as const;
  const writeIn = await site.ballot(ED1, [fill('governor', 'brandt-con'), named]);
  await site.casts('a write-in', writeIn, 'front-head-first', 'write-in');
  const unmarked = { ...named, kind: 'none' as const, contestId: 'attorney-general' };
  const nameOnly = await site.ballot(ED3, [fill('governor', 'doyle-wor'), unmarked]);
  await site.casts('a name written in without a mark', nameOnly, 'back-head-first', 'write-in');
  await site.casts(
    'an undervote',
    await site.ballot(ED2, [fill('town-council', 'oreilly-rep')]),
    'front-foot-first',
  );
}

/** What is no ballot for this machine is given back with the reason. */
export async function notForThisMachine(site: PollSite, otherElection: PaperSheet): Promise<void> {
  site.account.part('What this machine does not take');
  const { checks } = site;
  const unreadable = async (what: string, paper: PaperSheet, words: string): Promise<void> => {
    await site.feed(site.foreign(what, paper));
    site.reads(what, words);
    await site.getsBack(what, 'given-back-unreadable');
  };
  await unreadable('a ballot of the other election', otherElection, 'not for this election');
  await unreadable('a photograph', photograph('demo/photograph'), 'not a ballot');
  const torn = tearCorner(
    await cleanPaper(site.ballots, ED1),
    { corner: 'top-left', acrossMm: 70, alongMm: 60 },
    seededRandom('demo/tear'),
  );
  await unreadable('a torn sheet', torn, 'cannot be read');
  const test = await site.ballot(ED1, [fill('governor', 'doyle-dem')], { test: true });
  await site.isGivenBack('a test ballot', test, 'given-back-test-ballot');

  const upper = await site.ballot(ED1, [fill('governor', 'doyle-dem')]);
  const lower = await site.ballot(ED1, [fill('governor', 'doyle-dem')]);
  await site.bench.feed(site.sheetOf(upper, 'front-head-first'), site.sheetOf(lower, 'front-head-first'));
  site.shows('two sheets at once', 'given-back-several-sheets');
  await site.bench.take();
  site.returned += 1;
  checks.equal('both sheets came back', site.bench.cabinet.inPath().length, 0);
  await site.casts('the first of them alone', upper);
  await site.casts('then the second', lower, 'back-head-first');
}

export async function jams(site: PollSite, people: Inspectors): Promise<void> {
  site.account.part('Jams (handbook pages 9 and 26)');
  const { bench, checks } = site;
  const before = await site.ballot(ED2, [fill('governor', 'doyle-dem'), fill('proposal-1', 'no')]);
  bench.cabinet.jamAt(520);
  await site.feed(before);
  site.shows('a jam before the exit sensor', 'jam-not-counted');
  site.reads('a jam before the exit sensor', 'NOT counted');
  site.returned += 1;
  bench.cabinet.setCover('open');
  await bench.settle();
  checks.check('the sheet is taken out by hand', bench.cabinet.clearPath('hand').ok);
  bench.cabinet.setCover('closed');
  await site.untilScreen('given-back-jam');
  await site.casts('that ballot, scanned again', before, 'front-foot-first');

  const after = await site.ballot(ED3, [
    fill('governor', 'brandt-rep'),
    fill('village-trustee', 'bassett-vil'),
  ]);
  bench.cabinet.jamAt(760);
  const stuck = await site.feed(after);
  site.shows('a jam after the exit sensor', 'jam-counted');
  site.reads('a jam after the exit sensor', 'WAS counted');
  bench.cabinet.setCover('open');
  await bench.settle();
  checks.check('the sheet is dropped into the ballot box by hand', bench.cabinet.clearPath('main').ok);
  bench.cabinet.setCover('closed');
  await bench.presentKey(people.republican);
  await bench.press('cleared');
  await bench.untilAtRest();
  site.wasCast('security key and CLEARED', after, stuck);
}

/** The four rows of the table of interruptions, each by pulling the plug at that very moment. */
export async function powerCuts(site: PollSite, people: Inspectors): Promise<void> {
  site.account.part('The plug is pulled, once for each row of the table of interruptions');
  const { bench, checks } = site;
  const rows = ['idle', 'writing', 'ready', 'passed'] as const;
  for (const row of rows) {
    const ballot = await site.ballot(ED1, [
      fill('governor', 'okafor-gre'),
      fill('attorney-general', 'hartwell-ind'),
    ]);
    const sheet = site.sheetOf(ballot, 'front-head-first');
    const cut = armPowerCut(site, row);
    await bench.feed(sheet);
    checks.check(`the power was cut at row "${row}"`, cut() && !bench.powered);
    site.say(`power cut, intent ${row}`, bench.cabinet.describe());
    await bench.start(people.democrat);
    await bench.untilAtRest();
    const counted = row === 'passed';
    site.reads(`after row "${row}"`, counted ? 'WAS counted' : 'NOT counted');
    await bench.press('cancel');
    if (counted) {
      site.wasCast('power on again: the ballot was counted', ballot, sheet);
    } else {
      await site.getsBack(`power on again, row "${row}"`, 'given-back-power-cut');
      await site.casts('that ballot, scanned again', ballot, 'back-foot-first');
    }
  }
}

/** Cuts when the cards hold this intent: *writing* between its own flush and the slot's, the others by the path. */
function armPowerCut(site: PollSite, row: 'idle' | 'writing' | 'ready' | 'passed'): () => boolean {
  const { bench } = site;
  if (row !== 'writing') {
    const at = { idle: 'reading', ready: 'driving', passed: 'leaving' }[row];
    return bench.cutPowerWhen((state) => state.path.at === at);
  }
  let blockWrites = 0;
  let cut = false;
  bench.disks.b.onOperation((operation) => {
    // The intent cell is the first block that a cast writes, the slot the second.
    if (cut || operation !== 'block-write' || bench.runtime.state.path.at !== 'storing') return;
    blockWrites += 1;
    if (blockWrites < 2) return;
    cut = true;
    bench.cutPower();
  });
  return () => cut;
}

export async function abandonedBallot(site: PollSite, people: Inspectors): Promise<void> {
  site.account.part('A voter leaves an overvoted ballot behind (handbook pages 9 and 26)');
  const { bench, checks } = site;
  const ballot = await site.ballot(ED3, [fill('governor', 'doyle-dem'), fill('governor', 'okafor-gre')]);
  const sheet = await site.feed(ballot);
  await bench.pass(10 * 60_000);
  site.shows('ten minutes later the ballot is still held', 'overvote');
  await bench.presentKey(people.democrat);
  site.shows('an inspector presses a security key', 'abandoned-second-key');
  await bench.presentKey(people.republican);
  site.shows('and one of the other party', 'abandoned');
  checks.check('this display names no contest', !bench.screenText().includes('Governor'));
  await bench.press('yes');
  await bench.untilAtRest();
  site.wasCast('cast without being examined', ballot, sheet);
}

export async function cardPulledOut(site: PollSite, people: Inspectors): Promise<void> {
  site.account.part('A memory card is pulled out, replaced, and filled from the survivor');
  const { bench, checks } = site;
  const waiting = await site.ballot(ED2, [fill('governor', 'brandt-rep')]);
  await bench.pullCard('b');
  await bench.pass(10_000);
  site.shows('memory card B is gone', 'not-ready');
  const sheet = site.sheetOf(waiting, 'front-head-first');
  await bench.feed(sheet);
  checks.check('no ballot is drawn in meanwhile', bench.cabinet.inPath()[0]?.sheet === sheet);
  await bench.take();
  await bench.insertCard('b', bench.newCard('b'));
  await site.inspector(people.administrator);
  await site.does('fill-card-b');
  await site.untilScreen('administration');
  checks.equal('both cards are healthy', bench.runtime.state.cards.health, { a: 'healthy', b: 'healthy' });
  site.say('a new card B', 'filled from card A');
  await bench.press('cancel');
  await site.casts('the voter who waited', waiting);
}

export async function closeThePolls(site: PollSite, people: Inspectors): Promise<void> {
  site.account.part('Closing the polls (handbook page 27)');
  const { bench } = site;
  await site.waitUntil('21:02');
  await site.inspector(people.republican);
  site.reads('the evening', `Ballots cast: ${site.counted.length}`);
  await site.does('close-polls', people.democrat);
  site.shows('certain, both keys: the numbers for reconciliation', 'numbers');
  bench.roll.failAfterDots(6_000, 'paper-out');
  for (const digits of ['2', '1', '2']) {
    await bench.digits(digits);
    await bench.press('enter');
  }
  await site.untilScreen('printer-stopped');
  site.shows('in the middle of the first copy', 'printer-stopped');
  bench.roll.refill();
  await bench.press('yes');
  await site.untilScreen('more-copies');
  site.shows('a new roll; two copies are printed, both inspectors sign', 'more-copies');
  await bench.press('no');
  await site.untilScreen('administration');
  await site.does('export');
  await site.untilScreen('administration');
  site.say('export to a third medium', 'written');
  await site.powerDown();
}
