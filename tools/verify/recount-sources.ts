/**
 * Where a recount takes the sealed records from: memory cards, opened with the authority's key, or a signed export.
 * Every record comes out verified, as the device signed it when the ballot was cast.
 */
import { basename } from 'node:path';
import type { ElectionDefinition } from '../../election-def/definition.js';
import { readDefinition } from '../../election-def/load.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { closeCards, openCards, readHeader, type CardStores } from '../../firmware/ballot-box/card.js';
import type { BoxHeader } from '../../firmware/ballot-box/format.js';
import { wrapContext } from '../../firmware/ballot-box/key-wraps.js';
import { readBox } from '../../firmware/ballot-box/open.js';
import { readExport } from '../../firmware/records/read-export.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import type { Authority } from '../../firmware/trust/authority.js';
import type { ElectionPackage } from '../../firmware/trust/election-package.js';
import { openSealed } from '../../firmware/trust/keys.js';
import { isCertified } from '../../firmware/trust/verify/device-certificate.js';
import { toHex } from '../../ground/bytes.js';
import { err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { exportFields, type ExportFields } from './export-fields.js';
import type { Progress } from '../tallystick/progress.js';

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
  const { certificate } = manifest;
  if (authority !== undefined && (certificate === undefined || !isCertified(certificate, authority))) {
    const reason = `the authority has not certified the key of ${fields.value.deviceSerial} that signed it`;
    return err([problem('not-certified', name, '', reason)]);
  }
  const ballots = (): AsyncIterable<Result<{ readonly record: CastVoteRecord }>> => read.value.ballots();
  return ok({
    name,
    of: fields.value,
    deviceKey: toHex(manifest.signer),
    definition: loaded.value.definition,
    pollingPlaceId: fields.value.pollingPlaceId,
    records: () => recordsIn(ballots()),
    close: () => Promise.resolve(),
  });
}

/** One card, or both, which must then hold the same. */
export async function recordsOfCards(
  paths: readonly string[],
  election: ElectionPackage,
  authority: Authority,
): Promise<Result<SealedRecords>> {
  const [first, second] = paths.map((path) => folderStore(path, basename(path)));
  const stores: CardStores = {
    ...(first === undefined ? {} : { a: first }),
    ...(second === undefined ? {} : { b: second }),
  };
  const header = await headerOn(stores);
  if (!header.ok) return header;
  const { boxId, electionId, deviceSerial, authorityWrap } = header.value;
  const name = paths.map((path) => basename(path)).join(' + ');
  if (electionId !== election.definition.id || header.value.definitionSha256 !== election.definitionSha256) {
    return err(
      problem('other-election', name, '', `holds a ballot box of ${electionId}, not of this package`),
    );
  }
  const device = election.devices.find(({ serialNumber }) => serialNumber === deviceSerial);
  if (device === undefined) {
    const reason = `holds the ballot box of ${deviceSerial}, which the package does not list`;
    return err(problem('not-listed', name, '', reason));
  }
  const wrap = new Uint8Array(Buffer.from(authorityWrap, 'hex'));
  const context = wrapContext(electionId, deviceSerial, 'authority');
  const boxKey = openSealed(authority.sealKeys, wrap, context, 'box key');
  if (!boxKey.ok) return boxKey;
  const expected = { boxId, deviceSerial, devicePublicKey: device.publicKey };
  const box = await readBox(stores, boxKey.value, expected);
  if (!box.ok) return box;
  return ok({
    name,
    of: header.value,
    deviceKey: toHex(device.publicKey),
    definition: election.definition,
    pollingPlaceId: election.pollingPlaceId,
    records: () => recordsIn(box.value.readAll()),
    close: () => box.value.close(),
  });
}

async function headerOn(stores: CardStores): Promise<Result<BoxHeader>> {
  const cards = await openCards(stores);
  if (!cards.ok) return cards;
  const card = must(cards.value[0], 'opened cards are there');
  const signed = await readHeader(card.file, card.label);
  await closeCards(cards.value);
  return signed.ok ? ok(signed.value.header) : signed;
}

async function* recordsIn(
  ballots: AsyncIterable<Result<{ readonly record: CastVoteRecord }>>,
): AsyncGenerator<Result<CastVoteRecord>> {
  for await (const ballot of ballots) yield ballot.ok ? ok(ballot.value.record) : ballot;
}
