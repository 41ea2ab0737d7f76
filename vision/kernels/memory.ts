/**
 * The memory that the WebAssembly kernels work in, one for each side of a sheet, so that two threads can read the two
 * sides at the same time: scratch, then room for the side and for a copy of a page that lies elsewhere. All of it is
 * there from the start and is shared between threads, so that lines from the scan head are written to where they will
 * be read, and reading a sheet allocates nothing.
 */
import { assert } from '../../ground/result.js';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';

/** The part of the language's own `WebAssembly.Memory` that is used here. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => WasmMemory;
};

/** Where the kernels keep what, in bytes; `kernels.as` has the same numbers. */
export const SCRATCH = {
  contrasts: 1024,
  means: 4096,
  greys: 69_632,
  marks: 73_728,
  bars: 131_072,
  template: 393_216,
  ovals: 655_360,
} as const;

const WASM_PAGE_BYTES = 65_536;
const SCRATCH_BYTES = 1 << 20;
/** A 22-inch side at 200 dpi with 1728 columns takes 7.8 MB. */
const SIDE_BYTES = 10 << 20;
/** A kernel may read a little beyond a page. */
const MARGIN_BYTES = 64;
const MEMORY_BYTES = SCRATCH_BYTES + 2 * SIDE_BYTES;

export const LARGEST_PAGE_BYTES = SIDE_BYTES - MARGIN_BYTES;
/** So many column means fit into their scratch. */
export const WIDEST_PAGE_PX = 7_680;

export const sheetSides = ['first', 'second'] as const;
export type SheetSide = (typeof sheetSides)[number];

/** Where in a side's memory a page lies. */
export type Slot = 'side' | 'copy';
const START: Readonly<Record<Slot, number>> = { side: SCRATCH_BYTES, copy: SCRATCH_BYTES + SIDE_BYTES };

/** What one side of a sheet is read in, by one thread at a time. */
export class SideMemory {
  readonly memory: WasmMemory;

  /** @param memory that of another thread, which then sees the same pixels */
  constructor(memory?: WasmMemory) {
    const pages = MEMORY_BYTES / WASM_PAGE_BYTES;
    this.memory = memory ?? new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    assert(this.memory.buffer.byteLength === MEMORY_BYTES, 'the kernels and their memory fit each other');
  }

  /** The whole room of the side, to write lines to. */
  room(): Uint8Array {
    return new Uint8Array(this.memory.buffer, START.side, LARGEST_PAGE_BYTES);
  }

  /** What lies in a slot, taken for a page. */
  page(slot: Slot, widthPx: number, heightPx: number, dpi: number): GreyPage {
    assert(widthPx * heightPx <= LARGEST_PAGE_BYTES, 'a page fits into its room');
    const pixels = new Uint8Array(this.memory.buffer, START[slot], widthPx * heightPx);
    return greyPage(widthPx, heightPx, dpi, pixels);
  }

  /** Whether this page lies at the start of the side's room. */
  holds({ data }: GreyPage): boolean {
    return data.byteOffset === START.side && data.buffer === this.memory.buffer;
  }
}

/** Both sides of a sheet. */
export class SheetMemory {
  readonly sides: Readonly<Record<SheetSide, SideMemory>>;

  /** @param shared those of another thread */
  constructor(shared?: Readonly<Record<SheetSide, WasmMemory>>) {
    this.sides = { first: new SideMemory(shared?.first), second: new SideMemory(shared?.second) };
  }

  /** To be handed to another thread. */
  get shared(): Readonly<Record<SheetSide, WasmMemory>> {
    return { first: this.sides.first.memory, second: this.sides.second.memory };
  }

  room(side: SheetSide): Uint8Array {
    return this.sides[side].room();
  }

  /** What lies in a side's room, taken for a page. */
  page(side: SheetSide, widthPx: number, heightPx: number, dpi: number): GreyPage {
    return this.sides[side].page('side', widthPx, heightPx, dpi);
  }

  /** In which side's room a page lies, if in one. */
  sideOf(page: GreyPage): SheetSide | undefined {
    return sheetSides.find((side) => this.sides[side].holds(page));
  }
}
