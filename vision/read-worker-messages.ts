/** What goes between the reader's owner and its thread. Pages are in shared memory: nothing large is copied. */
import { assert } from '../ground/result.js';
import { greyPage, type GreyPage } from '../ground/grey-page.js';
import type { BallotLayout } from '../election-def/layout-types.js';
import type { MarkThresholds } from '../election-def/mark-thresholds.js';
import type { SheetResult } from './reading.js';

/** What the thread is started with; it makes its own context of it. */
export interface ReaderSetup {
  readonly layouts: readonly BallotLayout[];
  readonly electionHash20: number;
  readonly thresholds: MarkThresholds;
}

export interface SharedPage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dpi: number;
  readonly buffer: SharedArrayBuffer;
  readonly byteOffset: number;
}

export interface ReadRequest {
  readonly id: number;
  readonly first: SharedPage;
  readonly second: SharedPage;
}

export type ReaderReply =
  /** Warm and ready; `selfTest` is empty when the reader's own page was read as drawn. */
  | { readonly kind: 'ready'; readonly selfTest: string }
  | { readonly kind: 'read'; readonly id: number; readonly result: SheetResult };

/** The same pixels where they are already shared; a copy where they are not. */
export function sharePage(page: GreyPage): SharedPage {
  const { widthPx, heightPx, dpi, data } = page;
  if (data.buffer instanceof SharedArrayBuffer) {
    return { widthPx, heightPx, dpi, buffer: data.buffer, byteOffset: data.byteOffset };
  }
  const buffer = new SharedArrayBuffer(data.length);
  new Uint8Array(buffer).set(data);
  return { widthPx, heightPx, dpi, buffer, byteOffset: 0 };
}

export function pageOf(shared: SharedPage): GreyPage {
  const { widthPx, heightPx, dpi, buffer, byteOffset } = shared;
  assert(byteOffset + widthPx * heightPx <= buffer.byteLength, 'a page lies within its shared memory');
  return greyPage(widthPx, heightPx, dpi, new Uint8Array(buffer, byteOffset, widthPx * heightPx));
}
