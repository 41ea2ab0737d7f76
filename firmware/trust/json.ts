/** Our own JSON files at the door: parsed, never executed, held against a schema, and refused with one sentence. */
import { z } from 'zod';
import { fromHex, fromUtf8 } from '../../ground/bytes.js';
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import { shapeProblems } from '../../election-def/load.js';

/** Deeper than any of our formats. */
const MOST_DEPTH = 32;

/** Public keys, digests and signatures are written as lower-case hexadecimal digits. */
export function hexBytes(count: number): z.ZodPipe<z.ZodString, z.ZodTransform<Uint8Array, string>> {
  return z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${2 * count}}$`), {
      error: `must be ${2 * count} lower-case hexadecimal digits`,
    })
    .transform((hex) => {
      const bytes = fromHex(hex, '');
      return must(bytes.ok ? bytes.value : undefined, 'the pattern lets only hexadecimal digits through');
    });
}

/** The value, or the first thing that is wrong with it. */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  content: Uint8Array | string,
  where: string,
): Result<z.output<Schema>> {
  const text = typeof content === 'string' ? ok(content) : fromUtf8(content, where);
  if (!text.ok) return text;
  if (isTooDeep(text.value)) {
    return err(problem('not-json', where, '', `is nested deeper than ${MOST_DEPTH} levels`));
  }
  let json: unknown;
  try {
    json = JSON.parse(text.value);
  } catch {
    return err(problem('not-json', where, '', 'is not JSON'));
  }
  return parseValue(schema, json, where);
}

/** Before it is parsed: schemas walk into a value by calling themselves, and the stack has an end. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const token = text[at];
    if (inText) {
      if (token === '\\') at += 1;
      else if (token === '"') inText = false;
    } else if (token === '"') inText = true;
    else if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > MOST_DEPTH) return true;
  }
  return false;
}

/** The same for what is parsed already: a part of another file. */
export function parseValue<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): Result<z.output<Schema>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const [first] = shapeProblems(parsed.error, where);
  return err(must(first, 'a failed parse has a problem'));
}
