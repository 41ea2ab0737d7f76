/**
 * An election office for demos, tests and simulations: an authority, the security keys of a poll site with their
 * passcodes, and packages built and signed by the same code as in a real office.
 */
import { join } from 'node:path';
import { must, type Problem, type Result } from '../../ground/result.js';
import type { RandomSource } from '../../drivers/ports.js';
import { makeAuthority, openAuthority, type Authority } from '../../firmware/trust/authority.js';
import { buildElectionPackage } from '../../firmware/trust/election-package.js';
import type { ScryptCost } from '../../firmware/trust/password.js';
import { listingOf, makeSecurityKey, type KeyRole } from '../../firmware/trust/security-key.js';
import type { ElectionMode } from '../../firmware/records/record.js';

export interface KeyOfSite {
  readonly serial: string;
  readonly role: KeyRole;
  readonly party?: string;
  readonly passcode: string;
  /** What the token carries. */
  readonly bytes: Uint8Array;
}

export interface Office {
  readonly authority: Authority;
  readonly authorityFile: Uint8Array;
}

/** Cheap hashing of passphrase and passcodes: for benches alone, never for a real office. */
export const BENCH_COST: ScryptCost = { log2N: 10, r: 8, p: 1 };

export function valueOf<T>(result: Result<T, Problem | readonly Problem[]>): T {
  if (result.ok) return result.value;
  const problems: readonly Problem[] = 'code' in result.error ? [result.error] : result.error;
  throw new Error(problems.map((p) => `${p.where} ${p.path} ${p.reason}`).join('; '));
}

export async function makeOffice(random: RandomSource, cost = BENCH_COST): Promise<Office> {
  const passphrase = 'a bench has nothing to hide';
  const file = valueOf(await makeAuthority(passphrase, random, cost));
  return { authority: valueOf(await openAuthority(file, passphrase)), authorityFile: file };
}

/** Two poll workers of two parties, and an administrator: as the handbook staffs a poll site. */
export async function makeSiteKeys(
  office: Office,
  electionId: string,
  parties: readonly [string, string],
  random: RandomSource,
  cost = BENCH_COST,
  /** Stands before each serial number, where there are several sites. */
  site = '',
): Promise<readonly [KeyOfSite, KeyOfSite, KeyOfSite]> {
  const make = async (
    serial: string,
    role: KeyRole,
    passcode: string,
    party?: string,
  ): Promise<KeyOfSite> => {
    const holder = {
      serial: `${site}${serial}`,
      role,
      electionId,
      ...(party === undefined ? {} : { party }),
    };
    const bytes = valueOf(await makeSecurityKey(office.authority, holder, passcode, random, cost));
    return { serial: holder.serial, role, passcode, bytes, ...(party === undefined ? {} : { party }) };
  };
  return [
    await make('PW-1', 'poll-worker', '48291637', parties[0]),
    await make('PW-2', 'poll-worker', '70518264', parties[1]),
    await make('AD-1', 'administrator', '93164058'),
  ];
}

export interface PackageWish {
  readonly name: string;
  readonly definitionBytes: Uint8Array;
  readonly mode: ElectionMode;
  readonly pollingPlaceId: string;
  readonly keys: readonly KeyOfSite[];
  readonly device: { readonly serialNumber: string; readonly publicKey: Uint8Array };
}

/** Returns the package's folder. */
export async function makePackage(office: Office, directory: string, wish: PackageWish): Promise<string> {
  const folder = join(directory, wish.name);
  const parts = {
    definitionBytes: wish.definitionBytes,
    definitionName: `${wish.name}.json`,
    mode: wish.mode,
    pollingPlaceId: wish.pollingPlaceId,
    securityKeys: wish.keys.map((key) => {
      const { electionId, ...listed } = valueOf(listingOf(key.bytes));
      must(electionId, 'a key belongs to an election');
      return listed;
    }),
    devices: [wish.device],
  };
  valueOf(await buildElectionPackage(office.authority, parts, folder));
  return folder;
}
