/**
 * Why an oval is what it is, in words: each feature that had a say against its threshold, in the order in which
 * `verdict.ts` asks. It comes to its own conclusion from what it says, and a test holds that conclusion equal to
 * `verdictOf` on random scores, so that the explanation cannot tell another story than the verdict.
 */
import type { MarkThresholds } from '../election-def/mark-thresholds.js';
import type { InkScore, OvalScore, SideReading, Verdict } from './reading.js';
import {
  CLEAN_RING,
  FROM_BEHIND,
  isWritten,
  lineWanted,
  STAIN,
  STROKE_FROM,
  timesRing,
  timesRingWanted,
} from './verdict.js';

export type Feature =
  | 'light'
  | 'spanMm'
  | 'dark'
  | 'darkness'
  | 'density'
  | 'halo'
  | 'rim'
  | 'timesRing'
  | 'outline'
  | 'line'
  | 'fromBehind';

/** One question that was asked, and its answer. */
export interface Reason {
  readonly feature: Feature;
  readonly value: number;
  readonly threshold: number;
  /** What was asked: does the value reach the threshold, or stay below it? */
  readonly asked: 'reaches' | 'stays-below';
  readonly holds: boolean;
  /** Of the ink as it is, or of what is left without the thin line. */
  readonly of: 'oval' | 'without-line';
  readonly sentence: string;
}

export interface Explanation {
  /** What these reasons come to. */
  readonly verdict: Verdict;
  readonly conclusion: string;
  readonly reasons: readonly Reason[];
}

export interface SideExplanation {
  /** What is known of the page as a whole. */
  readonly page: readonly string[];
  readonly ovals: readonly (Explanation & { readonly contestId: string; readonly optionId: string })[];
  readonly writeIns: readonly string[];
}

export function explainSide(reading: SideReading, thresholds: MarkThresholds): SideExplanation {
  return {
    page: explainPage(reading),
    ovals: reading.ovals.map(({ contestId, optionId, score }) => ({
      contestId,
      optionId,
      ...explainOval(score, thresholds),
    })),
    writeIns: reading.writeIns.map(({ contestId, optionId, ink }) => {
      const says = isWritten(ink, thresholds) ? 'written in' : 'empty';
      const from = percent(thresholds.writeInInkFrom);
      return `${contestId}: ${optionId} is ${says}: ${percent(ink)} of its box is ink; from ${from} on it is written in`;
    }),
  };
}

function explainPage(reading: SideReading): readonly string[] {
  const fault = (kind: SideReading['faults'][number]['kind']): string | undefined =>
    reading.faults.find((one) => one.kind === kind)?.detail;
  const others = reading.faults.filter(
    ({ kind }) => kind !== 'one-code-unreadable' && kind !== 'timing-marks-interpolated',
  );
  return [
    reading.orientation === 'upright' ? 'the page lies upright' : 'the page lies upside down',
    explainSkew(reading.skewDegrees),
    `it measures ${percent(reading.scaleAlong)} of the printed size along the feed and ${percent(reading.scaleAcross)} across it`,
    fault('timing-marks-interpolated') ?? 'every timing mark was found',
    fault('one-code-unreadable') ?? 'the code was read at both ends, and they agree',
    ...others.map(({ kind, detail }) => `${kind}: ${detail}`),
  ];
}

function explainSkew(degrees: number): string {
  const turn = Math.abs(degrees).toFixed(2);
  if (Number(turn) === 0) return 'it is not skewed';
  return `it is skewed by ${turn} degrees ${degrees < 0 ? 'anticlockwise' : 'clockwise'}`;
}

export function explainOval(score: OvalScore, thresholds: MarkThresholds): Explanation {
  const seen = explainThisSide(score, thresholds);
  if (seen.verdict !== 'marked') return seen;
  const isThin = score.density < STAIN.densityBelow;
  const doubts = [
    ...(isThin ? [{ reason: below('halo', score.halo, STAIN.haloFrom, 'oval'), why: STAINED }] : []),
    ...(score.fromBehind === undefined
      ? []
      : [{ reason: below('fromBehind', score.fromBehind, FROM_BEHIND, 'oval'), why: CAME_THROUGH }]),
  ];
  const reasons = [...seen.reasons, ...doubts.map(({ reason }) => reason)];
  const open = doubts.filter(({ reason }) => !reason.holds).map(({ why }) => why);
  if (open.length === 0) return { ...seen, reasons };
  return { verdict: 'ambiguous', conclusion: `ambiguous: a faint mark, but ${open.join(', and ')}`, reasons };
}

const STAINED = 'there is as much around it as a stain leaves';
const CAME_THROUGH = 'darker ink lies behind it and may have come through the paper';

function explainThisSide(score: OvalScore, thresholds: MarkThresholds): Explanation {
  const whole = explainInk(score, thresholds, 'oval');
  const rest = score.line >= lineWanted(score) ? score.withoutLine : undefined;
  const inside =
    rest === undefined
      ? whole
      : takeLineAway(score, whole, explainInk(rest, thresholds, 'without-line'), thresholds);
  if (inside.verdict === 'ambiguous') return inside;
  if (inside.verdict === 'marked') return againstRing(score, inside, thresholds);
  const around = [
    below('halo', score.halo, thresholds.haloAmbiguousFrom, 'oval'),
    below('rim', score.rim, thresholds.rimAmbiguousFrom, 'oval'),
    reaches('outline', score.outline, thresholds.outlineLeast, 'oval'),
  ];
  const reasons = [...inside.reasons, ...around];
  const doubts = around.filter(({ holds }) => !holds);
  if (doubts.length === 0) return { ...inside, reasons };
  const seen = doubts
    .map(({ feature }) => DOUBT[feature === 'halo' || feature === 'rim' ? feature : 'outline'])
    .join(', and ');
  return { verdict: 'ambiguous', conclusion: `ambiguous: empty inside, but ${seen}`, reasons };
}

const DOUBT = {
  halo: 'there is ink around it (circled, or a mark beside it)',
  rim: 'its outline is darker than it was printed (somebody went over it)',
  outline: 'its printed outline was not found (something covers it)',
} as const;

function againstRing(score: OvalScore, inside: Explanation, thresholds: MarkThresholds): Explanation {
  const times = reaches('timesRing', timesRing(score), timesRingWanted(score, thresholds), 'oval');
  const reasons = [...inside.reasons, times];
  if (times.holds) return { ...inside, reasons };
  const conclusion = 'ambiguous: dark inside, but not clearly more than around it (dirt, or a poor image)';
  return { verdict: 'ambiguous', conclusion, reasons };
}

function takeLineAway(
  score: OvalScore,
  whole: Explanation,
  rest: Explanation,
  thresholds: MarkThresholds,
): Explanation {
  const line = reaches('line', score.line, lineWanted(score), 'oval');
  const dark = reaches('dark', score.dark, thresholds.dark.markedFrom, 'oval');
  const long = reaches('light', score.light, STROKE_FROM, 'oval', 'more than a fold covers');
  if (whole.verdict === rest.verdict) {
    const conclusion = `${rest.verdict}, with the thin line through it and without it`;
    return { verdict: rest.verdict, conclusion, reasons: [line, ...rest.reasons] };
  }
  if (!dark.holds && !long.holds) {
    const conclusion = `${rest.verdict}: the faint line through it is a fold and was taken away`;
    return { verdict: rest.verdict, conclusion, reasons: [line, dark, long, ...rest.reasons] };
  }
  const kind = dark.holds ? 'dark' : 'broad';
  return {
    verdict: 'ambiguous',
    conclusion: `ambiguous: ${whole.verdict} with the ${kind} line through it, ${rest.verdict} without; it may be a fold or a long stroke`,
    reasons: [line, dark, long, ...whole.reasons, ...rest.reasons],
  };
}

function explainInk(ink: InkScore, t: MarkThresholds, of: Reason['of']): Explanation {
  const stroke = [
    reaches('light', ink.light, t.light.markedFrom, of),
    reaches('spanMm', ink.spanMm, t.spanMm.markedFrom, of),
    reaches('darkness', ink.darkness, t.darkness.markedFrom, of),
  ];
  const dark = reaches('dark', ink.dark, t.dark.markedFrom, of);
  const dense = reaches('density', ink.density, t.densityFrom, of);
  if (hold(stroke) && dark.holds) {
    return { verdict: 'marked', conclusion: 'marked: a stroke in dark ink', reasons: [...stroke, dark] };
  }
  if (hold(stroke) && dense.holds) {
    const conclusion = 'marked: a faint stroke, as dense as pencil';
    return { verdict: 'marked', conclusion, reasons: [...stroke, dense] };
  }
  const clean = [
    below('light', ink.light, t.light.blankBelow, of),
    below('darkness', ink.darkness, t.darkness.blankBelow, of),
  ];
  if (hold(clean)) return { verdict: 'blank', conclusion: 'blank: next to nothing inside', reasons: clean };
  const missing = [...stroke, dark, dense].filter(({ holds }) => !holds);
  const tooMuch = clean.filter(({ holds }) => !holds);
  const why = hold(stroke) ? 'a smudge' : 'too little';
  return {
    verdict: 'ambiguous',
    conclusion: `ambiguous: more than nothing, and ${why} for a mark`,
    reasons: [...tooMuch, ...missing],
  };
}

function hold(reasons: readonly Reason[]): boolean {
  return reasons.every(({ holds }) => holds);
}

function reaches(
  feature: Feature,
  value: number,
  threshold: number,
  of: Reason['of'],
  wanted = WANTED[feature],
): Reason {
  const holds = value >= threshold;
  const sentence = `${measured(feature, value, of)}: ${holds ? 'reaches' : 'short of'} ${amount(feature, threshold)} (${wanted})`;
  return { feature, value, threshold, asked: 'reaches', holds, of, sentence };
}

function below(
  feature: 'light' | 'darkness' | 'halo' | 'rim' | 'fromBehind',
  value: number,
  threshold: number,
  of: Reason['of'],
): Reason {
  const holds = value < threshold;
  const sentence = `${measured(feature, value, of)}: ${holds ? 'below' : 'not below'} ${amount(feature, threshold)} (${CLEAN[feature]})`;
  return { feature, value, threshold, asked: 'stays-below', holds, of, sentence };
}

const MEASURED: Readonly<Record<Feature, (value: string) => string>> = {
  light: (v) => `${v} of its inside is darker than paper`,
  spanMm: (v) => `the ink reaches ${v}`,
  dark: (v) => `${v} of its inside is dark`,
  darkness: (v) => `its inside is ${v} dark on the mean`,
  density: (v) => `its ink is ${v} dark where it is`,
  halo: (v) => `${v} of the ring around it is darker than paper`,
  rim: (v) =>
    v.startsWith('-')
      ? `its outline is paler than the printed line by ${v.slice(1)}`
      : `its outline is darker than the printed line by ${v}`,
  timesRing: (v) => `its inside is darkened ${v} as much as the ring`,
  outline: (v) => `its printed outline stands out by ${v}`,
  line: (v) => `a thin line runs on outside of it along ${v} of the way`,
  fromBehind: (v) => `${v} of its ink has clearly darker ink behind it on the other side`,
};

const WANTED: Readonly<Record<Feature, string>> = {
  light: 'a mark covers as much',
  spanMm: 'a stroke, not a dot',
  dark: 'dark ink',
  darkness: 'a mark has as much ink',
  density: 'pencil, not a smudge',
  halo: 'a circle',
  rim: 'an outline gone over',
  timesRing: 'a mark stands out',
  outline: 'an outline that nothing covers',
  line: 'a fold',
  fromBehind: 'ink that may have come through the paper',
};

const CLEAN = {
  light: 'a blank oval',
  darkness: 'a blank oval',
  halo: 'clean paper around it',
  rim: 'an outline as printed',
  fromBehind: 'ink of this side',
} as const;

function measured(feature: Feature, value: number, of: Reason['of']): string {
  return `${of === 'without-line' ? 'without the line, ' : ''}${MEASURED[feature](amount(feature, value))}`;
}

function amount(feature: Feature, value: number): string {
  if (feature === 'timesRing') {
    return value === CLEAN_RING ? `${CLEAN_RING} times or more` : `${value.toFixed(1)} times`;
  }
  return feature === 'spanMm' ? `${value.toFixed(2)} mm` : percent(value);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
