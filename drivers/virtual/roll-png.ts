/** A piece of the virtual printer's paper as a PNG picture: 80 mm wide, the 72 mm that can be printed in its middle. */
import sharp from 'sharp';
import type { GreyPage } from '../../ground/grey-page.js';

/** Beside the printed dots; above and below, what lies between print head and cutter. */
const MARGIN_DOTS = 32;

export async function paperPng(page: GreyPage): Promise<Uint8Array> {
  const picture = sharp(page.data, { raw: { width: page.widthPx, height: page.heightPx, channels: 1 } });
  const png = await picture
    .extend({
      top: MARGIN_DOTS,
      bottom: MARGIN_DOTS,
      left: MARGIN_DOTS,
      right: MARGIN_DOTS,
      background: 'white',
    })
    .toColourspace('b-w')
    .withMetadata({ density: page.dpi })
    .png({ compressionLevel: 6 })
    .toBuffer();
  return new Uint8Array(png);
}
