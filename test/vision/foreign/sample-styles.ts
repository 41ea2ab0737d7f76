/** The other vendors' ballots of the tests, printed once: a blank as template, and the same with another precinct's banner. */
import { must } from '../../../ground/result.js';
import type { GreyPage } from '../../../ground/grey-page.js';
import { POINTS_PER_INCH } from '../../../ground/units.js';
import { rasterPdf } from '../../../tools/raster.js';
import { findOvals } from '../../../vision/foreign/find-ovals.js';
import { foreignTemplate, type ForeignTemplate } from '../../../vision/foreign/foreign-page.js';
import { expectOk } from '../../firmware/trust/support.js';
import { otherBallot, type OtherBallot, type OtherStyle, type TrueOval } from './other-ballots.js';

export async function drawnAt(ballot: OtherBallot, dpi: number): Promise<GreyPage> {
  return must(expectOk(await rasterPdf(ballot.pdf, dpi, 'ballot'))[0], 'a page');
}

/** A printed oval's centre in pixels. */
export function centreAt({ x, y }: TrueOval, dpi: number): { readonly x: number; readonly y: number } {
  return { x: (x / POINTS_PER_INCH) * dpi - 0.5, y: (y / POINTS_PER_INCH) * dpi - 0.5 };
}

export interface SampleStyle {
  readonly style: OtherStyle;
  readonly template: ForeignTemplate;
  readonly ovals: readonly TrueOval[];
  /** The name of each of `ovals` in the template. */
  readonly ids: readonly string[];
  /** Of another precinct, at 200 dpi. */
  readonly clean: GreyPage;
}

export async function sampleStyle(style: OtherStyle, content: string, dpi: number): Promise<SampleStyle> {
  const blank = await otherBallot(style, content, 'Precinct 12');
  const page = await drawnAt(blank, dpi);
  const found = [...findOvals(page)];
  const ids = blank.ovals.map((oval) => {
    const at = centreAt(oval, dpi);
    return must(
      found.find(({ x, y }) => Math.hypot(x - at.x, y - at.y) < dpi / 60),
      `${style.name}: an oval is not found`,
    ).id;
  });
  const side = { file: content, width: page.widthPx, height: page.heightPx, ovals: found };
  const template = must(foreignTemplate(side, page), 'a template');
  const clean = await drawnAt(await otherBallot(style, content, 'Precinct 340 Upper Fields'), 200);
  return { style, template, ovals: blank.ovals, ids, clean };
}
