/**
 * The memory and the WebAssembly loops of the scan head's model. One scan at a time: `degrade.ts` asks for room, fills
 * it, lets the loops run over it and takes the image out. The memory grows to the largest page scanned and is kept.
 */
import { readFileSync } from 'node:fs';
import { assert } from '../../ground/result.js';

/** What `scan-kernel.as` exports; places are byte addresses. */
export interface ScanLoops {
  scaleNoise(unit: number, out: number, count: number, scale: number): void;
  lightLine(
    side: number,
    under: number,
    width: number,
    levels: number,
    mottle: number,
    through: number,
    out: number,
  ): void;
  resampleLine(
    canvas: number,
    canvasWidth: number,
    line: number,
    columns: number,
    first: number,
    last: number,
    surround: number,
    x: number,
    y: number,
    dx: number,
    dy: number,
  ): void;
  blurLine(line: number, columns: number, kernel: number, radius: number, out: number): void;
  finishLine(
    rows: number,
    columns: number,
    kernel: number,
    radius: number,
    gains: number,
    rowGain: number,
    noise: number,
    out: number,
  ): void;
}

interface GrowingMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The part of the language's own `WebAssembly` that is used here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: GrowingMemory } },
  ) => { exports: unknown };
  readonly Memory: new (size: { initial: number }) => GrowingMemory;
};

const PAGE_BYTES = 65_536;
/** More than two 22-inch pages, a canvas and an image at twice their width. */
const MOST_BYTES = 256 * 1024 * 1024;

export class ScanMemory {
  readonly loops: ScanLoops;
  readonly #memory = new WebAssembly.Memory({ initial: 64 });
  #used = 0;

  constructor() {
    const module = new WebAssembly.Module(readFileSync(new URL('./scan-kernel.wasm', import.meta.url)));
    this.loops = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as ScanLoops;
  }

  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }

  /** Everything that was taken may be taken again. */
  clear(): void {
    this.#used = PAGE_BYTES;
  }

  /** Address of so many bytes, with 64 more before and after. Views made before may be void: `buffer` is new. */
  take(bytes: number): number {
    const at = this.#used + 64;
    this.#used = (at + bytes + 64 + 15) & ~15;
    assert(this.#used <= MOST_BYTES, 'a page for the scan head is of ordinary size');
    const missing = this.#used - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
    return at;
  }
}
