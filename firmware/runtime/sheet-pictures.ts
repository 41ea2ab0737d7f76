/**
 * The pictures of a sheet as they are stored: both pages as JPEG small enough for a slot, and the write-ins cut out.
 * Front first, however it was fed. They take longest of all; so they are begun as soon as the sheet is read, while the
 * machine decides and the voter reads. When the sheet is given back they are dropped with it.
 */
import { ok, type Result } from '../../ground/result.js';
import type { ScannedSheet } from '../../drivers/ports.js';
import { fitImages, type EncodePage } from '../ballot-box/fit-images.js';
import type { BallotImages, WriteInCrop } from '../ballot-box/slot.js';
import type { ReadSheet } from '../records/build-record.js';
import { cutWriteIns } from './write-in-crops.js';

export interface SheetPictures {
  readonly images: BallotImages;
  readonly writeInCrops: readonly WriteInCrop[];
}

const CROP_QUALITY = 85;

export async function sheetPictures(
  pages: ScannedSheet,
  result: ReadSheet,
  bodyBytes: number,
  encode: EncodePage,
): Promise<Result<SheetPictures>> {
  const frontFirst = result.frontImage === 'first';
  const front = frontFirst ? pages.first : pages.second;
  const back = frontFirst ? pages.second : pages.first;
  const cut = [...cutWriteIns(front, result.front), ...cutWriteIns(back, result.back)];
  const writeInCrops = await Promise.all(
    cut.map(async ({ contestId, optionId, picture }) => ({
      contestId,
      optionId,
      jpeg: await encode(picture, CROP_QUALITY),
    })),
  );
  const fitted = await fitImages(encode, front, back, writeInCrops, bodyBytes);
  return fitted.ok ? ok({ images: fitted.value.images, writeInCrops }) : fitted;
}
