/**
 * Makes both page images of a sheet fit into a slot's body of fixed length: the same quality for both sides, lowered in
 * steps until they do. What a slot holds must not depend on how much ink a ballot carries, so there is a last step
 * after which the sheet is given back instead.
 */
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { imageRoomBytes, type BallotImages, type WriteInCrop } from './slot.js';

/** Encodes a grey page as JPEG; `firmware/runtime/image-encoding.ts` in the cabinet. */
export type EncodePage = (page: GreyPage, quality: number) => Promise<Uint8Array>;

/** From hardly visible loss down to what still shows every mark and the print. */
export const IMAGE_QUALITIES = [85, 70, 55, 40, 25] as const;

export interface FittedImages {
  readonly images: BallotImages;
  readonly quality: number;
}

/** Problem code: `images-too-large`. */
export async function fitImages(
  encode: EncodePage,
  front: GreyPage,
  back: GreyPage,
  crops: readonly WriteInCrop[],
  bodyBytes: number,
): Promise<Result<FittedImages>> {
  const cropBytes = crops.reduce((sum, crop) => sum + crop.jpeg.length, 0);
  const room = imageRoomBytes(bodyBytes, crops.length) - cropBytes;
  for (const quality of IMAGE_QUALITIES) {
    const [frontJpeg, backJpeg] = await Promise.all([encode(front, quality), encode(back, quality)]);
    if (frontJpeg.length + backJpeg.length <= room) {
      return ok({ images: { front: frontJpeg, back: backJpeg }, quality });
    }
  }
  const reason = 'the images of this sheet do not fit into a slot, even at the lowest quality';
  return err(problem('images-too-large', 'ballot box', '', reason));
}
