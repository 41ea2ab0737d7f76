/**
 * One side from raw pixels to verdicts, in this thread: WebAssembly and plain TypeScript against the OpenCV chain, all
 * three in turn on the same images. The pages of the WebAssembly kernels lie where the scan head's lines are written.
 */
import { assert } from '../../ground/result.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import { SheetMemory } from '../../vision/kernels/memory.js';
import { loadWasmKernels } from '../../vision/kernels/wasm.js';
import { readSide } from '../../vision/read-side.js';
import { valueOf } from '../bench/office.js';
import { openChain, type ChainTimes } from './chain.js';
import { against, processorTime, row, timed, timesOf, type Row } from './measure.js';
import type { BenchPaper } from './pages.js';

/** Each page is read so often by either; the chain takes a hundred times as long and runs in one round of so many. */
const ROUNDS = 80;
const CHAIN_EVERY = 16;
const WARM_UP_ROUNDS = 10;

export class InterpretBenchmark {
  readonly #memory = new SheetMemory();
  readonly #kernels = valueOf(loadWasmKernels(this.#memory));
  readonly #chain = openChain();

  /** Rows for one kind of ballot. */
  run(name: string, paper: BenchPaper): readonly Row[] {
    const { context, layouts, loaded } = paper;
    const fast = readingContext(layouts, loaded.hash20, context.thresholds, this.#kernels);
    const pages = paper.sheets.flatMap(({ first, second }) => [first, second]);
    for (const page of pages) this.#mustAgree(page, context, fast);
    const times: Record<'plain' | 'wasm' | 'copied', number[]> = { plain: [], wasm: [], copied: [] };
    const chain: ChainTimes[] = [];
    const processor: number[] = [];
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      for (const page of pages) {
        const placed = this.#place(page);
        let wasm = 0;
        const spent = processorTime(() => (wasm = timed(() => readSide(placed, fast))));
        const copied = timed(() => readSide(page, fast));
        const plain = timed(() => readSide(page, context));
        if (round < 0) continue;
        times.wasm.push(wasm);
        processor.push(spent);
        times.copied.push(copied);
        times.plain.push(plain);
        if (round % CHAIN_EVERY === 0) chain.push(this.#chain(page));
      }
    }
    const [wasm, plain] = [timesOf(times.wasm), timesOf(times.plain)];
    const whole = timesOf(chain.map(({ withWarp }) => withWarp)).p50;
    const noWarp = timesOf(chain.map(({ withoutWarp }) => withoutWarp)).p50;
    return [
      against(`${name}, side, WASM, p50`, wasm.p50, whole),
      against(`${name}, side, WASM, p50, chain without warp`, wasm.p50, noWarp),
      row(`${name}, side, WASM, p99`, 'ms', wasm.p99),
      row(`${name}, side, WASM, p50 of processor time`, 'ms', timesOf(processor).p50),
      row(`${name}, side, WASM, p99 of processor time`, 'ms', timesOf(processor).p99),
      against(`${name}, side, WASM, page copied first, p50`, timesOf(times.copied).p50, whole),
      against(`${name}, side, plain TypeScript, p50`, plain.p50, whole),
      against(`${name}, side, plain TypeScript, p50, chain without warp`, plain.p50, noWarp),
      row(`${name}, side, plain TypeScript, p99`, 'ms', plain.p99),
    ];
  }

  #place(page: GreyPage): GreyPage {
    const placed = this.#memory.page('first', page.widthPx, page.heightPx, page.dpi);
    placed.data.set(page.data);
    return placed;
  }

  /** A time means nothing when the page was not read, or read otherwise. */
  #mustAgree(page: GreyPage, plain: ReadingContext, fast: ReadingContext): void {
    const [expected, said] = [readSide(page, plain), readSide(page, fast)];
    assert(expected.kind === 'read', 'a page of the benchmark can be read');
    assert(JSON.stringify(said) === JSON.stringify(expected), 'WebAssembly says what plain TypeScript says');
  }
}
