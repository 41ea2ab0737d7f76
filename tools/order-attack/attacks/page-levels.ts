/**
 * The images themselves: how bright the paper is, how black the print, how uneven the light, how noisy the sensor, and
 * the darkest streak along the feed. A lamp that warms up and dust on the glass change with time, whatever is on the
 * ballots.
 */
import type { GreyPage } from '../../../ground/grey-page.js';
import { orderGuesses, type Guess } from '../guess.js';

export function attackPageLevels(ids: readonly string[], pages: readonly GreyPage[]): readonly Guess[] {
  const facts = pages.map(levelsOf);
  return orderGuesses(ids, {
    'brightness of the paper': facts.map(({ paper }) => paper),
    'blackness of the print': facts.map(({ ink }) => ink),
    'light from left to right': facts.map(({ slope }) => slope),
    'darkest streak': facts.map(({ streak }) => streak),
    'noise of the paper': facts.map(({ noise }) => noise),
  });
}

interface Levels {
  readonly paper: number;
  readonly ink: number;
  readonly slope: number;
  readonly streak: number;
  readonly noise: number;
}

/** Shares of all pixels below which lie the print's black, and the paper's grey. */
const INK_SHARE = 0.01;
const PAPER_SHARE = 0.6;
/** What is beside the sheet, and its skewed edges, are left out. */
const RIM_SHARE = 0.1;

function levelsOf(page: GreyPage): Levels {
  const [x0, x1] = inner(page.widthPx);
  const [y0, y1] = inner(page.heightPx);
  const columns: number[] = [];
  const counts = new Uint32Array(256);
  let [differences, pairs] = [0, 0];
  for (let x = x0; x < x1; x++) {
    let sum = 0;
    let bright = 0;
    for (let y = y0; y < y1; y++) {
      const grey = page.data[y * page.widthPx + x] as number;
      counts[grey] = (counts[grey] as number) + 1;
      if (grey < BRIGHT) continue;
      sum += grey;
      bright += 1;
      const below = page.data[(y + 1) * page.widthPx + x] as number;
      if (below < BRIGHT) continue;
      differences += Math.abs(grey - below);
      pairs += 1;
    }
    columns.push(sum / Math.max(1, bright));
  }
  return {
    paper: levelAt(counts, PAPER_SHARE),
    ink: levelAt(counts, INK_SHARE),
    slope: mean(columns.slice(-200)) - mean(columns.slice(0, 200)),
    streak: deepestStreak(columns),
    noise: differences / Math.max(1, pairs),
  };
}

/** Paper, streak or not, is brighter than this. */
const BRIGHT = 130;

function inner(size: number): readonly [number, number] {
  return [Math.round(size * RIM_SHARE), Math.round(size * (1 - RIM_SHARE))];
}

/** The grey level, with its fraction, below which this share of all pixels lies. */
function levelAt(counts: Uint32Array, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [grey, count] of counts.entries()) {
    if (below + count >= share * total) return grey + (share * total - below) / Math.max(1, count);
    below += count;
  }
  return 255;
}

/** How much darker a column is than those around it, at most. */
function deepestStreak(columns: readonly number[]): number {
  let deepest = 0;
  for (let i = 8; i + 8 < columns.length; i++) {
    const around = (mean(columns.slice(i - 8, i - 4)) + mean(columns.slice(i + 5, i + 9))) / 2;
    deepest = Math.max(deepest, around - (columns[i] ?? 0));
  }
  return deepest;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
