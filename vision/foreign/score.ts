/**
 * The score vector of an oval on a scan of a ballot that we did not design. A patch around the oval is drawn from the
 * scan in the template's geometry at 200 dpi, settled on the oval by correlation with the blank (the voter's part of
 * it, the inside, left out); what the blank itself has printed there is left out; the rest is measured as in
 * `vision/ovals.ts`: against paper from a ring, ink from the page's own print.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { mmToPx, pxToMm, SCAN_DPI } from '../../ground/units.js';
import { traceLine, type InkMoments, type Line } from '../fold-lines.js';
import { DARK_STEP, LIGHT_STEP, LINE_LIGHT, longestSpread } from '../ovals.js';
import type { InkScore, OvalScore } from '../reading.js';
import type { OvalMask, Sampler } from './oval-mask.js';

const SEARCH_MM = 0.6;
/** Cost of a pixel of distance, squared, against a likeness of 1. */
const DISTANCE_COST = 0.004;
const RING_PAPER_RANK = 0.75;
const LEAST_RANGE = 40;
/** Fewer pixels than these cannot be judged: the blank has print all over the inside, or all around. */
const LEAST_INSIDE_PX = 40;
const LEAST_RING_PX = 60;

export interface ScoredForeignOval {
  readonly score: OvalScore;
  /** In the blank's pixels, against where registration had placed it. */
  readonly movedX: number;
  readonly movedY: number;
}

/** `scan` reads the scan at the blank's pixels, as registered. */
export function scoreForeignOval(
  mask: OvalMask,
  dpi: number,
  inkLevel: number,
  scan: Sampler,
): ScoredForeignOval {
  const reach = Math.round(mmToPx(SEARCH_MM, SCAN_DPI));
  const wide = patchOf(mask, dpi, reach, scan);
  const place = settle(mask, wide, reach);
  const patch = cut(mask, wide, reach, place.dx, place.dy);
  const local = localPaper(mask, patch, inkLevel);
  const moments = insideMoments(mask, patch, local, undefined);
  const inside = inkScore(moments, local);
  const line = foldLine(mask, patch, moments, inside, local);
  // Never blank: an outline of 0 is ambiguous at the least.
  const isJudgeable = mask.inside.length >= LEAST_INSIDE_PX && mask.ring.length >= LEAST_RING_PX;
  const base = {
    ...inside,
    outline: isJudgeable ? round4(Math.max(0, place.likeness)) : 0,
    offsetXPx: round4(place.dx),
    offsetYPx: round4(place.dy),
    halo: round4(share(mask.ring, patch, local.paper - LIGHT_STEP * local.range)),
    // Print may be bolder than on the blank by any amount (another printer, a two-level scan).
    rim: 0,
    line: line === undefined ? 0 : round4(line.strength),
  };
  const step = dpi / SCAN_DPI;
  const moved = { movedX: place.dx * step, movedY: place.dy * step };
  if (line === undefined) return { score: base, ...moved };
  const withoutLine = inkScore(insideMoments(mask, patch, local, line), local);
  return { score: { ...base, withoutLine }, ...moved };
}

/** The scan around the oval in the blank's geometry, `reach` larger than the mask on every side. */
function patchOf(mask: OvalMask, dpi: number, reach: number, scan: Sampler): GreyPage {
  const halfWidth = mask.halfWidthPx + reach;
  const halfHeight = mask.halfHeightPx + reach;
  const width = 2 * halfWidth + 1;
  const patch = greyPage(width, 2 * halfHeight + 1, SCAN_DPI);
  const step = dpi / SCAN_DPI;
  for (let i = 0; i < patch.data.length; i++) {
    const x = mask.centre.xPx + ((i % width) - halfWidth) * step;
    const y = mask.centre.yPx + (Math.floor(i / width) - halfHeight) * step;
    patch.data[i] = scan(x, y);
  }
  return patch;
}

interface Place {
  readonly dx: number;
  readonly dy: number;
  /** Of outline and surroundings with those of the blank, 0 to 1. */
  readonly likeness: number;
}

/** The shift at which outline and surroundings look most like the blank. */
function settle(mask: OvalMask, wide: GreyPage, reach: number): Place {
  const width = 2 * mask.halfWidthPx + 1;
  const expected = Float64Array.from(mask.settle, (i) => mask.print[i] ?? 0);
  const rows = Int32Array.from(mask.settle, (i) => Math.floor(i / width) * wide.widthPx + (i % width));
  let best: Place = { dx: 0, dy: 0, likeness: 0 };
  let bestValue = -Infinity;
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const likeness = correlation(expected, rows, wide.data, (reach + dy) * wide.widthPx + reach + dx);
      const value = likeness - DISTANCE_COST * (dx * dx + dy * dy);
      if (value <= bestValue) continue;
      bestValue = value;
      best = { dx, dy, likeness };
    }
  }
  return best;
}

/** Of the blank's ink with the scan's darkness. */
function correlation(expected: Float64Array, places: Int32Array, data: Uint8Array, shift: number): number {
  const n = Math.max(1, expected.length);
  let [e, ee, s, ss, es] = [0, 0, 0, 0, 0];
  for (let i = 0; i < expected.length; i++) {
    const print = expected[i] as number;
    const dark = 255 - (data[shift + (places[i] as number)] as number);
    e += print;
    ee += print * print;
    s += dark;
    ss += dark * dark;
    es += print * dark;
  }
  const spread = (ee - (e * e) / n) * (ss - (s * s) / n);
  return (es - (e * s) / n) / Math.sqrt(Math.max(1, spread));
}

function cut(mask: OvalMask, wide: GreyPage, reach: number, dx: number, dy: number): GreyPage {
  const width = 2 * mask.halfWidthPx + 1;
  const patch = greyPage(width, 2 * mask.halfHeightPx + 1, SCAN_DPI);
  for (let y = 0; y < patch.heightPx; y++) {
    const from = (y + reach + dy) * wide.widthPx + reach + dx;
    patch.data.set(wide.data.subarray(from, from + width), y * width);
  }
  return patch;
}

interface Local {
  readonly paper: number;
  readonly range: number;
}

function localPaper(mask: OvalMask, patch: GreyPage, ink: number): Local {
  const ring = Uint8Array.from(mask.ring, (i) => patch.data[i] ?? 255).sort();
  const bright = ring[Math.floor(ring.length * RING_PAPER_RANK)] ?? 255;
  const from = bright - LIGHT_STEP * Math.max(LEAST_RANGE, bright - ink);
  const paperPx = ring.filter((grey) => grey >= from);
  const paper = paperPx.length === 0 ? bright : paperPx.reduce((sum, grey) => sum + grey, 0) / paperPx.length;
  return { paper, range: Math.max(LEAST_RANGE, paper - ink) };
}

function share(places: Int32Array, patch: GreyPage, below: number): number {
  let dark = 0;
  for (const i of places) if ((patch.data[i] ?? 255) < below) dark++;
  return places.length === 0 ? 0 : dark / places.length;
}

interface Moments extends InkMoments {
  readonly pixels: number;
  readonly light: number;
  readonly dark: number;
  readonly drop: number;
}

function insideMoments(mask: OvalMask, patch: GreyPage, local: Local, without: Line | undefined): Moments {
  const m = {
    pixels: mask.inside.length,
    light: 0,
    dark: 0,
    drop: 0,
    weight: 0,
    x: 0,
    y: 0,
    xx: 0,
    yy: 0,
    xy: 0,
  };
  for (const i of mask.inside) {
    const x = (i % patch.widthPx) - mask.halfWidthPx;
    const y = Math.floor(i / patch.widthPx) - mask.halfHeightPx;
    if (without !== undefined) {
      const aside = (x - without.throughX) * without.directionY - (y - without.throughY) * without.directionX;
      if (Math.abs(aside) <= without.halfWidthPx) continue;
    }
    const drop = local.paper - (patch.data[i] ?? 255);
    m.drop += drop;
    if (drop <= LIGHT_STEP * local.range) continue;
    m.light++;
    if (drop > DARK_STEP * local.range) m.dark++;
    m.weight += drop;
    m.x += drop * x;
    m.y += drop * y;
    m.xx += drop * x * x;
    m.yy += drop * y * y;
    m.xy += drop * x * y;
  }
  return m;
}

/** The blank's own print is no line of the voter's: it is painted over before lines are followed. */
function foldLine(
  mask: OvalMask,
  patch: GreyPage,
  m: Moments,
  inside: InkScore,
  local: Local,
): Line | undefined {
  if (inside.light < LINE_LIGHT.from || inside.light > LINE_LIGHT.to) return undefined;
  const bare = greyPage(patch.widthPx, patch.heightPx, patch.dpi, patch.data.slice());
  for (let i = 0; i < bare.data.length; i++) if (mask.printed[i] === 1) bare.data[i] = local.paper;
  return traceLine(bare, m, mask.halfWidthPx, mask.halfHeightPx, local.paper, local.range);
}

function inkScore(m: Moments, local: Local): InkScore {
  const pixels = Math.max(1, m.pixels);
  return {
    light: round4(m.light / pixels),
    dark: round4(m.dark / pixels),
    darkness: round4(clamp01(m.drop / pixels / local.range)),
    density: round4(clamp01(m.weight / Math.max(1, m.light) / local.range)),
    spanMm: round4(pxToMm(longestSpread(m), SCAN_DPI)),
  };
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function round4(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
