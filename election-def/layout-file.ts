/**
 * Layouts as a file: what a package carries, signed. Everything is checked at the door again, so that a reader can
 * rely on every place being on its page.
 */
import { z } from 'zod';
import { fromUtf8, utf8 } from '../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../ground/result.js';
import { languages, paperSizes } from './definition.js';
import { readJson } from './json-text.js';
import { LAYOUT_FORMAT, type BallotLayout, type SideLayout } from './layout-types.js';
import { shapeProblems, type LoadedDefinition } from './load.js';
import { OVAL, pageFrame } from './page-frame.js';

/** A sheet of 250 positions takes about 60 kB; a polling place has some hundred ballots at most. */
const MAX_LAYOUT_BYTES = 256 * 1024 * 1024;

const id = z.string().min(1).max(48);
const mm = z.number().min(0).max(600);
const grey = z.number().min(0).max(1);
const point = { xMm: mm, yMm: mm };
const rect = { ...point, widthMm: mm, heightMm: mm };
const option = { contestId: id, optionId: id };

const drawItem = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    text: z.string().max(4000),
    xMm: mm,
    baselineMm: mm,
    font: z.enum(['regular', 'bold']),
    sizePt: z.number().min(4).max(72),
    grey,
  }),
  z.strictObject({
    kind: z.literal('line'),
    fromXMm: mm,
    fromYMm: mm,
    toXMm: mm,
    toYMm: mm,
    strokeMm: z.number().min(0).max(5),
    grey,
  }),
  z.strictObject({
    kind: z.literal('rect'),
    ...rect,
    strokeMm: z.number().min(0).max(5),
    fillGrey: grey.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('example-oval'), ...point }),
]);

function side<Side extends 'front' | 'back'>(which: Side) {
  return z.strictObject({
    side: z.literal(which),
    contests: z.array(z.strictObject({ contestId: id, ...rect })).max(1000),
    ovals: z.array(z.strictObject({ ...option, ...point })).max(5000),
    writeInBoxes: z.array(z.strictObject({ ...option, ...rect })).max(5000),
    drawing: z.array(drawItem).max(50_000),
  });
}

const ballotLayout = z.strictObject({
  styleId: id,
  styleNumber: z.int().min(1).max(1023),
  precinctId: id,
  precinctNumber: z.int().min(1).max(1023),
  ballotId: z.string().regex(/^[0-9]{4}$/),
  paper: z.enum(paperSizes),
  languages: z.array(z.enum(languages)).min(1).max(2),
  sheets: z
    .array(z.strictObject({ sheet: z.int().min(1).max(7), front: side('front'), back: side('back') }))
    .min(1)
    .max(7),
});

const layoutFile = z.strictObject({
  format: z.literal(LAYOUT_FORMAT),
  /** The definition they were made from. */
  definitionSha256: z.string().regex(/^[0-9a-f]{64}$/),
  layouts: z.array(ballotLayout).max(5000),
});

export function layoutsFile(loaded: LoadedDefinition, layouts: readonly BallotLayout[]): Uint8Array {
  return utf8(`${JSON.stringify({ format: LAYOUT_FORMAT, definitionSha256: loaded.sha256Hex, layouts })}\n`);
}

/** @param expected where it is known: the definition that the layouts must have been made from */
export function readLayouts(
  bytes: Uint8Array,
  where: string,
  expected?: LoadedDefinition,
): Result<readonly BallotLayout[], readonly Problem[]> {
  if (bytes.length > MAX_LAYOUT_BYTES) {
    return err([problem('too-large', where, '', `is larger than ${MAX_LAYOUT_BYTES} bytes`)]);
  }
  const text = fromUtf8(bytes, where);
  if (!text.ok) return err([text.error]);
  const json = readJson(text.value, where);
  if (!json.ok) return json;
  const shape = layoutFile.safeParse(json.value);
  if (!shape.success) return err(shapeProblems(shape.error, where));
  const { definitionSha256, layouts } = shape.data;
  if (expected !== undefined && expected.sha256Hex !== definitionSha256) {
    return err([problem('other-definition', where, 'definitionSha256', 'is that of another definition')]);
  }
  const problems = layouts.flatMap((layout, i) => placeProblems(layout, where, `layouts[${i}]`));
  return problems.length > 0 ? err(problems) : ok(layouts);
}

function placeProblems(layout: BallotLayout, where: string, path: string): readonly Problem[] {
  return layout.sheets.flatMap((sheet, i) => {
    const at = `${path}.sheets[${i}]`;
    const outside = [sheet.front, sheet.back]
      .filter((s) => !everythingOnPage(s, layout))
      .map((s) => problem('off-the-page', where, `${at}.${s.side}`, 'has an oval or a box outside its page'));
    if (sheet.sheet === i + 1) return outside;
    return [problem('wrong-sheet', where, `${at}.sheet`, `must be ${i + 1}`), ...outside];
  });
}

function everythingOnPage(side: SideLayout, layout: BallotLayout): boolean {
  const { widthMm, heightMm } = pageFrame(layout.paper);
  const ovals = side.ovals.map(({ xMm, yMm }) => ({
    xMm: xMm - OVAL.widthMm / 2,
    yMm: yMm - OVAL.heightMm / 2,
    ...OVAL,
  }));
  return [...ovals, ...side.writeInBoxes, ...side.contests].every(
    (box) =>
      box.xMm >= 0 && box.yMm >= 0 && box.xMm + box.widthMm <= widthMm && box.yMm + box.heightMm <= heightMm,
  );
}
