/**
 * Where a recount takes the sealed records from: memory cards, opened with the authority's key, or a signed export.
 * Every record comes out verified, as the device signed it when the ballot was cast.
 */
import { basename } from 'node:path';
import type { ElectionDefinition } from '../../election-def/definition.js';
import { readDefinition } from '../../election-def/load.js';
import { readExport, type ReadExport } from '../../firmware/records/read-export.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import type { Authority } from '../../firmware/trust/authority.js';
import type { ElectionPackage } from '../../firmware/trust/election-package.js';
import { isCertified } from '../../firmware/trust/verify/device-certificate.js';
import { equalBytes, toHex } from '../../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { openElectionsBox } from '../memory-cards.js';
import type { Progress } from '../tallystick/progress.js';
import { exportFields, type ExportFields } from './export-fields.js';

export interface SealedRecords {
  readonly name: string;
  readonly of: Pick<ExportFields, 'electionId' | 'definitionSha256' | 'deviceSerial' | 'mode' | 'simulated'>;
  readonly deviceKey: string;
  readonly definition: ElectionDefinition;
  readonly pollingPlaceId: string;
  records(): AsyncIterable<Result<CastVoteRecord>>;
  close(): Promise<void>;
}

/** @param authority whose devices count; without it the export is believed to be its device's own */
export async function recordsOfExport(
  path: string,
  authority: Uint8Array | undefined,
  progress: Progress,
): Promise<Result<SealedRecords, readonly Problem[]>> {
  const name = basename(path);
  const read = await readExport(path, (done, of) => progress.show(done, 2 * of, `checking ${name}`));
  if (!read.ok) return read;
  const { manifest, definitionBytes } = read.value;
  const fields = exportFields(manifest.fields, `${name}/manifest.json`);
  if (!fields.ok) return err([fields.error]);
  const loaded = readDefinition(definitionBytes, `${name}/definition.json`);
  if (!loaded.ok) return loaded;
  if (authority !== undefined && !isTrusted(read.value, authority)) {
    const reason =
      read.value.madeBy === 'authority'
        ? `the authority did not sign it, and only the authority makes an export from memory cards`
        : `the authority has not certified the key of ${fields.value.deviceSerial} that signed it`;
    return err([problem('not-certified', name, '', reason)]);
  }
  const ballots = (): AsyncIterable<Result<{ readonly record: CastVoteRecord }>> => read.value.ballots();
  return ok({
    name,
    of: fields.value,
    deviceKey: toHex(read.value.devicePublicKey),
    definition: loaded.value.definition,
    pollingPlaceId: fields.value.pollingPlaceId,
    records: () => recordsIn(ballots()),
    close: () => Promise.resolve(),
  });
}

/** By the authority itself, or by a device with its certificate for the very key that signed the ballots. */
function isTrusted({ manifest, madeBy, devicePublicKey }: ReadExport, authority: Uint8Array): boolean {
  const { certificate, signer } = manifest;
  if (certificate === undefined || !isCertified(certificate, authority)) return false;
  if (madeBy === 'authority') return equalBytes(signer, authority);
  return equalBytes(certificate.publicKey, devicePublicKey);
}

/** One card, or both, which must then hold the same. */
export async function recordsOfCards(
  paths: readonly string[],
  election: ElectionPackage,
  authority: Authority,
): Promise<Result<SealedRecords>> {
  const opened = await openElectionsBox(paths, election, authority);
  if (!opened.ok) return opened;
  const { name, box, device } = opened.value;
  return ok({
    name,
    of: box.header,
    deviceKey: toHex(device.publicKey),
    definition: election.definition,
    pollingPlaceId: election.pollingPlaceId,
    records: () => recordsIn(box.readAll()),
    close: () => box.close(),
  });
}

async function* recordsIn(
  ballots: AsyncIterable<Result<{ readonly record: CastVoteRecord }>>,
): AsyncGenerator<Result<CastVoteRecord>> {
  for await (const ballot of ballots) yield ballot.ok ? ok(ballot.value.record) : ballot;
}
