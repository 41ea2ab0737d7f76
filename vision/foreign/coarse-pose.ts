/**
 * Which template a scan resembles, which way up, and roughly where it lies: each page becomes a small picture of how
 * much is printed where, freed from its skew; pictures are correlated at all shifts at once, upright and turned, over a
 * few per cent of scale. A first round with very small pictures tries all templates and scales, a second one looks at
 * the likeliest again. Good to about 1 mm; `register.ts` does the rest.
 */
import type { GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import type { Orientation } from '../reading.js';
import { compose, moveBy, scaleBy, similarity, type Affine } from './affine.js';
import { emptySpectrum, transform, type Spectrum } from './fourier.js';
import { inkImage, sampled, shrink, withoutSurround, type InkImage } from './ink-image.js';
import { skewDegrees } from './skew.js';

/** Resolutions of the pictures in the two rounds. */
const FIRST_DPI = 10;
const SECOND_DPI = 16;
const SKEW_DPI = 50;
/** Scales that are tried, against what the resolutions (or else the widths) say. */
const SCALE_REACH = 0.06;
const SCALE_STEP = 0.02;
/** The second round: templates nearly as strong as the strongest, at most so many, half a step to either side. */
const NEARLY_AS_STRONG = 0.75;
const MOST_IN_SECOND_ROUND = 10;
/** A resolution and a width that differ by more than this cannot both be true; both are tried. */
const SCALE_DOUBT = 0.06;
/** Pictures wrap around; the margins of two pages may do so over each other. */
const WRAP_ROOM = 1.02;
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

/** The best pose against each template worth a second look, the likeliest first. */
export function coarsePoses(scan: CoarsePage, templates: readonly CoarsePage[]): readonly CoarsePose[] {
  const all = templates.map((_, i) => i);
  const first = new Comparison(scan, templates, FIRST_DPI);
  for (const scale of scales(scan, templates)) first.tryScale(scale, all);
  const fits = first.fits();
  const second = new Comparison(scan, templates, SECOND_DPI);
  for (const { template, scale, strength } of fits.slice(0, MOST_IN_SECOND_ROUND)) {
    if (strength < NEARLY_AS_STRONG * (fits[0]?.strength ?? 0)) break;
    for (const half of [-0.5, 0, 0.5]) second.tryScale(scale * (1 + half * SCALE_STEP), [template]);
  }
  return second
    .fits()
    .map((fit) => poseOf(fit, must(templates[fit.template], 'a template'), scan, SECOND_DPI));
}

/** What was found for one template. */
interface Fit {
  readonly template: number;
  readonly strength: number;
  readonly peak: Peak;
  /** Of the scan against what its resolution says. */
  readonly scale: number;
}

/** A scan against all templates in pictures of one resolution; keeps the best that it saw of each template. */
class Comparison {
  readonly #scan: CoarsePage;
  readonly #templates: readonly CoarsePage[];
  readonly #dpi: number;
  readonly #size: Size;
  readonly #product: Spectrum;
  readonly #seen = new Map<number, Picture>();
  readonly #best = new Map<number, Fit>();

  constructor(scan: CoarsePage, templates: readonly CoarsePage[], dpi: number) {
    this.#scan = scan;
    this.#templates = templates;
    this.#dpi = dpi;
    this.#size = spectrumSize(scan, dpi);
    this.#product = emptySpectrum(this.#size.width, this.#size.height);
  }

  tryScale(scale: number, among: readonly number[]): void {
    const key = Math.round(1000 * scale);
    const seen =
      this.#seen.get(key) ?? pictureOf(this.#scan, (scale * this.#scan.dpi) / this.#dpi, this.#size);
    this.#seen.set(key, seen);
    for (const template of among) {
      const page = must(this.#templates[template], 'a template');
      const print = templatePicture(page, this.#dpi, this.#size);
      const peak = strongest(print.spectrum, seen.spectrum, this.#product);
      const strength = peak.value / Math.max(1e-9, print.norm * seen.norm);
      if (strength > (this.#best.get(template)?.strength ?? 0)) {
        this.#best.set(template, { template, strength, peak, scale });
      }
    }
  }

  /** The strongest first. */
  fits(): readonly Fit[] {
    return [...this.#best.values()].sort((a, b) => b.strength - a.strength);
  }
}

/** Around what the resolution says, and around what the widths say where they differ. */
function scales(scan: CoarsePage, templates: readonly CoarsePage[]): readonly number[] {
  const bases = [1];
  for (const template of templates) {
    const byWidth = scan.widthPx / scan.dpi / (template.widthPx / template.dpi);
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
function spectrumSize(scan: CoarsePage, dpi: number): Size {
  const side = (lengthPx: number): number => {
    const most = WRAP_ROOM * (lengthPx / scan.dpi) * dpi;
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

function templatePicture(template: CoarsePage, dpi: number, size: Size): Picture {
  const pictures = kept.get(template) ?? new Map<string, Picture>();
  kept.set(template, pictures);
  const key = `${size.width} x ${size.height} at ${dpi}`;
  const known = pictures.get(key) ?? pictureOf(template, template.dpi / dpi, size);
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
function strongest(template: Spectrum, scan: Spectrum, product: Spectrum): Peak {
  const { width, height } = template;
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

function poseOf(fit: Fit, template: CoarsePage, scan: CoarsePage, dpi: number): CoarsePose {
  const { peak, scale, strength } = fit;
  const centred = moveBy(-template.centre.xPx, -template.centre.yPx);
  const toPicture = compose(similarity(-template.skew, dpi / template.dpi, 0, 0), centred);
  const shifted = compose(moveBy(peak.dx, peak.dy), toPicture);
  const turned = peak.orientation === 'upright' ? shifted : compose(similarity(180, 1, 0, 0), shifted);
  const step = (scale * scan.dpi) / dpi;
  const map = compose(similarity(scan.skew, step, scan.centre.xPx, scan.centre.yPx), turned);
  return { template: fit.template, orientation: peak.orientation, strength, map };
}
