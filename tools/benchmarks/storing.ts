/**
 * What comes after the verdict: images encoded, then the ballot box's own steps on two cards. The cards are folders on
 * this computer's disk, with slots of the real size; a memory card is slower.
 */
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, must } from '../../ground/result.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { fitImages } from '../../firmware/ballot-box/fit-images.js';
import { openBox } from '../../firmware/ballot-box/open.js';
import { prepareBox } from '../../firmware/ballot-box/prepare.js';
import { buildRecord, newRecordId } from '../../firmware/records/build-record.js';
import { encodePageJpeg } from '../../firmware/runtime/image-encoding.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import { ed25519Signer } from '../../firmware/trust/keys.js';
import { readSheet } from '../../vision/read-sheet.js';
import { valueOf } from '../bench/office.js';
import { row, timedAsync, timesOf, type Row } from './measure.js';
import type { BenchPaper } from './pages.js';

const CASTS = 30;
const DEVICE = 'bench';

export async function benchStoring(paper: BenchPaper): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-bench-'));
  try {
    return await castInto(folder, paper);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function castInto(
  folder: string,
  { loaded, layouts, context, sheets }: BenchPaper,
): Promise<readonly Row[]> {
  const stores = { a: store(folder, 'a'), b: store(folder, 'b') };
  const signer = ed25519Signer(systemRandom.bytes(32));
  const boxKey = systemRandom.bytes(32);
  const common = {
    definitionSha256: loaded.sha256Hex,
    deviceSerial: DEVICE,
    mode: 'test',
    simulated: true,
  } as const;
  const spec = {
    ...common,
    electionId: loaded.definition.id,
    devicePublicKey: signer.publicKey,
    slotCount: CASTS + 2,
    keyWraps: { authority: new Uint8Array(92), securityKeys: [] },
  };
  const { boxId } = valueOf(await prepareBox([stores.a, stores.b], spec, boxKey, signer, systemRandom));
  const expected = { boxId, deviceSerial: DEVICE, devicePublicKey: signer.publicKey };
  const { box } = valueOf(await openBox(stores, boxKey, expected, { random: systemRandom, signer }));

  const [encode, begin, pass, idle]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let i = 0; i < CASTS; i++) {
    const { first, second } = must(sheets[i % sheets.length], 'a sheet');
    const result = readSheet(first, second, context);
    assert(result.kind === 'read', 'a sheet of the benchmark can be read');
    const layout = must(
      layouts.find((one) => one.precinctId === result.precinctId),
      'its layout',
    );
    const recordContext = { ...common, definition: loaded.definition, layout };
    const record = buildRecord(result, recordContext, 'main', newRecordId(systemRandom));
    let images: Awaited<ReturnType<typeof fitImages>> | undefined;
    encode.push(
      await timedAsync(
        async () => (images = await fitImages(encodePageJpeg, first, second, [], box.header.bodyBytes)),
      ),
    );
    const stored = {
      record,
      images: valueOf(must(images, 'the images were encoded')).images,
      writeInCrops: [],
    };
    begin.push(await timedAsync(async () => valueOf(await box.beginCast(stored))));
    pass.push(await timedAsync(async () => valueOf(await box.markPassed())));
    idle.push(await timedAsync(async () => valueOf(await box.markIdle())));
  }
  await box.close();
  const rows = (what: string, times: readonly number[]): readonly Row[] => [
    row(`cast: ${what}, p50`, 'ms', timesOf(times).p50),
    row(`cast: ${what}, p99`, 'ms', timesOf(times).p99),
  ];
  return [
    ...rows('both images encoded', encode),
    ...rows('sealed, written, flushed, read back on two cards', begin),
    ...rows('marked as passed, flushed', pass),
    ...rows('marked as idle, flushed', idle),
  ];
}

function store(folder: string, card: 'a' | 'b'): ReturnType<typeof folderStore> {
  const directory = join(folder, card);
  mkdirSync(directory);
  return folderStore(directory, `memory card ${card.toUpperCase()}`);
}
