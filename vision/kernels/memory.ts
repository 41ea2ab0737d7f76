/**
 * The memory that the WebAssembly kernels work in: scratch, then room for the two sides of a sheet and for a copy of
 * one page that lies elsewhere. All of it is there from the start and is shared between threads, so that lines from
 * the scan head are written to where they will be read, and reading a sheet allocates nothing.
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
const MEMORY_BYTES = SCRATCH_BYTES + 3 * SIDE_BYTES;

export const LARGEST_PAGE_BYTES = SIDE_BYTES - MARGIN_BYTES;
/** So many column means fit into their scratch. */
export const WIDEST_PAGE_PX = 7_680;

export type SheetSide = 'first' | 'second';
export type Slot = SheetSide | 'copy';
const SLOTS: readonly Slot[] = ['first', 'second', 'copy'];

export class SheetMemory {
  readonly memory: WasmMemory;

  /** @param memory that of another thread, which then sees the same pixels */
  constructor(memory?: WasmMemory) {
    const pages = MEMORY_BYTES / WASM_PAGE_BYTES;
    this.memory = memory ?? new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    assert(this.memory.buffer.byteLength === MEMORY_BYTES, 'the kernels and their memory fit each other');
  }

  /** The whole room of a side, to write lines to. */
  room(slot: Slot): Uint8Array {
    return new Uint8Array(this.memory.buffer, startOf(slot), LARGEST_PAGE_BYTES);
  }

  /** What lies in a side's room, taken for a page. */
  page(slot: Slot, widthPx: number, heightPx: number, dpi: number): GreyPage {
    assert(widthPx * heightPx <= LARGEST_PAGE_BYTES, 'a page fits into its room');
    return greyPage(
      widthPx,
      heightPx,
      dpi,
      new Uint8Array(this.memory.buffer, startOf(slot), widthPx * heightPx),
    );
  }

  /** In which room a page lies, if it lies at the start of one. */
  slotOf(page: GreyPage): Slot | undefined {
    if (page.data.buffer !== this.memory.buffer) return undefined;
    return SLOTS.find((slot) => startOf(slot) === page.data.byteOffset);
  }
}

function startOf(slot: Slot): number {
  return SCRATCH_BYTES + SLOTS.indexOf(slot) * SIDE_BYTES;
}
