/**
 * The reader's thread: makes its context once, then answers one request after the other. Where the second side is read
 * by a thread of its own, it reads the first and puts the two together.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../ground/result.js';
import { SheetMemory } from './kernels/memory.js';
import { packSheet, unpackSide } from './packed-sheet.js';
import { readFramedSide } from './read-side.js';
import { joinSides, readSheet } from './read-sheet.js';
import { pageOf, type ReaderReply, type ReaderSetup, type ReadRequest } from './read-worker-messages.js';
import type { SheetResult } from './reading.js';
import { SideHandover } from './side-handover.js';
import { threadContext } from './thread-context.js';

const port = must(parentPort, 'this file runs as a worker thread');
const setup = workerData as ReaderSetup;
const memory = new SheetMemory(setup.memory);
const context = threadContext(setup, memory, 'first');
const aside = setup.handover === undefined ? undefined : new SideHandover(setup.handover);
const reply = (message: ReaderReply, handedOver: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, handedOver);

function read({ id, first, second, secondAside }: ReadRequest): SheetResult {
  const [firstPage, secondPage] = [pageOf(first, memory), pageOf(second, memory)];
  if (!secondAside) return readSheet(firstPage, secondPage, context);
  const one = readFramedSide(firstPage, context);
  const two = unpackSide(must(aside, 'a thread for second sides').take(id), context);
  return joinSides({ page: firstPage, read: one }, { page: secondPage, read: two }, context);
}

port.on('message', (request: ReadRequest) => {
  const result = packSheet(read(request));
  reply({ kind: 'read', id: request.id, result }, result.kind === 'read' ? [result.ovals.buffer] : []);
});
aside?.awaitReady();
reply({ kind: 'ready', kernels: context.kernels.name });
