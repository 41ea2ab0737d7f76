import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { toHex, utf8 } from '../../../ground/bytes.js';
import { bodyContent, signedBytes } from '../../../firmware/ballot-box/slot.js';
import { systemRandom } from '../../../firmware/runtime/ports.js';
import { readExport } from '../../../firmware/records/read-export.js';
import type { CastVoteRecord } from '../../../firmware/records/record.js';
import { decodeTape } from '../../../firmware/tapes/canonical.js';
import type { TapeFacts } from '../../../firmware/tapes/facts.js';
import { signTape } from '../../../firmware/tapes/sign.js';
import { tapeJob } from '../../../firmware/tapes/tape.js';
import { tapeOfText, tapeText } from '../../../firmware/tapes/tape-text.js';
import { ed25519Signer, newSeed } from '../../../firmware/trust/keys.js';
import type { ManifestFields } from '../../../firmware/trust/manifest.js';
import { FIXED_TIME_SECONDS, writeSignedFolder } from '../../../firmware/trust/signed-folder.js';
import type { Signer } from '../../../firmware/trust/signing.js';
import { sha256 } from '../../../firmware/trust/symmetric.js';
import { valueOf } from '../../../tools/bench/office.js';
import { progressOn } from '../../../tools/tallystick/progress.js';
import { copyOf, electionDay, freshFolder, tallystick, type Day, type Printed } from './day.js';

const test = suite('tallystick verify');

let day: Day;
const folder = freshFolder('verify');
let copies = 0;
const fresh = (name: string): string => join(folder, `${(copies += 1)}`, name);

test.before(async () => {
  day = await electionDay();
});

const verify = (...words: readonly string[]): Promise<Printed> =>
  tallystick('verify', ...words, '--authority', day.authority);

/** Not merely a failure: the sentence must name what is wrong. */
async function isFound(what: RegExp, ...words: readonly string[]): Promise<void> {
  const { status, out, err } = await verify(...words);
  assert.is(status, 1, `${what} ${out} ${err}`);
  assert.match(out, /^ {2}WRONG /m);
  assert.match(out, what);
}

// ---- what is right -------------------------------------------------------------------------------------------

test('a whole day is right: package, export, its tapes and its log, and they belong together', async () => {
  const { status, out, err } = await verify(day.packageFolder, day.exportFolder);
  assert.is(status, 0, `${out}${err}`);
  for (const sentence of [
    /election dutchess-2026-general: General Election, 2026-11-03; official; SIMULATED/,
    /signed by unit TS-V-0001, which the authority certified/,
    /4 records, each with its images as the device signed it when it was cast/,
    /totals: 4 sheets \(3 main bin, 1 write-in bin\), 4 ballots; added up again from the marks/,
    /cvr\.json \(SP 1500-103\) names the same records/,
    /every file has the same time/,
    /every printed line is as signed/,
    /the results tape follows the zero tape/,
    /is the head on the results tape/,
    /the log has 4 casts, as many as there are records/,
    /the results tape shows what the records add up to, in every contest/,
    /Nothing is wrong\.$/m,
  ]) {
    assert.match(out, sentence);
  }
  assert.not.match(out, /WRONG/);
});

test('each thing alone is right too, recognised by its content whatever it is called', async () => {
  const alone = fresh('x');
  mkdirSync(alone, { recursive: true });
  const plain = (from: string, to: string): string => {
    writeFileSync(join(alone, to), readFileSync(join(day.exportFolder, from)));
    return join(alone, to);
  };
  for (const path of [
    day.packageFolder,
    plain('tapes/zero.txt', 'one.dat'),
    plain('tapes/results.txt', 'two'),
    plain('log/audit-log.jsonl', 'three.bin'),
  ]) {
    const { status, out, err } = await verify(path);
    assert.is(status, 0, `${path} ${out} ${err}`);
  }
  const whole = await verify(alone);
  assert.is(whole.status, 0, whole.out);
  assert.match(whole.out, /x\/three\.bin: audit log/);
});

test('--json has the same findings, and the authority key', async () => {
  const { status, out } = await verify(day.packageFolder, day.exportFolder, '--json');
  assert.is(status, 0);
  const json = JSON.parse(out) as Record<string, unknown>;
  assert.is(json['format'], 'tallystick-verify/1');
  assert.equal(json['problems'], []);
  assert.is((json['things'] as unknown[]).length, 5);
  assert.match(JSON.stringify(json['authority']), toHex(day.office.authority.signer.publicKey));
});

test('pictures of the tapes are read, several of one tape together, and belong to the export', async () => {
  const [zero, first] = day.pictures;
  const picture = must(first, 'a results tape');
  const { width, height } = await sharp(picture).metadata();
  const halves = [fresh('upper.jpg'), fresh('lower.png')] as const;
  for (const [i, path] of halves.entries()) {
    mkdirSync(join(path, '..'), { recursive: true });
    // One code is on both.
    const top = i === 0 ? 0 : height - 2000;
    const rows = i === 0 ? height - 1300 : 2000;
    await sharp(picture).extract({ left: 0, top, width, height: rows }).toFile(path);
  }
  const { status, out, err } = await verify(must(zero, 'a zero tape'), ...halves, day.exportFolder);
  assert.is(status, 0, `${out} ${err}`);
  assert.match(out, /upper\.jpg \+ lower\.png: tape/);
  assert.match(out, /Kathleen M\. Doyle \/ Antonio R\. Delvalle \(DEM\) 2/);
  await isFound(/code 1 of \d+: is missing/, halves[1]);
});

test('without --authority it says where the trust comes from, or that there is none', async () => {
  const inside = await tallystick('verify', day.packageFolder, day.exportFolder);
  assert.is(inside.status, 0, inside.out);
  assert.match(inside.out, /as the package town-hall itself names it/);
  assert.match(inside.out, /only as good as the place where that package came from/);
  const none = await tallystick('verify', day.exportFolder);
  assert.is(none.status, 0, none.out);
  assert.match(none.out, /Authority: NOT CHECKED/);
  assert.match(none.out, /whole, and signed by the device key/);
  const log = await tallystick('verify', join(day.exportFolder, 'log/audit-log.jsonl'));
  assert.is(log.status, 0);
  assert.match(log.out, /checkpoints were NOT CHECKED/);
});

test('the authority may be given as a key file or as a package, and another one is found', async () => {
  const keyFile = fresh('authority.key');
  mkdirSync(join(keyFile, '..'));
  writeFileSync(keyFile, day.office.authorityFile);
  for (const authority of [keyFile, day.packageFolder]) {
    const { status, out } = await tallystick('verify', day.exportFolder, '--authority', authority);
    assert.is(status, 0, out);
  }
  const other = fresh('other.hex');
  mkdirSync(join(other, '..'));
  writeFileSync(other, toHex(ed25519Signer(newSeed(systemRandom)).publicKey));
  const { status, out } = await tallystick(
    ...['verify', day.packageFolder, day.exportFolder, '--authority', other],
  );
  assert.is(status, 1);
  assert.match(out, /town-hall: is signed by another authority/);
  assert.match(out, /certificate: is not by the authority/);
  assert.match(out, /tapes\/zero\.txt: the authority has not certified unit TS-V-0001/);
});

// ---- one changed byte ----------------------------------------------------------------------------------------

const FIXED = new Date(FIXED_TIME_SECONDS * 1000);

/** Each byte in turn becomes another, with the file's time kept; every one must be found. */
async function flip(root: string, name: string, step: number, ...beside: readonly string[]): Promise<number> {
  const path = join(root, name);
  const bytes = new Uint8Array(readFileSync(path));
  const random = seededRandom(`flip ${name}`);
  let flips = 0;
  for (let at = random.integer(0, step - 1); at < bytes.length; at += step) {
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ (1 << random.integer(0, 7));
    writeFileSync(path, changed);
    utimesSync(path, FIXED, FIXED);
    const { status, out, err } = await verify(root, ...beside);
    assert.is(status, 1, `${name}, byte ${at}: ${out}${err}`);
    flips += 1;
  }
  writeFileSync(path, bytes);
  utimesSync(path, FIXED, FIXED);
  const { status, out } = await verify(root, ...beside);
  assert.is(status, 0, `${name} restored: ${out}`);
  return flips;
}

test('any single changed byte of a package is found', async () => {
  const copy = copyOf(day.packageFolder, fresh('town-hall'));
  assert.is(await flip(copy, 'manifest.sig', 1), 64);
  await flip(copy, 'manifest.json', 7);
  await flip(copy, 'definition.json', 499);
  await flip(copy, 'layouts.json', 10_007);
});

test('any single changed byte of an export is found', async () => {
  const copy = copyOf(day.exportFolder, fresh('export'));
  assert.is(await flip(copy, 'manifest.sig', 1), 64);
  await flip(copy, 'manifest.json', 29);
  for (const [part, step] of [
    ['records', 4999],
    ['images', 90_001],
    ['tapes', 1501],
    ['log', 1499],
  ] as const) {
    for (const name of readdirSync(join(copy, part))) await flip(copy, `${part}/${name}`, step);
  }
  for (const name of ['ballots.json', 'totals.json', 'cvr.json', 'definition.json']) {
    await flip(copy, name, name === 'cvr.json' ? 40_009 : 1499);
  }
});

test('any changed character of a tape is found, and a line that differs is quoted', async () => {
  const root = fresh('tape');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'results.txt'), readFileSync(join(day.exportFolder, 'tapes/results.txt')));
  await flip(root, 'results.txt', 31);
  const text = readFileSync(join(root, 'results.txt'), 'utf8');
  const wrong = text.replace(/^( *DEM \.+) 2$/m, '$1 3');
  assert.is.not(wrong, text);
  writeFileSync(join(root, 'results.txt'), wrong);
  await isFound(
    /results\.txt, line \d+: reads " +DEM \.+ 3" where the signed tape reads " +DEM \.+ 2"/,
    root,
  );
});

test('swapped, lost, foreign and added codes of a tape are found', async () => {
  const text = readFileSync(join(day.exportFolder, 'tapes/results.txt'), 'utf8');
  const zero = readFileSync(join(day.exportFolder, 'tapes/zero.txt'), 'utf8');
  const codes = text.split('\n').filter((line) => line.startsWith('TSY1/'));
  const [one = '', two = ''] = codes;
  assert.ok(codes.length >= 2);
  const path = fresh('tape.txt');
  mkdirSync(join(path, '..'));
  const foreign = zero.split('\n').find((line) => line.startsWith('TSY1/')) ?? '';
  for (const [changed, what] of [
    [text.replace(one, '?').replace(two, one).replace('?', two), /line \d+: reads/],
    [text.replace(`${two}\n`, ''), /code 2 of \d+: is missing/],
    [text.replace(two, foreign), /belongs to another tape/],
    [`${text}${foreign}\n`, /belongs to another tape/],
    [text.slice(0, text.lastIndexOf('END OF')), /line \d+: reads " *" where the signed tape reads " *END OF/],
  ] as const) {
    writeFileSync(path, changed);
    await isFound(what, path);
  }
});

test('any changed byte of a log is found, and so are lines that go, come or change places', async () => {
  const root = fresh('log');
  mkdirSync(root, { recursive: true });
  const path = join(root, 'audit-log.jsonl');
  const text = readFileSync(join(day.exportFolder, 'log/audit-log.jsonl'), 'utf8');
  writeFileSync(path, text);
  await flip(root, 'audit-log.jsonl', 13);
  await flip(root, 'audit-log.jsonl', 409, day.packageFolder);
  const lines = text.trimEnd().split('\n');
  for (const [changed, what] of [
    [lines.toSpliced(5, 1), /entry 6 is missing before it/],
    [lines.toSpliced(5, 0, lines[5] ?? ''), /entry 6 stands here again/],
    [lines.toSpliced(5, 2, lines[6] ?? '', lines[5] ?? ''), /entry 6 is missing|out of its order/],
    [lines.slice(1), /is missing before it/],
  ] as const) {
    writeFileSync(path, `${changed.join('\n')}\n`);
    await isFound(what, root, day.packageFolder);
  }
  writeFileSync(path, text.slice(0, -9));
  await isFound(/ends in half an entry/, root, day.packageFolder);
  const results = join(day.exportFolder, 'tapes/results.txt');
  writeFileSync(path, `${lines.slice(0, 20).join('\n')}\n`);
  assert.is((await verify(root, day.packageFolder)).status, 0, 'a cut log alone looks whole');
  await isFound(/log head: is not in log\/audit-log\.jsonl: its end was cut off/, root, results);
});

test('removed, added, exchanged and linked files of an export are found, and a touched one', async () => {
  const [id = ''] = readdirSync(join(day.exportFolder, 'records')).map((name) => name.slice(0, 32));
  for (const [change, what] of [
    [(at: string) => rmSync(join(at, 'totals.json')), /totals\.json: is missing/],
    [(at: string) => rmSync(join(at, 'manifest.sig')), /manifest\.sig: is missing/],
    [(at: string) => rmSync(join(at, 'manifest.json')), /manifest\.json: is missing/],
    [(at: string) => writeFileSync(join(at, 'images/extra.jpg'), 'x'), /extra\.jpg: is not listed/],
    [(at: string) => mkdirSync(join(at, 'more')), /more: is a folder that is not listed/],
    [
      (at: string) => {
        renameSync(join(at, `images/${id}-front.jpg`), join(at, 'x'));
        renameSync(join(at, `images/${id}-back.jpg`), join(at, `images/${id}-front.jpg`));
        renameSync(join(at, 'x'), join(at, `images/${id}-back.jpg`));
      },
      /-front\.jpg: has/,
    ],
    [
      (at: string) => {
        renameSync(join(at, 'totals.json'), join(at, '../elsewhere.json'));
        symlinkSync('../elsewhere.json', join(at, 'totals.json'));
      },
      /totals\.json: is a link/,
    ],
    [
      (at: string) => utimesSync(join(at, `records/${id}.json`), new Date(), new Date()),
      /records\/\w+\.json: has another time than the files around it/,
    ],
  ] as const) {
    const copy = copyOf(day.exportFolder, fresh('export'));
    change(copy);
    await isFound(what, copy);
  }
});

test('a copy made without keeping file times is right, and the result says so', async () => {
  const copy = copyOf(day.exportFolder, fresh('export'));
  let seconds = 1_790_000_000;
  for (const name of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
    utimesSync(join(copy, name), (seconds += 2), seconds);
  }
  const { status, out } = await verify(copy);
  assert.is(status, 0, out);
  assert.match(out, /this copy was made without keeping them/);
});

// ---- forgers with keys ---------------------------------------------------------------------------------------

interface Forgery {
  readonly files?: (files: Map<string, Uint8Array>) => void;
  readonly fields?: (fields: ManifestFields) => ManifestFields;
  readonly signer?: Signer;
}

/** The export once more, changed, and signed by whoever can. */
async function forged(forgery: Forgery): Promise<string> {
  const exported = valueOf(await readExport(day.exportFolder));
  const { manifest } = exported;
  const files = new Map<string, Uint8Array>();
  for (const { name } of manifest.files) files.set(name, valueOf(await exported.read(name)));
  forgery.files?.(files);
  const directory = fresh('export');
  mkdirSync(join(directory, '..'), { recursive: true });
  const fields = forgery.fields?.(manifest.fields) ?? manifest.fields;
  const certificate = must(manifest.certificate, 'a certificate');
  const by = { signer: forgery.signer ?? day.device, certificate };
  valueOf(await writeSignedFolder(directory, files, 'export', fields, by));
  return directory;
}

function edit(name: string, change: (text: string) => string): (files: Map<string, Uint8Array>) => void {
  return (files) => {
    const before = new TextDecoder().decode(must(files.get(name), name));
    const after = change(before);
    assert.is.not(after, before, `${name} is changed`);
    files.set(name, utf8(after));
  };
}

const raiseDoyle = (text: string): string => text.replace(/("optionId": "doyle-dem",\s+"votes": )2/, '$13');

test('a count changed in totals.json and signed again is found, whoever signs', async () => {
  const thief = ed25519Signer(newSeed(systemRandom));
  const totals = edit('totals.json', raiseDoyle);
  const list = edit('ballots.json', (text) =>
    text.replace(/"devicePublicKey":"[0-9a-f]{64}"/, `"devicePublicKey":"${toHex(thief.publicKey)}"`),
  );
  const byThief = await forged({
    signer: thief,
    files: (files) => {
      totals(files);
      list(files);
    },
  });
  await isFound(/certificate: is for another election, mode, unit or key/, byThief);
  const says = /totals\.json, rhinebeck-1\.governor\.doyle-dem: says 3 where the records add up to 2/;
  await isFound(/records\/\w+\.json: is not as the device signed it when it was cast/, byThief);
  // With the device's own key, and so with nothing wrong but the number.
  await isFound(says, await forged({ files: totals }));
});

test('with the device key: other heads, other fields, a foreign file, another order are found', async () => {
  const other = 'f'.repeat(32);
  for (const [forgery, what] of [
    [{ fields: (f) => ({ ...f, mode: 'test' }) }, /certificate: is for another election, mode/],
    [{ fields: (f) => ({ ...f, simulated: false }) }, /simulated: is true where the export says false/],
    [{ fields: (f) => ({ ...f, boxId: other }) }, /ballots\.json, boxId: is not that of the manifest/],
    [
      { fields: (f) => ({ ...f, packageSha256: 'f'.repeat(64) }) },
      /package: is [0-9a-f]{64} where export says/,
    ],
    [{ fields: (f) => ({ ...f, deviceSerial: 'TS-V-0002' }) }, /deviceSerial/],
    [{ fields: (f) => ({ ...f, sheets: 3 }) }, /records: has 4 records/],
    [
      { fields: (f) => Object.fromEntries(Object.entries(f).filter(([name]) => name !== 'sheets')) },
      /records: has 4 records where/,
    ],
    [
      { files: edit('totals.json', (t) => t.replace('"official"', '"test"')) },
      /totals\.json, mode: is not that of the manifest/,
    ],
    [
      { files: (files) => files.set('notes.txt', utf8('hello')) },
      /notes\.txt: is a file that belongs to no record/,
    ],
    [
      {
        files: edit('ballots.json', (t) => {
          const list = JSON.parse(t) as { ballots: unknown[] };
          return JSON.stringify({ ...list, ballots: list.ballots.reverse() });
        }),
      },
      /does not list the records in the order of their ids/,
    ],
  ] as const satisfies readonly (readonly [Forgery, RegExp])[]) {
    await isFound(what, await forged(forgery));
  }
});

test('with the device key: a reference or a vote changed in the common data format is found', async () => {
  for (const [change, what] of [
    [
      (t: string) => t.replace('"ContestId":"contest.governor"', '"ContestId":"contest.nobody"'),
      /refers to the contest "contest\.nobody"/,
    ],
    [
      (t: string) => t.replace('"ElectionId":"election"', '"ElectionId":"other"'),
      /ElectionId: refers to "other"/,
    ],
    [(t: string) => t.replace(/"UniqueId":"[0-9a-f]{4}/, '"UniqueId":"0000'), /has not every record once/],
    [(t: string) => t.replace(/("Type":"sha-256","Value":")..../, '$10000'), /has another digest for/],
    [
      (t: string) => t.replace('"TotalNumberVotes":1', '"TotalNumberVotes":0'),
      /gives votes to other selections/,
    ],
    [
      (t: string) => t.replace('"CurrentSnapshotId":"interpreted', '"CurrentSnapshotId":"final'),
      /CurrentSnapshotId: refers to/,
    ],
    [(t: string) => t.slice(0, -3), /cvr\.json: is not JSON/],
  ] as const) {
    await isFound(what, await forged({ files: edit('cvr.json', change) }));
  }
});

/** One record changed, and the ballot signed again with the device's key. */
function recast(
  change: (record: CastVoteRecord) => CastVoteRecord,
): (files: Map<string, Uint8Array>) => void {
  return (files) => {
    const read = (name: string): Uint8Array => must(files.get(name), name);
    const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(read(name)));
    const list = json('ballots.json') as {
      boxId: string;
      ballots: { id: string; signature: string; writeIns: readonly unknown[] }[];
    };
    const entry = must(
      list.ballots.find(({ id, writeIns }) => {
        const { contests } = json(`records/${id}.json`) as CastVoteRecord;
        return writeIns.length === 0 && contests[0]?.outcome.votes.includes('doyle-dem') === true;
      }),
      'a ballot for Doyle',
    );
    const name = `records/${entry.id}.json`;
    const recordJson = utf8(JSON.stringify(change(json(name) as CastVoteRecord)));
    files.set(name, recordJson);
    const images = { front: read(`images/${entry.id}-front.jpg`), back: read(`images/${entry.id}-back.jpg`) };
    const content = sha256(bodyContent({ images, writeInCrops: [] }));
    entry.signature = toHex(day.device.sign('ballot-slot', signedBytes(list.boxId, recordJson, content)));
    files.set('ballots.json', utf8(`${JSON.stringify(list)}\n`));
  };
}

const firstContest = (
  record: CastVoteRecord,
  change: (contest: CastVoteRecord['contests'][number]) => CastVoteRecord['contests'][number],
): CastVoteRecord => ({
  ...record,
  contests: record.contests.map((contest, i) => (i === 0 ? change(contest) : contest)),
});

test('with the device key: a record whose outcome, marks, style or head is another is found', async () => {
  for (const [change, what] of [
    [
      (r: CastVoteRecord) =>
        firstContest(r, (c) => ({ ...c, outcome: { ...c.outcome, votes: ['brandt-rep'] } })),
      /contests\.governor\.outcome: does not follow from the marks/,
    ],
    [
      (r: CastVoteRecord) =>
        firstContest(r, (c) => ({
          ...c,
          positions: c.positions.map((p) => ({
            ...p,
            verdict: p.optionId === 'brandt-rep' ? ('marked' as const) : ('blank' as const),
          })),
          outcome: { ...c.outcome, votes: ['brandt-rep'], crossEndorsements: [] },
        })),
      /totals\.json, rhinebeck-1\.governor\.doyle-dem: says 2 where the records add up to 1/,
    ],
    [
      (r: CastVoteRecord) => firstContest(r, (c) => ({ ...c, positions: c.positions.toReversed() })),
      /has not the options that its ballot prints/,
    ],
    [(r: CastVoteRecord) => ({ ...r, contests: r.contests.slice(1) }), /are not those of the other records/],
    [(r: CastVoteRecord) => ({ ...r, precinctId: 'elsewhere' }), /elsewhere does not vote here/],
    [
      (r: CastVoteRecord) => ({ ...r, mode: 'test' as const }),
      /mode: is test where the export says official/,
    ],
  ] as const) {
    await isFound(what, await forged({ files: recast(change) }));
  }
});

test('a record that was changed without the device key is found', async () => {
  const [name = ''] = readdirSync(join(day.exportFolder, 'records'));
  const changed = edit(`records/${name}`, (text) =>
    text.replace('"main"', '"write-in"').replace('"simulated":true', '"simulated":false'),
  );
  await isFound(/is not as the device signed it when it was cast/, await forged({ files: changed }));
});

/** A tape of the export with other facts, signed by the device. */
function retaped(
  name: string,
  change: (facts: TapeFacts) => TapeFacts,
): (files: Map<string, Uint8Array>) => void {
  return (files) => {
    const file = `tapes/${name}.txt`;
    const text = new TextDecoder().decode(must(files.get(file), file));
    const facts = valueOf(decodeTape(valueOf(tapeOfText(text, name)).canonical));
    const certificate = {
      electionId: facts.election.id,
      definitionSha256: Uint8Array.from(Buffer.from(facts.definitionSha256, 'hex')),
      ...{ mode: facts.mode, serialNumber: facts.deviceSerial, publicKey: day.device.publicKey },
      signature: valueOf(tapeOfText(text, name)).certificateSignature,
    };
    const tape = signTape(change(facts), day.device, certificate);
    files.set(file, utf8(tapeText(tapeJob(tape, { copy: 1, reprint: false }))));
  };
}

test('with the device key: a tape that says something else than the records, the log or the zero tape', async () => {
  const governor = (facts: TapeFacts, add: number, undervotes: number): TapeFacts => ({
    ...facts,
    groups: facts.groups.map((group, g) => ({
      ...group,
      contests: group.contests.map((totals, i) =>
        g === facts.groups.findIndex((one) => one.ballots > 0) && i === 0
          ? {
              ...totals,
              votes: totals.votes.map((n, v) => (v === 0 ? n + add : n)),
              undervotes: totals.undervotes + undervotes,
            }
          : totals,
      ),
    })),
  });
  for (const [tape, change, what] of [
    [
      'results',
      (f: TapeFacts) => governor(f, 1, 0),
      /has \d+ votes, undervotes and overvotes where \d+ are possible/,
    ],
    [
      'results',
      (f: TapeFacts) => governor(f, -1, 1),
      /governor, doyle-dem: says 1 where the records add up to 2/,
    ],
    ['results', (f: TapeFacts) => ({ ...f, logHead: '1'.repeat(64) }), /log head: is not in/],
    [
      'results',
      (f: TapeFacts) => ({ ...f, previousTape: '1'.repeat(64) }),
      /previous tape: is not .*zero\.txt/,
    ],
    ['results', (f: TapeFacts) => ({ ...f, previousTape: undefined }), /previous tape: is none/],
    ['results', (f: TapeFacts) => ({ ...f, packageSha256: '1'.repeat(64) }), /package: is 1{64}|where/],
    [
      'results',
      (f: TapeFacts) => ({ ...f, softwareSha256: '1'.repeat(64) }),
      /software: is not one that the log/,
    ],
    ['results', (f: TapeFacts) => ({ ...f, groups: f.groups.slice(1) }), /is missing on the tape/],
    [
      'results',
      (f: TapeFacts) => ({ ...f, counters: { ...f.counters, protectiveNow: 9 } }),
      /protective counter: rose by 9 while 4 sheets were cast/,
    ],
    [
      'results',
      (f: TapeFacts) => ({ ...f, contests: f.contests.map((c) => ({ ...c, names: c.names.toReversed() })) }),
      /contests: are not those of the definition/,
    ],
    ['zero', (f: TapeFacts) => ({ ...f, wallTime: '2026-11-03T05:00:00' }), /previous tape: is not/],
  ] as const) {
    await isFound(what, await forged({ files: retaped(tape, change) }));
  }
});

test('with the device key: a log in the common data format that says something else than the log', async () => {
  for (const [change, what] of [
    [/"Id":"sheet-cast"/, /event-log\.json, Device\[0\]\.Event\[\d+\]: is not entry \d+ of the log/],
    [/\{[^{}]*"Id":"polls-opened"[^{}]*\},\n/, /event-log\.json.*: has \d+ entries where the log has \d+/],
    [/"ElectionId":"[^"]*"/, /event-log\.json, ElectionId: is another election/],
  ] as const) {
    const instead = change.source.startsWith('"Id') ? '"Id":"sheet-returned"' : '';
    const file = edit('log/event-log.json', (text) =>
      text.replace(change, change.source.startsWith('"Elec') ? '"ElectionId":"x"' : instead),
    );
    await isFound(what, await forged({ files: file }));
  }
});

test('with the device key: a log cut before the export is found by tapes and records', async () => {
  const cut = (keep: number): ((files: Map<string, Uint8Array>) => void) =>
    edit('log/audit-log.jsonl', (text) => `${text.split('\n').slice(0, keep).join('\n')}\n`);
  await isFound(/log head: is not in/, await forged({ files: cut(25) }));
  await isFound(/has 0 casts where .* has 4 records/, await forged({ files: cut(25) }));
});

test('things of different elections, devices or days are told apart', async () => {
  const other = await electionDay();
  const { status, out } = await tallystick('verify', day.packageFolder, other.exportFolder);
  assert.is(status, 1);
  assert.match(out, /certificate: is not by the authority/);
  assert.match(out, /package: is [0-9a-f]{64} where town-hall says/);
  const mixed = await tallystick(
    ...['verify', day.exportFolder, join(other.exportFolder, 'tapes/results.txt')],
  );
  assert.is(mixed.status, 1);
  assert.match(mixed.out, /device key: is [0-9a-f]{64} where/);
  assert.match(mixed.out, /log head: is not in/);
});

test('the progress bar is drawn on a terminal alone, after a second, and taken away', () => {
  const written: string[] = [];
  let now = 0;
  const screen = { isTTY: true, columns: 60, write: (text: string) => written.push(text) };
  const progress = progressOn(screen, () => now);
  progress.show(1, 10, 'counting');
  progress.clear();
  assert.equal(written, [], 'nothing in the first second');
  now = 1500;
  progress.show(5, 10, 'counting');
  progress.show(6, 10, 'counting');
  assert.equal(written, ['\r\x1b[K[############............]  50 %  counting'], 'at most ten times a second');
  progress.clear();
  assert.is(written[1], '\r\x1b[K');
  const silent = progressOn({ write: () => assert.unreachable('no terminal') }, () => (now += 5000));
  silent.show(1, 2, 'counting');
  silent.clear();
});

test('a folder says what in it was not looked at', async () => {
  const root = fresh('bag');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'zero.txt'), readFileSync(join(day.exportFolder, 'tapes/zero.txt')));
  writeFileSync(join(root, 'notes.md'), 'hello');
  const { status, out } = await verify(root);
  assert.is(status, 0, out);
  assert.match(out, `Not looked at: ${basename(root)}/notes.md`);
});

test.run();
