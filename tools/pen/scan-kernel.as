/**
 * The pixel loops of the scan head's model in AssemblyScript, compiled to WebAssembly with SIMD by `npm run
 * build-kernels`; `degrade.ts` says what each is for. Whole-number arithmetic, so the same seed gives the same pixels
 * everywhere. Raw memory, laid out by `scan-kernel.ts`: a line has room for 8 pixels more than it needs, and every
 * address may be read and written up to the next multiple of 8 pixels.
 */

const RADIUS_BYTES: usize = 2;

/** Normally distributed numbers of sigma 1 to whole numbers of 1/256 grey level. */
export function scaleNoise(unit: usize, out: usize, count: i32, scale: f64): void {
  for (let i = 0; i < count; i++) {
    const value = floor<f64>(scale * <f64>load<f32>(unit + (<usize>i << 2)) + 0.5);
    store<i16>(out + (<usize>i << 1), <i16>max<f64>(-32768, min<f64>(32767, value)));
  }
}

/** One line of paper in the levels that the head would see: ink, what shows through from behind, the paper's mottle. */
export function lightLine(
  side: usize,
  under: usize,
  width: i32,
  levels: usize,
  mottle: usize,
  through: i32,
  out: usize,
): void {
  for (let x = 0; x < width; x++) {
    const grey = <i32>load<u8>(side + <usize>x);
    if (grey == 0) continue;
    let seen = grey;
    if (through > 0) seen -= (grey * (255 - <i32>load<u8>(under + <usize>(width - 1 - x))) * through) >> 16;
    const lit = <i32>load<u8>(levels + <usize>seen) + ((<i32>load<i16>(mottle + (<usize>x << 1)) + 128) >> 8);
    store<u8>(out + <usize>x, <u8>max<i32>(0, min<i32>(255, lit)));
  }
}

/** Grey times 256 along a slanted line over the canvas, bilinear, between two columns; `surround` elsewhere. */
export function resampleLine(
  canvas: usize,
  canvasWidth: i32,
  line: usize,
  columns: i32,
  first: i32,
  last: i32,
  surround: i32,
  x: i32,
  y: i32,
  dx: i32,
  dy: i32,
): void {
  let fx = x;
  let fy = y;
  for (let u = 0; u < first && u < columns; u++) store<u16>(line + (<usize>u << 1), <u16>surround);
  for (let u = max<i32>(0, last + 1); u < columns; u++) store<u16>(line + (<usize>u << 1), <u16>surround);
  for (let u = first; u <= last; u++) {
    const at = canvas + <usize>((fy >> 16) * canvasWidth + (fx >> 16));
    const tx = (fx >> 8) & 255;
    const ty = (fy >> 8) & 255;
    const a = <i32>load<u8>(at);
    const c = <i32>load<u8>(at + <usize>canvasWidth);
    const top = (a << 8) + (<i32>load<u8>(at + 1) - a) * tx;
    const bottom = (c << 8) + (<i32>load<u8>(at + <usize>canvasWidth + 1) - c) * tx;
    store<u16>(line + (<usize>u << 1), <u16>(top + (((bottom - top) * ty) >> 8)));
    fx += dx;
    fy += dy;
  }
}

/** Blur along a line; beyond its ends it goes on as it ends. `kernel`: half a Gaussian in 1/1024, 16 bits each. */
export function blurLine(line: usize, columns: i32, kernel: usize, radius: i32, out: usize): void {
  const lastAt = line + (<usize>(columns - 1) << 1);
  for (let k: usize = 1; k <= <usize>radius + 8; k++) {
    if (k <= <usize>radius) store<u16>(line - (k << 1), load<u16>(line));
    store<u16>(lastAt + (k << 1), load<u16>(lastAt));
  }
  const centre = i16x8.splat(load<i16>(kernel));
  const half = i32x4.splat(512);
  for (let u = 0; u < columns; u += 8) {
    const at = line + (<usize>u << 1);
    const here = v128.load(at);
    let low = i32x4.add(half, i32x4.extmul_low_i16x8_u(here, centre));
    let high = i32x4.add(half, i32x4.extmul_high_i16x8_u(here, centre));
    for (let k: usize = 1; k <= <usize>radius; k++) {
      const weight = i16x8.splat(load<i16>(kernel + k * RADIUS_BYTES));
      const left = v128.load(at - (k << 1));
      const right = v128.load(at + (k << 1));
      low = i32x4.add(low, i32x4.extmul_low_i16x8_u(left, weight));
      low = i32x4.add(low, i32x4.extmul_low_i16x8_u(right, weight));
      high = i32x4.add(high, i32x4.extmul_high_i16x8_u(left, weight));
      high = i32x4.add(high, i32x4.extmul_high_i16x8_u(right, weight));
    }
    v128.store(
      out + (<usize>u << 1),
      i16x8.narrow_i32x4_u(i32x4.shr_u(low, 10), i32x4.shr_u(high, 10)),
    );
  }
}

/**
 * One line of the image: blur across lines (`rows` holds the addresses of 2 radius + 1 lines), light and column gain
 * in 1/4096, noise in 1/256, and rounding.
 */
export function finishLine(
  rows: usize,
  columns: i32,
  kernel: usize,
  radius: i32,
  gains: usize,
  rowGain: i32,
  noise: usize,
  out: usize,
): void {
  const half = i32x4.splat(512);
  const rounding = i32x4.splat(128);
  const light = i32x4.splat(rowGain);
  const centre = i16x8.splat(load<i16>(kernel));
  const middle = <usize>load<u32>(rows + (<usize>radius << 2));
  for (let u = 0; u < columns; u += 8) {
    const offset = <usize>u << 1;
    const here = v128.load(middle + offset);
    let low = i32x4.add(half, i32x4.extmul_low_i16x8_u(here, centre));
    let high = i32x4.add(half, i32x4.extmul_high_i16x8_u(here, centre));
    for (let k = 1; k <= radius; k++) {
      const weight = i16x8.splat(load<i16>(kernel + <usize>k * RADIUS_BYTES));
      const above = v128.load(<usize>load<u32>(rows + (<usize>(radius - k) << 2)) + offset);
      const below = v128.load(<usize>load<u32>(rows + (<usize>(radius + k) << 2)) + offset);
      low = i32x4.add(low, i32x4.extmul_low_i16x8_u(above, weight));
      low = i32x4.add(low, i32x4.extmul_low_i16x8_u(below, weight));
      high = i32x4.add(high, i32x4.extmul_high_i16x8_u(above, weight));
      high = i32x4.add(high, i32x4.extmul_high_i16x8_u(below, weight));
    }
    const gain = gains + (<usize>u << 2);
    const speckle = v128.load(noise + offset);
    low = i32x4.mul(i32x4.shr_u(low, 10), i32x4.add(v128.load(gain), light));
    high = i32x4.mul(i32x4.shr_u(high, 10), i32x4.add(v128.load(gain + 16), light));
    low = i32x4.add(i32x4.add(i32x4.shr_s(low, 12), i32x4.extend_low_i16x8_s(speckle)), rounding);
    high = i32x4.add(i32x4.add(i32x4.shr_s(high, 12), i32x4.extend_high_i16x8_s(speckle)), rounding);
    const grey = i16x8.narrow_i32x4_s(i32x4.shr_s(low, 8), i32x4.shr_s(high, 8));
    v128.store64_lane(out + <usize>u, i8x16.narrow_i16x8_u(grey, grey), 0);
  }
}
