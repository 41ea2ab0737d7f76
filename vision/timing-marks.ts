/**
 * The frame of timing marks, counted: for every mark of the four edges its place in the image, and which paper this
 * is. At most two neighbouring marks of an edge may be missing, at least 70 % of it must be there, and each corner
 * must be anchored (the corner mark itself, or both marks beside it, found). Then the missing ones are interpolated;
 * otherwise the side is refused. Marks are counted by walking from corner to corner at the local pitch, so uneven
 * feeding does not shift the count, and the count must come out exactly: never a guess.
 */
import { err, ok, type Result } from '../ground/result.js';
import { mmToPx } from '../ground/units.js';
import { paperSizes, type PaperSize } from '../election-def/definition.js';
import { pageFrame, TIMING_PITCH_MM } from '../election-def/page-frame.js';
import { findEdgeLines, median, type EdgeFailure, type EdgeLine, type EdgeLines } from './edge-clusters.js';
import {
  chainOf,
  completeChains,
  damaged,
  edgeNames,
  type Chain,
  type Chains,
  type EdgeName,
} from './mark-chain.js';
import type { MarkCandidates } from './mark-candidates.js';
import type { Reject, RejectReason } from './reading.js';
import { reject } from './rejects.js';

/** A mark further than this from the line between its neighbours is damaged and counts as missing. */
const RESIDUAL_LIMIT_MM = 0.45;
/** Distance from an edge's line within which a bar belongs to it; uneven feeding bends a skewed edge a little. */
const EDGE_PLAY_MM = 0.9;
/** A step along an edge must be this close to a whole number of pitches. */
const STEP_TOLERANCE = 0.22;

export interface TimingFrame {
  readonly paper: PaperSize;
  readonly columns: number;
  readonly rows: number;
  /** As the image lies: left to right, top to bottom. */
  readonly top: Chain;
  readonly bottom: Chain;
  readonly left: Chain;
  readonly right: Chain;
  readonly interpolated: number;
  readonly inkLevel: number;
  /** Clockwise. */
  readonly skewDegrees: number;
  readonly scaleAlong: number;
  readonly scaleAcross: number;
}

interface EdgeMarks {
  /** Bars near the edge's line, in the order along it. */
  readonly bars: readonly number[];
  readonly line: EdgeLine;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const EDGE_REASON: Readonly<Record<EdgeFailure, RejectReason>> = {
  'no-edges': 'no-timing-marks',
  'some-edges-missing': 'timing-marks-damaged',
  'edges-at-wrong-distance': 'wrong-size',
  'more-than-four-edges': 'several-sheets',
};

export function fitTimingFrame(found: MarkCandidates, dpi: number): Result<TimingFrame, Reject> {
  if (found.overflowed) return err(reject('no-timing-marks', 'more bars than any ballot has'));
  const edges = findEdgeLines(found, dpi);
  if (!edges.ok) {
    return err(
      reject(EDGE_REASON[edges.failure], `${found.count} bars of a mark's size, but ${edges.failure}`),
    );
  }
  const walked = walkEdges(found, edges.lines, dpi);
  if (!walked.ok) return walked;
  const walks = walked.value;
  const columns = walks.top.length;
  const rows = walks.left.length;
  if (walks.bottom.length !== columns) return err(damaged('bottom', 'it counts other than the top edge'));
  if (walks.right.length !== rows) return err(damaged('right', 'it counts other than the left edge'));
  const paper = paperSizes.find(
    (size) => pageFrame(size).rows === rows && pageFrame(size).columns === columns,
  );
  if (paper === undefined) {
    return err(reject('wrong-size', `the frame has ${columns} by ${rows} marks, which no paper has`));
  }
  const chains = completeChains(
    {
      top: chainOf(found, walks.top),
      bottom: chainOf(found, walks.bottom),
      left: chainOf(found, walks.left),
      right: chainOf(found, walks.right),
    },
    mmToPx(RESIDUAL_LIMIT_MM, dpi),
  );
  return chains.ok ? ok(describeFrame(chains.value, found, walks, paper, dpi)) : chains;
}

/** For each edge the bar that is its n-th mark, or -1: counted from corner to corner. */
type Walks = Readonly<Record<EdgeName, Int32Array>>;

function walkEdges(found: MarkCandidates, lines: EdgeLines, dpi: number): Result<Walks, Reject> {
  const top = gatherEdge(found, lines.top, found.x, found.y, dpi);
  const bottom = gatherEdge(found, lines.bottom, found.x, found.y, dpi);
  const left = gatherEdge(found, lines.left, found.y, found.x, dpi);
  const right = gatherEdge(found, lines.right, found.y, found.x, dpi);
  const topLeft = crossing(top.line, left.line);
  const topRight = crossing(top.line, right.line);
  const bottomLeft = crossing(bottom.line, left.line);
  const bottomRight = crossing(bottom.line, right.line);
  const walks = {
    top: walk(found, top.bars, topLeft, topRight, lines.pitchAcrossPx),
    bottom: walk(found, bottom.bars, bottomLeft, bottomRight, lines.pitchAcrossPx),
    left: walk(found, left.bars, topLeft, bottomLeft, lines.pitchAlongPx),
    right: walk(found, right.bars, topRight, bottomRight, lines.pitchAlongPx),
  };
  const uneven = edgeNames.find((name) => walks[name].length === 0);
  if (uneven !== undefined) return err(damaged(uneven, 'its marks do not stand at an even pitch'));
  return ok(walks);
}

/** Bars near a line, the line then fitted to them (least squares, twice: the second time without strays). */
function gatherEdge(
  found: MarkCandidates,
  start: EdgeLine,
  along: Float64Array,
  across: Float64Array,
  dpi: number,
): EdgeMarks {
  let line = start;
  let bars: number[] = [];
  for (const playMm of [2 * EDGE_PLAY_MM, EDGE_PLAY_MM]) {
    const play = mmToPx(playMm, dpi);
    bars = [];
    let sumA = 0;
    let sumC = 0;
    let sumAA = 0;
    let sumAC = 0;
    for (let i = 0; i < found.count; i++) {
      const a = along[i] ?? 0;
      const c = across[i] ?? 0;
      if (Math.abs(c - line.slope * a - line.offset) > play) continue;
      bars.push(i);
      sumA += a;
      sumC += c;
      sumAA += a * a;
      sumAC += a * c;
    }
    const spread = bars.length * sumAA - sumA * sumA;
    if (spread > 0) {
      const slope = (bars.length * sumAC - sumA * sumC) / spread;
      line = { slope, offset: (sumC - slope * sumA) / bars.length };
    }
  }
  bars.sort((i, j) => (along[i] ?? 0) - (along[j] ?? 0));
  return { bars, line };
}

/** Where a row (y of x) and a column (x of y) meet. */
function crossing(row: EdgeLine, column: EdgeLine): Point {
  const x = (column.slope * row.offset + column.offset) / (1 - row.slope * column.slope);
  return { x, y: row.slope * x + row.offset };
}

/**
 * Counts an edge's marks from one corner to the other at the local pitch. A bar that stands off the pitch is not a
 * mark of this edge. Empty when the count does not come out at the far corner.
 */
function walk(
  found: MarkCandidates,
  bars: readonly number[],
  from: Point,
  to: Point,
  pitch: number,
): Int32Array {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const counted: number[] = [];
  let previous = 0;
  let index = 0;
  for (const bar of bars) {
    const dx = (found.x[bar] ?? 0) - from.x;
    const dy = (found.y[bar] ?? 0) - from.y;
    const distance = (dx * (to.x - from.x) + dy * (to.y - from.y)) / length;
    const step = wholeSteps(distance - previous, pitch);
    const first = counted.length === 0;
    if (step === undefined || step < 0 || (step === 0 && !first) || distance > length + pitch / 2) continue;
    index += step;
    previous = distance;
    while (counted.length < index) counted.push(-1);
    counted.push(bar);
  }
  const rest = wholeSteps(length - previous, pitch);
  if (rest === undefined || rest < 0 || counted.length === 0) return new Int32Array(0);
  for (let missing = 0; missing < rest; missing++) counted.push(-1);
  return Int32Array.from(counted);
}

function wholeSteps(distance: number, pitch: number): number | undefined {
  const steps = Math.round(distance / pitch);
  return Math.abs(distance / pitch - steps) <= STEP_TOLERANCE ? steps : undefined;
}

function describeFrame(
  chains: Chains,
  found: MarkCandidates,
  walks: Walks,
  paper: PaperSize,
  dpi: number,
): TimingFrame {
  const { top, bottom, left, right } = chains;
  const columns = top.x.length;
  const rows = left.x.length;
  const pitch = mmToPx(TIMING_PITCH_MM, dpi);
  const greys: number[] = [];
  for (const name of edgeNames) {
    for (const bar of walks[name]) if (bar >= 0) greys.push(found.grey[bar] ?? 0);
  }
  const span = (chain: Chain): number => {
    const last = chain.x.length - 1;
    return Math.hypot((chain.x[last] ?? 0) - (chain.x[0] ?? 0), (chain.y[last] ?? 0) - (chain.y[0] ?? 0));
  };
  const tilt = (chain: Chain): number => {
    const last = chain.x.length - 1;
    return Math.atan2((chain.y[last] ?? 0) - (chain.y[0] ?? 0), (chain.x[last] ?? 0) - (chain.x[0] ?? 0));
  };
  const missing = [top, bottom, left, right].reduce(
    (sum, chain) => sum + chain.found.reduce((gaps, one) => gaps + (1 - one), 0),
    0,
  );
  return {
    paper,
    columns,
    rows,
    top,
    bottom,
    left,
    right,
    interpolated: missing,
    inkLevel: median(greys),
    skewDegrees: ((tilt(top) + tilt(bottom)) / 2) * (180 / Math.PI),
    scaleAcross: (span(top) + span(bottom)) / 2 / ((columns - 1) * pitch),
    scaleAlong: (span(left) + span(right)) / 2 / ((rows - 1) * pitch),
  };
}
