/**
 * What a scan head makes of one side of a sheet: 1728 columns at 200 dpi, from a little before the paper's leading
 * edge to a little after its trailing edge, the paper on whatever lies behind it.
 *
 * Line by line: resample (inverse affine map with the feed's error added to each line, bilinear, 16.16 fixed point),
 * blur along the line, blur across lines, light and column gain, noise. The loops over pixels are in
 * `scan-kernel.as`: whole numbers, fast, and the same pixels every time.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { SCAN_DPI, type PointPx } from '../../ground/units.js';
import type { ScanConditions } from './scan-conditions.js';
import { ScanMemory } from './scan-kernel.js';

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
  memory.clear();
  const canvas = litCanvas(side, under, conditions, head.fork('texture'));
  const image = greyPage(HEAD_COLUMNS, side.heightPx + 2 * LEAD_LINES, SCAN_DPI);
  const kernel = blurKernel(conditions.blurPx);
  const resampler = new Resampler(canvas, image, conditions, kernel, feed);
  finish(resampler, image, conditions, kernel, head.fork('sensor'));
  return image;
}

const memory = new ScanMemory();

/** The side with a rim of its surroundings, in the levels that the head would see without light and sensor faults. */
interface Canvas {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Address of its pixels. */
  readonly at: number;
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
  const levels = memory.take(256);
  const mottle = noiseTable(textureSigma, side.widthPx);
  const through = Math.round(conditions.showThrough * 256);
  const widthPx = side.widthPx + 2 * RIM_PX;
  const heightPx = side.heightPx + 2 * RIM_PX;
  const sideAt = place(side.data);
  const underAt = through > 0 ? place(under.data) : sideAt;
  const at = memory.take(widthPx * heightPx);
  new Uint8Array(memory.buffer, levels, 256).set(
    Uint8Array.from({ length: 256 }, (_, grey) =>
      Math.round(inkLevel + ((paperLevel - inkLevel) * grey) / 255),
    ),
  );
  const data = new Uint8ClampedArray(memory.buffer, at, widthPx * heightPx).fill(surround);
  shadeRim(data, widthPx, heightPx, surround);
  for (let y = 0; y < side.heightPx; y++) {
    const from = y * side.widthPx;
    const to = at + (y + RIM_PX) * widthPx + RIM_PX;
    const speckle = mottle + 2 * random.integer(0, NOISE_MASK);
    memory.loops.lightLine(sideAt + from, underAt + from, side.widthPx, levels, speckle, through, to);
  }
  return { widthPx, heightPx, at, surround };
}

function place(data: Uint8Array): number {
  const at = memory.take(data.length);
  new Uint8Array(memory.buffer, at, data.length).set(data);
  return at;
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

/** Lines of the paper in the image's geometry, grey times 256, already blurred along each line; the last few are kept. */
class Resampler {
  readonly #map: InverseMap;
  readonly #feedError: Float64Array;
  readonly #line: number;
  readonly #kept: number;
  readonly #lineBytes: number;
  readonly #keep: number;
  #next = 0;

  constructor(
    private readonly canvas: Canvas,
    private readonly image: GreyPage,
    private readonly conditions: ScanConditions,
    private readonly kernel: BlurKernel,
    feed: SeededRandom,
  ) {
    this.#map = inverseMap(conditions);
    this.#feedError = feedErrors(conditions, image.heightPx, feed);
    this.#keep = 2 * kernel.radius + 1;
    this.#lineBytes = 2 * image.widthPx + 64;
    this.#line = memory.take(this.#lineBytes + 4 * kernel.radius) + 2 * kernel.radius;
    this.#kept = memory.take(this.#keep * this.#lineBytes);
  }

  /** Address of a line; at most the radius of the blur behind the furthest line that was asked for. */
  address(row: number): number {
    while (this.#next <= row) this.#resample(this.#next++);
    return this.#kept + (row % this.#keep) * this.#lineBytes;
  }

  #resample(row: number): void {
    const { canvas, image, conditions, kernel } = this;
    const map = this.#map;
    const columns = image.widthPx;
    const u0 = 0.5 - columns / 2 - conditions.offsetPx.xPx;
    const v = row + 0.5 - image.heightPx / 2 - conditions.offsetPx.yPx + (this.#feedError[row] ?? 0);
    const x0 = map.xx * u0 + map.xy * v + canvas.widthPx / 2 - 0.5;
    const y0 = map.yx * u0 + map.yy * v + canvas.heightPx / 2 - 0.5;
    const [first, last] = insideColumns(canvas, columns, x0, y0, map.xx, map.yx);
    const fixed = (value: number): number => Math.round(value * 65536);
    memory.loops.resampleLine(
      canvas.at,
      canvas.widthPx,
      this.#line,
      columns,
      first,
      last,
      canvas.surround << 8,
      fixed(x0 + first * map.xx),
      fixed(y0 + first * map.yx),
      fixed(map.xx),
      fixed(map.yx),
    );
    const to = this.#kept + (row % this.#keep) * this.#lineBytes;
    memory.loops.blurLine(this.#line, columns, kernel.at, kernel.radius, to);
  }
}

/**
 * Where in the image a point of the paper comes to lie under these conditions: the reader's registration is measured
 * against it. Points of the paper in pixels from its top left corner as it lies under the head; in the image a whole
 * number is the centre of a pixel. `feed` as given to `scanSide`.
 */
export function paperInImage(
  paper: { readonly widthPx: number; readonly heightPx: number },
  conditions: ScanConditions,
  feed: SeededRandom,
): (xPx: number, yPx: number) => PointPx {
  const { xx, xy, yx, yy } = inverseMap(conditions);
  const determinant = xx * yy - xy * yx;
  const [imageWidth, imageHeight] = [HEAD_COLUMNS, paper.heightPx + 2 * LEAD_LINES];
  const errors = feedErrors(conditions, imageHeight, feed);
  return (xPx, yPx) => {
    const [x, y] = [xPx - paper.widthPx / 2, yPx - paper.heightPx / 2];
    const straight = (xx * y - yx * x) / determinant + imageHeight / 2 + conditions.offsetPx.yPx - 0.5;
    let row = straight;
    for (let i = 0; i < FEED_ROUNDS; i++) {
      const line = Math.min(imageHeight - 1, Math.max(0, Math.round(row)));
      row = straight - (errors[line] ?? 0);
    }
    const u = (yy * x - xy * y) / determinant + imageWidth / 2 + conditions.offsetPx.xPx - 0.5;
    return { xPx: u, yPx: row };
  };
}

/** The feed's error changes slowly from line to line, so this settles at once. */
const FEED_ROUNDS = 3;

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

interface BlurKernel {
  readonly at: number;
  readonly radius: number;
}

/** Half a Gaussian, centre first, in 1/1024; the whole kernel sums to 1024. */
function blurKernel(sigmaPx: number): BlurKernel {
  const radius = sigmaPx < 0.05 ? 0 : Math.max(1, Math.ceil(2.2 * sigmaPx));
  const weights = Array.from({ length: radius + 1 }, (_, k) =>
    Math.exp(-((k / Math.max(0.05, sigmaPx)) ** 2) / 2),
  );
  const sum = weights.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0);
  const kernel = Int16Array.from(weights, (weight) => Math.round((1024 * weight) / sum));
  kernel[0] = 1024 - 2 * kernel.subarray(1).reduce((total, weight) => total + weight, 0);
  const at = memory.take(kernel.byteLength);
  new Int16Array(memory.buffer, at, kernel.length).set(kernel);
  return { at, radius };
}

/** Blur across lines, light, column gain, noise. */
function finish(
  lines: Resampler,
  image: GreyPage,
  conditions: ScanConditions,
  kernel: BlurKernel,
  random: SeededRandom,
): void {
  const { widthPx, heightPx } = image;
  const gains = memory.take(4 * widthPx);
  const noise = noiseTable(conditions.noiseSigma, widthPx);
  const rowsAt = memory.take(4 * (2 * kernel.radius + 1));
  const out = memory.take(widthPx * heightPx);
  new Int32Array(memory.buffer, gains, widthPx).set(columnGains(conditions, widthPx, random));
  const rows = new Uint32Array(memory.buffer, rowsAt, 2 * kernel.radius + 1);
  for (let row = 0; row < heightPx; row++) {
    lines.address(Math.min(heightPx - 1, row + kernel.radius));
    for (let k = -kernel.radius; k <= kernel.radius; k++) {
      rows[kernel.radius + k] = lines.address(Math.min(heightPx - 1, Math.max(0, row + k)));
    }
    const along = (2 * (row + 0.5)) / heightPx - 1;
    const rowGain = Math.round((4096 * along * conditions.gradientAlong) / conditions.paperLevel);
    const speckle = noise + 2 * random.integer(0, NOISE_MASK);
    memory.loops.finishLine(
      rowsAt,
      widthPx,
      kernel.at,
      kernel.radius,
      gains,
      rowGain,
      speckle,
      out + row * widthPx,
    );
  }
  image.data.set(new Uint8Array(memory.buffer, out, widthPx * heightPx));
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

/** Address of noise in 1/256 of a grey level; any line of this width may start anywhere in the ring. */
function noiseTable(sigma: number, widthPx: number): number {
  const ring = NOISE_MASK + 1;
  const from = memory.take(4 * ring);
  const at = memory.take(2 * (ring + widthPx));
  new Float32Array(memory.buffer, from, ring).set(unitNoise);
  memory.loops.scaleNoise(from, at, ring, 256 * sigma);
  const table = new Int16Array(memory.buffer, at, ring + widthPx);
  table.copyWithin(ring, 0, widthPx);
  return at;
}
