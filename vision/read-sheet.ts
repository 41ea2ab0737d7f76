/**
 * Both sides of one sheet. Each side is read by itself; then they must belong together: one front and one back of the
 * same sheet of the same ballot style, precinct and kind (test or not). Either image may be the front and either may
 * be upright or turned, because sheets are fed any way round and images also come from files.
 */
import type { GreyPage } from '../ground/grey-page.js';
import type { BallotCode } from '../election-def/ballot-code.js';
import { sideOfCode, type ReadingContext } from './context.js';
import { readSide } from './read-side.js';
import type { Reject, SheetResult } from './reading.js';
import { reject } from './rejects.js';

export function readSheet(first: GreyPage, second: GreyPage, context: ReadingContext): SheetResult {
  const one = readSide(first, context);
  if (one.kind === 'rejected') return { kind: 'rejected', reject: ofImage('first', one.reject) };
  const two = readSide(second, context);
  if (two.kind === 'rejected') return { kind: 'rejected', reject: ofImage('second', two.reject) };

  const mismatch = compareCodes(one.reading.code, two.reading.code);
  if (mismatch !== undefined) return { kind: 'rejected', reject: reject('sides-do-not-match', mismatch) };
  const side = sideOfCode(context, one.reading.code);
  if (side === undefined)
    return { kind: 'rejected', reject: reject('unknown-ballot-style', 'no such style') };
  const frontFirst = one.reading.code.side === 'front';
  return {
    kind: 'read',
    styleId: side.layout.styleId,
    precinctId: side.layout.precinctId,
    sheet: one.reading.code.sheet,
    test: one.reading.code.test,
    front: frontFirst ? one.reading : two.reading,
    back: frontFirst ? two.reading : one.reading,
    frontImage: frontFirst ? 'first' : 'second',
  };
}

function ofImage(which: 'first' | 'second', cause: Reject): Reject {
  return { reason: cause.reason, detail: `${which} image: ${cause.detail}` };
}

/** What keeps two codes from being those of one sheet, or nothing. */
function compareCodes(a: BallotCode, b: BallotCode): string | undefined {
  if (a.side === b.side) return `both images are a ${a.side}`;
  if (a.sheet !== b.sheet) return `one image is of sheet ${a.sheet}, the other of sheet ${b.sheet}`;
  if (a.styleNumber !== b.styleNumber || a.precinctNumber !== b.precinctNumber) {
    return 'the images are of different ballot styles or precincts';
  }
  if (a.test !== b.test) return 'one image is of a test ballot, the other is not';
  return undefined;
}
