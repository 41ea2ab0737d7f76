/**
 * `tallystick interpret`: what the reader sees on one side or one sheet, from image files. The same reader that stands
 * in the machine, with everything it measured, and with ways to ask why. docs/formats/interpretation.md.
 */
import { basename } from 'node:path';
import { assert, err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { ReadingContext } from '../../vision/context.js';
import { readSheet } from '../../vision/read-sheet.js';
import { readSide } from '../../vision/read-side.js';
import { INTERPRETATION_FORMAT, type SheetResult, type SideResult } from '../../vision/reading.js';
import { readImageFile } from '../image-files.js';
import { interpretForeign } from './interpret-foreign.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';
import { crossCheckImages, describeCrossCheck } from './interpret-cross-check.js';
import { openElection } from './interpret-election.js';
import type { ReadImage } from './interpret-images.js';
import { writeOverlays, writeStages } from './interpret-pictures.js';
import { describeReject, describeSide, explainImage } from './interpret-text.js';
import { showThresholds } from './interpret-thresholds.js';

export const interpret: Verb = {
  name: 'interpret',
  summary: 'Read the marks on scanned ballot sides',
  help: `tallystick interpret --election PACKAGE --image FRONT [--image BACK] [--dpi N] [--explain] [--cross-check]
                     [--overlay DIR] [--debug DIR] [--json]
tallystick interpret --election PACKAGE --thresholds [--json]
tallystick interpret --template BLANK … --ovals FILE --image SCAN … [--dpi N] [--overlay DIR] [--json]

Reads one side, or both sides of one sheet, with the reader that the machine uses, and says what it found: which
ballot it is, which ovals are marked, ambiguous or blank, what was wrong with the image. The images may come in either
order and either way up. Nothing is counted. With --template: scans of any vendor's ballots, each against blank
ballots, one entry a scan.

  --election PACKAGE   an election package (a folder), or an election definition (a .json file)
  --image FILE         PNG, JPEG, TIFF or WebP; once for one side, twice for a sheet
  --template BLANK     a blank ballot (PDF or image), as often as there are; --ovals FILE says where its ovals are
                       (docs/formats/foreign-ballots.md; tallystick template find-ovals writes one)
  --dpi N              resolution of the images, where the files name none or a wrong one
  --explain            say of every oval which feature, against which threshold, made it what it is
  --cross-check        read each image a second time by other means (OpenCV); a contradiction is a finding
  --overlay DIR        write what the reader saw, drawn over each image, as DIR/NAME-overlay.png: ovals ringed green
                       (marked), orange (ambiguous), grey (blank); write-in boxes blue where written in
  --debug DIR          write a picture of each stage of the reader, as DIR/NAME-1-levels.png and so on
  --thresholds         read nothing; say what counts as a mark in this election, in words and numbers
  --json               the whole result as in docs/formats/interpretation.md

Exit status: 0 read; 1 refused, with the reason, or contradicted; 2 the election or an image cannot be used.

Example:
  tallystick interpret --election packages/town-hall --image front.png --image back.png --overlay seen`,
  options: {
    election: { type: 'string' },
    template: { type: 'string', multiple: true },
    ovals: { type: 'string' },
    image: { type: 'string', multiple: true },
    dpi: { type: 'string' },
    explain: { type: 'boolean' },
    'cross-check': { type: 'boolean' },
    overlay: { type: 'string' },
    debug: { type: 'string' },
    thresholds: { type: 'boolean' },
  },
  positionals: ['[IMAGE…]'],
  run,
};

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const paths = [...args.many('image'), ...args.positionals];
  if (args.many('template').length > 0 || args.one('ovals') !== undefined) {
    const scanDpi = readDpi(args.one('dpi'));
    return scanDpi.ok ? interpretForeign(args, paths, scanDpi.value) : unusable(scanDpi.error);
  }
  if (args.one('election') === undefined) {
    return unusable(problem('usage', 'tallystick interpret', '--election', 'or --template is missing'));
  }
  const wrong = args.flag('thresholds') ? wrongWithThresholds(args, paths) : wrongImages(paths.length);
  if (wrong !== undefined) return unusable(wrong);
  const dpi = readDpi(args.one('dpi'));
  if (!dpi.ok) return unusable(dpi.error);
  const election = await openElection(args.required('election'));
  if (!election.ok) return unusable(...election.error);
  if (args.flag('thresholds')) return showThresholds(election.value);

  const { context } = election.value;
  const files = await Promise.all(paths.map((path) => readImageFile(path, dpi.value)));
  const problems = files.flatMap((file) => (file.ok ? [] : [file.error]));
  if (problems.length > 0) return unusable(...problems);
  const images = files.flatMap((file, i): readonly ReadImage[] =>
    file.ok
      ? [{ name: basename(paths[i] ?? ''), page: file.value, result: readSide(file.value, context) }]
      : [],
  );
  return report(images, context, args);
}

function wrongWithThresholds(args: VerbArguments, paths: readonly string[]): Problem | undefined {
  const flag = (['explain', 'cross-check'] as const).find((name) => args.flag(name));
  const folder = (['overlay', 'debug'] as const).find((name) => args.one(name) !== undefined);
  const given = paths.length > 0 ? 'image' : (flag ?? folder);
  if (given === undefined) return undefined;
  return problem('usage', 'tallystick interpret', `--${given}`, 'is not given with --thresholds');
}

function wrongImages(count: number): Problem | undefined {
  const wrong = (reason: string): Problem => problem('usage', 'tallystick interpret', '--image', reason);
  if (count === 0) return wrong('is missing');
  return count > 2 ? wrong('is given once or twice, not more often') : undefined;
}

function readDpi(text: string | undefined): Result<number | undefined> {
  if (text === undefined) return ok(undefined);
  const dpi = Number(text);
  if (/^[0-9]+$/.test(text) && dpi >= 100 && dpi <= 1200) return ok(dpi);
  return err(problem('usage', 'tallystick interpret', '--dpi', 'must be a whole number from 100 to 1200'));
}

async function report(
  alone: readonly ReadImage[],
  context: ReadingContext,
  args: VerbArguments,
): Promise<VerbOutcome> {
  const result = resultOf(alone, context);
  const images = asSidesOf(result, alone);
  const pictures = await writeAsked(images, context, args);
  if (!pictures.ok) return unusable(pictures.error);
  const checks = args.flag('cross-check') ? await crossCheckImages(images, context) : ok(undefined);
  if (!checks.ok) return unusable(checks.error);
  const explained = args.flag('explain')
    ? images.map((image) => explainImage(image, context.thresholds))
    : undefined;
  const contradicted = checks.value?.some(({ findings }) => findings.length > 0) === true;
  return {
    kind: result.kind === 'rejected' || contradicted ? 'finding' : 'done',
    text: [
      ...describeResult(result),
      ...(explained?.flatMap(({ lines }) => lines) ?? []),
      ...(checks.value?.flatMap(describeCrossCheck) ?? []),
      ...pictures.value,
    ].join('\n'),
    json: {
      format: INTERPRETATION_FORMAT,
      images: images.map(({ name }) => name),
      thresholds: context.thresholds,
      [images.length === 1 ? 'side' : 'sheet']: result,
      ...(explained === undefined ? {} : { explanations: explained.map(({ json }) => json) }),
      ...(checks.value === undefined ? {} : { crossCheck: checks.value }),
    },
  };
}

function resultOf(images: readonly ReadImage[], context: ReadingContext): SheetResult | SideResult {
  const [first, second] = images;
  assert(first !== undefined, 'an image was given');
  return second === undefined ? first.result : readSheet(first.page, second.page, context);
}

/**
 * The images with what is said of them as sides of their sheet: a faint mark has been held against what lies behind it,
 * and explanations, pictures and the second opinion must not tell another story than the result.
 */
function asSidesOf(result: SheetResult | SideResult, images: readonly ReadImage[]): readonly ReadImage[] {
  if (result.kind === 'rejected' || 'reading' in result) return images;
  const { front, back, frontImage } = result;
  const readings = frontImage === 'first' ? [front, back] : [back, front];
  return images.map((image, i) => ({
    ...image,
    result: { kind: 'read', reading: must(readings[i], 'a side for each image') },
  }));
}

function describeResult(result: SheetResult | SideResult): readonly string[] {
  if (result.kind === 'rejected') return describeReject(result.reject);
  const sides = 'reading' in result ? [result.reading] : [result.front, result.back];
  return sides.flatMap(describeSide);
}

/** Lines that name the pictures which were written. */
async function writeAsked(
  images: readonly ReadImage[],
  context: ReadingContext,
  args: VerbArguments,
): Promise<Result<readonly string[]>> {
  const lines: string[] = [];
  const overlays = args.one('overlay');
  if (overlays !== undefined) {
    const written = await writeOverlays(images, overlays);
    if (!written.ok) return written;
    lines.push(...written.value.map((file) => `overlay: ${file}`));
  }
  const stages = args.one('debug');
  if (stages !== undefined) {
    const written = await writeStages(images, context, stages);
    if (!written.ok) return written;
    lines.push(...written.value.map((file) => `stage: ${file}`));
  }
  return ok(lines);
}
