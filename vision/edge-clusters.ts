/**
 * Which of the bars on an image stand in line with others at the timing marks' pitch: the four edges of the frame,
 * still without counting. Bars are linked to a neighbour one pitch to the right or one pitch down; linked bars that
 * share a line form a cluster; the frame's edges are the two clusters that lie the frame's width apart, and the two
 * with the most marks that lie at least half of the shortest paper's height apart. Everything else (a filled oval, a word in heavy type) has no neighbours at that pitch.
 */
import { mmToPx } from '../ground/units.js';
import { pageFrame, TIMING_PITCH_MM } from '../election-def/page-frame.js';
import type { MarkCandidates } from './mark-candidates.js';

/** A neighbour stands within this share of the pitch of where it should: 8 degrees of skew, 15 % of stretch. */
const LINK_TOLERANCE = 0.15;
/** Fewer linked bars than this are no edge. */
const FEWEST_IN_CLUSTER = 6;
/** A further line of at least as many marks is the edge of a further sheet. */
const FEWEST_OF_SECOND_SHEET = 12;
const CLUSTER_GAP_MM = 1.2;
/** The frame's width may differ this much before it is no frame at all; the exact limit is checked later. */
const WIDTH_TOLERANCE = 0.08;

/** A straight line: `across = slope * along + offset`; along is x for top and bottom, y for left and right. */
export interface EdgeLine {
  readonly slope: number;
  readonly offset: number;
}

export interface EdgeLines {
  readonly top: EdgeLine;
  readonly bottom: EdgeLine;
  readonly left: EdgeLine;
  readonly right: EdgeLine;
  /** Median distance of neighbours, across the sheet and along the feed. */
  readonly pitchAcrossPx: number;
  readonly pitchAlongPx: number;
}

export type EdgeFailure =
  'no-edges' | 'some-edges-missing' | 'edges-at-wrong-distance' | 'more-than-four-edges';

interface Cluster {
  readonly offset: number;
  readonly members: number;
}

interface Links {
  /** Slope of the linked pairs against their direction, and their length: medians. */
  readonly slope: number;
  readonly pitch: number;
  /** 1 for each bar that has a neighbour. */
  readonly linked: Uint8Array;
}

export function findEdgeLines(
  found: MarkCandidates,
  dpi: number,
): { ok: true; lines: EdgeLines } | { ok: false; failure: EdgeFailure } {
  const across = linkNeighbours(found.count, found.x, found.y, dpi);
  const along = linkNeighbours(found.count, found.y, found.x, dpi);
  const rows = clusters(found.count, found.x, found.y, across, dpi);
  const columns = clusters(found.count, found.y, found.x, along, dpi);
  if (rows.length === 0 && columns.length === 0) return { ok: false, failure: 'no-edges' };
  if (rows.length < 2 || columns.length < 2) return { ok: false, failure: 'some-edges-missing' };

  const frameWidth = mmToPx((pageFrame('letter').columns - 1) * TIMING_PITCH_MM, dpi);
  const shortest = mmToPx((pageFrame('letter').rows - 1) * TIMING_PITCH_MM, dpi) * 0.5;
  const sides = widestPair(columns, frameWidth * (1 - WIDTH_TOLERANCE), frameWidth * (1 + WIDTH_TOLERANCE));
  const ends = widestPair(rows, shortest, Number.POSITIVE_INFINITY);
  const further = (all: readonly Cluster[], pair: readonly [Cluster, Cluster] | undefined): boolean =>
    all.some((c) => c.members >= FEWEST_OF_SECOND_SHEET && pair?.includes(c) !== true);
  if (sides === undefined || ends === undefined) return { ok: false, failure: 'edges-at-wrong-distance' };
  if (further(columns, sides) || further(rows, ends)) return { ok: false, failure: 'more-than-four-edges' };
  return {
    ok: true,
    lines: {
      top: { slope: across.slope, offset: ends[0].offset },
      bottom: { slope: across.slope, offset: ends[1].offset },
      left: { slope: along.slope, offset: sides[0].offset },
      right: { slope: along.slope, offset: sides[1].offset },
      pitchAcrossPx: across.pitch,
      pitchAlongPx: along.pitch,
    },
  };
}

/** `along` and `across` are the coordinates in the direction of the neighbour and perpendicular to it. */
function linkNeighbours(count: number, along: Float64Array, across: Float64Array, dpi: number): Links {
  const pitch = mmToPx(TIMING_PITCH_MM, dpi);
  const tolerance = pitch * LINK_TOLERANCE;
  const stripes = new Stripes(count, along, pitch);
  const linked = new Uint8Array(count);
  const slopes: number[] = [];
  const lengths: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = (along[i] ?? 0) + pitch;
    const last = stripes.indexOf(from + tolerance + 1);
    for (let stripe = stripes.indexOf(from - tolerance - 1); stripe <= last; stripe++) {
      for (let j = stripes.first(stripe); j >= 0; j = stripes.next(j)) {
        if (Math.abs((along[j] ?? 0) - from) > tolerance) continue;
        const aside = (across[j] ?? 0) - (across[i] ?? 0);
        if (Math.abs(aside) > tolerance) continue;
        const length = (along[j] ?? 0) - (along[i] ?? 0);
        linked[i] = 1;
        linked[j] = 1;
        slopes.push(aside / length);
        lengths.push(length);
      }
    }
  }
  return { slope: median(slopes), pitch: median(lengths), linked };
}

/** The bars of each stripe of the image, one pitch wide: neighbours are looked for in two or three of them alone. */
class Stripes {
  readonly #widthPx: number;
  /** The first bar of each stripe and the one after each bar; -1 is none. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(count: number, along: Float64Array, widthPx: number) {
    this.#widthPx = widthPx;
    let furthest = 0;
    for (let i = 0; i < count; i++) furthest = Math.max(furthest, along[i] ?? 0);
    this.#first = new Int32Array(this.indexOf(furthest) + 1).fill(-1);
    this.#next = new Int32Array(count);
    for (let i = count - 1; i >= 0; i--) {
      const stripe = this.indexOf(along[i] ?? 0);
      this.#next[i] = this.first(stripe);
      this.#first[stripe] = i;
    }
  }

  /** A mark's centre may lie a part of a pixel outside of the image. */
  indexOf(along: number): number {
    return Math.max(0, Math.floor(along / this.#widthPx));
  }

  first(stripe: number): number {
    return this.#first[stripe] ?? -1;
  }

  next(bar: number): number {
    return this.#next[bar] ?? -1;
  }
}

function clusters(
  count: number,
  along: Float64Array,
  across: Float64Array,
  links: Links,
  dpi: number,
): Cluster[] {
  const offsets: number[] = [];
  for (let i = 0; i < count; i++) {
    if (links.linked[i] === 1) offsets.push((across[i] ?? 0) - links.slope * (along[i] ?? 0));
  }
  offsets.sort((a, b) => a - b);
  const gap = mmToPx(CLUSTER_GAP_MM, dpi);
  const result: Cluster[] = [];
  let start = 0;
  for (let i = 1; i <= offsets.length; i++) {
    if (i < offsets.length && (offsets[i] ?? 0) - (offsets[i - 1] ?? 0) <= gap) continue;
    const members = i - start;
    if (members >= FEWEST_IN_CLUSTER) {
      result.push({ offset: offsets[start + Math.floor(members / 2)] ?? 0, members });
    }
    start = i;
  }
  return result;
}

/** The pair at an acceptable distance with the most marks. */
function widestPair(
  all: readonly Cluster[],
  least: number,
  most: number,
): readonly [Cluster, Cluster] | undefined {
  let best: readonly [Cluster, Cluster] | undefined;
  for (const low of all) {
    for (const high of all) {
      const distance = high.offset - low.offset;
      if (distance < least || distance > most) continue;
      if (best === undefined || low.members + high.members > best[0].members + best[1].members)
        best = [low, high];
    }
  }
  return best;
}

export function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[Math.floor(values.length / 2)] ?? 0;
}
