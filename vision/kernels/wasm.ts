/**
 * Loads the WebAssembly kernels and puts the typed interface over them. A page that is larger or finer than the
 * kernels are made for, and a computer without SIMD, are left to the plain ones: the numbers are the same.
 */
import { readFileSync } from 'node:fs';
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import type { GreyPage } from '../../ground/grey-page.js';
import type { OvalTemplate } from '../oval-template.js';
import {
  MOST_BARS,
  type Band,
  type Bars,
  type BarSearch,
  type InkLevels,
  type InkSums,
  type Kernels,
  type OutlinePlace,
  type OutlineSearch,
  type PageKernels,
  type PlacedPage,
} from './kernels.js';
import { LARGEST_PAGE_BYTES, SCRATCH, SheetMemory, WIDEST_PAGE_PX, type WasmMemory } from './memory.js';
import { plainKernels } from './plain.js';

/** The part of the language's own `WebAssembly` that is used here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { exports: unknown };
};

const FILE = new URL('./kernels.wasm', import.meta.url);
/** Beyond this the sums over an oval no longer fit into 32 bits, nor the search into 16 lanes. */
const FINEST_DPI = 300;
const CONTOUR_POINTS = 48;

/** What `kernels.as` exports; pages and places are byte addresses. */
interface Exports {
  sampleGreys(page: number, width: number, height: number, rowStep: number, columnStep: number): number;
  findBars(
    page: number,
    width: number,
    height: number,
    inkBelow: number,
    shortest: number,
    longest: number,
    endPlay: number,
    tallest: number,
  ): number;
  bandMeans(
    page: number,
    width: number,
    height: number,
    ax: number,
    ay: number,
    bx: number,
    by: number,
    half: number,
    fromX: number,
    toX: number,
  ): void;
  findOutline(centre: number, width: number, reach: number, unit: number, distanceCost: number): void;
  ringGreys(centre: number, offsets: number, count: number): void;
  insideSums(
    centre: number,
    entries: number,
    count: number,
    paper: number,
    lightBelow: number,
    darkBelow: number,
  ): void;
}

/** Problem code `kernels-not-there`: not built, or no SIMD here. */
export function loadWasmKernels(memory = new SheetMemory()): Result<Kernels> {
  try {
    const module = new WebAssembly.Module(readFileSync(FILE));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.memory } });
    return ok(new WasmKernels(memory, exports as Exports));
  } catch (error) {
    const reason = `the WebAssembly kernels cannot be used here (${error instanceof Error ? error.name : 'unknown'})`;
    return err(problem('kernels-not-there', 'ballot reader', '', reason));
  }
}

class WasmKernels implements Kernels, PageKernels {
  readonly name = 'wasm';
  readonly #memory: SheetMemory;
  readonly #exports: Exports;
  readonly #histogram: Uint32Array;
  readonly #result: Int32Array;
  readonly #means: Float64Array;
  readonly #bars: Int32Array;
  readonly #offsets: Int32Array;
  /** Whose steps are in the scratch, for pages of which width. */
  #template: OvalTemplate | undefined;
  #templateWidthPx = 0;

  constructor(memory: SheetMemory, exports: Exports) {
    const { buffer } = memory.memory;
    this.#memory = memory;
    this.#exports = exports;
    this.#histogram = new Uint32Array(buffer, SCRATCH.histogram, 256);
    this.#result = new Int32Array(buffer, SCRATCH.result, 9);
    this.#means = new Float64Array(buffer, SCRATCH.means, WIDEST_PAGE_PX);
    this.#bars = new Int32Array(buffer, SCRATCH.bars, 4 * MOST_BARS);
    this.#offsets = new Int32Array(buffer, SCRATCH.offsets, 65_536);
  }

  place(page: GreyPage): PlacedPage {
    const { widthPx, heightPx, dpi, data } = page;
    const usual = data.length <= LARGEST_PAGE_BYTES && widthPx <= WIDEST_PAGE_PX && dpi <= FINEST_DPI;
    if (!usual) return plainKernels.place(page);
    if (this.#memory.slotOf(page) !== undefined) return { page, kernels: this };
    const copy = this.#memory.page('copy', widthPx, heightPx, dpi);
    copy.data.set(data);
    return { page: copy, kernels: this };
  }

  sampleGreys(page: GreyPage, rowStep: number, columnStep: number, histogram: Uint32Array): number {
    const { widthPx, heightPx, data } = page;
    const samples = this.#exports.sampleGreys(data.byteOffset, widthPx, heightPx, rowStep, columnStep);
    histogram.set(this.#histogram);
    return samples;
  }

  findBars(page: GreyPage, search: BarSearch, bars: Bars): void {
    const count = this.#exports.findBars(
      page.data.byteOffset,
      page.widthPx,
      page.heightPx,
      search.inkBelow,
      search.shortest,
      search.longest,
      Math.floor(search.endPlay),
      Math.floor(search.tallest),
    );
    bars.overflowed = count < 0;
    bars.count = count < 0 ? MOST_BARS : count;
    for (let i = 0; i < bars.count; i++) {
      bars.left[i] = this.#bars[4 * i] ?? 0;
      bars.right[i] = this.#bars[4 * i + 1] ?? 0;
      bars.firstRow[i] = this.#bars[4 * i + 2] ?? 0;
      bars.lastRow[i] = this.#bars[4 * i + 3] ?? 0;
    }
  }

  bandMeans(page: GreyPage, band: Band, means: Float64Array): void {
    const { ax, ay, bx, by, half, fromX, toX } = band;
    const { widthPx, heightPx, data } = page;
    this.#exports.bandMeans(data.byteOffset, widthPx, heightPx, ax, ay, bx, by, half, fromX, toX);
    for (let x = fromX; x <= toX; x++) means[x] = this.#means[x] ?? 0;
  }

  findOutline(page: GreyPage, template: OvalTemplate, search: OutlineSearch, place: OutlinePlace): void {
    this.#use(template, page.widthPx);
    const centre = addressOf(page, search.x, search.y);
    this.#exports.findOutline(centre, page.widthPx, search.reach, search.unit, search.distanceCost);
    place.x = search.x + (this.#result[0] ?? 0);
    place.y = search.y + (this.#result[1] ?? 0);
    place.contrast = this.#result[2] ?? 0;
  }

  ringGreys(page: GreyPage, template: OvalTemplate, x: number, y: number, histogram: Uint32Array): void {
    this.#use(template, page.widthPx);
    this.#exports.ringGreys(addressOf(page, x, y), RING_AT, template.ringX.length);
    histogram.set(this.#histogram);
  }

  insideSums(
    page: GreyPage,
    template: OvalTemplate,
    x: number,
    y: number,
    at: InkLevels,
    sums: InkSums,
  ): void {
    this.#use(template, page.widthPx);
    const entries = RING_AT + 4 * template.ringX.length;
    const count = template.insideX.length;
    const centre = addressOf(page, x, y);
    this.#exports.insideSums(centre, entries, count, at.paper, at.lightBelow, at.darkBelow);
    const result = this.#result;
    sums.pixels = count;
    sums.light = result[0] ?? 0;
    sums.dark = result[1] ?? 0;
    sums.drop = result[2] ?? 0;
    sums.weight = result[3] ?? 0;
    sums.x = result[4] ?? 0;
    sums.y = result[5] ?? 0;
    sums.xx = result[6] ?? 0;
    sums.yy = result[7] ?? 0;
    sums.xy = result[8] ?? 0;
  }

  /** Writes a template's steps as byte offsets for pages of this width, unless they are there. */
  #use(template: OvalTemplate, widthPx: number): void {
    if (this.#template === template && this.#templateWidthPx === widthPx) return;
    this.#template = template;
    this.#templateWidthPx = widthPx;
    const { outlineX, outlineY, outsideX, outsideY, ringX, ringY, insideX, insideY } = template;
    let at = 0;
    const put = (value: number): void => {
      this.#offsets[at++] = value;
    };
    const putSteps = (xs: Int32Array, ys: Int32Array): void => {
      xs.forEach((x, i) => put((ys[i] ?? 0) * widthPx + x));
    };
    putSteps(outlineX, outlineY);
    putSteps(outsideX, outsideY);
    putSteps(ringX, ringY);
    insideX.forEach((x, i) => {
      const y = must(insideY[i], 'as many steps down as across');
      put(y * widthPx + x);
      put(x);
      put(y);
    });
  }
}

const RING_AT = SCRATCH.offsets + 2 * 4 * CONTOUR_POINTS;

function addressOf(page: GreyPage, x: number, y: number): number {
  return page.data.byteOffset + y * page.widthPx + x;
}
