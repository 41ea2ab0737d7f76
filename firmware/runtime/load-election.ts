/**
 * Loading an election: an administrator brings a signed package, and from then on this device belongs to that election
 * alone. What the device remembered of another one does not survive: counters of openings, anchor and box begin anew,
 * and the next start proves it (the zero check looks into every one of them).
 */
import { basename } from 'node:path';
import { err, ok, type Problem, type Result } from '../../ground/result.js';
import type { FileStore } from '../../drivers/ports.js';
import { readAnchor, writeAnchor, type Anchor } from '../device-state/anchor.js';
import { pinAuthority, readIdentity } from '../device-state/identity.js';
import { writeLoadedElection } from '../device-state/loaded-election.js';
import { deviceCertificate, openElectionPackage, type ElectionPackage } from '../trust/election-package.js';

/** An anchor of a device that has no box yet. */
export function freshAnchor(before: Anchor | undefined): Anchor {
  return {
    anchorNumber: (before?.anchorNumber ?? 0) + 1,
    boxGeneration: 0,
    ballots: 0,
    logEntries: before?.logEntries ?? 0,
    logHead: before?.logHead ?? '0'.repeat(64),
    counterAtOpening: 0,
    openings: 0,
    closings: 0,
    polls: 'not-opened',
  };
}

/**
 * @param packageDirectory a folder below the device's packages
 */
export async function loadElection(
  internal: FileStore,
  serialNumber: string,
  packageDirectory: string,
): Promise<Result<ElectionPackage, readonly Problem[]>> {
  const identity = await readIdentity(internal, serialNumber);
  if (!identity.ok) return err([identity.error]);
  const opened = await openElectionPackage(packageDirectory, identity.value.authorityPublicKey);
  if (!opened.ok) return opened;
  const certificate = deviceCertificate(opened.value, serialNumber, identity.value.signer.publicKey);
  if (!certificate.ok) return err([certificate.error]);
  const before = await readAnchor(internal, identity.value.signer.publicKey);
  if (!before.ok) return err([before.error]);

  const pinned = await pinAuthority(internal, opened.value.authority.signPublicKey);
  if (!pinned.ok) return err([pinned.error]);
  // First the package without a box, then the anchor: in between nothing on a card is this device's to overwrite.
  const { packageSha256, mode } = opened.value;
  const directoryName = basename(packageDirectory);
  const loaded = await writeLoadedElection(internal, { packageSha256, directoryName, mode });
  if (!loaded.ok) return err([loaded.error]);
  const anchored = await writeAnchor(internal, identity.value.signer, freshAnchor(before.value));
  return anchored.ok ? ok(opened.value) : err([anchored.error]);
}
