/**
 * From a sheet in the page store to what goes into the ballot box: its record, both page images as JPEG small enough
 * for a slot, and pictures of the write-ins. Front first, however it was fed.
 */
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import type { Bin, RandomSource } from '../../drivers/ports.js';
import type { BoxHeader } from '../ballot-box/format.js';
import { fitImages } from '../ballot-box/fit-images.js';
import type { SheetToStore, WriteInCrop } from '../ballot-box/slot.js';
import { buildRecord, newRecordId } from '../records/build-record.js';
import type { ElectionPackage } from '../trust/election-package.js';
import { encodePageJpeg } from './image-encoding.js';
import type { HeldPages } from './page-store.js';
import { cutWriteIns } from './write-in-crops.js';

export interface StoreContext {
  readonly election: ElectionPackage;
  readonly deviceSerial: string;
  readonly simulated: boolean;
  readonly random: RandomSource;
}

const CROP_QUALITY = 85;

export async function sheetToStore(
  { pages, result }: HeldPages,
  bin: Bin,
  header: BoxHeader,
  context: StoreContext,
): Promise<Result<SheetToStore>> {
  if (result.kind === 'rejected')
    return err(problem('not-read', 'sheet', '', 'was not read and cannot be stored'));
  const { election, deviceSerial, simulated, random } = context;
  const layout = must(
    election.layouts.find((l) => l.styleId === result.styleId && l.precinctId === result.precinctId),
    'a sheet that was read has a layout',
  );
  const { definition, definitionSha256, mode } = election;
  const recordContext = { definition, definitionSha256, layout, deviceSerial, mode, simulated };
  const record = buildRecord(result, recordContext, bin, newRecordId(random));
  const frontFirst = result.frontImage === 'first';
  const front = frontFirst ? pages.first : pages.second;
  const back = frontFirst ? pages.second : pages.first;
  const writeInCrops: WriteInCrop[] = [];
  for (const { contestId, optionId, picture } of [
    ...cutWriteIns(front, result.front),
    ...cutWriteIns(back, result.back),
  ]) {
    writeInCrops.push({ contestId, optionId, jpeg: await encodePageJpeg(picture, CROP_QUALITY) });
  }
  const fitted = await fitImages(encodePageJpeg, front, back, writeInCrops, header.bodyBytes);
  return fitted.ok ? ok({ record, images: fitted.value.images, writeInCrops }) : fitted;
}
