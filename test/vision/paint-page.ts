/**
 * A small painter of scanned pages for the tests of `vision`: frame, code, ovals and marks straight onto a grey page
 * at any skew, stretch and blur. Every pixel is traced back to its place on the printed page (inverse mapping), and
 * every shape answers how far away its edge is, so edges are smooth at any angle and blur costs nothing. It shares no
 * code with the reader but the frame's measures. Everything is drawn from the seed.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { encodeBallotCode, type BallotCode } from '../../election-def/ballot-code.js';
import type { PaperSize } from '../../election-def/definition.js';
import type { SideLayout } from '../../election-def/layout-types.js';
import {
  CODE_CELL,
  codeCellCentre,
  OVAL,
  pageFrame,
  TIMING_MARK,
  timingMarks,
} from '../../election-def/page-frame.js';

/** Ink on the page, in millimetres as printed. `darkness` is 0 (nothing) to 1 (as dark as print). */
export type Ink =
  | { kind: 'stroke'; points: readonly (readonly [number, number])[]; widthMm: number; darkness: number }
  | { kind: 'disc'; xMm: number; yMm: number; radiusMm: number; darkness: number }
  | { kind: 'rect'; xMm: number; yMm: number; widthMm: number; heightMm: number; darkness: number };

export interface PageToPaint {
  readonly paper: PaperSize;
  readonly side: SideLayout;
  readonly code: BallotCode;
  readonly ink: readonly Ink[];
  /** Timing marks not printed, by place in `timingMarks(frame)`. */
  readonly withoutMarks?: ReadonlySet<number>;
  readonly withoutCode?: 'top' | 'bottom' | 'both';
  /** Another code at the bottom. */
  readonly bottomCode?: BallotCode;
  /** White-out: paper again, over everything printed. */
  readonly erased?: readonly { xMm: number; yMm: number; widthMm: number; heightMm: number }[];
}

export interface Scan {
  readonly dpi: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly skewDegrees: number;
  readonly shearDegrees: number;
  readonly stretchAcross: number;
  readonly stretchAlong: number;
  /** Uneven feed: a wave of so many pixels and turns along the sheet. */
  readonly feedWavePx: number;
  readonly feedTurns: number;
  /** Of the sheet's centre from the image's centre. */
  readonly shiftXPx: number;
  readonly shiftYPx: number;
  readonly turned: boolean;
  readonly blurPx: number;
  readonly paperGrey: number;
  readonly inkGrey: number;
  readonly gradient: number;
  readonly noise: number;
  readonly columnGain: number;
  readonly surround: number;
  /** Dirt on the scan head: columns of this grey. */
  readonly streaks: readonly { xPx: number; widthPx: number; grey: number }[];
}

export function plainScan(paper: PaperSize): Scan {
  const frame = pageFrame(paper);
  return {
    dpi: 200,
    widthPx: 1728,
    heightPx: Math.round((frame.heightMm / 25.4) * 200) + 20,
    skewDegrees: 0,
    shearDegrees: 0,
    stretchAcross: 1,
    stretchAlong: 1,
    feedWavePx: 0,
    feedTurns: 1,
    shiftXPx: 0,
    shiftYPx: 0,
    turned: false,
    blurPx: 0.8,
    paperGrey: 236,
    inkGrey: 30,
    gradient: 0,
    noise: 2,
    columnGain: 0,
    surround: 255,
    streaks: [],
  };
}

/** A scan as bad as the design's model allows (research: skew, shear, scale, feed, blur, tint, gradient, noise). */
export function degradedScan(paper: PaperSize, random: SeededRandom): Scan {
  const plain = plainScan(paper);
  const longest = pageFrame(paper).heightMm;
  const mostSkew = longest < 300 ? 2 : longest < 400 ? 1.7 : 1.2;
  return {
    ...plain,
    heightPx: plain.heightPx + 60,
    skewDegrees: random.between(-mostSkew, mostSkew),
    shearDegrees: random.between(-0.35, 0.35) * (longest < 300 ? 1 : 0.3),
    stretchAcross: random.between(0.994, 1.006),
    stretchAlong: random.between(0.994, 1.006),
    feedWavePx: random.between(0, 2.5),
    feedTurns: random.between(1, 3),
    shiftXPx: random.between(-3, 3),
    shiftYPx: random.between(-5, 5),
    turned: random.chance(0.5),
    blurPx: random.between(0.5, 1.4),
    paperGrey: random.between(205, 250),
    inkGrey: random.between(15, 60),
    gradient: random.between(-18, 18),
    noise: random.between(1.5, 6),
    columnGain: 0.006,
    surround: random.pick([0, 20, 128, 250, 255]),
  };
}

interface Shape {
  readonly xMm: number;
  readonly yMm: number;
  readonly reachMm: number;
  /** Where it reaches less far up and down. */
  readonly reachYMm?: number;
  readonly darkness: number;
  /** Millimetres to the edge of the ink, negative inside. */
  distance(x: number, y: number): number;
}

const NOISE_TABLE = 1 << 16;

export function paintPage(what: PageToPaint, scan: Scan, seed: string): GreyPage {
  const random = seededRandom(seed);
  const map = inverseMapping(what.paper, scan);
  const { widthPx, heightPx } = scan;
  const density = new Float32Array(widthPx * heightPx);
  for (const shape of shapesOf(what)) stamp(density, shape, scan, map);
  for (const patch of what.erased ?? []) stamp(density, rectShape(patch, -1), scan, map);

  const noise = Float32Array.from({ length: NOISE_TABLE }, () => random.gaussian(0, scan.noise));
  const gain = Float32Array.from({ length: widthPx }, () => 1 + random.gaussian(0, scan.columnGain));
  // A clamped array rounds and clamps what is written into it.
  const grey = new Uint8ClampedArray(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    let draw = random.integer(0, NOISE_TABLE - 1);
    const shade = scan.paperGrey + scan.gradient * (y / heightPx - 1);
    const [from, to] = paperSpan(map, y, scan, what.paper);
    for (let x = 0; x < widthPx; x++) {
      const at = y * widthPx + x;
      const paper = shade + (scan.gradient * x) / widthPx;
      const cover = Math.min(1, density[at] ?? 0);
      const clean = x < from || x > to ? scan.surround : paper + cover * (scan.inkGrey - paper);
      draw = (draw + 1) & (NOISE_TABLE - 1);
      grey[at] = clean * (gain[x] ?? 1) + (noise[draw] ?? 0);
    }
  }
  for (const streak of scan.streaks) {
    for (let y = 0; y < heightPx; y++) {
      grey.fill(streak.grey, y * widthPx + streak.xPx, y * widthPx + streak.xPx + streak.widthPx);
    }
  }
  return greyPage(widthPx, heightPx, scan.dpi, new Uint8Array(grey.buffer));
}

/** From a pixel to the place on the printed page: straight within a row, `originMm + x * stepMm`. */
interface Mapping {
  readonly originXMm: Float64Array;
  readonly originYMm: Float64Array;
  readonly stepXMm: number;
  readonly stepYMm: number;
}

function inverseMapping(paper: PaperSize, scan: Scan): Mapping {
  const frame = pageFrame(paper);
  const turn = (scan.skewDegrees * Math.PI) / 180;
  const shear = Math.tan((scan.shearDegrees * Math.PI) / 180);
  const mmPerPx = 25.4 / scan.dpi;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const sign = scan.turned ? -1 : 1;
  const originXMm = new Float64Array(scan.heightPx);
  const originYMm = new Float64Array(scan.heightPx);
  const along = (dx: number, dy: number): number => (-dx * sin + dy * cos) / scan.stretchAlong;
  const across = (dx: number, dy: number): number =>
    (dx * cos + dy * sin) / scan.stretchAcross + shear * along(dx, dy);
  for (let y = 0; y < scan.heightPx; y++) {
    const wave = scan.feedWavePx * Math.sin((2 * Math.PI * scan.feedTurns * y) / scan.heightPx);
    const dx = (-scan.widthPx / 2 - scan.shiftXPx) * mmPerPx;
    const dy = (y + wave - scan.heightPx / 2 - scan.shiftYPx) * mmPerPx;
    originXMm[y] = frame.widthMm / 2 + sign * across(dx, dy);
    originYMm[y] = frame.heightMm / 2 + sign * along(dx, dy);
  }
  return { originXMm, originYMm, stepXMm: sign * across(mmPerPx, 0), stepYMm: sign * along(mmPerPx, 0) };
}

/** First and last column of a row that lie on the paper. */
function paperSpan(map: Mapping, y: number, scan: Scan, paper: PaperSize): [number, number] {
  const frame = pageFrame(paper);
  let from = 0;
  let to = scan.widthPx - 1;
  for (const [origin, step, size] of [
    [map.originXMm[y] ?? 0, map.stepXMm, frame.widthMm],
    [map.originYMm[y] ?? 0, map.stepYMm, frame.heightMm],
  ] as const) {
    if (Math.abs(step) < 1e-12) {
      if (origin < 0 || origin > size) return [1, 0];
      continue;
    }
    const [a, b] = [-origin / step, (size - origin) / step];
    from = Math.max(from, Math.min(a, b));
    to = Math.min(to, Math.max(a, b));
  }
  return [from, to];
}

/** Adds a shape's ink, in the box of pixels around it. */
function stamp(density: Float32Array, shape: Shape, scan: Scan, map: Mapping): void {
  const pxPerMm = scan.dpi / 25.4;
  const [cx, cy] = pixelOf(shape.xMm, shape.yMm, scan, map);
  const reachX = shape.reachMm * pxPerMm * 1.03 + 4 * scan.blurPx + 2;
  const reachY = (shape.reachYMm ?? shape.reachMm) * pxPerMm * 1.03 + 4 * scan.blurPx + 2;
  const steep = (1.702 * pxPerMm) / Math.max(0.3, scan.blurPx);
  const fadesAt = 6 / steep;
  const bottom = Math.min(scan.heightPx - 1, cy + reachY);
  const right = Math.min(scan.widthPx - 1, cx + reachX);
  for (let y = Math.max(0, Math.floor(cy - reachY)); y <= bottom; y++) {
    const originX = map.originXMm[y] ?? 0;
    const originY = map.originYMm[y] ?? 0;
    for (let x = Math.max(0, Math.floor(cx - reachX)); x <= right; x++) {
      const distance = shape.distance(originX + x * map.stepXMm, originY + x * map.stepYMm);
      if (distance > fadesAt) continue;
      const cover = distance < -fadesAt ? 1 : 1 / (1 + Math.exp(steep * distance));
      const at = y * scan.widthPx + x;
      const before = density[at] ?? 0;
      density[at] =
        shape.darkness < 0
          ? before * (1 - cover)
          : before + (1 - Math.min(1, before)) * cover * shape.darkness;
    }
  }
}

/** Forward mapping by a few steps of correction of the inverse one. */
function pixelOf(xMm: number, yMm: number, scan: Scan, map: Mapping): [number, number] {
  const pxPerMm = scan.dpi / 25.4;
  const sign = scan.turned ? -1 : 1;
  let x = scan.widthPx / 2;
  let y = scan.heightPx / 2;
  for (let step = 0; step < 8; step++) {
    const row = Math.max(0, Math.min(scan.heightPx - 1, Math.round(y)));
    const dx = xMm - ((map.originXMm[row] ?? 0) + x * map.stepXMm);
    const dy = yMm - ((map.originYMm[row] ?? 0) + x * map.stepYMm);
    x += sign * dx * pxPerMm;
    y += sign * dy * pxPerMm;
  }
  return [x, y];
}

function shapesOf(what: PageToPaint): readonly Shape[] {
  const frame = pageFrame(what.paper);
  const shapes: Shape[] = [];
  timingMarks(frame).forEach((mark, i) => {
    if (what.withoutMarks?.has(i) !== true) shapes.push(centredRect(mark.xMm, mark.yMm, TIMING_MARK, 1));
  });
  for (const end of ['top', 'bottom'] as const) {
    if (what.withoutCode === 'both' || what.withoutCode === end) continue;
    const code = end === 'bottom' ? (what.bottomCode ?? what.code) : what.code;
    encodeBallotCode(code).forEach((ink, cell) => {
      const centre = codeCellCentre(frame, end, cell);
      if (ink) shapes.push(centredRect(centre.xMm, centre.yMm, CODE_CELL, 1));
    });
  }
  for (const oval of what.side.ovals) shapes.push(ovalShape(oval.xMm, oval.yMm));
  for (const box of what.side.writeInBoxes) shapes.push(boxShape(box));
  for (const ink of what.ink) {
    if (ink.kind === 'stroke') shapes.push(...strokeShapes(ink.points, ink.widthMm, ink.darkness));
    else if (ink.kind === 'rect') shapes.push(rectShape(ink, ink.darkness));
    else {
      shapes.push({
        ...ink,
        reachMm: ink.radiusMm,
        distance: (x, y) => Math.sqrt((x - ink.xMm) ** 2 + (y - ink.yMm) ** 2) - ink.radiusMm,
      });
    }
  }
  return shapes;
}

function centredRect(
  xMm: number,
  yMm: number,
  size: { widthMm: number; heightMm: number },
  darkness: number,
): Shape {
  const rect = { xMm: xMm - size.widthMm / 2, yMm: yMm - size.heightMm / 2, ...size };
  return rectShape({ ...rect, widthMm: size.widthMm, heightMm: size.heightMm }, darkness);
}

function rectShape(
  rect: { xMm: number; yMm: number; widthMm: number; heightMm: number },
  darkness: number,
): Shape {
  const cx = rect.xMm + rect.widthMm / 2;
  const cy = rect.yMm + rect.heightMm / 2;
  return {
    xMm: cx,
    yMm: cy,
    reachMm: rect.widthMm / 2 + rect.heightMm * 0.06,
    reachYMm: rect.heightMm / 2 + rect.widthMm * 0.06,
    darkness,
    distance: (x, y) => Math.max(Math.abs(x - cx) - rect.widthMm / 2, Math.abs(y - cy) - rect.heightMm / 2),
  };
}

function boxShape(rect: { xMm: number; yMm: number; widthMm: number; heightMm: number }): Shape {
  const filled = rectShape(rect, 1);
  return { ...filled, distance: (x, y) => Math.abs(filled.distance(x, y)) - 0.1 };
}

/** The printed outline: distance to the ellipse by its gradient, exact enough at a stroke's width. */
function ovalShape(xMm: number, yMm: number): Shape {
  const a = (OVAL.widthMm - OVAL.strokeMm) / 2;
  const b = (OVAL.heightMm - OVAL.strokeMm) / 2;
  return {
    xMm,
    yMm,
    reachMm: a + OVAL.strokeMm,
    reachYMm: b + OVAL.strokeMm + 0.2,
    darkness: 1,
    distance: (x, y) => Math.abs(ellipseDistance(x - xMm, y - yMm, a, b)) - OVAL.strokeMm / 2,
  };
}

export function ellipseDistance(dx: number, dy: number, a: number, b: number): number {
  const level = Math.sqrt((dx / a) ** 2 + (dy / b) ** 2);
  const slope = Math.sqrt((dx / (a * a)) ** 2 + (dy / (b * b)) ** 2);
  return slope === 0 ? -b : (level * (level - 1)) / slope;
}

/** Long strokes are stamped piece by piece, so that the box of pixels around each stays small. */
function strokeShapes(
  points: readonly (readonly [number, number])[],
  widthMm: number,
  darkness: number,
): readonly Shape[] {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const xMm = (Math.min(...xs) + Math.max(...xs)) / 2;
  const yMm = (Math.min(...ys) + Math.max(...ys)) / 2;
  return [
    {
      xMm,
      yMm,
      reachMm: Math.hypot(Math.max(...xs) - xMm, Math.max(...ys) - yMm) + widthMm,
      darkness,
      distance: (x, y) => {
        let nearest = Number.POSITIVE_INFINITY;
        for (let i = 1; i < points.length; i++) {
          const [ax, ay] = points[i - 1] ?? [0, 0];
          const [bx, by] = points[i] ?? [0, 0];
          const length2 = (bx - ax) ** 2 + (by - ay) ** 2;
          const t =
            length2 === 0
              ? 0
              : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length2));
          const dx = x - ax - t * (bx - ax);
          const dy = y - ay - t * (by - ay);
          nearest = Math.min(nearest, dx * dx + dy * dy);
        }
        return Math.sqrt(nearest) - widthMm / 2;
      },
    },
  ];
}
