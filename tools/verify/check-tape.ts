/**
 * A tape in words, from its text or from pictures of it: who signed it, what it says, and whether its own numbers add
 * up. The printed lines of a text are compared with the signed ones; those of a picture are for people to compare.
 */
import { fromUtf8, toHex } from '../../ground/bytes.js';
import { problem, type Result } from '../../ground/result.js';
import type { SignedTape, TapeFacts, TapeGroup } from '../../firmware/tapes/facts.js';
import { parseCode } from '../../firmware/tapes/codes.js';
import { checkTape as checkSignatures, openTape } from '../../firmware/tapes/read-tape.js';
import { tapeDigest } from '../../firmware/tapes/sign.js';
import { checkPrintedLines, tapeOfText } from '../../firmware/tapes/tape-text.js';
import { verifySignature } from '../../firmware/trust/keys.js';
import { readTapeCodes } from '../tape-image.js';
import { inMode } from './check-package.js';
import { counted, Findings, short, type Checked } from './findings.js';

export function checkTapeText(bytes: Uint8Array, name: string, authority?: Uint8Array): Checked {
  const findings = new Findings(name);
  const text = fromUtf8(bytes, name);
  const read = text.ok ? tapeOfText(text.value, name) : text;
  const checked = checkRead(read, findings, authority);
  if (checked.content !== undefined && text.ok) {
    const issue = checkPrintedLines(text.value, checked.content, name);
    if (issue.ok) findings.say('every printed line is as signed');
    else findings.blame(issue.error);
  }
  return checked;
}

export interface Picture {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Pictures of one tape, taken piece by piece, are put together by the name of the set on their codes. */
export async function checkTapePictures(
  pictures: readonly Picture[],
  authority?: Uint8Array,
): Promise<readonly Checked[]> {
  const sets = new Map<string, { names: string[]; texts: string[] }>();
  const checked: Checked[] = [];
  for (const { name, bytes } of pictures) {
    const codes = await readTapeCodes(bytes, name);
    if (!codes.ok || codes.value.length === 0) {
      const findings = new Findings(name);
      findings.blame(
        codes.ok
          ? problem(
              'no-codes',
              name,
              '',
              'shows no code of a tape that can be read; take it closer, or straight',
            )
          : codes.error,
      );
      checked.push({ kind: 'tape', name, findings, identity: {}, content: undefined });
      continue;
    }
    for (const text of codes.value) {
      const set = parseCode(text)?.set ?? '';
      const known = sets.get(set) ?? { names: [], texts: [] };
      sets.set(set, known);
      if (!known.names.includes(name)) known.names.push(name);
      known.texts.push(text);
    }
  }
  for (const { names, texts } of sets.values()) {
    const name = names.join(' + ');
    const findings = new Findings(name);
    const opened = openTape(texts, name);
    const read = opened.ok
      ? { ok: true as const, value: { ...opened.value, digest: tapeDigest(opened.value.canonical) } }
      : opened;
    const result = checkRead(read, findings, authority);
    if (result.content !== undefined && result.content.facts.type === 'results') {
      findings.note('the printed lines of a picture are not read: compare them with these signed numbers');
      findings.notes.push(...signedNumbers(result.content.facts));
    }
    checked.push(result);
  }
  return checked;
}

type CheckedTape = Extract<Checked, { kind: 'tape' }>;

function checkRead(read: Result<SignedTape>, findings: Findings, authority?: Uint8Array): CheckedTape {
  const name = findings.where;
  if (!read.ok) {
    findings.blame(read.error);
    return { kind: 'tape', name, findings, identity: {}, content: undefined };
  }
  const tape = read.value;
  const { facts, devicePublicKey } = tape;
  if (authority !== undefined) {
    const trusted = checkSignatures(tape, authority, name);
    if (trusted.ok)
      findings.say(`signed by unit ${facts.deviceSerial}, which the authority certified for this election`);
    else findings.blame(trusted.error);
  } else {
    const isSigned = verifySignature('tape', devicePublicKey, tape.canonical, tape.signature);
    const reason = `is not what unit ${facts.deviceSerial} signed`;
    findings.check(isSigned, `signed by the device key ${short(toHex(devicePublicKey))}`, '', reason);
  }
  describe(findings, facts, tape.digest);
  checkArithmetic(findings, facts);
  const { mode, simulated, deviceSerial, definitionSha256, packageSha256, election } = facts;
  const identity = {
    ...{ electionId: election.id, definitionSha256, packageSha256, mode, simulated, deviceSerial },
    deviceKey: toHex(devicePublicKey),
  };
  return { kind: 'tape', name, findings, identity, content: tape };
}

function describe(findings: Findings, facts: TapeFacts, digest: string): void {
  const { election, counters } = facts;
  findings.say(
    `${facts.type} tape of ${election.id}: ${election.title}, ${election.date}; ${inMode(facts.mode)}` +
      (facts.simulated ? '; SIMULATED' : ''),
  );
  findings.say(
    `${facts.pollingPlace}, unit ${facts.deviceSerial}, opening ${facts.openingNumber}, closing ${facts.closingNumber}, printed ${facts.wallTime.replace('T', ' ')}`,
  );
  findings.say(
    `${counted(counters.sheets, 'sheet')} (${counters.mainBinSheets} main bin, ${counters.writeInBinSheets} write-in bin), ${counted(counters.ballots, 'ballot')}, protective counter ${counters.protectiveNow}`,
  );
  findings.say(`this tape ${digest}`);
  if (facts.closedOnOneCard) findings.note('the polls were closed on one memory card; the other had failed');
}

/** What must hold on any tape, whoever signed it: a number that does not add up was not counted. */
function checkArithmetic(findings: Findings, facts: TapeFacts): void {
  const { counters, contests, groups, type } = facts;
  const add = (of: (group: TapeGroup) => number): number => groups.reduce((sum, group) => sum + of(group), 0);
  const before = findings.wrong.length;
  const sheets = add((group) => group.sheets.reduce((sum, n) => sum + n, 0));
  findings.must(sheets === counters.sheets, 'sheets', `are ${counters.sheets}, by precinct ${sheets}`);
  const ballots = add((group) => group.ballots);
  findings.must(ballots === counters.ballots, 'ballots', `are ${counters.ballots}, by precinct ${ballots}`);
  const bins = counters.mainBinSheets + counters.writeInBinSheets;
  findings.must(bins === counters.sheets, 'bins', `hold ${bins} of ${counters.sheets} sheets`);
  const raised = counters.protectiveNow - counters.protectiveAtOpening;
  findings.must(
    raised === counters.sheets,
    'protective counter',
    `rose by ${raised} while ${counters.sheets} sheets were cast`,
  );
  for (const group of groups) {
    for (const totals of group.contests) {
      const { title = '', seats = 1 } = contests[totals.contest] ?? {};
      const votes = [...totals.votes, ...totals.candidateOnly].reduce((sum, n) => sum + n, totals.writeIns);
      const used = votes + totals.undervotes + seats * totals.overvotes;
      findings.must(
        used === seats * totals.ballots,
        `${group.precincts.join(', ')}, ${title}`,
        `has ${used} votes, undervotes and overvotes where ${seats * totals.ballots} are possible`,
      );
    }
  }
  findings.must(
    type === 'results' || (counters.sheets === 0 && counters.ballots === 0),
    'counters',
    'are not zero on a zero tape',
  );
  if (findings.wrong.length === before) {
    findings.say(type === 'zero' ? 'every count on it is zero' : 'its own numbers add up');
  }
}

/** Each contest's signed numbers, for eyes that hold a picture. */
function signedNumbers(facts: TapeFacts): readonly string[] {
  return facts.groups.flatMap((group) => [
    `${group.precincts.join(', ')}: ${counted(group.ballots, 'ballot')}`,
    ...group.contests.map((totals) => {
      const { title = '', options = [], names = [] } = facts.contests[totals.contest] ?? {};
      const votes = options.map(
        ({ name, party }, i) =>
          `${names[name] ?? ''}${party === '' ? '' : ` (${party})`} ${totals.votes[i] ?? 0}`,
      );
      const onNoLine = totals.candidateOnly.flatMap((n, i) => (n > 0 ? [`${names[i] ?? ''} ${n}`] : []));
      return `  ${title}: ${[...votes, ...onNoLine].join(', ')}, write-in ${totals.writeIns}, undervotes ${totals.undervotes}, overvoted ${totals.overvotes}`;
    }),
  ]);
}
