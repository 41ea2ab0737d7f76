/**
 * The kernels in AssemblyScript, compiled to WebAssembly with SIMD by `npm run build-kernels`. `plain.ts` says what
 * each counts; here is only how. Raw memory and nothing else: no allocation, no garbage collector, no static data.
 * Scratch memory and pages are laid out by `memory.ts`; around a page there are at least 64 readable bytes.
 */

// Scratch, in bytes from the start of the memory; the same numbers stand in `memory.ts`.
const HISTOGRAM: usize = 1024;
const RESULT: usize = 2048;
const MEANS: usize = 4096;
const OPEN: usize = 65536;
const BARS: usize = 131072;
const OFFSETS: usize = 393216;

const ROW_STEP: i32 = 2;
const FEWEST_ROWS: i32 = 3;
const MOST_OPEN: i32 = 96;
const MOST_BARS: i32 = 8192;
const CONTOUR_POINTS: i32 = 48;

export function sampleGreys(page: usize, width: i32, height: i32, rowStep: i32, columnStep: i32): i32 {
  memory.fill(HISTOGRAM, 0, 1024);
  let samples: i32 = 0;
  for (let y: i32 = 0; y < height; y += rowStep) {
    const end = page + <usize>((y + 1) * width);
    for (let at = page + <usize>(y * width + (y % columnStep)); at < end; at += <usize>columnStep) {
      const cell = HISTOGRAM + (<usize>load<u8>(at) << 2);
      store<u32>(cell, load<u32>(cell) + 1);
      samples++;
    }
  }
  return samples;
}

// ---- bars ------------------------------------------------------------------------------------------------------

// An open bar: left, right, firstRow, lastRow, rows. A kept one: the first four.
const OPEN_BYTES: usize = 20;
const BAR_BYTES: usize = 16;

let openCount: i32 = 0;
let barCount: i32 = 0;
let overflowed: bool = false;

/** Returns the number of bars, or -1 when there were too many. */
export function findBars(
  page: usize,
  width: i32,
  height: i32,
  inkBelow: i32,
  shortest: i32,
  longest: i32,
  endPlay: i32,
  tallest: i32,
): i32 {
  openCount = 0;
  barCount = 0;
  overflowed = false;
  const stride = shortest - 2;
  const below = i8x16.splat(<i8>inkBelow);
  for (let y: i32 = 0; y < height; y += ROW_STEP) {
    const row = page + <usize>(y * width);
    for (let at: i32 = stride; at < width; at += stride) {
      if (<i32>load<u8>(row + at) >= inkBelow) continue;
      const left = runStart(row, at, max<i32>(0, at - longest), below);
      const right = runEnd(row, at + 1, min<i32>(width, at + longest + 1), below);
      const length = right - left;
      if (length >= shortest && length <= longest) joinRun(y, left, right - 1, endPlay);
      at = right;
    }
    closeBars(y, tallest);
    if (overflowed) return -1;
  }
  closeBars(height + 4 * ROW_STEP, tallest);
  return overflowed ? -1 : barCount;
}

/** First column of the run of ink that contains `at`, not before `bound`: 16 columns at a time, backwards. */
@inline
function runStart(row: usize, at: i32, bound: i32, below: v128): i32 {
  let end = at;
  while (end > bound) {
    const bright = i8x16.bitmask(i8x16.ge_u(v128.load(row + <usize>(end - 16)), below));
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
  for (let x = fromX; x <= toX; x++) {
    const y = <i32>Math.round(ay + ((<f64>x - ax) / (bx - ax)) * (by - ay));
    const from = max<i32>(0, y - half);
    const to = min<i32>(height - 1, y + half);
    let sum: i32 = 0;
    for (let at = from; at <= to; at++) sum += <i32>load<u8>(page + <usize>(at * width + x));
    const mean: f64 = to < from ? 255 : <f64>sum / <f64>(to - from + 1);
    store<f64>(MEANS + (<usize>x << 3), mean);
  }
}

// ---- ovals -----------------------------------------------------------------------------------------------------

// Pixel steps of the oval's template, written by `wasm.ts`: offsets of the outline, of the points outside of it, of
// the ring, then offset, x and y of each inside pixel.

/** The best place so far. */
let bestX: i32 = 0;
let bestY: i32 = 0;
let bestContrast: i32 = 0;
let bestValue: f64 = 0;

/** Writes x, y (steps from the centre) and contrast to RESULT. `reach` is at most 7. */
export function findOutline(centre: usize, width: i32, reach: i32, unit: f64, distanceCost: f64): void {
  bestValue = -Infinity;
  for (let dy = -reach; dy <= reach; dy += 2) {
    contrastsOfRow(centre + <usize>(dy * width - 8));
    for (let dx = -reach; dx <= reach; dx += 2) consider(dx, dy, unit, distanceCost);
  }
  const x = bestX;
  const y = bestY;
  for (let dy = y - 1; dy <= y + 1; dy++) {
    contrastsOfRow(centre + <usize>(dy * width - 8 + x));
    for (let dx: i32 = -1; dx <= 1; dx++) {
      if (dx != 0 || dy != y) considerAt(x + dx, dy, dx, unit, distanceCost);
    }
  }
  store<i32>(RESULT, bestX);
  store<i32>(RESULT, bestY, 4);
  store<i32>(RESULT, bestContrast, 8);
}

@inline
function consider(x: i32, y: i32, unit: f64, distanceCost: f64): void {
  considerAt(x, y, x, unit, distanceCost);
}

/** `lane` says where in the row of contrasts this place stands, -8 to 7. */
@inline
function considerAt(x: i32, y: i32, lane: i32, unit: f64, distanceCost: f64): void {
  const contrast = <i32>load<i16>(RESULT + 64 + (<usize>(lane + 8) << 1));
  const value = <f64>contrast * unit - distanceCost * <f64>(x * x + y * y);
  if (value <= bestValue) return;
  bestValue = value;
  bestX = x;
  bestY = y;
  bestContrast = contrast;
}

/** Contrasts of 16 neighbouring places, 16 bits each (48 points times 255 fit), to RESULT + 64. */
@inline
function contrastsOfRow(first: usize): void {
  let low = i16x8.splat(0);
  let high = i16x8.splat(0);
  for (let i: i32 = 0; i < CONTOUR_POINTS; i++) {
    const entry = OFFSETS + (<usize>i << 2);
    const outline = v128.load(first + <usize>load<i32>(entry));
    const outside = v128.load(first + <usize>load<i32>(entry, CONTOUR_POINTS * 4));
    low = i16x8.add(low, i16x8.sub(i16x8.extend_low_i8x16_u(outside), i16x8.extend_low_i8x16_u(outline)));
    high = i16x8.add(high, i16x8.sub(i16x8.extend_high_i8x16_u(outside), i16x8.extend_high_i8x16_u(outline)));
  }
  v128.store(RESULT + 64, low);
  v128.store(RESULT + 80, high);
}

export function ringGreys(centre: usize, offsets: usize, count: i32): void {
  memory.fill(HISTOGRAM, 0, 1024);
  const end = offsets + (<usize>count << 2);
  for (let at = offsets; at < end; at += 4) {
    const cell = HISTOGRAM + (<usize>load<u8>(centre + <usize>load<i32>(at)) << 2);
    store<u32>(cell, load<u32>(cell) + 1);
  }
}

/** Writes light, dark, drop, weight, x, y, xx, yy, xy to RESULT; 32 bits hold them up to 300 dpi. */
export function insideSums(
  centre: usize,
  entries: usize,
  count: i32,
  paper: i32,
  lightBelow: i32,
  darkBelow: i32,
): void {
  let light: i32 = 0;
  let dark: i32 = 0;
  let sum: i32 = 0;
  let weight: i32 = 0;
  let sx: i32 = 0;
  let sy: i32 = 0;
  let sxx: i32 = 0;
  let syy: i32 = 0;
  let sxy: i32 = 0;
  const end = entries + <usize>count * 12;
  for (let at = entries; at < end; at += 12) {
    const grey = <i32>load<u8>(centre + <usize>load<i32>(at));
    sum += grey;
    if (grey >= lightBelow) continue;
    const drop = paper - grey;
    const x = load<i32>(at, 4);
    const y = load<i32>(at, 8);
    light++;
    dark += <i32>(grey < darkBelow);
    weight += drop;
    sx += drop * x;
    sy += drop * y;
    sxx += drop * x * x;
    syy += drop * y * y;
    sxy += drop * x * y;
  }
  store<i32>(RESULT, light);
  store<i32>(RESULT, dark, 4);
  store<i32>(RESULT, paper * count - sum, 8);
  store<i32>(RESULT, weight, 12);
  store<i32>(RESULT, sx, 16);
  store<i32>(RESULT, sy, 20);
  store<i32>(RESULT, sxx, 24);
  store<i32>(RESULT, syy, 28);
  store<i32>(RESULT, sxy, 32);
}
