/**
 * Every oval of a blank ballot, whoever printed it. An oval is a piece of paper enclosed by a printed outline, with
 * the shape of an ellipse lying on its side, and it is one of many of the same size: letters are upright or smaller,
 * boxes have corners, seals are round or alone. No timing marks, columns or texts are needed for it.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { mmToPx } from '../../ground/units.js';
import { measureLevels } from '../levels.js';
import { enclosedShapes, inkMask, widened, type EnclosedShape, type InkMask } from './enclosed-shapes.js';
import { apply, similarity } from './affine.js';
import { inkImage, withoutSurround } from './ink-image.js';
import { skewDegrees } from './skew.js';
import type { TemplateOval } from './template-file.js';

/** What vendors print is 4 to 7 mm wide and 2.5 to 4.5 mm high; the inside is less by the outline. */
const INSIDE_WIDTH_MM = { least: 2.6, most: 8 } as const;
const INSIDE_HEIGHT_MM = { least: 1.5, most: 5.2 } as const;
/** Width against height. */
const LEAST_ASPECT = 1.2;
const MOST_ASPECT = 2.8;
/** Area that the shape and its ellipse (or pill) do not share, against the ellipse's. */
const MOST_MISFIT = 0.16;
/** Gaps of twice this are bridged in a dotted outline. */
const WIDEST_BRIDGE_MM = 0.4;
/** Ovals of one ballot have one size. */
const SIZE_TOLERANCE = 0.1;
/** Ovals stand under each other, or beside each other; one that does neither is a picture of an oval. */
const ALIGNED_MM = 1;
const SKEW_DPI = 50;
/** A gap this much wider than usual between two ovals begins the next contest. */
const CONTEST_GAP = 1.6;

/** In pixels of the page. */
export interface FoundOval {
  readonly x: number;
  readonly y: number;
  /** Of its inside, between the inner edges of the outline. */
  readonly insideWidth: number;
  readonly insideHeight: number;
  /** Over all, outline included. */
  readonly width: number;
  readonly height: number;
}

/** All ellipses that could be ovals, whatever their size; for finding again what an ovals file names. */
export function ellipsesOn(page: GreyPage): readonly FoundOval[] {
  const levels = measureLevels(page);
  if (levels === undefined) return [];
  const found: FoundOval[] = [];
  const ink = inkMask(page, levels);
  const bridges = Math.round(mmToPx(WIDEST_BRIDGE_MM, page.dpi));
  for (let bridge = 0, mask = ink; bridge <= bridges; bridge++, mask = widened(mask)) {
    const size = (mm: { least: number; most: number }) => ({
      least: mmToPx(mm.least, page.dpi) - 2 * bridge,
      most: mmToPx(mm.most, page.dpi) - 2 * bridge,
    });
    for (const shape of enclosedShapes(mask, size(INSIDE_WIDTH_MM), size(INSIDE_HEIGHT_MM))) {
      const oval = asEllipse(shape, bridge, ink);
      if (oval === undefined) continue;
      const isNew = found.every(({ x, y }) => Math.hypot(x - oval.x, y - oval.y) > oval.height / 3);
      if (isNew) found.push(oval);
    }
  }
  return found;
}

/** The ovals of a blank ballot side, unnamed, in no particular order. */
function ovalsOn(page: GreyPage): readonly UprightOval[] {
  const near = mmToPx(ALIGNED_MM, page.dpi);
  const alike = uprighted(largestFamily(ellipsesOn(page)), page);
  return alike.filter((oval) =>
    alike.some(
      (other) => other !== oval && (Math.abs(other.u - oval.u) < near || Math.abs(other.v - oval.v) < near),
    ),
  );
}

interface UprightOval extends FoundOval {
  /** Where it would be if the page lay straight. */
  readonly u: number;
  readonly v: number;
}

function uprighted(ovals: readonly FoundOval[], page: GreyPage): readonly UprightOval[] {
  const ink = inkImage(page, SKEW_DPI);
  const turn = similarity(ink === undefined ? 0 : -skewDegrees(withoutSurround(ink)), 1, 0, 0);
  return ovals.map((oval) => {
    const { xPx, yPx } = apply(turn, oval.x, oval.y);
    return { ...oval, u: xPx, v: yPx };
  });
}

/** Named in reading order: column by column, `c1/o1` the first oval of the first group that stands together. */
export function findOvals(page: GreyPage, firstGroup = 1): readonly TemplateOval[] {
  const groups = columnsOf(ovalsOn(page)).flatMap(groupsOf);
  return groups.flatMap((group, g) =>
    group.map((oval, i) => ({
      id: `c${firstGroup + g}/o${i + 1}`,
      x: round1(oval.x),
      y: round1(oval.y),
      w: round1(oval.width),
      h: round1(oval.height),
    })),
  );
}

function asEllipse(shape: EnclosedShape, bridge: number, ink: InkMask): FoundOval | undefined {
  const wide = shape.right - shape.left + 1;
  const high = shape.from.length;
  const aspect = (wide + 2 * bridge) / (high + 2 * bridge);
  if (aspect < LEAST_ASPECT || aspect > MOST_ASPECT) return undefined;
  const x = (shape.left + shape.right) / 2;
  const y = shape.top + (high - 1) / 2;
  const most = MOST_MISFIT * (Math.PI / 4) * wide * high;
  if (Math.min(misfit(shape, ellipseHalf), misfit(shape, pillHalf)) > most) return undefined;
  const insideWidth = wide + 2 * bridge;
  const insideHeight = high + 2 * bridge;
  const stroke = strokeOf(ink, x, y, insideHeight);
  return {
    x,
    y,
    insideWidth,
    insideHeight,
    width: insideWidth + 2 * stroke,
    height: insideHeight + 2 * stroke,
  };
}

/** Half the chord of an outline at `dy` from its middle; its box is `wide` by `high`. */
type HalfChord = (dy: number, wide: number, high: number) => number;

const ellipseHalf: HalfChord = (dy, wide, high) =>
  (wide / 2) * Math.sqrt(Math.max(0, 1 - (dy / (high / 2)) ** 2));

/** Straight above and below, half circles at both ends. */
const pillHalf: HalfChord = (dy, wide, high) =>
  (wide - high) / 2 + Math.sqrt(Math.max(0, (high / 2) ** 2 - dy ** 2));

/** Pixels that the shape and such an outline do not share. */
function misfit(shape: EnclosedShape, half: HalfChord): number {
  const wide = shape.right - shape.left + 1;
  const high = shape.from.length;
  const x = (shape.left + shape.right) / 2;
  return shape.from.reduce((apart, from, row) => {
    const reach = half(row - (high - 1) / 2, wide, high) - 0.5;
    return apart + Math.abs(from - (x - reach)) + Math.abs((shape.to[row] ?? 0) - (x + reach));
  }, 0);
}

/** Thickness of the outline above and below, the thinner of the two: one may touch a line. */
function strokeOf(ink: InkMask, x: number, y: number, insideHeight: number): number {
  const most = Math.round(insideHeight / 3);
  const thickness = (sign: 1 | -1): number => {
    const column = Math.round(x);
    let row = Math.round(y + (sign * (insideHeight - 1)) / 2);
    const isInk = (): boolean => ink.data[row * ink.widthPx + column] === 1;
    for (let i = 0; i < most && !isInk(); i++) row += sign;
    let thick = 0;
    for (; thick < most && isInk(); thick++) row += sign;
    return Math.max(1, thick);
  };
  return Math.min(thickness(1), thickness(-1));
}

/** The most that have one size; a family has two members at the least. */
function largestFamily(ovals: readonly FoundOval[]): readonly FoundOval[] {
  const familyOf = (one: FoundOval): readonly FoundOval[] =>
    ovals.filter(
      (other) =>
        Math.abs(other.insideWidth / one.insideWidth - 1) <= SIZE_TOLERANCE &&
        Math.abs(other.insideHeight / one.insideHeight - 1) <= SIZE_TOLERANCE,
    );
  const best = ovals
    .map(familyOf)
    .reduce<readonly FoundOval[]>((most, family) => (family.length > most.length ? family : most), []);
  return best.length < 2 ? [] : best;
}

/** From left to right; ovals whose middles differ by less than half their width stand in one column. */
function columnsOf(ovals: readonly UprightOval[]): readonly (readonly UprightOval[])[] {
  const columns: UprightOval[][] = [];
  for (const oval of [...ovals].sort((a, b) => a.u - b.u)) {
    const last = columns.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && oval.u - before.u < oval.width / 2) last.push(oval);
    else columns.push([oval]);
  }
  return columns;
}

/** From the top; a wider gap than usual begins a group. */
function groupsOf(column: readonly UprightOval[]): readonly (readonly UprightOval[])[] {
  const sorted = [...column].sort((a, b) => a.v - b.v);
  const gaps = sorted.slice(1).map((oval, i) => oval.v - (sorted[i]?.v ?? 0));
  const usual = [...gaps].sort((a, b) => a - b)[gaps.length >> 2] ?? 0;
  const groups: UprightOval[][] = [];
  sorted.forEach((oval, i) => {
    const last = groups.at(-1);
    if (last === undefined || (gaps[i - 1] ?? 0) > CONTEST_GAP * usual) groups.push([oval]);
    else last.push(oval);
  });
  return groups;
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
