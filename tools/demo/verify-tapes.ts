/**
 * The tapes twice over: what their codes hold, signed, read back from a picture of the paper; and what people read on
 * the same paper, line by line from its dots. Both must be the truth's numbers, on every copy, and in the export.
 */
import type { Result } from '../../ground/result.js';
import { paperPng } from '../../drivers/virtual/roll-png.js';
import type { VirtualRoll } from '../../drivers/virtual/roll.js';
import { textIn } from '../../election-def/definition.js';
import { parseCode } from '../../firmware/tapes/codes.js';
import type { TapeFacts } from '../../firmware/tapes/facts.js';
import { checkTape, type ReadTape } from '../../firmware/tapes/read-tape.js';
import { tapeDigest } from '../../firmware/tapes/sign.js';
import { verifyTapeText } from '../../firmware/tapes/tape-text.js';
import { readTapePictures } from '../tape-image.js';
import type { Checks } from './checks.js';
import type { Opened } from './opened.js';
import { paperText } from './paper-text.js';
import { entriesOf, entry, expectedVotes, joined, nameOf, said, writeInVotes } from './printed-tape.js';
import type { Entry, ExpectedGroup } from './printed-tape.js';
import type { ExpectedPrecinct, ExpectedTotals } from './truth.js';
import type { ExpectedPiece, World } from './world.js';

/** A piece of paper as it was read. */
export interface ReadPiece {
  readonly cut: boolean;
  /** As people read it. */
  readonly lines: readonly string[];
  /** As its codes have it. */
  readonly tape: Result<ReadTape>;
}

/** A whole copy of a tape. */
interface PaperTape {
  readonly piece: ExpectedPiece;
  readonly tape: ReadTape;
  readonly lines: readonly string[];
}

/** Oldest first. */
export async function readPieces(roll: Pick<VirtualRoll, 'pieces'>): Promise<readonly ReadPiece[]> {
  const read: ReadPiece[] = [];
  for (const [i, { page, cut }] of roll.pieces().entries()) {
    const tape = await readTapePictures([await paperPng(page)], `piece ${i + 1} of the paper`);
    read.push({ cut, lines: paperText(page), tape });
  }
  return read;
}

/** @param logHashes hashes of the exported log's entries */
export async function verifyTapes(
  world: World,
  opened: Opened,
  pieces: readonly ReadPiece[],
  logHashes: ReadonlySet<string>,
  checks: Checks,
): Promise<void> {
  const cuts = pieces.map(({ cut }) => (cut ? 'cut' : 'torn'));
  const expectedCuts = world.pieces.map(({ whole }) => (whole ? 'cut' : 'torn'));
  checks.equal('the tape printer gave these pieces of paper', cuts, expectedCuts);
  const tapes: PaperTape[] = [];
  for (const [i, piece] of world.pieces.entries()) {
    const paper = pieces[i];
    const tape = paper && verifyPiece(world, piece, paper, checks);
    if (tape !== undefined) tapes.push(tape);
  }
  for (const tape of tapes) verifyNumbers(world, opened, tape, checks);
  verifyChain(tapes, logHashes, checks);
  for (const type of ['zero', 'results'] as const) {
    const own = tapes.filter(({ piece }) => piece.type === type);
    await verifyExported(world, opened, type, own, checks);
  }
}

function verifyPiece(
  world: World,
  piece: ExpectedPiece,
  { lines, tape: read }: ReadPiece,
  checks: Checks,
): PaperTape | undefined {
  const name = nameOfPiece(piece);
  const end = lines.findIndex((line) => line.includes('END OF'));
  if (!piece.whole) {
    checks.equal(`${name}, torn off: no line says that it is a whole tape`, end, -1);
    return undefined;
  }
  const last = `END OF ${piece.type === 'zero' ? 'ZERO' : 'RESULTS'} TAPE`;
  checks.equal(`${name}: its last line says that it is whole`, lines.at(-1)?.trim(), last);
  checks.equal(`${name}: no other line says so`, end, lines.length - 1);
  const copy = lines[0]?.trim().startsWith('COPY ') === true ? lines[0].trim() : 'COPY 1';
  checks.equal(`${name}: it says which copy it is`, copy, `COPY ${piece.copy}`);
  const tape = checks.value(`${name}: its codes can be read from the paper`, read);
  if (tape === undefined) return undefined;
  const trusted = checkTape(tape, world.authority.signer.publicKey, name);
  checks.value(`${name}: signed by the device that the authority certified`, trusted);
  checks.equal(`${name}: the codes are of a tape of this type`, tape.facts.type, piece.type);
  return { piece, tape, lines };
}

function nameOfPiece({ type, copy }: ExpectedPiece): string {
  return `${type} tape, copy ${copy}`;
}

function verifyNumbers(world: World, opened: Opened, tape: PaperTape, checks: Checks): void {
  const { facts } = tape.tape;
  const { election } = opened;
  const name = nameOfPiece(tape.piece);
  const identity = {
    mode: facts.mode,
    simulated: facts.simulated,
    election: facts.election.id,
    package: facts.packageSha256,
    definition: facts.definitionSha256,
    device: facts.deviceSerial,
    oneCard: facts.closedOnOneCard,
  };
  checks.equal(`${name}: election, package, mode and unit`, identity, {
    mode: election.mode,
    simulated: true,
    election: election.definition.id,
    package: election.packageSha256,
    definition: election.definitionSha256,
    device: world.bench.serialNumber,
    oneCard: false,
  });
  const expected = facts.type === 'zero' ? zeroOf(opened.expected) : opened.expected;
  verifyCounters(world, facts, expected, name, checks);
  const groups = verifyGroups(opened, facts, expected, name, checks);
  verifySigned(opened, facts, expected, groups, name, checks);
  verifyPrinted(world, opened, tape, expected, groups, checks);
}

/** The same precincts and contests with nothing counted. */
function zeroOf(expected: ExpectedTotals): ExpectedTotals {
  const none = (counts: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.keys(counts).map((id) => [id, 0]));
  return {
    sheets: 0,
    ballots: 0,
    bins: { main: 0, 'write-in': 0 },
    precincts: expected.precincts.map((precinct) => ({
      ...precinct,
      sheets: precinct.sheets.map(() => 0),
      ballots: 0,
      blankSheets: 0,
      contests: precinct.contests.map(({ contestId, votes, onNoLine }) => ({
        contestId,
        ballots: 0,
        overvotes: 0,
        undervotes: 0,
        votes: none(votes),
        onNoLine: none(onNoLine),
      })),
    })),
  };
}

function verifyCounters(
  world: World,
  { counters, type, reconciliation }: TapeFacts,
  expected: ExpectedTotals,
  name: string,
  checks: Checks,
): void {
  const start = world.protectiveAtStart;
  checks.equal(`${name}: public counter`, counters.sheets, expected.sheets);
  checks.equal(`${name}: ballots`, counters.ballots, expected.ballots);
  checks.equal(`${name}: sheets in the main bin`, counters.mainBinSheets, expected.bins.main);
  checks.equal(`${name}: sheets in the write-in bin`, counters.writeInBinSheets, expected.bins['write-in']);
  checks.equal(`${name}: protective counter`, counters.protectiveNow, start + expected.sheets);
  if (type === 'zero') return;
  checks.equal(`${name}: protective counter at opening`, counters.protectiveAtOpening, start);
  for (const key of ['unscannedEmergencyBallots', 'abandonedBallots', 'writeInBallots'] as const) {
    checks.equal(`${name}: counted by hand, ${key}`, reconciliation[key], world.countedByHand[key]);
  }
}

/** The precincts of each group, by id: every precinct once, and none alone that has to be hidden among others. */
function verifyGroups(
  { election }: Opened,
  facts: TapeFacts,
  expected: ExpectedTotals,
  name: string,
  checks: Checks,
): readonly (readonly string[])[] {
  const { definition } = election;
  const idOf = (said: string): string =>
    definition.precincts.find((one) => textIn(one.name, definition.languages[0] ?? 'en') === said)?.id ??
    said;
  const groups = facts.groups.map(({ precincts }) => precincts.map(idOf));
  const all = groups.flat().sort();
  checks.equal(`${name}: every ${facts.precinctTerm} is listed once`, all, [...election.precinctIds].sort());
  const ballots = groups.map((ids) => joined(ofIds(expected, ids)).ballots).filter((count) => count > 0);
  const least = facts.type === 'zero' ? 0 : definition.settings.smallCellMinimum;
  const hidden = ballots.length < 2 || ballots.every((count) => count >= least);
  checks.check(`${name}: no ${facts.precinctTerm} with fewer than ${least} ballots stands alone`, hidden);
  return groups;
}

function ofIds(expected: ExpectedTotals, precinctIds: readonly string[]): readonly ExpectedPrecinct[] {
  return expected.precincts.filter(({ precinctId }) => precinctIds.includes(precinctId));
}

/** What the codes hold and the device signed. */
function verifySigned(
  opened: Opened,
  facts: TapeFacts,
  expected: ExpectedTotals,
  groups: readonly (readonly string[])[],
  name: string,
  checks: Checks,
): void {
  for (const [i, precinctIds] of groups.entries()) {
    const group = joined(ofIds(expected, precinctIds));
    const signed = facts.groups[i];
    const where = `${name}, ${precinctIds.join(' and ')}`;
    checks.equal(`${where}: ballots`, signed?.ballots, group.ballots);
    checks.equal(`${where}: blank sheets`, signed?.blankSheets, group.blankSheets);
    const sheets = signed?.sheets.map((count, n) => count - (group.sheets[n] ?? 0)) ?? [1];
    checks.check(
      `${where}: sheets of each number`,
      sheets.every((difference) => difference === 0),
    );
    checks.equal(`${where}: contests`, signed?.contests.length, group.contests.length);
    verifyContests(opened, facts, i, group, where, checks);
  }
}

function verifyContests(
  { election }: Opened,
  facts: TapeFacts,
  groupIndex: number,
  group: ExpectedGroup,
  where: string,
  checks: Checks,
): void {
  const { definition } = election;
  for (const totals of facts.groups[groupIndex]?.contests ?? []) {
    const printed = facts.contests[totals.contest];
    const contest = definition.contests.find((one) => said(definition, one.title) === printed?.title);
    const truth = group.contests.find(({ contestId }) => contestId === contest?.id);
    const is = `${where}, ${printed?.title ?? 'a contest without a title'}`;
    checks.check(`${is}: it is a contest of these ballots`, truth !== undefined);
    if (contest === undefined || printed === undefined || truth === undefined) continue;
    checks.equal(`${is}: ballots with this contest`, totals.ballots, truth.ballots);
    checks.equal(`${is}: overvotes`, totals.overvotes, truth.overvotes);
    checks.equal(`${is}: undervotes`, totals.undervotes, truth.undervotes);
    checks.equal(`${is}: write-ins`, totals.writeIns, writeInVotes(truth));
    checks.equal(`${is}: options`, totals.votes.length, contest.options.length);
    for (const [i, option] of contest.options.entries()) {
      const label =
        'label' in option
          ? said(definition, option.label)
          : contest.kind === 'candidate'
            ? nameOf(contest, option.candidateId)
            : '';
      const name = printed.names[printed.options[i]?.name ?? -1];
      checks.equal(`${is}: the name of option ${i + 1}`, name, label);
      const party = printed.options[i]?.party ?? '';
      checks.equal(`${is}: votes for ${label} ${party}`.trim(), totals.votes[i], truth.votes[option.id]);
    }
    const people = contest.kind === 'candidate' ? contest.candidates : [];
    const onNoLine = totals.candidateOnly.map(
      (votes, i) => votes - (truth.onNoLine[people[i]?.id ?? ''] ?? 0),
    );
    checks.check(
      `${is}: votes on no line`,
      onNoLine.every((difference) => difference === 0),
    );
  }
}

/** What people read on the paper, number by number. */
function verifyPrinted(
  world: World,
  { election }: Opened,
  { piece, tape, lines }: PaperTape,
  expected: ExpectedTotals,
  groups: readonly (readonly string[])[],
  checks: Checks,
): void {
  const { facts } = tape;
  const results = facts.type === 'results';
  const sheetsOf = (precinctId: string): number =>
    election.layouts.find((layout) => layout.precinctId === precinctId)?.sheets.length ?? 1;
  const byHand = world.countedByHand;
  const wanted: readonly Entry[] = [
    entry('Unit serial number', world.bench.serialNumber),
    entry('Printed', facts.wallTime.replace('T', ' ')),
    entry('Opening number', facts.openingNumber),
    ...(results ? [entry('Closing number', facts.closingNumber)] : []),
    entry('Public counter (sheets cast)', expected.sheets),
    entry('Ballots cast', expected.ballots),
    entry('Sheets in the main bin', expected.bins.main),
    entry('Sheets in the write-in bin', expected.bins['write-in']),
    ...(results ? [entry('Protective counter at opening', world.protectiveAtStart)] : []),
    entry('Protective counter', world.protectiveAtStart + expected.sheets),
    ...(results
      ? [
          entry('Write-in ballots', byHand.writeInBallots ?? '________'),
          entry('Unscanned emergency ballots', byHand.unscannedEmergencyBallots ?? '________'),
          entry('Abandoned ballots', byHand.abandonedBallots ?? '________'),
        ]
      : []),
    ...expectedVotes(election.definition, expected, groups, sheetsOf, results),
  ];
  const found = entriesOf(lines);
  const name = nameOfPiece(piece);
  checks.equal(`${name}: as many numbers are printed as there must be`, found.length, wanted.length);
  for (const [i, { name: what, value }] of wanted.entries()) {
    const read = found[i];
    checks.equal(`${name}, on the paper: ${what}`, read?.value, value);
    const named = read !== undefined && read.name !== '' && what.endsWith(read.name);
    checks.check(`${name}, on the paper: ${what} has its name`, named, `found ${read?.name ?? 'nothing'}`);
  }
  const zeros = expectedVotes(election.definition, zeroOf(expected), groups, sheetsOf, results);
  if (results) return;
  const own = found.slice(-zeros.length);
  checks.check(
    `${name}, on the paper: every count is zero`,
    own.every(({ value }) => value === '0'),
  );
}

/** Each tape names the one before, and a moment of the log. */
function verifyChain(tapes: readonly PaperTape[], logHashes: ReadonlySet<string>, checks: Checks): void {
  let previous: string | undefined;
  let digest: string | undefined;
  for (const { piece, tape } of tapes) {
    const name = nameOfPiece(piece);
    const own = tapeDigest(tape.canonical);
    if (own !== digest) {
      previous = digest;
      digest = own;
    }
    checks.equal(`${name}: it names the tape before it`, tape.facts.previousTape, previous);
    checks.check(`${name}: it names an entry of the log`, logHashes.has(tape.facts.logHead));
    const first = tapes.find((one) => one.piece.type === piece.type);
    const same = first !== undefined && tapeDigest(first.tape.canonical) === own;
    checks.check(`${name}: all copies are of one tape`, same);
  }
}

/** The text in the export is the first copy, line by line. */
async function verifyExported(
  world: World,
  { exported }: Opened,
  type: 'zero' | 'results',
  tapes: readonly PaperTape[],
  checks: Checks,
): Promise<void> {
  if (exported === undefined) return;
  const file = `tapes/${type}.txt`;
  const bytes = checks.value(`the export carries ${file}`, await exported.read(file));
  if (bytes === undefined) return;
  const text = new TextDecoder().decode(bytes);
  const verified = verifyTapeText(text, world.authority.signer.publicKey, file);
  const tape = checks.value(`${file}: signed, and every printed line is what was signed`, verified)?.tape;
  for (const { piece, tape: onPaper, lines } of tapes) {
    const name = nameOfPiece(piece);
    checks.equal(`${name}: ${file} is the same tape`, tape?.digest, tapeDigest(onPaper.canonical));
    const printed = piece.copy === 1 ? lines : lines.slice(1);
    checks.equal(`${name}: the paper reads as ${file} does`, printed.map(ruleAsDashes), linesOf(text));
  }
}

/** On paper a rule is one stroke. */
function ruleAsDashes(line: string): string {
  return /^—+$/.test(line) ? line.replaceAll('—', '-') : line;
}

/** Without what stands on paper as a code, its caption, and empty lines. */
function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && parseCode(line) === undefined && !/^Code \d+ of \d+$/.test(line));
}
