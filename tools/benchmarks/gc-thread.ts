/**
 * One of the reader's own thread programs, with a count of its garbage collections: started like the reader's thread,
 * with two things more in its data: which program it is, and where to count.
 */
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { workerData } from 'node:worker_threads';

const { collections, program } = workerData as {
  readonly collections: CollectionCounts;
  readonly program: ReaderProgram;
};
const { majors, all } = collections;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { detail } = entry as typeof entry & { readonly detail: { readonly kind: number } };
    Atomics.add(all, 0, 1);
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) Atomics.add(majors, 0, 1);
  }
}).observe({ entryTypes: ['gc'] });

await import(`../../vision/${program}`);

export type ReaderProgram = 'read-worker-main.js' | 'side-worker-main.js';

export interface CollectionCounts {
  readonly majors: Int32Array;
  readonly all: Int32Array;
}
