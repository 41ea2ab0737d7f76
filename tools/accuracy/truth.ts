/**
 * What is true of an oval on marked paper, from measured ink alone, before any scan: not from what the voter was
 * supposed to do. An oval whose ink lies between the bounds has no truth and is never counted as read right.
 *
 *   vote     a fifth of the inside covered, with real ink in it; or half of it covered with something as dense as
 *            light pencil. Calling it blank is an error.
 *   nothing  less than a person would call a mark: under 0.5 mm² of dark ink and under 1.5 mm² of any, within the
 *            oval's outer edge. Calling it marked is an error.
 *   smudge   more than that, but nowhere dark, and what there is is thin: a smear, a shadow. Calling it marked is an
 *            error.
 *   between  everything else.
 */
import { OVAL } from '../../election-def/page-frame.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { mmToPx, SCAN_DPI, type PointPx } from '../../ground/units.js';
import type { Verdict } from '../../vision/reading.js';

export const truths = ['vote', 'nothing', 'smudge', 'between'] as const;
export type Truth = (typeof truths)[number];

/** Shares of the inside (0.35 mm within the outer edge), and areas out to the outer edge. */
export interface MeasuredInk {
  /** Darker than the print by 12 % of the full range. */
  readonly light: number;
  /** By 35 %. */
  readonly dark: number;
  /** Mean darkness of what is counted in `light`. */
  readonly density: number;
  readonly lightMm2: number;
  readonly darkMm2: number;
}

const VOTE = { light: 0.2, dark: 0.05 } as const;
const PALE_VOTE = { light: 0.5, density: 0.22 } as const;
const VISIBLE = { darkMm2: 0.5, lightMm2: 1.5 } as const;
const SMUDGE = { dark: 0.005, density: 0.2 } as const;

export function truthOf(ink: MeasuredInk): Truth {
  if (ink.light >= VOTE.light && ink.dark >= VOTE.dark) return 'vote';
  if (ink.light >= PALE_VOTE.light && ink.density >= PALE_VOTE.density) return 'vote';
  if (!isVisible(ink)) return 'nothing';
  if (ink.dark < SMUDGE.dark && ink.density < SMUDGE.density) return 'smudge';
  return 'between';
}

/** Whether a person would see a mark that touches the oval. */
export function isVisible(ink: MeasuredInk): boolean {
  return ink.darkMm2 >= VISIBLE.darkMm2 || ink.lightMm2 >= VISIBLE.lightMm2;
}

/** A vote called blank, or no vote called marked. */
export function isError(truth: Truth, verdict: Verdict): boolean {
  if (truth === 'vote') return verdict === 'blank';
  return verdict === 'marked' && truth !== 'between';
}

const LIGHT = 0.12;
const DARK = 0.35;
const INSET_MM = OVAL.strokeMm + 0.1;
const outerA = mmToPx(OVAL.widthMm / 2, SCAN_DPI);
const outerB = mmToPx(OVAL.heightMm / 2, SCAN_DPI);
const innerA = outerA - mmToPx(INSET_MM, SCAN_DPI);
const innerB = outerB - mmToPx(INSET_MM, SCAN_DPI);
const MM2_A_PIXEL = (25.4 / SCAN_DPI) ** 2;

/** `marked` is the paper, `clean` the same side as printed: what is darker now is ink. */
export function measureInk(marked: GreyPage, clean: GreyPage, centre: PointPx): MeasuredInk {
  const { widthPx } = marked;
  let [inside, light, dark, sum, outerLight, outerDark] = [0, 0, 0, 0, 0, 0];
  for (let y = Math.floor(centre.yPx - outerB); y <= centre.yPx + outerB; y++) {
    const dy = y + 0.5 - centre.yPx;
    for (let x = Math.floor(centre.xPx - outerA); x <= centre.xPx + outerA; x++) {
      const dx = x + 0.5 - centre.xPx;
      if ((dx / outerA) ** 2 + (dy / outerB) ** 2 > 1) continue;
      const at = y * widthPx + x;
      const drop = ((clean.data[at] as number) - (marked.data[at] as number)) / 255;
      if (drop >= LIGHT) outerLight++;
      if (drop >= DARK) outerDark++;
      if ((dx / innerA) ** 2 + (dy / innerB) ** 2 > 1) continue;
      inside++;
      if (drop >= LIGHT) {
        light++;
        sum += drop;
      }
      if (drop >= DARK) dark++;
    }
  }
  return {
    light: light / inside,
    dark: dark / inside,
    density: sum / Math.max(1, light),
    lightMm2: outerLight * MM2_A_PIXEL,
    darkMm2: outerDark * MM2_A_PIXEL,
  };
}
