/**
 * OpenCV 4.3 as WebAssembly (npm `opencv-wasm`): the few functions that the second opinion uses, with the types that
 * the package itself leaves open, and two precautions. Loading it takes half a second and some 150 MB, so it is loaded
 * when it is first needed, in a thread of its own. And it registers listeners for uncaught errors on the whole
 * process, which would change how the rest of the program fails: exactly those are taken off again.
 */
import { createRequire } from 'node:module';

export interface Mat {
  readonly rows: number;
  readonly cols: number;
  /** A view into OpenCV's memory: good only until the next call. */
  readonly data: Uint8Array;
  readonly data32F: Float32Array;
  readonly data64F: Float64Array;
  roi(rect: unknown): Mat;
  delete(): void;
}

export interface MatVector {
  size(): number;
  /** A Mat of its own, to be released like any other. */
  get(index: number): Mat;
  delete(): void;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface RotatedRect {
  readonly center: { readonly x: number; readonly y: number };
  readonly size: Size;
}

export interface OpenCv {
  readonly Mat: new (rows?: number, columns?: number, type?: number, fill?: unknown) => Mat;
  readonly MatVector: new () => MatVector;
  readonly Size: new (width: number, height: number) => Size;
  readonly Rect: new (x: number, y: number, width: number, height: number) => unknown;
  readonly Point: new (x: number, y: number) => unknown;
  readonly Scalar: new (grey: number) => unknown;
  readonly CV_8UC1: number;
  readonly CV_32FC2: number;
  readonly THRESH_BINARY_INV: number;
  readonly THRESH_OTSU: number;
  readonly RETR_LIST: number;
  readonly CHAIN_APPROX_SIMPLE: number;
  readonly RANSAC: number;
  readonly INTER_LINEAR: number;
  readonly BORDER_CONSTANT: number;
  readonly TM_CCOEFF_NORMED: number;
  matFromArray(rows: number, columns: number, type: number, values: readonly number[]): Mat;
  threshold(from: Mat, to: Mat, level: number, most: number, kind: number): number;
  findContours(from: Mat, to: MatVector, hierarchy: Mat, mode: number, method: number): void;
  boundingRect(contour: Mat): Size;
  minAreaRect(points: Mat): RotatedRect;
  contourArea(contour: Mat): number;
  RotatedRect: { points(rect: RotatedRect): readonly { readonly x: number; readonly y: number }[] };
  getPerspectiveTransform(from: Mat, to: Mat): Mat;
  findHomography(from: Mat, to: Mat, method: number, threshold: number): Mat;
  warpPerspective(from: Mat, to: Mat, map: Mat, size: Size, how: number, border: number, fill: unknown): void;
  flip(from: Mat, to: Mat, code: number): void;
  ellipse(
    on: Mat,
    centre: unknown,
    axes: Size,
    angle: number,
    from: number,
    to: number,
    ink: unknown,
    thickness: number,
  ): void;
  matchTemplate(image: Mat, template: Mat, result: Mat, method: number): void;
  minMaxLoc(from: Mat): {
    readonly maxVal: number;
    readonly maxLoc: { readonly x: number; readonly y: number };
  };
}

const ERROR_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

let loaded: OpenCv | undefined;

export function openCv(): OpenCv {
  if (loaded !== undefined) return loaded;
  const before = ERROR_EVENTS.map((event) => process.rawListeners(event));
  const { cv } = createRequire(import.meta.url)('opencv-wasm') as { readonly cv: OpenCv };
  ERROR_EVENTS.forEach((event, i) => {
    for (const listener of process.rawListeners(event)) {
      if (before[i]?.includes(listener) !== true) process.off(event, listener as () => void);
    }
  });
  loaded = cv;
  return cv;
}

/** Runs with a `keep` that remembers what OpenCV's own memory holds, and releases all of it in the end. */
export function releasing<T>(run: (keep: <M extends { delete(): void }>(made: M) => M) => T): T {
  const made: { delete(): void }[] = [];
  try {
    return run((one) => {
      made.push(one);
      return one;
    });
  } finally {
    for (const one of made.reverse()) one.delete();
  }
}
