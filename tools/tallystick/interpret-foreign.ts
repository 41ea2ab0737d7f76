/**
 * `tallystick interpret --template`: scans of ballots that we did not design, read against blank ballots and an ovals
 * file. One entry for each image, whatever is wrong with it: an audit's batch is never lost to one bad file.
 * docs/formats/foreign-ballots.md.
 */
import { basename, parse } from 'node:path';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import type { GreyPage } from '../../ground/grey-page.js';
import { describeProblem, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { Overlay } from '../../vision/draw.js';
import { drawOvals } from '../../vision/foreign/foreign-overlay.js';
import {
  foreignTemplate,
  readForeignPage,
  type ForeignReading,
  type ForeignTemplate,
} from '../../vision/foreign/foreign-page.js';
import { parseOvalsFile, type OvalsFile, type TemplateSide } from '../../vision/foreign/template-file.js';
import type { OvalScore, Verdict } from '../../vision/reading.js';
import { readBoundedFile } from '../bounded-file.js';
import { readImageFile } from '../image-files.js';
import { readBlankBallotOfWidth } from './blank-ballot.js';
import { unusable, type VerbArguments, type VerbOutcome } from './command.js';
import { writePictures } from './interpret-pictures.js';
import { inHundredths } from './interpret-text.js';

const MAX_OVALS_BYTES = 16 * 2 ** 20;
const NOT_FOR_TEMPLATES = ['explain', 'cross-check', 'thresholds'] as const;

type PageEntry =
  | {
      readonly image: string;
      readonly readable: true;
      readonly template: string;
      readonly orientation: string;
      readonly skewDegrees: number;
      readonly ovals: Readonly<Record<string, OvalEntry>>;
    }
  | { readonly image: string; readonly readable: false; readonly reason: string };

interface OvalEntry {
  /** Of its centre, in the scan. */
  readonly x: number;
  readonly y: number;
  readonly verdict: Verdict;
  readonly score: OvalScore;
}

/** The images are those of the whole call, wherever they stood in it. */
export async function interpretForeign(
  args: VerbArguments,
  images: readonly string[],
  dpi: number | undefined,
): Promise<VerbOutcome> {
  const wrong = wrongCall(args, images);
  if (wrong !== undefined) return unusable(wrong);
  const templates = await openTemplates(args.many('template'), args.one('ovals') ?? '');
  if (!templates.ok) return unusable(...templates.error);
  const directory = args.one('overlay');
  const pages: PageEntry[] = [];
  const drawn: string[] = [];
  for (const [i, path] of images.entries()) {
    const image = basename(path);
    const scan = await readImageFile(path, dpi);
    if (!scan.ok) {
      pages.push({ image, readable: false, reason: `image-unusable: ${describeProblem(scan.error)}` });
      continue;
    }
    const reading = readForeignPage(scan.value, templates.value, defaultMarkThresholds);
    pages.push(entryOf(image, reading));
    if (directory === undefined) continue;
    const number = images.length > 1 ? `${i + 1}-` : '';
    const picture = {
      file: `${number}${parse(path).name}-overlay.png`,
      draw: () => overlayOf(scan.value, reading),
    };
    const written = await writePictures([picture], directory);
    if (!written.ok) return unusable(written.error);
    drawn.push(...written.value.map((file) => `overlay: ${file}`));
  }
  const isRead = pages.every(({ readable }) => readable);
  const text = [...pages.flatMap(describePage), ...drawn].join('\n');
  return { kind: isRead ? 'done' : 'finding', text, json: { pages } };
}

function wrongCall(args: VerbArguments, images: readonly string[]): Problem | undefined {
  const usage = (option: string, reason: string): Problem =>
    problem('usage', 'tallystick interpret', option, reason);
  if (args.one('election') !== undefined) return usage('--election', 'is not given with --template');
  if (args.one('debug') !== undefined) return usage('--debug', 'is not given with --template');
  const flag = NOT_FOR_TEMPLATES.find((name) => args.flag(name));
  if (flag !== undefined) return usage(`--${flag}`, 'is not given with --template');
  if (args.many('template').length === 0) return usage('--template', 'is missing');
  if (args.one('ovals') === undefined) return usage('--ovals', 'is missing');
  return images.length === 0 ? usage('--image', 'is missing') : undefined;
}

/** Every side of every blank, with its ovals out of the file. */
async function openTemplates(
  paths: readonly string[],
  ovalsPath: string,
): Promise<Result<readonly ForeignTemplate[], readonly Problem[]>> {
  const bytes = await readBoundedFile(ovalsPath, MAX_OVALS_BYTES);
  if (!bytes.ok) return err([bytes.error]);
  const parsed = parseOvalsFile(new TextDecoder().decode(bytes.value), basename(ovalsPath));
  if (!parsed.ok) return parsed;
  const templates: ForeignTemplate[] = [];
  for (const path of paths) {
    const opened = await openBlank(path, parsed.value, basename(ovalsPath));
    if (!opened.ok) return err([opened.error]);
    templates.push(...opened.value);
  }
  const names = templates.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return ok(templates);
  return err([problem('usage', 'tallystick interpret', '--template', `"${twice}" is given twice`)]);
}

async function openBlank(
  path: string,
  file: OvalsFile,
  where: string,
): Promise<Result<readonly ForeignTemplate[]>> {
  const listed = sidesOf(file, path);
  const [first] = listed;
  if (first === undefined) {
    return err(problem('template-unknown', where, 'templates', `"${basename(path)}" does not stand there`));
  }
  const sides = await readBlankBallotOfWidth(path, first.width);
  if (!sides.ok) return sides;
  const templates: ForeignTemplate[] = [];
  for (const side of listed) {
    const blank = sides.value.find((one) => one.file === basename(side.file));
    if (blank === undefined)
      return err(problem('template-unknown', basename(path), '', `has no ${side.file}`));
    const { widthPx, heightPx } = blank.page;
    if (Math.abs(widthPx - side.width) > 2 || Math.abs(heightPx - side.height) > 2) {
      const reason = `is ${widthPx} x ${heightPx} pixels, but ${where} says ${side.width} x ${side.height}`;
      return err(problem('wrong-size', blank.file, '', reason));
    }
    const template = foreignTemplate(side, blank.page);
    if (template === undefined)
      return err(problem('template-empty', blank.file, '', 'has nothing printed on it'));
    templates.push(template);
  }
  return ok(templates);
}

/** The file's sides that belong to this blank: by its path as given, else by its name; of a PDF, all its pages. */
function sidesOf({ templates }: OvalsFile, path: string): readonly TemplateSide[] {
  const withoutPage = (file: string): string => file.replace(/#page=[0-9]+$/, '');
  const exact = templates.filter(({ file }) => withoutPage(file) === path);
  if (exact.length > 0) return exact;
  return templates.filter(({ file }) => basename(withoutPage(file)) === basename(path));
}

function entryOf(image: string, reading: ForeignReading): PageEntry {
  if (!reading.readable) return { image, readable: false, reason: `${reading.reason}: ${reading.detail}` };
  const { template, orientation, skewDegrees } = reading;
  const ovals = Object.fromEntries(
    reading.ovals.map(({ id, centre, verdict, score }): [string, OvalEntry] => [
      id,
      { x: round1(centre.xPx), y: round1(centre.yPx), verdict, score },
    ]),
  );
  return { image, readable: true, template, orientation, skewDegrees, ovals };
}

function overlayOf(scan: GreyPage, reading: ForeignReading): Overlay {
  const ovals = reading.readable ? reading.ovals : [];
  return drawOvals(
    scan,
    ovals.map(({ centre, widthPx, heightPx, verdict }) => ({ ...centre, widthPx, heightPx, as: verdict })),
  );
}

function describePage(page: PageEntry): readonly string[] {
  if (!page.readable) return [`${page.image}: refused, ${page.reason}`];
  const entries = Object.entries(page.ovals);
  const blank = entries.filter(([, { verdict }]) => verdict === 'blank').length;
  return [
    `${page.image}: ${page.template}, ${page.orientation}, skew ${inHundredths(page.skewDegrees)} degrees`,
    ...entries.flatMap(([id, { verdict, score }]) =>
      verdict === 'blank'
        ? []
        : [`  ${verdict.padEnd(9)}  ${id} (${(100 * score.light).toFixed(0)} % of its inside)`],
    ),
    `  blank      ${blank} of ${entries.length} ovals`,
  ];
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
