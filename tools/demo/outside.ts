/**
 * A day verified from outside, by a second path: not by asking the machine, but by looking at the paper in the bins,
 * the files on the media, the pictures of the ballots and the dots on the tapes, and holding all of it against what
 * the script itself knows of every sheet.
 */
import type { Checks } from './checks.js';
import { openWorld } from './opened.js';
import { verifyCards } from './verify-cards.js';
import { verifyLogs } from './verify-log.js';
import { verifyCounters, verifyImages, verifyPaper, verifyRecords } from './verify-records.js';
import { readPieces, verifyTapes } from './verify-tapes.js';
import type { World } from './world.js';

/** Everything that is wrong is found in one run. The cabinet's power must be off. */
export async function verifyFromOutside(world: World, checks: Checks): Promise<void> {
  for (const disk of Object.values(world.bench.disks)) await disk.powerUp();
  const opened = await openWorld(world, checks);
  if (opened === undefined) return;
  verifyPaper(world, opened, checks);
  verifyCounters(world, opened, checks);
  await verifyRecords(opened, checks);
  await verifyImages(opened, checks);
  const logHashes = await verifyLogs(world, opened, checks);
  const { roll } = world.bench;
  checks.equal('the tape printer knew every command', roll.unknownCommands, []);
  await verifyTapes(world, opened, await readPieces(roll), logHashes, checks);
  await verifyCards(world, opened, checks);
}
