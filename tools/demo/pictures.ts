/** Pictures for people: every piece of tape as it lies there, and a ballot with what the reader saw drawn over it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { paperPng } from '../../drivers/virtual/roll-png.js';
import type { VirtualRoll } from '../../drivers/virtual/roll.js';
import type { Sheet } from '../../drivers/virtual/paper-path.js';
import type { ElectionPackage } from '../../firmware/trust/election-package.js';
import { readingContext } from '../../vision/context.js';
import { drawOverlay } from '../../vision/overlay.js';
import { readSide } from '../../vision/read-side.js';

/** Few colours keep a scan's picture small without losing the drawing. */
const OVERLAY_COLOURS = 64;

/** @returns the files' paths, oldest tape first */
export async function writeTapePictures(roll: VirtualRoll, directory: string): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const paths: string[] = [];
  for (const [i, { page, cut }] of roll.pieces().entries()) {
    const path = join(directory, `tape-${i + 1}${cut ? '' : '-torn'}.png`);
    await writeFile(path, await paperPng(page));
    paths.push(path);
  }
  return paths;
}

/** Both sides as they were scanned. */
export async function writeBallotPictures(
  sheet: Sheet,
  election: ElectionPackage,
  directory: string,
  name: string,
): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const { layouts, hash20, definition } = election;
  const context = readingContext(layouts, hash20, definition.settings.markThresholds);
  const paths: string[] = [];
  for (const side of ['first', 'second'] as const) {
    const { widthPx, heightPx, rgb } = drawOverlay(sheet[side], readSide(sheet[side], context));
    const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
    const path = join(directory, `${name}-${side}.png`);
    await sharp(rgb, { raw }).png({ palette: true, colours: OVERLAY_COLOURS, dither: 0 }).toFile(path);
    paths.push(path);
  }
  return paths;
}
