/**
 * A whole machine late on election day, made quickly: polls opened by the firmware on the bench, then so many ballots
 * put into its ballot box, log, anchor and counter as that many casts would have left them, and the power gone in the
 * middle of one more. The cards are folders on this computer's disk, with slots of the real size.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../ground/result.js';
import { utf8 } from '../../ground/bytes.js';
import { readDefinition } from '../../election-def/load.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import type { BlockFile, FileStore } from '../../drivers/ports.js';
import { chainEntry } from '../../firmware/audit-log/chain.js';
import { LOG_NAME } from '../../firmware/audit-log/copies.js';
import { MAX_LOG_BYTES, verifyLog } from '../../firmware/audit-log/verify.js';
import type { BallotBox } from '../../firmware/ballot-box/box.js';
import { openCard, readHeader } from '../../firmware/ballot-box/card.js';
import { wrapContext } from '../../firmware/ballot-box/key-wraps.js';
import { openBox } from '../../firmware/ballot-box/open.js';
import { readAnchor, writeAnchor } from '../../firmware/device-state/anchor.js';
import { readIdentity } from '../../firmware/device-state/identity.js';
import { buildRecord, newRecordId, type ReadSheet } from '../../firmware/records/build-record.js';
import { encodePageJpeg } from '../../firmware/runtime/image-encoding.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import { sheetPictures } from '../../firmware/runtime/sheet-pictures.js';
import { openSealed } from '../../firmware/trust/keys.js';
import type { Signer } from '../../firmware/trust/signing.js';
import type { ElectionPackage } from '../../firmware/trust/election-package.js';
import { readingContext } from '../../vision/context.js';
import { readSheet } from '../../vision/read-sheet.js';
import { Bench } from '../bench/bench.js';
import {
  makeOffice,
  makePackage,
  makeSiteKeys,
  valueOf,
  type KeyOfSite,
  type Office,
} from '../bench/office.js';
import { fedSheet, markedPaper, PrintedBallots } from '../bench/paper.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';

const SAMPLE = new URL('../../../election-def/samples/dutchess-ny.json', import.meta.url);
const PRECINCT = 'rhinebeck-1';

export interface FullMachine {
  readonly folder: string;
  readonly bench: Bench;
  readonly keys: readonly [KeyOfSite, KeyOfSite, KeyOfSite];
  /** A ballot that is cast without a question. */
  readonly sheet: Sheet;
}

/** @param moreSlots free ones, for ballots that are fed afterwards */
export async function fullMachine(ballots: number, moreSlots: number): Promise<FullMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-full-'));
  const definitionBytes = new Uint8Array(readFileSync(SAMPLE));
  const loaded = valueOf(readDefinition(definitionBytes, 'dutchess-ny.json'));
  const bench = await Bench.set({
    ...{ folder, startLocal: '2026-11-03T05:31:00', seed: 'full', random: systemRandom },
    ...{ softwareSha256: 'ab'.repeat(32), slotCount: ballots + 1 + moreSlots },
    protectiveCount: ballots,
  });
  const office = await makeOffice(systemRandom);
  const keys = await makeSiteKeys(office, loaded.definition.id, ['dem', 'rep'], systemRandom);
  const publicKey = await bench.makeDevice();
  const packageFolder = await makePackage(office, bench.packages, {
    ...{ name: 'town-hall', definitionBytes, mode: 'official', pollingPlaceId: 'rhinebeck-town-hall', keys },
    device: { serialNumber: bench.serialNumber, publicKey },
  });
  const election = valueOf(await bench.load(packageFolder));
  await openPolls(bench, keys);
  const printed = new PrintedBallots(loaded, election.layouts);
  const marks = [{ contestId: 'governor', optionId: 'doyle-dem', kind: 'full' }] as const;
  const paper = await markedPaper(printed, { precinctId: PRECINCT, marks }, 'voter');
  const sheet = fedSheet(paper, 'a ballot', 'front-head-first', 'voter');
  bench.cutPower();
  await fill(folder, bench, election, office, sheet, ballots);
  return { folder, bench, keys, sheet };
}

async function openPolls(bench: Bench, keys: FullMachine['keys']): Promise<void> {
  await bench.start(keys[2]);
  await bench.choose('prepare-cards');
  await bench.press('yes');
  await bench.until('cards', () => bench.screen.id === 'administration');
  await bench.choose('power-down');
  await bench.press('yes');
  await bench.until('dark', () => !bench.powered);
  await bench.start(keys[0]);
  await bench.choose('open-polls');
  await bench.press('yes');
  await bench.presentKey(keys[1]);
  await bench.until('the zero tape', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('open polls', () => bench.screen.id === 'insert-ballot');
}

async function fill(
  folder: string,
  bench: Bench,
  election: ElectionPackage,
  office: Office,
  paper: Sheet,
  ballots: number,
): Promise<void> {
  const store = (name: string, label: string): FileStore => folderStore(join(folder, name), label);
  const stores = {
    a: unflushed(store('card-a-1', 'memory card A')),
    b: unflushed(store('card-b-2', 'memory card B')),
  };
  const internal = store('internal', 'internal storage');
  const { signer, serialNumber } = valueOf(await readIdentity(internal, bench.serialNumber));
  const box = await openWithAuthority(stores, office, signer, serialNumber);
  const cast = await sheetMaker(election, serialNumber, paper, box.header.bodyBytes);
  for (let i = 0; i < ballots; i++) {
    valueOf(await box.beginCast(cast()));
    valueOf(await box.markPassed());
    valueOf(await box.markIdle());
  }
  valueOf(await box.beginCast(cast()));
  const { generation } = box.intent();
  await box.close();
  const head = await logCasts([internal, stores.a, stores.b], signer, ballots);
  const anchor = must(
    valueOf(await readAnchor(internal, signer.publicKey)),
    'an opened machine has an anchor',
  );
  // The counter stood at so many already; as if it had risen to it today.
  const counterAtOpening = anchor.counterAtOpening - ballots;
  const filled = { ...anchor, boxGeneration: generation, ballots, counterAtOpening, ...head };
  valueOf(await writeAnchor(internal, signer, { ...filled, anchorNumber: anchor.anchorNumber + 1 }));
}

async function openWithAuthority(
  stores: { readonly a: FileStore; readonly b: FileStore },
  { authority }: Office,
  signer: Signer,
  serialNumber: string,
): Promise<BallotBox> {
  const card = valueOf(await openCard(stores.a));
  const { header } = valueOf(await readHeader(card, stores.a.label));
  await card.close();
  const wrap = new Uint8Array(Buffer.from(header.authorityWrap, 'hex'));
  const context = wrapContext(header.electionId, serialNumber, 'authority');
  const boxKey = valueOf(openSealed(authority.sealKeys, wrap, context, 'box key'));
  const { boxId } = header;
  const expected = { boxId, deviceSerial: serialNumber, devicePublicKey: signer.publicKey };
  return valueOf(await openBox(stores, boxKey, expected, { random: systemRandom, signer })).box;
}

/** The same ballot again and again, each with a record of its own. */
async function sheetMaker(
  election: ElectionPackage,
  deviceSerial: string,
  { first, second }: Sheet,
  bodyBytes: number,
): Promise<() => Parameters<BallotBox['beginCast']>[0]> {
  const { definition, definitionSha256, layouts, hash20, mode } = election;
  const context = readingContext(layouts, hash20, definition.settings.markThresholds);
  const read = readSheet(first, second, context);
  if (read.kind === 'rejected') throw new Error('the ballot of the benchmark can be read');
  const result: ReadSheet = read;
  const pictures = valueOf(await sheetPictures({ first, second }, result, bodyBytes, encodePageJpeg));
  const layout = must(
    layouts.find(({ precinctId }) => precinctId === result.precinctId),
    'its layout',
  );
  const about = { definition, definitionSha256, layout, deviceSerial, mode, simulated: true };
  return () => ({ record: buildRecord(result, about, 'main', newRecordId(systemRandom)), ...pictures });
}

async function logCasts(
  stores: readonly FileStore[],
  signer: Signer,
  ballots: number,
): Promise<{ readonly logEntries: number; readonly logHead: string }> {
  const before = valueOf(await must(stores[0], 'a store').read(LOG_NAME, MAX_LOG_BYTES));
  let { head } = verifyLog(before, signer.publicKey, LOG_NAME);
  let lines = new TextDecoder().decode(before);
  for (let i = 0; i < ballots; i++) {
    const chained = chainEntry(head, { time: '2026-11-03T12:00:00', code: 'sheet-cast' });
    head = chained.head;
    lines += `${chained.line}\n`;
  }
  for (const store of stores) valueOf(await store.write(LOG_NAME, utf8(lines)));
  return { logEntries: head.entries, logHead: head.hash };
}

/** Whoever fills a box for measuring needs nothing of it to survive. */
function unflushed(store: FileStore): FileStore {
  const without = (file: BlockFile): BlockFile => ({
    sizeBytes: file.sizeBytes,
    read: (at, length) => file.read(at, length),
    write: (at, bytes) => file.write(at, bytes),
    flush: () => Promise.resolve({ ok: true, value: undefined }),
    close: () => file.close(),
  });
  return {
    ...store,
    openBlocks: async (name, createBytes) => {
      const opened = await store.openBlocks(name, createBytes);
      return opened.ok ? { ok: true, value: without(opened.value) } : opened;
    },
  };
}
