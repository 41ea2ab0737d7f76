/**
 * How far a long work is: one line on a terminal, drawn when the work has lasted more than a second, taken away when
 * it is done. Where nobody watches (a file, a pipe), nothing is drawn.
 */
export interface Progress {
  /** @param what a few words: `counting export` */
  show(done: number, of: number, what: string): void;
  /** Leaves the line as it was before. */
  clear(): void;
}

export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const FIRST_AFTER_MS = 1000;
const EVERY_MS = 100;
const BAR_CHARACTERS = 24;
const USUAL_COLUMNS = 80;
const ERASE_LINE = '\r\x1b[K';

export function progressOn(screen: Screen, nowMs: () => number): Progress {
  if (screen.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  let nextMs = nowMs() + FIRST_AFTER_MS;
  let isDrawn = false;
  return {
    show: (done, of, what) => {
      const now = nowMs();
      if (now < nextMs) return;
      nextMs = now + EVERY_MS;
      isDrawn = true;
      screen.write(
        `${ERASE_LINE}${progressLine(done, of, what).slice(0, (screen.columns ?? USUAL_COLUMNS) - 1)}`,
      );
    },
    clear: () => {
      if (isDrawn) screen.write(ERASE_LINE);
      isDrawn = false;
    },
  };
}

function progressLine(done: number, of: number, what: string): string {
  const share = of <= 0 ? 1 : Math.min(1, Math.max(0, done / of));
  const full = Math.floor(share * BAR_CHARACTERS);
  const bar = `${'#'.repeat(full)}${'.'.repeat(BAR_CHARACTERS - full)}`;
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${what}`;
}

/** The same items, each told of when it has been taken. */
export async function* told<T>(items: AsyncIterable<T>, tell: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    tell();
  }
}
