/** The program of the thread that reads second sides: one after the other, handed to the thread of the first sides. */
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../ground/result.js';
import { SheetMemory } from './kernels/memory.js';
import { packSide } from './packed-sheet.js';
import { readFramedSide } from './read-side.js';
import { pageOf, type SideRequest, type SideSetup } from './read-worker-messages.js';
import { SideHandover } from './side-handover.js';
import { threadContext } from './thread-context.js';

const port = must(parentPort, 'this file runs as a worker thread');
const setup = workerData as SideSetup;
const memory = new SheetMemory(setup.memory);
const context = threadContext(setup, memory, 'second');
const handover = new SideHandover(setup.handover);

port.on('message', ({ id, page }: SideRequest) => {
  handover.give(id, packSide(readFramedSide(pageOf(page, memory), context)));
});
handover.ready();
