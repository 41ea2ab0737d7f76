/**
 * Single positions, by the million: strips of a lattice of ovals with random marks, each strip under conditions of its
 * own. Strips come in chunks; a chunk is made from its seed alone, whichever thread works on it.
 */
import { greyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { layOn } from '../pen/ink.js';
import { randomScan } from '../pen/scan-conditions.js';
import { FilmPool } from './film-pool.js';
import { POSITIONS_A_STRIP, SPACING_PX } from './lattice.js';
import { drawKind } from './marks.js';
import { readStrip, type StripReader } from './scanned-strip.js';
import { TallyKeeper, type Tally } from './tally.js';
import { measureInk } from './truth.js';

export interface PositionsResult {
  readonly positions: number;
  /** Draws of a side's conditions. */
  readonly sides: number;
  /** Marks that were drawn; each was used several times. */
  readonly drawn: number;
  readonly tally: Tally;
}

export function readChunk(reader: StripReader, seed: string, strips: number): PositionsResult {
  const { strip } = reader;
  const random = seededRandom(seed);
  const pool = new FilmPool(random.fork('pool'), SPACING_PX);
  const keeper = new TallyKeeper();
  let under = strip.clean;
  for (let n = 0; n < strips; n++) {
    const name = `${seed}/${n}`;
    const kinds = strip.centres.map(() => drawKind(random));
    const paper = greyPage(
      strip.clean.widthPx,
      strip.clean.heightPx,
      strip.clean.dpi,
      strip.clean.data.slice(),
    );
    kinds.forEach((kind, i) => {
      if (kind === 'none') return;
      for (const film of pool.at(kind, must(strip.centres[i], 'an oval'))) layOn(paper, film);
    });
    const judged = readStrip(reader, paper, under, randomScan(random), name);
    judged.forEach(({ verdict, score }, i) => {
      const ink = measureInk(paper, strip.clean, must(strip.centres[i], 'an oval'));
      keeper.add(name, i, must(kinds[i], 'a kind'), ink, verdict, score);
    });
    under = paper;
  }
  return { positions: strips * POSITIONS_A_STRIP, sides: strips, drawn: pool.drawn, tally: keeper.tally };
}
