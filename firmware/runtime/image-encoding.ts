/**
 * Page images as they are kept and exported: grey JPEG (libjpeg-turbo through sharp), with the scan's resolution in
 * its header and nothing else: no time, no device, no comment, so the same page always gives the same bytes.
 */
import sharp from 'sharp';
import type { GreyPage } from '../../ground/grey-page.js';

export async function encodePageJpeg(page: GreyPage, quality: number): Promise<Uint8Array> {
  const { widthPx, heightPx, data, dpi } = page;
  const pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const jpeg = await sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 1 } })
    .toColourspace('b-w')
    .withDensity(dpi)
    .jpeg({ quality })
    .toBuffer();
  return new Uint8Array(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
}
