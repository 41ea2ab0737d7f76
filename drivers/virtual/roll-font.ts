/**
 * The virtual printer's font A: 12 x 24 dots a character, drawn once from the outlines of IBM Plex Mono (SIL Open
 * Font License) in pure black and white, as a print head with 8 dots a millimetre would. Nothing of the computer's
 * own fonts is used, so that a tape looks the same everywhere.
 */
import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';
import { assert, must } from '../../ground/result.js';

export const GLYPH_WIDTH = 12;
export const GLYPH_HEIGHT = 24;

/** `GLYPH_WIDTH * GLYPH_HEIGHT` dots, row by row, 1 is ink. */
export type Glyph = Uint8Array;

/** Dots from the top of the cell to the line on which letters stand. */
const BASELINE = 18;
/** Dots an em: an advance of 600 units fills the cell. */
const EM_DOTS = 20;
/** Points looked at in a dot, each way; a dot is ink when half of them are inside. */
const SAMPLES = 6;
const CURVE_STEPS = 8;
const WEIGHTS = { regular: 400, bold: 600 } as const;
/** Letters of English and Spanish first, then those that few names need. */
const SUBSETS = ['latin', 'latin-ext'] as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

const glyphs = new Map<string, Glyph>();
const fonts = new Map<string, fontkit.Font>();

/** The character's dots, or nothing when the font has no such character. */
export function glyphOf(character: string, bold: boolean): Glyph | undefined {
  const key = `${bold ? 'bold' : 'regular'} ${character}`;
  const known = glyphs.get(key);
  if (known !== undefined) return known;
  const codePoint = must(character.codePointAt(0), 'a character');
  const font = SUBSETS.map((subset) => fontOf(subset, bold)).find((f) => f.hasGlyphForCodePoint(codePoint));
  if (font === undefined) return undefined;
  const glyph = fill(outline(font, codePoint));
  glyphs.set(key, glyph);
  return glyph;
}

function fontOf(subset: (typeof SUBSETS)[number], bold: boolean): fontkit.Font {
  const name = `ibm-plex-mono-${subset}-${bold ? WEIGHTS.bold : WEIGHTS.regular}-normal.woff`;
  const known = fonts.get(name);
  if (known !== undefined) return known;
  const path = createRequire(import.meta.url).resolve(`@fontsource/ibm-plex-mono/files/${name}`);
  const font = fontkit.openSync(path);
  assert(!('fonts' in font), 'a font file, not a collection');
  fonts.set(name, font);
  return font;
}

/** Closed contours in dots of the cell, y downwards. */
function outline(font: fontkit.Font, codePoint: number): readonly (readonly Point[])[] {
  const scale = EM_DOTS / font.unitsPerEm;
  const point = (x: number, y: number): Point => ({ x: x * scale, y: BASELINE - y * scale });
  const contours: Point[][] = [];
  let contour: Point[] = [];
  for (const { command, args } of font.glyphForCodePoint(codePoint).path.commands) {
    const points: Point[] = [];
    for (let i = 0; i < args.length; i += 2) points.push(point(args[i] ?? 0, args[i + 1] ?? 0));
    const end = points.at(-1);
    if (command === 'moveTo') contours.push((contour = []));
    if (command === 'closePath' || end === undefined) continue;
    const start = contour.at(-1) ?? end;
    if (points.length > 1) contour.push(...curve([start, ...points]));
    else contour.push(end);
  }
  return contours;
}

/** A Bézier curve of any degree as short lines, by de Casteljau's construction. */
function curve(control: readonly Point[]): readonly Point[] {
  return Array.from({ length: CURVE_STEPS }, (_, i) => {
    const t = (i + 1) / CURVE_STEPS;
    let points = control;
    while (points.length > 1) {
      points = points.slice(1).map((b, k) => {
        const a = must(points[k], 'the point before');
        return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
      });
    }
    return must(points[0], 'one point is left');
  });
}

function fill(contours: readonly (readonly Point[])[]): Glyph {
  const inside = new Uint8Array(GLYPH_WIDTH * GLYPH_HEIGHT);
  for (let row = 0; row < GLYPH_HEIGHT * SAMPLES; row++) {
    const y = (row + 0.5) / SAMPLES;
    const crossings = crossingsAt(contours, y);
    for (let column = 0; column < GLYPH_WIDTH * SAMPLES; column++) {
      const x = (column + 0.5) / SAMPLES;
      const winding = crossings.reduce((sum, crossing) => (crossing.x < x ? sum + crossing.turn : sum), 0);
      const dot = Math.floor(y) * GLYPH_WIDTH + Math.floor(x);
      if (winding !== 0) inside[dot] = (inside[dot] ?? 0) + 1;
    }
  }
  return inside.map((samples) => (samples * 2 >= SAMPLES * SAMPLES ? 1 : 0));
}

/** Where the outline crosses a line of samples, downwards or upwards (rule of the non-zero winding number). */
function crossingsAt(
  contours: readonly (readonly Point[])[],
  y: number,
): readonly { readonly x: number; readonly turn: number }[] {
  return contours.flatMap((contour) =>
    contour.flatMap((b, i) => {
      const a = contour[(i + contour.length - 1) % contour.length] ?? b;
      if (a.y <= y === b.y <= y) return [];
      return [{ x: a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y), turn: a.y < b.y ? 1 : -1 }];
    }),
  );
}
