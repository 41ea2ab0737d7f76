/**
 * What goes between the reader's owner and its threads. Pages are in shared memory, by preference in the reader's own
 * (`kernels/memory.ts`), where the scan head's lines have been written already: then nothing large is copied at all.
 */
import { assert } from '../ground/result.js';
import { greyPage, type GreyPage } from '../ground/grey-page.js';
import type { BallotLayout } from '../election-def/layout-types.js';
import type { MarkThresholds } from '../election-def/mark-thresholds.js';
import type { Kernels } from './kernels/kernels.js';
import { LARGEST_PAGE_BYTES, type SheetMemory, type SheetSide, type WasmMemory } from './kernels/memory.js';
import type { PackedSheet } from './packed-sheet.js';
import type { HandoverEnd } from './side-handover.js';

/** What either thread is started with; it makes its own context of it. */
export interface ThreadSetup {
  readonly layouts: readonly BallotLayout[];
  readonly electionHash20: number;
  readonly thresholds: MarkThresholds;
  readonly memory: Readonly<Record<SheetSide, WasmMemory>>;
}

export interface ReaderSetup extends ThreadSetup {
  /** There where the second side of a sheet is read by a thread of its own. */
  readonly handover?: HandoverEnd;
}

export interface SideSetup extends ThreadSetup {
  readonly handover: HandoverEnd;
}

export interface SharedPage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dpi: number;
  /** In the room of a side of the reader's memory, or in some other shared one. */
  readonly pixels: SheetSide | { readonly buffer: SharedArrayBuffer; readonly byteOffset: number };
}

export interface ReadRequest {
  readonly id: number;
  readonly first: SharedPage;
  readonly second: SharedPage;
  /** The other thread was asked for the second side. */
  readonly secondAside: boolean;
}

/** To the thread of second sides. */
export interface SideRequest {
  readonly id: number;
  readonly page: SharedPage;
}

export type ReaderReply =
  | { readonly kind: 'ready'; readonly kernels: Kernels['name'] }
  | { readonly kind: 'read'; readonly id: number; readonly result: PackedSheet };

/** Where they are already shared the same pixels; else a copy, in the reader's memory if it is free for both. */
export function shareSheet(
  first: GreyPage,
  second: GreyPage,
  memory: SheetMemory,
): Pick<ReadRequest, 'first' | 'second'> {
  const inUse = [first, second].some((page) => memory.sideOf(page) !== undefined);
  const share = (page: GreyPage, side: SheetSide): SharedPage => {
    const { widthPx, heightPx, dpi, data } = page;
    const size = { widthPx, heightPx, dpi };
    const there = memory.sideOf(page);
    if (there !== undefined) return { ...size, pixels: there };
    if (data.buffer instanceof SharedArrayBuffer) {
      return { ...size, pixels: { buffer: data.buffer, byteOffset: data.byteOffset } };
    }
    if (!inUse && data.length <= LARGEST_PAGE_BYTES) {
      memory.room(side).set(data);
      return { ...size, pixels: side };
    }
    const buffer = new SharedArrayBuffer(data.length);
    new Uint8Array(buffer).set(data);
    return { ...size, pixels: { buffer, byteOffset: 0 } };
  };
  return { first: share(first, 'first'), second: share(second, 'second') };
}

export function pageOf(shared: SharedPage, memory: SheetMemory): GreyPage {
  const { widthPx, heightPx, dpi, pixels } = shared;
  if (typeof pixels === 'string') return memory.page(pixels, widthPx, heightPx, dpi);
  const { buffer, byteOffset } = pixels;
  assert(byteOffset + widthPx * heightPx <= buffer.byteLength, 'a page lies within its shared memory');
  return greyPage(widthPx, heightPx, dpi, new Uint8Array(buffer, byteOffset, widthPx * heightPx));
}
