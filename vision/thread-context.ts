/** What both threads of the reader begin with. */
import { readingContext, type ReadingContext } from './context.js';
import type { SheetMemory, SheetSide } from './kernels/memory.js';
import { plainKernels } from './kernels/plain.js';
import { loadWasmKernels } from './kernels/wasm.js';
import type { ThreadSetup } from './read-worker-messages.js';

/** @param home the side whose memory this thread may copy other pages to */
export function threadContext(setup: ThreadSetup, memory: SheetMemory, home: SheetSide): ReadingContext {
  const wasm = loadWasmKernels(memory, home);
  // The numbers are the same; without SIMD it takes longer.
  const kernels = wasm.ok ? wasm.value : plainKernels;
  return readingContext(setup.layouts, setup.electionHash20, setup.thresholds, kernels);
}
