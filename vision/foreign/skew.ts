/**
 * How far a page is turned, from its own print: along the right direction, lines of text and rules fall into sharp
 * rows, and boxes and left margins into sharp columns. Projections over a small range of angles, coarse then fine.
 */
import type { InkImage } from './ink-image.js';

const MOST_DEGREES = 5;
const COARSE_STEP = 0.25;
const FINE_STEP = 0.05;
const LEAST_INK = 40;

/** Clockwise. The image should be at 40 to 60 dpi and free of its surround. */
export function skewDegrees(image: InkImage): number {
  const points = inkPoints(image);
  const sharpest = (from: number, to: number, step: number): number => {
    let best = { degrees: 0, sharpness: -1 };
    for (let degrees = from; degrees <= to + 1e-9; degrees += step) {
      const sharpness = sharpnessAt(points, image, degrees);
      if (sharpness > best.sharpness) best = { degrees, sharpness };
    }
    return best.degrees;
  };
  const coarse = sharpest(-MOST_DEGREES, MOST_DEGREES, COARSE_STEP);
  return sharpest(coarse - COARSE_STEP, coarse + COARSE_STEP, FINE_STEP);
}

interface InkPoints {
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly ink: Uint8Array;
}

function inkPoints({ widthPx, data }: InkImage): InkPoints {
  const places: number[] = [];
  data.forEach((ink, at) => {
    if (ink >= LEAST_INK) places.push(at);
  });
  return {
    x: Int32Array.from(places, (at) => at % widthPx),
    y: Int32Array.from(places, (at) => Math.floor(at / widthPx)),
    ink: Uint8Array.from(places, (at) => data[at] ?? 0),
  };
}

function sharpnessAt(points: InkPoints, { widthPx, heightPx }: InkImage, degrees: number): number {
  const slope = Math.tan((degrees * Math.PI) / 180);
  const margin = Math.ceil(Math.abs(slope) * Math.max(widthPx, heightPx)) + 2;
  const rows = new Float64Array(heightPx + 2 * margin);
  const columns = new Float64Array(widthPx + 2 * margin);
  for (let i = 0; i < points.x.length; i++) {
    const [x, y, ink] = [points.x[i] as number, points.y[i] as number, points.ink[i] as number];
    const row = Math.round(y - slope * x) + margin;
    const column = Math.round(x + slope * y) + margin;
    rows[row] = (rows[row] ?? 0) + ink;
    columns[column] = (columns[column] ?? 0) + ink;
  }
  return roughness(rows) + roughness(columns);
}

function roughness(sums: Float64Array): number {
  let total = 0;
  for (let i = 1; i < sums.length; i++) total += ((sums[i] as number) - (sums[i - 1] as number)) ** 2;
  return total;
}
