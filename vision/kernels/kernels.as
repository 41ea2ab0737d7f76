/**
 * The kernels in AssemblyScript, compiled to WebAssembly with SIMD by `npm run build-kernels`. The plain ones say what
 * each counts; here is only how. Raw memory and nothing else: no allocation, no garbage collector, no static data.
 * Scratch memory and pages are laid out by `memory.ts`; around a page there are at least 64 readable bytes.
 */

// Scratch, in bytes from the start of the memory; the same numbers stand in `memory.ts`.
const CONTRASTS: usize = 1024;
const MEANS: usize = 4096;
const OPEN: usize = 65536;
const GREYS: usize = 69632;
const MARKS: usize = 73728;
const BARS: usize = 131072;
const TEMPLATE: usize = 393216;
const OVALS: usize = 655360;

const ROW_STEP: i32 = 2;
const FEWEST_ROWS: i32 = 3;
const MOST_OPEN: i32 = 96;
const MOST_BARS: i32 = 8192;
const MOST_CANDIDATES: i32 = 1500;
const SCANLINES: i32 = 9;
const CONTOUR_POINTS: i32 = 48;

// ---- greys -----------------------------------------------------------------------------------------------------

// Four histograms, used in turn: neighbouring pixels are often equal, and one count would wait for the other.
const ONE: usize = 1024;

function clearGreys(): void {
  memory.fill(GREYS, 0, 4 * ONE);
}

@inline
function count(grey: usize, histogram: usize): void {
  const cell = GREYS + histogram * ONE + (grey << 2);
  store<u32>(cell, load<u32>(cell) + 1);
}

/** Adds the four up into the first. */
function addGreys(): void {
  for (let cell = GREYS; cell < GREYS + ONE; cell += 16) {
    const two = i32x4.add(v128.load(cell), v128.load(cell + ONE));
    const more = i32x4.add(v128.load(cell + 2 * ONE), v128.load(cell + 3 * ONE));
    v128.store(cell, i32x4.add(two, more));
  }
}

export function sampleGreys(page: usize, width: i32, height: i32, rowStep: i32, columnStep: i32): i32 {
  clearGreys();
  let samples: i32 = 0;
  const step = <usize>columnStep;
  for (let y: i32 = 0; y < height; y += rowStep) {
    const end = page + <usize>((y + 1) * width);
    let at = page + <usize>(y * width + (y % columnStep));
    for (; at + 3 * step < end; at += 4 * step) {
      count(load<u8>(at), 0);
      count(load<u8>(at + step), 1);
      count(load<u8>(at + 2 * step), 2);
      count(load<u8>(at + 3 * step), 3);
      samples += 4;
    }
    for (; at < end; at += step) {
      count(load<u8>(at), 0);
      samples++;
    }
  }
  addGreys();
  return samples;
}

export function gridGreys(
  page: usize,
  width: i32,
  height: i32,
  originX: f64,
  originY: f64,
  rightX: f64,
  rightY: f64,
  belowX: f64,
  belowY: f64,
  columns: i32,
  rows: i32,
): i32 {
  clearGreys();
  let samples: i32 = 0;
  for (let row: i32 = 0; row <= rows; row++) {
    const v = <f64>row / <f64>rows;
    const downX = v * (belowX - originX);
    const downY = v * (belowY - originY);
    for (let column: i32 = 0; column <= columns; column++) {
      const u = <f64>column / <f64>columns;
      const x = <i32>Math.round(originX + u * (rightX - originX) + downX);
      const y = <i32>Math.round(originY + u * (rightY - originY) + downY);
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      count(load<u8>(page + <usize>(y * width + x)), <usize>(column & 3));
      samples++;
    }
  }
  addGreys();
  return samples;
}

// ---- marks -----------------------------------------------------------------------------------------------------

// An open bar: left, right, firstRow, lastRow, rows. A closed one: the first four.
const OPEN_BYTES: usize = 20;
const BAR_BYTES: usize = 16;
/** A candidate: x, y (64 bits each), grey. */
const MARK_BYTES: usize = 24;

let openCount: i32 = 0;
let barCount: i32 = 0;
let overflowed: bool = false;

/** Returns the number of candidates in MARKS, or -1 when there were too many bars, -2 too many candidates. */
export function findMarks(
  page: usize,
  width: i32,
  height: i32,
  inkBelow: i32,
  shortest: i32,
  longest: i32,
  endPlay: i32,
  tallest: i32,
  markWidth: f64,
  markHeight: f64,
  leastShare: f64,
  mostShare: f64,
): i32 {
  findBars(page, width, height, inkBelow, shortest, longest, endPlay, tallest);
  if (overflowed) return -1;
  let found: i32 = 0;
  for (let i: i32 = 0; i < barCount; i++) {
    const bar = BARS + <usize>i * BAR_BYTES;
    const cx = (load<i32>(bar) + load<i32>(bar, 4) + 1) >> 1;
    const cy = (load<i32>(bar, 8) + load<i32>(bar, 12) + 1) >> 1;
    const beside = markHeight * 0.25;
    const left = edgeBeside(page, width, height, inkBelow, cx, cy, -1, markWidth, beside);
    const right = edgeBeside(page, width, height, inkBelow, cx, cy, 1, markWidth, beside);
    if (!(left + right >= markWidth * leastShare && left + right <= markWidth * mostShare)) continue;
    const above = markWidth * 0.33;
    const top = edgeAbove(page, width, height, inkBelow, cx, cy, -1, markHeight, above);
    const bottom = edgeAbove(page, width, height, inkBelow, cx, cy, 1, markHeight, above);
    if (!(top + bottom >= markHeight * leastShare && top + bottom <= markHeight * mostShare)) continue;
    if (found == MOST_CANDIDATES) return -2;
    const mark = MARKS + <usize>found * MARK_BYTES;
    store<f64>(mark, <f64>cx + (right - left) / 2);
    store<f64>(mark, <f64>cy + (bottom - top) / 2, 8);
    store<i32>(mark, <i32>load<u8>(page + <usize>(cy * width + cx)), 16);
    found++;
  }
  return found;
}

/**
 * Every run of ink that is at least `shortest` long covers two neighbouring groups of 8 columns whole, as long as it
 * is no shorter than `LEAST_RUN`; so the page is looked over 64 columns at a time, and text, which has no run of 16,
 * costs nothing more. At fewer dots per inch marks are shorter, and every window of `stride` columns is looked at.
 */
const LEAST_RUN: i32 = 23;

function findBars(
  page: usize,
  width: i32,
  height: i32,
  inkBelow: i32,
  shortest: i32,
  longest: i32,
  endPlay: i32,
  tallest: i32,
): void {
  openCount = 0;
  barCount = 0;
  overflowed = false;
  const below = i8x16.splat(<i8>inkBelow);
  for (let y: i32 = 0; y < height; y += ROW_STEP) {
    const row = page + <usize>(y * width);
    if (shortest >= LEAST_RUN) findLongRuns(row, y, width, below, shortest, longest, endPlay);
    else findShortRuns(row, y, width, below, shortest, longest, endPlay);
    closeBars(y, tallest);
    if (overflowed) return;
  }
  closeBars(height + 4 * ROW_STEP, tallest);
}

/** In each half: a group of 8 columns without anything bright. */
@inline
function darkGroups(at: usize, below: v128): v128 {
  return i64x2.eq(i8x16.ge_u(v128.load(at), below), i64x2.splat(0));
}

/** In each half: that group and the one to its left. */
@inline
function darkPairs(left: v128, groups: v128): v128 {
  return v128.and(groups, i64x2.shuffle(left, groups, 1, 2));
}

function findLongRuns(
  row: usize,
  y: i32,
  width: i32,
  below: v128,
  shortest: i32,
  longest: i32,
  endPlay: i32,
): void {
  let left = i64x2.splat(0);
  /** Up to here every run has been seen. */
  let seen: i32 = 0;
  for (let at: i32 = 0; at < width; at += 64) {
    const first = darkGroups(row + <usize>at, below);
    const second = darkGroups(row + <usize>at + 16, below);
    const third = darkGroups(row + <usize>at + 32, below);
    const fourth = darkGroups(row + <usize>at + 48, below);
    const upper = v128.or(darkPairs(left, first), darkPairs(first, second));
    const lower = v128.or(darkPairs(second, third), darkPairs(third, fourth));
    const before = left;
    left = fourth;
    if (!v128.any_true(v128.or(upper, lower))) continue;
    const pairs =
      i64x2.bitmask(darkPairs(before, first)) |
      (i64x2.bitmask(darkPairs(first, second)) << 2) |
      (i64x2.bitmask(darkPairs(second, third)) << 4) |
      (i64x2.bitmask(darkPairs(third, fourth)) << 6);
    for (let open = pairs; open != 0; open &= open - 1) {
      const column = at + 8 * ctz<i32>(open);
      if (column < seen || column >= width) continue;
      seen = takeRun(row, y, column, width, below, shortest, longest, endPlay);
    }
  }
}

function findShortRuns(
  row: usize,
  y: i32,
  width: i32,
  below: v128,
  shortest: i32,
  longest: i32,
  endPlay: i32,
): void {
  const stride = min<i32>(16, (shortest + 1) >> 1);
  const window = firstLanes(min<i32>(16, shortest - stride + 1));
  for (let at: i32 = 0; at < width; at += stride) {
    const bright = i8x16.ge_u(v128.load(row + <usize>at), below);
    if (v128.any_true(v128.and(bright, window))) continue;
    const end = takeRun(row, y, at, width, below, shortest, longest, endPlay);
    // The next run starts after `end`: on with the first window there.
    while (at + stride < end) at += stride;
  }
}

/** The run of ink through `at` joins a bar when it has the length of one. Returns the column after it, as far as seen. */
function takeRun(
  row: usize,
  y: i32,
  at: i32,
  width: i32,
  below: v128,
  shortest: i32,
  longest: i32,
  endPlay: i32,
): i32 {
  const left = runStart(row, at, max<i32>(0, at - longest), below);
  const right = runEnd(row, at + 1, min<i32>(width, at + longest + 1), below);
  const length = right - left;
  if (length >= shortest && length <= longest) joinRun(y, left, right - 1, endPlay);
  return right;
}

/** All bits set in the first lanes. */
function firstLanes(lanes: i32): v128 {
  return i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>lanes));
}

/** First column of the run of ink that contains `at`, not before `bound`: 16 columns at a time, backwards. */
@inline
function runStart(row: usize, at: i32, bound: i32, below: v128): i32 {
  let end = at;
  while (end > bound) {
    const bright = i8x16.bitmask(i8x16.ge_u(v128.load(row + <usize>end - 16), below));
    if (bright != 0) return max<i32>(bound, end - 16 + (32 - clz<i32>(bright)));
    end -= 16;
  }
  return bound;
}

/** The column after the run's last one, at most `bound`. */
@inline
function runEnd(row: usize, from: i32, bound: i32, below: v128): i32 {
  let at = from;
  while (at < bound) {
    const bright = i8x16.bitmask(i8x16.ge_u(v128.load(row + <usize>at), below));
    if (bright != 0) return min<i32>(bound, at + ctz<i32>(bright));
    at += 16;
  }
  return bound;
}

function joinRun(y: i32, left: i32, right: i32, endPlay: i32): void {
  let bar = OPEN;
  for (let i: i32 = 0; i < openCount; i++) {
    if (abs<i32>(load<i32>(bar) - left) <= endPlay && abs<i32>(load<i32>(bar, 4) - right) <= endPlay) {
      store<i32>(bar, y, 12);
      store<i32>(bar, load<i32>(bar, 16) + 1, 16);
      return;
    }
    bar += OPEN_BYTES;
  }
  if (openCount == MOST_OPEN) return;
  openCount++;
  store<i32>(bar, left);
  store<i32>(bar, right, 4);
  store<i32>(bar, y, 8);
  store<i32>(bar, y, 12);
  store<i32>(bar, 1, 16);
}

function closeBars(y: i32, tallest: i32): void {
  for (let i: i32 = openCount - 1; i >= 0; i--) {
    const bar = OPEN + <usize>i * OPEN_BYTES;
    if (y - load<i32>(bar, 12) <= 2 * ROW_STEP) continue;
    const height = load<i32>(bar, 12) - load<i32>(bar, 8);
    if (load<i32>(bar, 16) >= FEWEST_ROWS && height <= tallest) {
      if (barCount == MOST_BARS) overflowed = true;
      else {
        memory.copy(BARS + <usize>barCount * BAR_BYTES, bar, BAR_BYTES);
        barCount++;
      }
    }
    openCount--;
    if (i != openCount) memory.copy(bar, OPEN + <usize>openCount * OPEN_BYTES, OPEN_BYTES);
  }
}

/** How far beside the middle of a scan line lies, for the i-th of them. */
@inline
function asideOf(i: i32, spread: f64): i32 {
  const middle: f64 = (SCANLINES - 1) / 2;
  return <i32>Math.round(((<f64>i - middle) / middle) * spread);
}

/** Mean distance to the edge to the left (-1) or right (1); NaN when too few scan lines find it. */
function edgeBeside(
  page: usize,
  width: i32,
  height: i32,
  inkBelow: i32,
  cx: i32,
  cy: i32,
  step: i32,
  reach: f64,
  spread: f64,
): f64 {
  const below = i8x16.splat(<i8>inkBelow);
  const furthest = <i32>reach;
  let sum: f64 = 0;
  let found: i32 = 0;
  for (let i: i32 = 0; i < SCANLINES; i++) {
    const y = cy + asideOf(i, spread);
    if (y < 0 || y >= height) continue;
    const row = page + <usize>(y * width);
    if (<i32>load<u8>(row + <usize>cx) >= inkBelow) continue;
    let x: i32 = 0;
    if (step < 0) {
      const bound = max<i32>(0, cx - furthest);
      x = runStart(row, cx, bound, below) - 1;
      if (x < bound) continue;
    } else {
      const bound = min<i32>(width, cx + furthest + 1);
      x = runEnd(row, cx + 1, bound, below);
      if (x == bound) continue;
    }
    const before = <i32>load<u8>(row + <usize>(x - step));
    sum += edgeBetween(abs<i32>(x - cx), before, <i32>load<u8>(row + <usize>x), inkBelow);
    found++;
  }
  return found * 2 > SCANLINES ? sum / <f64>found : NaN;
}

/** Mean distance to the edge above (-1) or below (1). */
function edgeAbove(
  page: usize,
  width: i32,
  height: i32,
  inkBelow: i32,
  cx: i32,
  cy: i32,
  step: i32,
  reach: f64,
  spread: f64,
): f64 {
  let sum: f64 = 0;
  let found: i32 = 0;
  const furthest = <i32>reach;
  for (let i: i32 = 0; i < SCANLINES; i++) {
    const x = cx + asideOf(i, spread);
    if (x < 0 || x >= width) continue;
    let at = page + <usize>(cy * width + x);
    let before = <i32>load<u8>(at);
    if (before >= inkBelow) continue;
    const room = step < 0 ? cy : height - 1 - cy;
    const last = min<i32>(furthest, room);
    for (let distance: i32 = 1; distance <= last; distance++) {
      at += <usize>(step * width);
      const here = <i32>load<u8>(at);
      if (here >= inkBelow) {
        sum += edgeBetween(distance, before, here, inkBelow);
        found++;
        break;
      }
      before = here;
    }
  }
  return found * 2 > SCANLINES ? sum / <f64>found : NaN;
}

@inline
function edgeBetween(distance: i32, before: i32, here: i32, inkBelow: i32): f64 {
  return <f64>(distance - 1) + <f64>(inkBelow - before) / <f64>(here - before);
}

// ---- bands -----------------------------------------------------------------------------------------------------

export function bandMeans(
  page: usize,
  width: i32,
  height: i32,
  ax: f64,
  ay: f64,
  bx: f64,
  by: f64,
  half: i32,
  fromX: i32,
  toX: i32,
): void {
  let x = fromX;
  while (x <= toX) {
    const y = bandY(x, ax, ay, bx, by);
    const from = max<i32>(0, y - half);
    const to = min<i32>(height - 1, y + half);
    // The line rises or falls steadily: where its ends are on one row, so is everything between them.
    if (x + 15 <= toX && to >= from && bandY(x + 15, ax, ay, bx, by) == y) {
      meansOf16(page + <usize>x, width, from, to, MEANS + (<usize>x << 3));
      x += 16;
      continue;
    }
    let sum: i32 = 0;
    for (let at = from; at <= to; at++) sum += <i32>load<u8>(page + <usize>(at * width + x));
    const mean: f64 = to < from ? 255 : <f64>sum / <f64>(to - from + 1);
    store<f64>(MEANS + (<usize>x << 3), mean);
    x++;
  }
}

@inline
function bandY(x: i32, ax: f64, ay: f64, bx: f64, by: f64): i32 {
  return <i32>Math.round(ay + ((<f64>x - ax) / (bx - ax)) * (by - ay));
}

/** Up to 257 rows fit into the 16 bits of a sum. */
function meansOf16(column: usize, width: i32, from: i32, to: i32, means: usize): void {
  let low = i16x8.splat(0);
  let high = i16x8.splat(0);
  for (let y = from; y <= to; y++) {
    const greys = v128.load(column + <usize>(y * width));
    low = i16x8.add(low, i16x8.extend_low_i8x16_u(greys));
    high = i16x8.add(high, i16x8.extend_high_i8x16_u(greys));
  }
  const rows = f64x2.splat(<f64>(to - from + 1));
  storeMeans(means, i32x4.extend_low_i16x8_u(low), rows);
  storeMeans(means + 32, i32x4.extend_high_i16x8_u(low), rows);
  storeMeans(means + 64, i32x4.extend_low_i16x8_u(high), rows);
  storeMeans(means + 96, i32x4.extend_high_i16x8_u(high), rows);
}

@inline
function storeMeans(at: usize, sums: v128, rows: v128): void {
  v128.store(at, f64x2.div(f64x2.convert_low_i32x4_u(sums), rows));
  const upper = i8x16.shuffle(sums, sums, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(at + 16, f64x2.div(f64x2.convert_low_i32x4_u(upper), rows));
}

// ---- ovals -----------------------------------------------------------------------------------------------------

// The template, written by `wasm.ts` for pages of this width: offsets of the outline's points, of the points outside
// of it; then the runs of the ring (offset and pixels, of which every second one is the ring's), of the inside
// (offset, pixels, x and y of the first) and of the rim (offset and pixels).
const RING: usize = TEMPLATE + 8 * CONTOUR_POINTS;
const RING_RUN_BYTES: usize = 8;
const INSIDE_RUN_BYTES: usize = 16;
const RIM_RUN_BYTES: usize = 8;

// The table, as `ovalTable` in `kernels.ts` lays it out: columns of fractions, then of whole numbers.
const MOST_OVALS: usize = 500;
const PREDICTED_X: usize = OVALS;
const PREDICTED_Y: usize = OVALS + 8 * MOST_OVALS;
const PAPER: usize = OVALS + 16 * MOST_OVALS;
const WHOLE: usize = OVALS + 24 * MOST_OVALS;

@inline
function put(oval: usize, column: usize, value: i32): void {
  store<i32>(WHOLE + 4 * (column * MOST_OVALS + oval), value);
}

/** The best place so far, in steps from where the oval should be. */
let bestX: i32 = 0;
let bestY: i32 = 0;
let bestContrast: i32 = 0;
let bestValue: f64 = 0;

/** `reach` is at most 7. `margin` is how far search and template go. */
export function measureOvals(
  page: usize,
  width: i32,
  height: i32,
  ovals: i32,
  margin: i32,
  reach: i32,
  unit: f64,
  distanceCost: f64,
  ink: f64,
  leastRange: f64,
  lightStep: f64,
  darkStep: f64,
  paperRank: f64,
  ringRuns: i32,
  ringPixels: i32,
  insideRuns: i32,
  insidePixels: i32,
  rimRuns: i32,
): void {
  for (let oval: usize = 0; oval < <usize>ovals; oval++) {
    const cx = <i32>Math.round(load<f64>(PREDICTED_X + 8 * oval));
    const cy = <i32>Math.round(load<f64>(PREDICTED_Y + 8 * oval));
    const inImage = cx >= margin && cy >= margin && cx + margin < width && cy + margin < height;
    put(oval, 0, <i32>inImage);
    if (!inImage) continue;
    findOutline(page + <usize>(cy * width + cx), width, reach, unit, distanceCost);
    put(oval, 1, cx + bestX);
    put(oval, 2, cy + bestY);
    put(oval, 3, bestContrast);
    const centre = page + <usize>((cy + bestY) * width + cx + bestX);

    const ring = gatherRing(centre, ringRuns);
    const paper = paperOf(ring, ringPixels, ink, leastRange, lightStep, paperRank);
    const range = Math.max(leastRange, paper - ink);
    const lightBelow = <i32>Math.ceil(paper - lightStep * range);
    const darkBelow = <i32>Math.ceil(paper - darkStep * range);
    store<f64>(PAPER + 8 * oval, paper);
    put(oval, 4, ringPixels - atLeast(ring, ringPixels, lightBelow));
    const inside = RING + <usize>ringRuns * RING_RUN_BYTES;
    sumInside(oval, centre, inside, insideRuns, insidePixels, <i32>Math.round(paper), lightBelow, darkBelow);
    put(oval, 14, sumRim(centre, inside + <usize>insideRuns * INSIDE_RUN_BYTES, rimRuns));
  }
}

function findOutline(centre: usize, width: i32, reach: i32, unit: f64, distanceCost: f64): void {
  bestValue = -Infinity;
  for (let dy = -reach; dy <= reach; dy += 2) {
    contrastsOfSeconds(centre + <usize>(dy * width - reach));
    for (let i: i32 = 0; i <= reach; i++) consider(2 * i - reach, dy, i, unit, distanceCost);
  }
  const x = bestX;
  const y = bestY;
  for (let dy = y - 1; dy <= y + 1; dy++) {
    contrastsOfNext(centre + <usize>(dy * width + x - 1));
    for (let i: i32 = 0; i < 3; i++) {
      if (i != 1 || dy != y) consider(x + i - 1, dy, i, unit, distanceCost);
    }
  }
}

/** `lane` says which of the contrasts is that of this place. */
@inline
function consider(x: i32, y: i32, lane: i32, unit: f64, distanceCost: f64): void {
  const contrast = <i32>load<i16>(CONTRASTS + (<usize>lane << 1));
  const value = <f64>contrast * unit - distanceCost * <f64>(x * x + y * y);
  if (value <= bestValue) return;
  bestValue = value;
  bestX = x;
  bestY = y;
  bestContrast = contrast;
}

/** Contrasts of every second of 16 places from `first` on, 16 bits each (48 points times 255 fit). */
@inline
function contrastsOfSeconds(first: usize): void {
  const even = i16x8.splat(255);
  let sum = i16x8.splat(0);
  for (let entry = TEMPLATE; entry < TEMPLATE + 4 * CONTOUR_POINTS; entry += 4) {
    const outline = v128.and(v128.load(first + <usize>load<i32>(entry)), even);
    const outside = v128.and(v128.load(first + <usize>load<i32>(entry, 4 * CONTOUR_POINTS)), even);
    sum = i16x8.add(sum, i16x8.sub(outside, outline));
  }
  v128.store(CONTRASTS, sum);
}

/** Contrasts of 8 neighbouring places from `first` on. */
@inline
function contrastsOfNext(first: usize): void {
  let sum = i16x8.splat(0);
  for (let entry = TEMPLATE; entry < TEMPLATE + 4 * CONTOUR_POINTS; entry += 4) {
    const outline = v128.load_ext<u8>(first + <usize>load<i32>(entry));
    const outside = v128.load_ext<u8>(first + <usize>load<i32>(entry, 4 * CONTOUR_POINTS));
    sum = i16x8.add(sum, i16x8.sub(outside, outline));
  }
  v128.store(CONTRASTS, sum);
}

/** Every second grey of the runs, one behind the other, and zeros after the last. Returns where they end. */
function gatherRing(centre: usize, runs: i32): usize {
  const even = i16x8.splat(255);
  let to = GREYS;
  for (let run = RING; run < RING + <usize>runs * RING_RUN_BYTES; run += RING_RUN_BYTES) {
    let from = centre + <usize>load<i32>(run);
    for (let left = load<i32>(run, 4); left > 0; left -= 16) {
      const first = v128.and(v128.load(from), even);
      const second = v128.and(v128.load(from, 16), even);
      v128.store(to, i8x16.narrow_i16x8_u(first, second));
      to += <usize>min<i32>(16, left);
      from += 32;
    }
  }
  v128.store(to, i8x16.splat(0));
  return to;
}

/** The brightest grey than which no more than the rank's share is darker; then the mean of what is not far below it. */
function paperOf(
  ring: usize,
  pixels: i32,
  ink: f64,
  leastRange: f64,
  lightStep: f64,
  paperRank: f64,
): f64 {
  const rank = <f64>pixels * paperRank;
  let bright: i32 = 0;
  for (let step: i32 = 128; step > 0; step >>= 1) {
    if (<f64>(pixels - atLeast(ring, pixels, bright + step)) <= rank) bright += step;
  }
  const from = <i32>Math.ceil(<f64>bright - lightStep * Math.max(leastRange, <f64>bright - ink));
  const levels = i8x16.splat(<i8>max<i32>(0, from));
  let greySum = i32x4.splat(0);
  for (let at = GREYS; at < ring; at += 16) {
    const greys = v128.load(at);
    greySum = i32x4.add(greySum, sumOf8(v128.and(greys, i8x16.ge_u(greys, levels))));
  }
  return <f64>sumOf(greySum) / <f64>max<i32>(1, atLeast(ring, pixels, from));
}

/** How many of the ring's pixels; a lane counts up to 255 of them, which is more than a ring has at 300 dpi. */
function atLeast(ring: usize, pixels: i32, level: i32): i32 {
  if (level <= 0) return pixels;
  if (level > 255) return 0;
  const levels = i8x16.splat(<i8>level);
  let counts = i8x16.splat(0);
  for (let at = GREYS; at < ring; at += 16) {
    counts = i8x16.sub(counts, i8x16.ge_u(v128.load(at), levels));
  }
  return sumOf(sumOf8(counts));
}

/** 16 pixels of a row at a time; 32 bits hold all sums up to 300 dpi. */
function sumInside(
  oval: usize,
  centre: usize,
  first: usize,
  runs: i32,
  pixels: i32,
  paper: i32,
  lightBelow: i32,
  darkBelow: i32,
): void {
  const papers = i8x16.splat(<i8>paper);
  const lights = i8x16.splat(<i8>max<i32>(0, lightBelow));
  const darks = i8x16.splat(<i8>max<i32>(0, darkBelow));
  let light: i32 = 0;
  let dark: i32 = 0;
  let greySum = i32x4.splat(0);
  let weight = i32x4.splat(0);
  let sx = i32x4.splat(0);
  let sy = i32x4.splat(0);
  let sxx = i32x4.splat(0);
  let syy = i32x4.splat(0);
  let sxy = i32x4.splat(0);
  for (let run = first; run < first + <usize>runs * INSIDE_RUN_BYTES; run += INSIDE_RUN_BYTES) {
    const at = centre + <usize>load<i32>(run);
    const length = load<i32>(run, 4);
    const y = i32x4.splat(load<i32>(run, 12));
    for (let done: i32 = 0; done < length; done += 16) {
      const lanes = firstLanes(min<i32>(16, length - done));
      const greys = v128.load(at + <usize>done);
      greySum = i32x4.add(greySum, sumOf8(v128.and(greys, lanes)));
      const isLight = v128.and(i8x16.lt_u(greys, lights), lanes);
      const lightBits = i8x16.bitmask(isLight);
      if (lightBits == 0) continue;
      light += popcnt<i32>(lightBits);
      dark += popcnt<i32>(i8x16.bitmask(v128.and(i8x16.lt_u(greys, darks), isLight)));
      const drops = v128.and(i8x16.sub(papers, greys), isLight);
      const low = i16x8.extend_low_i8x16_u(drops);
      const high = i16x8.extend_high_i8x16_u(drops);
      const x = i16x8.splat(<i16>(load<i32>(run, 8) + done));
      const xLow = i16x8.add(x, i16x8(0, 1, 2, 3, 4, 5, 6, 7));
      const xHigh = i16x8.add(x, i16x8(8, 9, 10, 11, 12, 13, 14, 15));
      const dropSum = sumOf8(drops);
      const dropX = i32x4.add(i32x4.dot_i16x8_s(low, xLow), i32x4.dot_i16x8_s(high, xHigh));
      const dropXX = i32x4.add(
        i32x4.dot_i16x8_s(low, i16x8.mul(xLow, xLow)),
        i32x4.dot_i16x8_s(high, i16x8.mul(xHigh, xHigh)),
      );
      const dropY = i32x4.mul(dropSum, y);
      weight = i32x4.add(weight, dropSum);
      sx = i32x4.add(sx, dropX);
      sy = i32x4.add(sy, dropY);
      sxx = i32x4.add(sxx, dropXX);
      syy = i32x4.add(syy, i32x4.mul(dropY, y));
      sxy = i32x4.add(sxy, i32x4.mul(dropX, y));
    }
  }
  put(oval, 5, light);
  put(oval, 6, dark);
  put(oval, 7, paper * pixels - sumOf(greySum));
  put(oval, 8, sumOf(weight));
  put(oval, 9, sumOf(sx));
  put(oval, 10, sumOf(sy));
  put(oval, 11, sumOf(sxx));
  put(oval, 12, sumOf(syy));
  put(oval, 13, sumOf(sxy));
}

function sumRim(centre: usize, first: usize, runs: i32): i32 {
  let greySum = i32x4.splat(0);
  for (let run = first; run < first + <usize>runs * RIM_RUN_BYTES; run += RIM_RUN_BYTES) {
    const at = centre + <usize>load<i32>(run);
    const length = load<i32>(run, 4);
    for (let done: i32 = 0; done < length; done += 16) {
      const lanes = firstLanes(min<i32>(16, length - done));
      greySum = i32x4.add(greySum, sumOf8(v128.and(v128.load(at + <usize>done), lanes)));
    }
  }
  return sumOf(greySum);
}

/** Sums of four neighbours each. */
@inline
function sumOf8(bytes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
}

@inline
function sumOf(four: v128): i32 {
  const two = i32x4.extract_lane(four, 0) + i32x4.extract_lane(four, 1);
  return two + i32x4.extract_lane(four, 2) + i32x4.extract_lane(four, 3);
}
