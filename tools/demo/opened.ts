/**
 * The first thing that somebody from outside does: opens the office's package and the machine's export, each held
 * against the authority's key, and works out what must be in them.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '../../ground/bytes.js';
import { must } from '../../ground/result.js';
import type { StoredBallot } from '../../firmware/ballot-box/slot.js';
import { readExport, type ReadExport } from '../../firmware/records/read-export.js';
import { openElectionPackage, type ElectionPackage } from '../../firmware/trust/election-package.js';
import { isCertified } from '../../firmware/trust/verify/device-certificate.js';
import type { Checks } from './checks.js';
import { expectTotals, type ExpectedTotals, type PrintedContest, type TrueSheet } from './truth.js';
import type { FedSheet, World } from './world.js';

export interface Opened {
  readonly election: ElectionPackage;
  /** Certified by the authority for this election and this cabinet. */
  readonly deviceKey: Uint8Array;
  readonly counted: readonly FedSheet[];
  readonly expected: ExpectedTotals;
  /** Nothing where the export could not be opened. */
  readonly exported: ReadExport | undefined;
  readonly exportFolder: string;
  readonly ballots: readonly StoredBallot[];
}

/** Nothing when the package itself is not the authority's: then there is nothing to hold anything against. */
export async function openWorld(world: World, checks: Checks): Promise<Opened | undefined> {
  const { bench, authority, definitionBytes } = world;
  const name = 'the election package is whole and signed by the authority';
  const authorityKey = authority.signer.publicKey;
  const election = checks.value(name, await openElectionPackage(world.packageFolder, authorityKey));
  if (election === undefined) return undefined;
  const same = equalBytes(election.definitionBytes, definitionBytes);
  checks.check('the package holds the office’s definition, byte for byte', same);
  const certificate = election.devices.find((device) => device.serialNumber === bench.serialNumber);
  checks.check('the authority has certified this cabinet', certificate !== undefined);
  if (certificate === undefined) return undefined;

  const counted = world.fed.filter(({ truth }) => truth.counted);
  const definitionJson: unknown = JSON.parse(new TextDecoder().decode(definitionBytes));
  const sheets = counted.map(({ truth }) => truth);
  const printed = (sheet: TrueSheet): readonly PrintedContest[] => printedOn(election, sheet);
  const expected = expectTotals(definitionJson, election.precinctIds, printed, sheets);
  const folders = await readdir(bench.exportFolder);
  checks.equal('there is one export', folders.length, 1);
  const exportFolder = join(bench.exportFolder, folders[0] ?? 'none');
  const exported = checks.value('the export is whole and signed', await readExport(exportFolder));
  if (exported !== undefined) {
    const { signer } = exported.manifest;
    const ours = equalBytes(signer, certificate.publicKey) && isCertified(certificate, authorityKey);
    checks.check('the export is signed by the device that the authority certified', ours);
  }
  return {
    election,
    deviceKey: certificate.publicKey,
    counted,
    expected,
    exported,
    exportFolder,
    ballots: exported === undefined ? [] : await ballotsOf(exported, checks),
  };
}

async function ballotsOf(exported: ReadExport, checks: Checks): Promise<readonly StoredBallot[]> {
  const ballots: StoredBallot[] = [];
  for await (const ballot of exported.ballots()) {
    const read = checks.value('a ballot of the export is as the device signed it', ballot);
    if (read !== undefined) ballots.push(read);
  }
  return ballots;
}

/** Which contests lie on a sheet, from its layout; the order of their options, from the definition's own words. */
function printedOn({ layouts, definition }: ElectionPackage, sheet: TrueSheet): readonly PrintedContest[] {
  const layout = layouts.find((one) => one.precinctId === sheet.precinctId);
  const sides = must(
    layout?.sheets.find((one) => one.sheet === sheet.sheet),
    `sheet ${sheet.sheet} of ${sheet.precinctId}`,
  );
  const style = must(
    definition.ballotStyles.find((one) => one.id === layout?.styleId),
    'a ballot style',
  );
  const here = new Set([...sides.front.contests, ...sides.back.contests].map((place) => place.contestId));
  return style.contestIds
    .filter((contestId) => here.has(contestId))
    .map((contestId) => {
      const contest = must(
        definition.contests.find(({ id }) => id === contestId),
        `contest ${contestId}`,
      );
      const writeIns = contest.kind === 'candidate' ? contest.writeIns : 0;
      const options = style.optionOrder?.[contestId] ?? contest.options.map(({ id }) => id);
      const lines = Array.from({ length: writeIns }, (_, i) => `write-in-${i + 1}`);
      return { contestId, optionIds: [...options, ...lines] };
    });
}
