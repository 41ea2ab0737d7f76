/** A piece of the virtual printer's paper as a PNG picture, black and white. */
import sharp from 'sharp';
import type { GreyPage } from '../../ground/grey-page.js';

export async function paperPng(page: GreyPage): Promise<Uint8Array> {
  const picture = sharp(page.data, { raw: { width: page.widthPx, height: page.heightPx, channels: 1 } });
  const png = await picture
    .toColourspace('b-w')
    .withMetadata({ density: page.dpi })
    .png({ compressionLevel: 6 })
    .toBuffer();
  return new Uint8Array(png);
}
