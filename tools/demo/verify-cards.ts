/**
 * The two memory cards as they lie in the bag: the same bytes on both, nothing but the box and the log, no security
 * key opens them any more, and the authority's key finds in each of them the very ballots of the export.
 */
import { toHex } from '../../ground/bytes.js';
import { ok, type Result } from '../../ground/result.js';
import type { BlockFile, FileStore } from '../../drivers/ports.js';
import { LOG_NAME } from '../../firmware/audit-log/copies.js';
import { readHeader, sameBytes, type CardStores } from '../../firmware/ballot-box/card.js';
import { BOX_FILE } from '../../firmware/ballot-box/format.js';
import { readKeyWrap, wrapContext } from '../../firmware/ballot-box/key-wraps.js';
import { readBox } from '../../firmware/ballot-box/open.js';
import type { StoredBallot } from '../../firmware/ballot-box/slot.js';
import { openSealed } from '../../firmware/trust/keys.js';
import type { Checks } from './checks.js';
import type { Opened } from './opened.js';
import type { World } from './world.js';

export async function verifyCards(world: World, opened: Opened, checks: Checks): Promise<void> {
  const { disks } = world.bench;
  const a = disks.a.store;
  const b = disks.b.store;
  for (const store of [a, b]) {
    const names = checks.value(`${store.label} can be listed`, await store.list());
    checks.equal(`${store.label} holds a ballot box and a log, nothing else`, names, [LOG_NAME, BOX_FILE]);
  }
  const difference = checks.value('both boxes can be read', await firstDifference(a, b));
  checks.equal('both memory cards hold the same ballot box, byte for byte', difference, 'none');
  for (const { serial } of opened.election.securityKeys) {
    for (const [store, stores] of [
      [a, { a }],
      [b, { b }],
    ] as const) {
      const wrap = await readKeyWrap(stores, serial);
      const name = `security key ${serial} can no longer open ${store.label}`;
      checks.check(name, !wrap.ok && ['no-wrap', 'wrap-destroyed'].includes(wrap.error.code));
    }
  }
  const exported = opened.ballots.map(inWords);
  const ways: readonly (readonly [string, CardStores])[] = [
    ['both memory cards', { a, b }],
    ['memory card A alone', { a }],
    ['memory card B alone', { b }],
  ];
  for (const [name, stores] of ways) {
    const ballots = checks.value(`the authority’s key opens ${name}`, await ballotsOn(stores, world, opened));
    if (ballots === undefined) continue;
    checks.equal(`${name}: the very ballots of the export, images too`, ballots.map(inWords), exported);
  }
}

async function ballotsOn(
  stores: CardStores,
  world: World,
  { deviceKey }: Opened,
): Promise<Result<readonly StoredBallot[]>> {
  const boxKey = await boxKeyOf(stores, world);
  if (!boxKey.ok) return boxKey;
  const { key, boxId } = boxKey.value;
  const expected = { boxId, deviceSerial: world.bench.serialNumber, devicePublicKey: deviceKey };
  const reader = await readBox(stores, key, expected);
  if (!reader.ok) return reader;
  const ballots: StoredBallot[] = [];
  try {
    for await (const ballot of reader.value.readAll()) {
      if (!ballot.ok) return ballot;
      ballots.push(ballot.value);
    }
  } finally {
    await reader.value.close();
  }
  return ok(ballots);
}

/** From the wrap in the header, which only the authority can open. */
async function boxKeyOf(
  stores: CardStores,
  { authority }: World,
): Promise<Result<{ readonly key: Uint8Array; readonly boxId: string }>> {
  const store = stores.a ?? stores.b;
  if (store === undefined) throw new RangeError('a card to read');
  const file = await store.openBlocks(BOX_FILE);
  if (!file.ok) return file;
  try {
    const signed = await readHeader(file.value, store.label);
    if (!signed.ok) return signed;
    const { electionId, deviceSerial, authorityWrap, boxId } = signed.value.header;
    const wrap = new Uint8Array(Buffer.from(authorityWrap, 'hex'));
    const context = wrapContext(electionId, deviceSerial, 'authority');
    const key = openSealed(authority.sealKeys, wrap, context, store.label);
    return key.ok ? ok({ key: key.value, boxId }) : key;
  } finally {
    await file.value.close();
  }
}

function inWords({ record, signature, contentSha256 }: StoredBallot): string {
  return `${record.id} ${toHex(signature)} ${toHex(contentSha256)}`;
}

const CHUNK_BYTES = 1_048_576;

async function firstDifference(a: FileStore, b: FileStore): Promise<Result<string>> {
  const one = await a.openBlocks(BOX_FILE);
  if (!one.ok) return one;
  const two = await b.openBlocks(BOX_FILE);
  if (two.ok) {
    const found = await differenceOf(one.value, two.value);
    await one.value.close();
    await two.value.close();
    return found;
  }
  await one.value.close();
  return two;
}

async function differenceOf(a: BlockFile, b: BlockFile): Promise<Result<string>> {
  if (a.sizeBytes !== b.sizeBytes) return ok(`${a.sizeBytes} and ${b.sizeBytes} bytes`);
  for (let at = 0; at < a.sizeBytes; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, a.sizeBytes - at);
    const one = await a.read(at, length);
    if (!one.ok) return one;
    const two = await b.read(at, length);
    if (!two.ok) return two;
    if (!sameBytes(one.value, two.value)) return ok(`within ${length} bytes from ${at} on`);
  }
  return ok('none');
}
