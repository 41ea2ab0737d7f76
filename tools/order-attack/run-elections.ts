/** Many elections under attack, with a planted leak or without one; exports of some of them to a real file system. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../ground/result.js';
import { greyPage } from '../../ground/grey-page.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { encodePageJpeg } from '../../firmware/runtime/image-encoding.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import { exportElection } from '../../firmware/records/export.js';
import { valueOf } from '../bench/office.js';
import { openCardImage, type OpenedCard } from './card-view.js';
import { smallElection, type SmallElection } from './election.js';
import type { Plant } from './plant.js';
import { LAST_MOMENT, moments } from './moments.js';
import { ELECTION_DAY, simulateElection, type ElectionDay } from './simulate.js';
import { attackCard, attackExport, attackOpenedCard } from './suite.js';
import { Tally } from './tally.js';

export interface Wish {
  readonly elections: number;
  readonly ballots: number;
  /** One election in so many is exported to a file system and attacked there. */
  readonly exportEvery: number;
  readonly plant: Plant;
  readonly seed: string;
  readonly onElection?: (done: number) => void;
}

const IMAGES = 32;
const IMAGE_SIDE_PX = 48;

export async function attackElections(wish: Wish, tally = new Tally(systemRandom)): Promise<Tally> {
  const election = smallElection();
  const images = await someImages();
  for (let n = 0; n < wish.elections; n++) {
    let opened: OpenedCard | undefined;
    // Each election gives two images: the last one, and one of the others in turn.
    const moment = wish.plant.moment ?? must(moments[n % (moments.length - 1)], 'a moment');
    const day = await simulateElection({
      election,
      seed: `${wish.seed}/${n}`,
      ballots: wish.ballots,
      random: systemRandom,
      images,
      plant: wish.plant,
      moments: [moment, LAST_MOMENT],
      onCapture: (capture) => {
        attackCard(tally, capture);
        const { image, header, keys } = capture;
        if (capture.moment === LAST_MOMENT) opened = openCardImage({ bytes: image, header }, keys);
      },
    });
    attackOpenedCard(tally, must(opened, 'a last capture'), [day.logText], day.recognised, day.truth);
    if ((n + 1) % wish.exportEvery === 0) await attackExported(tally, election, day, wish.plant);
    await day.box.close();
    wish.onElection?.(n + 1);
  }
  return tally;
}

async function attackExported(
  tally: Tally,
  election: SmallElection,
  day: ElectionDay,
  plant: Plant,
): Promise<void> {
  const medium = mkdtempSync(join(tmpdir(), 'tallystick-order-'));
  try {
    const directory = join(medium, 'export');
    const { loaded, bytes, layouts, precinctIds, pollingPlaceId } = election;
    valueOf(
      await exportElection({
        directory,
        box: day.box.header,
        ballots: () => day.box.readAll(),
        sheets: day.box.count(),
        election: {
          definition: loaded.definition,
          definitionBytes: bytes,
          layouts,
          precinctIds,
          pollingPlaceId,
          packageSha256: '0'.repeat(64),
        },
        softwareVersion: 'order attack',
        generatedDate: `${ELECTION_DAY}T21:05:00-05:00`,
        otherFiles: [],
        by: { signer: day.signer },
      }),
    );
    plant.exported?.(directory, day.truth.ids);
    attackExport(tally, directory, day.truth);
  } finally {
    rmSync(medium, { recursive: true, force: true });
  }
}

/** Small pages of different ink, encoded as every page is. */
function someImages(): Promise<readonly Uint8Array[]> {
  const random = seededRandom('images');
  return Promise.all(
    Array.from({ length: IMAGES }, () => {
      const page = greyPage(IMAGE_SIDE_PX, IMAGE_SIDE_PX, 200);
      for (let i = 0; i < page.data.length; i++)
        page.data[i] = random.chance(0.9) ? 240 : random.integer(0, 99);
      return encodePageJpeg(page, 85);
    }),
  );
}
