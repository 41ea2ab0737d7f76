/**
 * Loads the WebAssembly kernels and puts the typed interface over them. A page that is larger or finer than the
 * kernels are made for, and a computer without SIMD, are left to the plain ones: the numbers are the same.
 */
import { readFileSync } from 'node:fs';
import { assert, err, must, ok, problem, type Result } from '../../ground/result.js';
import type { GreyPage } from '../../ground/grey-page.js';
import type { OvalTemplate } from '../oval-template.js';
import {
  MOST_CANDIDATES,
  ovalTable,
  type Band,
  type Grid,
  type Kernels,
  type MarkCandidates,
  type MarkSearch,
  type OvalSearch,
  type OvalTable,
  type PageKernels,
  type PlacedPage,
} from './kernels.js';
import {
  LARGEST_PAGE_BYTES,
  SCRATCH,
  SheetMemory,
  WIDEST_PAGE_PX,
  type SheetSide,
  type SideMemory,
  type WasmMemory,
} from './memory.js';
import { plainKernels } from './plain.js';

/** The part of the language's own `WebAssembly` that is used here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { exports: unknown };
};

const FILE = new URL('./kernels.wasm', import.meta.url);
/** Beyond this the sums over an oval no longer fit into 32 bits, nor the search into its lanes. */
const FINEST_DPI = 300;
/** Bytes of a candidate: x, y, grey. */
const MARK_BYTES = 24;
/** The ring's greys lie where the histograms do, with a block of zeros behind them; a lane counts 255 of them. */
const MOST_RING_PX = 4064;

type Numbers = readonly number[];

/** What `kernels.as` exports, which names the numbers; pages are byte addresses. */
interface Exports {
  sampleGreys(...page: [...Numbers]): number;
  gridGreys(...page: [...Numbers]): number;
  findMarks(...page: [...Numbers]): number;
  bandMeans(...page: [...Numbers]): void;
  measureOvals(...page: [...Numbers]): void;
}

/**
 * Problem code `kernels-not-there`: not built, or no SIMD here.
 * @param home where a page is copied to that lies in neither side's memory: no other thread may be reading there
 */
export function loadWasmKernels(memory = new SheetMemory(), home: SheetSide = 'first'): Result<WasmKernels> {
  try {
    const module = new WebAssembly.Module(readFileSync(FILE));
    const over = (side: SideMemory): WasmPageKernels => {
      const { exports } = new WebAssembly.Instance(module, { env: { memory: side.memory } });
      return new WasmPageKernels(side, exports as Exports);
    };
    const sides = { first: over(memory.sides.first), second: over(memory.sides.second) };
    return ok(new WasmKernels(memory, sides, home));
  } catch (error) {
    const reason = `the WebAssembly kernels cannot be used here (${error instanceof Error ? error.name : 'unknown'})`;
    return err(problem('kernels-not-there', 'ballot reader', '', reason));
  }
}

export class WasmKernels implements Kernels {
  readonly name = 'wasm';

  constructor(
    private readonly memory: SheetMemory,
    private readonly sides: Readonly<Record<SheetSide, WasmPageKernels>>,
    private readonly home: SheetSide,
  ) {}

  place(page: GreyPage): PlacedPage {
    const { widthPx, heightPx, dpi, data } = page;
    const usual = data.length <= LARGEST_PAGE_BYTES && widthPx <= WIDEST_PAGE_PX && dpi <= FINEST_DPI;
    if (!usual) return plainKernels.place(page);
    const side = this.memory.sideOf(page);
    if (side !== undefined) return { page, kernels: this.sides[side] };
    const copy = this.memory.sides[this.home].page('copy', widthPx, heightPx, dpi);
    copy.data.set(data);
    return { page: copy, kernels: this.sides[this.home] };
  }
}

/** The kernels over one side's memory. */
class WasmPageKernels implements PageKernels {
  readonly ovals: OvalTable;
  readonly #exports: Exports;
  readonly #greys: Uint32Array;
  readonly #means: Float64Array;
  readonly #marks: Float64Array;
  readonly #markGreys: Int32Array;
  readonly #template: Int32Array;
  /** How many runs of the ring, of the inside and of the rim `#template` has. */
  readonly #runs = { ring: 0, inside: 0, rim: 0 };

  constructor({ memory: { buffer } }: SideMemory, exports: Exports) {
    this.#exports = exports;
    this.ovals = ovalTable(buffer, SCRATCH.ovals);
    this.#greys = new Uint32Array(buffer, SCRATCH.greys, 256);
    this.#means = new Float64Array(buffer, SCRATCH.means, WIDEST_PAGE_PX);
    this.#marks = new Float64Array(buffer, SCRATCH.marks, (MOST_CANDIDATES * MARK_BYTES) / 8);
    this.#markGreys = new Int32Array(buffer, SCRATCH.marks, (MOST_CANDIDATES * MARK_BYTES) / 4);
    this.#template = new Int32Array(buffer, SCRATCH.template, (SCRATCH.ovals - SCRATCH.template) / 4);
  }

  sampleGreys(page: GreyPage, rowStep: number, columnStep: number, histogram: Uint32Array): number {
    const { widthPx, heightPx, data } = page;
    const samples = this.#exports.sampleGreys(data.byteOffset, widthPx, heightPx, rowStep, columnStep);
    histogram.set(this.#greys);
    return samples;
  }

  gridGreys(page: GreyPage, grid: Grid, histogram: Uint32Array): number {
    const { origin, right, below, columns, rows } = grid;
    const samples = this.#exports.gridGreys(
      page.data.byteOffset,
      page.widthPx,
      page.heightPx,
      origin.xPx,
      origin.yPx,
      right.xPx,
      right.yPx,
      below.xPx,
      below.yPx,
      columns,
      rows,
    );
    histogram.set(this.#greys);
    return samples;
  }

  findMarks(page: GreyPage, search: MarkSearch, found: MarkCandidates): void {
    const count = this.#exports.findMarks(
      page.data.byteOffset,
      page.widthPx,
      page.heightPx,
      search.inkBelow,
      search.shortest,
      search.longest,
      Math.floor(search.endPlay),
      Math.floor(search.tallest),
      search.widthPx,
      search.heightPx,
      search.leastShare,
      search.mostShare,
    );
    found.overflowed = count < 0;
    found.count = Math.max(0, count);
    for (let i = 0; i < found.count; i++) {
      found.x[i] = this.#marks[3 * i] ?? 0;
      found.y[i] = this.#marks[3 * i + 1] ?? 0;
      found.grey[i] = this.#markGreys[6 * i + 4] ?? 0;
    }
  }

  bandMeans(page: GreyPage, band: Band, means: Float64Array): void {
    const { ax, ay, bx, by, half, fromX, toX } = band;
    const { widthPx, heightPx, data } = page;
    this.#exports.bandMeans(data.byteOffset, widthPx, heightPx, ax, ay, bx, by, half, fromX, toX);
    if (fromX <= toX) means.set(this.#means.subarray(fromX, toX + 1), fromX);
  }

  measureOvals(page: GreyPage, template: OvalTemplate, search: OvalSearch): void {
    this.#writeTemplate(template, page.widthPx);
    this.#exports.measureOvals(
      page.data.byteOffset,
      page.widthPx,
      page.heightPx,
      this.ovals.count,
      template.reachPx + search.reach,
      search.reach,
      search.unit,
      search.distanceCost,
      search.ink,
      search.leastRange,
      search.lightStep,
      search.darkStep,
      search.paperRank,
      this.#runs.ring,
      template.ringX.length,
      this.#runs.inside,
      template.insideX.length,
      this.#runs.rim,
    );
  }

  /**
   * The template as the kernel wants it, for pages of this width: byte offsets of the outline's points, then the
   * ring, the inside and the rim as runs along a row, of which the ring has every second pixel.
   */
  #writeTemplate(template: OvalTemplate, widthPx: number): void {
    const { outlineX, outlineY, outsideX, outsideY, ringX, ringY } = template;
    const { insideX, insideY, rimX, rimY } = template;
    assert(ringX.length <= MOST_RING_PX, 'a ring fits its scratch');
    const into = this.#template;
    let at = 0;
    for (let i = 0; i < outlineX.length; i++) {
      into[at + i] = (outlineY[i] ?? 0) * widthPx + (outlineX[i] ?? 0);
      into[at + outlineX.length + i] = (outsideY[i] ?? 0) * widthPx + (outsideX[i] ?? 0);
    }
    at += 2 * outlineX.length;
    this.#runs.ring = 0;
    forEachRun(ringX, ringY, 2, (x, y, pixels) => {
      into[at++] = y * widthPx + x;
      into[at++] = pixels;
      this.#runs.ring++;
    });
    this.#runs.inside = 0;
    forEachRun(insideX, insideY, 1, (x, y, pixels) => {
      into[at++] = y * widthPx + x;
      into[at++] = pixels;
      into[at++] = x;
      into[at++] = y;
      this.#runs.inside++;
    });
    this.#runs.rim = 0;
    forEachRun(rimX, rimY, 1, (x, y, pixels) => {
      into[at++] = y * widthPx + x;
      into[at++] = pixels;
      this.#runs.rim++;
    });
  }
}

/** Pixels that follow each other in a row, `step` apart: the first of them and how many. */
function forEachRun(
  xs: Int32Array,
  ys: Int32Array,
  step: number,
  each: (x: number, y: number, pixels: number) => void,
): void {
  for (let first = 0, i = 1; i <= xs.length; i++) {
    const follows = i < xs.length && ys[i] === ys[i - 1] && xs[i] === (xs[i - 1] ?? 0) + step;
    if (follows) continue;
    each(must(xs[first], 'its column'), must(ys[first], 'its row'), i - first);
    first = i;
  }
}
