/** The second opinion's thread: reads one side after the other. OpenCV is loaded with the first. */
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../../ground/result.js';
import { crossCheckSide } from './cross-check.js';
import type { ElectionLayouts } from './reading.js';
import type { CrossCheckReply, CrossCheckRequest } from './thread-messages.js';

const port = must(parentPort, 'this file runs as a worker thread');
const election = workerData as ElectionLayouts;

port.on('message', ({ id, page }: CrossCheckRequest) => {
  const reply: CrossCheckReply = { id, reading: crossCheckSide(page, election) };
  port.postMessage(reply);
});
