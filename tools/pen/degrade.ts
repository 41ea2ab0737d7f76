/**
 * What a scan head makes of one side of a sheet: 1728 columns at 200 dpi, from a little before the paper's leading
 * edge to a little after its trailing edge, the paper on whatever lies behind it.
 *
 * One pass resamples (inverse affine map with the feed's error added to each line, bilinear, 16.16 fixed point) and
 * blurs along the line; a second pass blurs across lines, applies light and column gain, adds noise. Everything from
 * the resampling on is whole-number arithmetic on typed arrays: fast, and the same pixels every time.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { clamp, SCAN_DPI } from '../../ground/units.js';
import { NO_PAPER } from './paper.js';
import type { ScanConditions } from './scan-conditions.js';

/** The columns of a precinct scanner's head: 8.64 inches. */
export const HEAD_COLUMNS = 1728;
/** Lines taken before the paper comes and after it has gone: 6 mm. */
export const LEAD_LINES = 48;

/**
 * `under` is the other side of the same sheet, for what shows through; `feed` is the motor's, the same for both
 * heads, and `head` this head's own randomness.
 */
export function scanSide(
  side: GreyPage,
  under: GreyPage,
  conditions: ScanConditions,
  head: SeededRandom,
  feed: SeededRandom,
): GreyPage {
  const canvas = litCanvas(side, under, conditions, head.fork('texture'));
  const image = greyPage(HEAD_COLUMNS, side.heightPx + 2 * LEAD_LINES, SCAN_DPI);
  const kernel = blurKernel(conditions.blurPx);
  const lines = resample(canvas, image, conditions, kernel, feed);
  finish(lines, image, conditions, kernel, head.fork('sensor'));
  return image;
}

/** The side with a rim of its surroundings, in the levels that the head would see without light and sensor faults. */
interface Canvas {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly data: Uint8ClampedArray;
  readonly surround: number;
}

const RIM_PX = 3;

function litCanvas(
  side: GreyPage,
  under: GreyPage,
  conditions: ScanConditions,
  random: SeededRandom,
): Canvas {
  const { paperLevel, inkLevel, surroundLevel, textureSigma } = conditions;
  const surround = Math.round(surroundLevel);
  const levels = Uint8Array.from({ length: 256 }, (_, grey) =>
    Math.round(inkLevel + ((paperLevel - inkLevel) * grey) / 255),
  );
  const mottle = noiseTable(textureSigma);
  const through = Math.round(conditions.showThrough * 256);
  const widthPx = side.widthPx + 2 * RIM_PX;
  const heightPx = side.heightPx + 2 * RIM_PX;
  const data = new Uint8ClampedArray(widthPx * heightPx).fill(surround);
  shadeRim(data, widthPx, heightPx, surround);
  for (let y = 0; y < side.heightPx; y++) {
    const from = y * side.widthPx;
    const to = (y + RIM_PX) * widthPx + RIM_PX;
    const noiseAt = random.integer(0, NOISE_MASK);
    for (let x = 0; x < side.widthPx; x++) {
      const grey = side.data[from + x] as number;
      if (grey === NO_PAPER) continue;
      const behind = 255 - (under.data[from + side.widthPx - 1 - x] as number);
      const seen = grey - ((grey * behind * through) >> 16);
      data[to + x] = (levels[seen] as number) + (((mottle[(noiseAt + x) & NOISE_MASK] as number) + 128) >> 8);
    }
  }
  return { widthPx, heightPx, data, surround };
}

/** On a white plate the edges away from the lamp throw a thin shadow. */
function shadeRim(data: Uint8ClampedArray, widthPx: number, heightPx: number, surround: number): void {
  if (surround < 128) return;
  const shadow = Math.round(surround * 0.8);
  data.fill(shadow, (heightPx - RIM_PX) * widthPx, (heightPx - 1) * widthPx);
  for (let y = RIM_PX; y < heightPx - 1; y++) {
    data.fill(shadow, (y + 1) * widthPx - RIM_PX, (y + 1) * widthPx - 1);
  }
}

/** From image to paper: x = xx u + xy v + x0, likewise y, with (u, v) and (x, y) measured from the two centres. */
interface InverseMap {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/** The sheet is scaled, sheared along the feed, then turned clockwise. */
function inverseMap(conditions: ScanConditions): InverseMap {
  const skew = (conditions.skewDegrees * Math.PI) / 180;
  const shear = Math.tan((conditions.shearDegrees * Math.PI) / 180);
  const [cos, sin] = [Math.cos(skew), Math.sin(skew)];
  const { scaleX, scaleY } = conditions;
  return {
    xx: (cos + shear * sin) / scaleX,
    xy: (sin - shear * cos) / scaleX,
    yx: -sin / scaleY,
    yy: cos / scaleY,
  };
}

/** Grey times 256, the paper in the image's geometry, already blurred along each line. */
function resample(
  canvas: Canvas,
  image: GreyPage,
  conditions: ScanConditions,
  kernel: Int32Array,
  random: SeededRandom,
): Uint16Array {
  const map = inverseMap(conditions);
  const { widthPx, heightPx } = image;
  const lines = new Uint16Array(widthPx * heightPx);
  const line = new Uint16Array(widthPx);
  const feedError = feedErrors(conditions, heightPx, random);
  const u0 = 0.5 - widthPx / 2 - conditions.offsetPx.xPx;
  for (let row = 0; row < heightPx; row++) {
    const v = row + 0.5 - heightPx / 2 - conditions.offsetPx.yPx + (feedError[row] ?? 0);
    const x0 = map.xx * u0 + map.xy * v + canvas.widthPx / 2 - 0.5;
    const y0 = map.yx * u0 + map.yy * v + canvas.heightPx / 2 - 0.5;
    resampleLine(canvas, line, x0, y0, map);
    blurLine(line, lines, row * widthPx, kernel);
  }
  return lines;
}

/** Slow swings of the motor's speed: two sines with phases of their own. */
function feedErrors(conditions: ScanConditions, heightPx: number, random: SeededRandom): Float64Array {
  const phase = random.between(0, 2 * Math.PI);
  const secondPhase = random.between(0, 2 * Math.PI);
  return Float64Array.from({ length: heightPx }, (_, row) => {
    const turn = (2 * Math.PI * conditions.feedJitterCycles * row) / heightPx;
    return (
      conditions.feedJitterPx * (0.75 * Math.sin(turn + phase) + 0.25 * Math.sin(2.3 * turn + secondPhase))
    );
  });
}

function resampleLine(
  canvas: Canvas,
  line: Uint16Array,
  x0: number,
  y0: number,
  { xx: xStep, yx: yStep }: InverseMap,
): void {
  const { data, widthPx } = canvas;
  const [first, last] = insideColumns(canvas, line.length, x0, y0, xStep, yStep);
  line.fill(canvas.surround << 8);
  const dx = Math.round(xStep * 65536);
  const dy = Math.round(yStep * 65536);
  let fx = Math.round((x0 + first * xStep) * 65536);
  let fy = Math.round((y0 + first * yStep) * 65536);
  for (let u = first; u <= last; u++, fx += dx, fy += dy) {
    const i = (fy >> 16) * widthPx + (fx >> 16);
    const tx = (fx >> 8) & 255;
    const ty = (fy >> 8) & 255;
    const a = data[i] as number;
    const c = data[i + widthPx] as number;
    const top = (a << 8) + ((data[i + 1] as number) - a) * tx;
    const bottom = (c << 8) + ((data[i + widthPx + 1] as number) - c) * tx;
    line[u] = top + (((bottom - top) * ty) >> 8);
  }
}

/** The columns whose four neighbours all lie on the canvas. */
function insideColumns(
  canvas: Canvas,
  columns: number,
  x0: number,
  y0: number,
  xStep: number,
  yStep: number,
): [number, number] {
  // Fixed-point steps drift by at most 0.02 pixels over a line.
  const slack = 0.05;
  let [first, last] = [0, columns - 1];
  const narrow = (start: number, step: number, size: number): void => {
    const [low, high] = [slack, size - 1 - slack];
    if (Math.abs(step) < 1e-9) {
      if (start < low || start >= high) last = -1;
      return;
    }
    const [enter, leave] = step > 0 ? [low, high] : [high, low];
    first = Math.max(first, Math.ceil((enter - start) / step));
    last = Math.min(last, Math.floor((leave - start) / step));
  };
  narrow(x0, xStep, canvas.widthPx);
  narrow(y0, yStep, canvas.heightPx);
  return [first, last];
}

/** Half a Gaussian, centre first, in 1/1024; the whole kernel sums to 1024. */
function blurKernel(sigmaPx: number): Int32Array {
  if (sigmaPx < 0.05) return Int32Array.of(1024);
  const radius = Math.max(1, Math.ceil(2.2 * sigmaPx));
  const weights = Array.from({ length: radius + 1 }, (_, k) => Math.exp(-((k / sigmaPx) ** 2) / 2));
  const sum = weights.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0);
  const kernel = Int32Array.from(weights, (weight) => Math.round((1024 * weight) / sum));
  kernel[0] = 1024 - 2 * kernel.subarray(1).reduce((total, weight) => total + weight, 0);
  return kernel;
}

function blurLine(line: Uint16Array, lines: Uint16Array, start: number, kernel: Int32Array): void {
  const radius = kernel.length - 1;
  const width = line.length;
  const centre = kernel[0] as number;
  for (let u = 0; u < width; u++) {
    const nearEdge = u < radius || u >= width - radius;
    let sum = centre * (line[u] as number) + 512;
    for (let k = 1; k <= radius; k++) {
      const left = nearEdge ? Math.max(0, u - k) : u - k;
      const right = nearEdge ? Math.min(width - 1, u + k) : u + k;
      sum += (kernel[k] as number) * ((line[left] as number) + (line[right] as number));
    }
    lines[start + u] = sum >> 10;
  }
}

/** Blur across lines, light, column gain, noise. */
function finish(
  lines: Uint16Array,
  image: GreyPage,
  conditions: ScanConditions,
  kernel: Int32Array,
  random: SeededRandom,
): void {
  const { widthPx, heightPx } = image;
  const clamped = new Uint8ClampedArray(image.data.buffer);
  const gains = columnGains(conditions, widthPx, random);
  const noise = noiseTable(conditions.noiseSigma);
  const radius = kernel.length - 1;
  const sums = new Int32Array(widthPx);
  for (let row = 0; row < heightPx; row++) {
    blurAcross(lines, sums, row, heightPx, kernel, radius);
    const along = (2 * (row + 0.5)) / heightPx - 1;
    const rowGain = Math.round((4096 * along * conditions.gradientAlong) / conditions.paperLevel);
    const noiseAt = random.integer(0, NOISE_MASK);
    const start = row * widthPx;
    for (let u = 0; u < widthPx; u++) {
      const lit = ((sums[u] as number) >> 10) * ((gains[u] as number) + rowGain);
      clamped[start + u] = ((lit >> 12) + (noise[(noiseAt + u) & NOISE_MASK] as number) + 128) >> 8;
    }
  }
}

function blurAcross(
  lines: Uint16Array,
  sums: Int32Array,
  row: number,
  heightPx: number,
  kernel: Int32Array,
  radius: number,
): void {
  const width = sums.length;
  const centre = kernel[0] as number;
  const middle = row * width;
  for (let u = 0; u < width; u++) sums[u] = centre * (lines[middle + u] as number) + 512;
  for (let k = 1; k <= radius; k++) {
    const weight = kernel[k] as number;
    const above = Math.max(0, row - k) * width;
    const below = Math.min(heightPx - 1, row + k) * width;
    for (let u = 0; u < width; u++) {
      sums[u] = (sums[u] as number) + weight * ((lines[above + u] as number) + (lines[below + u] as number));
    }
  }
}

/** In 1/4096: the lamp's slope over the width, and each column's own error. */
function columnGains(conditions: ScanConditions, columns: number, random: SeededRandom): Int32Array {
  return Int32Array.from({ length: columns }, (_, u) => {
    const across = (2 * (u + 0.5)) / columns - 1;
    const lamp = (across * conditions.gradient) / conditions.paperLevel;
    return Math.round(4096 * (1 + lamp + random.gaussian(0, conditions.columnGainSigma)));
  });
}

/** Normally distributed numbers are costly; each line starts reading this ring of them somewhere else. */
const NOISE_MASK = 0xffff;
const unitNoise = ((): Float32Array => {
  const random = seededRandom('scan noise');
  return Float32Array.from({ length: NOISE_MASK + 1 }, () => random.gaussian(0, 1));
})();

/** In 1/256 of a grey level. */
function noiseTable(sigma: number): Int16Array {
  const table = new Int16Array(NOISE_MASK + 1);
  for (let i = 0; i < table.length; i++) {
    table[i] = clamp(Math.round(256 * sigma * (unitNoise[i] as number)), -32768, 32767);
  }
  return table;
}
