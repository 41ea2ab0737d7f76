/**
 * The reader's own thread program, with a count of its garbage collections: started like the reader's thread, with
 * one shared array more in its data, in which it counts those of kind major.
 */
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { workerData } from 'node:worker_threads';

const { majors, all } = (workerData as { readonly collections: CollectionCounts }).collections;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { detail } = entry as typeof entry & { readonly detail: { readonly kind: number } };
    Atomics.add(all, 0, 1);
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) Atomics.add(majors, 0, 1);
  }
}).observe({ entryTypes: ['gc'] });

await import('../../vision/read-worker-main.js');

export interface CollectionCounts {
  readonly majors: Int32Array;
  readonly all: Int32Array;
}
