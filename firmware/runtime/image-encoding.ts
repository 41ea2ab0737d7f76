/**
 * Page images as they are kept and exported: grey JPEG (libjpeg-turbo through sharp), with the scan's resolution in
 * its header and nothing else: no time, no device, no comment, so the same page always gives the same bytes.
 *
 * Standard Huffman tables instead of ones made for each image: an image grows by some 4 percent, and takes a third of
 * the processor's time.
 */
import sharp from 'sharp';
import type { GreyPage } from '../../ground/grey-page.js';

// libvips remembers what it did last, pixels included: nothing of a ballot may outlive it.
sharp.cache(false);

export async function encodePageJpeg(page: GreyPage, quality: number): Promise<Uint8Array> {
  const { widthPx, heightPx, data, dpi } = page;
  const pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const jpeg = await sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 1 } })
    .toColourspace('b-w')
    .withDensity(dpi)
    .jpeg({ quality, optimiseCoding: false })
    .toBuffer();
  return new Uint8Array(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
}
