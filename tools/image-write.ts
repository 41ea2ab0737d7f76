/**
 * Grey pages as image files, for looking at and for tools that read images: PNG keeps every pixel, JPEG is what many
 * scanners deliver. Files have one grey channel and carry their resolution.
 *
 * sharp writes three channels from one unless told otherwise (`toColourspace('b-w')`), which would triple the work
 * of every reader; so the channel count is asserted.
 */
import sharp, { type Sharp } from 'sharp';
import type { GreyPage } from '../ground/grey-page.js';
import { assert } from '../ground/result.js';

/** Light compression: a scan's noise does not shrink further, however long one tries. */
const PNG_LEVEL = 1;
const JPEG_QUALITY = 85;

export function pngBytes(page: GreyPage): Promise<Uint8Array> {
  return encode(page, (image) => image.png({ compressionLevel: PNG_LEVEL }));
}

export function jpegBytes(page: GreyPage, quality = JPEG_QUALITY): Promise<Uint8Array> {
  return encode(page, (image) => image.jpeg({ quality }));
}

async function encode(page: GreyPage, format: (image: Sharp) => Sharp): Promise<Uint8Array> {
  const raw = { width: page.widthPx, height: page.heightPx, channels: 1 } as const;
  const image = sharp(page.data, { raw }).withDensity(page.dpi).toColourspace('b-w');
  const { data, info } = await format(image).toBuffer({ resolveWithObject: true });
  assert(info.channels === 1, `a grey page became an image of ${info.channels} channels`);
  return data;
}
