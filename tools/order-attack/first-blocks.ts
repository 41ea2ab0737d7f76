/** Where files begin on their medium, by `filefrag` (e2fsprogs), which asks the kernel. Nothing where there is none. */
import { spawnSync } from 'node:child_process';

const FILES_A_CALL = 500;
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface Extent {
  /** In blocks of 4096 bytes, from the beginning of the file and of the medium. */
  readonly logical: number;
  readonly physical: number;
  readonly length: number;
}

/** The first block of each, in their order. */
export function firstBlocks(paths: readonly string[]): readonly number[] | undefined {
  const extents = extentsOf(paths);
  return extents?.map((of) => of[0]?.physical ?? 0);
}

export function extentsOf(paths: readonly string[]): readonly (readonly Extent[])[] | undefined {
  const found: (readonly Extent[])[] = [];
  for (let from = 0; from < paths.length; from += FILES_A_CALL) {
    const asked = paths.slice(from, from + FILES_A_CALL);
    const { status, stdout } = spawnSync('filefrag', ['-b4096', '-v', ...asked], {
      encoding: 'utf8',
      maxBuffer: MOST_OUTPUT_BYTES,
    });
    if (status !== 0) return undefined;
    const files = stdout.split(/^File size of /m).slice(1);
    if (files.length !== asked.length) return undefined;
    found.push(...files.map(extentLines));
  }
  return found;
}

/** `   0:        0..    2047:    34816..     36863:   2048:             last,eof` */
function extentLines(text: string): readonly Extent[] {
  return [...text.matchAll(/^\s*\d+:\s+(\d+)\.\.\s*\d+:\s+(\d+)\.\.\s*\d+:\s+(\d+):/gm)].map((match) => ({
    logical: Number(match[1]),
    physical: Number(match[2]),
    length: Number(match[3]),
  }));
}
