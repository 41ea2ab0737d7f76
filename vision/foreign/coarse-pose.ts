/**
 * Which template a scan resembles, which way up, and roughly where it lies: each page becomes a small picture at 20
 * dpi of how much is printed where, freed from its skew; pictures are correlated at all shifts at once, upright and
 * turned, over a few per cent of scale. Good to about 1 mm; `register.ts` does the rest.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import type { Orientation } from '../reading.js';
import { compose, moveBy, scaleBy, similarity, type Affine } from './affine.js';
import { emptySpectrum, transform, type Spectrum } from './fourier.js';
import { inkImage, sampled, shrink, withoutSurround, type InkImage } from './ink-image.js';
import { skewDegrees } from './skew.js';

const COARSE_DPI = 20;
const SKEW_DPI = 50;
/** Scales that are tried, against what the resolutions (or else the widths) say. */
const SCALE_REACH = 0.06;
const SCALE_STEP = 0.02;
/** Then half a step to either side, for this many of the likeliest templates. */
const REFINED = 4;
/** A resolution and a width that differ by more than this cannot both be true; both are tried. */
const SCALE_DOUBT = 0.06;
/** Large filled areas count no more than text. */
const FULL_INK = 110;
/** Print differs from its surroundings of this many coarse pixels to each side. */
const SURROUNDINGS_PX = 3;

/** A page prepared for being compared. */
export interface CoarsePage {
  readonly ink: InkImage;
  readonly dpi: number;
  readonly skew: number;
  readonly centre: { readonly xPx: number; readonly yPx: number };
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface CoarsePose {
  /** Which of the templates, by its number in the list. */
  readonly template: number;
  readonly orientation: Orientation;
  /** Correlation of the two pictures, 1 for equal ones. */
  readonly strength: number;
  /** From the template's pixels to the scan's. */
  readonly map: Affine;
}

/** Nothing when there is no print on the page. */
export function coarsePage(page: GreyPage): CoarsePage | undefined {
  const ink = inkImage(page, SKEW_DPI);
  if (ink === undefined) return undefined;
  const free = withoutSurround(ink);
  const { widthPx, heightPx, dpi } = page;
  const centre = { xPx: (widthPx - 1) / 2, yPx: (heightPx - 1) / 2 };
  return { ink: shrink(free, 2), dpi, skew: skewDegrees(free), centre, widthPx, heightPx };
}

/** The best pose against each template, the likeliest first. */
export function coarsePoses(scan: CoarsePage, templates: readonly CoarsePage[]): readonly CoarsePose[] {
  const size = spectrumSize(scan);
  const printed = templates.map((template) => templatePicture(template, size));
  const best: (Fit | undefined)[] = templates.map(() => undefined);
  const tryStep = (step: number, among: readonly number[]): void => {
    const seen = pictureOf(scan, step, size);
    for (const i of among) {
      const print = must(printed[i], 'every template has its picture');
      const peak = strongest(print.spectrum, seen.spectrum);
      const strength = peak.value / Math.max(1e-9, print.norm * seen.norm);
      if (strength > (best[i]?.strength ?? -1)) best[i] = { template: i, strength, peak, step };
    }
  };
  const all = templates.map((_, i) => i);
  for (const step of scanSteps(scan, templates)) tryStep(step, all);
  const likeliest = best.flatMap((fit) => fit ?? []).sort((a, b) => b.strength - a.strength);
  for (const { template, step } of likeliest.slice(0, REFINED)) {
    for (const half of [-0.5, 0.5]) tryStep(step * (1 + half * SCALE_STEP), [template]);
  }
  return best
    .flatMap((fit) =>
      fit === undefined ? [] : poseOf(fit, must(templates[fit.template], 'a template'), scan),
    )
    .sort((a, b) => b.strength - a.strength);
}

/** What was found for one template. */
interface Fit {
  readonly template: number;
  readonly strength: number;
  readonly peak: Peak;
  readonly step: number;
}

/** Scan pixels for a coarse pixel: around what the resolution says, and around what the widths say if they differ. */
function scanSteps(scan: CoarsePage, templates: readonly CoarsePage[]): readonly number[] {
  const bases = [scan.dpi / COARSE_DPI];
  for (const template of templates) {
    const byWidth = scan.widthPx / ((template.widthPx / template.dpi) * COARSE_DPI);
    if (bases.every((base) => Math.abs(byWidth / base - 1) > SCALE_DOUBT)) bases.push(byWidth);
  }
  const count = Math.round(SCALE_REACH / SCALE_STEP);
  return bases.flatMap((base) =>
    Array.from({ length: 2 * count + 1 }, (_, i) => base * (1 + (i - count) * SCALE_STEP)),
  );
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Room for the scan; of a template that is larger, what lies outside cannot be on the scan anyhow. */
function spectrumSize(scan: CoarsePage): Size {
  const side = (lengthPx: number): number => {
    const most = 1.1 * (lengthPx / scan.dpi) * COARSE_DPI;
    return Math.min(1024, Math.max(64, 2 ** Math.ceil(Math.log2(most))));
  };
  return { width: side(scan.widthPx), height: side(scan.heightPx) };
}

interface Picture {
  readonly spectrum: Spectrum;
  readonly norm: number;
}

/** A template meets many scans; its pictures are kept as long as it is. */
const kept = new WeakMap<CoarsePage, Map<string, Picture>>();

function templatePicture(template: CoarsePage, size: Size): Picture {
  const pictures = kept.get(template) ?? new Map<string, Picture>();
  kept.set(template, pictures);
  const key = `${size.width} x ${size.height}`;
  const known = pictures.get(key) ?? pictureOf(template, template.dpi / COARSE_DPI, size);
  pictures.set(key, known);
  return known;
}

/** The page at one coarse pixel for `step` of its own, straightened, its centre at (0, 0) of the wrapped picture. */
function pictureOf(page: CoarsePage, step: number, size: Size): Picture {
  const local = coarseInk(page, page.skew, step, size);
  const spectrum = emptySpectrum(size.width, size.height);
  const { width, height } = size;
  let squares = 0;
  for (let y = 0; y < height; y++) {
    const row = ((y + height / 2) % height) * width;
    for (let x = 0; x < width; x++) {
      const value = local[y * width + x] ?? 0;
      spectrum.re[row + ((x + width / 2) % width)] = value;
      squares += value * value;
    }
  }
  transform(spectrum, 'forward');
  return { spectrum, norm: Math.sqrt(squares) };
}

/** Ink of each coarse pixel, less that of its surroundings. */
function coarseInk(page: CoarsePage, skew: number, step: number, { width, height }: Size): Float64Array {
  const { toSource } = page.ink;
  const turn = similarity(skew, step, page.centre.xPx, page.centre.yPx);
  const toInk = compose(
    scaleBy(1 / toSource.xx, -toSource.x0 / toSource.xx, -toSource.y0 / toSource.xx),
    turn,
  );
  const picture = sampled(page.ink, compose(toInk, moveBy(-width / 2, -height / 2)), width, height);
  return lessSurroundings(
    Float64Array.from(picture.data.map((ink) => Math.min(FULL_INK, ink))),
    width,
    height,
  );
}

function lessSurroundings(ink: Float64Array, width: number, height: number): Float64Array {
  const reach = SURROUNDINGS_PX;
  const along = new Float64Array(ink.length);
  const mean = new Float64Array(ink.length);
  const boxSum = (
    from: Float64Array,
    to: Float64Array,
    start: number,
    step: number,
    length: number,
  ): void => {
    let sum = 0;
    for (let i = -reach; i < length; i++) {
      if (i + reach < length) sum += from[start + (i + reach) * step] ?? 0;
      if (i - reach - 1 >= 0) sum -= from[start + (i - reach - 1) * step] ?? 0;
      if (i >= 0) to[start + i * step] = sum;
    }
  };
  for (let y = 0; y < height; y++) boxSum(ink, along, y * width, 1, width);
  for (let x = 0; x < width; x++) boxSum(along, mean, x, width, height);
  const pixels = (2 * reach + 1) ** 2;
  return ink.map((value, i) => value - (mean[i] ?? 0) / pixels);
}

interface Peak {
  readonly value: number;
  readonly orientation: Orientation;
  /** The scan's picture against the template's, in coarse pixels. */
  readonly dx: number;
  readonly dy: number;
}

/** Both orientations in one transform: a picture turned by 180 degrees has the conjugate spectrum. */
function strongest(template: Spectrum, scan: Spectrum): Peak {
  const { width, height } = template;
  const product = emptySpectrum(width, height);
  for (let i = 0; i < product.re.length; i++) {
    const [a, b] = [template.re[i] as number, -(template.im[i] as number)];
    const [c, d] = [scan.re[i] as number, scan.im[i] as number];
    // Upright in the real part, turned in the imaginary part: U + i T.
    product.re[i] = a * c - b * d - (b * c - a * d);
    product.im[i] = a * d + b * c + (a * c + b * d);
  }
  transform(product, 'inverse');
  let best: Peak = { value: -1, orientation: 'upright', dx: 0, dy: 0 };
  const consider = (values: Float64Array, orientation: Orientation): void => {
    for (let i = 0; i < values.length; i++) {
      const value = (values[i] as number) / values.length;
      if (value <= best.value) continue;
      const [x, y] = [i % width, Math.floor(i / width)];
      best = { value, orientation, dx: x < width / 2 ? x : x - width, dy: y < height / 2 ? y : y - height };
    }
  };
  consider(product.re, 'upright');
  consider(product.im, 'rotated-180');
  return best;
}

function poseOf(fit: Fit, template: CoarsePage, scan: CoarsePage): CoarsePose {
  const { peak, step, strength } = fit;
  const centred = moveBy(-template.centre.xPx, -template.centre.yPx);
  const toPicture = compose(similarity(-template.skew, COARSE_DPI / template.dpi, 0, 0), centred);
  const shifted = compose(moveBy(peak.dx, peak.dy), toPicture);
  const turned = peak.orientation === 'upright' ? shifted : compose(similarity(180, 1, 0, 0), shifted);
  const map = compose(similarity(scan.skew, step, scan.centre.xPx, scan.centre.yPx), turned);
  return { template: fit.template, orientation: peak.orientation, strength, map };
}
