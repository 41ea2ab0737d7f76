/**
 * One edge of the frame as a chain of marks, and the rules under which a chain may be completed: at most two
 * neighbouring marks of an edge missing, at least 70 % of it there, each corner anchored (the corner mark itself, or
 * the marks beside it on both edges, found). What is missing within these limits is interpolated; anything beyond is
 * refused, because a place that was guessed could be another voter's choice.
 */
import { err, ok, type Result } from '../ground/result.js';
import type { MarkCandidates } from './mark-candidates.js';
import type { Reject } from './reading.js';
import { reject } from './rejects.js';

export const LEAST_SHARE_OF_EDGE = 0.7;
export const MOST_MISSING_NEIGHBOURS = 2;

/** Marks of one edge, corner to corner, all of them. */
export interface Chain {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** 1 where the mark itself was found. */
  readonly found: Uint8Array;
}

export const edgeNames = ['top', 'bottom', 'left', 'right'] as const;
export type EdgeName = (typeof edgeNames)[number];
export type Chains = Readonly<Record<EdgeName, Chain>>;

interface Point {
  readonly x: number;
  readonly y: number;
}

export function chainOf(found: MarkCandidates, bars: Int32Array): Chain {
  const chain: Chain = {
    x: new Float64Array(bars.length),
    y: new Float64Array(bars.length),
    found: new Uint8Array(bars.length),
  };
  bars.forEach((bar, i) => {
    if (bar < 0) return;
    chain.x[i] = found.x[bar] ?? 0;
    chain.y[i] = found.y[bar] ?? 0;
    chain.found[i] = 1;
  });
  return chain;
}

/** Drops, worst first, marks that stand off the line between their nearest neighbours. */
function dropDisplaced(chain: Chain, limitPx: number): void {
  for (let round = 0; round < chain.x.length; round++) {
    let worst = -1;
    let worstPx = limitPx;
    for (let i = 0; i < chain.x.length; i++) {
      if (chain.found[i] !== 1) continue;
      const residual = residualAt(chain, i);
      if (residual > worstPx) {
        worst = i;
        worstPx = residual;
      }
    }
    if (worst < 0) return;
    chain.found[worst] = 0;
  }
}

function residualAt(chain: Chain, i: number): number {
  let before = i - 1;
  while (before >= 0 && chain.found[before] !== 1) before--;
  let after = i + 1;
  while (after < chain.x.length && chain.found[after] !== 1) after++;
  if (before < 0 || after >= chain.x.length) return 0;
  const share = (i - before) / (after - before);
  const dx = (chain.x[i] ?? 0) - mix(chain.x, before, after, share);
  const dy = (chain.y[i] ?? 0) - mix(chain.y, before, after, share);
  return Math.hypot(dx, dy);
}

function mix(values: Float64Array, a: number, b: number, share: number): number {
  return (values[a] ?? 0) * (1 - share) + (values[b] ?? 0) * share;
}

/** Applies the limits to what was found, then interpolates the rest. */
export function completeChains(chains: Chains, residualLimitPx: number): Result<Chains, Reject> {
  for (const name of edgeNames) dropDisplaced(chains[name], residualLimitPx);
  const corners = [
    ['top', 0, 'left', 0],
    ['top', -1, 'right', 0],
    ['bottom', 0, 'left', -1],
    ['bottom', -1, 'right', -1],
  ] as const;
  for (const [edgeA, endA, edgeB, endB] of corners) {
    const placed = anchorCorner(chains[edgeA], endA, chains[edgeB], endB, residualLimitPx);
    if (!placed) return err(damaged(edgeA, `its corner with the ${edgeB} edge is not anchored`));
  }
  for (const name of edgeNames) {
    const chain = chains[name];
    const present = chain.found.reduce((sum, found) => sum + found, 0);
    if (present < LEAST_SHARE_OF_EDGE * chain.found.length) {
      return err(damaged(name, `only ${present} of its ${chain.found.length} marks were found`));
    }
    if (longestGap(chain) > MOST_MISSING_NEIGHBOURS) {
      return err(damaged(name, `${longestGap(chain)} neighbouring marks are missing`));
    }
    interpolate(chain);
  }
  return ok(chains);
}

/**
 * Settles the corner of two edges: the mark itself, when it stands where both edges expect it; else the place that
 * the marks beside it on both edges point to.
 */
function anchorCorner(a: Chain, endA: 0 | -1, b: Chain, endB: 0 | -1, limitPx: number): boolean {
  const iA = endA === 0 ? 0 : a.x.length - 1;
  const iB = endB === 0 ? 0 : b.x.length - 1;
  const seenFromA = outward(a, iA, endA === 0 ? 1 : -1);
  const seenFromB = outward(b, iB, endB === 0 ? 1 : -1);
  const place = (x: number, y: number): true => {
    a.x[iA] = b.x[iB] = x;
    a.y[iA] = b.y[iB] = y;
    return true;
  };
  if (a.found[iA] === 1 || b.found[iB] === 1) {
    const [source, at] = a.found[iA] === 1 ? [a, iA] : [b, iB];
    const x = source.x[at] ?? 0;
    const y = source.y[at] ?? 0;
    const agrees = (seen: Point | undefined): boolean =>
      seen === undefined || Math.hypot(seen.x - x, seen.y - y) <= 2 * limitPx;
    if (agrees(seenFromA) && agrees(seenFromB)) return place(x, y);
    a.found[iA] = b.found[iB] = 0;
  }
  if (seenFromA === undefined || seenFromB === undefined) return false;
  return place((seenFromA.x + seenFromB.x) / 2, (seenFromA.y + seenFromB.y) / 2);
}

/** The corner as one edge sees it: its first mark, carried on by the spacing to the next one that was found. */
function outward(chain: Chain, corner: number, inward: 1 | -1): Point | undefined {
  const first = corner + inward;
  if (chain.found[first] !== 1) return undefined;
  for (let steps = 1; steps <= MOST_MISSING_NEIGHBOURS + 1; steps++) {
    const next = first + steps * inward;
    if (chain.found[next] !== 1) continue;
    return {
      x: (chain.x[first] ?? 0) + ((chain.x[first] ?? 0) - (chain.x[next] ?? 0)) / steps,
      y: (chain.y[first] ?? 0) + ((chain.y[first] ?? 0) - (chain.y[next] ?? 0)) / steps,
    };
  }
  return undefined;
}

function longestGap(chain: Chain): number {
  let longest = 0;
  let gap = 0;
  for (const found of chain.found) {
    gap = found === 1 ? 0 : gap + 1;
    longest = Math.max(longest, gap);
  }
  return longest;
}

/** Between found marks, or between a found mark and an anchored corner. */
function interpolate(chain: Chain): void {
  const last = chain.x.length - 1;
  for (let i = 1; i < last; i++) {
    if (chain.found[i] === 1) continue;
    let after = i + 1;
    while (after < last && chain.found[after] !== 1) after++;
    const share = 1 / (after - i + 1);
    chain.x[i] = mix(chain.x, i - 1, after, share);
    chain.y[i] = mix(chain.y, i - 1, after, share);
  }
}

export function damaged(edge: EdgeName, detail: string): Reject {
  return reject('timing-marks-damaged', `${edge} edge of the image: ${detail}`);
}
