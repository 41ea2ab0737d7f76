/**
 * `tallystick interpret`: what the reader sees on one side or one sheet, from image files. The same reader that stands
 * in the machine, with everything it measured. docs/formats/interpretation.md.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import sharp from 'sharp';
import type { GreyPage } from '../../ground/grey-page.js';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { layOutElection } from '../../election-def/layout.js';
import { MAX_DEFINITION_BYTES, readDefinition } from '../../election-def/load.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import { drawOverlay } from '../../vision/overlay.js';
import { readSheet } from '../../vision/read-sheet.js';
import { readSide } from '../../vision/read-side.js';
import {
  INTERPRETATION_FORMAT,
  type Reject,
  type SheetResult,
  type SideReading,
  type SideResult,
} from '../../vision/reading.js';
import { rejectSentence } from '../../vision/rejects.js';
import { readImageFile } from '../image-files.js';
import { readBoundedFile } from '../bounded-file.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';

export const interpret: Verb = {
  name: 'interpret',
  summary: 'Read the marks on scanned ballot sides',
  help: `tallystick interpret --election PACKAGE --image FRONT [--image BACK] [--dpi N] [--overlay DIR] [--json]

Reads one side, or both sides of one sheet, with the reader that the machine uses, and says what it found: which
ballot it is, which ovals are marked, ambiguous or blank, what was wrong with the image. The images may come in either
order and either way up. Nothing is counted.

  --election PACKAGE   an election package (a folder), or an election definition (a .json file)
  --image FILE         PNG, JPEG, TIFF or WebP; once for one side, twice for a sheet
  --dpi N              resolution of the images, where the files name none or a wrong one
  --overlay DIR        write what the reader saw, drawn over each image, as DIR/NAME-overlay.png
  --json               the whole result as in docs/formats/interpretation.md

Exit status: 0 read; 1 refused, with the reason; 2 the election or an image cannot be used.

Example:
  tallystick interpret --election packages/town-hall --image front.png --image back.png --overlay seen`,
  options: {
    election: { type: 'string', required: true },
    image: { type: 'string', multiple: true, required: true },
    dpi: { type: 'string' },
    overlay: { type: 'string' },
  },
  positionals: [],
  run,
};

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const paths = args.many('image');
  if (paths.length > 2) {
    return unusable(
      problem('usage', 'tallystick interpret', '--image', 'is given once or twice, not more often'),
    );
  }
  const dpi = readDpi(args.one('dpi'));
  if (!dpi.ok) return unusable(dpi.error);
  const context = await openElection(args.required('election'));
  if (!context.ok) return unusable(...context.error);
  const images = await Promise.all(paths.map((path) => readImageFile(path, dpi.value)));
  const problems = images.flatMap((image) => (image.ok ? [] : [image.error]));
  if (problems.length > 0) return unusable(...problems);
  const pages = images.flatMap((image) => (image.ok ? [image.value] : []));

  const overlayDirectory = args.one('overlay');
  const overlays =
    overlayDirectory === undefined
      ? ok([])
      : await writeOverlays(pages, paths, context.value, overlayDirectory);
  if (!overlays.ok) return unusable(overlays.error);
  return report(pages, paths, context.value, overlays.value);
}

function readDpi(text: string | undefined): Result<number | undefined> {
  if (text === undefined) return ok(undefined);
  const dpi = Number(text);
  if (/^[0-9]+$/.test(text) && dpi >= 100 && dpi <= 1200) return ok(dpi);
  return err(problem('usage', 'tallystick interpret', '--dpi', 'must be a whole number from 100 to 1200'));
}

async function openElection(path: string): Promise<Result<ReadingContext, readonly Problem[]>> {
  const where = basename(path);
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch {
    return err([problem('missing', where, '', 'does not exist or cannot be opened')]);
  }
  if (isDirectory) {
    const opened = await openElectionPackage(path);
    if (!opened.ok) return opened;
    const { layouts, hash20, definition } = opened.value;
    return ok(readingContext(layouts, hash20, definition.settings.markThresholds));
  }
  const bytes = await readBoundedFile(path, MAX_DEFINITION_BYTES);
  if (!bytes.ok) return err([bytes.error]);
  const loaded = readDefinition(bytes.value, where);
  if (!loaded.ok) return loaded;
  const layouts = layOutElection(loaded.value);
  if (!layouts.ok) return layouts;
  const { hash20, definition } = loaded.value;
  return ok(readingContext(layouts.value, hash20, definition.settings.markThresholds));
}

async function writeOverlays(
  pages: readonly GreyPage[],
  paths: readonly string[],
  context: ReadingContext,
  directory: string,
): Promise<Result<readonly string[]>> {
  const written: string[] = [];
  try {
    await mkdir(directory, { recursive: true });
    for (const [i, page] of pages.entries()) {
      const { widthPx, heightPx, rgb } = drawOverlay(page, readSide(page, context));
      const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
      const png = await sharp(rgb, { raw }).png({ compressionLevel: 3 }).toBuffer();
      const number = paths.length > 1 ? `${i + 1}-` : '';
      const file = join(directory, `${number}${parse(paths[i] ?? '').name}-overlay.png`);
      await writeFile(file, png);
      written.push(file);
    }
    return ok(written);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
    return err(
      problem('unwritable', basename(directory), '', `the overlays cannot be written there (${code})`),
    );
  }
}

function report(
  pages: readonly GreyPage[],
  paths: readonly string[],
  context: ReadingContext,
  overlays: readonly string[],
): VerbOutcome {
  const [first, second] = pages;
  if (first === undefined) {
    return unusable(problem('usage', 'tallystick interpret', '--image', 'is missing'));
  }
  const result: SheetResult | SideResult =
    second === undefined ? readSide(first, context) : readSheet(first, second, context);
  const json = {
    format: INTERPRETATION_FORMAT,
    images: paths.map((path) => basename(path)),
    thresholds: context.thresholds,
    [second === undefined ? 'side' : 'sheet']: result,
  };
  const drawn = overlays.map((file) => `overlay: ${file}`);
  if (result.kind === 'rejected') {
    return { kind: 'finding', text: [...describeReject(result.reject), ...drawn].join('\n'), json };
  }
  const sides = 'reading' in result ? [result.reading] : [result.front, result.back];
  return { kind: 'done', text: [...sides.flatMap(describeSide), ...drawn].join('\n'), json };
}

function describeReject(reject: Reject): readonly string[] {
  return [`Refused: ${rejectSentence(reject.reason)}`, `  ${reject.reason}: ${reject.detail}`];
}

function describeSide(reading: SideReading): readonly string[] {
  const { code } = reading;
  const lines = [
    `${code.side} of sheet ${code.sheet}, ballot style ${code.styleNumber}, precinct ${code.precinctNumber}` +
      `${code.test ? ', TEST BALLOT' : ''} (${reading.orientation}, skew ${reading.skewDegrees.toFixed(2)} degrees)`,
  ];
  for (const oval of reading.ovals) {
    if (oval.verdict === 'blank') continue;
    const share = `${(oval.score.light * 100).toFixed(0)} % of its inside`;
    lines.push(`  ${oval.verdict.padEnd(9)}  ${oval.contestId}: ${oval.optionId} (${share})`);
  }
  const blank = reading.ovals.filter((oval) => oval.verdict === 'blank').length;
  lines.push(`  blank      ${blank} of ${reading.ovals.length} ovals`);
  for (const box of reading.writeIns) {
    if (box.written) lines.push(`  written in ${box.contestId}: ${box.optionId}`);
  }
  for (const fault of reading.faults) lines.push(`  note       ${fault.detail}`);
  return lines;
}
