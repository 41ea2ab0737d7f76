/**
 * The ballot box on its two cards: bytes changed on one card or alike on both, slots exchanged or played again, the
 * file cut, one card or both set back to an older copy. Asked as the machine asks at start-up and at closing: the
 * box is opened against what the device remembers, every ballot is read, every byte of two cards is compared.
 *
 * What no reader looks at is noise; a change there alone, the same on both cards, is harmless, and its place is why.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, must } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { readU32 } from '../../ground/bytes.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import {
  boxKeys,
  decodeHeader,
  INTENT_AT,
  INTENT_CELL_BYTES,
  intentCellAt,
  SLOTS_AT,
  slotAt,
  slotBytes,
  WRAP_AREA_AT,
  type BoxHeader,
} from '../../firmware/ballot-box/format.js';
import { openIntent } from '../../firmware/ballot-box/intent.js';
import { readBox, type ExpectedBox } from '../../firmware/ballot-box/open.js';
import { openHead } from '../../firmware/ballot-box/slot.js';
import { SIGNATURE_BYTES } from '../../firmware/trust/verify/signature.js';
import { valueOf } from '../bench/office.js';
import { UNFOUND, found, harmless, type Artefact, type Outcome } from './artefact.js';
import type { MutationDay } from './day.js';
import { changed, flipAt, type Changed } from './operators.js';

/** A range of the file that is noise to every reader. */
interface Noise {
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

export function ballotBox(day: MutationDay, work: string): Artefact {
  const folders = (['a', 'b'] as const).map((card) => join(work, `card-${card}`));
  const paths = folders.map((folder) => join(folder, 'ballots.box'));
  for (const [n, folder] of folders.entries()) {
    mkdirSync(folder, { recursive: true });
    cpSync(join(must(day.cards[n], 'a card'), 'ballots.box'), must(paths[n], 'a path'));
  }
  const original = new Uint8Array(readFileSync(must(paths[0], 'card A')));
  const old = new Uint8Array(readFileSync(join(day.oldCards[0], 'ballots.box')));
  const { header } = valueOf(decodeHeader(original, 'card'));
  const keys = boxKeys(day.boxKey, header.boxId, header.deviceSerial);
  const noises = noiseOf(original, header, keys);
  const expected: ExpectedBox = {
    boxId: day.boxId,
    deviceSerial: header.deviceSerial,
    devicePublicKey: day.device.publicKey,
    anchor: { generation: day.anchor.boxGeneration, sheets: day.anchor.ballots },
  };
  return {
    name: 'ballot box on two cards',
    weight: 5,
    attempt: async (random) => {
      const onBoth = random.chance(0.6);
      const { what, bytes } = changeBox(original, old, header, random);
      const touched = onBoth ? paths : [random.pick(paths)];
      for (const path of touched) writeFileSync(path, bytes);
      try {
        const outcome = await judge(folders, day.boxKey, expected);
        const why = harmlessPlaces(original, bytes, onBoth ? noises : []);
        const where = onBoth ? 'both cards' : 'one card';
        return {
          what: `${where}: ${what}`,
          outcome: outcome ?? (why === undefined ? UNFOUND : harmless(why)),
        };
      } finally {
        for (const path of touched) writeFileSync(path, original);
      }
    },
  };
}

async function judge(
  folders: readonly string[],
  boxKey: Uint8Array,
  expected: ExpectedBox,
): Promise<Outcome | undefined> {
  const [a = '', b = ''] = folders;
  const stores = { a: folderStore(a, 'memory card A'), b: folderStore(b, 'memory card B') };
  const box = await readBox(stores, boxKey, expected);
  if (!box.ok) return found(box.error);
  try {
    for await (const ballot of box.value.readAll()) if (!ballot.ok) return found(ballot.error);
    const differences = await box.value.compareWhole();
    if (!differences.ok) return found(differences.error);
    return differences.value.length === 0 ? undefined : { is: 'found', how: 'cards compared' };
  } finally {
    await box.value.close();
  }
}

function changeBox(original: Uint8Array, old: Uint8Array, header: BoxHeader, random: SeededRandom): Changed {
  const dice = random.next();
  if (dice < 0.4) return flipSomewhere(original, header, random);
  if (dice < 0.6) return changed(original, 'bytes', random);
  const [one, two] = [random.integer(0, header.slotCount - 1), random.integer(0, header.slotCount - 1)];
  const part = random.pick(['slot', 'head', 'body'] as const);
  const length = { slot: slotBytes(header), head: header.headBytes, body: header.bodyBytes }[part];
  const offset = part === 'body' ? header.headBytes : 0;
  const [oneAt, twoAt] = [slotAt(header, one) + offset, slotAt(header, two) + offset];
  const copy = original.slice();
  if (dice < 0.7) {
    copy.set(original.subarray(twoAt, twoAt + length), oneAt);
    copy.set(original.subarray(oneAt, oneAt + length), twoAt);
    return { what: `${part}s ${one} and ${two} exchanged`, bytes: copy };
  }
  if (dice < 0.8) {
    copy.set(original.subarray(oneAt, oneAt + length), twoAt);
    return { what: `${part} ${one} copied over ${two}`, bytes: copy };
  }
  if (dice < 0.9) {
    copy.set(old.subarray(oneAt, oneAt + length), oneAt);
    return { what: `${part} ${one} from an older copy`, bytes: copy };
  }
  if (dice < 0.95) {
    const cell = intentCellAt(random.integer(0, 1));
    const from = random.pick([
      old.subarray(cell, cell + INTENT_CELL_BYTES),
      new Uint8Array(INTENT_CELL_BYTES),
    ]);
    copy.set(from, cell);
    return { what: `intent cell at ${cell} from an older copy, or zeros`, bytes: copy };
  }
  return { what: 'the whole box from an older copy', bytes: old };
}

/** A bit in each part with the same chance, however small the part is. */
function flipSomewhere(original: Uint8Array, header: BoxHeader, random: SeededRandom): Changed {
  const slot = slotAt(header, random.integer(0, header.slotCount - 1));
  const [from, to] = random.pick([
    [0, 20],
    [20, 20 + readU32(original, 16) + SIGNATURE_BYTES],
    [20, WRAP_AREA_AT],
    [WRAP_AREA_AT, INTENT_AT],
    [INTENT_AT, SLOTS_AT],
    [slot, slot + 12],
    [slot, slot + header.headBytes],
    [slot + header.headBytes, slot + slotBytes(header)],
  ] as const);
  return flipAt(original, random.integer(from, to - 1), random.integer(0, 7));
}

function noiseOf(file: Uint8Array, header: BoxHeader, keys: ReturnType<typeof boxKeys>): readonly Noise[] {
  const signedEnd = 20 + readU32(file, 16) + SIGNATURE_BYTES;
  const noises: Noise[] = [
    { from: signedEnd, to: WRAP_AREA_AT, why: 'noise behind the header' },
    { from: WRAP_AREA_AT, to: INTENT_AT, why: 'key wraps: destroyed at closing, noise since' },
  ];
  noises.push(...intentNoise(file, keys));
  for (let slot = 0; slot < header.slotCount; slot++) {
    const at = slotAt(header, slot);
    const head = openHead(file.subarray(at, at + header.headBytes), slot, header, keys, 'card');
    if (head.ok && head.value === undefined) {
      noises.push({ from: at, to: at + slotBytes(header), why: 'noise of a free slot' });
    }
  }
  return noises.sort((x, y) => x.from - y.from);
}

/**
 * Each of the two intent cells by itself: after the last ballot both are *idle* and say the same ballots; losing one is
 * what a power cut before it leaves.
 */
function intentNoise(file: Uint8Array, keys: ReturnType<typeof boxKeys>): readonly Noise[] {
  const cells = [0, 1].map((cell) => {
    const at = intentCellAt(cell);
    const intent = openIntent(file.subarray(at, at + INTENT_CELL_BYTES), cell, keys);
    return {
      from: at,
      to: at + INTENT_CELL_BYTES,
      intent: must(intent, 'both intents of a closed box open'),
    };
  });
  const [last, other] = cells.sort((x, y) => y.intent.generation - x.intent.generation);
  const live = must(last, 'two cells');
  const before = must(other, 'two cells');
  const counts = live.intent.sheetsStored === before.intent.sheetsStored;
  assert(live.intent.kind === 'idle' && before.intent.kind === 'idle' && counts, 'the day ended with a cast');
  return [
    { ...before, why: 'the intent before the live one' },
    { ...live, why: 'the last idle alone: the one before it says the same ballots, as after a power cut' },
  ];
}

/** Why the change is harmless; nothing when a byte that somebody reads is another one. */
function harmlessPlaces(before: Uint8Array, after: Uint8Array, noises: readonly Noise[]): string | undefined {
  if (before.length !== after.length) return undefined;
  const whys = new Set<string>();
  let at = 0;
  for (const { from, to, why } of [...noises, { from: before.length, to: before.length, why: '' }]) {
    if (Buffer.compare(before.subarray(at, from), after.subarray(at, from)) !== 0) return undefined;
    if (Buffer.compare(before.subarray(from, to), after.subarray(from, to)) !== 0) whys.add(why);
    at = to;
  }
  if (whys.size > 0) return [...whys][0];
  return 'the very same bytes were put back';
}
