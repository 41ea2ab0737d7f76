/** An election on cards that are folders of a real file system, for the attack on where slots lie on the medium. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { BOX_FILE } from '../../firmware/ballot-box/format.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import { openCardImage } from './card-view.js';
import { smallElection } from './election.js';
import { LAST_MOMENT } from './moments.js';
import { HONEST } from './plant.js';
import { simulateElection } from './simulate.js';
import { attackCardFolder } from './suite.js';
import type { Tally } from './tally.js';

export async function attackOnCardFolders(tally: Tally, seed: string, ballots: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-order-'));
  const store = (name: string): ReturnType<typeof folderStore> => {
    mkdirSync(join(folder, name));
    return folderStore(join(folder, name), `memory card ${name}`);
  };
  const boxFile = join(folder, 'A', BOX_FILE);
  try {
    const day = await simulateElection({
      election: smallElection(),
      seed,
      ballots,
      random: systemRandom,
      images: [new Uint8Array(600)],
      plant: HONEST,
      moments: [LAST_MOMENT],
      cards: { stores: [store('A'), store('B')], image: () => new Uint8Array(readFileSync(boxFile)) },
      onCapture: ({ image, header, keys, truth }) =>
        attackCardFolder(tally, boxFile, openCardImage({ bytes: image, header }, keys), truth),
    });
    await day.box.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
