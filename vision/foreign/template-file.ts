/**
 * The ovals file (docs/formats/foreign-ballots.md): for each blank ballot side where its ovals are, in its pixels. It
 * may have been written by this program or by anyone else, so it is checked at this door.
 */
import { z } from 'zod';
import { readJson } from '../../election-def/json-text.js';
import { shapeProblems } from '../../election-def/load.js';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';

const MOST_SIDES = 200;
const MOST_OVALS = 2000;
const MOST_PX = 20_000;
/** A file that is wrong throughout is not told so for each of its ovals. */
const MOST_PROBLEMS = 20;

const place = z.number().min(-MOST_PX).max(MOST_PX);
const size = z.number().positive().max(MOST_PX);
const wholePx = z.number().int().positive().max(MOST_PX);

const templateOvalSchema = z.strictObject({
  id: z.string().min(1).max(400),
  /** Its centre. */
  x: place,
  y: place,
  w: size,
  h: size,
});

const templateSideSchema = z.strictObject({
  file: z.string().min(1).max(400),
  width: wholePx,
  height: wholePx,
  ovals: z.array(templateOvalSchema).max(MOST_OVALS),
});

const ovalsFileSchema = z.strictObject({ templates: z.array(templateSideSchema).min(1).max(MOST_SIDES) });

export type TemplateOval = z.infer<typeof templateOvalSchema>;
export type TemplateSide = z.infer<typeof templateSideSchema>;
export type OvalsFile = z.infer<typeof ovalsFileSchema>;

export function parseOvalsFile(text: string, where: string): Result<OvalsFile, readonly Problem[]> {
  const json = readJson(text, where);
  if (!json.ok) return json;
  const parsed = ovalsFileSchema.safeParse(json.value);
  if (!parsed.success) return err(shapeProblems(parsed.error, where).slice(0, MOST_PROBLEMS));
  const problems = parsed.data.templates.flatMap((side, i) => contradictions(side, `templates[${i}]`, where));
  const files = parsed.data.templates.map(({ file }) => file);
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice !== undefined) {
    problems.push(problem('ovals-file-invalid', where, 'templates', `"${twice}" stands there twice`));
  }
  return problems.length > 0 ? err(problems.slice(0, MOST_PROBLEMS)) : ok(parsed.data);
}

function contradictions(side: TemplateSide, path: string, where: string): Problem[] {
  const seen = new Set<string>();
  return side.ovals.flatMap((oval, i) => {
    const invalid = (reason: string): Problem[] => [
      problem('ovals-file-invalid', where, `${path}.ovals[${i}]`, reason),
    ];
    if (seen.has(oval.id)) return invalid(`the id "${oval.id}" stands there twice`);
    seen.add(oval.id);
    const isInside = oval.x >= 0 && oval.y >= 0 && oval.x < side.width && oval.y < side.height;
    return isInside ? [] : invalid('its centre lies outside of the template');
  });
}
