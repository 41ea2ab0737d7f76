/** Our own JSON files at the door: parsed, never executed, held against a schema, and refused with one sentence. */
import { z } from 'zod';
import { fromHex, fromUtf8 } from '../../ground/bytes.js';
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import { shapeProblems } from '../../election-def/load.js';

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
  let json: unknown;
  try {
    json = JSON.parse(text.value);
  } catch {
    return err(problem('not-json', where, '', 'is not JSON'));
  }
  return parseValue(schema, json, where);
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
