/**
 * From the verdict to a record that is durable on both cards, as the machine does it: pictures from the moment the
 * sheet is read, then the ballot box's own steps; and what each stage takes of it. The cards are folders on this
 * computer's disk, with slots of the real size; a memory card is slower.
 */
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { assert, must } from '../../ground/result.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import type { FileStore } from '../../drivers/ports.js';
import type { BallotBox } from '../../firmware/ballot-box/box.js';
import { openBox } from '../../firmware/ballot-box/open.js';
import { prepareBox } from '../../firmware/ballot-box/prepare.js';
import { buildRecord, newRecordId } from '../../firmware/records/build-record.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import { encodePageJpeg } from '../../firmware/runtime/image-encoding.js';
import { sheetPictures } from '../../firmware/runtime/sheet-pictures.js';
import { ed25519Signer } from '../../firmware/trust/keys.js';
import { readSheet } from '../../vision/read-sheet.js';
import { valueOf } from '../bench/office.js';
import { row, timesOf, type Row } from './measure.js';
import type { BenchPaper } from './pages.js';
import { StageClock } from './stage-clock.js';

const DEVICE = 'bench';

export async function benchStoring(name: string, paper: BenchPaper, casts: number): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-bench-'));
  try {
    return await castInto(folder, name, paper, casts);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of one cast, by stage. */
type CastTimes = Readonly<Record<string, number>>;

async function castInto(
  folder: string,
  name: string,
  paper: BenchPaper,
  casts: number,
): Promise<readonly Row[]> {
  const clock = new StageClock();
  const box = await preparedBox(folder, paper, casts + 2, clock);
  const times: CastTimes[] = [];
  for (let i = 0; i < casts; i++) times.push(await castOne(box, paper, i, clock));
  await box.close();
  const stages = Object.keys(must(times[0], 'a cast'));
  return stages.flatMap((stage) => {
    const { p50, p99 } = timesOf(times.map((one) => one[stage] ?? 0));
    return [row(`${name}, cast: ${stage}, p50`, 'ms', p50), row(`${name}, cast: ${stage}, p99`, 'ms', p99)];
  });
}

async function castOne(
  box: BallotBox,
  { loaded, layouts, context, sheets }: BenchPaper,
  i: number,
  clock: StageClock,
): Promise<CastTimes> {
  const pages = must(sheets[i % sheets.length], 'a sheet');
  const result = readSheet(pages.first, pages.second, context);
  assert(result.kind === 'read', 'a sheet of the benchmark can be read');
  const layout = must(
    layouts.find((one) => one.precinctId === result.precinctId),
    'its layout',
  );
  const about = { ...common(loaded.sha256Hex), definition: loaded.definition, layout };
  clock.take();
  const verdictMs = performance.now();
  const pictures = valueOf(await sheetPictures(pages, result, box.header.bodyBytes, encodePageJpeg));
  const encodedMs = performance.now();
  const record = buildRecord(result, about, 'main', newRecordId(systemRandom));
  valueOf(await box.beginCast({ record, ...pictures }));
  const durableMs = performance.now();
  const spent = clock.take();
  valueOf(await box.markPassed());
  const passedMs = performance.now();
  valueOf(await box.markIdle());
  const idleMs = performance.now();
  const stored = durableMs - encodedMs;
  const elsewhere = Object.values(spent).reduce((sum, ms) => sum + ms, 0);
  return {
    'verdict to durable on both cards': durableMs - verdictMs,
    'CAST after a warning to durable on both cards': stored,
    'of it both images encoded': encodedMs - verdictMs,
    'of it sealing and building': stored - elsewhere,
    ...Object.fromEntries(Object.entries(spent).map(([stage, ms]) => [`of it ${stage}`, ms])),
    'marked as passed, flushed': passedMs - durableMs,
    'marked as idle, flushed': idleMs - passedMs,
  };
}

async function preparedBox(
  folder: string,
  { loaded }: BenchPaper,
  slotCount: number,
  clock: StageClock,
): Promise<BallotBox> {
  const stores = { a: store(folder, 'a'), b: store(folder, 'b') };
  const signer = ed25519Signer(systemRandom.bytes(32));
  const boxKey = systemRandom.bytes(32);
  const spec = {
    ...common(loaded.sha256Hex),
    electionId: loaded.definition.id,
    devicePublicKey: signer.publicKey,
    slotCount,
    keyWraps: { authority: new Uint8Array(92), securityKeys: [] },
  };
  const { boxId } = valueOf(await prepareBox([stores.a, stores.b], spec, boxKey, signer, systemRandom));
  const expected = { boxId, deviceSerial: DEVICE, devicePublicKey: signer.publicKey };
  const tools = { random: systemRandom, signer: clock.signer(signer) };
  const timed = { a: clock.store(stores.a), b: clock.store(stores.b) };
  return valueOf(await openBox(timed, boxKey, expected, tools)).box;
}

interface Common {
  readonly definitionSha256: string;
  readonly deviceSerial: string;
  readonly mode: 'test';
  readonly simulated: true;
}

function common(definitionSha256: string): Common {
  return { definitionSha256, deviceSerial: DEVICE, mode: 'test', simulated: true };
}

function store(folder: string, card: 'a' | 'b'): FileStore {
  const directory = join(folder, card);
  mkdirSync(directory);
  return folderStore(directory, `memory card ${card.toUpperCase()}`);
}
