/** Times of repeated work, and the rows of the report. */
import { performance } from 'node:perf_hooks';

export interface Times {
  readonly p50: number;
  readonly p99: number;
}

export interface Row {
  readonly name: string;
  readonly unit: 'ms' | 'MB' | 'count' | '×';
  readonly value: number;
  /** What it is measured against: the OpenCV chain's processor time on the same images in the same run. */
  readonly baseline?: number;
  /** How many times faster than the baseline. */
  readonly ratio?: number;
}

export function timesOf(milliseconds: readonly number[]): Times {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

export function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** Milliseconds of processor time: what the work itself took, whoever else was there. */
export function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

export function row(name: string, unit: Row['unit'], value: number): Row {
  return { name, unit, value: rounded(value) };
}

/** Against a baseline in the same unit, where less is better. */
export function against(name: string, value: number, baseline: number): Row {
  const ratio = Math.round((baseline / value) * 10) / 10;
  return { name, unit: 'ms', value: rounded(value), baseline: rounded(baseline), ratio };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, unit, value, baseline, ratio }) => {
      const measured = `${name.padEnd(width)}  ${value.toFixed(unit === 'ms' ? 2 : 1).padStart(9)} ${unit.padEnd(5)}`;
      if (baseline === undefined || ratio === undefined) return measured.trimEnd();
      return `${measured}  ${baseline.toFixed(1).padStart(7)} ms  ${ratio.toFixed(1).padStart(6)} ×`;
    })
    .join('\n');
}
