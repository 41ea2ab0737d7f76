/**
 * A recount of a small election day, from its export and from its memory cards, held against its tape; and its log
 * exported from the command line.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../ground/bytes.js';
import type { TapeFacts } from '../../../firmware/tapes/facts.js';
import { signTape } from '../../../firmware/tapes/sign.js';
import { tapeJob } from '../../../firmware/tapes/tape.js';
import { tapeOfText, tapeText } from '../../../firmware/tapes/tape-text.js';
import type { Signer } from '../../../firmware/trust/signing.js';
import { makeOffice, valueOf } from '../../../tools/bench/office.js';
import { systemRandom } from '../../../firmware/runtime/ports.js';
import { copyOf, electionDay, freshFolder, tallystick, type Day, type Printed } from './day.js';

const test = suite('tallystick recount, tallystick log export');

let day: Day;
const folder = freshFolder('recount');
const at = (name: string): string => join(folder, name);

test.before(async () => {
  day = await electionDay();
  writeFileSync(at('authority.key'), day.office.authorityFile);
  writeFileSync(at('passphrase'), 'a bench has nothing to hide\n');
});

const tape = (): string => join(day.exportFolder, 'tapes', 'results.txt');
const fromExport = (...words: readonly string[]): Promise<Printed> =>
  tallystick('recount', day.exportFolder, ...words);

function fromCards(cards: readonly string[], ...words: readonly string[]): Promise<Printed> {
  const key = ['--authority', at('authority.key'), '--passphrase-file', at('passphrase')];
  return tallystick('recount', ...cards, '--election', day.packageFolder, ...key, ...words);
}

const MATCH =
  /The initial count and the regenerated count match: the regenerated count is the final count\.$/m;

test('the export gives the same count as the tape, contest by contest, candidate by candidate', async () => {
  const { status, out } = await fromExport('--tape', tape(), '--authority', day.authority);
  assert.is(status, 0, out);
  assert.match(out, MATCH);
  assert.match(out, /^ {2}Governor.*\n {4}.*\(DEM\) +2 +2 {2}equal$/m);
  assert.match(out, /^ {4}Write-in +1 +1 {2}equal$/m);
  assert.match(out, /^ {4}Overvoted ballots +1 +1 {2}equal$/m);
  assert.not.match(out, 'DIFFERS');
});

test('so do both memory cards, and either of them alone, with the key of the authority', async () => {
  for (const cards of [day.cards, [day.cards[0]], [day.cards[1]]]) {
    const { status, out, err } = await fromCards(cards, '--tape', tape());
    assert.is(status, 0, `${out}${err}`);
    assert.match(out, MATCH);
  }
});

test('a picture of the printed tape is as good as its text', async () => {
  const results = day.pictures.at(-1) ?? '';
  const { status, out, err } = await fromExport('--tape', results, '--authority', day.authority);
  assert.is(status, 0, `${out}${err}`);
  assert.match(out, MATCH);
  assert.match(out, 'the printed lines of a picture are not read');
});

test('as JSON both counts stand side by side', async () => {
  const { status, out } = await fromExport('--tape', tape(), '--json');
  assert.is(status, 0);
  const { match, numbers } = JSON.parse(out) as {
    match: boolean;
    numbers: { contest?: { id: string }; line: string; onTape: number; inRecords: number }[];
  };
  assert.is(match, true);
  const doyle = numbers.filter(({ contest, line }) => contest?.id === 'governor' && line === 'doyle-dem');
  assert.equal(
    doyle.map(({ onTape, inRecords }) => [onTape, inRecords]).filter(([n]) => n !== 0),
    [[2, 2]],
  );
});

/** The day's results tape with other facts, signed with the very key of the device, or with another one. */
function retaped(name: string, change: (facts: TapeFacts) => TapeFacts, signer: Signer = day.device): string {
  const read = valueOf(tapeOfText(readFileSync(tape(), 'utf8'), name));
  const facts = change(read.facts);
  const certificate = {
    electionId: facts.election.id,
    definitionSha256: Uint8Array.from(Buffer.from(facts.definitionSha256, 'hex')),
    ...{ mode: facts.mode, serialNumber: facts.deviceSerial, publicKey: signer.publicKey },
    signature: read.certificateSignature,
  };
  const signed = signTape(facts, signer, certificate);
  writeFileSync(at(name), utf8(tapeText(tapeJob(signed, { copy: 1, reprint: false }))));
  return at(name);
}

/** One vote of the first candidate becomes an undervote, so that the tape still adds up. */
function oneVoteLess(facts: TapeFacts): TapeFacts {
  const voted = facts.groups.findIndex(({ ballots }) => ballots > 0);
  return {
    ...facts,
    groups: facts.groups.map((group, g) => ({
      ...group,
      contests: group.contests.map((totals, i) =>
        g !== voted || i > 0
          ? totals
          : {
              ...totals,
              votes: totals.votes.map((n, v) => (v === 0 ? n - 1 : n)),
              undervotes: totals.undervotes + 1,
            },
      ),
    })),
  };
}

test('a tape with one vote less does not match, and the contest and the candidate are named', async () => {
  const other = retaped('less.txt', oneVoteLess);
  for (const said of [
    await fromExport('--tape', other, '--authority', day.authority),
    await fromCards(day.cards, '--tape', other),
  ]) {
    assert.is(said.status, 1, said.err);
    assert.match(said.out, /^ {4}.*\(DEM\) +1 +2 {2}DIFFERS$/m);
    assert.match(said.out, /^ {4}Undervotes +1 +0 {2}DIFFERS$/m);
    assert.match(said.out, 'do not match: 2 numbers differ');
  }
});

test('a printed line that is not as signed is found, though the signed numbers match', async () => {
  const text = readFileSync(tape(), 'utf8').replace(/(Overvoted ballots.*)1$/m, '$17');
  writeFileSync(at('line.txt'), text);
  const { status, out } = await fromExport('--tape', at('line.txt'), '--authority', day.authority);
  assert.is(status, 1);
  assert.match(out, /WRONG.*line\.txt/);
});

test('the wrong tape is refused in one sentence', async () => {
  const zero = join(day.exportFolder, 'tapes', 'zero.txt');
  const log = join(day.exportFolder, 'log', 'audit-log.jsonl');
  const other = await makeOffice(systemRandom);
  for (const [words, sentence] of [
    [['--tape', zero], 'zero.txt: is a zero tape; a recount is held against a results tape'],
    [['--tape', log], 'is neither the text nor a picture of a tape'],
    [['--tape', day.packageFolder], 'is neither the text nor a picture of a tape'],
    [['--tape', tape(), '--tape', retaped('less.txt', oneVoteLess)], 'a recount is held against one'],
    [['--tape', retaped('test.txt', (f) => ({ ...f, mode: 'test' }))], 'test.txt: is a test tape'],
    [
      ['--tape', retaped('serial.txt', (f) => ({ ...f, deviceSerial: 'TS-9' }))],
      'serial.txt: is of unit TS-9',
    ],
    [['--tape', retaped('key.txt', (f) => f, other.authority.signer)], 'or of another key of it'],
    [
      ['--tape', retaped('year.txt', (f) => ({ ...f, election: { ...f.election, id: 'last-year' } }))],
      'year.txt: is of another election',
    ],
  ] as const) {
    const { status, out, err } = await fromExport(...words);
    assert.is(status, 2, `${words.join(' ')}: ${out}${err}`);
    assert.match(err, sentence);
    assert.is(err.trimEnd().split('\n').length, 1, err);
  }
});

test('what is no export, and cards without what opens them, are refused in one sentence', async () => {
  const key = ['--authority', at('authority.key')];
  for (const [words, sentence] of [
    [[day.cards[0], '--tape', tape()], 'is not the folder of an export'],
    [[tape(), '--tape', tape()], 'is not the folder of an export'],
    [[join(folder, 'nowhere'), '--tape', tape()], 'nowhere: does not exist'],
    [[...day.cards, '--tape', tape()], 'two memory cards need --election'],
    [[...day.cards, day.cards[0], '--tape', tape()], 'give one export, or one memory card or two'],
    [
      [day.cards[0], '--tape', tape(), ...key, '--election', day.packageFolder],
      'need --election, --authority and --passphrase-file',
    ],
  ] as const) {
    const { status, err } = await tallystick('recount', ...words);
    assert.is(status, 2, words.join(' '));
    assert.match(err, sentence);
    assert.is(err.trimEnd().split('\n').length, 1, err);
  }
});

test('an export with a changed record, or of somebody whom the authority does not know, is a finding', async () => {
  const changed = copyOf(day.exportFolder, at('changed'));
  const [name = ''] = readdirSync(join(changed, 'records'));
  const path = join(changed, 'records', name);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"marked"', '"maruzd"'));
  const found = await tallystick('recount', changed, '--tape', tape());
  assert.is(found.status, 1, found.err);
  assert.match(found.out, `records/${name}: was changed`);
  const other = await makeOffice(systemRandom);
  writeFileSync(at('other.hex'), Buffer.from(other.authority.signer.publicKey).toString('hex'));
  const foreign = await fromExport('--tape', tape(), '--authority', at('other.hex'));
  assert.is(foreign.status, 1, foreign.err);
  assert.match(foreign.out, 'the authority has not certified');
});

// ---- the log ---------------------------------------------------------------------------------------------------

test('the log is exported as the machine itself exported it', async () => {
  const log = join(day.exportFolder, 'log', 'audit-log.jsonl');
  const words = ['log', 'export', log, '--election', day.packageFolder, '--out', at('log')] as const;
  const { status, out, err } = await tallystick(...words);
  assert.is(status, 0, `${out}${err}`);
  const names = readdirSync(at('log')).sort();
  assert.equal(names, ['audit-log.txt', 'event-log-documentation.json', 'event-log.json']);
  for (const name of names) {
    const own = readFileSync(join(day.exportFolder, 'log', name));
    assert.equal(readFileSync(join(at('log'), name)), own, name);
  }
  assert.match(readFileSync(join(at('log'), 'event-log.json'), 'utf8'), '"Id":"sheet-cast"');
  const again = await tallystick(...words);
  assert.is(again.status, 2);
  assert.match(again.err, 'log: is there already');
});

test('what people did with their keys, the checks at the start and the end of the keys stand in the log', () => {
  const log = readFileSync(join(day.exportFolder, 'log', 'audit-log.txt'), 'utf8');
  for (const said of [
    'start-up-check-passed: memory of the device, audit log, election package',
    'action-authorised: prepare-cards, security key AD-1',
    'action-authorised: open-polls, security key PW-1',
    'action-authorised: close-polls, security key PW-1',
    'action-authorised: export, security key PW-1',
    'ballot-box-opened',
    'key-wraps-destroyed',
  ]) {
    assert.match(log, said);
  }
  assert.not.match(log, 'power-lost');
});

test('of a log that lacks an entry nothing is exported, nor of one whose device is not listed', async () => {
  const log = readFileSync(join(day.exportFolder, 'log', 'audit-log.jsonl'), 'utf8');
  writeFileSync(at('cut.jsonl'), log.split('\n').toSpliced(3, 1).join('\n'));
  const words = ['--election', day.packageFolder, '--out', at('nothing')] as const;
  const cut = await tallystick('log', 'export', at('cut.jsonl'), ...words);
  assert.is(cut.status, 1);
  assert.match(cut.out, 'cut.jsonl, line 4: entry 4 is missing before it');
  assert.throws(() => statSync(at('nothing')), /ENOENT/);
});

test('verify finds an event log that is not the log', async () => {
  const changed = copyOf(day.exportFolder, at('event-log'));
  const path = join(changed, 'log', 'event-log.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"Id":"sheet-cast"', '"Id":"sheet-returned"'));
  const { status, out } = await tallystick('verify', changed, '--authority', day.authority);
  assert.is(status, 1);
  assert.match(out, /log\/event-log\.json: has more than the \d+ bytes/);
  const whole = await tallystick('verify', day.exportFolder, '--authority', day.authority);
  assert.is(whole.status, 0, whole.out);
  assert.match(whole.out, 'event-log.json (SP 1500-101) has the same entries');
});

test.run();
