/**
 * Both sides of one sheet. Each side is read by itself; then they must belong together: one front and one back of the
 * same sheet of the same ballot style, precinct and kind (test or not). Either image may be the front and either may
 * be upright or turned, because sheets are fed any way round and images also come from files. With both sides at hand
 * a faint mark is held against what lies behind it: ink that came through the paper is nobody's vote.
 */
import type { GreyPage } from '../ground/grey-page.js';
import type { Result } from '../ground/result.js';
import type { BallotCode } from '../election-def/ballot-code.js';
import { sideOfCode, type ReadingContext } from './context.js';
import { BehindLook } from './from-behind.js';
import { ovalTemplate } from './oval-template.js';
import { readFramedSide, type ReadSide } from './read-side.js';
import type { OvalReading, Reject, SheetResult, SideReading } from './reading.js';
import { reject } from './rejects.js';
import { FAINT_BELOW, verdictOf } from './verdict.js';

export function readSheet(first: GreyPage, second: GreyPage, context: ReadingContext): SheetResult {
  const one = readFramedSide(first, context);
  if (!one.ok) return { kind: 'rejected', reject: ofImage('first', one.error) };
  return joinSides(
    { page: first, read: one },
    { page: second, read: readFramedSide(second, context) },
    context,
  );
}

/** One image, and what was read of it. */
export interface ImagedSide {
  readonly page: GreyPage;
  readonly read: Result<ReadSide, Reject>;
}

/** What the two sides come to together, by whomever they were read. */
export function joinSides(first: ImagedSide, second: ImagedSide, context: ReadingContext): SheetResult {
  const [one, two] = [first.read, second.read];
  if (!one.ok) return { kind: 'rejected', reject: ofImage('first', one.error) };
  if (!two.ok) return { kind: 'rejected', reject: ofImage('second', two.error) };

  const { code } = one.value.reading;
  const mismatch = compareCodes(code, two.value.reading.code);
  if (mismatch !== undefined) return { kind: 'rejected', reject: reject('sides-do-not-match', mismatch) };
  const side = sideOfCode(context, code);
  if (side === undefined)
    return { kind: 'rejected', reject: reject('unknown-ballot-style', 'no such style') };
  const upper = { ...one.value, page: first.page };
  const lower = { ...two.value, page: second.page };
  const firstReading = heldAgainstBehind(upper, lower, context);
  const secondReading = heldAgainstBehind(lower, upper, context);
  const frontFirst = code.side === 'front';
  return {
    kind: 'read',
    styleId: side.layout.styleId,
    precinctId: side.layout.precinctId,
    sheet: code.sheet,
    test: code.test,
    front: frontFirst ? firstReading : secondReading,
    back: frontFirst ? secondReading : firstReading,
    frontImage: frontFirst ? 'first' : 'second',
  };
}

type Imaged = ReadSide & { readonly page: GreyPage };

/** The reading, with what lies behind each faint mark measured and its verdict given again. Most sheets have none. */
function heldAgainstBehind(here: Imaged, behind: Imaged, context: ReadingContext): SideReading {
  const { reading, frame, page } = here;
  const places = sideOfCode(context, reading.code)?.side.ovals ?? [];
  let look: BehindLook | undefined;
  const held = (oval: OvalReading, i: number): OvalReading => {
    const printed = places[i];
    const isFaint = oval.verdict === 'marked' && oval.score.density < FAINT_BELOW;
    if (!isFaint || printed === undefined) return oval;
    look ??= new BehindLook(
      { page, frame, orientation: reading.orientation },
      { page: behind.page, frame: behind.frame, orientation: behind.reading.orientation },
      ovalTemplate(page.dpi, frame.skewDegrees),
    );
    const fromBehind = Math.round(look.share(oval.centre, printed) * 10_000) / 10_000;
    const score = { ...oval.score, fromBehind };
    return { ...oval, score, verdict: verdictOf(score, context.thresholds) };
  };
  return { ...reading, ovals: reading.ovals.map(held) };
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
