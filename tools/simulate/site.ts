/**
 * The poll site of a simulation: what every day of it shares. Authority, security keys, device and package are made
 * once, by the real code and from a fixed seed, and each day begins with a copy of the device's own storage as it is
 * on election morning: loaded, and never opened. The election is the New York sample with fewer contests, so that the
 * machine and not the length of a record sets the pace.
 */
import { createCipheriv, createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import { readCabinetFile, shippedCabinetFile } from '../../drivers/cabinet-file.js';
import type { CabinetFile } from '../../drivers/cabinet-file.js';
import { MemoryStore } from '../../drivers/virtual/memory-store.js';
import { makeIdentity } from '../../firmware/device-state/identity.js';
import type { ElectionDefinition } from '../../election-def/definition.js';
import { loadElection } from '../../firmware/runtime/load-election.js';
import type { Authority } from '../../firmware/trust/authority.js';
import type { ElectionPackage } from '../../firmware/trust/election-package.js';
import type { ScryptCost } from '../../firmware/trust/password.js';
import { makeOffice, makePackage, makeSiteKeys, valueOf, type KeyOfSite } from '../bench/office.js';

const SAMPLE = fileURLToPath(new URL('../../../election-def/samples/dutchess-ny.json', import.meta.url));
/** One contest with fusion and a measure: front and back of one sheet. */
const CONTESTS = ['governor', 'proposal-1'];
/** Passcodes are hashed by the same code as in the cabinet, at the least cost that it takes. */
const SIMULATED_COST: ScryptCost = { log2N: 1, r: 1, p: 1 };

export interface SiteKeys {
  readonly democrat: KeyOfSite;
  readonly republican: KeyOfSite;
  readonly administrator: KeyOfSite;
}

export interface Site {
  readonly cabinetFile: CabinetFile;
  readonly authority: Authority;
  readonly keys: SiteKeys;
  readonly allKeys: readonly KeyOfSite[];
  /** Keys of another site of the same authority: valid steel, wrong door. */
  readonly strangersKey: KeyOfSite;
  readonly election: ElectionPackage;
  /** Packages lie below it; exports go there. */
  readonly folder: string;
  /** The device's storage on election morning. */
  morningStorage(label: string): MemoryStore;
  leave(): void;
}

export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-simulate-'));
  mkdirSync(join(folder, 'packages'));
  const random = seededSource('site');
  const cabinetFile = valueOf(await readCabinetFile(shippedCabinetFile('virtual')));
  const definition = fewerContests(JSON.parse(readFileSync(SAMPLE, 'utf8')) as ElectionDefinition);
  const office = await makeOffice(random, SIMULATED_COST);
  const parties = ['dem', 'rep'] as const;
  const [democrat, republican, administrator] = await makeSiteKeys(
    office,
    definition.id,
    parties,
    random,
    SIMULATED_COST,
  );
  const [strangersKey] = await makeSiteKeys(office, definition.id, parties, random, SIMULATED_COST, 'XX');
  const internal = new MemoryStore('internal storage');
  const identity = valueOf(await makeIdentity(internal, cabinetFile.serialNumber, random));
  const packageFolder = await makePackage(office, join(folder, 'packages'), {
    name: 'simulated',
    definitionBytes: new Uint8Array(Buffer.from(JSON.stringify(definition))),
    mode: 'official',
    pollingPlaceId: must(definition.pollingPlaces[0], 'a polling place').id,
    keys: [democrat, republican, administrator],
    device: { serialNumber: cabinetFile.serialNumber, publicKey: identity.signer.publicKey },
  });
  const election = valueOf(await loadElection(internal, cabinetFile.serialNumber, packageFolder));
  return {
    cabinetFile,
    authority: office.authority,
    keys: { democrat, republican, administrator },
    allKeys: [democrat, republican, administrator],
    strangersKey,
    election,
    folder,
    morningStorage: (label) => internal.copy(label),
    leave: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function fewerContests(sample: ElectionDefinition): ElectionDefinition {
  return {
    ...sample,
    contests: sample.contests.filter((contest) => CONTESTS.includes(contest.id)),
    ballotStyles: sample.ballotStyles.map((style) => ({
      ...style,
      contestIds: style.contestIds.filter((id) => CONTESTS.includes(id)),
    })),
  };
}

/**
 * A source of bytes that a seed repeats, as fast as AES in counter mode: a simulated day draws millions, and a seed
 * that fails must draw the same ones again. Never for anything but simulations.
 */
export function seededSource(seed: string): RandomSource {
  const key = createHash('sha256').update(seed).digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return { bytes: (count) => new Uint8Array(stream.update(Buffer.alloc(count))) };
}
