/**
 * A short election day on the bench, through the real firmware: cards prepared, polls opened, four sheets cast (one
 * with a write-in, one overvoted, one marked on two lines of a candidate), polls closed, exported. And the
 * command line in process, with what it prints.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../../ground/bytes.js';
import { must } from '../../../ground/result.js';
import { readDefinition } from '../../../election-def/load.js';
import { paperPng } from '../../../drivers/virtual/roll-png.js';
import { readIdentity } from '../../../firmware/device-state/identity.js';
import { systemRandom } from '../../../firmware/runtime/ports.js';
import type { Signer } from '../../../firmware/trust/signing.js';
import { Bench } from '../../../tools/bench/bench.js';
import {
  makeOffice,
  makePackage,
  makeSiteKeys,
  valueOf,
  type KeyOfSite,
  type Office,
} from '../../../tools/bench/office.js';
import { fedSheet, markedPaper, PrintedBallots } from '../../../tools/bench/paper.js';
import type { MarkWish } from '../../../tools/pen/marked-sheet.js';
import { runProgram } from '../../../tools/tallystick/main.js';

export const DEFINITION = 'election-def/samples/dutchess-ny.json';

export interface Day {
  readonly folder: string;
  readonly office: Office;
  readonly keys: readonly [KeyOfSite, KeyOfSite, KeyOfSite];
  /** The device's own key, for forgers who got hold of it. */
  readonly device: Signer;
  readonly packageFolder: string;
  readonly exportFolder: string;
  /** A file with the authority's public key. */
  readonly authority: string;
  /** Pictures of all paper that came out of the printer. */
  readonly pictures: readonly string[];
  readonly cards: readonly [string, string];
}

/** Below the system's folder for temporary files, removed at the end of the process. */
export function freshFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `tallystick-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @param beforeClosing when every sheet is cast and the polls are open */
export async function electionDay(beforeClosing: (day: string) => void = () => undefined): Promise<Day> {
  const folder = freshFolder('day');
  const bench = await Bench.set({
    folder,
    startLocal: '2026-11-03T05:31:00',
    seed: 'verify',
    random: systemRandom,
    softwareSha256: 'ab'.repeat(32),
    slotCount: 8,
  });
  const definitionBytes = new Uint8Array(readFileSync(DEFINITION));
  const loaded = valueOf(readDefinition(definitionBytes, DEFINITION));
  const office = await makeOffice(systemRandom);
  const keys = await makeSiteKeys(office, loaded.definition.id, ['dem', 'rep'], systemRandom);
  const publicKey = await bench.makeDevice();
  const packageFolder = await makePackage(office, bench.packages, {
    name: 'town-hall',
    definitionBytes,
    mode: 'official',
    pollingPlaceId: 'rhinebeck-town-hall',
    keys,
    device: { serialNumber: bench.serialNumber, publicKey },
  });
  const opened = valueOf(await bench.load(packageFolder));
  await openPolls(bench, keys);
  const ballots = new PrintedBallots(loaded, opened.layouts);
  for (const [i, marks] of VOTERS.entries()) {
    const paper = await markedPaper(ballots, { precinctId: 'rhinebeck-1', marks }, `voter ${i}`);
    await bench.feed(fedSheet(paper, `sheet ${i}`, 'front-head-first', `voter ${i}`));
    if (bench.runtime.state.path.at === 'asking') {
      await bench.press('cast');
      await bench.untilAtRest();
    }
    await bench.pass(7000);
  }
  beforeClosing(folder);
  await closePolls(bench, keys);
  const { signer: device } = valueOf(await readIdentity(bench.disks.internal.store, bench.serialNumber));
  const authority = join(folder, 'authority.hex');
  writeFileSync(authority, `${toHex(office.authority.signer.publicKey)}\n`);
  const [name] = readdirSync(bench.exportFolder);
  const pictures: string[] = [];
  for (const [i, { page }] of bench.roll.pieces().entries()) {
    const picture = join(folder, `paper-${i + 1}.png`);
    writeFileSync(picture, await paperPng(page));
    pictures.push(picture);
  }
  return {
    ...{ folder, office, keys, device, packageFolder, authority, pictures },
    exportFolder: join(bench.exportFolder, must(name, 'the export')),
    cards: [join(folder, 'card-a-1'), join(folder, 'card-b-2')],
  };
}

const VOTERS: readonly (readonly MarkWish[])[] = [
  [{ contestId: 'governor', optionId: 'doyle-dem', kind: 'full' }],
  [{ contestId: 'governor', optionId: 'write-in-1', kind: 'full', writeIn: 'PAT SAMPLE' }],
  [
    { contestId: 'governor', optionId: 'doyle-dem', kind: 'full' },
    { contestId: 'governor', optionId: 'brandt-rep', kind: 'x' },
  ],
  [
    { contestId: 'governor', optionId: 'doyle-dem', kind: 'full' },
    { contestId: 'governor', optionId: 'doyle-wor', kind: 'full' },
  ],
];

async function openPolls(bench: Bench, keys: Day['keys']): Promise<void> {
  await bench.start(keys[2]);
  await bench.choose('prepare-cards');
  await bench.press('yes');
  await bench.until('cards', () => bench.screen.id === 'administration');
  await bench.choose('power-down');
  await bench.press('yes');
  await bench.until('dark', () => !bench.powered);
  await bench.start(keys[0]);
  await bench.choose('open-polls');
  await bench.press('yes');
  await bench.presentKey(keys[1]);
  await bench.until('the zero tape', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('open polls', () => bench.screen.id === 'insert-ballot');
}

async function closePolls(bench: Bench, keys: Day['keys']): Promise<void> {
  await bench.presentKey(keys[0]);
  await bench.passcode(keys[0].passcode);
  await bench.choose('close-polls');
  await bench.press('yes');
  await bench.presentKey(keys[1]);
  for (const count of ['0', '0', '1']) {
    await bench.digits(count);
    await bench.press('enter');
  }
  await bench.until('the results tape', () => bench.screen.id === 'more-copies');
  await bench.press('no');
  await bench.until('the menu', () => bench.screen.id === 'administration');
  await bench.choose('export');
  await bench.press('yes');
  await bench.until('the export', () => bench.screen.id === 'administration');
  await bench.choose('power-down');
  await bench.press('yes');
  await bench.until('dark', () => !bench.powered);
}

export interface Printed {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** The real program, in this process. */
export async function tallystick(...words: readonly string[]): Promise<Printed> {
  let out = '';
  let err = '';
  const status = await runProgram(words, {
    out: (text) => (out += `${text}\n`),
    err: (text) => (err += `${text}\n`),
    debug: true,
  });
  return { status, out, err };
}

/** With its times, as the machine left them. */
export function copyOf(folder: string, to: string): string {
  mkdirSync(join(to, '..'), { recursive: true });
  cpSync(folder, to, { recursive: true, preserveTimestamps: true });
  return to;
}
