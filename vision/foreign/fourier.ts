/**
 * Discrete Fourier transform of a picture whose sides are powers of two, in place: for correlating two pages at all
 * shifts at once. Radix 2, decimation in time; the inverse is not divided by the number of pixels.
 */
import { assert } from '../../ground/result.js';

export interface Spectrum {
  readonly width: number;
  readonly height: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function emptySpectrum(width: number, height: number): Spectrum {
  assert((width & (width - 1)) === 0 && (height & (height - 1)) === 0, 'sides must be powers of two');
  return { width, height, re: new Float64Array(width * height), im: new Float64Array(width * height) };
}

export function transform(picture: Spectrum, direction: 'forward' | 'inverse'): void {
  const { width, height, re, im } = picture;
  const sign = direction === 'forward' ? -1 : 1;
  const rowTurns = turns(width, sign);
  for (let y = 0; y < height; y++) line(re, im, y * width, width, rowTurns);
  const columnTurns = turns(height, sign);
  const columnRe = new Float64Array(height);
  const columnIm = new Float64Array(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      columnRe[y] = re[y * width + x] as number;
      columnIm[y] = im[y * width + x] as number;
    }
    line(columnRe, columnIm, 0, height, columnTurns);
    for (let y = 0; y < height; y++) {
      re[y * width + x] = columnRe[y] as number;
      im[y * width + x] = columnIm[y] as number;
    }
  }
}

interface Turns {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

function turns(length: number, sign: number): Turns {
  const angle = (i: number): number => (sign * 2 * Math.PI * i) / length;
  return {
    cos: Float64Array.from({ length: length / 2 }, (_, i) => Math.cos(angle(i))),
    sin: Float64Array.from({ length: length / 2 }, (_, i) => Math.sin(angle(i))),
  };
}

function line(re: Float64Array, im: Float64Array, start: number, length: number, { cos, sin }: Turns): void {
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const [a, b] = [start + i, start + j];
    const [keepRe, keepIm] = [re[a] as number, im[a] as number];
    re[a] = re[b] as number;
    im[a] = im[b] as number;
    re[b] = keepRe;
    im[b] = keepIm;
  }
  for (let half = 1; half < length; half <<= 1) {
    const stride = length / (2 * half);
    for (let from = 0; from < length; from += 2 * half) {
      for (let k = 0; k < half; k++) {
        const a = start + from + k;
        const b = a + half;
        const [c, s] = [cos[k * stride] as number, sin[k * stride] as number];
        const [bRe, bIm] = [re[b] as number, im[b] as number];
        const turnedRe = bRe * c - bIm * s;
        const turnedIm = bRe * s + bIm * c;
        re[b] = (re[a] as number) - turnedRe;
        im[b] = (im[a] as number) - turnedIm;
        re[a] = (re[a] as number) + turnedRe;
        im[a] = (im[a] as number) + turnedIm;
      }
    }
  }
}
