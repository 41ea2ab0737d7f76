/**
 * Makes both page images of a sheet fit into a slot's body of fixed length: the same quality for both sides, lowered in
 * steps until they do. What a slot holds must not depend on how much ink a ballot carries, so there is a last step
 * after which the sheet is given back instead.
 *
 * A whole page takes tens of milliseconds to encode, and the noise of most scans needs more room than the first steps
 * give. So a sample of both pages, every sixteenth row of JPEG blocks, says with which step to begin.
 */
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import { concat } from '../../ground/bytes.js';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { imageRoomBytes, type BallotImages, type WriteInCrop } from './slot.js';

/** Encodes a grey page as JPEG; `firmware/runtime/image-encoding.ts` in the cabinet. */
export type EncodePage = (page: GreyPage, quality: number) => Promise<Uint8Array>;

/** From hardly visible loss down to what still shows every mark and the print. */
export const IMAGE_QUALITIES = [85, 70, 55, 40, 25] as const;

/** Tried whatever the sample says. */
const LAST_QUALITY = IMAGE_QUALITIES[IMAGE_QUALITIES.length - 1];

const BLOCK_ROWS = 8;
const SAMPLE_EVERY = 16;
/** What a grey JPEG has before its first block; a sample has it once, not for each part that it stands for. */
const JPEG_HEAD_BYTES = 330;

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
  const sample = sampleOf(front, back);
  const estimate = async (quality: number | undefined): Promise<number> =>
    quality === undefined || quality === LAST_QUALITY ? 0 : sampledBytes(encode, sample, quality);
  let estimates: readonly number[] = [];
  for (const [step, quality] of IMAGE_QUALITIES.entries()) {
    // Two at a time: one for each thread that encodes.
    if (step % 2 === 0) estimates = await Promise.all([quality, IMAGE_QUALITIES[step + 1]].map(estimate));
    if ((estimates[step % 2] ?? 0) > room) continue;
    const [frontJpeg, backJpeg] = await Promise.all([encode(front, quality), encode(back, quality)]);
    if (frontJpeg.length + backJpeg.length <= room) {
      return ok({ images: { front: frontJpeg, back: backJpeg }, quality });
    }
  }
  const reason = 'the images of this sheet do not fit into a slot, even at the lowest quality';
  return err(problem('images-too-large', 'ballot box', '', reason));
}

interface Sample {
  readonly rows: GreyPage;
  /** How many times as large both pages are together. */
  readonly times: number;
}

/** Whole rows of blocks from all over both pages; the first one of each is always among them. */
function sampleOf(front: GreyPage, back: GreyPage): Sample {
  const { widthPx, dpi } = front;
  assert(back.widthPx === widthPx, 'one scan head gives both sides the same width');
  const rows = concat(...blockRowsOf(front), ...blockRowsOf(back));
  const heightPx = rows.length / widthPx;
  return {
    rows: greyPage(widthPx, heightPx, dpi, rows),
    times: (front.heightPx + back.heightPx) / heightPx,
  };
}

function blockRowsOf({ widthPx, heightPx, data }: GreyPage): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let row = 0; row < heightPx; row += BLOCK_ROWS * SAMPLE_EVERY) {
    parts.push(data.subarray(row * widthPx, Math.min(row + BLOCK_ROWS, heightPx) * widthPx));
  }
  return parts;
}

async function sampledBytes(encode: EncodePage, { rows, times }: Sample, quality: number): Promise<number> {
  const { length } = await encode(rows, quality);
  return (length - JPEG_HEAD_BYTES) * times;
}
