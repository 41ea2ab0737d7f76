/**
 * Marks on other vendors' ballots, and what an office scanner makes of them: 200 to 300 dpi, grey, two levels or
 * nearly so, askew, upside down, a few per cent larger or smaller, in black or white surroundings, cut shorter or
 * longer than the sheet. What ink there is in each oval is measured on the clean sheet, before any scanner.
 */
import sharp from 'sharp';
import { OVAL } from '../../../election-def/page-frame.js';
import { greyPage, rotate180, type GreyPage } from '../../../ground/grey-page.js';
import type { SeededRandom } from '../../../ground/seeded-random.js';
import { mmToPx, POINTS_PER_INCH, SCAN_DPI } from '../../../ground/units.js';
import { fillingStrokes, isFilling } from '../../../tools/pen/filling.js';
import { inkFilm, layOn, pickLightPencil, pickPen, penNames, type Stroke } from '../../../tools/pen/ink.js';
import { gestureStrokes, type MarkKind } from '../../../tools/pen/strokes.js';
import type { OtherStyle, TrueOval } from './other-ballots.js';

const voteKinds: readonly MarkKind[] = [
  'full',
  'full',
  'full',
  'overfull',
  'half',
  'x',
  'check',
  'slash',
  'light-pencil',
];

export interface MarkedPage {
  readonly page: GreyPage;
  readonly marks: readonly (MarkKind | 'none')[];
  /** Share of each oval's inside that is darker than the clean print by at least so much of the full range. */
  inkIn(oval: number, drop: number): number;
}

/** @param clean drawn at 200 dpi */
export function markPage(
  clean: GreyPage,
  ovals: readonly TrueOval[],
  style: OtherStyle,
  random: SeededRandom,
): MarkedPage {
  const page = greyPage(
    clean.widthPx,
    clean.heightPx,
    SCAN_DPI,
    clean.data.map((grey) => Math.max(1, grey)),
  );
  const pen = pickPen(random.pick(penNames), random);
  const scale = { x: style.ovalMm[0] / OVAL.widthMm, y: style.ovalMm[1] / OVAL.heightMm };
  const marks = ovals.map((oval, i): MarkKind | 'none' => {
    const own = random.fork(`oval ${i}`);
    if (!own.chance(0.25)) return 'none';
    const kind = own.pick(voteKinds);
    const strokes = isFilling(kind)
      ? fillingStrokes(kind, kind === 'half' ? 0.5 : 1, pen.radiusPx, own)
      : gestureStrokes(kind, own);
    const placed = strokes.map((stroke): Stroke =>
      stroke.map(({ xPx, yPx, pressure }) => ({
        xPx: toPx(oval.x) + xPx * scale.x,
        yPx: toPx(oval.y) + yPx * scale.y,
        pressure,
      })),
    );
    layOn(page, inkFilm(placed, kind === 'light-pencil' ? pickLightPencil(own) : pen, 77, own));
    return kind;
  });
  const a = mmToPx(style.ovalMm[0] / 2 - style.strokeMm - 0.15, SCAN_DPI);
  const b = mmToPx(style.ovalMm[1] / 2 - style.strokeMm - 0.15, SCAN_DPI);
  return {
    page,
    marks,
    inkIn: (i, drop) => {
      const oval = ovals[i] ?? { x: 0, y: 0 };
      const [cx, cy] = [toPx(oval.x) - 0.5, toPx(oval.y) - 0.5];
      let [inside, dark] = [0, 0];
      for (let y = Math.ceil(cy - b); y <= cy + b; y++) {
        for (let x = Math.ceil(cx - a); x <= cx + a; x++) {
          if (((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 > 1) continue;
          const at = y * page.widthPx + x;
          inside++;
          if ((clean.data[at] ?? 255) - (page.data[at] ?? 255) >= drop * 255) dark++;
        }
      }
      return dark / inside;
    },
  };
}

function toPx(points: number): number {
  return (points / POINTS_PER_INCH) * SCAN_DPI;
}

export interface OfficeScan {
  readonly dpi: number;
  readonly skewDegrees: number;
  readonly scale: number;
  readonly upsideDown: boolean;
  readonly tones: 'grey' | 'two-levels' | 'near-two-levels';
  /** Grey level beside the sheet. */
  readonly surround: number;
  /** Room around the sheet in mm: left, right, top, bottom; less than 0 cuts into it. */
  readonly roomMm: readonly [number, number, number, number];
  readonly paper: number;
  readonly ink: number;
  readonly noise: number;
  /** Grey level of the two-level cut, as share of the range. */
  readonly cutAt: number;
  readonly jpegQuality: number | undefined;
}

export function randomOfficeScan(random: SeededRandom): OfficeScan {
  const isBlack = random.chance(0.5);
  const room = (): number => (isBlack ? random.between(0, 8) : random.between(-2, 4));
  return {
    dpi: random.pick([200, 200, 240, 300]),
    skewDegrees: random.between(-2, 2),
    scale: random.between(0.97, 1.03),
    upsideDown: random.chance(0.35),
    tones: random.pick(['grey', 'grey', 'two-levels', 'near-two-levels'] as const),
    surround: isBlack ? random.between(0, 40) : random.between(235, 255),
    roomMm: [room(), room(), room(), random.chance(0.2) ? random.between(10, 40) : room()],
    paper: random.between(215, 252),
    ink: random.between(5, 50),
    noise: random.between(0.5, 6),
    cutAt: random.between(0.5, 0.7),
    jpegQuality: random.chance(0.6) ? random.integer(40, 90) : undefined,
  };
}

/** As a file's pixels: through JPEG where the scan says so. */
export async function officeScan(page: GreyPage, scan: OfficeScan, random: SeededRandom): Promise<GreyPage> {
  const seen = seenByHead(page, scan, random);
  const turned = scan.upsideDown ? rotate180(seen) : seen;
  if (scan.jpegQuality === undefined) return turned;
  const raw = { width: turned.widthPx, height: turned.heightPx, channels: 1 } as const;
  const jpeg = await sharp(turned.data, { raw })
    .toColourspace('b-w')
    .jpeg({ quality: scan.jpegQuality })
    .toBuffer();
  const back = await sharp(jpeg).toColourspace('b-w').raw().toBuffer();
  return greyPage(turned.widthPx, turned.heightPx, scan.dpi, back);
}

function seenByHead(page: GreyPage, scan: OfficeScan, random: SeededRandom): GreyPage {
  const perMm = scan.dpi / 25.4;
  const [left, right, top, bottom] = scan.roomMm;
  const zoom = (scan.dpi / SCAN_DPI) * scan.scale;
  const widthPx = Math.round(page.widthPx * zoom + (left + right) * perMm);
  const heightPx = Math.round(page.heightPx * zoom + (top + bottom) * perMm);
  const turn = (scan.skewDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn) / zoom, Math.sin(turn) / zoom];
  const [cx, cy] = [left * perMm + (page.widthPx * zoom) / 2, top * perMm + (page.heightPx * zoom) / 2];
  const out = greyPage(widthPx, heightPx, scan.dpi);
  const range = (scan.paper - scan.ink) / 255;
  const cut = scan.ink + scan.cutAt * (scan.paper - scan.ink);
  const noise = Float32Array.from({ length: 8192 }, () => random.gaussian(0, scan.noise));
  for (let y = 0, at = 0; y < heightPx; y++) {
    const noiseAt = random.integer(0, 8191);
    let u = page.widthPx / 2 - cos * cx + sin * (y - cy);
    let v = page.heightPx / 2 + sin * cx + cos * (y - cy);
    for (let x = 0; x < widthPx; x++, at++, u += cos, v -= sin) {
      const isPaper = u >= 0 && v >= 0 && u < page.widthPx - 1 && v < page.heightPx - 1;
      const level = isPaper ? scan.ink + range * bilinear(page, u, v) : scan.surround;
      const grey = level + (noise[(noiseAt + x) & 8191] as number);
      out.data[at] = tone(scan, grey, cut);
    }
  }
  return out;
}

function tone({ tones }: OfficeScan, grey: number, cut: number): number {
  if (tones === 'grey') return Math.max(0, Math.min(255, Math.round(grey)));
  if (tones === 'two-levels') return grey < cut ? 0 : 255;
  return Math.max(0, Math.min(255, Math.round(128 + (grey - cut) * 5)));
}

function bilinear({ data, widthPx }: GreyPage, u: number, v: number): number {
  const [x, y] = [Math.floor(u), Math.floor(v)];
  const [tx, ty] = [u - x, v - y];
  const at = y * widthPx + x;
  const top = (data[at] as number) * (1 - tx) + (data[at + 1] as number) * tx;
  const bottom = (data[at + widthPx] as number) * (1 - tx) + (data[at + widthPx + 1] as number) * tx;
  return top * (1 - ty) + bottom * ty;
}
