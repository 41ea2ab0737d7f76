/**
 * From a sheet in the page store to what goes into the ballot box: its record, both page images as JPEG small enough
 * for a slot, and pictures of the write-ins. Front first, however it was fed.
 *
 * The pictures take longest. They are begun as soon as the sheet is read, while the machine decides and the voter
 * reads; when the sheet is given back they are dropped with it.
 */
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import type { Bin, RandomSource, ScannedSheet } from '../../drivers/ports.js';
import { fitImages, type EncodePage } from '../ballot-box/fit-images.js';
import type { BallotImages, SheetToStore, WriteInCrop } from '../ballot-box/slot.js';
import { buildRecord, newRecordId, type ReadSheet } from '../records/build-record.js';
import type { ElectionPackage } from '../trust/election-package.js';
import type { HeldPages } from './page-store.js';
import { cutWriteIns } from './write-in-crops.js';

export interface StoreContext {
  readonly election: ElectionPackage;
  readonly deviceSerial: string;
  readonly simulated: boolean;
  readonly random: RandomSource;
}

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

export async function sheetToStore(
  { result, pictures }: HeldPages,
  bin: Bin,
  context: StoreContext,
): Promise<Result<SheetToStore>> {
  if (result.kind === 'rejected' || pictures === undefined)
    return err(problem('not-read', 'sheet', '', 'was not read and cannot be stored'));
  const { election, deviceSerial, simulated, random } = context;
  const layout = must(
    election.layouts.find((l) => l.styleId === result.styleId && l.precinctId === result.precinctId),
    'a sheet that was read has a layout',
  );
  const { definition, definitionSha256, mode } = election;
  const recordContext = { definition, definitionSha256, layout, deviceSerial, mode, simulated };
  const record = buildRecord(result, recordContext, bin, newRecordId(random));
  const ready = await pictures;
  return ready.ok ? ok({ record, ...ready.value }) : ready;
}
