/**
 * What is on paper but is no vote: hesitation dots, flecks, smudges, folds through ovals, specks of dirt, and streaks of
 * dirt on the glass. None of it may become a vote; and what is less than a person would call a mark should not even be
 * ambiguous, because each such ballot is handed back for nothing.
 */
import { must } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { pxToMm, SCAN_DPI } from '../../ground/units.js';
import { readSide } from '../../vision/read-side.js';
import { layOn } from '../pen/ink.js';
import { scanSheet } from '../pen/marked-sheet.js';
import { flecks, fold, streak } from '../pen/paper-damage.js';
import { blankSheet, copyOf, onPaper, sheetOf, type PaperSheet } from '../pen/paper.js';
import { randomScan } from '../pen/scan-conditions.js';
import { FilmPool } from './film-pool.js';
import { SPACING_PX, type Lattice, type Strip } from './lattice.js';
import { readStrip, type StripReader } from './scanned-strip.js';
import { TallyKeeper, type Tally } from './tally.js';
import { measureInk } from './truth.js';

export const innocentKinds = ['dot', 'fleck', 'smudge', 'fold', 'specks'] as const;
export type InnocentKind = (typeof innocentKinds)[number];

export function readInnocentStrips(
  reader: StripReader,
  kind: InnocentKind,
  seed: string,
  strips: number,
): Tally {
  const { strip } = reader;
  const random = seededRandom(seed);
  const pool = new FilmPool(random.fork('pool'), SPACING_PX);
  const keeper = new TallyKeeper();
  for (let n = 0; n < strips; n++) {
    const name = `${seed}/${n}`;
    const paper = soiled(strip, kind, pool, random.fork(`${n}`));
    const judged = readStrip(reader, paper.front, paper.back, randomScan(random), name);
    judged.forEach(({ verdict, score }, i) => {
      const ink = measureInk(paper.front, strip.clean, must(strip.centres[i], 'an oval'));
      keeper.add(name, i, kind, ink, verdict, score);
    });
  }
  return keeper.tally;
}

function soiled(strip: Strip, kind: InnocentKind, pool: FilmPool, random: SeededRandom): PaperSheet {
  const empty = blankSheet(pxToMm(strip.clean.heightPx, SCAN_DPI)).back;
  const paper = copyOf(sheetOf(strip.clean, empty));
  switch (kind) {
    case 'dot':
    case 'fleck':
    case 'smudge':
      for (const centre of strip.centres) for (const film of pool.at(kind, centre)) layOn(paper.front, film);
      return paper;
    case 'specks':
      return flecks(paper, 4 * strip.centres.length, random);
    case 'fold':
      return folded(paper, strip, random);
  }
}

/** A crease through every row of ovals, or through every column. */
function folded(paper: PaperSheet, strip: Strip, random: SeededRandom): PaperSheet {
  const across = random.chance(0.6);
  const places = [...new Set(across ? strip.yMm : strip.xMm)];
  return places.reduce(
    (sheet, place) =>
      fold(
        sheet,
        {
          direction: across ? 'across' : 'along',
          atMm: place + random.between(-1.2, 1.2),
          slantDegrees: random.between(-0.4, 0.4),
          strength: random.between(0.1, 1),
        },
        random,
      ),
    paper,
  );
}

export interface StreakResult {
  readonly sides: number;
  /** Sides given back because the streak runs over an oval. */
  readonly refused: number;
  /** Ovals under the streak, and those of them that became votes. */
  readonly targets: number;
  readonly votes: number;
  readonly ambiguous: number;
}

/** Whole sides without a mark, a streak through a column of ovals. */
export function readStreaks(lattice: Lattice, seed: string, sides: number): StreakResult {
  const random = seededRandom(seed);
  const result = { sides, refused: 0, targets: 0, votes: 0, ambiguous: 0 };
  for (let n = 0; n < sides; n++) {
    const conditions = { ...randomScan(random), skewDegrees: random.between(-0.15, 0.15), shearDegrees: 0 };
    const orientation = 'front-head-first' as const;
    const { first } = scanSheet(onPaper(lattice.clean), { orientation, conditions, seed: `${seed}/${n}` });
    const column = random.pick(lattice.strip.centres);
    const dirt = {
      xPx: column.xPx + 14 + random.between(-12, 12),
      widthPx: random.integer(1, 12),
      level: random.between(0, 160),
      cover: random.between(0.15, 1),
    };
    const read = readSide(streak(first, dirt, random), lattice.context);
    const near = lattice.sheet.front.ovals.filter(
      ({ xMm }) => Math.abs((xMm * SCAN_DPI) / 25.4 - column.xPx) < 1,
    );
    result.targets += near.length;
    if (read.kind === 'rejected') result.refused++;
    else {
      const ovals = read.reading.ovals.filter(({ optionId }) => near.some((o) => o.optionId === optionId));
      result.votes += ovals.filter(({ verdict }) => verdict === 'marked').length;
      result.ambiguous += ovals.filter(({ verdict }) => verdict === 'ambiguous').length;
    }
  }
  return result;
}
