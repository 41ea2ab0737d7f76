/**
 * `tallystick template find-ovals`: where the ovals of a blank ballot are, whoever printed it.
 * docs/formats/foreign-ballots.md.
 */
import { basename } from 'node:path';
import { err, ok, problem, type Result } from '../../ground/result.js';
import { findOvals } from '../../vision/foreign/find-ovals.js';
import { drawOvals, type DrawnOval } from '../../vision/foreign/foreign-overlay.js';
import type { OvalsFile, TemplateSide } from '../../vision/foreign/template-file.js';
import { readBlankBallot, type BlankSide } from './blank-ballot.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';
import { writePictures, type PictureFile } from './interpret-pictures.js';

export const templateFindOvals: Verb = {
  name: 'template find-ovals',
  summary: 'Find the ovals of a blank ballot of any vendor',
  help: `tallystick template find-ovals BLANK… [--dpi N] [--overlay DIR] [--json]

Finds every oval on a blank ballot, with or without timing marks, and gives each a name in reading order: c1/o1 is the
first oval of the first group that stands together. The JSON is an ovals file for tallystick interpret --template; put
your contests' and options' names in place of the ids.

  BLANK          PDF (every page), PNG, JPEG, TIFF or WebP
  --dpi N        resolution at which a PDF is drawn (default 200), or that of an image that names none or a wrong one
  --overlay DIR  write each side with its ovals ringed, as DIR/NAME-ovals.png
  --json         the ovals file, as in docs/formats/foreign-ballots.md

Exit status: 0 ovals found; 1 a side has none; 2 a blank cannot be used.

Example:
  tallystick template find-ovals blank.pdf --json > ovals.json`,
  options: { dpi: { type: 'string' }, overlay: { type: 'string' } },
  positionals: ['BLANK…'],
  run,
};

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const dpi = wholeDpi(args.one('dpi'));
  if (!dpi.ok) return unusable(dpi.error);
  const blanks = await Promise.all(args.positionals.map((path) => readBlankBallot(path, dpi.value)));
  const problems = blanks.flatMap((blank) => (blank.ok ? [] : [blank.error]));
  if (problems.length > 0) return unusable(...problems);
  const names = args.positionals.map((path) => basename(path));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    // An ovals file tells blanks apart by their names.
    const reason = `"${twice}" is given twice; give one of them another name`;
    return unusable(problem('usage', 'tallystick template find-ovals', 'BLANK', reason));
  }
  const sides = blanks.flatMap((blank) => (blank.ok ? blank.value : []));
  const file: OvalsFile = { templates: templatesOf(sides) };
  const lines = file.templates.map(({ file: name, width, height, ovals }) => {
    return `${name}: ${ovals.length} ovals (${width} x ${height} pixels)`;
  });
  const directory = args.one('overlay');
  const pictures = directory === undefined ? ok([]) : await writePictures(picturesOf(sides, file), directory);
  if (!pictures.ok) return unusable(pictures.error);
  lines.push(...pictures.value.map((path) => `overlay: ${path}`));
  const isBare = file.templates.some(({ ovals }) => ovals.length === 0);
  return { kind: isBare ? 'finding' : 'done', text: lines.join('\n'), json: file };
}

function picturesOf(sides: readonly BlankSide[], { templates }: OvalsFile): readonly PictureFile[] {
  return sides.map((side, i) => {
    const drawn = (templates[i]?.ovals ?? []).map(({ x, y, w, h }): DrawnOval => {
      return { xPx: x, yPx: y, widthPx: w, heightPx: h, as: 'found' };
    });
    return { file: `${side.file}-ovals.png`, draw: () => drawOvals(side.page, drawn) };
  });
}

/** Groups are numbered on from side to side, so that ids are unique in the file. */
function templatesOf(sides: readonly BlankSide[]): TemplateSide[] {
  let firstGroup = 1;
  return sides.map(({ file, page }) => {
    const ovals = [...findOvals(page, firstGroup)];
    firstGroup += new Set(ovals.map(({ id }) => id.split('/')[0])).size;
    return { file, width: page.widthPx, height: page.heightPx, ovals };
  });
}

function wholeDpi(text: string | undefined): Result<number | undefined> {
  if (text === undefined) return ok(undefined);
  const dpi = Number(text);
  if (/^[0-9]+$/.test(text) && dpi >= 100 && dpi <= 600) return ok(dpi);
  const reason = 'must be a whole number from 100 to 600';
  return err(problem('usage', 'tallystick template find-ovals', '--dpi', reason));
}
