/** One image given to `interpret`, with what the reader says of it: alone, or as a side of its sheet. */
import { parse } from 'node:path';
import type { GreyPage } from '../../ground/grey-page.js';
import type { SideResult } from '../../vision/reading.js';

export interface ReadImage {
  /** Name of its file. */
  readonly name: string;
  readonly page: GreyPage;
  readonly result: SideResult;
}

/** What files about this image are called: `1-front` where there are two, else `front`. */
export function fileStem(images: readonly ReadImage[], index: number): string {
  const number = images.length > 1 ? `${index + 1}-` : '';
  return `${number}${parse(images[index]?.name ?? '').name}`;
}
