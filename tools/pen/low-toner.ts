/**
 * A print from a cartridge that runs out: bands along the paper's way through the printer where the print is pale,
 * and small voids where no toner stuck. It happens before anybody marks the sheet, so clean pages go in and come out
 * and the voter's ink keeps its strength.
 */
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { assert } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { mmToPx, SCAN_DPI } from '../../ground/units.js';
import type { CleanSheet } from './paper.js';

export interface LowToner {
  /** Share of the ink that is missing in the middle of a pale band. */
  readonly fading: number;
  /** Pale bands over the page's width, each 15 to 60 mm broad. */
  readonly bands: number;
  /** Voids on each square centimetre, 0.1 to 0.3 mm in radius. */
  readonly voids: number;
}

const BAND_MM: readonly [number, number] = [15, 60];
const VOID_PX: readonly [number, number] = [0.8, 2.4];

export function lowToner(clean: CleanSheet, toner: LowToner, random: SeededRandom): CleanSheet {
  assert(toner.fading >= 0 && toner.fading <= 1, 'fading is a share');
  return {
    front: worn(clean.front, toner, random.fork('front')),
    back: worn(clean.back, toner, random.fork('back')),
  };
}

function worn(page: GreyPage, toner: LowToner, random: SeededRandom): GreyPage {
  const { widthPx, heightPx } = page;
  const data = page.data.slice();
  const left = inkLeft(widthPx, toner, random);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const i = y * widthPx + x;
      data[i] = Math.round(255 - (255 - (data[i] ?? 255)) * (left[x] ?? 1));
    }
  }
  const squareCm = (widthPx * heightPx) / mmToPx(10, SCAN_DPI) ** 2;
  for (let n = 0; n < toner.voids * squareCm; n++) {
    const radius = random.between(...VOID_PX);
    const [cx, cy] = [random.between(0, widthPx), random.between(0, heightPx)];
    for (let y = Math.max(0, Math.ceil(cy - radius)); y <= Math.min(heightPx - 1, cy + radius); y++) {
      for (let x = Math.max(0, Math.ceil(cx - radius)); x <= Math.min(widthPx - 1, cx + radius); x++) {
        if (Math.hypot(x - cx, y - cy) <= radius) data[y * widthPx + x] = 255;
      }
    }
  }
  return greyPage(widthPx, heightPx, page.dpi, data);
}

/** For each column the share of the ink that reached the paper. */
function inkLeft(widthPx: number, toner: LowToner, random: SeededRandom): Float64Array {
  const left = new Float64Array(widthPx).fill(1);
  for (let band = 0; band < toner.bands; band++) {
    const middle = random.between(0, widthPx);
    const half = mmToPx(random.between(...BAND_MM), SCAN_DPI) / 2;
    for (let x = 0; x < widthPx; x++) {
      const off = Math.abs(x - middle) / half;
      if (off >= 1) continue;
      const pale = 1 - toner.fading * (0.5 + 0.5 * Math.cos(Math.PI * off));
      left[x] = Math.min(left[x] ?? 1, pale);
    }
  }
  return left;
}
