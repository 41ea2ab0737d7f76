import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '../../../ground/bytes.js';
import { describeProblem, err, problem, type Problem, type Result } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import type { FileStore } from '../../../drivers/ports.js';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import { chainEntry, EMPTY_HEAD, MAX_DETAILS, type LogHead } from '../../../firmware/audit-log/chain.js';
import { bareEvents, eventGroups, events } from '../../../firmware/audit-log/events.js';
import { AuditLog, type AuditLogOptions } from '../../../firmware/audit-log/log.js';
import { verifyLog, verifyLogInTurns } from '../../../firmware/audit-log/verify.js';
import { ed25519Signer } from '../../../firmware/trust/keys.js';
import { codesOf, expectOk, freshFolder } from '../trust/support.js';

const test = suite('audit log');
const signer = ed25519Signer(new Uint8Array(32).fill(5));
const LOG = 'audit-log.jsonl';

interface Cabinet {
  readonly folders: readonly string[];
  readonly stores: readonly FileStore[];
  readonly open: (change?: Partial<AuditLogOptions>) => Promise<Result<AuditLog, readonly Problem[]>>;
}

function cabinet(): Cabinet {
  const folders = [freshFolder(), freshFolder(), freshFolder()];
  const labels = ['internal storage', 'memory card A', 'memory card B'];
  const stores = folders.map((folder, i) => folderStore(folder, labels[i] ?? ''));
  let second = 0;
  const clock = { wallTime: () => `2026-11-03T06:00:${String(second++ % 60).padStart(2, '0')}` };
  const options = { stores, signer, clock, serialNumber: 'TS-0001', simulated: true };
  return { folders, stores, open: (change = {}) => AuditLog.open({ ...options, ...change }) };
}

/** A morning: opened, some sheets, closed. */
async function morning(log: AuditLog): Promise<LogHead> {
  expectOk(await log.append({ code: 'power-on' }));
  expectOk(await log.append({ code: 'security-key-accepted', role: 'poll-worker', details: 'PW-1' }));
  expectOk(await log.append({ code: 'zero-check-passed' }));
  expectOk(await log.append({ code: 'polls-opened', role: 'poll-worker' }));
  for (let i = 0; i < 5; i++) expectOk(await log.append({ code: 'sheet-cast' }));
  expectOk(await log.append({ code: 'sheet-returned' }));
  return expectOk(await log.append({ code: 'polls-closed', role: 'poll-worker' }));
}

const bytesOf = (folder: string | undefined): Uint8Array =>
  new Uint8Array(readFileSync(join(folder ?? '', LOG)));
const linesOf = (bytes: Uint8Array): string[] => new TextDecoder().decode(bytes).split('\n').slice(0, -1);
const ofLines = (lines: readonly string[]): Uint8Array => utf8(lines.map((line) => `${line}\n`).join(''));

async function sampleLog(): Promise<{ lines: string[]; bytes: Uint8Array; head: LogHead }> {
  const { folders, open } = cabinet();
  const head = await morning(expectOk(await open()));
  const bytes = bytesOf(folders[0]);
  return { lines: linesOf(bytes), bytes, head };
}

function sentences(bytes: Uint8Array, expected?: LogHead): string {
  const { problems } = verifyLog(bytes, signer.publicKey, 'the log', expected);
  return problems.map(describeProblem).join('\n');
}

test('three copies have the same bytes, and the log is whole', async () => {
  const { folders, open } = cabinet();
  const log = expectOk(await open());
  const head = await morning(log);
  const bytes = bytesOf(folders[0]);
  assert.equal(bytesOf(folders[1]), bytes);
  assert.equal(bytesOf(folders[2]), bytes);
  assert.equal(expectOk(await log.readAll()), bytes);
  assert.equal(log.head, head);
  assert.is(log.castsSinceZero, 5);
  const findings = verifyLog(bytes, signer.publicKey, 'the log', head);
  assert.equal(findings.problems, []);
  assert.equal(findings.head, head);
  assert.is(findings.unsignedEntries, 0);
  assert.is(findings.entries[0]?.details, 'SIMULATED cabinet TS-0001');
});

test('a log goes on after a restart where it stopped', async () => {
  const { folders, open } = cabinet();
  const head = await morning(expectOk(await open()));
  const again = expectOk(await open({ anchor: head }));
  assert.equal(again.head, head);
  assert.is(again.castsSinceZero, 5);
  expectOk(await again.append({ code: 'power-on' }));
  expectOk(await again.append({ code: 'zero-check-passed' }));
  assert.is(again.castsSinceZero, 0);
  assert.is(sentences(bytesOf(folders[0])), '');
});

test('a start after a power cut is told from one after the machine was shut down', async () => {
  const { open } = cabinet();
  const first = expectOk(await open());
  assert.is(first.wasShutDown, true, 'a new machine');
  expectOk(await first.append({ code: 'power-on' }));
  expectOk(await first.append({ code: 'sheet-cast' }));
  const second = expectOk(await open());
  assert.is(second.wasShutDown, false);
  expectOk(await second.append({ code: 'power-down' }));
  assert.is(expectOk(await open()).wasShutDown, true, 'also with a checkpoint after it');
});

test('a cast and a return say nothing but when, whatever they are given', async () => {
  const { folders, open } = cabinet();
  const log = expectOk(await open());
  expectOk(await log.append({ code: 'sheet-cast', role: 'poll-worker', details: 'style 3, write-in' }));
  expectOk(await log.append({ code: 'sheet-returned', details: 'overvote' }));
  const { entries } = verifyLog(bytesOf(folders[0]), signer.publicKey, 'the log');
  const sheets = entries.filter((entry) => bareEvents.includes(entry.code));
  assert.is(sheets.length, 2);
  const keys = ['seq', 'time', 'code', 'group', 'severity', 'disposition', 'prev', 'hash'];
  for (const entry of sheets) assert.equal(Object.keys(entry), keys);
});

test('details stay on one line, without control characters, and short', async () => {
  const { folders, open } = cabinet();
  const log = expectOk(await open());
  expectOk(
    await log.append({ code: 'machine-stopped', details: `a\n{"seq":9}\u0007\t"b" ${'x'.repeat(500)}` }),
  );
  expectOk(await log.append({ code: 'machine-stopped', details: '\u{1f5f3}'.repeat(300) }));
  assert.is(sentences(bytesOf(folders[0])), '');
  const { entries } = verifyLog(bytesOf(folders[0]), signer.publicKey, 'the log');
  const [first, second] = entries.filter((entry) => entry.code === 'machine-stopped');
  assert.match(first?.details ?? '', /^a \{"seq":9\} "b" x+…$/);
  assert.is(first?.details?.length, MAX_DETAILS);
  assert.is(second?.details?.length, MAX_DETAILS);
});

test('the device signs at each change of the polls and at least every hundred entries', async () => {
  const { folders, open } = cabinet();
  const log = expectOk(await open());
  await morning(log);
  for (let i = 0; i < 250; i++) expectOk(await log.append({ code: 'sheet-cast' }));
  const findings = verifyLog(bytesOf(folders[0]), signer.publicKey, 'the log');
  assert.equal(findings.problems, []);
  assert.ok(findings.unsignedEntries <= 101, String(findings.unsignedEntries));
  const codes = findings.entries.map((entry) => entry.code);
  for (const code of ['power-on', 'polls-opened', 'polls-closed'] as const) {
    assert.is(codes[codes.indexOf(code) + 1], 'log-checkpoint', code);
  }
});

test('calls keep their order, even when nobody waits for them', async () => {
  const { folders, open } = cabinet();
  const log = expectOk(await open());
  const many = Array.from({ length: 60 }, (_, i) => log.append({ code: 'time-changed', details: String(i) }));
  for (const answer of await Promise.all(many)) expectOk(answer);
  assert.is(sentences(bytesOf(folders[2])), '');
  const { entries } = verifyLog(bytesOf(folders[2]), signer.publicKey, 'the log');
  const order = entries
    .filter((entry) => entry.code === 'time-changed')
    .map((entry) => Number(entry.details));
  assert.equal(
    order,
    Array.from({ length: 60 }, (_, i) => i),
  );
});

test('more entries than may wait are refused, not kept without bound', async () => {
  const log = expectOk(await cabinet().open());
  const many = Array.from({ length: 300 }, () => log.append({ code: 'cover-opened' }));
  const answers = await Promise.all(many);
  assert.is(answers.filter((answer) => answer.ok).length, 256);
  assert.equal(codesOf(answers[299] ?? err(problem('', '', '', ''))), ['log-busy']);
});

test('whichever entry is removed, exchanged with the next, or repeated: it is found, and where', async () => {
  const { lines, head } = await sampleLog();
  for (let i = 0; i < lines.length; i++) {
    const removed = ofLines(lines.filter((_, at) => at !== i));
    const line = lines[i] ?? '';
    if (i < lines.length - 1) {
      assert.match(sentences(removed), `line ${i + 1}: entry ${i + 1} is missing before it`);
      const swapped = [...lines];
      swapped.splice(i, 2, lines[i + 1] ?? '', line);
      assert.match(sentences(ofLines(swapped)), `line ${i + 1}`);
    }
    assert.match(sentences(removed, head), /missing|cut off/, `entry ${i + 1} removed`);
    const repeated = [...lines];
    repeated.splice(i, 0, line);
    assert.match(sentences(ofLines(repeated)), `line ${i + 2}: entry ${i + 1} stands here again`);
  }
  const two = ofLines([...lines.slice(0, 3), ...lines.slice(5)]);
  assert.match(sentences(two), 'line 4: entries 4 to 5 are missing before it');
});

test('any changed byte is found', async () => {
  const { bytes, head } = await sampleLog();
  const random = seededRandom('log');
  for (let at = 0; at < bytes.length; at += random.integer(1, 9)) {
    const changed = Uint8Array.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.integer(0, 7));
    assert.is.not(sentences(changed, head), '', `byte ${at}`);
  }
});

test('a long log is checked in turns, and nothing in it escapes for that', async () => {
  const lines: string[] = [];
  let head: LogHead = EMPTY_HEAD;
  for (let i = 0; i < 5_000; i++) {
    const chained = chainEntry(head, { time: '2026-11-03T06:00:00', code: 'sheet-cast' });
    head = chained.head;
    lines.push(chained.line);
  }
  for (const changed of [undefined, 0, 1_999, 2_000, 4_999]) {
    const mine = lines.map((line, i) => (i === changed ? line.replace('06:00:00', '06:00:01') : line));
    let turns = 0;
    const breathe = (): Promise<void> => {
      turns += 1;
      return Promise.resolve();
    };
    const bytes = ofLines(mine);
    const found = await verifyLogInTurns(bytes, signer.publicKey, LOG, head, breathe);
    assert.equal(found, verifyLog(bytes, signer.publicKey, LOG, head));
    assert.is(found.problems.length > 0, changed !== undefined, `entry ${changed}`);
    assert.is(turns, 2);
  }
});

test('an entry that was changed together with its hash no longer fits the next one', async () => {
  const { lines } = await sampleLog();
  const { createHash } = await import('node:crypto');
  const at = lines.findIndex((line) => line.includes('"sheet-cast"'));
  const start = (lines[at] ?? '').replace(/,"hash".*/, '').replace('"sheet-cast"', '"sheet-returned"');
  const hash = createHash('sha256').update(start).digest('hex');
  const forged = ofLines(lines.with(at, `${start},"hash":"${hash}"}`));
  assert.match(sentences(forged), `line ${at + 2}: entry ${at + 2} does not follow the entry before it`);
});

test('an end that was cut off, cleanly or not, is found by a head known from elsewhere', async () => {
  const { lines, bytes, head } = await sampleLog();
  for (let kept = 0; kept < lines.length; kept++) {
    const cut = ofLines(lines.slice(0, kept));
    assert.match(sentences(cut, head), `ends at entry ${kept}, and entry ${head.entries} was written`);
  }
  assert.match(sentences(bytes.subarray(0, -1), head), 'its end was cut off');
  assert.match(sentences(bytes, { ...head, hash: '0'.repeat(64) }), 'is not the one that was written');
});

test("another device's log, or a checkpoint signed by a stranger, is found", async () => {
  const { bytes } = await sampleLog();
  const stranger = ed25519Signer(new Uint8Array(32).fill(6));
  const { problems } = verifyLog(bytes, stranger.publicKey, 'the log');
  assert.ok(problems.length > 0);
  assert.ok(problems.every((finding) => finding.code === 'log-not-signed'));
});

test('a line that is not an entry is said to be none, and the rest is still checked', async () => {
  const { lines } = await sampleLog();
  const nonsense = [...lines.slice(0, 2), 'rm -rf', ...lines.slice(3, 6), ...lines.slice(7)];
  const text = sentences(ofLines(nonsense));
  assert.match(text, 'line 3: is not an entry');
  assert.match(text, 'line 7: entry 7 is missing before it');
  assert.not.match(text, 'line 4');
  assert.match(sentences(Uint8Array.of(0xff, 0xfe, 10)), 'is not UTF-8');
});

test('a copy that lacks the end, ends in half a line, or is missing is completed at the start', async () => {
  const harms: readonly ((path: string) => void)[] = [
    (path) => rmSync(path),
    (path) => writeFileSync(path, readFileSync(path).subarray(0, 900)),
    (path) => writeFileSync(path, ofLines(linesOf(new Uint8Array(readFileSync(path))).slice(0, -2))),
    (path) => appendFileSync(path, '{"seq":19,"time":"2026-11-03T06'),
    (path) => writeFileSync(path, ''),
  ];
  for (const harm of harms) {
    for (const which of [0, 1, 2]) {
      const { folders, open } = cabinet();
      const head = await morning(expectOk(await open()));
      harm(join(folders[which] ?? '', LOG));
      const log = expectOk(await open({ anchor: head }));
      assert.is(log.head.entries, head.entries + 1, 'the healing is logged');
      assert.equal(log.healthyCopies.length, 3);
      for (const folder of folders) assert.equal(bytesOf(folder), bytesOf(folders[0]));
      const { entries, problems } = verifyLog(bytesOf(folders[which]), signer.publicKey, 'the log', head);
      assert.equal(problems, []);
      assert.is(entries.at(-1)?.code, 'log-copy-healed');
    }
  }
});

test('half a line on every copy is what a power cut leaves: the log goes on without it', async () => {
  const { folders, open } = cabinet();
  const head = await morning(expectOk(await open()));
  for (const [i, folder] of folders.entries())
    appendFileSync(join(folder, LOG), '{"seq":19,"ti'.slice(0, 4 + i));
  const log = expectOk(await open({ anchor: head }));
  expectOk(await log.append({ code: 'power-on' }));
  for (const folder of folders) assert.is(sentences(bytesOf(folder), head), '');
});

test('copies that say different things are refused, with the line from which they do', async () => {
  const { folders, open } = cabinet();
  const first = expectOk(await open());
  await morning(first);
  const { open: openOther, folders: otherFolders } = cabinet();
  const other = expectOk(await openOther());
  expectOk(await other.append({ code: 'power-on' }));
  expectOk(await other.append({ code: 'cover-opened' }));
  writeFileSync(join(folders[1] ?? '', LOG), bytesOf(otherFolders[0]));
  const opened = await open();
  assert.equal(codesOf(opened), ['log-diverged']);
  if (!opened.ok) {
    const said = opened.error.map(describeProblem).join();
    assert.match(said, 'memory card A/audit-log.jsonl: says something else than internal storage');
  }
  const flipped = bytesOf(folders[2]);
  flipped[200] = (flipped[200] ?? 0) ^ 1;
  writeFileSync(join(folders[2] ?? '', LOG), flipped);
  assert.ok(codesOf(await open()).every((code) => code === 'log-diverged'));
});

test('an end cut off all copies alike is found by the anchor', async () => {
  const { folders, open } = cabinet();
  const head = await morning(expectOk(await open()));
  for (const folder of folders) {
    const lines = linesOf(bytesOf(folder));
    writeFileSync(join(folder, LOG), ofLines(lines.slice(0, -1)));
  }
  assert.equal(codesOf(await open({ anchor: head })), ['log-cut']);
  for (const folder of folders) rmSync(join(folder, LOG));
  assert.equal(codesOf(await open({ anchor: head })), ['log-cut']);
});

/** A card that stops taking anything when it is told to. */
function failing(store: FileStore): FileStore & { fail(): void } {
  let failed = false;
  const broken = (): Result<void> => err(problem('medium-failed', store.label, LOG, 'the medium failed'));
  return {
    ...store,
    fail: () => (failed = true),
    append: (name, bytes) => (failed ? Promise.resolve(broken()) : store.append(name, bytes)),
  };
}

test('a copy that fails is left behind and said; the log stops only when none is left', async () => {
  const { folders, stores, open } = cabinet();
  const cards = stores.map(failing);
  const log = expectOk(await open({ stores: cards }));
  cards[1]?.fail();
  expectOk(await log.append({ code: 'sheet-cast' }));
  assert.equal(log.healthyCopies, ['internal storage', 'memory card B']);
  assert.equal(
    log.lostCopies.map((lost) => lost.where),
    ['memory card A'],
  );
  const { entries } = verifyLog(bytesOf(folders[0]), signer.publicKey, 'the log');
  assert.equal(
    entries.slice(-2).map((entry) => [entry.code, entry.details]),
    [
      ['sheet-cast', undefined],
      ['log-copy-failed', 'memory card A'],
    ],
  );
  assert.equal(bytesOf(folders[2]), bytesOf(folders[0]));
  const before = log.head;
  for (const card of cards) card.fail();
  assert.equal(codesOf(await log.append({ code: 'sheet-cast' })), ['log-unwritable']);
  assert.equal(log.head, before, 'what was not written did not happen');
});

test('a card put in later is completed, a foreign one refused, a freshly prepared one written anew', async () => {
  const { folders, stores, open } = cabinet();
  const [internal, cardA, cardB] = stores as [FileStore, FileStore, FileStore];
  const log = expectOk(await open({ stores: [internal, cardA] }));
  await morning(log);
  expectOk(await log.attach(cardB, 'complete'));
  expectOk(await log.append({ code: 'card-filled', details: 'memory card B' }));
  assert.equal(bytesOf(folders[2]), bytesOf(folders[0]));
  log.detach('memory card A');
  expectOk(await log.append({ code: 'card-removed', details: 'memory card A' }));
  assert.is.not(bytesOf(folders[1]).length, bytesOf(folders[0]).length);
  expectOk(await log.attach(cardA, 'complete'));
  assert.equal(bytesOf(folders[1]), bytesOf(folders[0]));

  const foreign = cabinet();
  await morning(expectOk(await foreign.open({ serialNumber: 'TS-0002' })));
  const foreignCard = folderStore(foreign.folders[1] ?? '', 'memory card A');
  log.detach('memory card A');
  assert.equal(codesOf(await log.attach(foreignCard, 'complete')), ['log-diverged']);
  expectOk(await log.attach(foreignCard, 'replace'));
  assert.equal(bytesOf(foreign.folders[1]), bytesOf(folders[0]));
});

test('a card whose copy went further than the machine knows is refused', async () => {
  const { folders, stores, open } = cabinet();
  const [internal, cardA] = stores as [FileStore, FileStore];
  const log = expectOk(await open({ stores: [internal, cardA] }));
  const other = freshFolder();
  writeFileSync(join(other, LOG), bytesOf(folders[0]));
  expectOk(await log.append({ code: 'cover-opened' }));
  writeFileSync(join(other, LOG), bytesOf(folders[0]));
  const lines = linesOf(bytesOf(folders[0]));
  for (const folder of folders.slice(0, 2)) writeFileSync(join(folder, LOG), ofLines(lines.slice(0, -1)));
  const short = expectOk(await open({ stores: [internal, cardA] }));
  const refused = await short.attach(folderStore(other, 'memory card B'), 'complete');
  assert.equal(codesOf(refused), ['log-diverged']);
});

test('without a single readable medium there is no log, and that is said', async () => {
  const gone = folderStore(join(freshFolder(), 'not-there'), 'memory card A');
  const { open } = cabinet();
  const opened = await open({ stores: [gone] });
  assert.not.ok(opened.ok);
});

test('a reader needs nothing of ours: sha256sum checks an entry', async () => {
  const { lines } = await sampleLog();
  for (const line of lines.slice(0, 3)) {
    const [, start = '', hash = ''] = /^(.*),"hash":"([0-9a-f]{64})"\}$/.exec(line) ?? [];
    assert.is(execFileSync('sha256sum', { input: start, encoding: 'utf8' }).slice(0, 64), hash);
  }
});

test('every event has a group of table 15-1 and a meaning in words', () => {
  for (const [code, kind] of Object.entries(events)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(kind.group in eventGroups, code);
    assert.ok(kind.meaning.length > 10, code);
  }
});

test.run();
