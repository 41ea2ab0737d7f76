/** Pictures for people: every piece of tape as it lies there, and a ballot with what the reader saw drawn over it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { paperPng } from '../../drivers/virtual/roll-png.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { readingContext } from '../../vision/context.js';
import { drawOverlay } from '../../vision/overlay.js';
import { readSide } from '../../vision/read-side.js';
import { valueOf } from '../bench/office.js';
import type { World } from './world.js';

/** So many greys are left of a scan's 256: its noise, which nobody looks at, is most of a picture's bytes. */
const GREYS = 6;

/** @returns the files' paths: tapes, oldest first, and then the first counted ballot's two sides */
export async function writePictures(world: World, directory: string): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const paths: string[] = [];
  for (const [i, { page, cut }] of world.bench.roll.pieces().entries()) {
    const path = join(directory, `tape-${i + 1}${cut ? '' : '-torn'}.png`);
    await writeFile(path, await paperPng(page));
    paths.push(path);
  }
  return [...paths, ...(await writeBallot(world, directory))];
}

/** As scanned, and so the way round in which it was fed. */
async function writeBallot(world: World, directory: string): Promise<readonly string[]> {
  const { sheet } = must(
    world.fed.find(({ truth }) => truth.counted),
    'a counted ballot',
  );
  const election = valueOf(await openElectionPackage(world.packageFolder, world.authority.signer.publicKey));
  const { layouts, hash20, definition } = election;
  const context = readingContext(layouts, hash20, definition.settings.markThresholds);
  const paths: string[] = [];
  for (const side of ['first', 'second'] as const) {
    const page = sheet[side];
    const { widthPx, heightPx, rgb } = drawOverlay(fewGreys(page), readSide(page, context));
    const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
    const path = join(directory, `ballot-${side}.png`);
    await sharp(rgb, { raw }).png({ palette: true, dither: 0 }).toFile(path);
    paths.push(path);
  }
  return paths;
}

function fewGreys(page: GreyPage): GreyPage {
  const step = 255 / (GREYS - 1);
  const data = page.data.map((grey) => Math.round(Math.round(grey / step) * step));
  return greyPage(page.widthPx, page.heightPx, page.dpi, data);
}
