/** A small ballot box on two virtual cards in a fresh folder, and sheets to put into it. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { applyContestRules } from '../../../election-def/contest-rules.js';
import type { Contest } from '../../../election-def/definition.js';
import { defaultMarkThresholds } from '../../../election-def/mark-thresholds.js';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import type { Clock, FileStore, RandomSource } from '../../../drivers/ports.js';
import { virtualDisk, type VirtualDisk } from '../../../drivers/virtual/disk.js';
import type { BallotBox } from '../../../firmware/ballot-box/box.js';
import {
  openBox,
  type BoxAnchor,
  type ExpectedBox,
  type OpenedBox,
} from '../../../firmware/ballot-box/open.js';
import { prepareBox, type BoxSpec } from '../../../firmware/ballot-box/prepare.js';
import type { SheetToStore, StoredBallot } from '../../../firmware/ballot-box/slot.js';
import type { CastVoteRecord } from '../../../firmware/records/record.js';
import { ed25519Signer } from '../../../firmware/trust/keys.js';
import type { Result } from '../../../ground/result.js';
import { describeProblem } from '../../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../../ground/seeded-random.js';

export const signer = ed25519Signer(new Uint8Array(32).fill(7));
export const boxKey = new Uint8Array(32).fill(9);
export const deviceSerial = 'TS-0001';
const definitionSha256 = 'ab'.repeat(32);
export const electionId = 'small-town-2026';

/** For tests whose outcome must not depend on the numbers: the system's generator. */
export const random: RandomSource = { bytes: (count) => new Uint8Array(randomBytes(count)) };

/** For tests that replay a failing seed. */
export function seededBytes(seed: string): RandomSource {
  const source = seededRandom(seed);
  return { bytes: (count) => Uint8Array.from({ length: count }, () => source.integer(0, 255)) };
}

/** No timer is ever set by these tests. */
export const noClock: Clock = {
  nowMs: () => 0,
  setTimer: () => () => undefined,
  wallTime: () => '2026-11-03T06:00:00',
  setWallTime: () => ({ ok: true, value: undefined }),
};

export const SMALL = {
  slotCount: 4,
  headBytes: 4096,
  bodyBytes: 8192,
};

export const spec: BoxSpec = {
  electionId,
  definitionSha256,
  deviceSerial,
  devicePublicKey: signer.publicKey,
  mode: 'official',
  simulated: true,
  ...SMALL,
  keyWraps: { authority: new Uint8Array(92).fill(3), securityKeys: [] },
};

export interface TwoCards {
  readonly folder: string;
  readonly disks: readonly [VirtualDisk, VirtualDisk];
  readonly stores: { readonly a: FileStore; readonly b: FileStore };
  /** The folders' own stores: what really lies on the medium. */
  readonly media: { readonly a: FileStore; readonly b: FileStore };
}

export function twoCards(): TwoCards {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-box-'));
  const make = (id: 'a' | 'b'): { media: FileStore; disk: VirtualDisk } => {
    const directory = join(folder, id);
    mkdirSync(directory);
    const media = folderStore(directory, `memory card ${id.toUpperCase()}`);
    return { media, disk: virtualDisk(media, noClock, false) };
  };
  const [a, b] = [make('a'), make('b')];
  return {
    folder,
    disks: [a.disk, b.disk],
    stores: { a: a.disk.store, b: b.disk.store },
    media: { a: a.media, b: b.media },
  };
}

export function value<T>(result: Result<T>): T {
  if (!result.ok) assert.unreachable(describeProblem(result.error));
  return (result as { readonly value: T }).value;
}

export function code(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.error.code;
}

export interface Prepared extends TwoCards {
  readonly boxId: string;
}

export async function prepared(over: Partial<BoxSpec> = {}): Promise<Prepared> {
  const cards = twoCards();
  const { boxId } = value(
    await prepareBox([cards.stores.a, cards.stores.b], { ...spec, ...over }, boxKey, signer, random),
  );
  return { ...cards, boxId };
}

export function expected(boxId: string, anchor?: BoxAnchor): ExpectedBox {
  return {
    boxId,
    deviceSerial,
    devicePublicKey: signer.publicKey,
    ...(anchor === undefined ? {} : { anchor }),
  };
}

export function open(cards: Prepared, anchor?: BoxAnchor, source = random): Promise<Result<OpenedBox>> {
  return openBox(cards.stores, boxKey, expected(cards.boxId, anchor), { random: source, signer });
}

export async function castWhole(box: BallotBox, sheet: SheetToStore): Promise<void> {
  value(await box.beginCast(sheet));
  value(await box.markPassed());
  value(await box.markIdle());
}

export async function all(ballots: AsyncIterable<Result<StoredBallot>>): Promise<readonly StoredBallot[]> {
  const found: StoredBallot[] = [];
  for await (const ballot of ballots) found.push(value(ballot));
  return found;
}

const mayor: Contest = {
  id: 'mayor',
  kind: 'candidate',
  title: 'Mayor',
  seats: 1,
  writeIns: 1,
  candidates: [
    { id: 'ada', name: 'Ada Byron' },
    { id: 'alan', name: 'Alan Mathison' },
  ],
  options: [
    { id: 'ada-red', candidateId: 'ada', partyId: 'red' },
    { id: 'alan-blue', candidateId: 'alan', partyId: 'blue' },
  ],
};

/** A sheet whose images are as long as `imageBytes` says. */
export function someSheet(source: SeededRandom, imageBytes = 900): SheetToStore {
  const bytes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => source.integer(0, 255));
  const order = ['ada-red', 'alan-blue', 'write-in-1'];
  const marked = order.filter(() => source.chance(0.3));
  const share = (): number => source.next();
  const record: CastVoteRecord = {
    format: 'tallystick-record/1',
    id: createHash('sha256').update(bytes(16)).digest('hex').slice(0, 32),
    electionId,
    definitionSha256,
    deviceSerial,
    mode: 'official',
    simulated: true,
    styleId: 'style-1',
    precinctId: 'ward-1',
    sheet: 1,
    contests: [
      {
        contestId: 'mayor',
        positions: order.map((optionId) => ({
          optionId,
          verdict: marked.includes(optionId) ? 'marked' : 'blank',
          score: {
            light: share(),
            dark: share(),
            darkness: share(),
            outline: share(),
            offsetXPx: share(),
            offsetYPx: share(),
            halo: share(),
            rim: share(),
            line: share(),
            density: share(),
            spanMm: share(),
          },
          ...(optionId === 'write-in-1' ? { writeInInk: share() } : {}),
        })),
        outcome: applyContestRules(mayor, order, marked, 'highest-line'),
      },
    ],
    bin: marked.includes('write-in-1') ? 'write-in' : 'main',
    thresholds: defaultMarkThresholds,
  };
  return {
    record,
    images: { front: bytes(imageBytes), back: bytes(imageBytes + 7) },
    writeInCrops: marked.includes('write-in-1')
      ? [{ contestId: 'mayor', optionId: 'write-in-1', jpeg: bytes(50) }]
      : [],
  };
}
