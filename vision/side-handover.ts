/**
 * How the thread that reads the second side of a sheet hands its reading to the one that reads the first. Both are set
 * to work at the same time and end at about the same time, so the one that is done first keeps looking for the other
 * for a moment: to go to sleep and be woken takes as long as a tenth of the reading.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { assert, must } from '../ground/result.js';
import type { PackedReadSide } from './packed-sheet.js';

/** One for each of the two threads; they differ in the port. */
export interface HandoverEnd {
  readonly port: MessagePort;
  /** Which sheet's second side has been handed over last; made by `handoverState`. */
  readonly state: Int32Array<SharedArrayBuffer>;
}

interface Handed {
  readonly id: number;
  readonly side: PackedReadSide;
}

const NOT_READY = -1;
const READY = 0;

export function handoverState(): HandoverEnd['state'] {
  return new Int32Array(new SharedArrayBuffer(4)).fill(NOT_READY);
}

/** Some milliseconds: the second side takes no longer than the first but for the load of the computer. */
const LOOKS = 1_000_000;
/** The owner gives up sooner. */
const LIMIT_MS = 30_000;

export class SideHandover {
  constructor(private readonly end: HandoverEnd) {}

  /** Of the second side's thread: from now on it can be asked. */
  ready(): void {
    this.#set(READY);
  }

  /** Of the first side's thread: blocks until the other one is ready. */
  awaitReady(): void {
    this.#awaitState(READY);
  }

  /** Of the second side's thread. @param id of the sheet, from 1 on, another each time */
  give(id: number, side: PackedReadSide): void {
    const message: Handed = { id, side };
    this.end.port.postMessage(message, side.kind === 'read' ? [side.ovals.buffer] : []);
    this.#set(id);
  }

  /** Of the first side's thread: blocks until the other side of this sheet has been read. */
  take(id: number): PackedReadSide {
    for (let looks = 0; looks < LOOKS && Atomics.load(this.end.state, 0) !== id; looks++);
    this.#awaitState(id);
    const received = must(receiveMessageOnPort(this.end.port), 'what was announced has been handed over');
    const handed = (received as { readonly message: Handed }).message;
    assert(handed.id === id, `of sheet ${id}, and not of sheet ${handed.id}`);
    return handed.side;
  }

  #set(value: number): void {
    Atomics.store(this.end.state, 0, value);
    Atomics.notify(this.end.state, 0);
  }

  #awaitState(wanted: number): void {
    const seen = Atomics.load(this.end.state, 0);
    if (seen === wanted) return;
    const waited = Atomics.wait(this.end.state, 0, seen, LIMIT_MS);
    assert(waited !== 'timed-out', 'the thread of the second side answers in time');
    const now = Atomics.load(this.end.state, 0);
    assert(now === wanted, `the thread of the second side has done ${wanted}, and not ${now}`);
  }
}
