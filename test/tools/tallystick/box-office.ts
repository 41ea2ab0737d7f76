/** An election office with a small ballot box on two cards, whose key it can open. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boxKeys, SLOTS_AT } from '../../../firmware/ballot-box/format.js';
import { openBox } from '../../../firmware/ballot-box/open.js';
import { wrapContext } from '../../../firmware/ballot-box/key-wraps.js';
import { recordIdIn, type SheetToStore } from '../../../firmware/ballot-box/slot.js';
import { makeAuthority, readAuthorityPublicKeys } from '../../../firmware/trust/authority.js';
import { sealFor } from '../../../firmware/trust/keys.js';
import { DEFAULT_SCRYPT_COST } from '../../../firmware/trust/password.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import {
  boxKey,
  castWhole,
  deviceSerial,
  electionId,
  expected,
  open,
  prepared,
  random,
  signer,
  SMALL,
  someSheet,
  spec,
  value,
  type Prepared,
} from '../../firmware/ballot-box/fixture.js';

export interface BoxOffice extends Prepared {
  readonly authorityPath: string;
  readonly passphrasePath: string;
  /** What counts, in the order of the ids. */
  readonly cast: readonly SheetToStore[];
}

/** Two ballots cast, and a third that came as far as `last` says. */
export async function boxOffice(last: 'none' | 'ready' | 'passed' = 'none'): Promise<BoxOffice> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-office-'));
  const [authorityPath, passphrasePath] = [join(folder, 'authority.key'), join(folder, 'passphrase.txt')];
  const file = value(await makeAuthority('a long passphrase', random, { ...DEFAULT_SCRYPT_COST, log2N: 10 }));
  writeFileSync(authorityPath, file);
  writeFileSync(passphrasePath, 'a long passphrase\n');
  const { sealPublicKey } = value(readAuthorityPublicKeys(file, 'authority.key'));
  const context = wrapContext(electionId, deviceSerial, 'authority');
  const authority = sealFor(sealPublicKey, boxKey, context, random);
  const cards = await prepared({ keyWraps: { ...spec.keyWraps, authority } });
  const { box } = value(await open(cards));
  const sheets = seededRandom('office');
  const cast = [someSheet(sheets), someSheet(sheets)];
  for (const sheet of cast) await castWhole(box, sheet);
  if (last !== 'none') {
    const sheet = someSheet(sheets);
    value(await box.beginCast(sheet));
    if (last === 'passed') {
      value(await box.markPassed());
      cast.push(sheet);
    }
  }
  await box.close();
  cast.sort((x, y) => (x.record.id < y.record.id ? -1 : 1));
  return { ...cards, authorityPath, passphrasePath, cast };
}

export function withKey(office: BoxOffice): string[] {
  return ['--authority', office.authorityPath, '--passphrase-file', office.passphrasePath];
}

export function boxFile(office: BoxOffice, card: 'a' | 'b'): string {
  return join(office.folder, card, 'ballots.box');
}

/** Where this record lies in the file, as only who has the box key can tell. */
export function slotOf(office: BoxOffice, id: string): { readonly slot: number; readonly at: number } {
  const bytes = new Uint8Array(readFileSync(boxFile(office, 'a')));
  const keys = boxKeys(boxKey, office.boxId, deviceSerial);
  for (let slot = 0; slot < SMALL.slotCount; slot++) {
    const at = SLOTS_AT + slot * (SMALL.headBytes + SMALL.bodyBytes);
    const found = value(recordIdIn(bytes.subarray(at, at + SMALL.headBytes), slot, keys, 'a'));
    if (found === id) return { slot, at };
  }
  throw new Error(`no slot holds ${id}`);
}

/** One more ballot on one card alone, after which the other one is out of date for good. */
export async function castAlone(office: BoxOffice, card: 'a' | 'b'): Promise<SheetToStore> {
  const stores = { [card]: office.stores[card] };
  const tools = { random, signer, singleCard: true };
  const { box } = value(await openBox(stores, boxKey, expected(office.boxId), tools));
  const sheet = someSheet(seededRandom(`alone on ${card}`));
  await castWhole(box, sheet);
  await box.close();
  return sheet;
}

/** One bit becomes another. */
export function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
