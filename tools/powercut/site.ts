/**
 * The poll site of the rig: an office, security keys, a package, and benches on whatever media it is given. It can be
 * written down and opened again by another process.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromHex, toHex } from '../../ground/bytes.js';
import { must, ok } from '../../ground/result.js';
import { readDefinition } from '../../election-def/load.js';
import type { FileStore } from '../../drivers/ports.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import type { Authority } from '../../firmware/trust/authority.js';
import { openElectionPackage, type ElectionPackage } from '../../firmware/trust/election-package.js';
import { Bench } from '../bench/bench.js';
import { makeOffice, makePackage, makeSiteKeys, valueOf, type KeyOfSite } from '../bench/office.js';
import type { Place } from './cut.js';
import { KnownBallots } from './known-ballots.js';

/** Ballots of a day; more than are fed. */
export const SLOTS = 12;
const SAMPLE = fileURLToPath(new URL('../../../election-def/samples/dutchess-ny.json', import.meta.url));

export type Medium = (place: Place, label: string) => FileStore;

export interface PollSite {
  readonly folder: string;
  readonly packageFolder: string;
  readonly democrat: KeyOfSite;
  readonly republican: KeyOfSite;
  readonly administrator: KeyOfSite;
  readonly ballots: KnownBallots;
}

/** With the office that can open its ballot box. */
export interface Site extends PollSite {
  readonly authority: Authority;
}

/** A bench without an election yet; its package is made for the device that it is given here. */
export async function makeSite(folder: string, medium: Medium): Promise<{ site: Site; bench: Bench }> {
  const definitionBytes = new Uint8Array(readFileSync(SAMPLE));
  const { definition } = valueOf(readDefinition(definitionBytes, 'dutchess-ny.json'));
  const office = await makeOffice(systemRandom);
  const { authority } = office;
  const keys = await makeSiteKeys(office, definition.id, ['dem', 'rep'], systemRandom);
  const [democrat, republican, administrator] = keys;
  const known: { ballots?: KnownBallots } = {};
  const bench = await benchAt(folder, medium, 0, () => must(known.ballots, 'the ballots are known'));
  const device = { serialNumber: bench.serialNumber, publicKey: await bench.makeDevice() };
  const packageFolder = await makePackage(office, bench.packages, {
    name: 'power-cuts',
    definitionBytes,
    mode: 'official',
    pollingPlaceId: must(definition.pollingPlaces[0], 'a polling place').id,
    keys,
    device,
  });
  known.ballots = ballotsOf(valueOf(await bench.load(packageFolder)));
  const site = {
    folder,
    packageFolder,
    authority,
    democrat,
    republican,
    administrator,
    ballots: known.ballots,
  };
  return { site, bench };
}

/** What another process needs to be at the same site; the authority stays where it is. */
export interface SiteFile {
  readonly folder: string;
  readonly packageFolder: string;
  readonly keys: readonly (Omit<KeyOfSite, 'bytes'> & { readonly hex: string })[];
}

export function siteFile({ folder, packageFolder, democrat, republican, administrator }: Site): SiteFile {
  const keys = [democrat, republican, administrator].map(({ bytes, ...key }) => ({
    ...key,
    hex: toHex(bytes),
  }));
  return { folder, packageFolder, keys };
}

/** A site as voters and inspectors know it. */
export async function openSite({ folder, packageFolder, keys }: SiteFile): Promise<PollSite> {
  const election = valueOf(await openElectionPackage(packageFolder, undefined));
  const key = (n: number): KeyOfSite => {
    const { hex, ...known } = must(keys[n], 'a key');
    return { ...known, bytes: valueOf(fromHex(hex, 'key')) };
  };
  const ballots = ballotsOf(election);
  return { folder, packageFolder, democrat: key(0), republican: key(1), administrator: key(2), ballots };
}

function ballotsOf(election: ElectionPackage): KnownBallots {
  return new KnownBallots(must(election.layouts[0], 'a ballot'));
}

/** The same cabinet with this in its protective counter, on these media. */
export function benchOf(site: PollSite, medium: Medium, protectiveCounter: number): Promise<Bench> {
  return benchAt(site.folder, medium, protectiveCounter, () => site.ballots);
}

function benchAt(
  folder: string,
  medium: Medium,
  protectiveCount: number,
  ballots: () => KnownBallots,
): Promise<Bench> {
  return Bench.set({
    folder,
    startLocal: '2026-11-03T05:31:00',
    seed: 'power cuts',
    random: systemRandom,
    softwareSha256: '0'.repeat(64),
    slotCount: SLOTS,
    headBytes: 8_192,
    bodyBytes: 8_192,
    startReader: () => Promise.resolve(ok(ballots().reader)),
    protectiveCount,
    medium: (name, label) => medium(placeOf(name), label),
    writesThrough: true,
  });
}

/** The bench names its cards `card-a-1`, `card-b-2`. */
function placeOf(name: string): Place {
  if (name === 'internal') return 'internal';
  return name.startsWith('card-a') ? 'a' : 'b';
}
