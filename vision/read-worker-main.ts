/** The reader's thread: makes its context once, warms up, then answers one request after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../ground/result.js';
import { readingContext } from './context.js';
import { SheetMemory } from './kernels/memory.js';
import { plainKernels } from './kernels/plain.js';
import { loadWasmKernels } from './kernels/wasm.js';
import { packSheet } from './packed-sheet.js';
import { readSheet } from './read-sheet.js';
import { pageOf, type ReaderReply, type ReaderSetup, type ReadRequest } from './read-worker-messages.js';
import { warmUp } from './warm-up.js';

const port = must(parentPort, 'this file runs as a worker thread');
const setup = workerData as ReaderSetup;
const memory = new SheetMemory(setup.memory);
const wasm = loadWasmKernels(memory);
// The numbers are the same; without SIMD it takes longer.
const kernels = wasm.ok ? wasm.value : plainKernels;
const context = readingContext(setup.layouts, setup.electionHash20, setup.thresholds, kernels);
const reply = (message: ReaderReply, handedOver: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, handedOver);

port.on('message', (request: ReadRequest) => {
  const read = readSheet(pageOf(request.first, memory), pageOf(request.second, memory), context);
  const result = packSheet(read);
  reply({ kind: 'read', id: request.id, result }, result.kind === 'read' ? [result.ovals.buffer] : []);
});
reply({ kind: 'ready', selfTest: warmUp(context), kernels: kernels.name });
