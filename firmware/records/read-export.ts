/**
 * An export at the reader's door: the folder's signature, every file's digest, each ballot's own signature by the
 * device, and the totals counted once more. Two may have signed it: the device whose ballots these are, or the
 * authority that certified this device. Whether that device or authority is one to be trusted is for the caller to
 * say: it has the authority's key, and `manifest` carries signer and certificate.
 */
import { basename } from 'node:path';
import { z } from 'zod';
import { equalBytes, toHex } from '../../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { bodyContent, signedBytes, type StoredBallot, type WriteInCrop } from '../ballot-box/slot.js';
import { hexBytes, parseJson } from '../trust/json.js';
import { verifySignature } from '../trust/keys.js';
import type { Manifest } from '../trust/manifest.js';
import { openSignedFolder, type FolderLimits, type SignedFolder } from '../trust/signed-folder.js';
import { sha256 } from '../trust/symmetric.js';
import { isCertified } from '../trust/verify/device-certificate.js';
import { BALLOTS_FORMAT, TOTALS_FORMAT } from './export.js';
import { readRecord } from './read-record.js';
import { startTally, type ElectionToCount } from './totals.js';
import type { Totals } from './totals-types.js';

const LIMITS: FolderLimits = {
  maxFiles: 100_000,
  maxFileBytes: 1024 * 1024 * 1024,
  maxTotalBytes: 64 * 1024 * 1024 * 1024,
};

const id = z.string().regex(/^[a-z0-9-]{1,64}$/);
const count = z.int().min(0);
const totalsSchema = z.strictObject({
  format: z.literal(TOTALS_FORMAT),
  electionId: id,
  definitionSha256: hexBytes(32),
  deviceSerial: z.string().max(64),
  mode: z.enum(['test', 'official']),
  simulated: z.boolean(),
  totals: z.strictObject({
    precincts: z.array(
      z.strictObject({
        precinctId: id,
        sheets: z.array(count),
        ballots: count,
        blankSheets: count,
        contests: z.array(
          z.strictObject({
            contestId: id,
            ballots: count,
            overvotes: count,
            undervotes: count,
            options: z.array(z.strictObject({ optionId: id, votes: count })),
            candidateOnly: z.array(z.strictObject({ candidateId: id, votes: count })),
          }),
        ),
      }),
    ),
    bins: z.strictObject({ main: count, writeIn: count }),
    sheets: count,
    ballots: count,
  }),
});

const ballotsSchema = z.strictObject({
  format: z.literal(BALLOTS_FORMAT),
  boxId: z.string().regex(/^[0-9a-f]{32}$/),
  deviceSerial: z.string().max(64),
  devicePublicKey: hexBytes(32),
  ballots: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[0-9a-f]{32}$/),
        signature: hexBytes(64),
        writeIns: z
          .array(z.strictObject({ contestId: id, optionId: id, file: z.string().max(200) }))
          .max(256),
      }),
    )
    .max(20_000),
});

type BallotList = z.output<typeof ballotsSchema>;

/** The device itself after closing, or the authority from the memory cards. */
export type ExportMaker = 'device' | 'authority';

export interface ReadExport {
  readonly manifest: Manifest;
  readonly madeBy: ExportMaker;
  /** Of the device whose ballots these are, whoever made the export. */
  readonly devicePublicKey: Uint8Array;
  /** As the device stated them; `recountExport` counts again. */
  readonly totals: Totals;
  readonly definitionBytes: Uint8Array;
  /** Each ballot with its images, its signature verified, in the order of the ids. */
  ballots(): AsyncIterable<Result<StoredBallot>>;
  /** A file of the export by its name, for tapes and logs. */
  read(name: string): Promise<Result<Uint8Array>>;
}

export async function readExport(
  directory: string,
  onFile?: (done: number, of: number) => void,
): Promise<Result<ReadExport, readonly Problem[]>> {
  const folder = await openSignedFolder(directory, 'export', LIMITS, onFile);
  if (!folder.ok) return folder;
  const where = basename(directory);
  const { manifest } = folder.value;
  const listed = new Set(manifest.files.map(({ name }) => name));
  const read = async (name: string): Promise<Result<Uint8Array>> =>
    listed.has(name)
      ? folder.value.read(name)
      : err(problem('missing', where, name, 'is not in this export'));
  const totals = await readJson(read, 'totals.json', totalsSchema, where);
  if (!totals.ok) return err([totals.error]);
  const list = await readJson(read, 'ballots.json', ballotsSchema, where);
  if (!list.ok) return err([list.error]);
  const definition = await read('definition.json');
  if (!definition.ok) return err([definition.error]);
  const madeBy = makerOf(manifest, list.value.devicePublicKey);
  if (madeBy === undefined) {
    const reason =
      'names a device key that neither signed this export nor is certified by the key that signed it';
    return err([problem('export-inconsistent', where, 'ballots.json', reason)]);
  }
  const wrong = whyNotTogether(folder.value, list.value, definition.value, where);
  if (wrong !== undefined) return err([wrong]);
  return ok({
    manifest,
    madeBy,
    devicePublicKey: list.value.devicePublicKey,
    totals: totals.value.totals,
    definitionBytes: definition.value,
    ballots: () => readBallots(read, list.value, where),
    read,
  });
}

/** Counts the records once more, and holds the result against the totals that the device stated. */
export async function recountExport(
  exported: ReadExport,
  election: ElectionToCount,
  precinctIds: readonly string[],
): Promise<Result<Totals>> {
  const tally = startTally(election, precinctIds);
  for await (const ballot of exported.ballots()) {
    if (!ballot.ok) return ballot;
    const added = tally.add(ballot.value.record);
    if (!added.ok) return added;
  }
  const totals = tally.totals();
  if (JSON.stringify(totals) === JSON.stringify(exported.totals)) return ok(totals);
  return err(
    problem('totals-differ', 'totals.json', '', 'are not what the records of this export add up to'),
  );
}

async function readJson<Schema extends z.ZodType>(
  read: (name: string) => Promise<Result<Uint8Array>>,
  name: string,
  schema: Schema,
  where: string,
): Promise<Result<z.output<Schema>>> {
  const bytes = await read(name);
  return bytes.ok ? parseJson(schema, bytes.value, `${where}/${name}`) : bytes;
}

/** Nothing when it was neither: a device speaks for its own ballots alone, an authority for devices that it certified. */
function makerOf({ signer, certificate }: Manifest, devicePublicKey: Uint8Array): ExportMaker | undefined {
  if (equalBytes(signer, devicePublicKey)) return 'device';
  const isOfDevice = certificate !== undefined && equalBytes(certificate.publicKey, devicePublicKey);
  return isOfDevice && isCertified(certificate, signer) ? 'authority' : undefined;
}

/** The parts of one folder that must name each other. */
function whyNotTogether(
  folder: SignedFolder,
  list: BallotList,
  definitionBytes: Uint8Array,
  where: string,
): Problem | undefined {
  const { fields, files } = folder.manifest;
  const bad = (path: string, reason: string): Problem => problem('export-inconsistent', where, path, reason);
  if (toHex(sha256(definitionBytes)) !== fields['definitionSha256']) {
    return bad('definition.json', 'is not the definition that these ballots were cast under');
  }
  const records = files.filter((file) => file.name.startsWith('records/')).length;
  if (records !== list.ballots.length || records !== fields['sheets']) {
    return bad('records', `has ${records} records where ${list.ballots.length} ballots are listed`);
  }
  return undefined;
}

async function* readBallots(
  read: (name: string) => Promise<Result<Uint8Array>>,
  list: BallotList,
  where: string,
): AsyncGenerator<Result<StoredBallot>> {
  for (const entry of list.ballots) yield readBallot(read, list, entry, where);
}

async function readBallot(
  read: (name: string) => Promise<Result<Uint8Array>>,
  list: BallotList,
  entry: BallotList['ballots'][number],
  where: string,
): Promise<Result<StoredBallot>> {
  const recordJson = await read(`records/${entry.id}.json`);
  if (!recordJson.ok) return recordJson;
  const front = await read(`images/${entry.id}-front.jpg`);
  if (!front.ok) return front;
  const back = await read(`images/${entry.id}-back.jpg`);
  if (!back.ok) return back;
  const writeInCrops: WriteInCrop[] = [];
  for (const { contestId, optionId, file } of entry.writeIns) {
    const jpeg = await read(file);
    if (!jpeg.ok) return jpeg;
    writeInCrops.push({ contestId, optionId, jpeg: jpeg.value });
  }
  const images = { front: front.value, back: back.value };
  const contentSha256 = sha256(bodyContent({ images, writeInCrops }));
  const signed = signedBytes(list.boxId, recordJson.value, contentSha256);
  if (!verifySignature('ballot-slot', list.devicePublicKey, signed, entry.signature)) {
    const reason = 'is not as the device signed it when it was cast';
    return err(problem('ballot-forged', where, `records/${entry.id}.json`, reason));
  }
  const record = readRecord(recordJson.value, `${where}/records/${entry.id}.json`);
  if (!record.ok) return record;
  const { signature } = entry;
  return ok({
    record: record.value,
    recordJson: recordJson.value,
    images,
    writeInCrops,
    contentSha256,
    signature,
  });
}
