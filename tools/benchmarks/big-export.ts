/**
 * An export of as many ballots as wanted, made for measuring: a few sheets marked and scanned by the bench, each ballot
 * a record of its own with its own id, its own signature by the device, and its images. Written by the same code that
 * writes every export.
 */
import { createHash } from 'node:crypto';
import { must, type Result, ok } from '../../ground/result.js';
import { toHex, utf8 } from '../../ground/bytes.js';
import type { BoxHeader } from '../../firmware/ballot-box/format.js';
import { bodyContent, signedBytes, type StoredBallot } from '../../firmware/ballot-box/slot.js';
import { buildRecord, type ReadSheet } from '../../firmware/records/build-record.js';
import { exportElection } from '../../firmware/records/export.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import { encodePageJpeg } from '../../firmware/runtime/image-encoding.js';
import { sheetPictures, type SheetPictures } from '../../firmware/runtime/sheet-pictures.js';
import { ed25519Signer } from '../../firmware/trust/keys.js';
import type { Signer } from '../../firmware/trust/signing.js';
import { sha256 } from '../../firmware/trust/symmetric.js';
import { certifyDevice, type DeviceCertificate } from '../../firmware/trust/verify/device-certificate.js';
import { readSheet } from '../../vision/read-sheet.js';
import { valueOf } from '../bench/office.js';
import type { BenchPaper } from './pages.js';

const DEVICE = 'TS-0001';
const BODY_BYTES = 1_015_808;

interface Template extends SheetPictures {
  readonly sheet: ReadSheet;
  readonly contentSha256: Uint8Array;
}

/** @returns what the export's records hold together: the bytes of their images */
export async function makeBigExport(
  directory: string,
  paper: BenchPaper,
  ballots: number,
): Promise<{ readonly imageBytes: number }> {
  const signer = ed25519Signer(systemRandom.bytes(32));
  const templates = await templatesOf(paper);
  const header = headerOf(paper, signer);
  const layout = must(paper.layouts[0], 'a ballot');
  const ids = Array.from({ length: ballots }, (_, i) => idOf(i)).sort();
  const { definition, bytes: definitionBytes } = paper.loaded;
  const place = must(
    definition.pollingPlaces.find(({ precinctIds }) => precinctIds.includes(layout.precinctId)),
    'a polling place of this precinct',
  );
  const about = { definition, ...common(paper), layout };
  const stored = (id: string, i: number): StoredBallot => {
    const { sheet, images, writeInCrops, contentSha256 } = must(templates[i % templates.length], 'a sheet');
    const record = buildRecord(sheet, about, i % 7 === 0 ? 'write-in' : 'main', id);
    const recordJson = utf8(JSON.stringify(record));
    const signature = signer.sign('ballot-slot', signedBytes(header.boxId, recordJson, contentSha256));
    return { record, recordJson, images, writeInCrops, contentSha256, signature };
  };
  async function* all(): AsyncGenerator<Result<StoredBallot>> {
    for (const [i, id] of ids.entries()) yield await Promise.resolve(ok(stored(id, i)));
  }
  const written = await exportElection({
    directory,
    box: header,
    ballots: all,
    sheets: ballots,
    election: {
      ...{ definition, definitionBytes, layouts: paper.layouts, precinctIds: place.precinctIds },
      ...{ pollingPlaceId: place.id, packageSha256: 'cd'.repeat(32) },
    },
    softwareVersion: 'ab'.repeat(32),
    generatedDate: '2026-11-03T21:05:00-07:00',
    otherFiles: [],
    by: { signer, certificate: certificateOf(paper, signer.publicKey) },
  });
  valueOf(written);
  const imageBytes = ids.reduce((sum, _, i) => sum + bytesOf(must(templates[i % templates.length], '')), 0);
  return { imageBytes };
}

function bytesOf({ images }: Template): number {
  return images.front.length + images.back.length;
}

async function templatesOf({ sheets, context }: BenchPaper): Promise<readonly Template[]> {
  const templates: Template[] = [];
  for (const pages of sheets) {
    const sheet = readSheet(pages.first, pages.second, context);
    if (sheet.kind === 'rejected') throw new Error('a sheet of the benchmark can be read');
    const pictures = valueOf(await sheetPictures(pages, withoutDoubt(sheet), BODY_BYTES, encodePageJpeg));
    templates.push({ ...pictures, sheet: withoutDoubt(sheet), contentSha256: sha256(bodyContent(pictures)) });
  }
  return templates;
}

/** Ambiguous marks are given back and never cast. */
function withoutDoubt(sheet: ReadSheet): ReadSheet {
  const sure = (side: ReadSheet['front']): ReadSheet['front'] => ({
    ...side,
    ovals: side.ovals.map((oval) => (oval.verdict === 'ambiguous' ? { ...oval, verdict: 'blank' } : oval)),
  });
  return { ...sheet, front: sure(sheet.front), back: sure(sheet.back) };
}

/** 32 hexadecimal digits that look like random ones, the same at each run. */
function idOf(i: number): string {
  return createHash('sha256').update(`ballot ${i}`).digest('hex').slice(0, 32);
}

/** By an authority that nobody keeps. */
function certificateOf({ loaded }: BenchPaper, publicKey: Uint8Array): DeviceCertificate {
  const authority = ed25519Signer(systemRandom.bytes(32));
  return certifyDevice(authority, {
    electionId: loaded.definition.id,
    definitionSha256: sha256(loaded.bytes),
    mode: 'official',
    serialNumber: DEVICE,
    publicKey,
  });
}

interface Common {
  readonly definitionSha256: string;
  readonly deviceSerial: string;
  readonly mode: 'official';
  readonly simulated: true;
}

function common({ loaded }: BenchPaper): Common {
  return { definitionSha256: loaded.sha256Hex, deviceSerial: DEVICE, mode: 'official', simulated: true };
}

function headerOf(paper: BenchPaper, signer: Signer): BoxHeader {
  return {
    format: 'tallystick-box/1',
    boxId: 'ef'.repeat(16),
    electionId: paper.loaded.definition.id,
    ...common(paper),
    devicePublicKey: toHex(signer.publicKey),
    slotCount: 20_000,
    headBytes: 32_768,
    bodyBytes: BODY_BYTES,
    authorityWrap: '00'.repeat(92),
    keyWraps: [],
  };
}
