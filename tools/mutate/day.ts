/**
 * One whole election day on the bench, through the real firmware, kept with everything that it signed: what the
 * mutator changes. Two packages of one election, two exports, and the cards as they were after the first ballot, so
 * that older versions can be played back.
 */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '../../ground/result.js';
import { readDefinition } from '../../election-def/load.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { decodeHeader } from '../../firmware/ballot-box/format.js';
import { wrapContext } from '../../firmware/ballot-box/key-wraps.js';
import { readAnchor, type Anchor } from '../../firmware/device-state/anchor.js';
import { readIdentity } from '../../firmware/device-state/identity.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import { openElectionPackage, type ElectionPackage } from '../../firmware/trust/election-package.js';
import { openSealed } from '../../firmware/trust/keys.js';
import type { Signer } from '../../firmware/trust/signing.js';
import { Bench } from '../bench/bench.js';
import {
  makeOffice,
  makePackage,
  makeSiteKeys,
  valueOf,
  type KeyOfSite,
  type Office,
} from '../bench/office.js';
import { fedSheet, markedPaper, PrintedBallots } from '../bench/paper.js';
import type { MarkWish } from '../pen/marked-sheet.js';

export interface MutationDay {
  readonly folder: string;
  readonly office: Office;
  readonly keys: readonly KeyOfSite[];
  readonly device: Signer;
  readonly boxKey: Uint8Array;
  readonly boxId: string;
  /** What the device itself remembers at the end. */
  readonly anchor: Anchor;
  readonly election: ElectionPackage;
  /** Folders: the package, another one by the same authority, the export, and the one made after it. */
  readonly packageFolder: string;
  readonly otherPackage: string;
  readonly exportFolder: string;
  readonly laterExport: string;
  readonly cards: readonly [string, string];
  /** As they were after the first ballot. */
  readonly oldCards: readonly [string, string];
  readonly internal: string;
  readonly oldInternal: string;
}

const SAMPLE = fileURLToPath(new URL('../../../election-def/samples/dutchess-ny.json', import.meta.url));
const SLOTS = 6;
/** Small, so that a card is checked in milliseconds; the pages are kept at a lower quality. */
const BODY_BYTES = 384 * 1024;

const VOTERS: readonly (readonly MarkWish[])[] = [
  [{ contestId: 'governor', optionId: 'doyle-dem', kind: 'full' }],
  [{ contestId: 'governor', optionId: 'write-in-1', kind: 'full', writeIn: 'PAT SAMPLE' }],
  [{ contestId: 'governor', optionId: 'brandt-rep', kind: 'full' }],
];

/** @param folder empty; the day lies in it afterwards */
export async function mutationDay(folder: string): Promise<MutationDay> {
  const bench = await Bench.set({
    folder,
    startLocal: '2026-11-03T05:31:00',
    seed: 'mutate',
    random: systemRandom,
    softwareSha256: 'ab'.repeat(32),
    slotCount: SLOTS,
    bodyBytes: BODY_BYTES,
  });
  const definitionBytes = new Uint8Array(readFileSync(SAMPLE));
  const loaded = valueOf(readDefinition(definitionBytes, 'dutchess-ny.json'));
  const office = await makeOffice(systemRandom);
  const keys = await makeSiteKeys(office, loaded.definition.id, ['dem', 'rep'], systemRandom);
  const publicKey = await bench.makeDevice();
  const wish = {
    definitionBytes,
    pollingPlaceId: must(loaded.definition.pollingPlaces[0], 'a polling place').id,
    keys,
    device: { serialNumber: bench.serialNumber, publicKey },
  };
  const otherPackage = await makePackage(office, bench.packages, { ...wish, name: 'other', mode: 'test' });
  const packageFolder = await makePackage(office, bench.packages, {
    ...wish,
    name: 'first',
    mode: 'official',
  });
  const { layouts } = valueOf(await bench.load(packageFolder));
  const cards = ['a', 'b'].map((card) =>
    join(
      folder,
      must(
        readdirSync(folder).find((name) => name.startsWith(`card-${card}-`)),
        'a card',
      ),
    ),
  ) as [string, string];
  const internal = join(folder, 'internal');
  const oldCards = [join(folder, 'old-a'), join(folder, 'old-b')] as const;
  const oldInternal = join(folder, 'old-internal');

  await openThePolls(bench, keys);
  const ballots = new PrintedBallots(loaded, layouts);
  for (const [i, marks] of VOTERS.entries()) {
    const paper = await markedPaper(ballots, { precinctId: 'rhinebeck-1', marks }, `voter ${i}`);
    await bench.feed(fedSheet(paper, `sheet ${i}`, 'front-head-first', `voter ${i}`));
    await bench.pass(7000);
    if (i > 0) continue;
    for (const [n, card] of cards.entries())
      cpSync(card, must(oldCards[n], 'two cards'), { recursive: true });
    cpSync(internal, oldInternal, { recursive: true });
  }
  await closeThePolls(bench, keys);

  const { signer: device } = valueOf(
    await readIdentity(folderStore(internal, 'internal'), bench.serialNumber),
  );
  const anchor = must(
    valueOf(await readAnchor(folderStore(internal, 'internal'), device.publicKey)),
    'the device remembers',
  );
  const { header } = valueOf(decodeHeader(readFileSync(join(cards[0], 'ballots.box')), 'card'));
  const wrap = new Uint8Array(Buffer.from(header.authorityWrap, 'hex'));
  const context = wrapContext(header.electionId, header.deviceSerial, 'authority');
  const exports = readdirSync(bench.exportFolder).sort();
  return {
    ...{
      folder,
      office,
      keys,
      device,
      anchor,
      packageFolder,
      otherPackage,
      cards,
      oldCards,
      internal,
      oldInternal,
    },
    boxKey: valueOf(openSealed(office.authority.sealKeys, wrap, context, 'box key')),
    boxId: header.boxId,
    election: valueOf(await openElectionPackage(packageFolder)),
    exportFolder: join(bench.exportFolder, must(exports[0], 'an export')),
    laterExport: join(bench.exportFolder, must(exports[1], 'a second export')),
  };
}

async function openThePolls(bench: Bench, keys: readonly [KeyOfSite, KeyOfSite, KeyOfSite]): Promise<void> {
  await bench.start(keys[2]);
  await bench.choose('prepare-cards');
  await bench.press('yes');
  await bench.until('cards', () => bench.screen.id === 'administration');
  await powerDown(bench);
  await bench.start(keys[0]);
  await bench.choose('open-polls');
  await bench.press('yes');
  await bench.presentKey(keys[1]);
  await bench.until('the zero tape', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('open polls', () => bench.screen.id === 'insert-ballot');
}

async function closeThePolls(bench: Bench, keys: readonly [KeyOfSite, KeyOfSite, KeyOfSite]): Promise<void> {
  await bench.enter(keys[0]);
  await bench.choose('close-polls');
  await bench.press('yes');
  await bench.presentKey(keys[1]);
  await bench.press('enter', 'enter', 'enter');
  await bench.until('the results tape', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('the menu', () => bench.screen.id === 'administration');
  for (let times = 0; times < 2; times++) {
    await bench.choose('export');
    await bench.press('yes');
    await bench.until('the export', () => bench.screen.id === 'administration');
  }
  await powerDown(bench);
}

async function powerDown(bench: Bench): Promise<void> {
  await bench.choose('power-down');
  await bench.press('yes');
  await bench.until('dark', () => !bench.powered);
}
