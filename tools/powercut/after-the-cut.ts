/**
 * The question after every interruption: the machine starts as inspectors start it, and then each ballot that counted
 * before is in the box once, none that did not count is there, and what the display says of the sheet inside is true.
 * Counter, log, anchor and slots agree, and the authority's key opens the same ballots on both cards.
 */
import { fromHex } from '../../ground/bytes.js';
import { must } from '../../ground/result.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { closeCards, openCards, readHeader, type CardStores } from '../../firmware/ballot-box/card.js';
import { wrapContext } from '../../firmware/ballot-box/key-wraps.js';
import { readBox } from '../../firmware/ballot-box/open.js';
import { openSealed } from '../../firmware/trust/keys.js';
import type { Bench } from '../bench/bench.js';
import { valueOf } from '../bench/office.js';
import type { OfPlaces } from './cut.js';
import { nameOfRecord } from './known-ballots.js';
import { benchOf, type Medium, type PollSite, type Site } from './site.js';
import { outOfPath } from './voters.js';
import type { Moment } from './witness.js';

/** What the display said of the sheet that was inside. */
export type Said = 'counted' | 'not-counted' | 'nothing';

export interface Aftermath {
  readonly said: Said;
  /** Everything that is not as promised; empty when all is well. */
  readonly findings: readonly string[];
}

/** A sheet that is so far in covers the entry sensor: the machine sees it, and has to say something about it. */
const INSIDE_MM = 45;

/** Starts the machine on what a cut left in these folders, lets it recover, and looks. */
export async function lookAfterCut(
  site: Site,
  folders: OfPlaces<string>,
  moment: Moment,
): Promise<Aftermath> {
  const findings: string[] = [];
  let said: Said = 'nothing';
  const medium: Medium = (place, label) => folderStore(folders[place], label);
  const bench = await benchAsLeft(site, medium, moment);
  try {
    await bench.start(site.democrat);
    await bench.untilAtRest();
    said = saidOn(bench);
    await outOfPath(site, bench);
    findings.push(...compareCounts(bench, moment));
  } catch (thrown) {
    findings.push(`the machine does not start: ${wordsOf(thrown)}`);
  }
  await leaveDark(bench);
  if (findings.length === 0) findings.push(...(await compareBallots(site, folders, moment, said)));
  return { said, findings };
}

/** The cabinet as the cut left it: what its counter shows, and the sheet where it stood. */
export async function benchAsLeft(site: PollSite, medium: Medium, moment: Moment): Promise<Bench> {
  const bench = await benchOf(site, medium, moment.protectiveCounter);
  if (moment.leadMm !== undefined) {
    const { number, kind } = must(moment.last, 'a sheet in the path was fed');
    bench.cabinet.leftInside(site.ballots.make(number, kind).sheet, moment.leadMm);
  }
  return bench;
}

/** The plug, and nothing of the program keeps a file open after it. */
export async function leaveDark(bench: Bench): Promise<void> {
  if (bench.powered) bench.cutPower();
  for (const disk of Object.values(bench.disks)) await disk.powerUp();
  await bench.settle();
}

export function saidOn(bench: Bench): Said {
  const text = bench.screenText();
  if (text.includes('WAS counted')) return 'counted';
  return text.includes('NOT counted') ? 'not-counted' : 'nothing';
}

export function compareCounts(bench: Bench, moment: Moment): readonly string[] {
  const { counts, cards, power } = bench.runtime.state;
  const findings: string[] = [];
  if (power.at === 'halted') findings.push(`the machine halted: ${power.because}`);
  if (cards.box.is === 'refused') findings.push(`the ballot box is refused: ${cards.box.because}`);
  if (findings.length > 0) return findings;
  if (cards.box.is !== 'open' || counts === undefined) return [`the ballot box is not open: ${cards.box.is}`];
  const { bins } = bench.cabinet;
  const paper = moment.fallen + bins.main.length + bins['write-in'].length;
  const { slots, anchored, counted, logged } = counts;
  if (new Set([slots, anchored, counted, logged, paper]).size !== 1) {
    findings.push(`slots ${slots}, anchor ${anchored}, counter ${counted}, log ${logged}, paper ${paper}`);
  }
  return findings;
}

/** What must be in the box, and what the display said, against what the authority finds there. */
export async function compareBallots(
  site: Site,
  folders: OfPlaces<string>,
  moment: Moment,
  said: Said,
): Promise<readonly string[]> {
  let found: readonly string[];
  try {
    found = await ballotsOnCards(site, {
      a: folderStore(folders.a, 'memory card A'),
      b: folderStore(folders.b, 'memory card B'),
    });
  } catch (thrown) {
    return [`the authority cannot open the box: ${wordsOf(thrown)}`];
  }
  return judge(found, moment, said);
}

export function judge(
  found: readonly string[],
  { counted, last, fate, leadMm }: Pick<Moment, 'counted' | 'last' | 'fate' | 'leadMm'>,
  said: Said,
): readonly string[] {
  const findings: string[] = [];
  const more = new Set(found);
  if (more.size !== found.length) findings.push(`${found.length - more.size} ballots are in the box twice`);
  const lost = counted.filter((name) => !more.delete(name));
  if (lost.length > 0) findings.push(`${lost.length} ballots that counted are not in the box`);
  const lastIsIn = last !== undefined && more.delete(last.name);
  if (more.size > 0) findings.push(`${more.size} ballots are in the box that did not count`);
  if (lastIsIn && fate === 'not-counted') findings.push('the ballot inside did not count, and is in the box');
  const isCounted = lastIsIn || fate === 'counted';
  if (said === 'counted' && !isCounted)
    findings.push('the display says counted, and the ballot is not there');
  if (said === 'not-counted' && isCounted)
    findings.push('the display says not counted, and the ballot is there');
  if (said === 'nothing' && (fate === 'open' || (leadMm ?? 0) > INSIDE_MM))
    findings.push('nothing is said of the ballot that was inside');
  return findings;
}

/** The names of all ballots, verified; both cards must be byte for byte the same. */
export async function ballotsOnCards(site: Site, stores: CardStores): Promise<readonly string[]> {
  const cards = valueOf(await openCards(stores));
  const { header } = valueOf(await readHeader(must(cards[0], 'a card').file, 'memory card'));
  await closeCards(cards);
  const wrap = valueOf(fromHex(header.authorityWrap, 'header'));
  const context = wrapContext(header.electionId, header.deviceSerial, 'authority');
  const boxKey = valueOf(openSealed(site.authority.sealKeys, wrap, context, 'box key'));
  const { boxId, deviceSerial } = header;
  const devicePublicKey = valueOf(fromHex(header.devicePublicKey, 'header'));
  const box = valueOf(await readBox(stores, boxKey, { boxId, deviceSerial, devicePublicKey }));
  try {
    const names: string[] = [];
    for await (const ballot of box.readAll()) names.push(nameOfRecord(valueOf(ballot).record));
    const differences = valueOf(await box.compareWhole());
    if (differences.length > 0) throw new Error(`the cards differ: ${JSON.stringify(differences)}`);
    if (names.length !== box.intent.sheetsStored)
      throw new Error('the intent names another number of ballots');
    return names;
  } finally {
    await box.close();
  }
}

export function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
