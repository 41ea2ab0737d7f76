/**
 * Image files as grey pages: PNG, JPEG, TIFF and WebP, whatever their colours, with every bound checked before a pixel
 * is decoded. A file comes from outside: what is wrong with it is a problem with a sentence, never an exception.
 */
import { basename } from 'node:path';
import sharp, { type Metadata } from 'sharp';
import { greyPage, type GreyPage } from '../ground/grey-page.js';
import { assert, err, ok, problem, type Result } from '../ground/result.js';
import { SCAN_DPI } from '../ground/units.js';
import { readBoundedFile } from './bounded-file.js';

/** A 22-inch side at 600 dpi, uncompressed in three colours, is 200 million bytes. */
const MAX_IMAGE_BYTES = 256 * 2 ** 20;
const MAX_IMAGE_PX = 80e6;
const FORMATS: readonly string[] = ['png', 'jpeg', 'tiff', 'webp'];
/** Resolutions below are what a program writes that knows none. */
const LEAST_TRUSTED_DPI = 120;
const MOST_TRUSTED_DPI = 1200;
/** Scanners' resolutions, and the width of what they scan: a ballot and a little beside it. */
const USUAL_DPI = [150, 200, 240, 300, 400, 600] as const;
const USUAL_WIDTH_INCHES = 8.6;

/** @param dpi when given, believed instead of what the file says */
export async function readImageFile(path: string, dpi?: number): Promise<Result<GreyPage>> {
  const where = basename(path);
  const bytes = await readBoundedFile(path, MAX_IMAGE_BYTES);
  if (!bytes.ok) return bytes;
  const metadata = await readMetadata(bytes.value, where);
  if (!metadata.ok) return metadata;
  return decode(bytes.value, dpi ?? resolutionOf(metadata.value), where);
}

async function readMetadata(bytes: Uint8Array, where: string): Promise<Result<Metadata>> {
  if (bytes.length === 0) return err(problem('not-an-image', where, '', 'is empty'));
  if (!isPixelFile(bytes)) {
    return err(problem('not-an-image', where, '', 'is not an image in PNG, JPEG, TIFF or WebP format'));
  }
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch {
    return err(problem('not-an-image', where, '', 'is not an image in PNG, JPEG, TIFF or WebP format'));
  }
  const { format, width, height, pages = 1 } = metadata;
  if (!FORMATS.includes(format)) {
    return err(problem('not-an-image', where, '', `is ${format}; PNG, JPEG, TIFF and WebP are read`));
  }
  if (pages !== 1) {
    return err(
      problem('several-pages', where, '', `holds ${pages} pages; give each side as a file of its own`),
    );
  }
  if (width * height > MAX_IMAGE_PX) {
    const reason = `has ${width} x ${height} pixels; at most ${MAX_IMAGE_PX / 1e6} million are read`;
    return err(problem('too-large', where, '', reason));
  }
  return ok(metadata);
}

/**
 * By its first bytes, before any decoder sees it: a drawing (SVG) posing as a picture could name other files, and ask
 * for hours with entities of entities.
 */
export function isPixelFile(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const starts = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'II*\0', 'MM\0*', 'II+\0', 'MM\0+'];
  return starts.some((start) => head.startsWith(start)) || (head.startsWith('RIFF') && head.endsWith('WEBP'));
}

async function decode(bytes: Uint8Array, dpi: number, where: string): Promise<Result<GreyPage>> {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_IMAGE_PX, failOn: 'truncated' })
      .autoOrient()
      .flatten({ background: 'white' })
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    assert(info.channels === 1, `a grey image of ${info.channels} channels`);
    return ok(greyPage(info.width, info.height, dpi, data));
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.name === 'AssertionFailure') throw thrown;
    return err(problem('image-damaged', where, '', 'is an image, but damaged or cut short'));
  }
}

/** What the file says, where that can be a scan's resolution; else what its width says. */
function resolutionOf({ density, width }: Metadata): number {
  if (density !== undefined && density >= LEAST_TRUSTED_DPI && density <= MOST_TRUSTED_DPI) {
    return Math.round(density);
  }
  const perInch = width / USUAL_WIDTH_INCHES;
  return USUAL_DPI.find((usual) => Math.abs(perInch / usual - 1) < 0.08) ?? SCAN_DPI;
}
