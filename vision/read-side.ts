/**
 * One side of a sheet, from grey pixels to marks: the story of `vision`, stage by stage. Each stage is a function
 * from one named type to the next and may refuse with a reason; nothing is ever guessed.
 *
 *   levels          how dark is ink here
 *   timing marks    bars of the right size → four complete edges → which paper, how skewed, how stretched
 *   code            which way up, which election, style, precinct, sheet and side
 *   page map        where any point of the page lies in the image
 *   ovals           what ink is inside each, as a score vector
 *   faults          a second sheet, streaks, folds, torn edges
 *   write-ins       how much ink is in each box
 *   verdicts        thresholds, in `verdict.ts` and nowhere else
 */
import type { GreyPage } from '../ground/grey-page.js';
import { err, ok, type Result } from '../ground/result.js';
import type { BallotCode } from '../election-def/ballot-code.js';
import { sideOfCode, type ReadingContext, type SideContext } from './context.js';
import { findFaults } from './faults.js';
import type { PageKernels } from './kernels/kernels.js';
import { plainPageKernels } from './kernels/plain.js';
import { measureLevels } from './levels.js';
import { findMarkCandidates, type MarkCandidates } from './mark-candidates.js';
import { readCode } from './orientation.js';
import { scoreOvals, type ScoredOval } from './ovals.js';
import { PageMap } from './page-map.js';
import type { Fault, OvalReading, Reject, SideReading, SideResult, WriteInReading } from './reading.js';
import { reject } from './rejects.js';
import { fitTimingFrame, type TimingFrame } from './timing-marks.js';
import { isWritten, verdictOf } from './verdict.js';
import { measureWriteIns } from './write-ins.js';

/** Beyond these a side is refused; within them it is read. Docs: interpretation.md, "Limits". */
export const LIMITS = {
  skewDegrees: 3,
  scaleDeviation: 0.015,
  /** No ballot is smaller; less is a crop. */
  leastWidthMm: 205,
  leastHeightMm: 265,
} as const;

/** A side that was read, with the frame by which any of its places can be looked at again. */
export interface ReadSide {
  readonly reading: SideReading;
  readonly frame: TimingFrame;
}

export function readSide(page: GreyPage, context: ReadingContext): SideResult {
  const result = readFramedSide(page, context);
  return result.ok
    ? { kind: 'read', reading: result.value.reading }
    : { kind: 'rejected', reject: result.error };
}

export function readFramedSide(page: GreyPage, context: ReadingContext): Result<ReadSide, Reject> {
  const placed = context.kernels.place(page);
  return interpret(placed.page, context, placed.kernels);
}

function interpret(page: GreyPage, context: ReadingContext, kernels: PageKernels): Result<ReadSide, Reject> {
  const size = checkSize(page);
  if (size !== undefined) return err(size);
  const framed = findFrame(page, context.candidates, kernels);
  if (!framed.ok) return framed;
  const frame = framed.value;
  const limits = checkLimits(frame);
  if (limits !== undefined) return err(limits);
  const coded = readCode(page, frame);
  if (!coded.ok) return coded;
  const { code, orientation } = coded.value;
  const found = lookUp(context, code, frame);
  if (!found.ok) return found;

  const map = new PageMap(frame, orientation);
  const scored = scoreOvals(page, frame, map, found.value, kernels);
  const faulty = findFaults(page, frame, map, found.value, scored, kernels);
  if (!faulty.ok) return faulty;
  const faults: Fault[] = [...faulty.value];
  if (coded.value.fault !== undefined) faults.push(coded.value.fault);
  const writeIns = measureWriteIns(page, frame, map, found.value.side, kernels);
  const reading: SideReading = {
    code,
    orientation,
    skewDegrees: frame.skewDegrees,
    scaleAlong: frame.scaleAlong,
    scaleAcross: frame.scaleAcross,
    ovals: judgeOvals(found.value, scored, context),
    writeIns: writeIns.map((box): WriteInReading => ({
      ...box,
      written: isWritten(box.ink, context.thresholds),
    })),
    faults,
  };
  return ok({ reading, frame });
}

function checkSize(page: GreyPage): Reject | undefined {
  const widthMm = (page.widthPx / page.dpi) * 25.4;
  const heightMm = (page.heightPx / page.dpi) * 25.4;
  if (widthMm >= LIMITS.leastWidthMm && heightMm >= LIMITS.leastHeightMm) return undefined;
  return reject('image-too-small', `the image is ${widthMm.toFixed(0)} by ${heightMm.toFixed(0)} mm`);
}

/**
 * The frame of timing marks, or the most telling reason why there is none. Tries one ink level after the other: a
 * dark or grey surround may ask for another than a plain page.
 */
export function findFrame(
  page: GreyPage,
  candidates: MarkCandidates,
  kernels: PageKernels = plainPageKernels,
): Result<TimingFrame, Reject> {
  let reason = reject('no-timing-marks', 'the image has no contrast');
  for (const inkBelow of measureLevels(page, kernels)?.inkBelow ?? []) {
    findMarkCandidates(page, inkBelow, candidates, kernels);
    const frame = fitTimingFrame(candidates, page.dpi);
    if (frame.ok) return frame;
    if (reason.reason === 'no-timing-marks') reason = frame.error;
  }
  return err(reason);
}

function checkLimits(frame: TimingFrame): Reject | undefined {
  if (Math.abs(frame.skewDegrees) > LIMITS.skewDegrees) {
    return reject(
      'too-much-skew',
      `${frame.skewDegrees.toFixed(1)} degrees; at most ${LIMITS.skewDegrees} are read`,
    );
  }
  for (const [direction, scale] of [
    ['along the feed', frame.scaleAlong],
    ['across the feed', frame.scaleAcross],
  ] as const) {
    if (Math.abs(scale - 1) > LIMITS.scaleDeviation) {
      return reject(
        'wrong-scale',
        `${percent(scale)} of the printed size ${direction}; ${percent(1 - LIMITS.scaleDeviation)} to ${percent(1 + LIMITS.scaleDeviation)} are read`,
      );
    }
  }
  return undefined;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function lookUp(context: ReadingContext, code: BallotCode, frame: TimingFrame): Result<SideContext, Reject> {
  if (code.electionHash20 !== context.electionHash20) {
    return err(reject('wrong-election', `the code names election ${hash(code.electionHash20)}`));
  }
  const side = sideOfCode(context, code);
  if (side === undefined) {
    const named = `style ${code.styleNumber}, precinct ${code.precinctNumber}, sheet ${code.sheet}`;
    return err(reject('unknown-ballot-style', `the code names ${named}, which this election has not`));
  }
  if (side.layout.paper !== frame.paper) {
    return err(
      reject('wrong-size', `the frame is that of ${frame.paper} paper, the ballot's is ${side.layout.paper}`),
    );
  }
  return ok(side);
}

function hash(value: number): string {
  return value.toString(16).padStart(5, '0');
}

function judgeOvals(
  side: SideContext,
  scored: readonly ScoredOval[],
  context: ReadingContext,
): readonly OvalReading[] {
  return scored.map((oval, i) => ({
    contestId: side.side.ovals[i]?.contestId ?? '',
    optionId: side.side.ovals[i]?.optionId ?? '',
    verdict: verdictOf(oval.score, context.thresholds),
    score: oval.score,
    centre: oval.centre,
  }));
}
