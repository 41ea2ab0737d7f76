/**
 * What the reader says about a sheet: the shared vocabulary of `vision`, and the JSON of `tallystick interpret`
 * (docs/formats/interpretation.md). No votes here: what marks mean is `firmware/machine/adjudicate.ts`'s business.
 */
import type { BallotCode } from '../election-def/ballot-code.js';
import type { PointPx } from '../ground/units.js';

export const INTERPRETATION_FORMAT = 'tallystick-interpretation/1';

export type Verdict = 'blank' | 'ambiguous' | 'marked';

/** How the image is turned against the page as printed. */
export type Orientation = 'upright' | 'rotated-180';

/** What ink there is inside an oval. Shares are 0 to 1. */
export interface InkScore {
  /** Share of the oval's inside darker than paper by 12 % of the ink range. */
  readonly light: number;
  /** Share darker by 35 %. */
  readonly dark: number;
  /** Mean darkness of the inside, 0 paper to 1 ink. */
  readonly darkness: number;
  /** Mean darkness of that part alone which is counted in `light`. */
  readonly density: number;
  /** How far the ink reaches in its longest direction. */
  readonly spanMm: number;
}

/** All of them are kept in the record, so that any later question can be answered from it. */
export interface OvalScore extends InkScore {
  /** How well the printed outline was found at this place. */
  readonly outline: number;
  /** Where the oval was found, against where the page map had predicted it. */
  readonly offsetXPx: number;
  readonly offsetYPx: number;
  /** Share of a ring around the oval that is darker than paper: checks and circles. */
  readonly halo: number;
  /**
   * Mean darkness of the outline and half a millimetre on both sides of it, less what the printed line alone gives:
   * about 0 as printed, more where a voter went over it.
   */
  readonly rim: number;
  /**
   * How far a thin line inside goes on outside, on the less covered side, as a share of the way that is looked at; 0
   * where there is no line, or where it goes on too little to be a fold.
   */
  readonly line: number;
  /** The ink inside but for that line; there when `line` is not 0. */
  readonly withoutLine?: InkScore;
  /** Share of the ink inside that has clearly darker ink behind it on the other side; there for faint marks. */
  readonly fromBehind?: number;
}

export interface OvalReading {
  readonly contestId: string;
  readonly optionId: string;
  readonly verdict: Verdict;
  readonly score: OvalScore;
  /** In the image as scanned. */
  readonly centre: PointPx;
}

/** Ink in a write-in box, with or without a mark in its oval. */
export interface WriteInReading {
  readonly contestId: string;
  readonly optionId: string;
  /** Share of the box darker than paper by 12 % of the ink range. */
  readonly ink: number;
  /** More ink than an empty box has. */
  readonly written: boolean;
  /** The box's corners in the image as scanned, clockwise from its top left as printed. */
  readonly corners: readonly [PointPx, PointPx, PointPx, PointPx];
}

/** What was found on a side that could be read all the same. */
export interface Fault {
  readonly kind: 'streak' | 'fold' | 'torn-edge' | 'timing-marks-interpolated' | 'one-code-unreadable';
  /** In words, with millimetres. */
  readonly detail: string;
}

export interface SideReading {
  readonly code: BallotCode;
  readonly orientation: Orientation;
  /** Clockwise. */
  readonly skewDegrees: number;
  /** Against the printed size, along the feed and across it: 1 is exact. */
  readonly scaleAlong: number;
  readonly scaleAcross: number;
  readonly ovals: readonly OvalReading[];
  readonly writeIns: readonly WriteInReading[];
  readonly faults: readonly Fault[];
}

/** Why a side or a sheet cannot be read. Each has its sentence in `rejectSentence`. */
export type RejectReason =
  | 'image-too-small'
  | 'no-timing-marks'
  | 'timing-marks-damaged'
  | 'wrong-size'
  | 'too-much-skew'
  | 'wrong-scale'
  | 'code-unreadable'
  | 'codes-differ'
  | 'wrong-election'
  | 'unknown-ballot-style'
  | 'sides-do-not-match'
  | 'streak-on-a-target'
  | 'several-sheets';

export interface Reject {
  readonly reason: RejectReason;
  /** One sentence for a technician; says where on the page, in millimetres. */
  readonly detail: string;
}

export type SideResult =
  | { readonly kind: 'read'; readonly reading: SideReading }
  | { readonly kind: 'rejected'; readonly reject: Reject };

/** Both sides of one sheet. */
export type SheetResult =
  | {
      readonly kind: 'read';
      readonly styleId: string;
      readonly precinctId: string;
      readonly sheet: number;
      readonly test: boolean;
      readonly front: SideReading;
      readonly back: SideReading;
      /** Which of the two images was the front: the first as given or the second. */
      readonly frontImage: 'first' | 'second';
    }
  | { readonly kind: 'rejected'; readonly reject: Reject };
