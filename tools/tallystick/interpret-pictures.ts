/**
 * Pictures of what the reader saw, as PNG files: one overlay for each image, or one picture for each stage with its
 * title and legend above it.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { err, ok, problem, type Result } from '../../ground/result.js';
import { glyphOf, GLYPH_HEIGHT, GLYPH_WIDTH } from '../../drivers/virtual/roll-font.js';
import { wrap } from '../../firmware/tapes/lines.js';
import { errorCode } from '../../firmware/trust/bounded-file.js';
import type { ReadingContext } from '../../vision/context.js';
import { fillBox, type Colour, type Overlay, type StagePicture } from '../../vision/draw.js';
import { drawOverlay } from '../../vision/overlay.js';
import { drawStages } from '../../vision/stage-pictures.js';
import { makeFolder } from '../make-folder.js';
import { fileStem, type ReadImage } from './interpret-images.js';

export function writeOverlays(
  images: readonly ReadImage[],
  directory: string,
): Promise<Result<readonly string[]>> {
  const pictures = images.map(({ page, result }, i) => ({
    file: `${fileStem(images, i)}-overlay.png`,
    draw: () => drawOverlay(page, result),
  }));
  return writePictures(pictures, directory);
}

/** `DIR/front-1-levels.png` and so on, as far as the stages came. */
export function writeStages(
  images: readonly ReadImage[],
  context: ReadingContext,
  directory: string,
): Promise<Result<readonly string[]>> {
  const pictures = images.flatMap(({ page, result }, i) =>
    drawStages(page, context, result).map((stage, n) => ({
      file: `${fileStem(images, i)}-${n + 1}-${stage.name}.png`,
      draw: () => withLegend(stage),
    })),
  );
  return writePictures(pictures, directory);
}

export interface PictureFile {
  readonly file: string;
  readonly draw: () => Overlay;
}

/** Gives back where they were written. */
export async function writePictures(
  pictures: readonly PictureFile[],
  directory: string,
): Promise<Result<readonly string[]>> {
  const made = await makeFolder(directory);
  if (!made.ok) return made;
  const written: string[] = [];
  try {
    for (const { file, draw } of pictures) {
      const { widthPx, heightPx, rgb } = draw();
      const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
      const path = join(directory, file);
      await writeFile(path, await sharp(rgb, { raw }).png({ compressionLevel: 3 }).toBuffer());
      written.push(path);
    }
    return ok(written);
  } catch (thrown) {
    const reason = `the pictures cannot be written there (${errorCode(thrown)})`;
    return err(problem('unwritable', basename(directory), '', reason));
  }
}

const MARGIN_PX = 16;
const LINE_PX = GLYPH_HEIGHT + 8;
const SWATCH_PX = 10;
const BACKGROUND = 255;
const TEXT: Colour = [0, 0, 0];
const RULE: Colour = [90, 90, 90];

/** The stage's picture under a strip with its title and what its colours mean. */
function withLegend({ title, legend, picture }: StagePicture): Overlay {
  const columns = Math.floor((picture.widthPx - 2 * MARGIN_PX) / GLYPH_WIDTH);
  const lines = wrap(title, columns, columns);
  const stripPx = 2 * MARGIN_PX + LINE_PX * (lines.length + legend.length);
  const heightPx = picture.heightPx + stripPx;
  const rgb = new Uint8Array(3 * picture.widthPx * heightPx).fill(
    BACKGROUND,
    0,
    3 * picture.widthPx * stripPx,
  );
  rgb.set(picture.rgb, 3 * picture.widthPx * stripPx);
  const whole: Overlay = { widthPx: picture.widthPx, heightPx, rgb };
  lines.forEach((line, i) => writeText(whole, line, MARGIN_PX, MARGIN_PX + i * LINE_PX, true));
  legend.forEach(({ colour, text }, i) => {
    const top = MARGIN_PX + (lines.length + i) * LINE_PX;
    fillBox(whole, MARGIN_PX + 2 * SWATCH_PX, top + GLYPH_HEIGHT / 2, 2 * SWATCH_PX, SWATCH_PX, colour);
    writeText(whole, text, MARGIN_PX + 5 * SWATCH_PX, top, false);
  });
  fillBox(whole, picture.widthPx / 2, stripPx - 2, picture.widthPx / 2, 1, RULE);
  return whole;
}

function writeText(on: Overlay, text: string, left: number, top: number, bold: boolean): void {
  Array.from(text).forEach((character, i) => {
    const glyph = glyphOf(character, bold);
    glyph?.forEach((dot, at) => {
      if (dot !== 1) return;
      const x = left + i * GLYPH_WIDTH + (at % GLYPH_WIDTH);
      const y = top + Math.floor(at / GLYPH_WIDTH);
      fillBox(on, x, y, 0, 0, TEXT);
    });
  });
}
