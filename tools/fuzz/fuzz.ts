/**
 * Fuzzing from a seed: for each door its corpus as it is, then hostile changes of it. A finding is an exception, a
 * process that dies, an input that takes too long or too much memory, or a file that appears or changes anywhere
 * around the folder in which the doors may work.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import { doors, type Door } from './doors.js';
import { hostileBytes, hostileJson } from './hostile.js';
import { WatchedWorker } from './watched-worker.js';

export interface DoorResult {
  readonly door: string;
  corpus: number;
  runs: number;
  ms: number;
  slowestMs: number;
  peakBytes: number;
  readonly findings: string[];
}

export interface FuzzWish {
  readonly corpus: string;
  readonly seed: string;
  /** Hostile changes for each door, or a time for each. */
  readonly runs?: number;
  readonly ms?: number;
  readonly doors?: readonly string[];
  /** Where inputs that are findings are kept. */
  readonly keep: string;
}

const MOST_FINDINGS = 10;
const clock = systemClock();
const LOOK_AROUND_EVERY = 100;

export async function fuzz(
  wish: FuzzWish,
  onDoor: (result: DoorResult) => void,
): Promise<readonly DoorResult[]> {
  const root = mkdtempSync(join(tmpdir(), 'tallystick-fuzz-'));
  for (const folder of ['inside', 'beside']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'beside', 'kept.txt'), 'nobody may change this\n');
  const worker = new WatchedWorker(root);
  const results: DoorResult[] = [];
  try {
    for (const door of doors) {
      if (wish.doors !== undefined && !wish.doors.includes(door.name)) continue;
      const result = await fuzzDoor(door, wish, root, worker);
      results.push(result);
      onDoor(result);
    }
  } finally {
    worker.stop();
    rmSync(root, { recursive: true, force: true });
  }
  return results;
}

/** What a door is given, in its order. */
export function corpusOf(
  folder: string,
  door: string,
): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  return readdirSync(join(folder, door))
    .sort()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, door, name))) }));
}

async function fuzzDoor(
  door: Door,
  wish: FuzzWish,
  root: string,
  worker: WatchedWorker,
): Promise<DoorResult> {
  const result: DoorResult = {
    door: door.name,
    corpus: 0,
    runs: 0,
    ms: 0,
    slowestMs: 0,
    peakBytes: 0,
    findings: [],
  };
  const corpus = corpusOf(wish.corpus, door.name);
  const inputPath = join(root, 'inside', 'input');
  const outside = join(root, 'beside');
  let around = treeAround(root, door.name);
  const startMs = clock.nowMs();
  const enter = async (bytes: Uint8Array, called: string): Promise<void> => {
    writeFileSync(inputPath, bytes);
    const { wrong, ms, peakBytes } = await worker.run({ door: door.name, path: inputPath });
    result.slowestMs = Math.max(result.slowestMs, ms);
    result.peakBytes = Math.max(result.peakBytes, peakBytes);
    if (wrong !== undefined) report(bytes, `${called}: ${wrong}`);
  };
  const report = (bytes: Uint8Array, what: string): void => {
    const name = `${door.name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`;
    mkdirSync(wish.keep, { recursive: true });
    writeFileSync(join(wish.keep, name), bytes);
    if (result.findings.length < MOST_FINDINGS)
      result.findings.push(`${what}\n    kept as ${join(wish.keep, name)}`);
  };
  const lookAround = (called: string): void => {
    const now = treeAround(root, door.name);
    if (now !== around) report(new Uint8Array(), `${called}: something was written outside of its folder`);
    around = now;
  };
  for (const { name, bytes } of corpus) {
    await enter(bytes, name);
    lookAround(name);
    result.corpus += 1;
  }
  const isOver = (): boolean =>
    wish.ms === undefined ? result.runs >= (wish.runs ?? 0) : clock.nowMs() - startMs >= wish.ms;
  while (!isOver() && result.findings.length < MOST_FINDINGS) {
    const random = seededRandom(`${wish.seed}/${door.name}/${result.runs}`);
    const seed = must(random.pick(corpus), 'a corpus').bytes;
    const isJson = door.takes === 'json' && random.chance(0.8);
    const bytes = isJson ? hostileJson(seed, random, outside) : hostileBytes(seed, random);
    await enter(bytes, `run ${result.runs}`);
    result.runs += 1;
    if (result.runs % LOOK_AROUND_EVERY === 0)
      lookAround(`run ${result.runs - LOOK_AROUND_EVERY} to ${result.runs}`);
  }
  lookAround('the last runs');
  result.ms = clock.nowMs() - startMs;
  return result;
}

/** Every file below the root but the input and the door's own folder: name, size, time of last change. */
function treeAround(root: string, door: string): string {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== join('inside', 'input') && !name.startsWith(join('inside', door)))
    .filter((name) => name !== 'inside')
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(root, name));
      return `${name} ${size} ${mtimeMs}`;
    })
    .join('\n');
}
