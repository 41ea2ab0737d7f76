/**
 * A scan of a ballot that we did not design, read against blank ballots: which of them it is, which way up, where every
 * oval lies, and what ink is in it. The story: coarse poses against all templates; the likeliest are laid on exactly;
 * the one whose print is found best is the ballot, if enough of it is found, and around every oval; then the ovals are
 * scored and judged by the same rule as our own ballots.
 */
import type { MarkThresholds } from '../../election-def/mark-thresholds.js';
import { OVAL } from '../../election-def/page-frame.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { mmToPx, pxToMm, type PointPx } from '../../ground/units.js';
import { measureLevels } from '../levels.js';
import type { Orientation, OvalScore, Verdict } from '../reading.js';
import { verdictOf } from '../verdict.js';
import { apply, compose, moveBy, scaleOf, type Affine } from './affine.js';
import { coarsePage, coarsePoses, type CoarsePage, type CoarsePose } from './coarse-pose.js';
import { ellipsesOn, type FoundOval } from './find-ovals.js';
import { inkImage } from './ink-image.js';
import { printedSide, register, type PrintedSide, type Registration } from './register.js';
import { ovalMask, type OvalMask, type Sampler } from './oval-mask.js';
import { scoreForeignOval } from './score.js';
import type { TemplateOval, TemplateSide } from './template-file.js';

/** Poses are worth a closer look when they are nearly as strong as the strongest. */
const NEARLY_AS_STRONG = 0.85;
const LOOKED_AT = 8;
const LEAST_STRENGTH = 0.1;
/** Blocks of the template's print that must be found in place. */
const LEAST_FOUND = 0.6;
/** Around an oval, within this distance, and at least this share; more ovals without it than this are a refusal. */
const AROUND_MM = 18;
const LEAST_FOUND_AROUND = 0.4;
const MOST_UNCONFIRMED = 0.1;
/** Two templates whose likeness differs by less cannot be told apart. */
const TOO_ALIKE = 0.004;
/** Registered more crookedly than this is no flat scan. */
const MOST_SKEW_DEGREES = 6;
const MOST_SHEAR = 0.02;

export interface ForeignTemplate {
  readonly name: string;
  readonly page: GreyPage;
  readonly ovals: readonly OvalMask[];
  readonly coarse: CoarsePage;
  readonly printed: PrintedSide;
}

export interface ForeignOval {
  readonly id: string;
  /** Its centre in the scan. */
  readonly centre: PointPx;
  /** Of what its outline encloses. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly verdict: Verdict;
  readonly score: OvalScore;
}

export type ForeignRefusal =
  | 'no-print'
  | 'no-template-fits'
  | 'several-templates-fit'
  | 'print-differs-at-ovals'
  | 'page-cut'
  | 'distorted';

export type ForeignReading =
  | {
      readonly readable: true;
      readonly template: string;
      readonly orientation: Orientation;
      readonly skewDegrees: number;
      readonly ovals: readonly ForeignOval[];
    }
  | { readonly readable: false; readonly reason: ForeignRefusal; readonly detail: string };

/** Nothing when the page has no print. Ovals are looked for again on the page: a file's sizes may be rough. */
export function foreignTemplate(side: TemplateSide, page: GreyPage): ForeignTemplate | undefined {
  const levels = measureLevels(page);
  const coarse = coarsePage(page);
  const printed = printedSide(page, side.ovals);
  if (levels === undefined || coarse === undefined || printed === undefined) return undefined;
  const ellipses = ellipsesOn(page);
  const blank = { dpi: page.dpi, paper: levels.paper, ink: levels.ink, sample: sampler(page, levels.paper) };
  const ovals = side.ovals.map((oval) => {
    const found = ellipses.find((ellipse) => isSame(ellipse, oval));
    const centre = { xPx: found?.x ?? oval.x, yPx: found?.y ?? oval.y };
    const size = {
      widthMm: pxToMm(found?.insideWidth ?? oval.w, page.dpi),
      heightMm: pxToMm(found?.insideHeight ?? oval.h, page.dpi),
    };
    return ovalMask(oval.id, centre, size, blank);
  });
  return { name: side.file, page, ovals, coarse, printed };
}

function isSame(ellipse: FoundOval, oval: TemplateOval): boolean {
  const isNear = Math.abs(ellipse.x - oval.x) < oval.w / 2 && Math.abs(ellipse.y - oval.y) < oval.h / 2;
  return isNear && ellipse.width > 0.6 * oval.w && ellipse.width < 1.5 * oval.w;
}

/** Bilinear; outside of the page is `outside`. */
function sampler({ data, widthPx, heightPx }: GreyPage, outside: number): Sampler {
  return (xPx, yPx) => {
    const [x, y] = [Math.floor(xPx), Math.floor(yPx)];
    if (x < 0 || y < 0 || x + 1 >= widthPx || y + 1 >= heightPx) return outside;
    const [tx, ty] = [xPx - x, yPx - y];
    const at = y * widthPx + x;
    const top = (data[at] as number) * (1 - tx) + (data[at + 1] as number) * tx;
    const bottom = (data[at + widthPx] as number) * (1 - tx) + (data[at + widthPx + 1] as number) * tx;
    return top * (1 - ty) + bottom * ty;
  };
}

export function readForeignPage(
  scan: GreyPage,
  templates: readonly ForeignTemplate[],
  thresholds: MarkThresholds,
): ForeignReading {
  const coarse = coarsePage(scan);
  const ink = inkImage(scan, 100);
  if (coarse === undefined || ink === undefined)
    return refuse('no-print', 'the image has no contrast: nothing is printed on it');
  const poses = coarsePoses(
    coarse,
    templates.map((template) => template.coarse),
  );
  const candidates = worthALook(poses).flatMap((pose) => {
    const template = templates[pose.template];
    const registration = template && register(template.printed, ink, pose.map);
    return template === undefined || registration === undefined ? [] : [{ template, pose, registration }];
  });
  const [best, second] = candidates.sort((a, b) => b.registration.likeness - a.registration.likeness);
  if (best === undefined || best.registration.found < LEAST_FOUND)
    return refuse('no-template-fits', howFar(best));
  if (second !== undefined && best.registration.likeness - second.registration.likeness < TOO_ALIKE) {
    return refuse(
      'several-templates-fit',
      `${best.template.name} and ${second.template.name} fit equally well`,
    );
  }
  const refusal = misfit(scan, best);
  return refusal ?? readOvals(scan, best, thresholds);
}

interface Candidate {
  readonly template: ForeignTemplate;
  readonly pose: CoarsePose;
  readonly registration: Registration;
}

function worthALook(poses: readonly CoarsePose[]): readonly CoarsePose[] {
  const strongest = poses[0]?.strength ?? 0;
  return poses
    .filter(({ strength }) => strength >= Math.max(LEAST_STRENGTH, NEARLY_AS_STRONG * strongest))
    .slice(0, LOOKED_AT);
}

function refuse(reason: ForeignRefusal, detail: string): ForeignReading {
  return { readable: false, reason, detail };
}

function howFar(best: Candidate | undefined): string {
  if (best === undefined) return 'no template resembles the image';
  const percent = Math.round(100 * best.registration.found);
  return `the nearest, ${best.template.name}, has ${percent} % of its print found in place; ${100 * LEAST_FOUND} % are needed`;
}

/** Why the best template cannot be trusted with every oval, if so. */
function misfit(scan: GreyPage, { template, registration }: Candidate): ForeignReading | undefined {
  const { map } = registration;
  const shear = Math.abs(map.xx * map.xy + map.yx * map.yy) / scaleOf(map) ** 2;
  if (shear > MOST_SHEAR || Math.abs(skewOf(map)) > MOST_SKEW_DEGREES) {
    return refuse('distorted', 'the page is turned, sheared or bent more than a scanner does');
  }
  const away = template.ovals.find(({ centre }) => !isOn(scan, registration.locate(centre.xPx, centre.yPx)));
  if (away !== undefined) return refuse('page-cut', `the oval ${away.id} lies outside of the image`);
  const unconfirmed = template.ovals.filter(({ centre }) => {
    const found = registration.foundAround(centre.xPx, centre.yPx, AROUND_MM);
    return found !== undefined && found < LEAST_FOUND_AROUND;
  });
  if (unconfirmed.length > MOST_UNCONFIRMED * template.ovals.length) {
    const named = unconfirmed.slice(0, 3).map(({ id }) => id);
    const detail = `the print around ${unconfirmed.length} of ${template.ovals.length} ovals is not that of ${template.name} (${named.join(', ')}, …)`;
    return refuse('print-differs-at-ovals', detail);
  }
  return undefined;
}

function isOn(scan: GreyPage, { xPx, yPx }: PointPx): boolean {
  return xPx >= 0 && yPx >= 0 && xPx < scan.widthPx && yPx < scan.heightPx;
}

function readOvals(
  scan: GreyPage,
  { template, pose, registration }: Candidate,
  thresholds: MarkThresholds,
): ForeignReading {
  const paper = measureLevels(scan)?.paper ?? 255;
  const sample = sampler(scan, paper);
  const inkLevel = inkOfPrint(template, registration, sample);
  /** Scan pixels for an inch of the blank. */
  const perInch = template.page.dpi * scaleOf(registration.map);
  const ovals = template.ovals.map((mask): ForeignOval => {
    const { xPx, yPx } = mask.centre;
    const place = registration.locate(xPx, yPx);
    const straight = apply(registration.map, xPx, yPx);
    const here = compose(moveBy(place.xPx - straight.xPx, place.yPx - straight.yPx), registration.map);
    const onScan = (x: number, y: number): number =>
      sample(here.xx * x + here.xy * y + here.x0, here.yx * x + here.yy * y + here.y0);
    const { score, movedX, movedY } = scoreForeignOval(mask, template.page.dpi, inkLevel, onScan);
    const centre = apply(here, xPx + movedX, yPx + movedY);
    const [widthPx, heightPx] = [mmToPx(mask.size.widthMm, perInch), mmToPx(mask.size.heightMm, perInch)];
    return {
      id: mask.id,
      centre,
      widthPx,
      heightPx,
      verdict: verdictOf(score, forSize(mask, thresholds)),
      score,
    };
  });
  const skewDegrees = Math.round(100 * skewOf(registration.map)) / 100;
  return { readable: true, template: template.name, orientation: pose.orientation, skewDegrees, ovals };
}

/** How far a stroke must reach was set for our oval; in a smaller one it cannot reach as far. */
function forSize({ size }: OvalMask, thresholds: MarkThresholds): MarkThresholds {
  const ratio = Math.min(1, size.heightMm / (OVAL.heightMm - 2 * OVAL.strokeMm));
  const { blankBelow, markedFrom } = thresholds.spanMm;
  return { ...thresholds, spanMm: { blankBelow: blankBelow * ratio, markedFrom: markedFrom * ratio } };
}

/** Clockwise, from the nearer of upright and turned. */
function skewOf({ xx, yx }: Affine): number {
  const degrees = (Math.atan2(yx, xx) * 180) / Math.PI;
  return degrees > 90 ? degrees - 180 : degrees < -90 ? degrees + 180 : degrees;
}

const SOLID_PRINT = 150;
const INK_RANK = 0.25;

/** How dark this scan shows what the blank has in full ink. */
function inkOfPrint(template: ForeignTemplate, registration: Registration, sample: Sampler): number {
  const { data, widthPx, toSource } = template.printed.fine;
  const histogram = new Uint32Array(256);
  const toScan = compose(registration.map, toSource);
  let count = 0;
  for (let at = 0; at < data.length; at++) {
    if ((data[at] as number) < SOLID_PRINT) continue;
    const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
    const grey = sample(toScan.xx * x + toScan.xy * y + toScan.x0, toScan.yx * x + toScan.yy * y + toScan.y0);
    histogram[Math.round(grey)] = (histogram[Math.round(grey)] ?? 0) + 1;
    count++;
  }
  let seen = 0;
  let level = 0;
  while (level < 255 && (seen += histogram[level] ?? 0) <= INK_RANK * count) level++;
  return level;
}
