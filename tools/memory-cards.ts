/**
 * Memory cards on the authority's computer: one or two folders where they are mounted, the box on them, and its key as
 * the authority's own key gives it. Nothing here writes on a card.
 */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { folderStore } from '../drivers/memory-card/folder-store.js';
import type { FileStore } from '../drivers/ports.js';
import { closeCards, openCards, readHeader, type CardStores } from '../firmware/ballot-box/card.js';
import type { BoxHeader, SignedHeader } from '../firmware/ballot-box/format.js';
import type { Intent } from '../firmware/ballot-box/intent.js';
import { wrapContext } from '../firmware/ballot-box/key-wraps.js';
import { readBox, type BoxReader } from '../firmware/ballot-box/open.js';
import type { Authority } from '../firmware/trust/authority.js';
import type { ElectionPackage } from '../firmware/trust/election-package.js';
import { openSealed } from '../firmware/trust/keys.js';
import type { DeviceCertificate } from '../firmware/trust/verify/device-certificate.js';
import { err, must, ok, problem, type Result } from '../ground/result.js';

/** Problem code `usage` when it is not one card or two. */
export function cardStores(paths: readonly string[]): Result<CardStores> {
  const usage = (reason: string): Result<never> => err(problem('usage', 'memory cards', '', reason));
  const [first, second, more] = paths;
  if (first === undefined || more !== undefined) return usage('give one memory card or two');
  if (second === undefined) return ok({ a: storeAt(first) });
  if (isOneFolder(first, second)) return usage(`${first} and ${second} are one and the same card`);
  return ok({ a: storeAt(first), b: storeAt(second) });
}

function storeAt(path: string): FileStore {
  return folderStore(path, basename(path));
}

/** By whatever name, and wherever else it is mounted. */
function isOneFolder(first: string, second: string): boolean {
  const [one, two] = [first, second].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return one !== undefined && one.dev === two?.dev && one.ino === two.ino;
}

/** The header on the first card; that the other one has the same is for whoever opens the box. */
export async function headerOn(stores: CardStores): Promise<Result<SignedHeader>> {
  const cards = await openCards(stores);
  if (!cards.ok) return cards;
  const card = must(cards.value[0], 'opened cards are there');
  const signed = await readHeader(card.file, card.label);
  await closeCards(cards.value);
  return signed;
}

export function boxKeyOf(authority: Authority, header: BoxHeader): Result<Uint8Array> {
  const wrap = new Uint8Array(Buffer.from(header.authorityWrap, 'hex'));
  const context = wrapContext(header.electionId, header.deviceSerial, 'authority');
  return openSealed(authority.sealKeys, wrap, context, 'box key');
}

export interface ElectionsBox {
  /** Of the cards, for messages. */
  readonly name: string;
  readonly stores: CardStores;
  readonly box: BoxReader;
  /** Whose box it is, as the package lists it. */
  readonly device: DeviceCertificate;
}

/** The box of a device that the package lists, on one card or on both, which must then hold the same. */
export async function openElectionsBox(
  paths: readonly string[],
  election: ElectionPackage,
  authority: Authority,
): Promise<Result<ElectionsBox>> {
  const stores = cardStores(paths);
  if (!stores.ok) return stores;
  const signed = await headerOn(stores.value);
  if (!signed.ok) return signed;
  const { header } = signed.value;
  const { boxId, electionId, deviceSerial, mode } = header;
  const name = paths.map((path) => basename(path)).join(' + ');
  const refuse = (code: string, reason: string): Result<never> => err(problem(code, name, '', reason));
  if (electionId !== election.definition.id || header.definitionSha256 !== election.definitionSha256) {
    return refuse('other-election', `holds a ballot box of ${electionId}, not of this package`);
  }
  if (mode !== election.mode) {
    return refuse('other-mode', `holds a ballot box of mode ${mode}, and the package is ${election.mode}`);
  }
  const device = election.devices.find(({ serialNumber }) => serialNumber === deviceSerial);
  if (device === undefined) {
    return refuse('not-listed', `holds the ballot box of ${deviceSerial}, which the package does not list`);
  }
  const boxKey = boxKeyOf(authority, header);
  if (!boxKey.ok) return boxKey;
  const expected = { boxId, deviceSerial, devicePublicKey: device.publicKey };
  const box = await readBox(stores.value, boxKey.value, expected);
  return box.ok ? ok({ name, stores: stores.value, box: box.value, device }) : box;
}

/** Never which ballot, and never in which slot. */
export function intentSentence({ kind }: Pick<Intent, 'kind'>): string {
  switch (kind) {
    case 'idle':
      return 'no ballot was under way when the cards were last written';
    case 'passed':
      return 'a ballot was under way when the cards were last written: it had passed into its bin and counts';
    case 'writing':
    case 'ready':
      return 'a ballot was under way when the cards were last written: it had not passed into its bin and does not count';
  }
}
