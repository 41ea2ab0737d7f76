/**
 * The reader in its threads, as the machine uses it: from the last line to the verdict over both sides, how long it
 * takes to start, what memory it takes, what the second thread gives, and their garbage collections.
 */
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { assert, must } from '../../ground/result.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import type { ScannedSheet } from '../../drivers/ports.js';
import { SheetMemory } from '../../vision/kernels/memory.js';
import { startReader, YOUNG_GENERATION_MB, type SheetReader } from '../../vision/read-worker.js';
import type { ReaderReply, ReadRequest, SideRequest, SideSetup } from '../../vision/read-worker-messages.js';
import { handoverState } from '../../vision/side-handover.js';
import { ArrivingSheet } from '../../vision/streaming.js';
import { valueOf } from '../bench/office.js';
import type { CollectionCounts, ReaderProgram } from './gc-thread.js';
import { row, timedAsync, timesOf, type Row } from './measure.js';
import type { BenchPaper } from './pages.js';

const SHEETS = 200;
const COLLECTED_SHEETS = 1_000;
const WARM_UP_SHEETS = 20;
const STARTS = 3;
const MEGABYTE = 1_000_000;

/** The sheet's lines where the reader reads them. */
function arrive(reader: SheetReader, { first, second }: ScannedSheet): ScannedSheet {
  const sheet = new ArrivingSheet(reader.memory);
  sheet.take(first, second);
  return {
    first: must(sheet.page('first', first), 'the first side has arrived'),
    second: must(sheet.page('second', second), 'the second side has arrived'),
  };
}

async function readOne(reader: SheetReader, sheet: ScannedSheet): Promise<void> {
  const result = await reader.read(sheet.first, sheet.second);
  assert(result.ok && result.value.kind === 'read', 'a sheet of the benchmark can be read');
}

/** From the last line to the verdict, both sides: read at the same time, and one after the other. */
export async function benchFinalise(name: string, paper: BenchPaper): Promise<readonly Row[]> {
  const readers = {
    two: valueOf(await startReader(paper.context, systemClock(), 2)),
    one: valueOf(await startReader(paper.context, systemClock(), 1)),
  };
  const times: Record<keyof typeof readers, number[]> = { two: [], one: [] };
  for (let i = 0; i < SHEETS; i++) {
    const scanned = must(paper.sheets[i % paper.sheets.length], 'a sheet');
    for (const threads of ['two', 'one'] as const) {
      const sheet = arrive(readers[threads], scanned);
      times[threads].push(await timedAsync(() => readOne(readers[threads], sheet)));
    }
  }
  await Promise.all(Object.values(readers).map((reader) => reader.close()));
  const two = timesOf(times.two.slice(WARM_UP_SHEETS));
  const one = timesOf(times.one.slice(WARM_UP_SHEETS));
  return [
    row(`${name}, last line to verdict, both sides, p50`, 'ms', two.p50),
    row(`${name}, last line to verdict, both sides, p99`, 'ms', two.p99),
    row(`${name}, last line to verdict, a side, p50`, 'ms', two.p50 / 2),
    row(`${name}, last line to verdict, a side, p99`, 'ms', two.p99 / 2),
    row(`${name}, last line to verdict, one side after the other, p50`, 'ms', one.p50),
    row(`${name}, last line to verdict, one side after the other, p99`, 'ms', one.p99),
  ];
}

function sharedBytes(): number {
  return Object.values(new SheetMemory().shared).reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

/** Starting the thread until it has read its own page, the first sheet after that, and the memory of it all. */
export async function benchStart(paper: BenchPaper): Promise<readonly Row[]> {
  const scanned = must(paper.sheets[0], 'a sheet');
  const [starts, firsts]: [number[], number[]] = [[], []];
  const beforeMb = process.memoryUsage().rss / MEGABYTE;
  let grownMb = 0;
  for (let i = 0; i < STARTS; i++) {
    let reader: SheetReader | undefined;
    starts.push(
      await timedAsync(async () => (reader = valueOf(await startReader(paper.context, systemClock())))),
    );
    const started = must(reader, 'the reader has started');
    const sheet = arrive(started, scanned);
    firsts.push(await timedAsync(() => readOne(started, sheet)));
    if (i === 0) grownMb = process.memoryUsage().rss / MEGABYTE - beforeMb;
    await started.close();
  }
  return [
    row('cold start of the reader, until it has read its own page', 'ms', timesOf(starts).p50),
    row('first sheet after the start', 'ms', timesOf(firsts).p50),
    row('memory shared with the reader', 'MB', sharedBytes() / MEGABYTE),
    row('resident memory of the reader with its thread, a letter sheet read', 'MB', grownMb),
  ];
}

/** Garbage collections in the reader's two threads while they read sheets, after warm-up. */
export async function benchCollections(paper: BenchPaper): Promise<readonly Row[]> {
  const memory = new SheetMemory();
  const counts = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));
  const collections: CollectionCounts = { majors: counts(), all: counts() };
  const { context, layouts, loaded } = paper;
  const { port1, port2 } = new MessageChannel();
  const state = handoverState();
  const thread = (program: ReaderProgram, port: MessagePort): Worker => {
    const { thresholds } = context;
    const setup: SideSetup = {
      layouts,
      electionHash20: loaded.hash20,
      thresholds,
      memory: memory.shared,
      handover: { port, state },
    };
    return new Worker(new URL('./gc-thread.js', import.meta.url), {
      workerData: { ...setup, collections, program },
      transferList: [port],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
  };
  const seconds = thread('side-worker-main.js', port1);
  const sheets = thread('read-worker-main.js', port2);
  const answer = (): Promise<ReaderReply> => new Promise((resolve) => sheets.once('message', resolve));
  const ready = await answer();
  assert(ready.kind === 'ready', 'the reader is ready');
  for (let id = 1; id <= WARM_UP_SHEETS + COLLECTED_SHEETS; id++) {
    if (id === WARM_UP_SHEETS + 1)
      for (const count of Object.values(collections) as Int32Array[]) count.fill(0);
    const sheet = must(paper.sheets[id % paper.sheets.length], 'a sheet');
    memory.room('first').set(sheet.first.data);
    memory.room('second').set(sheet.second.data);
    const { widthPx, heightPx, dpi } = sheet.first;
    const first = { widthPx, heightPx, dpi, pixels: 'first' } as const;
    const second = { widthPx, heightPx, dpi, pixels: 'second' } as const;
    const reply = answer();
    seconds.postMessage({ id, page: second } satisfies SideRequest);
    sheets.postMessage({ id, first, second, secondAside: true } satisfies ReadRequest);
    const read = await reply;
    assert(read.kind === 'read' && read.result.kind === 'read', 'a sheet of the benchmark can be read');
  }
  await Promise.all([sheets.terminate(), seconds.terminate()]);
  const over = `in the reader's two threads over ${COLLECTED_SHEETS} sheets`;
  return [
    row(`major garbage collections ${over}`, 'count', collections.majors[0] ?? 0),
    row(`all garbage collections ${over}`, 'count', collections.all[0] ?? 0),
  ];
}
