/**
 * The process in which hostile input is read: one door, one input at a time, told by the parent (`fuzz.ts`), which
 * watches its time and memory from outside and outlives it. Whatever a door throws is a finding; what it says is not.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { doors } from './doors.js';

export interface Order {
  readonly door: string;
  readonly path: string;
}

export interface Report {
  readonly threw: string | undefined;
}

const root = process.argv[2] ?? '';

async function obey({ door, path }: Order): Promise<Report> {
  const entered = doors.find(({ name }) => name === door);
  if (entered === undefined) return { threw: `there is no door "${door}"` };
  try {
    const bytes = new Uint8Array(readFileSync(path));
    await entered.enter({ path, bytes, folder: join(root, 'inside', door) });
    return { threw: whatWasPolluted() };
  } catch (thrown) {
    return { threw: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
}

/** A key called `__proto__` must change no other object. */
function whatWasPolluted(): string | undefined {
  return 'polluted' in {} ? 'an input changed the prototype of all objects' : undefined;
}

process.on('message', (order: Order) => {
  void obey(order).then((report) => process.send?.(report));
});
process.on('unhandledRejection', (thrown) => {
  process.send?.({ threw: `nobody waited for: ${String(thrown)}` } satisfies Report);
});
process.send?.({ threw: undefined } satisfies Report);
