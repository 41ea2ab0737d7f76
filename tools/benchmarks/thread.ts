/**
 * The reader in its thread, as the machine uses it: from the last line to the verdict over both sides, how long it
 * takes to start, what memory it takes, whether a second thread would help, and its garbage collections.
 */
import { Worker } from 'node:worker_threads';
import { assert, must } from '../../ground/result.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import type { ScannedSheet } from '../../drivers/ports.js';
import { SheetMemory } from '../../vision/kernels/memory.js';
import { startReader, YOUNG_GENERATION_MB, type SheetReader } from '../../vision/read-worker.js';
import type { ReaderReply, ReaderSetup, ReadRequest } from '../../vision/read-worker-messages.js';
import { ArrivingSheet } from '../../vision/streaming.js';
import { valueOf } from '../bench/office.js';
import type { CollectionCounts } from './gc-thread.js';
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

/** From the last line to the verdict, both sides. */
export async function benchFinalise(name: string, paper: BenchPaper): Promise<readonly Row[]> {
  const reader = valueOf(await startReader(paper.context, systemClock()));
  const times: number[] = [];
  for (let i = 0; i < SHEETS; i++) {
    const sheet = arrive(reader, must(paper.sheets[i % paper.sheets.length], 'a sheet'));
    times.push(await timedAsync(() => readOne(reader, sheet)));
  }
  await reader.close();
  const { p50, p99 } = timesOf(times.slice(WARM_UP_SHEETS));
  return [
    row(`${name}, last line to verdict, both sides, p50`, 'ms', p50),
    row(`${name}, last line to verdict, both sides, p99`, 'ms', p99),
    row(`${name}, last line to verdict, a side, p50`, 'ms', p50 / 2),
    row(`${name}, last line to verdict, a side, p99`, 'ms', p99 / 2),
  ];
}

/** What a second thread could give: two readers at work at the same time, against one. */
export async function benchTwoThreads(paper: BenchPaper): Promise<readonly Row[]> {
  const readers = [
    valueOf(await startReader(paper.context, systemClock())),
    valueOf(await startReader(paper.context, systemClock())),
  ] as const;
  const [alone, together]: [number[], number[]] = [[], []];
  for (let i = 0; i < SHEETS; i++) {
    const scanned = must(paper.sheets[i % paper.sheets.length], 'a sheet');
    const [one, two] = [arrive(readers[0], scanned), arrive(readers[1], scanned)];
    alone.push(await timedAsync(() => readOne(readers[0], one)));
    together.push(await timedAsync(() => Promise.all([readOne(readers[0], one), readOne(readers[1], two)])));
  }
  await Promise.all(readers.map((reader) => reader.close()));
  return [
    row('letter, one thread reads a sheet, p50', 'ms', timesOf(alone.slice(WARM_UP_SHEETS)).p50),
    row('letter, two threads read a sheet each, p50', 'ms', timesOf(together.slice(WARM_UP_SHEETS)).p50),
  ];
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
    row('memory shared with the reader', 'MB', new SheetMemory().memory.buffer.byteLength / MEGABYTE),
    row('resident memory of the reader with its thread, a letter sheet read', 'MB', grownMb),
  ];
}

/** Garbage collections in the reader's thread while it reads sheets, after warm-up. */
export async function benchCollections(paper: BenchPaper): Promise<readonly Row[]> {
  const memory = new SheetMemory();
  const counts = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));
  const collections: CollectionCounts = { majors: counts(), all: counts() };
  const { context, layouts, loaded } = paper;
  const setup: ReaderSetup = {
    layouts,
    electionHash20: loaded.hash20,
    thresholds: context.thresholds,
    memory: memory.memory,
  };
  const thread = new Worker(new URL('./gc-thread.js', import.meta.url), {
    workerData: { ...setup, collections },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const answer = (): Promise<ReaderReply> => new Promise((resolve) => thread.once('message', resolve));
  const ready = await answer();
  assert(ready.kind === 'ready' && ready.selfTest === '', 'the reader reads its own page');
  for (let id = 1; id <= WARM_UP_SHEETS + COLLECTED_SHEETS; id++) {
    if (id === WARM_UP_SHEETS + 1)
      for (const count of Object.values(collections) as Int32Array[]) count.fill(0);
    const sheet = must(paper.sheets[id % paper.sheets.length], 'a sheet');
    memory.room('first').set(sheet.first.data);
    memory.room('second').set(sheet.second.data);
    const { widthPx, heightPx, dpi } = sheet.first;
    const request: ReadRequest = {
      id,
      first: { widthPx, heightPx, dpi, pixels: 'first' },
      second: { widthPx, heightPx, dpi, pixels: 'second' },
    };
    const reply = answer();
    thread.postMessage(request);
    const read = await reply;
    assert(read.kind === 'read' && read.result.kind === 'read', 'a sheet of the benchmark can be read');
  }
  await thread.terminate();
  return [
    row(
      `major garbage collections in the reader over ${COLLECTED_SHEETS} sheets`,
      'count',
      collections.majors[0] ?? 0,
    ),
    row(
      `all garbage collections in the reader over ${COLLECTED_SHEETS} sheets`,
      'count',
      collections.all[0] ?? 0,
    ),
  ];
}
