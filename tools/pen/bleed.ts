/**
 * A broad marker bleeds: what the voter drew on one side is seen on the other, mirrored, paler, a little spread and
 * uneven. Print does not bleed, so only what was added to the clean print goes through. (Print that is seen through
 * thin paper is the scan's condition `showThrough`.)
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { copyOf, NO_PAPER, onPaper, type CleanSheet, type PaperSheet } from './paper.js';

/** Ink spreads in the paper on its way: the mean over a square of so many pixels to each side, twice. */
const SPREAD_PX = 1;
/** How much of the ink comes through differs from place to place, over about this distance. */
const CLOUD_PX = 12;
const CLOUD_LEAST = 0.6;

/** @param share of the ink's darkness that comes through where the most does */
export function bleedThrough(
  marked: PaperSheet,
  clean: CleanSheet,
  share: number,
  random: SeededRandom,
): PaperSheet {
  assert(share >= 0 && share <= 1, 'a share is 0 to 1');
  const bare = onPaper(clean);
  const bled = copyOf(marked);
  soak(bled.back, added(marked.front, bare.front), share, random.fork('to the back'));
  soak(bled.front, added(marked.back, bare.back), share, random.fork('to the front'));
  return bled;
}

/** Darkness of what lies on the print, 0 to 255. */
function added(marked: GreyPage, bare: GreyPage): GreyPage {
  const ink = marked.data.map((grey, i) => {
    const before = bare.data[i] ?? 255;
    return grey === NO_PAPER || grey >= before ? 0 : Math.round(255 * (1 - grey / before));
  });
  const page = greyPage(marked.widthPx, marked.heightPx, marked.dpi, ink);
  return spread(spread(page));
}

function soak(page: GreyPage, ink: GreyPage, share: number, random: SeededRandom): void {
  const { widthPx, heightPx } = page;
  const cloud = clouds(widthPx, heightPx, random);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const i = y * widthPx + x;
      const through = ((ink.data[y * widthPx + widthPx - 1 - x] ?? 0) / 255) * share;
      const grey = page.data[i] ?? NO_PAPER;
      if (through === 0 || grey === NO_PAPER) continue;
      page.data[i] = Math.max(1, Math.round(grey * (1 - through * cloud(x, y))));
    }
  }
}

/** A patchwork of soft clouds, `CLOUD_LEAST` to 1. */
function clouds(widthPx: number, heightPx: number, random: SeededRandom): (x: number, y: number) => number {
  const columns = Math.ceil(widthPx / CLOUD_PX) + 2;
  const rows = Math.ceil(heightPx / CLOUD_PX) + 2;
  const knots = Float32Array.from({ length: columns * rows }, () => random.between(CLOUD_LEAST, 1));
  return (x, y) => {
    const [u, v] = [x / CLOUD_PX, y / CLOUD_PX];
    const [i, j] = [Math.floor(u), Math.floor(v)];
    const [s, t] = [u - i, v - j];
    const knot = (a: number, b: number): number => knots[b * columns + a] ?? 1;
    const above = knot(i, j) * (1 - s) + knot(i + 1, j) * s;
    const below = knot(i, j + 1) * (1 - s) + knot(i + 1, j + 1) * s;
    return above * (1 - t) + below * t;
  };
}

/** The mean of the pixels around each; most of a page has no ink, and is left out quickly. */
function spread(page: GreyPage): GreyPage {
  const { widthPx, heightPx, data } = page;
  const out = new Uint8Array(data.length);
  const count = (2 * SPREAD_PX + 1) ** 2;
  for (let y = SPREAD_PX; y < heightPx - SPREAD_PX; y++) {
    for (let x = SPREAD_PX; x < widthPx - SPREAD_PX; x++) {
      let sum = 0;
      for (let dy = -SPREAD_PX; dy <= SPREAD_PX; dy++) {
        const row = (y + dy) * widthPx + x;
        for (let dx = -SPREAD_PX; dx <= SPREAD_PX; dx++) sum += data[row + dx] ?? 0;
      }
      out[y * widthPx + x] = Math.round(sum / count);
    }
  }
  return greyPage(widthPx, heightPx, page.dpi, out);
}
