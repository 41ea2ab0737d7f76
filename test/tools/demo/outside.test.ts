import { appendFileSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../ground/bytes.js';
import { greyPage } from '../../../ground/grey-page.js';
import { must, ok } from '../../../ground/result.js';
import type { PaperPiece } from '../../../drivers/virtual/roll-paper.js';
import {
  DEFAULT_BODY_BYTES,
  DEFAULT_HEAD_BYTES,
  slotAt,
  SLOTS_AT,
} from '../../../firmware/ballot-box/format.js';
import { Checks } from '../../../tools/demo/checks.js';
import { openWorld } from '../../../tools/demo/opened.js';
import { verifyFromOutside } from '../../../tools/demo/outside.js';
import { writePictures } from '../../../tools/demo/pictures.js';
import { verifyCards } from '../../../tools/demo/verify-cards.js';
import { verifyLogs } from '../../../tools/demo/verify-log.js';
import {
  verifyCounters,
  verifyImages,
  verifyPaper,
  verifyRecords,
} from '../../../tools/demo/verify-records.js';
import { readPieces, verifyTapes, type ReadPiece } from '../../../tools/demo/verify-tapes.js';
import type { World } from '../../../tools/demo/world.js';
import { SLOTS, smallDay } from './small-day.js';

const test = suite('a day verified from outside');
const world = await smallDay();
const day = must(await openWorld(world, new Checks()), 'a package that can be opened');
const paper = await readPieces(world.bench.roll);
const hashes = await verifyLogs(world, day, new Checks());
const card = { a: join(world.folder, 'card-a-1'), b: join(world.folder, 'card-b-2') };
const LOG = 'audit-log.jsonl';
const BOX = 'ballots.box';

test.after(() => rmSync(world.folder, { recursive: true, force: true }));

/** What failed when this was verified. */
async function failures(verify: (checks: Checks) => unknown): Promise<readonly string[]> {
  const checks = new Checks();
  await verify(checks);
  assert.ok(checks.count > 0, 'nothing was checked');
  return checks.failures.map(({ name }) => name);
}

function fails(found: readonly string[], words: string): void {
  assert.ok(
    found.some((name) => name.includes(words)),
    `"${words}" is not among: ${found.join(' | ')}`,
  );
}

/** Changes a file for a while. */
async function withChanged(
  path: string,
  change: (bytes: Uint8Array) => Uint8Array,
  work: () => Promise<void>,
): Promise<void> {
  const before = new Uint8Array(readFileSync(path));
  const { atime, mtime } = statSync(path);
  writeFileSync(path, change(before.slice()));
  try {
    await work();
  } finally {
    writeFileSync(path, before);
    utimesSync(path, atime, mtime);
  }
}

const flippedAt =
  (...places: readonly number[]) =>
  (bytes: Uint8Array): Uint8Array => {
    for (const at of places) bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };

test('an honest day agrees in everything', async () => {
  const checks = new Checks();
  await verifyFromOutside(world, checks);
  assert.equal(checks.failures, []);
  assert.ok(checks.count > 1000, `only ${checks.count} checks`);
});

test('pictures are written of every piece of tape and of both sides of a ballot', async () => {
  const paths = await writePictures(world, join(world.folder, 'pictures'));
  assert.is(paths.length, world.pieces.length + 2);
  for (const path of paths) {
    const bytes = readFileSync(path);
    assert.is(bytes.subarray(1, 4).toString(), 'PNG');
    assert.ok(bytes.length < 1_000_000, `${path} has ${bytes.length} bytes`);
  }
});

test('a sheet taken from a bin is missed, by itself and by every count', async () => {
  const { main } = world.bench.cabinet.bins;
  const sheet = must(main.pop(), 'a sheet in the main bin');
  const paper = await failures((checks) => verifyPaper(world, day, checks));
  const counters = await failures((checks) => verifyCounters(world, day, checks));
  main.push(sheet);
  fails(paper, `${sheet.label} lies in the main bin once`);
  fails(counters, 'as many records as sheets in the bins');
  assert.equal(await failures((checks) => verifyPaper(world, day, checks)), []);
});

test('a sheet in the wrong bin, and one that nobody counted, are found', async () => {
  const { bins } = world.bench.cabinet;
  const sheet = must(bins.main.pop(), 'a sheet in the main bin');
  bins['write-in'].push(sheet);
  fails(await failures((checks) => verifyPaper(world, day, checks)), 'the write-in bin holds 2 sheets');
  bins['write-in'].pop();
  bins.main.push(sheet, { ...sheet, label: 'stranger' });
  fails(
    await failures((checks) => verifyPaper(world, day, checks)),
    'no sheet that was not counted lies in a bin',
  );
  bins.main.pop();
});

test('a counter that stood elsewhere in the morning is found', async () => {
  const other = { ...world, protectiveAtStart: world.protectiveAtStart + 1 };
  fails(await failures((checks) => verifyCounters(other, day, checks)), 'the protective counter went on');
});

test('one bit changed on one card is found, wherever it lies', async () => {
  const lastByte = statSync(join(card.a, BOX)).size - 1;
  for (const at of [100, SLOTS_AT + 5, lastByte]) {
    await withChanged(join(card.a, BOX), flippedAt(at), async () => {
      const found = await failures((checks) => verifyCards(world, day, checks));
      fails(found, 'both memory cards hold the same ballot box');
    });
  }
});

test('ballots destroyed alike on both cards are missed', async () => {
  const places = aByteOfEachSlot();
  await withChanged(join(card.a, BOX), flippedAt(...places), async () => {
    await withChanged(join(card.b, BOX), flippedAt(...places), async () => {
      const found = await failures((checks) => verifyCards(world, day, checks));
      fails(found, 'opens both memory cards');
      fails(found, 'opens memory card B alone');
      assert.not.ok(found.some((name) => name.includes('byte for byte')));
    });
  });
});

test('a stranger’s file on a card is found', async () => {
  const stray = join(card.b, 'votes.txt');
  writeFileSync(stray, 'x');
  const found = await failures((checks) => verifyCards(world, day, checks));
  rmSync(stray);
  fails(found, 'memory card B holds a ballot box and a log, nothing else');
});

test('a changed package is refused, and nothing more is believed', async () => {
  await withChanged(join(world.packageFolder, 'definition.json'), flippedAt(300), async () => {
    const checks = new Checks();
    await verifyFromOutside(world, checks);
    assert.equal(
      checks.failures.map(({ name }) => name),
      ['the election package is whole and signed by the authority'],
    );
    assert.match(checks.failures[0]?.detail ?? '', 'definition.json');
  });
});

test('a byte changed in a record, an image, a tape’s text or the totals of the export is found', async () => {
  const { id } = must(day.ballots[0], 'a ballot').record;
  for (const name of [`records/${id}.json`, `images/${id}-back.jpg`, 'tapes/results.txt', 'totals.json']) {
    await withChanged(join(day.exportFolder, name), flippedAt(200), async () => {
      fails(await failures((checks) => openWorld(world, checks)), 'the export is whole and signed');
    });
  }
});

test('records that say something else than the sheets are found', async () => {
  const ballots = day.ballots.map((ballot, i) =>
    i === 0 ? { ...ballot, record: { ...ballot.record, precinctId: 'rhinebeck-2' } } : ballot,
  );
  const found = await failures((checks) => verifyRecords({ ...day, ballots }, checks));
  fails(found, 'the records say what the counted sheets say');
  const twice = [...day.ballots.slice(1), must(day.ballots[1], 'a second ballot')];
  fails(
    await failures((checks) => verifyRecords({ ...day, ballots: twice }, checks)),
    'no two records have one id',
  );
});

test('images exchanged between two records are found, though every sum is the same', async () => {
  const [first, second, ...others] = day.ballots;
  assert.ok(first !== undefined && second !== undefined);
  const ballots = [{ ...first, images: second.images }, { ...second, images: first.images }, ...others];
  const exchanged = { ...day, ballots };
  assert.equal(await failures((checks) => verifyRecords(exchanged, checks)), []);
  const found = await failures((checks) => verifyImages(exchanged, checks));
  fails(found, 'it says what the sheet in its images says');
});

test('a log that was changed, cut or written on is found', async () => {
  const log = join(card.b, LOG);
  const verify = (): Promise<readonly string[]> => failures((checks) => verifyLogs(world, day, checks));
  await withChanged(log, flippedAt(400), async () => {
    const found = await verify();
    fails(found, 'the log on memory card B is whole');
    fails(found, 'the log is the same on all media');
  });
  const withoutLastLine = (bytes: Uint8Array): Uint8Array =>
    bytes.subarray(0, bytes.subarray(0, -1).lastIndexOf(10) + 1);
  await withChanged(log, withoutLastLine, async () => {
    fails(await verify(), 'the log on memory card B is signed up to its end');
  });
  const castLine = (bytes: Uint8Array): Uint8Array =>
    flippedAt(Buffer.from(bytes).indexOf('"sheet-cast"') + '"sheet-cast",'.length)(bytes);
  await withChanged(join(card.a, LOG), castLine, async () => {
    const found = await verify();
    fails(found, 'the log on memory card A is whole');
    fails(found, 'such a line says nothing but when');
  });
  const before = readFileSync(log);
  appendFileSync(log, 'half a line');
  const found = await verify();
  writeFileSync(log, before);
  fails(found, 'the log on memory card B ends with a whole line');
});

test('casts and returns that the log does not know are found', async () => {
  const more = { ...world, returned: world.returned + 1 };
  fails(
    await failures((checks) => verifyLogs(more, day, checks)),
    'the log has a line for each sheet given back',
  );
  const counted = day.counted.slice(1);
  fails(
    await failures((checks) => verifyLogs(world, { ...day, counted }, checks)),
    'the log has a line for each sheet cast',
  );
});

test('a passcode in the log is found, and not said again', async () => {
  const checks = new Checks();
  await verifyLogs({ ...world, passcodes: ['polls-opened'] }, day, checks);
  const failure = must(checks.failures[0], 'a failure');
  assert.is(failure.name, 'no passcode stands in the log');
  assert.not.match(failure.detail, 'polls-opened');
});

test('a vote more in the truth disagrees with records, images, and every copy of the tape', async () => {
  const [first, ...others] = world.fed;
  assert.ok(first !== undefined);
  const marks = [...first.truth.marks, { contestId: 'attorney-general', optionId: 'hartwell-rep' }];
  const more = { ...world, fed: [{ ...first, truth: { ...first.truth, marks } }, ...others] };
  const checks = new Checks();
  await verifyFromOutside(more, checks);
  const found = checks.failures.map(({ name }) => name);
  fails(found, 'the records say what the counted sheets say');
  fails(found, 'it says what the sheet in its images says');
  fails(found, 'the export’s totals of attorney-general in rhinebeck-1');
  for (const copy of ['copy 1', 'copy 2']) {
    fails(found, `results tape, ${copy}, rhinebeck-1, Attorney General: votes for Deborah L. Hartwell REP`);
    fails(found, `results tape, ${copy}, on the paper: REP`);
  }
  assert.not.ok(found.some((name) => name.startsWith('zero tape')));
});

test('a tape’s text with one digit changed is found', async () => {
  const exported = must(day.exported, 'an export');
  const read: typeof exported.read = async (name) => {
    const bytes = await exported.read(name);
    if (!bytes.ok || name !== 'tapes/results.txt') return bytes;
    const text = new TextDecoder().decode(bytes.value);
    return ok(utf8(text.replace(/Ballots cast (\.+) 3/, 'Ballots cast $1 4')));
  };
  const changed = { ...day, exported: { ...exported, read } };
  const found = await failures((checks) => verifyTapes(world, changed, paper, hashes, checks));
  fails(found, 'tapes/results.txt: signed, and every printed line is what was signed');
  fails(found, 'results tape, copy 1: the paper reads as tapes/results.txt does');
});

test('a line scratched off the paper, a torn copy, a missing one and a strange log are found', async () => {
  const withLast = (last: Partial<ReadPiece>): readonly ReadPiece[] =>
    paper.map((piece, i) => (i === paper.length - 1 ? { ...piece, ...last } : piece));
  const verify = (
    pieces: readonly ReadPiece[],
    of = world as World,
    known: ReadonlySet<string> = hashes,
  ): Promise<readonly string[]> => failures((checks) => verifyTapes(of, day, pieces, known, checks));
  assert.equal(await verify(paper), []);

  const [scratched] = await readPieces({ pieces: () => world.bench.roll.pieces().slice(-1).map(scratch) });
  const found = await verify(withLast({ lines: must(scratched, 'a piece').lines }));
  fails(found, 'results tape, copy 2, on the paper');
  fails(found, 'results tape, copy 2: the paper reads as tapes/results.txt does');
  assert.not.ok(found.some((name) => name.includes('copy 1')));

  fails(await verify(withLast({ cut: false })), 'the tape printer gave these pieces of paper');
  fails(await verify(paper.slice(0, -1)), 'the tape printer gave these pieces of paper');
  const promised = { ...world, pieces: world.pieces.map((piece) => ({ ...piece, whole: true })) };
  fails(await verify(paper, promised), 'results tape, copy 1: its last line says that it is whole');
  fails(await verify(paper, world, new Set()), 'it names an entry of the log');
});

test('a tape with other numbers is found, though its codes are whole', async () => {
  const tape = must(paper.at(-1), 'the last tape').tape;
  assert.ok(tape.ok);
  const { facts } = tape.value;
  const counters = { ...facts.counters, mainBinSheets: facts.counters.mainBinSheets + 1 };
  const forged = { ...tape.value, facts: { ...facts, counters }, signature: new Uint8Array(64) };
  const pieces = paper.map((piece, i) => (i === paper.length - 1 ? { ...piece, tape: ok(forged) } : piece));
  const found = await failures((checks) => verifyTapes(world, day, pieces, hashes, checks));
  fails(found, 'results tape, copy 2: sheets in the main bin');
  fails(found, 'results tape, copy 2: signed by the device that the authority certified');
});

/** Rubs out what is printed in a stripe below the heading. */
function scratch({ page, cut }: PaperPiece): PaperPiece {
  const data = page.data.slice();
  data.fill(255, 500 * page.widthPx, 560 * page.widthPx);
  return { page: greyPage(page.widthPx, page.heightPx, page.dpi, data), cut };
}

/** A byte of each slot of a box. */
function aByteOfEachSlot(): readonly number[] {
  const geometry = { slotCount: SLOTS, headBytes: DEFAULT_HEAD_BYTES, bodyBytes: DEFAULT_BODY_BYTES };
  return Array.from({ length: SLOTS }, (_, slot) => slotAt(geometry, slot) + 40);
}

test.run();
