/**
 * What is spilt or stuck on a voted sheet: the ring of a coffee cup, a blot of coffee, a strip of transparent tape.
 * Coffee soaks through, so the other side has it too, paler; tape lies on one side. Places are millimetres on the
 * front as printed. The numbers are the declared model of docs/formats/marked-sheets.md.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { assert } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { clamp, mmToPx, SCAN_DPI, type PointMm } from '../../ground/units.js';
import { copyOf, NO_PAPER, type PaperSheet } from './paper.js';

/** What of a stain is seen on the side that it was not spilt on. */
const SOAKED = 0.6;

export interface CoffeeRing {
  readonly centre: PointMm;
  readonly radiusMm: number;
  readonly widthMm: number;
  /** Share of light that it takes away where it is darkest. */
  readonly strength: number;
}

/** The foot of a cup: a ring that is darker on one side and broken in places. */
export function coffeeRing(sheet: PaperSheet, ring: CoffeeRing, random: SeededRandom): PaperSheet {
  assert(ring.radiusMm > 0 && ring.widthMm > 0, 'a ring has a size');
  const heavy = random.between(0, 2 * Math.PI);
  const wave = waves(random);
  return spilt(sheet, ring.centre, px(ring.radiusMm + 2 * ring.widthMm), (dx, dy) => {
    const angle = Math.atan2(dy, dx);
    const off = (Math.hypot(dx, dy) - px(ring.radiusMm) - 3 * wave(angle)) / px(ring.widthMm / 2);
    const wet = clamp(0.6 + 0.4 * Math.cos(angle - heavy) + 0.35 * wave(2 * angle + 1), 0, 1);
    return ring.strength * wet * Math.exp(-(off ** 2));
  });
}

export interface CoffeeBlot {
  readonly centre: PointMm;
  readonly radiusMm: number;
  readonly strength: number;
}

/** A drop that ran: pale inside, darker at its rim, where what was in the water has dried. */
export function coffeeBlot(sheet: PaperSheet, blot: CoffeeBlot, random: SeededRandom): PaperSheet {
  assert(blot.radiusMm > 0, 'a blot has a size');
  const wave = waves(random);
  const rimPx = px(0.5);
  return spilt(sheet, blot.centre, px(1.6 * blot.radiusMm), (dx, dy) => {
    const edge = px(blot.radiusMm) * (1 + 0.25 * wave(Math.atan2(dy, dx)));
    const inside = edge - Math.hypot(dx, dy);
    if (inside < -rimPx) return 0;
    const rim = Math.exp(-((inside / rimPx) ** 2));
    return blot.strength * Math.max(inside > 0 ? 0.5 : 0, rim);
  });
}

export interface Tape {
  readonly side: 'front' | 'back';
  /** Middle of the strip, and its way: 0 lies across the sheet. */
  readonly centre: PointMm;
  readonly angleDegrees: number;
  readonly lengthMm: number;
  readonly widthMm: number;
  /** Share of light that the film takes away: little when new, more when it has yellowed. */
  readonly yellowed: number;
  /** Share of the lamp's light that its gloss throws into the head: ink under it looks paler. */
  readonly gloss: number;
}

const TAPE_EDGE_PX = 1.2;
const TAPE_EDGE_SHADOW = 0.22;

/** A strip of film: it changes what is under it a little, and its edges throw a thin shadow. */
export function tape(sheet: PaperSheet, strip: Tape): PaperSheet {
  assert(strip.lengthMm > 0 && strip.widthMm > 0, 'a strip has a size');
  const taped = copyOf(sheet);
  const page = taped[strip.side];
  const turn = (strip.angleDegrees * Math.PI) / 180;
  const [cx, cy] = [px(strip.centre.xMm), px(strip.centre.yMm)];
  for (let y = 0; y < page.heightPx; y++) {
    for (let x = 0; x < page.widthPx; x++) {
      const i = y * page.widthPx + x;
      const grey = page.data[i] ?? NO_PAPER;
      if (grey === NO_PAPER) continue;
      const along = (x - cx) * Math.cos(turn) + (y - cy) * Math.sin(turn);
      const aside = (y - cy) * Math.cos(turn) - (x - cx) * Math.sin(turn);
      const inside = Math.min(
        px(strip.lengthMm / 2) - Math.abs(along),
        px(strip.widthMm / 2) - Math.abs(aside),
      );
      if (inside < -3 * TAPE_EDGE_PX) continue;
      const under = inside > 0 ? grey * (1 - strip.yellowed) + (255 - grey) * strip.gloss : grey;
      const shadow = TAPE_EDGE_SHADOW * Math.exp(-((inside / TAPE_EDGE_PX) ** 2));
      page.data[i] = clamp(Math.round(under * (1 - shadow)), 1, 255);
    }
  }
  return taped;
}

/** `takes` says what share of light is lost at so many pixels from the centre; on the back mirrored, and paler. */
function spilt(
  sheet: PaperSheet,
  centre: PointMm,
  reachPx: number,
  takes: (dx: number, dy: number) => number,
): PaperSheet {
  const stained = copyOf(sheet);
  const { widthPx, heightPx } = sheet.front;
  const [cx, cy] = [px(centre.xMm), px(centre.yMm)];
  for (let y = Math.max(0, Math.ceil(cy - reachPx)); y <= Math.min(heightPx - 1, cy + reachPx); y++) {
    for (let x = Math.max(0, Math.ceil(cx - reachPx)); x <= Math.min(widthPx - 1, cx + reachPx); x++) {
      const taken = takes(x - cx, y - cy);
      if (taken <= 0) continue;
      darken(stained.front, y * widthPx + x, taken);
      darken(stained.back, y * widthPx + widthPx - 1 - x, SOAKED * taken);
    }
  }
  return stained;
}

function darken(page: GreyPage, i: number, taken: number): void {
  const grey = page.data[i] ?? NO_PAPER;
  if (grey !== NO_PAPER) page.data[i] = Math.max(1, Math.round(grey * (1 - taken)));
}

/** A closed wavy line: -1 to 1 around a turn. */
function waves(random: SeededRandom): (angle: number) => number {
  const parts = [2, 3, 5, 8].map((turns) => ({ turns, phase: random.between(0, 2 * Math.PI) }));
  const sum = parts.reduce((total, { turns }) => total + 1 / turns, 0);
  return (angle) =>
    parts.reduce((height, { turns, phase }) => height + Math.sin(turns * angle + phase) / turns, 0) / sum;
}

function px(mm: number): number {
  return mmToPx(mm, SCAN_DPI);
}
